"""What a rule looks at, what it may know besides, and what it says."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from hashlib import sha256
from typing import Literal, NamedTuple

from kblog import overview
from kblog.document import Document
from kblog.labels import kind_of
from kblog.language import ENGLISH, speaking
from kblog.language import gettext as _
from kblog.ledger import Availability
from kblog.markup import Block, Rendered, render_review
from kblog.overview import Overview

from ..sections import Part, begins, split, without_empty

LEVELS = ("error", "warning", "note")  # an error stands in the way of publishing
QUOTED = 50  # characters by which an author knows a line again
HEADINGS = ("h2", "h3", "h4")

Said = str | Callable[[], str]  # what stands in a sentence; a function where it depends on the language

QUOTATION = re.compile(r"“[^“”]+”|\"[^\"]+\"")
EPISODES = re.compile(
    r"\b(?:episodes?|eps?\.?)\s*(\d{1,3})\b(?:\s*(?:[‐-―~]|-|to|and|through)\s*(\d{1,3})\b)?"
    r"|\b(\d{1,3})화",
    re.IGNORECASE,
)
SENTENCE = re.compile(r"(?:(?<=[.!?…][”’\")])|(?<=[.!?…]))\s+(?=[^a-z\s])|\n")


@dataclass(frozen=True)
class Finding:
    """One thing to look at, in a sentence for the author; `where` names the fields of the editor that it is about.

    What stands in the holes of `message` is among `values`; what depends on the language is asked for when it is said.

    Of what stands in the text, `quote` holds the words, as they are written there, and `line` the line of the body, on
    which `part`, the number of the section, and `section`, its heading, depend. `fix` names what can be unified, and
    `picture` is the number of the one in the library that can be described there.
    """

    level: Literal["error", "warning", "note"]
    message: str
    where: str
    quote: str = ""
    line: int | None = None
    fix: str = ""
    picture: int | None = None
    about: str = ""
    rule: str = ""
    part: int | None = None
    section: str = ""
    values: Mapping[str, Said] = field(default_factory=dict[str, Said], compare=False)

    @property
    def words(self) -> str:
        """Say it, in the language that is spoken."""
        return _(self.message, **{name: said() if callable(said) else said for name, said in self.values.items()})

    @cached_property
    def key(self) -> str:
        """Name the finding by its rule and what it is about, so that it stays ignored while the text around changes."""
        with speaking(ENGLISH):  # whichever is spoken
            return sha256(f"{self.rule}\n{self.about or self.words}".encode()).hexdigest()[:16]


class Pictured(NamedTuple):
    """A picture that a text shows and the library has, by the name of its file."""

    media_id: int
    name: str
    is_described: bool


@dataclass(frozen=True)
class Facts:
    """What a review does not say of itself.

    `descriptions` are pairs of title and description of the other live reviews; `addresses` are those of this site's
    that the text links to and that lead somewhere, or None where nobody looked; `pictures` are those of the library
    that the text shows, by their address in it.
    """

    today: date
    filler: tuple[str, ...] = ()
    descriptions: tuple[tuple[str, str], ...] = ()
    addresses: frozenset[str] | None = None
    pictures: Mapping[str, Pictured] = field(default_factory=dict[str, Pictured])


@dataclass(frozen=True)
class Subject:
    """A review and what is understood of it, read once for all rules.

    `text` is what readers will see of its body; it is "" where there is none, or where `refused` says why not.
    """

    document: Document
    facts: Facts
    overview: Overview
    kind: str
    entries: tuple[Availability, ...]
    text: str
    rendered: Rendered
    refused: str
    parts: list[Part] = field(repr=False)

    @property
    def today(self) -> date:
        return self.facts.today

    @cached_property
    def prose(self) -> list[Block]:
        """Give the text without its headings."""
        return [block for block in self.rendered.blocks if block.tag not in HEADINGS]

    def names(self, role: str) -> list[str]:
        """Name the people of a role, as the overview writes them."""
        return [credit.name for credit in self.overview.credits if credit.role == role]


Rule = Callable[[Subject], Iterator[Finding]]


def read(document: Document, facts: Facts) -> Subject:
    """Read a review for the rules."""
    understood = overview.understand(document.overview)
    text, refused = without_empty(document.body).strip(), ""
    try:
        rendered = render_review(document.body)
    except ValueError as error:
        text, rendered, refused = "", render_review(""), str(error)
    return Subject(
        document=document,
        facts=facts,
        overview=understood,
        kind=kind_of(document, understood),
        entries=document.entries(understood),
        text=text,
        rendered=rendered,
        refused=refused,
        parts=split(document.body),
    )


def place(body: str, lines: Iterable[int]) -> dict[int, int]:
    """Map lines of a body to the sections they stand in, counted as the editor does."""
    starts = begins(body)
    return {line: max(0, sum(start <= line for start in starts) - 1) for line in set(lines)}


def sentences(text: str) -> list[str]:
    """Cut a text into its sentences.

    >>> sentences("It rains. “Does it?” Yes, by 5 p.m. at least.")
    ['It rains.', '“Does it?”', 'Yes, by 5 p.m. at least.']
    """
    return [sentence for sentence in SENTENCE.split(text) if sentence.strip()]


def shortened(words: str) -> str:
    """Cut words at the end of one, so that they can be quoted and known again."""
    words = " ".join(words.split())
    if len(words) <= QUOTED:
        return words
    start = words[:QUOTED]
    return (start.rpartition(" ")[0] or start).rstrip(" ,;:—–-") + "…"


def quoted(words: str) -> str:
    """Put words in quotation marks, shortened."""
    return f"“{shortened(words)}”"
