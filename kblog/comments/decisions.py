"""What the author decides about comments, what is learnt from that, and how it is undone."""

from datetime import datetime

from sqlalchemy.orm import Session

from kblog import mail
from kblog.models import Comment, SpamWord

from . import bayes, posting, queries

APPROVED, SPAM, REMOVED = "visible", "spam", "removed"
LESSONS = {APPROVED: "good", SPAM: "spam"}  # what is removed may be well written
BY_AUTHOR = "The author decided so"


def decide(session: Session, comment: Comment, state: str, moment: datetime) -> None:
    """Give a comment the state the author chose, and learn from it. The caller commits.

    Raises ValueError for a comment that its writer has erased: there is nothing left to decide about.
    """
    if not comment.body:
        raise ValueError("Its writer has taken it back.")
    if state == APPROVED != comment.state:
        mail.outbox.reply(session, comment, moment)
    posting.show_change(session, comment, state)
    comment.state_before, comment.state, comment.decided_at = comment.state, state, moment
    comment.reason = comment.reason or (BY_AUTHOR if state != APPROVED else "")
    _learn(session, comment, LESSONS.get(state, "") if not comment.by_author else "")


def undo(session: Session, comment: Comment, moment: datetime) -> None:
    """Take the last decision about a comment back. The caller commits.

    What waited waits again, and nothing is learnt from it; of anything else it is a decision that it was right before.
    """
    before = comment.state_before
    if not before or not comment.body:
        return
    if before != "pending":
        decide(session, comment, before, moment)
    else:
        posting.show_change(session, comment, before)
        comment.state, comment.decided_at = before, None
        _learn(session, comment, "")
    comment.state_before = ""


def _learn(session: Session, comment: Comment, lesson: str) -> None:
    """Let the words of a comment count for this lesson, and no longer for another."""
    if lesson == comment.lesson:
        return
    words = bayes.words(comment.name, comment.website, comment.body)
    known = queries.spam_words(words)
    for word in words:
        counted = known.get(word) or SpamWord(word=word, good=0, spam=0)
        for which, change in ((comment.lesson, -1), (lesson, 1)):
            if which:
                setattr(counted, which, max(0, getattr(counted, which) + change))
        session.add(counted)
    comment.lesson = lesson
