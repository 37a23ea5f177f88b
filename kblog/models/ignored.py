"""What the author was asked to look at in a review, looked at, and wants to hear no more of."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from kblog.db import Model, UtcDateTime


class IgnoredFinding(Model):
    """A finding on a review that its author set aside; it is no part of the text, so no save and no restore ends it."""

    review_id: Mapped[int] = mapped_column(sa.ForeignKey("review.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)  # of the rule and what it found: `Finding.key`
    words: Mapped[str]  # as the author read them
    ignored_at: Mapped[datetime] = mapped_column(UtcDateTime)
