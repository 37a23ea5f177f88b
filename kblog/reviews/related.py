"""Which reviews are near another one, and by what: the people, genres, platforms and hashtags that they share."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_

from .catalogue import ANYWHERE, Bits, Catalogue

Term = tuple[str, str]  # facet and slug

# what sharing a term says about two reviews; a genre counts again for each broader one that it belongs to
POINTS = {"person": 5, "genre": 2, "platform": 1, "hashtag": 1}
MOST_PEOPLE = 2  # named beside a card


@dataclass(frozen=True)
class Near:
    """A review that is near another one, and the weightiest that they share."""

    id: int
    facet: str
    names: tuple[str, ...]


def nearest(catalogue: Catalogue, review_id: int, filed: Iterable[Term], number: int) -> list[Near]:
    """Return the reviews that share most of what this one is filed under, and of its platforms.

    What few reviews have weighs more than what many have; the newest come first among equals. A bit stands for
    each review (see the catalogue), so that 100,000 of them take a millisecond.
    """
    itself = catalogue.bits([review_id])
    watchable = catalogue.watchable.items()
    watched = sorted(("platform", p) for (p, at), bits in watchable if at == ANYWHERE and bits & itself)
    having = {term: _having(catalogue, term) for term in (*filed, *watched)}
    shared = {term: bits & ~itself for term, bits in having.items() if bits & ~itself}
    weights = {term: POINTS[term[0]] * _rarity(having[term], catalogue) for term in shared}
    levels = [catalogue.everything & ~itself]  # levels[n]: the reviews with at least n points
    for term, bits in shared.items():
        levels += [0] * weights[term]
        for n in reversed(range(len(levels) - weights[term])):
            levels[n + weights[term]] |= levels[n] & bits
        while not levels[-1]:
            levels.pop()
    near: list[Bits] = []
    for level in reversed(levels[1:]):
        left = level & ~reduce(or_, near, 0)
        while left and len(near) < number:
            near.append(left & -left)  # the lowest bit is the newest review
            left ^= near[-1]
    weightiest = sorted(weights, key=lambda term: -weights[term])
    return [_near(catalogue, bit, [term for term in weightiest if shared[term] & bit]) for bit in near]


def _having(catalogue: Catalogue, term: Term) -> Bits:
    facet, value = term
    if facet == "platform":
        return catalogue.watchable.get((value, ANYWHERE), 0)  # a label alone says nothing about where to watch it
    return catalogue.sets[facet].get(value, 0) if facet in POINTS else 0


def _rarity(bits: Bits, catalogue: Catalogue) -> int:
    """Say from 1 to 3 how few reviews these are of all."""
    count, total = bits.bit_count(), len(catalogue.reviews)
    return 1 + (count * 10 <= total) + (count * 50 <= total)


def _near(catalogue: Catalogue, bit: Bits, terms: list[Term]) -> Near:
    facet = terms[0][0]
    names = [catalogue.name(*term) for term in terms if term[0] == facet]
    return Near(
        catalogue.reviews[bit.bit_length() - 1].id, facet, tuple(names[: MOST_PEOPLE if facet == "person" else 1])
    )
