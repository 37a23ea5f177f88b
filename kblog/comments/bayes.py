"""The judge that learns: how much a comment's words resemble those the author marked as spam."""

import math
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import NamedTuple

from kblog import fold

ENOUGH = 30  # decisions of each class: with fewer it would judge by chance
MOST_WORDS = 300  # of one comment
TELLING = 15  # words that decide: those least like the rest (Graham, "A Plan for Spam")
DOUBT = 1.0  # how many decisions a word nobody has seen counts as (Robinson)
EVERY = ""  # the word that stands in every comment: its counts are the numbers of decisions


class Count(NamedTuple):
    """In how many decisions of each class a word stood."""

    good: int
    spam: int


def words(*texts: str) -> list[str]:
    """Return the distinct words of a comment that are learnt and judged, and the one that stands in every comment.

    >>> words("Cheap, cheap 카지노")
    ['', 'cheap', '카지', '지노', '노']
    """
    return words_of(*map(fold.fold, texts))


def words_of(*folded: str) -> list[str]:
    """Return the same of texts that are folded already."""
    found = dict.fromkeys(chain.from_iterable(map(str.split, folded)))
    return [EVERY, *list(found)[:MOST_WORDS]]


def likeness(found: Iterable[str], counts: Mapping[str, Count]) -> float:
    """Return how likely these words are spam, from 0 to 1; 0 while too little was learnt.

    >>> counts = {"": Count(30, 30), "cheap": Count(0, 25), "ferry": Count(25, 0)}
    >>> round(likeness(["cheap"], counts), 2), round(likeness(["ferry"], counts), 2), likeness(["cheap"], {})
    (0.98, 0.02, 0.0)
    """
    every = counts.get(EVERY, Count(0, 0))
    if min(every) < ENOUGH:
        return 0.0
    odds = [_odds(counts[word], every) for word in found if word and word in counts]
    total = sum(sorted(odds, key=abs, reverse=True)[:TELLING])
    return 1 / (1 + math.exp(-total))


def _odds(count: Count, every: Count) -> float:
    """Return the logarithm of the odds that a comment with this word is spam; 0 says nothing."""
    spam, good = count.spam / every.spam, count.good / every.good
    seen = count.spam + count.good
    if not seen:
        return 0.0
    chance = (DOUBT * 0.5 + seen * spam / (spam + good)) / (DOUBT + seen)
    return math.log(chance / (1 - chance))
