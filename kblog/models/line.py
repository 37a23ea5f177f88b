"""Memorable lines, found in a review's body: each keeps its address while the review around it is edited."""

from collections import deque
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from kblog import fold
from kblog.db import Model

ALIKE = 0.6  # of the words of two quotations, in their order: a corrected one has more, another one less
QUOTED = ("“", '"', "‘", "'", "「", "『", "«")
MOST_WORDS = 200_000  # compared in one save; beyond that what is not the same word for word goes by its place


class Line(Model):
    """A quotation worth keeping; written anew with the body that holds it, under the id it had before."""

    __table_args__ = ({"sqlite_autoincrement": True},)  # the address of a line that is gone leads to no other

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(sa.ForeignKey("review.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    anchor: Mapped[str]
    quote: Mapped[str]
    speaker: Mapped[str] = mapped_column(default="")
    speaker_key: Mapped[str] = mapped_column(default="")  # one for "Jonathan" and "Jonathan Na" of one review
    episode: Mapped[int | None]
    context: Mapped[str] = mapped_column(default="")
    spoils: Mapped[str] = mapped_column(default="")  # "", the episode up to which it tells, or "all"


class FormerLine(Model):
    """A line that was public and stands in its review no more: its address says so, and waits for it to come back."""

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # the one it had as a line
    review_id: Mapped[int] = mapped_column(sa.ForeignKey("review.id", ondelete="CASCADE"), index=True)
    quote: Mapped[str]


def speaker_keys(speakers: list[str]) -> list[str]:
    """Name each speaker of one review by the longest name that begins or ends with theirs.

    >>> speaker_keys(["Jonathan Na", "Yeo-rae", "Jonathan"])
    ['jonathan na', 'yeo-rae', 'jonathan na']
    """
    names = sorted({speaker.casefold() for speaker in speakers}, key=len, reverse=True)

    def longest(speaker: str) -> str:
        tokens = speaker.casefold().split()
        for name in names:
            whole = name.split()
            if tokens and (whole[: len(tokens)] == tokens or whole[-len(tokens) :] == tokens):
                return name
        return speaker.casefold()

    return [longest(speaker) for speaker in speakers]


def attributed(quote: str, speaker: str, work: str, year: int | None) -> str:
    """Write a quotation with who says it and where, in the quotation marks it has or else in ours.

    >>> attributed("I am early.\\n일찍 온 거예요.", "Jun", "Salt Road", 2021)
    '“I am early. / 일찍 온 거예요.” — Jun, Salt Road (2021)'
    """
    words = " / ".join(filter(None, map(str.strip, quote.splitlines())))
    marked = words if words.startswith(QUOTED) else f"“{words}”"
    return f"{marked} — {', '.join(filter(None, (speaker, work)))}{f' ({year})' if year else ''}"


def successors(before: Sequence[str], after: Sequence[str]) -> dict[int, int]:
    """Say which quotation of an edited text is which of before: the same one, one much like it, one in its place.

    >>> successors(["Go.", "I am early.", "Stay."], ["I am very early.", "Run!", "Stay."])
    {2: 2, 0: 1}
    >>> successors(["Go.", "Stay."], ["Stay.", "Who is there?", "Go."])
    {0: 1, 2: 0}
    """
    old, new = [fold.fold(quote) for quote in before], [fold.fold(quote) for quote in after]
    found: dict[int, int] = {}
    taken: set[int] = set()
    for pairs in (_same, _alike, _in_place):
        for here, there in pairs(old, new, dict(found)):
            if here not in found and there not in taken:
                found[here] = there
                taken.add(there)
    return found


def _same(old: Sequence[str], new: Sequence[str], _found: dict[int, int]) -> Iterator[tuple[int, int]]:
    """Pair what is said word for word again; what is said twice, in its order."""
    places: dict[str, deque[int]] = {}
    for there, quote in enumerate(old):
        places.setdefault(quote, deque()).append(there)
    for here, quote in enumerate(new):
        if places.get(quote):
            yield here, places[quote].popleft()


def _alike(old: Sequence[str], new: Sequence[str], found: dict[int, int]) -> Iterator[tuple[int, int]]:
    """Pair what has most of its words in common, the likest first."""
    taken = set(found.values())
    left = [(there, old[there].split()) for there in range(len(old)) if there not in taken]
    come = [(here, new[here].split()) for here in range(len(new)) if here not in found]
    if len(come) * sum(len(words) for _, words in left) > MOST_WORDS:
        return
    matcher = SequenceMatcher(autojunk=False)
    pairs = []
    for there, words in left:
        matcher.set_seq2(words)
        for here, others in come:
            matcher.set_seq1(others)
            if matcher.quick_ratio() >= ALIKE and (likeness := matcher.ratio()) >= ALIKE:
                pairs.append((-likeness, here, there))
    yield from ((here, there) for _, here, there in sorted(pairs))


def _in_place(old: Sequence[str], new: Sequence[str], found: dict[int, int]) -> Iterator[tuple[int, int]]:
    """Pair, in their order, what stands between the same neighbours."""
    left = _gaps(len(old), {there: there for there in found.values()})
    for between, come in _gaps(len(new), found).items():
        yield from zip(come, left.get(between, ()), strict=False)


def _gaps(length: int, known: dict[int, int]) -> dict[tuple[int, int], list[int]]:
    """Gather the places that are not known by what is known before and after them."""
    ends = [place for place in range(length) if place in known]
    gaps = {}
    for start, end in pairwise((-1, *ends, length)):
        if start + 1 < end:
            gaps[known.get(start, -1), known.get(end, -1)] = list(range(start + 1, end))
    return gaps
