"""What is shown of a search: the passages that were found, and the people and lines beside them."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from kblog import fold
from kblog.passages import Excerpt, Marker, Run

from ..catalogue import Bits, Catalogue
from ..queries import Card
from . import queries
from .found import BESIDE, Found

MOST_PEOPLE = 6
MOST_LINES = 3


@dataclass(frozen=True)
class Hit:
    """One review that was found: its titles with what was asked for marked, and the passage that has most of it."""

    card: Card
    title_runs: Sequence[Run]
    native_runs: Sequence[Run]
    excerpt: Excerpt

    def __getattr__(self, name: str) -> Any:
        return getattr(self.card, name)


@dataclass(frozen=True)
class PersonHit:
    """A person who was found, and in how many reviews."""

    slug: str
    name: str
    native_name: str
    count: int


@dataclass(frozen=True)
class LineHit:
    """A line that was found; it stands at its anchor in its review."""

    row: Any
    quote: Sequence[Run]


def hits(cards: Iterable[Card], found: Found) -> list[Hit]:
    """Return what results show of these reviews."""
    marker = Marker(found.choices)
    return [
        Hit(
            card=card,
            title_runs=marker.marked(card.title),
            native_runs=marker.marked(card.native_title),
            excerpt=marker.excerpt(json.loads(card.passages or "[]")) or Excerpt("", (), marker.marked(card.teaser)),
        )
        for card in cards
    ]


def people(found: Found, listed: Catalogue) -> list[PersonHit]:
    """Return the people of that name: one query, and none where no review names any."""
    ids = listed.ids(found.people, 0, BESIDE)
    if not ids:
        return []
    marker, named = Marker(found.choices), {}
    for slug, spelling, native in queries.people(ids):
        count = listed.sets["person"].get(slug, 0).bit_count()
        if slug not in named and count and (fold.person_key(spelling) in found.keys or marker.holds(spelling)):
            named[slug] = PersonHit(slug, listed.name("person", slug), native, count)
    return sorted(named.values(), key=lambda person: (-person.count, person.name))[:MOST_PEOPLE]


def lines(found: Found, matching: Bits, listed: Catalogue) -> list[LineHit]:
    """Return lines that spoil nothing and hold the text, of the newest matching reviews first: at most one query."""
    ids = listed.ids(found.lines & matching, 0, BESIDE)
    if not ids:
        return []
    marker, order = Marker(found.choices), {review_id: n for n, review_id in enumerate(ids)}
    held = [row for row in queries.lines(ids) if marker.holds(f"{row.quote}\n{row.speaker}")]
    held.sort(key=lambda row: order[row.review_id])
    return [LineHit(row, marker.marked(row.quote)) for row in held[:MOST_LINES]]
