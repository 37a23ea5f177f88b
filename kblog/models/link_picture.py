"""The picture that a link to a review shows elsewhere: what it has to show, what it shows, and where it lies."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from kblog.db import Model, UtcDateTime


class LinkPicture(Model):
    """A review's picture for links: drawn in the background, anew when what it shows is not what it has to show."""

    review_id: Mapped[int] = mapped_column(sa.ForeignKey("review.id", ondelete="CASCADE"), primary_key=True)
    wanted: Mapped[str] = mapped_column(default="")  # what whoever claimed it last is to draw, in words
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)  # at what is wanted
    trouble: Mapped[str] = mapped_column(default="")  # why it could not be drawn, the last time
    shows: Mapped[str] = mapped_column(default="")  # what the file shows, in the same words
    hash: Mapped[str] = mapped_column(default="", index=True)  # of the file; none until it is drawn
