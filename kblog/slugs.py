"""Addresses made from words: Latin as it is, Hangul romanised, never empty."""

from collections.abc import Callable
from functools import lru_cache

from slugify import slugify

LONGEST = 80  # characters; an address that fits on a line
MEANT = [["+", " plus "], ["&", " and "], ["@", " at "], ["%", " percent "]]  # "Disney+" is not "Disney"


@lru_cache(maxsize=5_000)  # the same people and terms stand on many pages
def slug(words: str, otherwise: str = "untitled") -> str:
    """Make an address of words.

    >>> slug("Disney+"), slug("킬링 로맨스"), slug("Lee Won\u2011suk"), slug("!?", "review")
    ('disney-plus', 'kilring-romaenseu', 'lee-won-suk', 'review')
    """
    return slugify(words, max_length=LONGEST, word_boundary=True, replacements=MEANT) or otherwise


def unique(wanted: str, taken: Callable[[str], bool]) -> str:
    """Return `wanted`, or the first of wanted-2, wanted-3 ... that is not taken."""
    candidate, number = wanted, 1
    while taken(candidate):
        number += 1
        candidate = f"{wanted}-{number}"
    return candidate
