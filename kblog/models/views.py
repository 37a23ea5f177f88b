"""How often each review was read."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from kblog.db import Model


class ReviewViews(Model):
    """How often one review was opened on one day of the site's zone; nothing is kept of who opened it."""

    __table_args__ = (
        sa.Index(None, "day", "review_id", "views"),  # the readers of a month are counted in the index alone
        {"sqlite_with_rowid": False},
    )

    review_id: Mapped[int] = mapped_column(sa.ForeignKey("review.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    views: Mapped[int]
