"""What a search reads of the database, beside the cards of what it found."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from kblog import cache, search
from kblog.asking import Choice
from kblog.cache import Kept
from kblog.db import db, read
from kblog.dialects import as_text
from kblog.fold import Term as Words
from kblog.models import Credit, Line, Review, Spelling, Term
from kblog.models.review import SHOWN_TITLE

from ..catalogue import ids_in
from .names import Names

_other = aliased(Spelling)
# made once: to make them anew for every letter that is typed would take as long as they take
SPELLINGS = (
    sa.select(Spelling.person_key, _other.name)
    .join(_other, _other.term_id == Spelling.term_id)
    .where(Spelling.person_key.in_(sa.bindparam("keys", expanding=True)))
    .order_by(_other.id)
)
LINES = (
    sa.select(Line.anchor, Line.quote, Line.speaker, Line.episode)
    .add_columns(Line.review_id, Review.slug, SHOWN_TITLE.label("title"))
    .join(Review, Review.id == Line.review_id)
    .where(Line.spoils == "", Review.id.in_(sa.bindparam("ids", expanding=True)))
    .order_by(Line.id)
)


def places(choices: Sequence[Choice], phrase: Words | None) -> dict[str, str]:
    """Return where what is asked for stands: for each place the ids of its reviews, as the index writes them."""
    return {place: ids or "" for place, ids in db.session.execute(*search.found(choices, phrase))}


def counted(searches: Sequence[Sequence[Choice]]) -> list[list[int]]:
    """Return the ids of what each of several searches finds: one query."""
    found = {int(n): ids or "" for n, ids in db.session.execute(search.counted(searches))}
    return [ids_in(found[n]) for n in range(len(searches))]


def spellings(keys: Iterable[str]) -> Mapping[str, Sequence[str]]:
    """Return, of the people with one of these person keys, every spelling of the name by that key."""
    found: dict[str, list[str]] = defaultdict(list)
    for key, name in db.session.execute(SPELLINGS, {"keys": sorted(keys)}):
        found[key].append(name)
    return found


def people(review_ids: Sequence[int]) -> Sequence[sa.Row]:
    """Return (slug, spelling, native name) of everybody credited in these reviews, once for each spelling.

    The native name is there only where a live review writes it: a draft's is nobody's business.
    """
    said = sa.exists().where(Credit.term_id == Term.id, Credit.review_id == Review.id, Review.is_live())
    said = said.where(sa.or_(Credit.name == Term.native_name, Credit.alias == Term.native_name))
    native = sa.case((sa.and_(Term.native_name != "", said), Term.native_name), else_="")
    credited = sa.select(Credit.term_id).where(Credit.review_id.in_(review_ids))
    query = sa.select(Term.slug, Spelling.name, native).join(Spelling, Spelling.term_id == Term.id)
    return db.session.execute(query.where(Term.id.in_(credited)).order_by(Term.id, Spelling.id)).all()


def lines(review_ids: Sequence[int]) -> Sequence[sa.Row]:
    """Return the lines of these reviews that spoil nothing, as their review has them."""
    return db.session.execute(LINES, {"ids": review_ids}).all()


def names() -> Names:
    """Return the titles and people that live reviews name; read once for each content version, and only if asked."""
    return cache.kept("names", _read_names, but_comments=True)


def _read_names() -> Kept:
    """Read them; what they are laid out in stays where they are the same as the last time, which is the dear part."""
    titles = {
        name
        for title, headline, native, others in read(_TITLES).all()
        for name in (title or headline, native, *(json.loads(others) if others != "[]" else ()))
        if name
    }
    people = {name for both in read(_PEOPLE).all() for name in both if name}
    last = cache.kept_last("names")
    found = last[1] if last and last[1].are(titles, people) else Names(titles, people)
    return Kept(found, until=cache.site().next_publication)


# the other titles as they are written: few reviews have any
_TITLES = sa.select(Review.work_title, Review.headline, Review.native_title, as_text(Review.other_titles)).where(
    Review.is_live()
)
_PEOPLE = (
    sa.select(Credit.name, Credit.alias).distinct().join(Review, Review.id == Credit.review_id).where(Review.is_live())
)
