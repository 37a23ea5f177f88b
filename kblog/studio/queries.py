"""What the studio asks the database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import defer, joinedload, selectinload, undefer

from kblog import fold
from kblog.db import db, now
from kblog.models import (
    Autosave,
    Availability,
    AvailabilityChange,
    Credit,
    Filing,
    Page,
    Redirect,
    Review,
    Revision,
    Spelling,
    Term,
)
from kblog.models.page import PAGE_TITLE
from kblog.models.review import SHOWN_TITLE
from kblog.slugs import slug

MOST_SUGGESTED = 500  # names in a list of suggestions: about 20 kB of a page that is never kept

STATES = ("draft", "scheduled", "published", "withdrawn", "discarded")

Subject = Review | Page


def review(review_id: int) -> Review | None:
    """Find a review, whatever its state, with all that its document is made of: four queries."""
    loads = (
        undefer(Review.body),
        selectinload(Review.credits).joinedload(Credit.term),
        selectinload(Review.filings).joinedload(Filing.term),
        selectinload(Review.availability).joinedload(Availability.platform),
    )
    return db.session.scalar(sa.select(Review).where(Review.id == review_id).options(*loads))


def reviews(state: str, text: str, number: int, start: int = 0) -> Sequence[Review]:
    """Return reviews in a state ("all": but the discarded ones) whose titles hold a text, the last touched first."""
    query = sa.select(Review).options(defer(Review.body_html))
    query = query.where(_in_state(Review, state) if state != "all" else sa.not_(_in_state(Review, "discarded")))
    if text:
        titles = (Review.work_title, Review.native_title, Review.headline, Review.slug)
        query = query.where(sa.or_(*(title.icontains(text, autoescape=True) for title in titles)))
    touched = sa.func.coalesce(Review.edited_at, Review.updated_at, Review.published_at)
    return db.session.scalars(query.order_by(touched.desc(), Review.id.desc()).limit(number).offset(start)).all()


def review_counts() -> dict[str, int]:
    """Count the reviews in each state."""
    states = {state: sa.func.count().filter(_in_state(Review, state)) for state in STATES}
    row = db.session.execute(sa.select(*states.values()).select_from(Review)).one()
    return dict(zip(states, row, strict=True))


def page(page_id: int) -> Page | None:
    """Find a page, whatever its state."""
    return db.session.get(Page, page_id)


def featured() -> Sequence[Review]:
    """Return the reviews that are featured, public or not."""
    return db.session.scalars(sa.select(Review).where(Review.featured)).all()


def slug_is_taken(model: type[Review] | type[Page], slug: str) -> bool:
    """Whether a slug is or was the address of any review, or of any page."""
    path = f"/{'reviews' if model is Review else 'pages'}/{slug}/"
    taken = sa.select(sa.or_(sa.exists().where(model.slug == slug), sa.exists().where(Redirect.path == path)))
    return bool(db.session.scalar(taken))


def holder(subject: Subject, slug: str) -> str:
    """Name the other review or page that has this slug, or had it; "" where it is free."""
    model = type(subject)
    name = SHOWN_TITLE if model is Review else PAGE_TITLE
    held = Redirect.review_id if model is Review else Redirect.page_id
    path = f"/{'reviews' if model is Review else 'pages'}/{slug}/"
    moved = sa.select(held).where(Redirect.path == path)
    query = sa.select(name).where(model.id != subject.id, sa.or_(model.slug == slug, model.id.in_(moved)))
    return db.session.scalar(query.limit(1)) or ""


def latest_revision(subject: Subject) -> Revision | None:
    """Return the newest revision of a review or page."""
    return db.session.scalar(_revisions(subject).limit(1))


def revisions(subject: Subject) -> Sequence[sa.Row]:
    """List the revisions of a review or page, the newest first: how long each is, and not what it says."""
    characters = sa.func.length(Revision.text).label("characters")
    columns = Revision.id, Revision.occasion, Revision.made_at, characters
    return db.session.execute(_revisions(subject).with_only_columns(*columns)).all()


def saved_at(subject: Subject) -> datetime | None:
    """Return when a text was last saved, or its ledger last checked; None where neither ever was."""
    kept = _revisions(subject).where(Revision.occasion != "set aside").limit(1)
    moments = [revision.made_at for revision in db.session.scalars(kept)]
    if isinstance(subject, Review):
        query = sa.select(AvailabilityChange).where(AvailabilityChange.review_id == subject.id)
        last = db.session.scalar(query.order_by(AvailabilityChange.id.desc()).limit(1))
        moments += [last.undone_at or last.at] if last else []
    return max(moments, default=None)


def revision(subject: Subject, revision_id: int) -> Revision | None:
    """Find one revision of a review or page."""
    return db.session.scalar(_revisions(subject).where(Revision.id == revision_id))


def autosave(subject: Subject, tab: str) -> Autosave | None:
    """Find what one tab holds and has not saved."""
    return db.session.scalar(_autosaves(subject).where(Autosave.tab == tab))


def autosaves(subject: Subject) -> Sequence[Autosave]:
    """Return which tabs hold something that is not saved, the latest first, without what they hold."""
    return db.session.scalars(_autosaves(subject).options(defer(Autosave.fields))).all()


def genre_names() -> Sequence[str]:
    """Return the genres that reviews are filed under, the most frequent first."""
    number = sa.func.count(Filing.review_id)
    query = sa.select(Term.name).join(Filing, Filing.term_id == Term.id).where(Term.facet == "genre")
    return db.session.scalars(query.group_by(Term.id).order_by(number.desc(), Term.name).limit(MOST_SUGGESTED)).all()


def people_names() -> Sequence[str]:
    """Return the people credited most often, by name."""
    number = sa.func.count(Credit.id)
    query = sa.select(Term.name).join(Credit, Credit.term_id == Term.id).group_by(Term.id).order_by(number.desc())
    return sorted(db.session.scalars(query.limit(MOST_SUGGESTED)))


def people_like(names: Sequence[str]) -> list[tuple[str, sa.Row]]:
    """Return (name, known person) for each name that may be another spelling of somebody in a public review.

    A name that somebody has already is nobody else's spelling. A person is a row of name, slug and reviews.
    """
    keys = {name: fold.person_key(name) for name in names}
    number = sa.func.count(sa.distinct(Review.id)).label("reviews")
    query = sa.select(Spelling.person_key, Spelling.name.label("spelling"), Term.name, Term.slug, number)
    query = query.join(Term, Term.id == Spelling.term_id).join(Credit, Credit.term_id == Term.id)
    query = query.join(Review, sa.and_(Review.id == Credit.review_id, Review.is_live()))
    query = query.where(Spelling.person_key.in_(set(keys.values()))).group_by(Spelling.id, Term.id)
    found = db.session.execute(query).all()
    known = {slug(row.spelling) for row in found}
    return [
        (name, next(row for row in found if row.person_key == key))
        for name, key in keys.items()
        if slug(name) not in known and any(row.person_key == key for row in found)
    ]


def titled() -> Sequence[sa.Row]:
    """Return the titles of the reviews that are public or will be, the newest first."""
    columns = Review.id, Review.slug, Review.work_title, Review.native_title, Review.other_titles, Review.published_at
    query = sa.select(*columns).where(Review.published_at.is_not(None), Review.withdrawn_at.is_(None))
    return db.session.execute(query.order_by(Review.published_at.desc(), Review.id.desc())).all()


def people_spelt() -> Sequence[sa.Row]:
    """Return every spelling of the people in public reviews, with their number and the id of one of them."""
    number = sa.func.count(sa.distinct(Credit.review_id)).label("reviews")
    columns = Spelling.name, Term.slug, Term.native_name, number, sa.func.min(Credit.review_id).label("review_id")
    query = sa.select(*columns).join(Term, Term.id == Spelling.term_id).join(Credit, Credit.term_id == Term.id)
    query = query.join(Review, sa.and_(Review.id == Credit.review_id, Review.is_live()))
    return db.session.execute(query.group_by(Spelling.id, Term.id).order_by(number.desc(), Spelling.id)).all()


def pages() -> Sequence[Page]:
    """Return every standing page, whatever its state, by title."""
    query = sa.select(Page).options(defer(Page.body), defer(Page.body_html))
    return db.session.scalars(query.order_by(sa.func.lower(Page.title), Page.id)).all()


def pages_moved_from(paths: Sequence[str]) -> dict[str, int]:
    """Return the page that each of these old addresses leads to now."""
    query = sa.select(Redirect.path, Page.id).join(Page, Page.id == Redirect.page_id)
    return dict(db.session.execute(query.where(Redirect.path.in_(paths))).all())


class Pile(NamedTuple):
    """How many there are of something on the desk, and the first of them."""

    total: int
    first: Sequence[Any]


def review_piles(number: int) -> dict[str, Pile]:
    """Return the first reviews of each state, all in one query.

    Drafts begin with the last one touched, scheduled reviews with the next to appear, others with the newest.
    """
    state = sa.case(*((_in_state(Review, name), name) for name in STATES)).label("state")
    ahead = sa.case((_in_state(Review, "scheduled"), Review.published_at))
    newest = sa.func.coalesce(Review.published_at, Review.edited_at, Review.updated_at).desc().nulls_last()
    place = sa.func.row_number().over(partition_by=state, order_by=(ahead, newest, Review.id.desc())).label("place")
    total = sa.func.count().over(partition_by=state).label("total")
    placed = sa.select(Review.id, state, place, total).subquery()
    query = sa.select(Review, placed.c.state, placed.c.total).join(placed, placed.c.id == Review.id)
    query = query.where(placed.c.place <= number).order_by(placed.c.place).options(defer(Review.body_html))
    rows = db.session.execute(query).all()
    return {name: _pile([(row.Review, row.total) for row in rows if row.state == name]) for name in STATES}


def unsaved(number: int) -> Pile:
    """Return what was typed and never saved, with its review or page, the latest first."""
    query = sa.select(Autosave, sa.func.count().over()).order_by(Autosave.saved_at.desc(), Autosave.id.desc())
    subjects = joinedload(Autosave.review).defer(Review.body_html), joinedload(Autosave.page).defer(Page.body_html)
    return _pile(db.session.execute(query.limit(number).options(defer(Autosave.fields), *subjects)).all())


def to_lint(slug: str | None = None) -> Sequence[int]:
    """Return the reviews to look at, by address; all but those that were put away, or the one at a slug."""
    query = sa.select(Review.id).where(sa.not_(_in_state(Review, "discarded"))).order_by(Review.slug)
    return db.session.scalars(query if slug is None else sa.select(Review.id).where(Review.slug == slug)).all()


def _pile(rows: Sequence[Any]) -> Pile:
    """Part what was found from the number that stands beside each."""
    return Pile(rows[0][1] if rows else 0, [found for found, _ in rows])


def _in_state(model: type[Review] | type[Page], state: str) -> sa.ColumnElement[bool]:
    """Say in SQL what `Publication.state` says of one row."""
    dated, away = model.published_at.is_not(None), model.withdrawn_at.is_not(None)
    ahead = model.published_at > now()
    return {
        "draft": sa.not_(dated) & sa.not_(away),
        "discarded": sa.not_(dated) & away,
        "withdrawn": dated & away,
        "scheduled": ahead & sa.not_(away),
        "published": dated & sa.not_(ahead) & sa.not_(away),
    }[state]


def _revisions(subject: Subject) -> sa.Select[Revision]:
    column = Revision.review_id if isinstance(subject, Review) else Revision.page_id
    return sa.select(Revision).where(column == subject.id).order_by(Revision.id.desc())


def _autosaves(subject: Subject) -> sa.Select[Autosave]:
    column = Autosave.review_id if isinstance(subject, Review) else Autosave.page_id
    return sa.select(Autosave).where(column == subject.id).order_by(Autosave.saved_at.desc())
