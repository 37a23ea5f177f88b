"""What makes a text public and takes it back, and what happens to its address."""

from datetime import datetime

from sqlalchemy.orm import Session

from kblog.language import gettext as _
from kblog.language import noted
from kblog.models import Page, Redirect, Review

from . import queries

Subject = Review | Page
STATE_WORDS = {
    "draft": noted("Draft"),
    "scheduled": noted("Scheduled"),
    "published": noted("Published"),
    "withdrawn": noted("Withdrawn"),
    "discarded": noted("Put away"),
}


class SlugTaken(ValueError):
    """Another review or page has this address, or had it."""


def state_word(state: str) -> str:
    """Name the state of a text."""
    return _(STATE_WORDS[state])


def publish(subject: Subject, at: datetime) -> None:
    """Make a text public from that moment on; one that lies ahead schedules it. The caller commits."""
    subject.published_at = at
    subject.withdrawn_at = None


def withdraw(subject: Subject, moment: datetime) -> None:
    """Take a text back: what was public answers 410 from now on, what was scheduled is a draft again."""
    if subject.state == "scheduled":
        subject.published_at = None
    elif subject.state == "published":
        subject.withdrawn_at = moment


def discard(subject: Subject, moment: datetime) -> None:
    """Put a draft away; nothing of it is lost."""
    if subject.state == "draft":
        subject.withdrawn_at = moment


def take_up(subject: Subject) -> None:
    """Make what was put away a draft again."""
    if subject.state == "discarded":
        subject.withdrawn_at = None


def feature(review: Review, is_featured: bool) -> None:
    """Let the front page begin with this review and no other; or with none, and so with the newest.

    One that is only scheduled waits for its moment: until then the others keep their place.
    """
    if is_featured and review.state == "published":
        for other in queries.featured():
            other.featured = False
    review.featured = is_featured


def rename(session: Session, subject: Subject, slug: str) -> None:
    """Give a text another address; where the old one was ever public it answers 301 from now on.

    Raises SlugTaken where the address is somebody else's, or was. The caller commits.
    """
    if slug == subject.slug:
        return
    if owner := queries.holder(subject, slug):
        raise SlugTaken(_("“%(slug)s” is the address of “%(owner)s”. Choose another one.", slug=slug, owner=owner))
    if back := session.get(Redirect, address(subject, slug)):
        session.delete(back)  # its own old address is its address again
    if subject.state in ("published", "withdrawn"):
        kind = "review_id" if isinstance(subject, Review) else "page_id"
        session.add(Redirect(path=address(subject, subject.slug), **{kind: subject.id}))
    subject.slug = slug


def address(subject: Subject, slug: str) -> str:
    """Return the path at which readers find a text."""
    return f"/{'reviews' if isinstance(subject, Review) else 'pages'}/{slug}/"
