"""What is read of views and of searches in vain, and the statements that add to them."""

from collections.abc import Collection
from datetime import date, timedelta

import sqlalchemy as sa

from kblog.db import db
from kblog.dialects import INSERTS
from kblog.models import MonthViews, Review, ReviewViews, VainSearch

MONTH = timedelta(days=30)


def most_read(until: date, number: int) -> list[int]:
    """Return the ids of the live reviews read most in the thirty days before `until`, the most read first.

    Only days that are over count, so every process gives the same answer until the day turns.
    """
    views = sa.func.sum(ReviewViews.views)
    query = sa.select(ReviewViews.review_id).join(Review, Review.id == ReviewViews.review_id)
    query = query.where(ReviewViews.day >= until - MONTH, ReviewViews.day < until, Review.is_live())
    query = query.group_by(ReviewViews.review_id).order_by(views.desc(), ReviewViews.review_id.desc())
    return list(db.session.scalars(query.limit(number)))


def read_since(day: date) -> sa.Select[int, int]:
    """Select each review's id and how often it was read since a day."""
    return read_between(day, date.max)


def read_between(first: date, until: date) -> sa.Select[int, int]:
    """Select each review's id and how often it was read from a day on to the one before another.

    Whole months are their sums, and only the days around them are added one by one.
    """
    month = first if first.day == 1 else (first.replace(day=1) + timedelta(days=32)).replace(day=1)
    last = until.replace(day=1)
    if month >= last:
        month = last = until  # no month is whole
    parts = [
        sa.select(MonthViews.review_id, MonthViews.views).where(MonthViews.month >= month, MonthViews.month < last)
    ]
    for one, other in ((first, month), (last, until)):
        days = (ReviewViews.day >= one, ReviewViews.day < other)
        parts.append(sa.select(ReviewViews.review_id, ReviewViews.views).where(*days))
    every = sa.union_all(*parts).subquery()
    return sa.select(every.c.review_id, sa.func.sum(every.c.views).label("views")).group_by(every.c.review_id)


def adding_views(dialect: str) -> sa.Insert:
    """Write the statement that adds to a day's views; a review that is gone meanwhile is passed over."""
    columns = (sa.bindparam("read", type_=sa.BigInteger), sa.bindparam("on", type_=sa.Date))
    row = sa.select(*columns, sa.bindparam("times", type_=sa.BigInteger))
    row = row.where(sa.exists().where(Review.id == sa.bindparam("read", type_=sa.BigInteger)))
    insert = INSERTS[dialect](ReviewViews).from_select(["review_id", "day", "views"], row)
    keys = [ReviewViews.review_id, ReviewViews.day]
    return insert.on_conflict_do_update(index_elements=keys, set_={"views": ReviewViews.views + insert.excluded.views})


def adding_searches(dialect: str) -> sa.Insert:
    """Write the statement that adds to a day's searches; the words stay as they were typed first."""
    insert = INSERTS[dialect](VainSearch)
    keys = [VainSearch.day, VainSearch.folded]
    return insert.on_conflict_do_update(index_elements=keys, set_={"times": VainSearch.times + insert.excluded.times})


def noted(connection: sa.Connection, day: date, folded: Collection[str]) -> tuple[int, set[str]]:
    """Return how many different searches are kept of a day, and which of these are among them."""
    of_day = VainSearch.day == day
    named = sa.select(sa.func.count()).select_from(VainSearch).where(of_day, VainSearch.folded != "")
    number = connection.scalar(named) or 0
    return number, set(connection.scalars(sa.select(VainSearch.folded).where(of_day, VainSearch.folded.in_(folded))))


def has_searches_before(day: date) -> bool:
    return bool(db.session.scalar(sa.select(sa.exists().where(VainSearch.day < day))))
