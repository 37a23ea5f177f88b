"""Every route in a real browser, for whoever reads with a keyboard, by ear or without scripts: `make access`."""
