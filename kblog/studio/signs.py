"""Hyphens, apostrophes and quotation marks: in how many ways a review writes them, and how to write them in one."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from kblog.document import Document
from kblog.language import noted
from kblog.ledger import Availability
from kblog.markup import LINE_END, untyped
from kblog.overview import Row

# What each kind of sign can be written as, and how that is called.
KINDS = {
    "hyphens": {"plain": noted("plain ones"), "unbroken": noted("ones that do not break")},
    "apostrophes": {"curly": noted("curly ones"), "straight": noted("straight ones")},
    "quotation-marks": {"curly": noted("curly ones"), "straight": noted("straight ones")},
}
LETTER = r"[^\W\d_]"

_LINE = re.compile(rf"[^\r\n]*(?:{LINE_END.pattern})|[^\r\n]+")
_PARAGRAPH = re.compile(r"(?:\r\n?|\n)[ \t]*(?:\r\n?|\n)")
_ADDRESS = re.compile(
    r"(?<![\w‐‑'’-])[\w‐‑'’-]*(?:(?:https?|ftp)://|mailto:)\S+|\bwww\.\S+|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,64}\.\w+|(?<!\w)#\w\S*"
)
_MARKUP = re.compile(
    r"""(?:(?<!`)|(?<=\\`))(?P<ticks>`++)(?:(?!\n[ \t]*\n).){1,500}?(?<!`)(?P=ticks)(?!`)  # code: a run is read once
    |\]\((?:[^()\\]|\\.|\([^()]*\))*\)                                       # where a link leads, and its title
    |<[A-Za-z][\w+.-]{1,31}:[^<>\s]*>                                         # an address in angle brackets
    # where a named link leads, also in a quotation or a list
    |^(?:[ >\t]|[-+*][ \t]|\d{1,9}[.)][ \t])*\[[^\]\n]+\]:[^\r\n]*(?:(?:\r\n?|\n)[ \t]+["'(][^\r\n]*)?
    |\[\^[^\]\n]{1,80}\]                                                    # a footnote's name
    |^[ >]*:{3,}[^\r\n]*$                                                     # where a spoiler begins or ends
    |\\.                                                                      # what is escaped stays so
    |&[\#\w]+;""",
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)

_MAY_BE_CODE = re.compile(r"```|~~~| {4}|\t|\]:")

_HYPHEN = re.compile(r"(?<=[^\W_])[-‐‑](?=[^\W_])")
_APOSTROPHE = re.compile(rf"(?<={LETTER})['’](?={LETTER})|(?<=\d)['’](?=s\b)|(?<![\w'’])['’](?=\d0s\b)")
_PLURAL = re.compile(rf"(?<=[sxz])['’](?=\s+{LETTER})")  # the characters' worlds: where nothing is quoted by singles
_SINGLE_OPENED = re.compile(r"(?<![\w'’])['‘](?=\w)(?!\d0s\b)")
_DOUBLE = re.compile(r'["“”„]')
_SINGLES = (
    re.compile(rf"(?<![\w'’])'(?=[^\s'])(?!\d0s\b)(?:[^'\r\n]|(?<={LETTER})'(?={LETTER}))*?(?<=[^\s'])'(?!\w)"),
    re.compile(rf"‘(?:[^‘’\r\n]|(?<={LETTER})’(?={LETTER}))*?’(?!\w)"),
)
_BEFORE_OPENING = "([{—–-‐‑/“‘«¿¡"
_EMPHASIS = "*_~"


class Spot(NamedTuple):
    """One sign in a text: where it is, which way it is written, and what it is in each way."""

    at: int
    way: str
    written: dict[str, str]


def counted(document: Document, kind: str) -> Counter[str]:
    """Count in how many places a review writes its signs of a kind in each way."""
    return Counter(spot.way for text, is_markdown in _texts(document) for spot in spots(text, kind, is_markdown))


def example(document: Document, kind: str, way: str) -> str:
    """Give a word with a sign that is written this way; "" where there is none."""
    for text, is_markdown in _texts(document):
        for spot in spots(text, kind, is_markdown):
            if spot.way == way:
                words = re.finditer(r"[\w'’‐‑-]+", text)
                return next((word[0] for word in words if word.start() <= spot.at < word.end()), "")
    return ""


def usual(document: Document, kind: str) -> str:
    """Return the way in which most signs of a kind are written; the first in the list where there are as many."""
    counts = counted(document, kind)
    return max(KINDS[kind], key=lambda way: counts[way])


def unified(document: Document, kind: str, way: str) -> Document:
    """Write every sign of a kind in one way, in the text and in the fields about it; nothing else changes by a byte.

    Code, links, addresses and what is escaped are left alone. The names in the overview and those of who plays whom
    change alike, so that they stay the same people.
    """

    def plain(text: str) -> str:
        return rewritten(text, kind, way, is_markdown=False)

    entries = document.availability
    return replace(
        document,
        headline=plain(document.headline),
        description=plain(document.description),
        other_titles=tuple(map(plain, document.other_titles)),
        overview=tuple(Row(row.label, plain(row.value)) for row in document.overview),
        characters=tuple((plain(person), plain(character)) for person, character in document.characters),
        availability=entries and tuple(_noted(entry, plain) for entry in entries),
        body=rewritten(document.body, kind, way, is_markdown=True),
    )


