"""What the author reads of comments: the queue and its numbers, one comment, one writer's, and the open reports."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from kblog.comments.threads.queries import SHOWN
from kblog.db import db
from kblog.models import Comment, Page, Report, Review
from kblog.models.page import PAGE_TITLE
from kblog.models.review import SHOWN_TITLE
from kblog.studio.queries import Pile

TABS = {"waiting": "pending", "published": "visible", "spam": "spam", "removed": "removed"}
REPORTED = "reported"


class Queued(NamedTuple):
    """A comment in the queue, and what readers reported of it that is not answered yet."""

    comment: Any
    reports: Sequence[str] = ()


def counts() -> dict[str, int]:
    """Count the comments under each tab, reported ones last: one query."""
    numbers = {tab: sa.func.count().filter(_is_under(tab)) for tab in TABS}
    reported = sa.select(sa.func.count(Comment.id)).where(_is_under(REPORTED)).scalar_subquery()
    row = db.session.execute(sa.select(*numbers.values(), reported).select_from(Comment)).one()
    return dict(zip((*TABS, REPORTED), row, strict=True))


def waiting_number() -> sa.ScalarSelect[int]:
    """Ask how many comments wait: an index holds nothing but those that readers do not see."""
    return sa.select(sa.func.count(Comment.id)).where(_is_under("waiting")).scalar_subquery()


def queue(tab: str, text: str, number: int, start: int = 0) -> list[Queued]:
    """Return the comments under a tab whose name or words hold a text, the newest first: two queries."""
    query = _shown().where(_is_under(tab))
    if text:
        query = query.where(sa.or_(*(each.icontains(text, autoescape=True) for each in (Comment.name, Comment.body))))
    query = query.order_by(Comment.posted_at.desc(), Comment.id.desc()).limit(number).offset(start)
    return _with_reports(db.session.execute(query).all())


def queued(comment_id: int) -> Queued | None:
    """Find one comment as the queue shows it."""
    rows = db.session.execute(_shown().where(Comment.id == comment_id, _has_words())).all()
    return next(iter(_with_reports(rows)), None)


def comments(ids: Iterable[int]) -> Sequence[Comment]:
    """Return those of these comments that are there, to decide about them."""
    return db.session.scalars(sa.select(Comment).where(Comment.id.in_(list(ids))).order_by(Comment.id)).all()


def published_unread(since: datetime) -> int:
    """Count the readers' comments since a moment that nobody had to approve."""
    unread = (Comment.state == "visible", Comment.decided_at.is_(None), sa.not_(Comment.by_author))
    return db.session.scalar(sa.select(sa.func.count(Comment.id)).where(*unread, Comment.posted_at >= since)) or 0


def written_by(comment: Any) -> Sequence[Any]:
    """Return all that the writer of a comment wrote, the newest first."""
    query = _shown().where(_is_by_writer_of(comment), _has_words())
    return db.session.execute(query.order_by(Comment.posted_at.desc(), Comment.id.desc())).all()


def to_erase(comment: Any) -> Sequence[Comment]:
    """Return the same comments, to be erased."""
    return db.session.scalars(sa.select(Comment).where(_is_by_writer_of(comment), _has_words())).all()


def piles(number: int) -> tuple[Pile, Pile]:
    """Return the first comments that wait, and the first that were reported: for the desk, two queries."""
    return _pile("waiting", number), _pile(REPORTED, number)


def _pile(tab: str, number: int) -> Pile:
    query = _shown().add_columns(sa.func.count().over().label("total")).where(_is_under(tab))
    rows = db.session.execute(query.order_by(Comment.posted_at.desc(), Comment.id.desc()).limit(number)).all()
    return Pile(rows[0].total if rows else 0, rows)


def _shown() -> sa.Select:
    """Select comments as the author reads them, with what they stand under."""
    own = (Comment.body, Comment.reason, Comment.decided_at, Comment.writer_hash, Comment.network)
    title = sa.func.coalesce(SHOWN_TITLE, PAGE_TITLE).label("title")
    about = (Comment.review_id, Review.slug, Review.kind, Review.episodes, Review.comments_open, title)
    is_live = sa.func.coalesce(Review.is_live(), Page.is_live()).label("is_live")
    query = sa.select(*SHOWN, *own, *about, Page.slug.label("page_slug"), is_live)
    return query.outerjoin(Review, Review.id == Comment.review_id).outerjoin(Page, Page.id == Comment.page_id)


def _is_under(tab: str) -> sa.ColumnElement[bool]:
    """Whether a comment is listed under a tab; one that its writer took back is under none."""
    if tab == REPORTED:
        reported = sa.select(Report.comment_id).where(Report.settled_at.is_(None))
        return sa.and_(Comment.state == "visible", Comment.id.in_(reported))
    state = Comment.state == sa.literal_column(f"'{TABS[tab]}'")
    if tab == "published":
        return state
    # said for the index, which holds no visible comment
    is_hidden = Comment.state != sa.literal_column("'visible'")
    return sa.and_(is_hidden, state, _has_words() if tab == "removed" else sa.true())


def _has_words() -> sa.ColumnElement[bool]:
    return Comment.body != ""


def _is_by_writer_of(comment: Any) -> sa.ColumnElement[bool]:
    """Whether somebody's cookie says so; imported comments have none, and are told apart by their name."""
    if comment.writer_hash:
        return sa.and_(Comment.writer_hash == comment.writer_hash, Comment.writer_hash != sa.literal_column("''"))
    return sa.and_(Comment.writer_hash == "", Comment.name == comment.name, sa.not_(Comment.by_author))


def _with_reports(rows: Sequence[Any]) -> list[Queued]:
    ids = [row.id for row in rows]
    query = sa.select(Report.comment_id, Report.reason).where(Report.comment_id.in_(ids), Report.settled_at.is_(None))
    said: dict[int, list[str]] = {}
    for comment_id, reason in db.session.execute(query.order_by(Report.id)) if ids else ():
        said.setdefault(comment_id, []).append(reason)
    return [Queued(row, said.get(row.id, ())) for row in rows]
