"""Read threads, and what has to be known before a comment is taken in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from kblog.db import db, now
from kblog.models import Comment, Page, Review, SpamWord

from . import bayes
from .thread import ROOTS_PER_PAGE, Thread, nest

LAST_PAGE = 1_000_000  # far beyond any thread, and its offset still fits a column
RECENT = timedelta(minutes=10)  # within it the same words from one network are the same comment, sent again

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
    entries = nest(rows)
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


def _is_root() -> sa.ColumnElement[bool]:
    """Begins a thread and is shown, be it only as a stub over a shown reply."""
    reply = aliased(Comment)
    answered = sa.exists().where(reply.root_id == Comment.id, reply.state == "visible")
    return sa.and_(Comment.root_id.is_(None), sa.or_(Comment.state == "visible", answered))


def is_open(review: Any, days: str) -> bool:
    """Whether a review takes comments: its author lets it, and it is not older than the site's comments may be."""
    limit = int(days) if days.isascii() and days.isdigit() and len(days) < 6 else 0
    return review.comments_open and (not limit or now() - review.published_at < timedelta(days=limit))


@dataclass(frozen=True)
class Subject:
    """A live review, as far as a comment on it needs it."""

    id: int
    slug: str
    title: str
    kind: str
    episodes: int | None
    is_open: bool


def subject(slug: str, days: str) -> Subject | None:
    """Find the live review that is commented."""
    columns = (Review.id, Review.slug, Review.work_title, Review.headline, Review.kind, Review.episodes)
    query = sa.select(*columns, Review.comments_open, Review.published_at)
    row = db.session.execute(query.where(Review.slug == slug, Review.is_live())).first()
    if row is None:
        return None
    title = row.work_title or row.headline or row.slug
    return Subject(row.id, row.slug, title, row.kind, row.episodes, is_open(row, days))


def answerable(review_id: int, comment_id: int) -> Any:
    """Find the visible comment on this review that is to be answered."""
    query = sa.select(*SHOWN).where(Comment.id == comment_id, Comment.review_id == review_id)
    return db.session.execute(query.where(Comment.state == "visible")).first()


def with_key(key: str) -> Any:
    """Find the comment that came with this key."""
    return db.session.execute(_sent().where(Comment.key == key)).first() if key else None


def sent_before(comment: Comment, moment: datetime) -> Any:
    """Find the comment of which this one, which has no key, is a copy: sent twice within minutes."""
    if not comment.network:
        return None
    same = (
        Comment.network == comment.network,
        Comment.network != sa.literal_column("''"),  # said for the index, which leaves the others out
        Comment.posted_at > moment - RECENT,
        Comment.review_id == comment.review_id,
        Comment.parent_id.is_not_distinct_from(comment.parent_id),
        Comment.body == comment.body,
    )
    return db.session.execute(_sent().where(*same).order_by(Comment.id).limit(1)).first()


def own(review_id: int, writer_hash: str, *, by_author: bool) -> Sequence[Any]:
    """Return what the author, or a writer, posted on a review, in time, each with whether somebody answered it."""
    if not by_author and not writer_hash:
        return []
    whose = Comment.by_author if by_author else _is_by(writer_hash)
    query = sa.select(*SHOWN, Comment.reason, _is_answered().label("is_answered"))
    query = query.where(whose, Comment.review_id == review_id, Comment.body != "")
    return db.session.execute(query.order_by(Comment.posted_at, Comment.id)).all()


class History(NamedTuple):
    """What was seen before of a writer, and of the same words."""

    approvals: int
    rejections: int
    repeats: int


def history(writer_hash: str, name: str, fingerprint: str, except_id: int) -> History:
    """Return what is known of a writer under a name, and of these words elsewhere: one query."""
    number = sa.select(sa.func.count(Comment.id))
    approved = number.where(_is_by(writer_hash), Comment.name == name, Comment.state == "visible")
    rejected = number.where(_is_by(writer_hash), Comment.state == "spam", Comment.decided_at.is_not(None))
    same = number.where(Comment.fingerprint == fingerprint, Comment.fingerprint != sa.literal_column("''"))
    same = same.where(Comment.id != except_id)
    counts = (approved.where(Comment.decided_at.is_not(None)), rejected, same)
    return History(*db.session.execute(sa.select(*(count.scalar_subquery() for count in counts))).one())


def learnt(words: Iterable[str]) -> Mapping[str, bayes.Count]:
    """Return in how many decisions each of these words stood."""
    query = sa.select(SpamWord.word, SpamWord.good, SpamWord.spam).where(SpamWord.word.in_(list(words)))
    return {row.word: bayes.Count(row.good, row.spam) for row in db.session.execute(query)}


def spam_words(words: Iterable[str]) -> Mapping[str, SpamWord]:
    """Return what was learnt of each of these words, to learn more."""
    return {each.word: each for each in db.session.scalars(sa.select(SpamWord).where(SpamWord.word.in_(list(words))))}


def changeable(comment_id: int) -> Any:
    """Find a comment on a live review that its writer may want to change, with what is known of the review."""
    own = (Comment.body, Comment.reason, Comment.review_id, Comment.writer_hash, Comment.network)
    query = sa.select(*SHOWN, *own, Review.slug, Review.kind, Review.episodes, _is_answered().label("is_answered"))
    query = query.join(Review, Review.id == Comment.review_id)
    return db.session.execute(query.where(Comment.id == comment_id, Review.is_live())).first()


def _sent() -> sa.Select:
    """Select comments as their senders are answered."""
    parent = aliased(Comment)
    more = (Comment.reason, Comment.writer_hash, Review.slug, Review.comment_count)
    answered = (parent.name.label("parent_name"), parent.state.label("parent_state"))
    query = sa.select(*SHOWN, *more, *answered).join(Review, Review.id == Comment.review_id)
    return query.outerjoin(parent, parent.id == Comment.parent_id)


def _is_by(writer_hash: str) -> sa.ColumnElement[bool]:
    return sa.and_(Comment.writer_hash == writer_hash, Comment.writer_hash != sa.literal_column("''"))


def _is_answered() -> sa.ColumnElement[bool]:
    """Whether somebody else's answer to a comment can be read."""
    reply = aliased(Comment)
    by_another = reply.writer_hash != Comment.writer_hash
    return sa.exists().where(reply.parent_id == Comment.id, reply.state == "visible", by_another).correlate(Comment)