def rewritten(text: str, kind: str, way: str, *, is_markdown: bool) -> str:
    """Write the signs of one text in one way.

    >>> rewritten('`don\\'t` "don\\'t" [x](/y "z")', "quotation-marks", "curly", is_markdown=True)
    '`don\\'t` “don\\'t” [x](/y "z")'
    """
    signs = list(text)
    for spot in spots(text, kind, is_markdown):
        signs[spot.at] = spot.written[way]
    return "".join(signs)


@lru_cache(maxsize=64)
def spots(text: str, kind: str, is_markdown: bool = False) -> tuple[Spot, ...]:
    """Find the signs of a kind, in the order of the text."""
    hidden = _hidden(text, is_markdown)
    return tuple(spot for spot in sorted(_FINDERS[kind](text)) if not hidden[spot.at])


def _hyphens(text: str) -> Iterator[Spot]:
    ways = {"-": "plain", "‑": "unbroken", "‐": "typographic"}
    for match in _HYPHEN.finditer(text):
        if not (text[match.start() - 1].isdigit() and text[match.end()].isdigit()):  # 9-12 is a range
            yield Spot(match.start(), ways[match[0]], {"plain": "-", "unbroken": "‑"})


def _apostrophes(text: str) -> Iterator[Spot]:
    for start, end in _paragraphs(text):
        patterns = [_APOSTROPHE] if _SINGLE_OPENED.search(text, start, end) else [_APOSTROPHE, _PLURAL]
        for pattern in patterns:
            for match in pattern.finditer(text, start, end):
                way = "straight" if match[0] == "'" else "curly"
                yield Spot(match.start(), way, {"straight": "'", "curly": "’"})


def _quotation_marks(text: str) -> Iterator[Spot]:
    for match in _DOUBLE.finditer(text):
        opens = match[0] in "“„" or (match[0] == '"' and _opens(text, match.start()))
        way = "straight" if match[0] == '"' else "curly"
        curly = match[0] if way == "curly" else "“" if opens else "”"
        yield Spot(match.start(), way, {"straight": '"', "curly": curly})
    for way, pattern in zip(("straight", "curly"), _SINGLES, strict=True):
        for match in pattern.finditer(text):
            yield Spot(match.start(), way, {"straight": "'", "curly": "‘"})
            yield Spot(match.end() - 1, way, {"straight": "'", "curly": "’"})


_FINDERS = {"hyphens": _hyphens, "apostrophes": _apostrophes, "quotation-marks": _quotation_marks}


def _opens(text: str, at: int) -> bool:
    """Whether a straight quotation mark opens a quotation, as far as its neighbours tell."""
    before, after = at - 1, at + 1
    while before >= 0 and text[before] in _EMPHASIS:
        before -= 1
    while after < len(text) and text[after] in _EMPHASIS:
        after += 1
    if after == len(text) or text[after].isspace():
        return False
    return before < 0 or text[before].isspace() or text[before] in _BEFORE_OPENING


@lru_cache(maxsize=64)
def _hidden(text: str, is_markdown: bool) -> bytearray:
    """Mark the characters that are no prose: code, where links lead, addresses, what is escaped."""
    hidden = bytearray(len(text))

    def hide(start: int, end: int) -> None:
        hidden[start:end] = b"\x01" * (end - start)

    for match in _ADDRESS.finditer(text):
        hide(*match.span())
    if not is_markdown:
        return hidden
    for match in _MARKUP.finditer(text):
        hide(*match.span())
    code, names = untyped(text) if _MAY_BE_CODE.search(text) else ([], [])  # a review's blocks take 10 ms to read
    starts = [0, *accumulate(map(len, _LINE.findall(text)))]
    for first, last in code:
        hide(starts[min(first, len(starts) - 1)], starts[min(last, len(starts) - 1)])
    if names:
        for match in re.finditer("|".join(re.escape(f"[{name}]") for name in names), text, re.IGNORECASE):
            hide(*match.span())
    return hidden


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _PARAGRAPH.finditer(text):
        yield start, match.start()
        start = match.end()
    yield start, len(text)


def _texts(document: Document) -> Iterator[tuple[str, bool]]:
    """Give the texts of a review that are written in one way, and whether they are Markdown."""
    yield document.body, True
    yield from ((row.value, False) for row in document.overview)
    yield from ((text, False) for text in (document.headline, document.description, *document.other_titles))
    yield from ((name, False) for pair in document.characters for name in pair)
    yield from ((entry.note, False) for entry in document.availability or ())


def _noted(entry: Availability, plain: Callable[[str], str]) -> Availability:
    return replace(entry, note=plain(entry.note))
