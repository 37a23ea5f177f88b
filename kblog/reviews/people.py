"""What readers are told of people: all by letter; of each the public spellings, the parts by role, and the lines."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from kblog import fold
from kblog.addresses import url_for
from kblog.language import gettext as _
from kblog.language import noted
from kblog.models import Term

from . import queries
from .alphabet import Alphabet
from .catalogue import Catalogue

ROLES = {"cast": noted("As actor"), "director": noted("As director"), "writer": noted("As writer")}
LONGEST = 500  # people on one page: some 80 kB
MOST_LINES = 12  # on one page; each of them has its review


def listed(catalogue: Catalogue, number: int) -> dict[str, Any]:
    """Return a page of the people whom live reviews name, by letter, with native names and numbers of reviews."""
    people, name = catalogue.sets["person"], partial(catalogue.name, "person")
    page = catalogue.once("people", lambda: Alphabet(sorted(people), name)).page(number, LONGEST)
    slugs = [slug for _, group in page.groups for slug in group]
    return {
        "alphabet": page,
        "people": {slug: (name(slug), people[slug].bit_count()) for slug in slugs},
        "native_names": queries.native_names(slugs),
        "page_url": lambda number: url_for("reviews.terms", index="people", page=number if number > 1 else None),
    }


def shown(person: Term) -> dict[str, Any]:
    """Return what the page of a person has beside the reviews: at most three queries, whatever there is."""
    everybody = queries.credits_beside(person.id)
    own = [credit for credit in everybody if credit.term_id == person.id]
    played = {credit.review_id for credit in own if credit.character}
    names = queries.spellings_of(person.id)
    lines = queries.lines_in(played) if played else []
    return {
        "native_name": person.native_name if person.native_name in names else "",
        "spellings": differing(names, (person.name, person.native_name)),
        "roles": [(_(words), parts(credit for credit in own if credit.role == role)) for role, words in ROLES.items()],
        "lines": spoken(lines, everybody, person.id)[:MOST_LINES],
    }


def differing(names: Iterable[str], known: Iterable[str]) -> list[str]:
    """Return the names that a reader can tell from those known: a hyphen of another kind makes no other name.

    >>> differing(["Ma Tae-sik", "Ma Taesik"], ["Ma Tae\u2011sik"])
    ['Ma Taesik']
    """
    seen = set(map(fold.fold, known))
    return [name for name in names if fold.fold(name) not in seen]


def parts(credits: Iterable[Any]) -> list[tuple[Any, list[str]]]:
    """Return each work once, with the characters that are played in it.

    >>> from types import SimpleNamespace as Row
    >>> twins = [Row(slug="boats", character=name) for name in ("Ara", "Bora")]
    >>> [(credit.slug, characters) for credit, characters in parts(twins)]
    [('boats', ['Ara', 'Bora'])]
    """
    found: dict[str, tuple[Any, list[str]]] = {}
    for credit in credits:
        _, characters = found.setdefault(credit.slug, (credit, []))
        if credit.character and credit.character not in characters:
            characters.append(credit.character)
    return list(found.values())


def spoken(lines: Iterable[Any], credits: Iterable[Any], person_id: int) -> list[Any]:
    """Return the lines whose speaker is a character of this person, and of nobody else in the same work."""
    known: dict[int, list[tuple[int, list[str]]]] = defaultdict(list)
    for credit in credits:
        if credit.character:
            known[credit.review_id].append((credit.term_id, fold.fold(credit.character).split()))
    return [line for line in lines if _players(fold.fold(line.speaker).split(), known[line.review_id]) == {person_id}]


def _players(speaker: Sequence[str], known: Sequence[tuple[int, list[str]]]) -> set[int]:
    """Return who plays a character of this name, else who plays one whose name begins or ends so.

    >>> cast = [(1, ["ha", "young", "eun"]), (2, ["ha", "min"]), (3, ["min"])]
    >>> _players(["min"], cast), _players(["ha"], cast), _players(["young", "eun"], cast), _players([], cast)
    ({3}, {1, 2}, {1}, set())
    """
    size = len(speaker)
    if not size:
        return set()
    exact = {person for person, name in known if name == speaker}
    return exact or {person for person, name in known if speaker in (name[:size], name[-size:])}
