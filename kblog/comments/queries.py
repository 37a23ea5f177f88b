"""Read threads."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from kblog.db import db
from kblog.models import Comment, Page, Review

ROOTS_PER_PAGE = 50  # a thread page stays under 100 kB
LAST_PAGE = 1_000_000  # far beyond any thread, and its offset still fits a column
SORTS = ("oldest", "newest")

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


@dataclass
class Entry:
    """A comment in its thread; a comment that is not shown itself stands as a stub over its replies."""

    comment: Any
    answered: Any = None  # the comment this one answers, where that is not the one it stands under
    replies: list["Entry"] = field(default_factory=list)  # all of them, in time: the thread has one level of indent

    @property
    def is_shown(self) -> bool:
        return self.comment.state == "visible"


@dataclass(frozen=True)
class Thread:
    """One page of a thread."""

    entries: Sequence[Entry]
    page: int
    roots: int
    sort: str

    @property
    def pages(self) -> int:
        return max(1, -(-self.roots // ROOTS_PER_PAGE))

    @property
    def next_roots(self) -> int:
        """How many roots the next page has."""
        return min(self.left, ROOTS_PER_PAGE)

    @property
    def left(self) -> int:
        """How many roots come after this page."""
        return max(0, self.roots - self.page * ROOTS_PER_PAGE)


def thread(*, review_id: int | None = None, page_id: int | None = None, page: int = 1, sort: str = "oldest") -> Thread:
    """Return one page of a thread, nested: one select, whatever its size."""
    subject = Comment.review_id == review_id if review_id else Comment.page_id == page_id
    order = (Comment.posted_at, Comment.id) if sort == "oldest" else (Comment.posted_at.desc(), Comment.id.desc())
    roots = (
        sa.select(Comment.id, sa.func.count().over().label("total"))
        .where(subject, _is_root())
        .order_by(*order)
        .limit(ROOTS_PER_PAGE)
        .offset((min(page, LAST_PAGE) - 1) * ROOTS_PER_PAGE)
        .subquery()
    )
    query = (
        sa.select(*SHOWN, roots.c.total)
        .join(roots, sa.func.coalesce(Comment.root_id, Comment.id) == roots.c.id)
        .where(subject)  # said twice: this one lets the index leave other threads alone
        .order_by(Comment.posted_at, Comment.id)
    )
    rows = db.session.execute(query).all()
    entries = _nest(rows)
    if sort == "newest":
        entries.reverse()
    return Thread(entries, page, rows[0].total if rows else 0, sort)


def place_of(comment_id: int) -> tuple[str, int] | None:
    """Return the page of the public thread where a visible comment stands, as (address of the subject, page)."""
    root = aliased(Comment)
    query = (
        sa.select(root.id, root.posted_at, root.review_id, root.page_id, Review.slug, Page.slug.label("page_slug"))
        .select_from(Comment)
        .join(root, root.id == sa.func.coalesce(Comment.root_id, Comment.id))
        .outerjoin(Review, sa.and_(Review.id == Comment.review_id, Review.is_live()))
        .outerjoin(Page, sa.and_(Page.id == Comment.page_id, Page.is_live()))
        .where(Comment.id == comment_id, Comment.state == "visible")
    )
    row = db.session.execute(query).first()
    if row is None or not (row.slug or row.page_slug):
        return None
    subject = Comment.review_id == row.review_id if row.review_id else Comment.page_id == row.page_id
    earlier = sa.tuple_(Comment.posted_at, Comment.id) < sa.tuple_(sa.literal(row.posted_at), sa.literal(row.id))
    before = db.session.scalar(sa.select(sa.func.count(Comment.id)).where(subject, _is_root(), earlier)) or 0
    address = f"/reviews/{row.slug}/" if row.slug else f"/pages/{row.page_slug}/"
    return address, before // ROOTS_PER_PAGE + 1


def is_taken_back(comment_id: int) -> bool:
    """Whether a comment was public until the review or page it stands under was taken back."""
    query = sa.select(Comment.id).where(Comment.id == comment_id, Comment.state == "visible")
    query = query.outerjoin(Review, Review.id == Comment.review_id).outerjoin(Page, Page.id == Comment.page_id)
    gone = sa.or_(Review.is_taken_back(), Page.is_taken_back())
    return db.session.scalar(query.where(gone)) is not None


def commented(slug: str) -> Review | None:
    """Find the live review whose thread is asked for."""
    return db.session.scalar(sa.select(Review).where(Review.slug == slug, Review.is_live()))


def _is_root() -> sa.ColumnElement[bool]:
    """Begins a thread and is shown, be it only as a stub over a shown reply."""
    reply = aliased(Comment)
    answered = sa.exists().where(reply.root_id == Comment.id, reply.state == "visible")
    return sa.and_(Comment.root_id.is_(None), sa.or_(Comment.state == "visible", answered))


def _nest(rows: Sequence[Any]) -> list[Entry]:
    """Stand every shown reply under its root, in time; a hidden comment stays only where shown ones answer it."""
    entries = {row.id: Entry(row) for row in rows}
    needed = set()
    for row in rows:
        at = row if row.state == "visible" else None
        while at is not None and at.id not in needed:
            needed.add(at.id)
            at = entries[at.parent_id].comment if at.parent_id in entries else None
    top = []
    for entry in (entries[row.id] for row in rows if row.id in needed):
        root = entries.get(entry.comment.root_id)
        if root is None:
            top.append(entry)
            continue
        root.replies.append(entry)
        if entry.comment.parent_id != entry.comment.root_id:
            entry.answered = entries[entry.comment.parent_id].comment if entry.comment.parent_id in entries else None
    return top
