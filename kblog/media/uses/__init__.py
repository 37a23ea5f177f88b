"""Who shows a picture: now, or in a text that is kept and may be restored."""
