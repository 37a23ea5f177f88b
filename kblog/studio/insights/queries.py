"""What the numbers are read from: sums that are kept, so that years of views are as quick as a week's."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from kblog import traffic
from kblog.db import UtcDateTime, db
from kblog.dialects import days_between
from kblog.models import Comment, DayViews, Review, ReviewViews, VainSearch
from kblog.models.review import SHOWN_TITLE

from .periods import Period

HELD = ("pending", "spam")  # what a comment is until the author says otherwise
TITLE = SHOWN_TITLE.label("title")


def views_by_day(first: date, until: date) -> dict[date, int]:
    """Return how often reviews were read on each day that has views."""
    query = sa.select(DayViews.day, DayViews.views).where(DayViews.day >= first, DayViews.day < until)
    return dict(db.session.execute(query).all())


def views_began() -> date | None:
    """Return the first day with views."""
    return db.session.scalar(sa.select(sa.func.min(DayViews.day)))


def views_of(review_id: int, first: date, until: date) -> dict[date, int]:
    """Return how often one review was read on each day that has views."""
    there = (ReviewViews.review_id == review_id, ReviewViews.day >= first, ReviewViews.day < until)
    return dict(db.session.execute(sa.select(ReviewViews.day, ReviewViews.views).where(*there)).all())


def review(review_id: int) -> sa.Row | None:
    """Find a review, as much as is said of it beside its numbers."""
    comments = sa.select(sa.func.count(Comment.id)).where(Comment.review_id == review_id, Comment.state == "visible")
    began = sa.select(sa.func.min(ReviewViews.day)).where(ReviewViews.review_id == review_id)
    columns = (
        Review.id,
        Review.slug,
        TITLE,
        Review.native_title,
        Review.published_at,
        Review.is_live().label("is_live"),
    )
    columns = (*columns, comments.scalar_subquery().label("comments"), began.scalar_subquery().label("began"))
    return db.session.execute(sa.select(*columns).where(Review.id == review_id)).one_or_none()


def called(title: str) -> int | None:
    """Return the last review begun that is called just that, whatever its state; capitals do not matter."""
    names = [sa.func.lower(name) == title.lower() for name in (Review.work_title, Review.native_title)]
    return db.session.scalar(sa.select(sa.func.max(Review.id)).where(sa.or_(*names)))


def most_read(period: Period, number: int, start: int = 0) -> Sequence[sa.Row]:
    """Return the reviews that were read, the most read first: views, views before, and how many there are of them."""
    lately = traffic.read_between(period.first, period.until).subquery("lately")
    before = period.before or Period("", period.first, period.first)
    earlier = traffic.read_between(before.first, before.until).subquery("earlier")
    columns = (Review.id, Review.slug, TITLE, Review.native_title, lately.c.views, earlier.c.views.label("before"))
    query = sa.select(*columns, sa.func.count().over().label("total")).join(lately, lately.c.review_id == Review.id)
    query = query.outerjoin(earlier, earlier.c.review_id == Review.id)
    return db.session.execute(query.order_by(lately.c.views.desc(), Review.id.desc()).limit(number).offset(start)).all()


class Counted(NamedTuple):
    """How many comments of readers came in one step, by what became of them."""

    step: int
    state: str
    number: int


def comments_began() -> datetime | None:
    """Return when the first comment came."""
    return db.session.scalar(sa.select(sa.func.min(Comment.posted_at)))


def comments_by_step(bounds: Sequence[tuple[datetime, datetime]]) -> list[Counted]:
    """Count the readers' comments between each two moments, by state: one query, however many steps there are."""
    columns = sa.column("step", sa.Integer), sa.column("first", UtcDateTime), sa.column("until", UtcDateTime)
    steps = sa.values(*columns, name="given").data([(n, *pair) for n, pair in enumerate(bounds)]).cte("steps")
    query = sa.select(steps.c.step, Comment.state, sa.func.count()).select_from(steps)
    within = sa.and_(Comment.posted_at >= steps.c.first, Comment.posted_at < steps.c.until)
    query = query.join(Comment, within).where(sa.not_(Comment.by_author)).group_by(steps.c.step, Comment.state)
    return [Counted(*row) for row in db.session.execute(query)]


def held_number(first: datetime, until: datetime) -> int:
    """Count the readers' comments that did not appear at once: they wait, or the author decided."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(Comment).where(*_held(first, until))) or 0


def median_wait(first: datetime, until: datetime) -> timedelta | None:
    """Return how long it took the author to decide about half of what was held."""
    waited = days_between(Comment.posted_at, Comment.decided_at).label("waited")
    place = sa.func.row_number().over(order_by=waited).label("place")
    total = sa.func.count().over().label("total")
    each = sa.select(waited, place, total).where(*_held(first, until), Comment.decided_at.is_not(None)).subquery()
    middle = (each.c.place * 2 >= each.c.total, each.c.place * 2 <= each.c.total + 2)
    days = db.session.scalar(sa.select(sa.func.avg(each.c.waited)).where(*middle))
    return None if days is None else timedelta(days=days)


def most_discussed(first: datetime, until: datetime, number: int) -> Sequence[sa.Row]:
    """Return the reviews with the most visible comments of readers in a time."""
    talk = (Comment.posted_at >= first, Comment.posted_at < until, Comment.state == "visible")
    counted = sa.select(Comment.review_id, sa.func.count().label("comments"))
    counted = counted.where(*talk, sa.not_(Comment.by_author), Comment.review_id.is_not(None))
    some = counted.group_by(Comment.review_id).subquery()
    columns = (Review.id, Review.slug, TITLE, Review.native_title, some.c.comments)
    query = sa.select(*columns).join(some, some.c.review_id == Review.id)
    return db.session.execute(query.order_by(some.c.comments.desc(), Review.id.desc()).limit(number)).all()


def vain_searches(first: date, until: date, number: int, start: int = 0) -> Sequence[Any]:
    """Return what was searched for in vain, the most often first; without words how many others there were."""
    times, last = sa.func.sum(VainSearch.times), sa.func.max(VainSearch.day)
    columns = (sa.func.max(VainSearch.words).label("words"), times.label("times"), last.label("last"))
    query = sa.select(*columns, sa.func.count().over().label("total"))
    query = query.where(VainSearch.day >= first, VainSearch.day < until).group_by(VainSearch.folded)
    query = query.order_by(VainSearch.folded == "", times.desc(), last.desc(), VainSearch.folded)
    return db.session.execute(query.limit(number).offset(start)).all()


def vain_by_day(first: date, until: date) -> dict[date, int]:
    """Return how many searches found nothing, by day."""
    query = sa.select(VainSearch.day, sa.func.sum(VainSearch.times)).group_by(VainSearch.day)
    return dict(db.session.execute(query.where(VainSearch.day >= first, VainSearch.day < until)).all())


def _held(first: datetime, until: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    was_held = sa.or_(Comment.state.in_(HELD), Comment.state_before.in_(HELD))
    return Comment.posted_at >= first, Comment.posted_at < until, sa.not_(Comment.by_author), was_held
