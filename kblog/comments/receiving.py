"""Takes in what was sent: each comment once, however often it is sent, and no more of them than the limits allow."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from kblog import limits, mail
from kblog.language import gettext as _

from . import posting, queries
from .threads.nesting import ROOTS_PER_PAGE

FOR_ONE = (limits.Limit(5, 60), limits.Limit(30, 3600))  # comments from one network
FOR_ALL = (limits.Limit(60, 60),)  # comments on the whole site
A_MINUTE = 60  # seconds


class Taken(NamedTuple):
    """A comment that is stored, and what its sender is told with it."""

    comment: Any
    slug: str  # of its review
    # of the visible comments there
    count: int  # pyright: ignore[reportIncompatibleMethodOverride] - what a tuple calls so, nobody asks
    answered: Any  # the comment it answers
    is_new: bool  # or was it here already

    @property
    def may_be_on_a_later_page(self) -> bool:
        """Whether a root may stand beyond the first page of its thread."""
        return self.count > ROOTS_PER_PAGE


class Answered(NamedTuple):
    """The comment that another one answers."""

    id: int
    name: str
    state: str = "visible"


class Refused(Exception):
    """Nothing is taken in now: the sentence says why, and after so many seconds it may be sent again."""

    def __init__(self, status: int, sentence: str, seconds: int) -> None:
        super().__init__(sentence)
        self.status, self.sentence, self.seconds = status, sentence, seconds


def take_in(
    session: Session, draft: posting.Draft, sender: posting.Sender, *, slug: str, answered: Any, is_limited: bool
) -> Taken:
    """Store a draft, or find the comment that it repeats; raise Refused. The caller commits."""
    first = queries.with_key(draft.key) if draft.key else queries.sent_before(draft, sender.moment)
    if first:
        return again(first)
    if is_limited:
        keep_to_the_limits(session, "comment", draft.network, sender.moment)
    count = posting.post(session, draft, sender)
    if draft.address and draft.state != "spam":  # a machine that fills forms in lets us write to nobody
        mail.subscribing.follow(session, draft, draft.address, sender.moment, is_limited=is_limited)
    return Taken(draft, slug, count, answered, is_new=True)


def again(first: Any) -> Taken:
    """Tell of a comment that was here already."""
    answered = Answered(first.parent_id, first.parent_name, first.parent_state) if first.parent_id else None
    return Taken(first, first.slug, first.comment_count, answered, is_new=False)


def keep_to_the_limits(session: Session, what: str, network: str, moment: datetime) -> None:
    """Count one more from a network and on the whole site; raise Refused where that is too many."""
    if seconds := limits.take(session, {f"{what} {network}": FOR_ONE}, moment):
        if seconds <= A_MINUTE:
            sentence = _(
                "You have posted several comments in a minute. Wait a little and post this one again; the text is kept."
            )
        else:
            sentence = _(
                "You have posted many comments in an hour. Wait %(minutes)s minutes and post this one again; "
                "the text is kept.",
                minutes=-(-seconds // A_MINUTE),
            )
        raise Refused(429, sentence, seconds)
    if seconds := limits.take(session, {what: FOR_ALL}, moment):
        sentence = _("Many comments are arriving just now. Wait a little and post this one again; the text is kept.")
        raise Refused(429, sentence, seconds)
