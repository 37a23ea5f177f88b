"""XML that can neither reach out nor blow up, read entry by entry, and mended where it is damaged."""

import codecs
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, islice
from typing import TypedDict

from lxml import etree

from .archive import UNREADABLE, Member

CHUNK = 64 * 1024
BEFORE_XML = b"\xef\xbb\xbf \t\r\n"  # a byte order mark or blank lines would stop the parser
MAX_ENTRY = 16 * 1024**2  # characters looked through for a missing end; libxml2 takes 10 MB of text in one node

MEDIA = "http://search.yahoo.com/mrss/"  # its title and content are not the entry's
ATOM = "http://www.w3.org/2005/Atom"

ENCODINGS = ("utf-8", "iso-8859-1", "windows-1252", "euc-kr")  # Blogger writes the first; hands have written the others
LONGEST_MARK = 80  # an entry's tag may be split between two chunks
LOOSE_AMPERSAND = re.compile(r"&(?!#\d+;|#x[0-9A-Fa-f]+;|[A-Za-z]\w*;)")
NUMBERED = re.compile(r"&#(?:(\d+)|x([0-9A-Fa-f]+));")
HTML_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)[A-Za-z]\w*;")
CDATA, CDATA_END = "<![CDATA[", "]]>"


class Hardening(TypedDict):
    resolve_entities: bool
    no_network: bool
    load_dtd: bool
    huge_tree: bool
    remove_comments: bool
    remove_pis: bool


# Nothing is fetched or expanded; libxml2's own caps (depth 256, 10 MB of text in one node) stay in force.
HARDENED: Hardening = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}


def local(element: etree._Element) -> str:
    """Name an element without its namespace or undeclared prefix; foreign media elements keep theirs."""
    return _local(element.tag) if isinstance(element.tag, str) else ""


@lru_cache(maxsize=256)  # a feed has a few dozen tags, asked for hundreds of thousands of times
def _local(tag: str) -> str:
    return tag if tag.startswith(f"{{{MEDIA}}}") else re.split(r"[}:]", tag)[-1]


def children(element: etree._Element, name: str) -> list[etree._Element]:
    return [child for child in element if local(child) == name]


def child(element: etree._Element, *names: str) -> etree._Element | None:
    """Find the first element on the way down `names`."""
    found: etree._Element | None = element
    for name in names:
        found = None if found is None else next(iter(children(found, name)), None)
    return found


def words(element: etree._Element, *names: str) -> str:
    """Return the text down that way with runs of white space as single spaces, "" when there is none."""
    found = child(element, *names)
    return "" if found is None else " ".join("".join(found.itertext()).split())


@dataclass(frozen=True)
class Shape:
    """How a feed is built: the elements that its entries stand in, from the root, and what an entry is called."""

    around: tuple[str, ...]
    entry: str
    namespace: str = ""

    @property
    def ends(self) -> re.Pattern[str]:
        """Find where an entry begins or ends."""
        return re.compile(rf"</?(?:[\w.-]+:)?{self.entry}(?=[\s/>])")

    def opened(self, head: str) -> tuple[str, str]:
        """Return the tags around an entry as they are written at the head of a feed, and those that close them."""
        opening, closing = "", ""
        for name in self.around:
            found = re.search(rf"<((?:[\w.-]+:)?{name})\b[^<>]*>", head)
            said = f" xmlns='{self.namespace}'" if self.namespace and not opening else ""
            opening += found[0] if found else f"<{name}{said}>"
            closing = f"</{found[1] if found else name}>{closing}"
        return opening, closing


ATOM_FEED = Shape(("feed",), "entry", ATOM)
RSS = Shape(("rss", "channel"), "item")


@dataclass(frozen=True)
class Item:
    """One entry of a feed; `cut` when its end is missing, `damage` says what was mended in it."""

    element: etree._Element
    raw: str
    cut: bool = False
    damage: str = ""


