"""Who gets replies by mail: asked for with a comment, confirmed by a link, ended by another. The caller commits."""

import secrets
from datetime import datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from kblog import limits
from kblog.models import Follow, Mail, Subscription

from . import outbox, queries

ASKED_FOR = timedelta(days=7)  # then an address that nobody confirmed is let go of
MOST_ASKED = 3  # mails to an address that has not answered, within that time: nobody is bombed from here
FOR_ONE = (limits.Limit(10, 3600), limits.Limit(30, 86400))  # addresses that one network may let us write to
FOR_ALL = (limits.Limit(300, 86400),)
KEPT = timedelta(days=30)  # a mail that went, or did not; that a reply was told of is known as long as the reply
FOLLOWS, MAILS, SUBSCRIPTIONS = (cast(sa.Table, model.__table__) for model in (Follow, Mail, Subscription))


def follow(session: Session, comment: Any, address: str, moment: datetime, *, is_limited: bool) -> None:
    """Let a comment's writer get its replies, once the address is confirmed; where that is asked too often, do nothing.

    An address is confirmed for one writer: whoever else types it is asked anew, and nobody learns who has been.
    """
    connection = session.connection()
    there = queries.subscription_of(address, comment.writer_hash)
    if there is None:
        if queries.unconfirmed(address) >= MOST_ASKED:
            return
        buckets = {f"mail {comment.network}": FOR_ONE, "mail": FOR_ALL}
        if is_limited and limits.take(session, buckets, moment):
            return
        asked = {"address": address, "writer_hash": comment.writer_hash, "asked_at": moment}
        asked["token"] = secrets.token_urlsafe(16)
        there = connection.execute(sa.insert(SUBSCRIPTIONS).values(**asked)).inserted_primary_key[0]  # type: ignore[index]
        outbox.confirm(session, there, moment)
    connection.execute(sa.insert(FOLLOWS).values(comment_id=comment.id, subscription_id=there))


def confirm(session: Session, token: str, moment: datetime) -> None:
    """Let replies come from here on, and tell of those that have come meanwhile; a second time changes nothing."""
    mine = sa.update(SUBSCRIPTIONS).where(SUBSCRIPTIONS.c.token == token, SUBSCRIPTIONS.c.confirmed_at.is_(None))
    if session.connection().execute(mine.values(confirmed_at=moment)).rowcount:
        for comment in queries.replies_to(token):
            outbox.reply(session, comment, moment)


def end(session: Session, token: str) -> None:
    """Let no more mail go to an address, and let go of it, whoever asked for it; a second time changes nothing."""
    session.connection().execute(sa.delete(SUBSCRIPTIONS).where(queries.is_of(token)))


def let_go(session: Session, comment_id: int) -> None:
    """Let no mail tell of replies to a comment, and let go of an address that no other comment needs.

    One that was asked and did not answer is remembered for its days: else it could be asked again and again.
    """
    connection = session.connection()
    if connection.execute(sa.delete(FOLLOWS).where(FOLLOWS.c.comment_id == comment_id)).rowcount:
        connection.execute(sa.delete(SUBSCRIPTIONS).where(queries.is_needless()))


def erase(session: Session, comment_id: int) -> None:
    """Let go of the address that a comment was given with, answered or not, unless another comment needs it."""
    session.connection().execute(sa.delete(SUBSCRIPTIONS).where(queries.is_of_comment_alone(comment_id)))


def tidy(session: Session, moment: datetime) -> None:
    """Let go of addresses that were not confirmed or that no comment needs, and of old mails."""
    connection = session.connection()
    connection.execute(sa.delete(SUBSCRIPTIONS).where(queries.is_let_go(moment - ASKED_FOR)))
    connection.execute(sa.delete(MAILS).where(queries.is_over(moment - KEPT)))
