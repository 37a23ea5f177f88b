"""What a search asks for: its terms, and beside a person's name every other spelling of that person."""

import re
from collections.abc import Iterator, Mapping, Sequence

from kblog import fold
from kblog.fold import Term

Choice = tuple[tuple[Term, ...], ...]  # a text answers it with all the terms of any one of these

LATIN = re.compile("[a-z]")
LONGEST_NAME = 4  # words: Song Hye Kyo, Lee Hanee Honey
MOST_SPELLINGS = 12  # of one person; nobody has more, and each one costs


def ask(text: str, spellings: Mapping[str, Sequence[str]], *, loosely: bool = False) -> list[Choice]:
    """Read a search; `spellings` gives by its person key what else a person's name is written as.

    >>> ask("yi lost", {"li": ["Lee"]})[0] == ((fold.terms("yi it")[0],), (fold.exactly("Lee"),))
    True
    """
    terms = fold.loosely(text) if loosely else fold.terms(text)
    choices: list[Choice] = [((term,),) for term in terms]
    for start, stop, key in reversed(list(_named(text, len(terms), spellings))):
        others = dict.fromkeys(filter(None, map(fold.exactly, spellings[key][:MOST_SPELLINGS])))
        choices[start:stop] = [(tuple(terms[start:stop]), *((other,) for other in others))]
    return choices


def person_keys(text: str) -> set[str]:
    """Return the key of every run of words that may be a name in Latin letters; one in Hangul has one spelling."""
    words = _words(text)
    return {key for start in range(len(words)) for _, key in _runs(words, start) if LATIN.search(key)}


def _named(text: str, number: int, known: Mapping[str, Sequence[str]]) -> Iterator[tuple[int, int, str]]:
    """Find the runs of words that name somebody known: the longest from the left, none within another."""
    words = _words(text)[:number]
    start = 0
    while start < len(words):
        stop, key = next(((stop, key) for stop, key in _runs(words, start) if key in known), (start + 1, ""))
        if key:
            yield start, stop, key
        start = stop


def _runs(words: Sequence[str], start: int) -> Iterator[tuple[int, str]]:
    for stop in range(min(start + LONGEST_NAME, len(words)), start, -1):
        yield stop, fold.person_key(" ".join(words[start:stop]))


def _words(text: str) -> list[str]:
    """Return the words of a query as `fold.terms` counts them; none where a part of it is quoted as it stands."""
    return [] if fold.is_quoting(text) else [word for word in text.split() if fold.fold(word)][: fold.MAX_TERMS]
