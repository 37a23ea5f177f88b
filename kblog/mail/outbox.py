"""Writes down that a mail is to be sent, in the transaction of what it tells of. The caller commits."""

import secrets
from datetime import datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from kblog.models import Mail

from . import queries

WAITS = "mail_waits"  # in the session: something goes out after the commit
CONFIRM, REPLY, QUEUE, TEST = "confirm", "reply", "queue", "test"
GATHERED = timedelta(minutes=10)  # between two mails to the author: what comes meanwhile stands together in the second
MAILS = cast(sa.Table, Mail.__table__)


def confirm(session: Session, subscription_id: int, moment: datetime) -> None:
    """Let somebody be asked whether they want replies by mail."""
    _put(session, f"{CONFIRM}:{secrets.token_hex(8)}", CONFIRM, moment, subscription_id=subscription_id)


def reply(session: Session, comment: Any, moment: datetime) -> None:
    """Let whoever wants it hear that readers can see an answer to their comment; of each answer once."""
    if comment.parent_id is None:
        return
    follower = queries.follower(comment.parent_id, comment.writer_hash)
    if follower is not None:
        _put(session, f"{REPLY}:{comment.id}", REPLY, moment, subscription_id=follower, comment_id=comment.id)


def queue(session: Session, moment: datetime) -> None:
    """Let the author hear that something waits: at once, or together with what else waits by then."""
    if queries.is_queue_told():
        return  # a mail that nobody has in hand yet lists this, too
    last = queries.last_told()
    due_at = max(moment, last + GATHERED) if last else moment
    _put(session, f"{QUEUE}:{secrets.token_hex(8)}", QUEUE, moment, due_at=due_at)


def test(session: Session, moment: datetime) -> None:
    """Let the author see that mail arrives."""
    _put(session, f"{TEST}:{secrets.token_hex(8)}", TEST, moment)


def _put(
    session: Session,
    key: str,
    kind: str,
    moment: datetime,
    *,
    due_at: datetime | None = None,
    subscription_id: int | None = None,
    comment_id: int | None = None,
) -> None:
    """Write one mail down, unless it was before; one that was withdrawn is wanted again."""
    connection = session.connection()
    session.info[WAITS] = True
    again = sa.update(MAILS).where(MAILS.c.key == key, MAILS.c.state == "withdrawn")
    values: dict[str, Any] = {"created_at": moment, "due_at": due_at or moment, "subscription_id": subscription_id}
    if connection.execute(
        again.values(**values, state="waiting", ended_at=None, claimed_at=None, tries=0, trouble="")
    ).rowcount:
        return
    if not queries.is_written_down(key):
        values |= {"key": key, "kind": kind, "token": secrets.token_hex(16), "comment_id": comment_id}
        connection.execute(sa.insert(MAILS).values(**values, state="waiting", tries=0, trouble=""))
