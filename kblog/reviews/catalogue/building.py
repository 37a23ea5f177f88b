"""How the catalogue is made of rows of the database."""

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat
from typing import Any

from .sets import ANYWHERE, COUNTRIES, NEGATIVE, POSITIVE, Bits, Catalogue, Ended, Listed

MOST_CODES = 255  # values that a byte tells apart, and none of them


def build(
    reviews: Iterable[Listed],
    columns: Mapping[str, Sequence[Any]],
    filings: Iterable[tuple],
    entries: Iterable[tuple],
    ended: Mapping[str, Ended],
) -> Catalogue:
    """Build the catalogue from rows of the database.

    `columns` have a value of each review, in their order, for each facet of which a review has one at most. `filings`
    are (facet, slug, name, whether a narrower phrase, ids); `entries` are (platform's slug, its name, region, status,
    ids). Their ids of reviews are written with commas: a row for each would take ten times as long. What has ended has
    nothing, whatever an entry still says.
    """
    catalogue = Catalogue(list(reviews))
    for facet, column in columns.items():
        catalogue.sets[facet] = {str(value): bits for value, bits in sets_of(column).items()}
    for facet, slug, name, narrower, written in filings:
        bits = catalogue.bits(ids_in(written))
        if not bits:
            continue  # what only a draft names is nobody's business
        (catalogue.labelled if facet == "platform" else catalogue.sets[facet])[slug] = bits
        catalogue.names[facet, slug] = name
        if facet == "genre" and not narrower:
            catalogue.broad.add(slug)
    for slug, name, region, status, written in entries:
        bits = catalogue.bits(ids_in(written))
        if not bits:
            continue
        if slug:
            catalogue.names["platform", slug] = name
            catalogue.entered[slug] = catalogue.entered.get(slug, 0) | bits
        if slug in ended:
            catalogue.ended[slug] = ended[slug]
            status = "left" if status in POSITIVE else status
        if region in COUNTRIES:
            catalogue.sets["region"][region] = catalogue.sets["region"].get(region, 0) | bits
        if status in POSITIVE or status in NEGATIVE:
            entered = catalogue.watchable if status in POSITIVE else catalogue.refused
            for place in (region, ANYWHERE):
                entered[slug or "", place] = entered.get((slug or "", place), 0) | bits
    return catalogue


def length(kind: str, minutes: int | None, episodes: int | None) -> str:
    """Name how long a work is, in the steps that readers choose by; "" where nobody said.

    >>> length("film", 106, None), length("drama", 60, 16), length("film", None, None)
    ('100-130-minutes', '13-16-episodes', '')
    """
    if episodes:
        steps = ((8, "to-8-episodes"), (12, "9-12-episodes"), (16, "13-16-episodes"))
        return next((name for most, name in steps if episodes <= most), "over-16-episodes")
    if kind == "film" and minutes:
        return "to-100-minutes" if minutes < 100 else "100-130-minutes" if minutes <= 130 else "over-130-minutes"
    return ""


def ids_in(written: str) -> list[int]:
    """Read ids written with commas between them; a parser of JSON does it in a third of the time."""
    return json.loads(f"[{written}]")


def sets_of(column: Sequence[Any]) -> dict[Any, Bits]:
    """Return the set of the reviews of each value that stands in a column of all of them, the newest first.

    >>> sets_of(["drama", "film", None, "drama"])
    {'drama': 9, 'film': 2}
    """
    values, found = list(dict.fromkeys(column)), {}
    for start in range(0, len(values), MOST_CODES):
        codes = {value: code for code, value in enumerate(values[start : start + MOST_CODES], 1)}
        coded = bytes(map(codes.get, reversed(column), repeat(0)))
        for value, code in codes.items():
            if value:
                found[value] = int(coded.translate(b"0" * code + b"1" + b"0" * (MOST_CODES - code)), 2)
    return found
