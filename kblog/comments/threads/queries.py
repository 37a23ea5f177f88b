"""Read threads, page by page."""

from collections import namedtuple
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from kblog.db import db, read
from kblog.models import Comment, Page, Review
from kblog.models.review import ReadReview

from .nesting import FEW_REPLIES, MOST_REPLIES, ROOTS_PER_PAGE, SORTS, Thread, count_left, nest

ROOT, REPLY = aliased(Comment), aliased(Comment)
MANY = 200  # comments: of fewer, nesting all takes less than asking for a page of them
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


Shown = namedtuple("Shown", [column.key for column in SHOWN])  # what a page reads often: a row looks each name up


class Place(NamedTuple):
    """Where a comment is read."""

    address: str  # of the review or page it stands under
    page: int  # of the thread there
    root_id: int = 0  # where it stands only among all the replies to this root,
    replies_page: int = 1  # and on which page of them


# made once, as all that every page asks for; a hidden comment is read where it may stand as a stub over others
WHOLE = (
    sa.select(*SHOWN)
    .where(Comment.review_id == sa.bindparam("subject", type_=sa.BigInteger))
    .where(sa.or_(Comment.state == "visible", sa.exists().where(REPLY.parent_id == Comment.id)))
    .order_by(Comment.posted_at, Comment.id)
)


COMMENTED = sa.select(
    *(Review.id, Review.slug, Review.work_title, Review.headline),
    *(Review.published_at, Review.comment_count, Review.comments_open),
).where(Review.slug == sa.bindparam("asked"), Review.is_live())


def thread(
    *, review_id: int | None = None, page_id: int | None = None, page: int = 1, sort: str = "oldest", size: int = MANY
) -> Thread:
    """Return one page of a thread, nested: one select, whatever its size.

    `size` is how many comments are known to be visible; where these are few, all are read and the page is cut out of
    them. Where the roots on a review have more replies than a page holds, each comes with its first few.
    """
    start = (min(page, LAST_PAGE) - 1) * ROOTS_PER_PAGE
    if review_id and size < MANY:
        every = nest([Shown._make(row) for row in read(WHOLE, {"subject": review_id}).all()])
        ordered = every if sort == SORTS[0] else every[::-1]
        return Thread(ordered[start : start + ROOTS_PER_PAGE], page, len(every), sort)
    found = _read(_paged(bool(review_id), sort), {"subject": review_id or page_id, "start": start})
    entries = nest(found)
    count_left(entries, found)
    if sort == "newest":
        entries.reverse()
    return Thread(entries, page, max((row.total for row in found if row.root_id is None), default=0), sort)


@cache
def _paged(is_review: bool, sort: str) -> sa.CompoundSelect:
    """Make the statement for one page of a long thread, or of a standing page's; once, for that takes a while."""
    subject = (Comment.review_id if is_review else Comment.page_id) == sa.bindparam("subject", type_=sa.BigInteger)
    roots = _roots(subject, sa.bindparam("start", type_=sa.BigInteger), sort)
    ranked = _ranked(roots)
    number = sa.select(sa.func.count()).select_from(ranked).scalar_subquery()
    few = sa.case((number > MOST_REPLIES, FEW_REPLIES), else_=number) if is_review else number
    total = sa.select(sa.func.count(Comment.id)).where(subject, _is_root()).scalar_subquery()
    heads = sa.select(*SHOWN, total.label("total")).join(roots, Comment.id == roots.c.id)
    replies = sa.select(*SHOWN, ranked.c.total).join(ranked, Comment.id == ranked.c.id).where(ranked.c.place <= few)
    return sa.union_all(heads, replies)


def replies(review_id: int, root_id: int, page: int = 1) -> Thread | None:
    """Return one page of all the replies to a root, under it; none where it is not there."""
    own = sa.and_(Comment.review_id == review_id, Comment.root_id == root_id)
    start = (min(page, LAST_PAGE) - 1) * MOST_REPLIES
    chosen = sa.select(Comment.id).where(own).order_by(Comment.posted_at, Comment.id).limit(MOST_REPLIES).offset(start)
    number = sa.select(sa.func.count(Comment.id)).where(own).scalar_subquery()
    head = sa.select(*SHOWN, number.label("total")).where(Comment.id == root_id, Comment.review_id == review_id)
    found = _read(sa.union_all(head.where(_is_root()), sa.select(*SHOWN, sa.literal(0)).where(Comment.id.in_(chosen))))
    entries = [entry for entry in nest(found) if entry.comment.id == root_id]
    return Thread(entries, page, found[0].total, SORTS[0], MOST_REPLIES) if entries else None


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
    ranked = _ranked(_roots(subject, (place.page - 1) * ROOTS_PER_PAGE, SORTS[0]))
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


def commented(slug: str) -> ReadReview | None:
    """Find the live review whose thread is asked for."""
    row = read(COMMENTED, {"asked": slug}).first()
    return ReadReview(**row._mapping) if row else None


def _subject(review_id: int | None, page_id: int | None) -> sa.ColumnElement[bool]:
    return Comment.review_id == review_id if review_id else Comment.page_id == page_id


def _is_root() -> sa.ColumnElement[bool]:
    """Begins a thread and is shown, be it only as a stub over a shown reply."""
    answered = sa.exists().where(REPLY.root_id == Comment.id, REPLY.state == "visible")
    return sa.and_(Comment.root_id.is_(None), sa.or_(Comment.state == "visible", answered))


def _roots(subject: sa.ColumnElement[bool], start: Any, sort: str) -> sa.CTE:
    """Choose the roots of a page; they are read once, however many selects join them."""
    order = (Comment.posted_at, Comment.id) if sort == SORTS[0] else (Comment.posted_at.desc(), Comment.id.desc())
    chosen = sa.select(Comment.id).where(subject, _is_root()).order_by(*order).limit(ROOTS_PER_PAGE).offset(start)
    return chosen.cte("roots").prefix_with("MATERIALIZED")


def _ranked(roots: sa.CTE) -> sa.CTE:
    """Rank the replies to each of these roots in time, and count those of them that are visible."""
    ranks = {"partition_by": Comment.root_id, "order_by": (Comment.posted_at, Comment.id)}
    visible = sa.func.count().filter(Comment.state == "visible").over(partition_by=Comment.root_id)
    ranked = sa.select(Comment.id, sa.func.row_number().over(**ranks).label("place"), visible.label("total"))
    return ranked.join(roots, Comment.root_id == roots.c.id).cte("ranked").prefix_with("MATERIALIZED")


def _read(statement: sa.Executable, given: Mapping[str, Any] | None = None) -> list[Any]:
    """Read roots and replies by one statement, in the order in which they were posted."""
    return sorted(read(statement, given).all(), key=lambda row: (row.posted_at, row.id))
