"""What a reader of somebody's export yields: one record for each thing found in the file."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal


class NotAnExport(ValueError):
    """The file cannot be taken in; the message is one sentence for the person who chose it."""


@dataclass(frozen=True)
class Site:
    """What the export says of its blog.

    `hosts` are the names its pages answered to, in lower case; `paths` the addresses of all its entries without them.
    """

    name: str = ""
    description: str = ""
    time_zone: str = ""
    locale: str = ""
    hosts: frozenset[str] = frozenset()
    paths: frozenset[str] = field(default=frozenset(), repr=False, compare=False)


@dataclass(frozen=True)
class Entry:
    """A post or page; times are aware and in UTC, `path` is the address on the old blog without its host.

    `state` "scheduled" is the export's own word: whether that moment still lies ahead is the loader's to judge.
    """

    source_ref: str
    kind: Literal["post", "page"]
    title: str
    html: str
    state: Literal["live", "draft", "scheduled", "trashed", "hidden"]
    published_at: datetime | None = None
    updated_at: datetime | None = None
    path: str = ""
    labels: tuple[str, ...] = ()
    author: str = ""
    description: str = ""
    comments_open: bool = True
    raw: str = field(default="", repr=False)
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Comment:
    """An answer to an entry; `number` is the N of its old anchor `#c<N>`; line breaks in `html` are <br>."""

    source_ref: str
    number: str
    entry_ref: str
    parent_ref: str
    name: str
    website: str
    html: str
    state: Literal["visible", "pending", "spam", "removed"]
    posted_at: datetime | None = None
    by_author: bool = False
    raw: str = field(default="", repr=False)
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Text:
    """A review or page as a portable document, with its comments."""

    source_ref: str
    kind: Literal["post", "page"]
    text: str = field(repr=False)


@dataclass(frozen=True)
class Skipped:
    """An entry that cannot be taken in, and why; the rest goes on."""

    source_ref: str
    reason: str
    raw: str = field(default="", repr=False)


@dataclass(frozen=True)
class Remark:
    """A sentence the report owes the reader about the file as a whole."""

    text: str


Record = Site | Entry | Comment | Text | Skipped | Remark
