"""Read threads, page by page."""

from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from kblog.db import db
from kblog.models import Comment, Page, Review

from .nesting import FEW_REPLIES, MOST_REPLIES, ROOTS_PER_PAGE, SORTS, Thread, count_left, nest

ROOT, REPLY = aliased(Comment), aliased(Comment)
LAST_PAGE = 1_000_000  # far beyond any thread, and its offset still fits a column

SHOWN = (
    Comment.id,
    Comment.parent_id,
    Comment.root_id,
    Comment.name,
    Comment.website,
    Comment.body_html,
    Comment.state,
    Comment.spoils,
    Comment.by_author,
    Comment.posted_at,
    Comment.edited_at,
    Comment.old_number,
)


class Place(NamedTuple):
    """Where a comment is read."""

    address: str  # of the review or page it stands under
    page: int  # of the thread there
    root_id: int = 0  # where it stands only among all the replies to this root,
    replies_page: int = 1  # and on which page of them


def thread(*, review_id: int | None = None, page_id: int | None = None, page: int = 1, sort: str = "oldest") -> Thread:
    """Return one page of a thread, nested: one select, whatever its size.

    Where the roots on a review have more replies than a page holds, each comes with its first few.
    """
    subject = _subject(review_id, page_id)
    roots = _roots(subject, page, sort)
    ranked = _ranked(roots)
    number = sa.select(sa.func.count()).select_from(ranked).scalar_subquery()
    few = sa.case((number > MOST_REPLIES, FEW_REPLIES), else_=number) if review_id else number
    total = sa.select(sa.func.count(Comment.id)).where(subject, _is_root()).scalar_subquery()
    heads = sa.select(*SHOWN, total.label("total")).join(roots, Comment.id == roots.c.id)
    replies = sa.select(*SHOWN, ranked.c.total).join(ranked, Comment.id == ranked.c.id).where(ranked.c.place <= few)
    rows = _read(heads, replies)
    entries = nest(rows)
    count_left(entries, rows)
    if sort == "newest":
        entries.reverse()
    return Thread(entries, page, max((row.total for row in rows if row.root_id is None), default=0), sort)


def replies(review_id: int, root_id: int, page: int = 1) -> Thread | None:
    """Return one page of all the replies to a root, under it; none where it is not there."""
    own = sa.and_(Comment.review_id == review_id, Comment.root_id == root_id)
    start = (min(page, LAST_PAGE) - 1) * MOST_REPLIES
    chosen = sa.select(Comment.id).where(own).order_by(Comment.posted_at, Comment.id).limit(MOST_REPLIES).offset(start)
    number = sa.select(sa.func.count(Comment.id)).where(own).scalar_subquery()
    head = sa.select(*SHOWN, number.label("total")).where(Comment.id == root_id, Comment.review_id == review_id)
    rows = _read(head.where(_is_root()), sa.select(*SHOWN, sa.literal(0)).where(Comment.id.in_(chosen)))
    entries = [entry for entry in nest(rows) if entry.comment.id == root_id]
    return Thread(entries, page, rows[0].total, SORTS[0], MOST_REPLIES) if entries else None


