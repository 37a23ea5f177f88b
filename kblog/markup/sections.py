"""The sections of a review: their usual headings, their places in the outline and their anchors."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from slugify import slugify

from .parser import REVIEW
from .tokens import Token, words_of

KINDS = {
    "introduction": "introduction, intro, 소개, 들어가며, 들어가는 말",
    "story": "overall story, story, plot, synopsis, 줄거리, 이야기",
    "highlights": "highlight moments, key episodes, highlight scenes, unforgettable moments, highlights, 명장면",
    "lines": "memorable lines, memorable quotes, lines, quotes, 명대사",
    "special": "why its special, why it is special, 특별한 이유, 매력",
    "reception": "popularity and reception, popularity, reception, 반응, 평가",
    "cast": "cast and fun facts, cast, fun facts, 출연진, 등장인물",
    "conclusion": "conclusion, warm reminders, 결론, 마치며, 맺음말",
}
_KIND_OF = {name: kind for kind, names in KINDS.items() for name in names.split(", ")}
LINE_END = re.compile(r"\r\n?|\n")
APOSTROPHE = re.compile("['‘’]")  # typed either way, it makes the same section and the same anchor


@dataclass(frozen=True)
class Section:
    """One part of a review under its own heading."""

    anchor: str
    heading: str
    kind: str


def section_kind(heading: str) -> str:
    """Recognise a usual section by its heading, or give "".

    >>> section_kind("Why It’s Special"), section_kind("HIGHLIGHT MOMENTS / Key Episodes"), section_kind("My cat")
    ('special', 'highlights', '')
    """
    plain = APOSTROPHE.sub("", unicodedata.normalize("NFC", heading).casefold()).replace("&", " and ")
    halves = (" ".join(re.findall(r"[^\W_]+", half)) for half in (plain, *plain.split("/")))
    return next((_KIND_OF[half] for half in halves if half in _KIND_OF), "")


def heading_lines(source: str) -> list[int]:
    """List the lines, counted from 0, on which a section begins with signs: not within a fence, spoiler or list.

    >>> heading_lines("## Story\\n::: spoiler\\n## Within\\n:::\\nUnderlined\\n---\\n## Cast ##")
    [0, 6]
    """
    tokens: list[Token] = []
    REVIEW.block.parse(LINE_END.sub("\n", source), REVIEW, {}, tokens)  # blocks alone: a quarter of the time
    return [token.map[0] for token in tokens if token.markup == "##" and token.level == 0 and token.map]


def paragraphs(source: str) -> list[tuple[int, int]]:
    """List the paragraphs that stand in nothing else, each as its first line and the one after its last.

    >>> paragraphs("One\\nline.\\n\\n> Quoted.\\n\\n::: spoiler\\nHidden.\\n:::\\nTwo.")
    [(0, 2), (8, 9)]
    """
    tokens: list[Token] = []
    REVIEW.block.parse(LINE_END.sub("\n", source), REVIEW, {}, tokens)
    return [(t.map[0], t.map[1]) for t in tokens if t.type == "paragraph_open" and t.level == 0 and t.map]


def untyped(source: str) -> tuple[list[tuple[int, int]], list[str]]:
    r"""Give the lines of a text that are code, and the names under which it says where links lead.

    >>> untyped("A [b][the-c].\n\n    code\n\n[the-c]: /d\n")
    ([(2, 3)], ['THE-C'])
    """
    env: dict[str, Any] = {}
    tokens: list[Token] = []
    REVIEW.block.parse(LINE_END.sub("\n", source), REVIEW, env, tokens)
    code = [(token.map[0], token.map[1]) for token in tokens if token.type in ("fence", "code_block") and token.map]
    return code, list(env.get("references", ()))


class Outline:
    """The headings of a review read so far."""

    def __init__(self) -> None:
        self.sections: list[Section] = []
        self._levels: list[int] = []
        self._anchors: dict[str, int] = {}

    @property
    def kind(self) -> str:
        """The kind of the section that is being read."""
        return self.sections[-1].kind if self.sections else ""

    @property
    def tag_below(self) -> str:
        """The tag of a heading that stands below those read, and in no outline."""
        return f"h{min(max(3, 2 + len(self._levels)), 4)}"

    def place(self, heading: list[Token]) -> None:
        """Give a heading a level that skips none, and an h2 its id and its place in the outline."""
        level = max(2, int(heading[0].tag[1]))  # the page has its own h1
        while self._levels and self._levels[-1] >= level:
            self._levels.pop()
        self._levels.append(level)
        heading[0].tag = heading[-1].tag = f"h{min(1 + len(self._levels), 4)}"
        if heading[0].tag == "h2":
            words = words_of(heading[1].children).strip()
            anchor = self._anchor(words)
            heading[0].attrs["id"] = anchor
            self.sections.append(Section(anchor, words, section_kind(words)))

    def _anchor(self, words: str) -> str:
        name = "h-" + (slugify(APOSTROPHE.sub("", words[:200]), max_length=60) or "section")
        number = self._anchors.get(name, 0) + 1
        while (anchor := f"{name}-{number}" if number > 1 else name) in self._anchors:
            number += 1
        self._anchors |= {anchor: 1, name: number}
        return anchor
