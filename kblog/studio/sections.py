"""A review's Markdown cut into its sections, a textarea each, and joined again byte for byte."""

import re
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise

from kblog.markup import LINE_END, heading_lines
from kblog.markup import word_count as words

__all__ = ["Part", "begins", "join", "skeleton", "split", "without_empty", "words"]

LINE = re.compile(rf"[^\r\n]*(?:{LINE_END.pattern})|[^\r\n]+")
CANONICAL = re.compile(r"## (?P<heading>(?!\s).*(?<!\s))", re.DOTALL)
DECORATION = re.compile(r"(?<![^ \t])#+\Z")  # signs that close a heading and are no part of it

SKELETON = (
    "Introduction",
    "Overall Story",
    "Highlight Moments / Key Episodes",
    "Memorable Lines",
    "Why It’s Special",
    "Popularity & Reception",
    "Cast & Fun Facts",
    "Conclusion / Warm Reminders",
)
WITHOUT_EPISODES = {"Highlight Moments / Key Episodes": "Highlight Scenes / Unforgettable Moments"}


@dataclass(frozen=True)
class Part:
    r"""A section: its heading and the text below, which begins and ends with no line break and breaks lines with \n.

    What stands before the first heading has the heading "".
    """

    heading: str
    text: str


@dataclass(frozen=True)
class _Piece:
    """A part with the characters it was read from."""

    part: Part
    source: str


def split(body: str) -> list[Part]:
    r"""Cut a body where a line `## Heading` begins a section; there is always at least one part.

    A heading written in any other way, or within a fence or a spoiler, stays in the text it stands in.

    >>> split("## Introduction\n\nIt rains.\n\n## Overall Story\n\n::: spoiler\n## The end\n:::\n")
    [Part(heading='Introduction', text='It rains.'), Part(heading='Overall Story', text='::: spoiler\n## The end\n:::')]
    """
    _, pieces = _pieces(body)
    return [piece.part for piece in pieces]


def begins(body: str) -> list[int]:
    r"""List the lines, counted from 0, on which the parts of a body begin, as `split` gives them.

    >>> begins("It rains.\n\n## Story\n\nStill.\n")
    [0, 2]
    """
    blank, pieces = _pieces(body)
    lengths = [len(LINE.findall(text)) for text in (blank, *(piece.source for piece in pieces))]
    return list(accumulate(lengths))[: len(pieces)]


def join(parts: Iterable[Part], base: str = "") -> str:
    r"""Write parts as one body; those that `base` has too keep its own characters, so `join(split(b), b) == b`.

    A part that lost its heading continues the part above it. The texts may come from a form, with \r\n.

    >>> join([Part("Story", "It rains."), Part("", "Still."), Part("Cast", "")], base="## Cast\n")
    '## Story\n\nIt rains.\n\nStill.\n\n## Cast\n'
    """
    blank, pieces = _pieces(base)
    kept: dict[Part, deque[_Piece]] = {}
    for piece in pieces:
        kept.setdefault(piece.part, deque()).append(piece)
    settled = _settled(parts)
    made = [blank] if settled and settled[0].heading else []
    for number, part in enumerate(settled, 1):
        same = kept.get(part)
        piece = same.popleft() if same else None
        source = piece.source if piece else _written(part)
        if number == len(settled):
            source = source if piece else source.removesuffix("\n")
        elif piece is pieces[-1]:
            source += "\n" * (2 - _breaks_after(source))
        made.append(source)
    return "".join(made)


def skeleton(kind: str) -> list[Part]:
    """Give the usual sections of a kind of work, with nothing in them yet.

    >>> [part.heading for part in skeleton("film")][2:4]
    ['Highlight Scenes / Unforgettable Moments', 'Memorable Lines']
    """
    renamed = WITHOUT_EPISODES if kind in ("film", "special") else {}
    return [Part(renamed.get(heading, heading), "") for heading in SKELETON]


def without_empty(body: str) -> str:
    r"""Drop the headings that have no text below them; every other character stays.

    >>> without_empty("## Introduction\n\nIt rains.\n\n## Cast\n\n")
    '## Introduction\n\nIt rains.\n\n'
    """
    _, pieces = _pieces(body)
    told = [piece.source for piece in pieces if piece.part.text.strip() or not piece.part.heading]
    return body if len(told) == len(pieces) else "".join(told)


@lru_cache(maxsize=8)  # the form, its checks and its steps look at the same text
def _pieces(body: str) -> tuple[str, list[_Piece]]:
    """Cut a body into the blank lines above its first heading, if nothing else is there, and its parts."""
    lines = LINE.findall(body)
    starts = [number for number in heading_lines(body) if _heading(lines[number])]
    opening = "".join(lines[: starts[0]]) if starts else body
    pieces = [
        _Piece(_part(_heading(lines[start]), "".join(lines[start + 1 : end])), "".join(lines[start:end]))
        for start, end in pairwise([*starts, len(lines)])
    ]
    if pieces and not opening.strip():
        return opening, pieces
    return "", [_Piece(_part("", opening), opening), *pieces]


def _heading(line: str) -> str:
    """Return the heading of a line that is written as `_written` writes it, else ""."""
    found = CANONICAL.fullmatch(line.rstrip("\r\n"))
    return found["heading"] if found and not DECORATION.search(found["heading"]) else ""


def _part(heading: str, text: str) -> Part:
    text = LINE_END.sub("\n", text).strip("\n")
    return Part(heading, text if heading or text.strip() else "")


def _settled(parts: Iterable[Part]) -> list[Part]:
    """Bring parts into the form in which `split` gives them."""
    settled: list[Part] = []
    for part in parts:
        heading = DECORATION.sub(r"\\\g<0>", LINE_END.sub(" ", part.heading).strip())
        made = _part(heading, part.text)
        if heading or not settled:
            settled.append(made)
        elif made.text:
            above = settled.pop()
            settled.append(Part(above.heading, "\n\n".join(filter(None, (above.text, made.text)))))
    return settled[1:] if len(settled) > 1 and settled[0] == Part("", "") else settled


def _written(part: Part) -> str:
    blocks = (f"## {part.heading}" if part.heading else "", part.text)
    return "".join(f"{block}\n\n" for block in blocks if block)


def _breaks_after(source: str) -> int:
    """Count the line breaks that a text ends with, up to two."""
    return min(2, len(LINE_END.findall(source, len(source.rstrip("\r\n")))))
