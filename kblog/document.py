"""One review as one portable text: front matter in a small YAML dialect, then the Markdown body byte for byte."""

import difflib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from typing import Any, NamedTuple, cast, get_type_hints

import yaml

from kblog.overview import OFFERS, STATUSES, Availability, Overview, Row, join_names, region

KINDS = ("drama", "film", "special", "show")
VERDICTS = ("Essential", "Recommended", "Mixed", "Skip")

MAX_BYTES = 2_000_000  # a long review with its comments is about 200 kB; reading 2 MB of front matter takes seconds
PICTURE = re.compile(r"/media/[0-9a-f]{64}\.[a-z0-9]{2,5}")  # where one of the site's pictures is
FOCUS = re.compile(r"(?:100|[1-9]?[0-9]) (?:100|[1-9]?[0-9])")  # per cent from the left and from the top
MAX_DEPTH = 5  # keys, a list, an entry's keys, their values: no document nests as deep
LONGEST_KEY = 500  # YAML reads "key: value" only where the colon stands within 1,024 characters


class DocumentError(ValueError):
    """A text that is no document; `line` says where, counted from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(f"line {line}: {message}")
        self.line = line


@dataclass(frozen=True, kw_only=True)
class CommentEntry:
    """One comment as a document keeps it; `state` is empty while it is visible."""

    id: str = ""
    parent: str = ""
    name: str = ""
    website: str = ""
    at: datetime | None = None
    author: bool = False
    spoils: str = ""
    state: str = ""
    body: str = ""


@dataclass(frozen=True, kw_only=True)
class Document:
    r"""A review with everything that travels with it; an empty text means "not said", times are aware.

    >>> print(write(Document(headline="Salt: a road", overview=(Row("Year", "2021"),), labels=("K-Drama",), body="Hi")))
    ---
    headline: "Salt: a road"
    overview:
      - Year: 2021
    labels: [K-Drama]
    ---
    Hi
    """

    headline: str = ""
    slug: str = ""
    kind: str = ""
    published_at: datetime | None = None
    updated_at: datetime | None = None
    state: str = ""
    description: str = ""
    verdict: str = ""
    tells: str = ""
    featured: bool = False
    comments_open: bool = True
    other_titles: tuple[str, ...] = ()
    overview: tuple[Row, ...] = ()
    characters: tuple[tuple[str, str], ...] = ()
    labels: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()
    availability: tuple[Availability, ...] | None = None
    cover_seed: str = ""
    cover: str = ""
    cover_focus: str = ""
    cover_alt: str = ""
    cover_credit: str = ""
    notes: str = ""
    comments: tuple[CommentEntry, ...] = ()
    body: str = ""

    def entries(self, understood: Overview) -> tuple[Availability, ...]:
        """Return the ledger's entries: the document's own, else those its overview names."""
        return understood.availability if self.availability is None else self.availability


def parse(text: str) -> Document:
    """Read a portable text; raise DocumentError with a sentence and the line."""
    if len(text.encode(errors="replace")) > MAX_BYTES:
        raise DocumentError(f"a document has at most {MAX_BYTES:,} bytes", 1)
    opening = re.match(r"\ufeff?---[ \t]*\r?\n", text)
    if not opening:
        raise DocumentError("a document begins with a line of three hyphens", 1)
    closing = re.compile(r"^---[ \t]*\r?(?:\n|\Z)", re.MULTILINE).search(text, opening.end())
    if not closing:
        raise DocumentError("the front matter is not closed by a second line of three hyphens", 1)
    front = _composed(text[opening.end() : closing.start()])
    return Document(**(_values(Document, front) if front else {}), body=text[closing.end() :])


def write(document: Document) -> str:
    """Write a document so that parse() gives it back, whatever its texts contain."""
    return "".join(["---\n", *(f"{entry}\n" for entry in _entries(document, 0)), "---\n", document.body])


class _Loader(yaml.BaseLoader):  # every scalar is a text: `no`, `2021` and `2021-11-12` stay as typed
    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        event: Any = cast(Any, self).peek_event()
        if isinstance(event, yaml.AliasEvent) or event.anchor or event.tag:
            raise DocumentError('a text that begins with &, * or ! stands in double quotes: "*text*"', _line(event))
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise DocumentError("lists within lists go too deep here", _line(event))
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def _composed(front: str) -> Any:
    try:
        return yaml.compose(front, Loader=_Loader)
    except yaml.reader.ReaderError as error:
        line = front.count("\n", 0, error.position) + 2
        raise DocumentError(f"the character {error.character:#x} cannot stand here", line) from None
    except yaml.MarkedYAMLError as error:
        mark = error.context_mark if "quoted" in (error.context or "") else error.problem_mark
        hint = 'a text with punctuation like : # * in it stands in double quotes: key: "text"'
        raise DocumentError(f"{error.problem}; {hint}", mark.line + 2 if mark else 1) from None


def _line(node: Any) -> int:
    return node.start_mark.line + 2  # marks count from 0 and do not see the opening line


def _text(key: str, node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise DocumentError(f"'{key}' must be one text, not a list", _line(node))
    return node.value


def _members(key: str, node: yaml.Node) -> list[yaml.Node]:
    if not isinstance(node, yaml.SequenceNode):
        raise DocumentError(f"'{key}' must be a list", _line(node))
    for item in node.value:
        if isinstance(item, yaml.ScalarNode) and not item.value and not item.style:
            raise DocumentError(f"'{key}' has an empty member; write a hashtag in quotes: \"#Name\"", _line(item))
    return node.value


def _pairs(node: yaml.Node) -> list[tuple[yaml.Node, yaml.Node]]:
    if not isinstance(node, yaml.MappingNode):
        raise DocumentError("expected lines of the form 'key: value'", _line(node))
    return node.value


def _values(record: type, node: yaml.Node) -> dict[str, Any]:
    values: dict[str, Any] = {}
    keys = _keys(record)
    for key_node, value_node in _pairs(node):
        key = _text("a key", key_node)
        if key not in keys:
            near = difflib.get_close_matches(key[:40], keys, 1)
            hint = f"; perhaps '{near[0]}'" if near else ""
            raise DocumentError(f"'{key}' is no known key{hint}", _line(key_node))
        attribute, shape = keys[key]
        if attribute in values:
            raise DocumentError(f"'{key}' is here a second time", _line(key_node))
        values[attribute] = shape.read(key, value_node)
    return values


def _entries(record: Any, indent: int) -> list[str]:
    """Write "key: value" for each value that differs from its default; `indent` is the column of the keys."""
    defaults = {field.name: field.default for field in fields(record)}
    shapes = _keys(cast(type, record.__class__))
    keys = ((key, shape, getattr(record, name), defaults[name]) for key, (name, shape) in shapes.items())
    return [f"{key}:{shape.write(value, indent)}" for key, shape, value, default in keys if value != default]


# Escaped: what YAML's reader refuses, folds into a line break (NEL, U+2028, U+2029) or drops (BOM).
_UNREADABLE = re.compile(r"[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_PLAIN = re.compile(r"""(?![\s\-?:,\[\]{}#&*!|>'"%@`])(?!.*(?::\s|:$|\s\#|\s$)).+""")


def _one_line(text: str, avoid: str = "") -> str:
    if _PLAIN.fullmatch(text) and not _UNREADABLE.search(text) and not any(mark in text for mark in avoid):
        return text
    quoted = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return '"' + _UNREADABLE.sub(lambda match: f"\\U{ord(match[0]):08x}", quoted) + '"'


def _block(text: str, indent: int) -> str:
    """Write a text of several lines as a literal block where YAML keeps it exactly, else on one line."""
    lines = text.split("\n")
    exact = not any(_UNREADABLE.search(line) or line.isspace() for line in lines)
    if len(lines) > 1 and exact and lines[0] and lines[-1] and not lines[0][0].isspace():
        return " |-" + "".join(f"\n{' ' * (indent + 2)}{line}" if line else "\n" for line in lines)
    return " " + _one_line(text)


class Shape(NamedTuple):
    """How one sort of value is read from a node, and written after its "key:"."""

    read: Callable[[str, yaml.Node], Any]
    write: Callable[[Any, int], str] = _block


def _checked(understand: Callable[[str], Any], expected: str, spell: Callable[[Any], str] = str) -> Shape:
    """Shape a value that `understand` makes of a text, raising ValueError for nonsense; an empty text is no value."""

    def read(key: str, node: yaml.Node) -> Any:
        text = _text(key, node)
        try:
            return understand(text)
        except (ValueError, OverflowError):
            raise DocumentError(f"'{key}' is '{text}'; {expected}", _line(node)) from None

    def write(value: Any, indent: int) -> str:
        return _block(spell(value), indent)

    return Shape(read, write)


def _choice(*words: str, or_episode: bool = False) -> Shape:
    def choose(text: str) -> str:
        if text and text not in words and not (or_episode and re.fullmatch("[1-9][0-9]{0,3}", text)):
            raise ValueError
        return text

    return _checked(choose, f"choose {join_names([*words, *['an episode number'] * or_episode], 'or')}")


def _flag(text: str) -> bool:
    return ("no", "yes").index(text.lower()) == 1


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _matching(pattern: re.Pattern[str], expected: str) -> Shape:
    def match(text: str) -> str:
        if text and not pattern.fullmatch(text):
            raise ValueError
        return text

    return _checked(match, expected)


def _region(text: str) -> str:
    if re.fullmatch("[A-Z]{2}|WORLD|SOME|", text):
        return text
    if code := region(text):
        return code
    raise ValueError


def _records(record: type) -> Shape:
    def read(key: str, node: yaml.Node) -> Any:
        return tuple(record(**_values(record, item)) for item in _members(key, node))

    def write(entries: Iterable[Any], indent: int) -> str:
        return "".join("\n  - " + ("\n    ".join(_entries(entry, 4)) or "{}") for entry in entries) or " []"

    return Shape(read, write)


def _texts(avoid: str) -> Shape:
    """Shape a list of texts on one line."""

    def read(key: str, node: yaml.Node) -> Any:
        return tuple(_text(key, item) for item in _members(key, node))

    def write(texts: Iterable[str], indent: int) -> str:
        return f" [{', '.join(_one_line(text, avoid=avoid) for text in texts)}]"

    return Shape(read, write)


def _labelled(make: Callable[[str, str], Any], parts: Callable[[Any], tuple[str, str]]) -> Shape:
    """Shape a list of one-key mappings, whose keys may repeat."""

    def read_one(key: str, node: yaml.Node) -> Any:
        pairs = _pairs(node)
        if len(pairs) != 1:
            raise DocumentError(f"each member of '{key}' is one line '- Label: value'", _line(node))
        label = _text("a label", pairs[0][0])
        return make(label, _text(label, pairs[0][1]))

    def write_one(label: str, value: str) -> str:
        key = _one_line(label)
        return (f"\n  - {key}:" if len(key) <= LONGEST_KEY else f"\n  - ? {key}\n    :") + _block(value, 4)

    def read(key: str, node: yaml.Node) -> Any:
        return tuple(read_one(key, item) for item in _members(key, node))

    def write(values: Iterable[Any], indent: int) -> str:
        return "".join(write_one(*parts(value)) for value in values)

    return Shape(read, write)


SHAPES: dict[Any, Shape] = {
    str: Shape(_text),
    bool: _checked(_flag, "choose yes or no", lambda flag: "yes" if flag else "no"),
    datetime | None: _checked(
        _moment,
        "write a time as 2026-03-12T09:00:00Z",
        lambda moment: moment.astimezone(UTC).isoformat().replace("+00:00", "Z"),
    ),
    date | None: _checked(
        lambda text: date.fromisoformat(text) if text else None, "write a date as 2026-03-12", date.isoformat
    ),
    tuple[str, ...]: _texts(avoid=",[]{}:?"),
    tuple[Row, ...]: _labelled(Row, lambda row: (row.label, row.value)),
    tuple[tuple[str, str], ...]: _labelled(lambda person, character: (person, character), lambda pair: pair),
    tuple[Availability, ...] | None: _records(Availability),
    tuple[CommentEntry, ...]: _records(CommentEntry),
}
CLOSED = {
    (Document, "kind"): _choice(*KINDS),
    (Document, "state"): _choice("draft", "withdrawn"),
    (Document, "verdict"): _choice(*VERDICTS),
    (Document, "cover"): _matching(PICTURE, "write the address that a picture has here, /media/... with its ending"),
    (Document, "cover_focus"): _matching(
        FOCUS, "write two numbers from 0 to 100, from the left and from the top: 50 30"
    ),
    (Document, "tells"): _choice("nothing", "ending", or_episode=True),
    (Availability, "region"): _checked(_region, "choose a two-letter country code, WORLD or SOME"),
    (Availability, "offer"): _choice(*OFFERS),
    (Availability, "status"): _choice(*STATUSES),
    (CommentEntry, "spoils"): _choice("all", or_episode=True),
    (CommentEntry, "state"): _choice("pending", "spam", "removed"),
}
SPELLED = {"published_at": "published", "updated_at": "updated", "checked_on": "checked"}


def _keys(record: type) -> dict[str, tuple[str, Shape]]:
    """Map the keys of a record, in its own order, to its attributes and their shapes."""
    return {
        SPELLED.get(name, name.replace("_", "-")): (name, CLOSED.get((record, name)) or SHAPES[sort])
        for name, sort in get_type_hints(record).items()
        if (record, name) != (Document, "body")
    }
