"""The sample reviews of a new site: how they come, and how they go when real ones arrive."""

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from kblog.models import (
    Availability,
    AvailabilityChange,
    Comment,
    Credit,
    Filing,
    ImportedEntry,
    Review,
    SearchEntry,
    Setting,
    Term,
    TermLink,
)
from kblog.models.site import mark_visible_change

FOLDER = Path(__file__).resolve().parent.parent / "demo"
PREFIX = "demo:"
AUTHOR = "Han Areum"


def documents() -> list[tuple[str, str]]:
    """Return the sample reviews as (source_ref, portable document)."""
    return [(PREFIX + path.stem, path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.md"))]


def is_wanted(session: Session) -> bool:
    """Whether the database is as empty as on the first run."""
    return not session.scalar(sa.select(sa.exists().where(ImportedEntry.source_ref != ""))) and not session.scalar(
        sa.select(sa.exists().where(Review.id > 0))
    )


def untouched(session: Session) -> int:
    """Count the samples that `remove` would take away."""
    return session.scalar(sa.select(sa.func.count()).select_from(_untouched().subquery())) or 0


def remove(session: Session) -> tuple[int, int]:
    """Take away the samples nobody changed or answered; return how many went and how many stayed."""
    samples = set(session.scalars(sa.select(Review.id).where(Review.source_ref.in_(_refs()))))
    if not samples:
        return 0, 0
    going = set(session.scalars(_untouched()))
    touched = samples - going
    refs = session.scalars(sa.select(Review.source_ref).where(Review.id.in_(going))).all()
    session.execute(sa.delete(Comment).where(Comment.review_id.in_(going)))
    session.execute(sa.delete(SearchEntry).where(SearchEntry.review_id.in_(going)))
    session.execute(sa.delete(Review).where(Review.id.in_(going)))
    # remembered as removed, so that the next start does not bring them back
    session.execute(sa.update(ImportedEntry).where(ImportedEntry.source_ref.in_(refs)).values(outcome="removed"))
    if not touched:
        _forget_terms(session)
        session.execute(sa.delete(Setting).where(Setting.name == "author", Setting.value == AUTHOR))
    session.expire_all()
    mark_visible_change(session)
    return len(going), len(touched)


def _refs() -> list[str]:
    """Name the samples, each by itself: so the database finds them among any number of reviews."""
    return [PREFIX + path.stem for path in FOLDER.glob("*.md")]


def _untouched() -> sa.Select[int]:
    came_along = Comment.source_ref.is_not(None) & Comment.source_ref.startswith(PREFIX)
    return sa.select(Review.id).where(
        Review.source_ref.in_(_refs()),
        Review.edited_at.is_(None),
        ~sa.exists().where(Comment.review_id == Review.id, ~came_along),
        ~sa.exists().where(AvailabilityChange.review_id == Review.id),
    )


def _forget_terms(session: Session) -> None:
    """Drop the terms under which nothing is filed any more."""
    used = (
        sa.select(Filing.term_id),
        sa.select(Credit.term_id),
        sa.select(Availability.platform_id).where(Availability.platform_id.is_not(None)),
        sa.select(AvailabilityChange.platform_id).where(AvailabilityChange.platform_id.is_not(None)),
        sa.select(Term.successor_id).where(Term.successor_id.is_not(None)),
    )
    session.execute(sa.delete(Term).where(Term.id.not_in(sa.union(*used))))
    known = sa.select(Term.slug).where(Term.facet == TermLink.facet)
    session.execute(sa.delete(TermLink).where(TermLink.slug.not_in(known)).execution_options(synchronize_session=False))
