"""What a text finds, and the order in which it answers the search."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from kblog import fold, hangul, search
from kblog.asking import Choice, ask, person_keys

from ..catalogue import Bits, Catalogue, ids_in
from . import queries

BESIDE = 50  # newest reviews in which the people and the lines beside the results are looked for


@dataclass(frozen=True)
class Found:
    """The live reviews that hold a text; None where no text is asked for."""

    bits: Bits | None = None
    choices: Sequence[Choice] = ()
    keys: frozenset[str] = frozenset()  # the people named, by their person keys
    named: Sequence[Bits] = ()  # in titles and people: the better the place where it stands, the earlier
    told: Sequence[Bits] = ()  # elsewhere, in the same way
    ranked: Sequence[int] = ()  # places in the catalogue, the best first; none where too much is found
    people: Bits = 0
    lines: Bits = 0

    def ids(self, listed: Catalogue, matching: Bits, start: int, number: int) -> list[int]:
        """Return a stretch of the matching reviews' ids, the best first.

        Where titles and people hold what is asked for, how often says nothing: there the newest comes first, as it does
        among what is not ranked.
        """
        by_rank = partial(self._by_rank, listed) if self.ranked else listed.ids
        ordered = [(tier, listed.ids) for tier in self.named] + [(tier, by_rank) for tier in (*self.told, matching)]
        ids: list[int] = []
        left = matching
        for tier, order in ordered:
            fresh = left & tier
            left &= ~tier
            if start >= (size := fresh.bit_count()):
                start -= size
            else:
                ids += order(fresh, start, number - len(ids))
                start = 0
            if len(ids) == number:
                break
        return ids

    def _by_rank(self, listed: Catalogue, bits: Bits, start: int, number: int) -> list[int]:
        wanted = set(listed.places(bits))
        places = [place for place in self.ranked if place in wanted]
        return [listed.reviews[place].id for place in places[start : start + number]]


def find(text: str, listed: Catalogue) -> Found:
    """Find the live reviews that hold every word of a text, whichever way a person's name in it is spelt.

    Where nothing does, its end is read as a syllable that is still being composed, and a word as half a name.
    """
    if not text:
        return Found()
    keys = person_keys(text)
    known = queries.spellings(keys) if keys else {}
    found = _found(text, ask(text, known), frozenset(known), listed)
    if found.bits:
        return found
    parts = queries.names().parts if keys else {}
    loosely = ask(text, {**parts, **known}, loosely=True)
    return found if loosely == found.choices else _found(text, loosely, found.keys, listed)


def _found(text: str, choices: Sequence[Choice], keys: frozenset[str], listed: Catalogue) -> Found:
    if not choices:  # the first letter of a syllable asks for nothing yet, signs will never do
        return Found(listed.everything if fold.fold(text) else 0)
    rows = queries.places(choices, _phrase(text) if len(choices) > 1 else None)
    ranked = map(listed.place.get, ids_in(rows.pop(search.RANKED)))
    bits = {place: listed.bits(ids_in(written)) if written else 0 for place, written in rows.items()}
    exact = _called(text, listed, bits[search.TITLES])
    return Found(
        bits=bits[search.EVERYWHERE],
        choices=choices,
        keys=keys,
        named=(exact, *(bits[place] for place in search.NAMED)),
        told=(bits[search.LABELS], bits.get(search.PHRASE, 0)),
        ranked=[place for place in ranked if place is not None],
        people=bits[search.PEOPLE],
        lines=bits[search.LINES],
    )


def _phrase(text: str) -> fold.Term | None:
    """Read a text as words that follow each other, the last of them perhaps half typed."""
    phrase = fold.exactly(text)
    return phrase and phrase._replace(prefix=True)


def _called(text: str, listed: Catalogue, among: Bits) -> Bits:
    """Return the reviews whose work is called just that."""
    text = unicodedata.normalize("NFC", text)
    wanted, longer = fold.joined(text), 3 + len(text) // 4  # by its spaces, hyphens and apostrophes
    is_korean = hangul.has_hangul(text)
    return listed.bits(
        review.id
        for review in map(listed.reviews.__getitem__, listed.places(among))
        for title in (review.title, review.native_title)
        if abs(len(title) - len(text)) <= longer and hangul.has_hangul(title) == is_korean
        if fold.joined(title) == wanted
    )