def place_of(comment_id: int) -> Place | None:
    """Return where a visible comment is read: two queries, and one more for a reply."""
    columns = (ROOT.id, ROOT.posted_at, ROOT.review_id, ROOT.page_id, Review.slug, Page.slug.label("page_slug"))
    query = (
        sa.select(*columns)
        .select_from(Comment)
        .join(ROOT, ROOT.id == sa.func.coalesce(Comment.root_id, Comment.id))
        .outerjoin(Review, sa.and_(Review.id == Comment.review_id, Review.is_live()))
        .outerjoin(Page, sa.and_(Page.id == Comment.page_id, Page.is_live()))
        .where(Comment.id == comment_id, Comment.state == "visible")
    )
    row = db.session.execute(query).first()
    if row is None or not (row.slug or row.page_slug):
        return None
    subject = _subject(row.review_id, row.page_id)
    earlier = sa.tuple_(Comment.posted_at, Comment.id) < sa.tuple_(sa.literal(row.posted_at), sa.literal(row.id))
    before = db.session.scalar(sa.select(sa.func.count(Comment.id)).where(subject, _is_root(), earlier)) or 0
    place = Place(f"/reviews/{row.slug}/" if row.slug else f"/pages/{row.page_slug}/", before // ROOTS_PER_PAGE + 1)
    if row.id == comment_id or not row.review_id:
        return place
    ranked = _ranked(_roots(subject, place.page, SORTS[0]))
    number = sa.select(sa.func.count()).select_from(ranked).scalar_subquery()
    there = db.session.execute(sa.select(ranked.c.place, number.label("number")).where(ranked.c.id == comment_id)).one()
    if there.number <= MOST_REPLIES or there.place <= FEW_REPLIES:
        return place
    return place._replace(root_id=row.id, replies_page=(there.place - 1) // MOST_REPLIES + 1)


def is_taken_back(comment_id: int) -> bool:
    """Whether a comment was public until it was removed, or the review or page it stands under was taken back."""
    query = sa.select(Comment.id).where(Comment.id == comment_id)
    query = query.outerjoin(Review, Review.id == Comment.review_id).outerjoin(Page, Page.id == Comment.page_id)
    gone = sa.or_(Review.is_taken_back(), Page.is_taken_back())
    removed = sa.and_(Comment.state.in_(("removed", "spam")), Comment.state_before == "visible")
    return db.session.scalar(query.where(sa.or_(sa.and_(Comment.state == "visible", gone), removed))) is not None


def with_old_number(number: str) -> int | None:
    """Find the comment that had this number on the old blog."""
    query = sa.select(Comment.id).where(Comment.old_number == number, Comment.old_number != "")
    return db.session.scalar(query.where(Comment.state == "visible").order_by(Comment.id).limit(1))


def commented(slug: str) -> Review | None:
    """Find the live review whose thread is asked for."""
    return db.session.scalar(sa.select(Review).where(Review.slug == slug, Review.is_live()))


def _subject(review_id: int | None, page_id: int | None) -> sa.ColumnElement[bool]:
    return Comment.review_id == review_id if review_id else Comment.page_id == page_id


def _is_root() -> sa.ColumnElement[bool]:
    """Begins a thread and is shown, be it only as a stub over a shown reply."""
    answered = sa.exists().where(REPLY.root_id == Comment.id, REPLY.state == "visible")
    return sa.and_(Comment.root_id.is_(None), sa.or_(Comment.state == "visible", answered))


def _roots(subject: sa.ColumnElement[bool], page: int, sort: str) -> sa.CTE:
    """Choose the roots of a page; they are read once, however many selects join them."""
    order = (Comment.posted_at, Comment.id) if sort == SORTS[0] else (Comment.posted_at.desc(), Comment.id.desc())
    start = (min(page, LAST_PAGE) - 1) * ROOTS_PER_PAGE
    chosen = sa.select(Comment.id).where(subject, _is_root()).order_by(*order).limit(ROOTS_PER_PAGE).offset(start)
    return chosen.cte("roots").prefix_with("MATERIALIZED")


def _ranked(roots: sa.CTE) -> sa.CTE:
    """Rank the replies to each of these roots in time, and count those of them that are visible."""
    ranks = {"partition_by": Comment.root_id, "order_by": (Comment.posted_at, Comment.id)}
    visible = sa.func.count().filter(Comment.state == "visible").over(partition_by=Comment.root_id)
    ranked = sa.select(Comment.id, sa.func.row_number().over(**ranks).label("place"), visible.label("total"))
    return ranked.join(roots, Comment.root_id == roots.c.id).cte("ranked").prefix_with("MATERIALIZED")


def _read(heads: sa.Select, replies: sa.Select) -> list[Any]:
    """Read roots and replies by one statement, in the order in which they were posted."""
    return sorted(db.session.execute(sa.union_all(heads, replies)).all(), key=lambda row: (row.posted_at, row.id))
