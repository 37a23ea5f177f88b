"""How often reviews were read, and what was looked for in vain."""

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


class DayViews(Model):
    """How often any review was opened on one day: a sum that the database's triggers keep."""

    __table_args__ = ({"sqlite_with_rowid": False},)

    day: Mapped[date] = mapped_column(primary_key=True)
    views: Mapped[int]


class MonthViews(Model):
    """How often one review was opened in one month, by the month's first day: a sum that triggers keep, too."""

    __table_args__ = ({"sqlite_with_rowid": False},)

    month: Mapped[date] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(primary_key=True)
    views: Mapped[int]


class VainSearch(Model):
    """Words that were searched for on one day and found nothing; the row without words counts what is not kept."""

    __table_args__ = ({"sqlite_with_rowid": False},)

    day: Mapped[date] = mapped_column(primary_key=True)
    folded: Mapped[str] = mapped_column(primary_key=True)  # "Moon" and "moon" are one search
    words: Mapped[str]
    times: Mapped[int]
