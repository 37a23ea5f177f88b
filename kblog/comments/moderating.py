"""What the author does with comments beside deciding about one: many at once, reports, how far one spoils, erasing."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from kblog import mail
from kblog.models import Comment, ImportedEntry, Report

from . import decisions, posting, queries

ERASED = "erased at its writer's wish"


def decide(session: Session, comments: Iterable[Comment], state: str, moment: datetime) -> list[int]:
    """Give comments the state the author chose, settle what was reported of them, and return the ids of those changed.

    A comment that has the state already is left alone, unless a report asked about it; so is one that its writer has
    erased. The caller commits.
    """
    changed = []
    for comment in comments:
        is_asked_about = settle(session, comment.id, moment) if comment.body else False
        if comment.body and (comment.state != state or is_asked_about):
            decisions.decide(session, comment, state, moment)
            changed.append(comment.id)
    return changed


def undo(session: Session, comments: Iterable[Comment], moment: datetime) -> list[int]:
    """Take the last decision about each of these back, and return the ids of those that had one. The caller commits."""
    undone = []
    for comment in comments:
        if comment.state_before and comment.body:
            reopened = sa.update(Report).where(Report.comment_id == comment.id, Report.settled_at == comment.decided_at)
            session.execute(reopened.values(settled_at=None))
            decisions.undo(session, comment, moment)
            undone.append(comment.id)
    return undone


def spoil(comment: Comment, spoils: str) -> None:
    """Say how far a comment tells the story; its words stay as they are. The caller commits."""
    comment.spoils = spoils


def report(session: Session, comment_id: int, reason: str, moment: datetime, *, tells_author: bool = False) -> None:
    """Note what a reader says is wrong with a comment; the same words again add nothing. The caller commits."""
    if not queries.is_reported(comment_id, reason):
        session.add(Report(comment_id=comment_id, reason=reason, reported_at=moment))
        if tells_author:
            mail.outbox.queue(session, moment)


def settle(session: Session, comment_id: int, moment: datetime) -> bool:
    """Let the open reports of a comment be answered at this moment; return whether there were any."""
    settled = sa.update(Report).where(Report.comment_id == comment_id, Report.settled_at.is_(None))
    result: Any = session.execute(settled.values(settled_at=moment))
    return result.rowcount > 0


def erase(session: Session, comments: Iterable[Comment], moment: datetime) -> int:
    """Take the words and the name out of comments, out of what they were imported from and what was reported of them.

    Their places stay, so that their answers keep theirs. Returns how many there were. The caller commits.
    """
    number = 0
    for comment in comments:
        mail.subscribing.erase(session, comment.id)
        posting.take_back(session, comment, moment)
        session.execute(sa.delete(Report).where(Report.comment_id == comment.id))
        if comment.source_ref:
            entry = sa.update(ImportedEntry).where(ImportedEntry.source_ref == comment.source_ref)
            session.execute(entry.values(raw="", reason=ERASED))
        session.expire(comment)
        number += 1
    return number
