"""What an import asks the database: what became of an export's entries, and which imports the studio asked for."""

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session, undefer

from kblog.models import Comment, ImportJob, Page, Review
from kblog.models.import_job import AT_WORK, OVER
from kblog.models.page import PAGE_TITLE
from kblog.models.review import SHOWN_TITLE

MOST_AT_ONCE = 500  # references in one statement


class Entry(NamedTuple):
    """What an entry became; a comment has the title of what it stands under, its writer's name and its state."""

    kind: str  # review, page or comment
    id: int
    title: str
    name: str = ""
    state: str = ""


def entries(session: Session, refs: Collection[str]) -> dict[str, Entry]:
    """Find what came of entries, by their references; those that are not here are left out."""
    found: dict[Any, Entry] = {}
    waiting = iter(dict.fromkeys(refs))
    while some := list(islice(waiting, MOST_AT_ONCE)):
        reviews = sa.select(Review.source_ref, Review.id, SHOWN_TITLE).where(Review.source_ref.in_(some))
        found |= {ref: Entry("review", number, name) for ref, number, name in session.execute(reviews)}
        pages = sa.select(Page.source_ref, Page.id, PAGE_TITLE).where(Page.source_ref.in_(some))
        found |= {ref: Entry("page", number, name) for ref, number, name in session.execute(pages)}
        columns = Comment.source_ref, Comment.id, sa.func.coalesce(SHOWN_TITLE, PAGE_TITLE), Comment.name, Comment.state
        comments = sa.select(*columns).outerjoin(Review, Review.id == Comment.review_id)
        comments = comments.outerjoin(Page, Page.id == Comment.page_id).where(Comment.source_ref.in_(some))
        for ref, number, of, name, state in session.execute(comments):
            found[ref] = Entry("comment", number, of, name, state)
    return found


def job(session: Session, job_id: int) -> ImportJob | None:
    """Find an import of the studio, with its reports."""
    whole = undefer(ImportJob.found), undefer(ImportJob.notes)
    return session.scalar(sa.select(ImportJob).where(ImportJob.id == job_id).options(*whole))


def current(session: Session) -> ImportJob | None:
    """Return the import that is not over; there is one at most."""
    return session.scalar(sa.select(ImportJob).where(ImportJob.state.not_in(OVER)).order_by(ImportJob.id).limit(1))


def last(session: Session, number: int) -> Sequence[ImportJob]:
    """Return the imports that are over, the newest first."""
    query = sa.select(ImportJob).where(ImportJob.state.in_(OVER)).order_by(ImportJob.id.desc()).limit(number)
    return session.scalars(query).all()


def claimable(session: Session, silent_since: datetime, here: Collection[str]) -> ImportJob | None:
    """Return an import that is to be worked on and that nobody works on; an owner that fell silent is nobody.

    Of several machines only the one that has its file, in one of the folders `here`, can work on it.
    """
    free = sa.or_(ImportJob.owner == "", ImportJob.beat_at < silent_since)
    query = sa.select(ImportJob).where(ImportJob.state.in_(AT_WORK), free)
    if session.get_bind().dialect.name != "sqlite":  # else this is the only machine, and what is lost is to be noticed
        query = query.where(ImportJob.folder.in_(here))
    return session.scalar(query.order_by(ImportJob.id).limit(1))


def is_unwanted(session: Session, job_id: int) -> bool:
    """Whether the author said stop."""
    return bool(session.scalar(sa.select(ImportJob.is_unwanted).where(ImportJob.id == job_id)))


def at_rest(session: Session) -> dict[str, int]:
    """Return the imports that nobody works on and that are not over, by their folders."""
    query = sa.select(ImportJob.folder, ImportJob.id).where(ImportJob.state == "ready")
    return dict(session.execute(query).all())


def folders_at_work(session: Session) -> set[str]:
    """Return the folders of what is being worked on, or will be."""
    return set(session.scalars(sa.select(ImportJob.folder).where(ImportJob.state.in_(AT_WORK))))
