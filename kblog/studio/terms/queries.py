"""What the desk for terms asks the database."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased, defer, joinedload, selectinload

from kblog import fold
from kblog.db import db
from kblog.models import (
    Availability,
    AvailabilityChange,
    Credit,
    Filing,
    MovedTerm,
    Renaming,
    Review,
    Spelling,
    Term,
    TwoPeople,
    term_broader,
)
from kblog.models.review import foldable

CHUNK = 100  # reviews read at once, with all that their search entries are made of


class Likeness(NamedTuple):
    """Two people who may be one: `one` has more reviews, and `keys` are what their spellings share."""

    one: Term
    other: Term
    keys: Sequence[str]


def person(slug: str) -> Term | None:
    """Find a person by their address, or by one they had or were given."""
    return term("person", slug)


def term(facet: str, slug: str) -> Term | None:
    """Find a term by its address, or by one it had or was given."""
    moved = sa.select(MovedTerm.term_id).where(MovedTerm.facet == facet, MovedTerm.slug == slug)
    query = sa.select(Term).where(Term.facet == facet, sa.or_(Term.slug == slug, Term.id.in_(moved)))
    query = query.order_by(Term.slug != slug).limit(1)  # its own address before one that only leads on
    loads = {"person": [selectinload(Term.spellings)], "genre": [selectinload(Term.broader)]}
    return db.session.scalar(query.options(*loads.get(facet, ())))


def people(text: str, number: int, start: int = 0) -> Sequence[tuple[Term, int]]:
    """Return (person, number of their reviews in any state) by name; some of their spellings hold the text.

    A text is compared as it is written, and as names that sound alike are.
    """
    alike = [Spelling.name.icontains(text, autoescape=True)]
    if key := fold.person_key(text):
        alike.append(Spelling.person_key.contains(key, autoescape=True))
    return _listed("person", text, Term.id.in_(sa.select(Spelling.term_id).where(sa.or_(*alike))), number, start)


def terms(facet: str, text: str, number: int, start: int = 0) -> Sequence[tuple[Term, int]]:
    """Return (term, number of its reviews in any state) by name; one of the names that it goes by holds the text."""
    columns = Term.native_name, Term.also_called
    holds = sa.or_(*(column.icontains(text, autoescape=True) for column in columns))
    return _listed(facet, text, holds, number, start)


def _listed(facet: str, text: str, holds: sa.ColumnElement[bool], number: int, start: int) -> list[tuple[Term, int]]:
    query = sa.select(Term).where(Term.facet == facet)
    if text:
        query = query.where(sa.or_(Term.name.icontains(text, autoescape=True), holds))
    query = query.order_by(sa.func.lower(Term.name), Term.id).limit(number).offset(start)
    loads = [selectinload(Term.spellings)] if facet == "person" else []
    found = db.session.scalars(query.options(*loads)).all()
    numbers = review_numbers([term.id for term in found])
    return [(term, numbers.get(term.id, 0)) for term in found]


def tallies() -> dict[str, int]:
    """Count the terms of each facet."""
    return dict(db.session.execute(sa.select(Term.facet, sa.func.count()).group_by(Term.facet)).all())


def alike() -> list[Likeness]:
    """Return the pairs of people with spellings that sound alike, unless the author said that they are two."""
    one, other = aliased(Spelling), aliased(Spelling)
    said = _told_apart()
    query = sa.select(one.term_id, other.term_id, one.person_key).distinct()
    query = query.join(other, sa.and_(other.person_key == one.person_key, other.term_id > one.term_id))
    keys: dict[tuple[int, int], list[str]] = {}
    for one_id, other_id, key in db.session.execute(query.where(one.person_key != "")):
        if frozenset((one_id, other_id)) not in said:
            keys.setdefault((one_id, other_id), []).append(key)
    ids = {each for pair in keys for each in pair}
    found = db.session.scalars(sa.select(Term).where(Term.id.in_(ids)).options(selectinload(Term.spellings)))
    people = {term.id: term for term in found}
    numbers = review_numbers(ids)
    pairs = [sorted(pair, key=lambda each: (-numbers.get(each, 0), each)) for pair in keys]
    alike = [Likeness(people[a], people[b], sorted(keys[min(a, b), max(a, b)])) for a, b in pairs]
    return sorted(alike, key=lambda pair: (pair.one.name.casefold(), pair.one.id, pair.other.id))


def review_numbers(ids: Iterable[int]) -> dict[int, int]:
    """Count the reviews, in any state, that are filed under each of these terms or have it on their ledger."""
    named = _named(list(ids)).subquery()
    counted = sa.select(named.c.term_id, sa.func.count()).group_by(named.c.term_id)
    return dict(db.session.execute(counted).all())


def number_of_both(one_id: int, other_id: int) -> int:
    """Count the reviews that name both of two terms."""
    named = _named([one_id, other_id]).subquery()
    both = sa.select(named.c.review_id).group_by(named.c.review_id).having(sa.func.count() > 1).subquery()
    return db.session.scalar(sa.select(sa.func.count()).select_from(both)) or 0


def _named(ids: list[int]) -> sa.CompoundSelect:
    """Select (term_id, review_id) of the reviews that name these terms, each once."""
    filed = sa.select(Filing.term_id.label("term_id"), Filing.review_id.label("review_id"))
    entered = sa.select(Availability.platform_id, Availability.review_id)
    return filed.where(Filing.term_id.in_(ids)).union(entered.where(Availability.platform_id.in_(ids)))


def naming(term_id: int, number: int) -> Sequence[Review]:
    """Return the newest reviews that name a term, with what they write of it, in any state."""
    named = _named([term_id]).subquery()
    query = sa.select(Review).join(named, named.c.review_id == Review.id)
    query = query.order_by(Review.published_at.desc().nulls_last(), Review.id.desc()).limit(number)
    entries = selectinload(Review.availability).joinedload(Availability.platform)
    return db.session.scalars(query.options(entries, defer(Review.body_html), defer(Review.outline))).all()


def narrower(term_id: int, number: int) -> Sequence[Term]:
    """Return the genres that count under one, by name."""
    query = sa.select(Term).join(term_broader, term_broader.c.term_id == Term.id)
    query = query.where(term_broader.c.broader_id == term_id).order_by(sa.func.lower(Term.name))
    return db.session.scalars(query.limit(number)).all()


def names(facet: str, number: int) -> Sequence[str]:
    """Return the names of terms, for a field to offer."""
    query = sa.select(Term.name).where(Term.facet == facet).order_by(sa.func.lower(Term.name))
    return db.session.scalars(query.limit(number)).all()


def works(*people: int) -> Sequence[sa.Row]:
    """Return what names these people: (person, review, role, name as written there, alias, character).

    A label has no role. The newest reviews come first.
    """
    credit = sa.and_(Credit.review_id == Filing.review_id, Credit.term_id == Filing.term_id)
    part = (Credit.role, Credit.name, Credit.alias, Credit.character)
    query = sa.select(Filing.term_id, Review, *part, Filing.written).join(Review, Review.id == Filing.review_id)
    query = query.outerjoin(Credit, credit).where(Filing.term_id.in_(people))
    query = query.order_by(Review.published_at.desc().nulls_last(), Review.id.desc(), Credit.position)
    return db.session.execute(query.options(defer(Review.body_html), defer(Review.outline))).all()


def written(term_id: int) -> dict[str, str]:
    """Return the spellings of a person that some review writes, in any state, each with the name it is credited under.

    That is the spelling itself, or the name before the brackets it stands in.
    """
    rows = db.session.execute(sa.select(Credit.name, Credit.alias).where(Credit.term_id == term_id)).all()
    return {row.alias: row.name for row in rows if row.alias} | {row.name: row.name for row in rows}


def filed(*terms: int) -> Iterator[Sequence[Review]]:
    """Yield the reviews that name any of these terms, some at a time, with all that they are filed by, but no text."""
    ids = sorted(set(db.session.scalars(sa.select(_named(list(terms)).subquery().c.review_id))))
    loads = (
        selectinload(Review.filings).joinedload(Filing.term),
        selectinload(Review.credits).joinedload(Credit.term),
        selectinload(Review.availability).joinedload(Availability.platform),
        joinedload(Review.search_entry),
        defer(Review.body_html),
        defer(Review.outline),
        defer(Review.overview),
    )
    for start in range(0, len(ids), CHUNK):
        query = sa.select(Review).where(Review.id.in_(ids[start : start + CHUNK])).options(*loads)
        yield db.session.scalars(query.execution_options(populate_existing=True)).all()


def reviews(*people: int) -> Iterator[Review]:
    """Yield the reviews that name any of these people, as the database has them now, some at a time."""
    filed = sa.select(Filing.review_id).where(Filing.term_id.in_(people))
    credited = sa.select(Credit.review_id).where(Credit.term_id.in_(people))
    ids = sorted(db.session.scalars(sa.union(filed, credited)))
    for start in range(0, len(ids), CHUNK):
        query = foldable(ids[start : start + CHUNK]).execution_options(populate_existing=True)
        yield from db.session.scalars(query).all()


def moved_to(term_id: int) -> Sequence[MovedTerm]:
    """Return the addresses that lead to a term."""
    return db.session.scalars(sa.select(MovedTerm).where(MovedTerm.term_id == term_id).order_by(MovedTerm.slug)).all()


def owner(facet: str, slug: str) -> Term | None:
    """Find the term that lives at an address itself."""
    return db.session.scalar(sa.select(Term).where(Term.facet == facet, Term.slug == slug))


def was_left(facet: str, slug: str) -> bool:
    """Whether a term lived at an address before the author gave it another one."""
    query = sa.select(Renaming.id).where(Renaming.facet == facet, Renaming.slug == slug, Renaming.new_slug != slug)
    return db.session.scalar(query.limit(1)) is not None


def renamed(facet: str, slug: str) -> Renaming | None:
    """Return how a term came by the name and address that it has, where the author renamed it."""
    query = sa.select(Renaming).where(Renaming.facet == facet, Renaming.new_slug == slug)
    return db.session.scalar(query.order_by(Renaming.id.desc()).limit(1))


def also_called(term_id: int) -> Sequence[str]:
    """Return the names that a term goes by besides its own: its aliases, and those of terms that became part of it."""
    query = sa.select(MovedTerm.name).where(MovedTerm.term_id == term_id, MovedTerm.name != "").distinct()
    return db.session.scalars(query.order_by(MovedTerm.name)).all()


def changes_on(platform_id: int) -> Sequence[AvailabilityChange]:
    """Return every change of the ledger about a platform."""
    query = sa.select(AvailabilityChange).where(AvailabilityChange.platform_id == platform_id)
    return db.session.scalars(query).all()


def moved(facet: str, slug: str) -> MovedTerm | None:
    """Find where an address leads that a term had or was given."""
    return db.session.get(MovedTerm, (facet, slug))


def merged(slug: str, facet: str = "person") -> MovedTerm | None:
    """Find the term that had an address before it became part of another one."""
    found = moved(facet, slug)
    return found if found and found.merged_at else None


def leading_to(merged: MovedTerm) -> set[str]:
    """Return the address of a term that became part of another one, and every address that led there before."""
    found = {merged.slug}
    rest = [each for each in moved_to(merged.term_id) if each is not merged]
    while led := {each.slug for each in rest if each.origin in found} - found:
        found |= led
    return found


def _told_apart() -> set[frozenset[int]]:
    """Return the pairs of people of whom the author said that they are two, as they are by now."""
    pairs = db.session.execute(sa.select(TwoPeople.one, TwoPeople.other)).all()
    slugs = {slug for pair in pairs for slug in pair}
    own = sa.select(Term.slug, Term.id).where(Term.facet == "person", Term.slug.in_(slugs))
    led = sa.select(MovedTerm.slug, MovedTerm.term_id).where(MovedTerm.facet == "person", MovedTerm.slug.in_(slugs))
    ids = dict(db.session.execute(sa.union_all(own, led)).all()) if slugs else {}
    return {frozenset((ids[one], ids[other])) for one, other in pairs if one in ids and other in ids}
