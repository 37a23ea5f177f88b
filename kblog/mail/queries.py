"""What has to be known to write mails down, to draw them and to hand them over."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from kblog.db import db, read
from kblog.models import Comment, Follow, Mail, Page, Report, Review, Subscription
from kblog.models.page import PAGE_TITLE
from kblog.models.review import SHOWN_TITLE

REPLY, SENT = aliased(Comment), aliased(Mail)
OWN = ("queue", "test")  # what goes to the author
IS_WAITING = Mail.state == sa.literal_column("'waiting'")  # said so, the index of those that wait serves
IS_FOLLOWING = sa.exists().where(Follow.subscription_id == Subscription.id)
HAS_TROUBLE = sa.and_(IS_WAITING, Mail.trouble != "")


# Written down


def is_written_down(key: str) -> bool:
    """Whether a mail with this key was put there before, whatever became of it."""
    return read(sa.select(Mail.id).where(Mail.key == key)).first() is not None


def is_queue_told() -> bool:
    """Whether a mail to the author waits that nobody has in hand."""
    mine = (IS_WAITING, Mail.kind == "queue", Mail.claimed_at.is_(None))
    return read(sa.select(Mail.id).where(*mine)).first() is not None


def last_told() -> datetime | None:
    """Return when the last mail to the author was taken in hand."""
    query = sa.select(Mail.claimed_at).where(Mail.kind == "queue", Mail.claimed_at.is_not(None))
    return read(query.order_by(Mail.id.desc()).limit(1)).scalar()


def follower(comment_id: int, writer_hash: str) -> int | None:
    """Find who gets the replies to a comment and has confirmed it, unless it is who replies."""
    query = sa.select(Subscription.id).join(Follow, Follow.subscription_id == Subscription.id)
    query = query.where(Follow.comment_id == comment_id, Subscription.confirmed_at.is_not(None))
    return read(query.where(Subscription.writer_hash != writer_hash)).scalar()


# Who gets replies


def subscription_of(address: str, writer_hash: str) -> int | None:
    """Find what a writer asked for with an address before, confirmed or not."""
    mine = (Subscription.address == address, Subscription.writer_hash == writer_hash)
    return read(sa.select(Subscription.id).where(*mine)).scalar()


def unconfirmed(address: str) -> int:
    """Count the questions to an address that have no answer; those of days ago are let go of.

    Large and small letters are one mailbox to nearly every server.
    """
    mine = (sa.func.lower(Subscription.address) == address.lower(), Subscription.confirmed_at.is_(None))
    return read(sa.select(sa.func.count(Subscription.id)).where(*mine)).scalar() or 0


def subscription(token: str) -> Any:
    """Find what a link in a mail stands for."""
    return db.session.execute(sa.select(Subscription.confirmed_at).where(Subscription.token == token)).first()


def is_of(token: str) -> sa.ColumnElement[bool]:
    """Whether an address is the one that a link in a mail stands for, in large or small letters."""
    return sa.func.lower(Subscription.address) == address_of(token)


def address_of(token: str) -> sa.ScalarSelect[str]:
    """Ask for the address that a link in a mail stands for, in small letters."""
    return sa.select(sa.func.lower(Subscription.address)).where(Subscription.token == token).scalar_subquery()


def addresses_of(comment_ids: Iterable[int]) -> Mapping[int, str]:
    """Return the address to which the replies to each of these comments go, where there is one."""
    query = sa.select(Follow.comment_id, Subscription.address).join(
        Subscription, Subscription.id == Follow.subscription_id
    )
    rows = db.session.execute(query.where(Follow.comment_id.in_(list(comment_ids))))
    return {row.comment_id: row.address for row in rows}


def replies_to(token: str) -> Sequence[Any]:
    """Return the visible replies to the comments of whoever a link stands for."""
    query = sa.select(REPLY.id, REPLY.parent_id, REPLY.writer_hash).join(Follow, Follow.comment_id == REPLY.parent_id)
    query = query.join(Subscription, Subscription.id == Follow.subscription_id)
    return db.session.execute(query.where(Subscription.token == token, REPLY.state == "visible")).all()


def is_let_go(before: datetime) -> sa.ColumnElement[bool]:
    """Whether an address was not confirmed in time, or no comment needs it any more."""
    return sa.or_(sa.and_(Subscription.confirmed_at.is_(None), Subscription.asked_at < before), is_needless())


def is_needless() -> sa.ColumnElement[bool]:
    """Whether an address was confirmed, and no comment needs it any more."""
    return sa.and_(Subscription.confirmed_at.is_not(None), ~IS_FOLLOWING)


def is_of_comment_alone(comment_id: int) -> sa.ColumnElement[bool]:
    """Whether an address was given with this comment and with no other one."""
    mine = sa.select(Follow.subscription_id).where(Follow.comment_id == comment_id)
    others = sa.exists().where(Follow.subscription_id == Subscription.id, Follow.comment_id != comment_id)
    return sa.and_(Subscription.id.in_(mine), ~others)


def is_untidy(asked_before: datetime, ended_before: datetime) -> bool:
    """Whether there is something to let go of."""
    old = sa.or_(sa.exists().where(is_let_go(asked_before)), sa.exists().where(is_over(ended_before)))
    return bool(db.session.scalar(sa.select(old)))


def is_over(before: datetime) -> sa.ColumnElement[bool]:
    """Whether a mail is long gone and nothing has to remember it."""
    return sa.and_(sa.not_(IS_WAITING), Mail.kind != "reply", Mail.ended_at < before)


# Handed over


def is_due(moment: datetime) -> bool:
    """Whether a mail is to be handed over, or was in the hand of somebody who may be gone."""
    due = (IS_WAITING, sa.or_(Mail.due_at <= moment, Mail.claimed_at.is_not(None)))
    return bool(db.session.scalar(sa.select(sa.exists().where(*due))))


def in_hand() -> Sequence[Any]:
    """Return the mails that somebody took in hand and said nothing more of."""
    query = sa.select(Mail.id, Mail.token, Mail.kind, Mail.claimed_at).where(IS_WAITING, Mail.claimed_at.is_not(None))
    return db.session.execute(query).all()


def next_due(moment: datetime) -> Any:
    """Find the mail to be handed over next: what was tried least comes first, so that none holds up the rest."""
    columns = (Mail.id, Mail.kind, Mail.token, Mail.subscription_id, Mail.comment_id, Mail.created_at)
    columns += (Mail.tries, Mail.trouble)
    query = sa.select(*columns).where(IS_WAITING, Mail.due_at <= moment, Mail.claimed_at.is_(None))
    return db.session.execute(query.order_by(Mail.tries, Mail.due_at, Mail.id).limit(1)).first()


# Drawn


def subscriber(subscription_id: int | None) -> Any:
    """Find whom a mail goes to."""
    query = sa.select(Subscription.address, Subscription.token, Subscription.confirmed_at)
    return db.session.execute(query.where(Subscription.id == subscription_id)).first()


def first_followed(subscription_id: int | None) -> Any:
    """Find the review with the comment for which somebody asked for replies first."""
    query = sa.select(SHOWN_TITLE.label("title"), Review.slug).join(Comment, Comment.review_id == Review.id)
    query = query.join(Follow, Follow.comment_id == Comment.id).where(Follow.subscription_id == subscription_id)
    return db.session.execute(query.where(Review.is_live()).order_by(Comment.id).limit(1)).first()


def told(comment_id: int | None) -> Any:
    """Find a reply that readers can see, with what it stands under."""
    columns = (Comment.id, Comment.name, Comment.body, Comment.spoils, Comment.by_author, SHOWN_TITLE.label("title"))
    query = sa.select(*columns).join(Review, Review.id == Comment.review_id)
    return db.session.execute(
        query.where(Comment.id == comment_id, Comment.state == "visible", Review.is_live())
    ).first()


def waiting(number: int) -> tuple[int, Sequence[Any]]:
    """Return how many comments wait for the author, and the newest of them."""
    is_held = Comment.state == sa.literal_column("'pending'")
    query = _shown().add_columns(sa.func.count().over().label("total")).where(is_held)
    rows = db.session.execute(query.order_by(Comment.posted_at.desc(), Comment.id.desc()).limit(number)).all()
    return (rows[0].total if rows else 0), rows


def reported(number: int) -> tuple[int, Sequence[Any]]:
    """Return how many reports wait for the author, and the newest of them with the comment that each is about."""
    query = _shown().add_columns(Report.reason.label("report"), sa.func.count().over().label("total"))
    query = query.join(Report, Report.comment_id == Comment.id)
    query = query.where(Report.settled_at.is_(None), Comment.state == "visible")
    rows = db.session.execute(query.order_by(Report.id.desc()).limit(number)).all()
    return (rows[0].total if rows else 0), rows


def _shown() -> sa.Select:
    columns = (Comment.id, Comment.name, Comment.body, Comment.reason, Comment.spoils)
    title = sa.func.coalesce(SHOWN_TITLE, PAGE_TITLE).label("title")
    query = sa.select(*columns, title).outerjoin(Review, Review.id == Comment.review_id)
    return query.outerjoin(Page, Page.id == Comment.page_id)


# Told to the author


def trouble(since: datetime) -> Sequence[Any]:
    """Count the mails that wait in trouble, and those refused since a moment with none sent after them: one query.

    Those to the author and those to readers by themselves; with the oldest of them, and a reason.
    """
    is_own = Mail.kind.in_(OWN)
    later = (SENT.state == "sent", SENT.ended_at > Mail.ended_at, sa.or_(sa.not_(is_own), SENT.kind.in_(OWN)))
    is_refused = (Mail.state.in_(("refused", "failed")), Mail.ended_at >= since, ~sa.exists().where(*later))
    columns = [IS_WAITING.label("is_waiting"), is_own.label("is_own"), sa.func.count(Mail.id).label("number")]
    columns += [sa.func.min(Mail.created_at).label("since"), sa.func.max(Mail.trouble).label("trouble")]
    query = sa.select(*columns).where(sa.or_(HAS_TROUBLE, sa.and_(*is_refused)))
    return db.session.execute(query.group_by(sa.literal_column("is_waiting"), sa.literal_column("is_own"))).all()


def last_to_author() -> Any:
    """Find what became of the last mail to the author."""
    query = sa.select(Mail.state, Mail.ended_at, Mail.trouble, Mail.due_at).where(Mail.kind.in_(OWN))
    return db.session.execute(query.where(Mail.state != "withdrawn").order_by(Mail.id.desc()).limit(1)).first()


def unsent() -> Sequence[Any]:
    """Return the mails that wait, and those that will never arrive, the oldest first."""
    columns = (Mail.id, Mail.kind, Mail.state, Mail.created_at, Mail.due_at, Mail.tries, Mail.trouble)
    query = sa.select(*columns).where(Mail.state.in_(("waiting", "refused", "failed")))
    return db.session.execute(query.order_by(Mail.id)).all()
