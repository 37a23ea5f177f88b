"""What has to be known before a comment is taken in, changed or decided about."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from kblog.db import db, now, read
from kblog.models import Comment, Page, Report, Review, SpamWord
from kblog.models.review import SHOWN_TITLE

from . import bayes
from .threads.queries import SHOWN

RECENT = timedelta(minutes=10)  # within it the same words from one network are the same comment, sent again
NOTHING = sa.literal_column("''")  # compared with it, a column's index may be used: it leaves the empty ones out
PARENT, REPLY = aliased(Comment), aliased(Comment)
OWN_SHOWN = 50  # comments: more than anybody wrote on a review while they can still be changed


def is_open(review: Any, days: str) -> bool:
    """Whether a review takes comments: its author lets it, and it is not older than the site's comments may be."""
    closing = closes_at(review, days)
    return review.comments_open and (closing is None or now() < closing)


def closes_at(review: Any, days: str) -> datetime | None:
    """Return the moment at which a review is too old for comments; None where the site's settings name no age."""
    limit = int(days) if days.isascii() and days.isdigit() and len(days) < 6 else 0
    return review.published_at + timedelta(days=limit) if limit else None


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
    row = read(_SUBJECT, {"slug": slug}).first()
    if row is None:
        return None
    return Subject(row.id, row.slug, row.title, row.kind, row.episodes, is_open(row, days))


def answerable(review_id: int, comment_id: int) -> Any:
    """Find the visible comment on this review that is to be answered."""
    return read(_ANSWERABLE, {"review": review_id, "comment": comment_id}).first()


def with_key(key: str) -> Any:
    """Find the comment that came with this key."""
    found = read(_WITH_KEY, {"key": key}).scalar() if key else None
    return db.session.execute(_sent().where(Comment.id == found)).first() if found else None


def sent_before(comment: Any, moment: datetime) -> Any:
    """Find the comment of which this one, which has no key, is a copy: sent twice within minutes."""
    if not comment.network:
        return None
    same = (
        Comment.network == comment.network,
        Comment.network != NOTHING,
        Comment.posted_at > moment - RECENT,
        Comment.review_id == comment.review_id,
        Comment.parent_id.is_not_distinct_from(comment.parent_id),
        Comment.body == comment.body,
    )
    found = db.session.scalar(sa.select(Comment.id).where(*same).order_by(Comment.id).limit(1))
    return db.session.execute(_sent().where(Comment.id == found)).first() if found else None


def own(review_id: int, writer_hash: str, *, by_author: bool, before: int) -> Sequence[Any]:
    """Return the last comments before a given one that the author, or a writer, posted on a review, in time.

    There is one more at the beginning where older ones are left; each says whether somebody answered it.
    """
    if not by_author and not writer_hash:
        return []
    whose = Comment.by_author if by_author else _is_by(writer_hash)
    query = sa.select(*SHOWN, Comment.reason, _is_answered().label("is_answered"))
    query = query.where(whose, Comment.review_id == review_id, Comment.body != "", Comment.id < before)
    return db.session.execute(query.order_by(Comment.id.desc()).limit(OWN_SHOWN + 1)).all()[::-1]


class History(NamedTuple):
    """What was seen before of a writer, and of the same words."""

    approvals: int
    rejections: int
    repeats: int
    lessons: int  # of the class of which fewer were learnt


def history(writer_hash: str, name: str, fingerprint: str, except_id: int) -> History:
    """Return what is known of a writer under a name, and of these words elsewhere: one query."""
    asked = {"writer": writer_hash, "name": name, "fingerprint": fingerprint, "except_id": except_id}
    return History(*(number or 0 for number in read(_HISTORY, asked).one()))


def _history() -> sa.Select:
    """Build the query for a writer's history; once, for it costs more to build than to answer."""
    number = sa.select(sa.func.count(Comment.id))
    by_writer = number.where(_is_by(sa.bindparam("writer")), Comment.decided_at.is_not(None))
    approvals = by_writer.where(Comment.name == sa.bindparam("name"), Comment.state == "visible")
    rejections = by_writer.where(Comment.state == "spam")
    same = number.where(Comment.fingerprint == sa.bindparam("fingerprint"), Comment.fingerprint != NOTHING)
    repeats = same.where(Comment.id != sa.bindparam("except_id"))
    fewer = sa.case((SpamWord.good < SpamWord.spam, SpamWord.good), else_=SpamWord.spam)
    lessons = sa.select(fewer).where(SpamWord.word == bayes.EVERY)
    return sa.select(*(each.scalar_subquery() for each in (approvals, rejections, repeats, lessons)))


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


def reportable(comment_id: int) -> Any:
    """Find a comment that readers see, with the address of what it stands under."""
    query = sa.select(*SHOWN, Review.slug, Page.slug.label("page_slug"))
    query = query.outerjoin(Review, sa.and_(Review.id == Comment.review_id, Review.is_live()))
    query = query.outerjoin(Page, sa.and_(Page.id == Comment.page_id, Page.is_live()))
    is_there = sa.or_(Review.id.is_not(None), Page.id.is_not(None))
    return db.session.execute(query.where(Comment.id == comment_id, Comment.state == "visible", is_there)).first()


def is_reported(comment_id: int, reason: str) -> bool:
    """Whether somebody reported a comment with these words, and the author has not answered that yet."""
    same = (Report.comment_id == comment_id, Report.reason == reason, Report.settled_at.is_(None))
    return bool(db.session.scalar(sa.select(sa.exists().where(*same))))


def _sent() -> sa.Select:
    """Select comments as their senders are answered."""
    more = (Comment.reason, Comment.writer_hash, Review.slug, Review.comment_count)
    answered = (PARENT.name.label("parent_name"), PARENT.state.label("parent_state"))
    query = sa.select(*SHOWN, *more, *answered).join(Review, Review.id == Comment.review_id)
    return query.outerjoin(PARENT, PARENT.id == Comment.parent_id)


def _is_by(writer_hash: Any) -> sa.ColumnElement[bool]:
    return sa.and_(Comment.writer_hash == writer_hash, Comment.writer_hash != NOTHING)


def _is_answered() -> sa.ColumnElement[bool]:
    """Whether somebody else's answer to a comment can be read."""
    by_another = REPLY.writer_hash != Comment.writer_hash
    return sa.exists().where(REPLY.parent_id == Comment.id, REPLY.state == "visible", by_another).correlate(Comment)


# Built once: building them took longer than running them.
_HISTORY = _history()
_SUBJECT = sa.select(
    *(Review.id, Review.slug, SHOWN_TITLE.label("title"), Review.kind, Review.episodes),
    *(Review.comments_open, Review.published_at),
).where(Review.slug == sa.bindparam("slug"), Review.is_live())
_ANSWERABLE = sa.select(*SHOWN).where(
    Comment.id == sa.bindparam("comment"), Comment.review_id == sa.bindparam("review"), Comment.state == "visible"
)
_WITH_KEY = sa.select(Comment.id).where(Comment.key == sa.bindparam("key"))
