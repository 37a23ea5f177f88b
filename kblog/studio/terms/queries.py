"""What the desk for terms asks the database."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased, defer, selectinload

from kblog import fold
from kblog.db import db
from kblog.models import Credit, Filing, MovedTerm, Review, Spelling, Term, TwoPeople
from kblog.models.review import foldable

CHUNK = 100  # reviews read at once, with all that their search entries are made of


class Likeness(NamedTuple):
    """Two people who may be one: `one` has more reviews, and `keys` are what their spellings share."""

    one: Term
    other: Term
    keys: Sequence[str]


def person(slug: str) -> Term | None:
    """Find a person by their address, or by one they had or were given."""
    moved = sa.select(MovedTerm.term_id).where(MovedTerm.facet == "person", MovedTerm.slug == slug)
    query = sa.select(Term).where(Term.facet == "person", sa.or_(Term.slug == slug, Term.id.in_(moved)))
    return db.session.scalar(query.options(selectinload(Term.spellings)))


def people(text: str, number: int, start: int = 0) -> Sequence[sa.Row]:
    """Return (person, number of their reviews in any state) by name; some of their spellings hold the text.

    A text is compared as it is written, and as names that sound alike are.
    """
    filed = sa.select(sa.func.count()).select_from(Filing).where(Filing.term_id == Term.id).scalar_subquery()
    query = sa.select(Term, filed.label("reviews")).where(Term.facet == "person")
    if text:
        alike = [Spelling.name.icontains(text, autoescape=True)]
        if key := fold.person_key(text):
            alike.append(Spelling.person_key.contains(key, autoescape=True))
        spelt = sa.select(Spelling.term_id).where(sa.or_(*alike))
        query = query.where(sa.or_(Term.name.icontains(text, autoescape=True), Term.id.in_(spelt)))
    query = query.order_by(sa.func.lower(Term.name), Term.id).limit(number).offset(start)
    return db.session.execute(query.options(selectinload(Term.spellings))).all()


def number_of_people() -> int:
    """Count the people that are known."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(Term).where(Term.facet == "person")) or 0


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
    """Count the reviews, in any state, of each of these people."""
    filed = sa.select(Filing.term_id, sa.func.count()).where(Filing.term_id.in_(list(ids))).group_by(Filing.term_id)
    return dict(db.session.execute(filed).all())


def works(*people: int) -> Sequence[sa.Row]:
    """Return what names these people: (person, review, role, name as written there, alias, character).

    A label has no role. The newest reviews come first.
    """
    credit = sa.and_(Credit.review_id == Filing.review_id, Credit.term_id == Filing.term_id)
    part = (Credit.role, Credit.name, Credit.alias, Credit.character)
    query = sa.select(Filing.term_id, Review, *part, Filing.written).join(Review, Review.id == Filing.review_id)
    query = query.outerjoin(Credit, credit).where(Filing.term_id.in_(people))
    query = query.order_by(Review.published_at.desc(), Review.id.desc(), Credit.position)
    return db.session.execute(query.options(defer(Review.body_html), defer(Review.outline))).all()


def written(term_id: int) -> dict[str, str]:
    """Return the spellings of a person that some review writes, in any state, each with the name it is credited under.

    That is the spelling itself, or the name before the brackets it stands in.
    """
    rows = db.session.execute(sa.select(Credit.name, Credit.alias).where(Credit.term_id == term_id)).all()
    return {row.alias: row.name for row in rows if row.alias} | {row.name: row.name for row in rows}


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


def moved(facet: str, slug: str) -> MovedTerm | None:
    """Find where an address leads that a term had or was given."""
    return db.session.get(MovedTerm, (facet, slug))


def merged(slug: str) -> MovedTerm | None:
    """Find the person who had an address before they became part of another one."""
    found = moved("person", slug)
    return found if found and found.merged_at else None


def leading_to(merged: MovedTerm) -> set[str]:
    """Return the address of who became part of another person, and every address that led there before."""
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
