"""Where the words of a search stand in a text: the passage to show, and what of it to mark."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from kblog import fold
from kblog.asking import Choice

WORD, SPACE = re.compile(r"\S+"), re.compile(r"\s")
SENTENCE_END = re.compile(r"[.!?…][”’\"')]*\s|\n")
BLOCK_END = re.compile(r"(?<!\s)\s*\n\s*")
LENGTH = 220  # characters of a passage: three lines in a list
BEFORE = 70  # characters of it that lead up to the first mark
MOST = 100_000  # characters of one review that are looked through for a passage: ten times the usual length


class Run(NamedTuple):
    """A stretch of text as it was written, and whether it was asked for."""

    text: str
    is_match: bool


class Excerpt(NamedTuple):
    """A passage of a review, and the section in which it stands."""

    anchor: str
    heading: Sequence[Run]
    runs: Sequence[Run]


class _Spot(NamedTuple):
    start: int
    stop: int
    term: int


class _Wanted(NamedTuple):
    term: int
    phrase: tuple[str, ...]
    prefix: bool


class Marker:
    """Finds in texts what one search asks for.

    >>> from kblog.asking import ask
    >>> Marker(ask("sunkyun", {})).marked("With Lee Sun\u2011kyun’s voice")[1]
    Run(text='Sun‑kyun’s', is_match=True)
    """

    def __init__(self, choices: Sequence[Choice]) -> None:
        terms = [term for choice in choices for alternative in choice for term in alternative]
        numbers = iter(range(len(terms)))
        self._choices = [[[next(numbers) for _ in each] for each in choice] for choice in choices]
        self._patterns = [_pattern(term) for term in terms]
        self._beginnings = re.compile(f" (?:{'|'.join({phrase[0] for term in terms for phrase in term.phrases})})")
        self._wanted = [_Wanted(n, phrase, term.prefix) for n, term in enumerate(terms) for phrase in term.phrases]

    def marked(self, text: str) -> list[Run]:
        """Cut a text into what was asked for and what stands between."""
        return list(_cut(text, self._spots(text), 0, len(text)))

    def holds(self, text: str) -> bool:
        """Whether a text has all that is asked for."""
        return self._answered(self._held(text)) == len(self._choices)

    def excerpt(self, passages: Iterable[Sequence[str]]) -> Excerpt | None:
        """Show, of (anchor, heading, text) passages, the first of those that have most of what is asked for."""
        best, most, seen = None, (0, 0), 0
        for passage in passages:
            held = self._held(passage[2])
            answered = (self._answered(held), len(held)) if held else (0, int(bool(self._held(passage[1]))))
            if answered > most:
                best, most = passage, answered
            seen += len(passage[2])
            if most[0] == len(self._choices) or seen > MOST:
                break
        if best is None:
            return None
        anchor, heading, text = best
        return Excerpt(anchor, self.marked(heading), list(self._window(text, self._spots(text))))

    def _window(self, text: str, spots: list[_Spot]) -> Iterator[Run]:
        """Cut the stretch of a text that has most of its marks."""
        first = max(spots, key=lambda spot: (self._near(spots, spot), -spot.start)).start if spots else 0
        start = max(0, first - BEFORE)
        if start:
            ends = [at.end() for at in SENTENCE_END.finditer(text, start, first)]
            start = ends[-1] if ends else next((at.end() for at in SPACE.finditer(text, start, first)), start)
        stop = min(len(text), start + LENGTH)
        if stop < len(text):
            stop = max(text.rfind(" ", start, stop), text.rfind("\n", start, stop)) + 1 or stop
        runs = list(_cut(text, spots, start, stop))
        yield from [Run("… ", False)] if start else []
        yield from (Run(BLOCK_END.sub(" … ", run.text), run.is_match) for run in runs)
        yield from [Run(" …", False)] if stop < len(text) else []

    def _near(self, spots: list[_Spot], spot: _Spot) -> int:
        return len({each.term for each in spots if 0 <= each.start - spot.start < LENGTH - BEFORE})

    def _held(self, text: str) -> set[int]:
        """Return the terms that a text has: its folded words, one by one from memory, looked through at once."""
        folded = f" {' '.join(map(_folded, text.split()))} "
        return {number for number, pattern in enumerate(self._patterns) if pattern.search(folded)}

    def _answered(self, held: set[int]) -> int:
        """Count the choices of which one alternative is there in full."""
        return sum(any(held.issuperset(each) for each in choice) for choice in self._choices)

    def _spots(self, text: str) -> list[_Spot]:
        words = list(WORD.finditer(text))
        spots = (
            self._spot(words, place, at, wanted)
            for place, word in enumerate(words)
            if self._beginnings.search(f" {_folded(word[0])}")
            for at, token in enumerate(_folded(word[0]).split())
            for wanted in self._wanted
            if token.startswith(wanted.phrase[0])
        )
        return [spot for spot in spots if spot]

    def _spot(self, words: list[re.Match[str]], place: int, at: int, wanted: _Wanted) -> _Spot | None:
        """Follow a phrase from one token of a word on; None where the text goes on differently."""
        start, tokens = place, _folded(words[place][0]).split()
        for number, asked in enumerate(wanted.phrase):
            while at == len(tokens):
                place, at = place + 1, 0
                if place == len(words):
                    return None
                tokens = _folded(words[place][0]).split()
            is_last = number == len(wanted.phrase) - 1
            if tokens[at] != asked and not (is_last and wanted.prefix and tokens[at].startswith(asked)):
                return None
            at += 1
        return _Spot(*_edges(words, start, place, wanted), wanted.term)


def _edges(words: list[re.Match[str]], first: int, last: int, wanted: _Wanted) -> tuple[int, int]:
    """Return where a mark begins and ends: at the letters asked for in Korean, else around whole words."""
    if first == last and fold.is_paired(wanted.phrase[0]):
        syllables = wanted.phrase[0] + "".join(token[-1] for token in wanted.phrase[1:])
        if (at := words[first][0].find(syllables)) >= 0:
            return words[first].start() + at, words[first].start() + at + len(syllables)
    start, stop, text = words[first].start(), words[last].end(), words[first].string
    while start < stop and _parts(text[start]):
        start += 1
    while start < stop and _parts(text[stop - 1]):
        stop -= 1
    return start, stop


@lru_cache(maxsize=50_000)  # prose repeats its words
def _folded(word: str) -> str:
    return fold.fold(word)


def _pattern(term: fold.Term) -> re.Pattern[str]:
    """Write a term as a pattern that is found in folded text with a space around each token."""
    return re.compile(f" (?:{'|'.join(map(' '.join, term.phrases))})" + ("" if term.prefix else "(?= )"))


def _parts(character: str) -> bool:
    return unicodedata.category(character)[0] in "PSZC"


def _cut(text: str, spots: Sequence[_Spot], start: int, stop: int) -> Iterator[Run]:
    """Cut a stretch of a text at its marks; those that touch or overlap are one."""
    for spot in sorted(spots):
        if spot.stop <= start or spot.start >= stop:
            continue
        begin, end = max(spot.start, start), min(spot.stop, stop)
        if begin > start:
            yield Run(text[start:begin], False)
        yield Run(text[begin:end], True)
        start = end
    if start < stop:
        yield Run(text[start:stop], False)