@dataclass
class Feed:
    """An XML feed that can be read again and again, one entry in memory at a time."""

    member: Member
    shape: Shape = ATOM_FEED
    root: etree._Element | None = None  # after a reading: the feed's own children, without its entries
    damage: dict[int, str] = field(default_factory=dict)  # line -> what is wrong there

    def items(self) -> Iterator[Item]:
        """Yield every entry; an item's element is emptied when the next one is asked for.

        Up to the first damage the file is parsed as it stands, from there each entry by itself.
        """
        given = 0
        for item in self._as_it_stands():
            given += 1
            yield item
        if self.damage:
            yield from islice(self._mended(), given, None)

    def _chunks(self) -> Iterator[bytes]:
        try:
            with self.member.open() as stream:
                yield stream.read(CHUNK).lstrip(BEFORE_XML)
                while chunk := stream.read(CHUNK):
                    yield chunk
        except UNREADABLE as error:
            self.damage.setdefault(0, f"it cannot be read on: {error}")

    def _as_it_stands(self) -> Iterator[Item]:
        parser = etree.XMLPullParser(events=("end",), **HARDENED)
        for chunk in chain(self._chunks(), [b""]):
            try:
                if chunk:
                    parser.feed(chunk)
                else:
                    self.root = parser.close()
            except etree.XMLSyntaxError as error:
                told = [(entry.line, entry.message) for entry in parser.feed_error_log if entry.line]
                self.damage.setdefault(*(told or [(error.lineno or 0, error.msg)])[0])
            for _, element in parser.read_events():
                if local(element) == self.shape.entry and self._is_at_home(element):
                    yield Item(element, etree.tostring(element, encoding="unicode", with_tail=False))
                    _forget(element)
            if self.damage:
                return

    def _is_at_home(self, element: etree._Element) -> bool:
        return sum(1 for _ in element.iterancestors()) == len(self.shape.around)

    def _mended(self) -> Iterator[Item]:
        opening, closing = self.shape.opened("")
        for line, text, is_whole in self._pieces():
            if is_whole is None:
                head = _mended(text)
                opening, closing = self.shape.opened(head)
                self.root = _parsed(head + closing)[0]
            else:
                yield self._item(line - opening.count("\n"), opening, text, closing, is_whole)

    def _item(self, line: int, opening: str, text: str, closing: str, is_whole: bool) -> Item:
        mended = _mended(text)
        holder, errors = _parsed(opening + mended + closing)
        entry = self.shape.entry
        found = None if holder is None else next((part for part in holder.iter() if local(part) == entry), None)
        if found is None:
            return Item(etree.Element(entry), text, cut=True)
        wrong = [(line + at - 1, message) for at, message in errors]
        if not wrong and (mended != text or "\ufffd" in text):
            wrong = [(line + opening.count("\n"), "a sign is not written as XML wants it")]
        self.damage.update(wrong[:1] if is_whole else [])
        said = f"repaired: it is damaged at line {wrong[0][0]} ({wrong[0][1]})" if wrong and is_whole else ""
        return Item(found, etree.tostring(found, encoding="unicode", with_tail=False), not is_whole, said)

    def _pieces(self) -> Iterator[tuple[int, str, bool | None]]:
        """Cut the file into its head (None), then entries with their first line and whether they have an end."""
        held, at, line, tag = "", 0, 1, self.shape.ends
        inside: bool | None = None  # None: in the head
        for text in self._texts():
            held += text
            while mark := tag.search(held, at):
                ends = mark[0].startswith("</")
                cut = held.find(">", mark.start()) + 1 if ends else mark.start()
                if cut <= 0:
                    break
                if inside or (inside is None and not ends):
                    yield line, held[:cut], ends if inside else None
                line += held.count("\n", 0, cut)
                held, at, inside = held[cut:], 0 if ends else len(mark[0]), not ends
            else:
                at = max(at, len(held) - LONGEST_MARK)
            if len(held) > MAX_ENTRY:
                if inside:
                    yield line, held, False
                line += held.count("\n")
                held, at, inside = "", 0, False
        if inside:
            yield line, held, False

    def _texts(self) -> Iterator[str]:
        decoder = None
        for chunk in self._chunks():
            decoder = decoder or codecs.getincrementaldecoder(_encoding(chunk))("replace")
            yield decoder.decode(chunk)


def _encoding(head: bytes) -> str:
    if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    declared = re.match(rb"<\?xml[^>]*encoding=[\"']([\w.-]+)", head)
    name = declared[1].decode().lower() if declared else "utf-8"
    return name if name in ENCODINGS else "utf-8"


def _mended(text: str) -> str:
    """Write an entry's signs as XML wants them; in CDATA each is meant as it stands, and so is an end within it.

    >>> _mended("<a>R&D</a><b><![CDATA[R&D <![CDATA[ ]]> ]]></b>")
    '<a>R&amp;D</a><b><![CDATA[R&D <![CDATA[ ]]]]><![CDATA[> ]]></b>'
    """
    parts: list[str] = []
    at = 0
    while (start := text.find(CDATA, at)) >= 0:
        parts.append(_signs(text[at:start]))
        end = text.find(CDATA_END, start)
        closing = text.find("</", end)
        if end < 0 or closing < 0:
            return "".join([*parts, text[start:]])
        at = text.rfind(CDATA_END, end, closing)  # the last one before a tag closes: those before it are text
        inside = text[start + len(CDATA) : at].replace(CDATA_END + CDATA, "")  # as it is rightly split: made anew
        parts.append(f"{CDATA}{inside.replace(CDATA_END, f']]{CDATA_END}{CDATA}>')}{CDATA_END}")
        at += len(CDATA_END)
    return "".join([*parts, _signs(text[at:])])


def _signs(text: str) -> str:
    return NUMBERED.sub(_allowed, HTML_ENTITY.sub(_character, LOOSE_AMPERSAND.sub("&amp;", text)))


def _character(entity: re.Match[str]) -> str:
    """Say an entity that HTML knows and XML does not; an unknown one stays as text."""
    return html.escape(html.unescape(entity[0]))


def _allowed(reference: re.Match[str]) -> str:
    """Keep the number of a character that XML has; of half a character libxml2 would make bytes that are no text."""
    digits = (reference[1] or reference[2]).lstrip("0")
    number = int(digits or "0", 10 if reference[1] else 16) if len(digits) <= 7 else 0
    is_one = (
        number in (9, 10, 13) or 0x20 <= number < 0xD800 or 0xE000 <= number < 0xFFFE or 0x10000 <= number < 0x110000
    )
    return reference[0] if is_one else "\ufffd"


def _parsed(text: str) -> tuple[etree._Element | None, list[tuple[int, str]]]:
    """Parse what can be parsed, and say what went wrong at which line; undeclared prefixes do no harm."""
    parser = etree.XMLParser(recover=True, encoding="utf-8", **HARDENED)
    root = etree.fromstring(text.encode(), parser)
    return root, [(e.line, e.message) for e in parser.error_log if not e.message.startswith("Namespace prefix")]


def _forget(element: etree._Element) -> None:
    """Empty an entry that was read, and drop the one before it."""
    element.clear(keep_tail=True)
    holder, before = element.getparent(), element.getprevious()
    if holder is not None and before is not None and local(before) == local(element):
        holder.remove(before)
