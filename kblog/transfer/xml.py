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

ENTRY = re.compile(r"</?(?:[\w.-]+:)?entry(?=[\s/>])")
ENCODINGS = ("utf-8", "iso-8859-1", "windows-1252", "euc-kr")  # Blogger writes the first; hands have written the others
LONGEST_MARK = 80  # an entry's tag may be split between two chunks
LOOSE_AMPERSAND = re.compile(r"&(?!#\d+;|#x[0-9A-Fa-f]+;|[A-Za-z]\w*;)")
NUMBERED = re.compile(r"<!\[CDATA\[.*?\]\]>|&#(?:(\d+)|x([0-9A-Fa-f]+));", re.DOTALL)  # in CDATA they are only text
HTML_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)[A-Za-z]\w*;")


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
                holder = element.getparent()
                if local(element) == "entry" and holder is not None and holder.getparent() is None:
                    yield Item(element, etree.tostring(element, encoding="unicode", with_tail=False))
                    _forget(element)
            if self.damage:
                return

    def _mended(self) -> Iterator[Item]:
        opening, closing = f"<feed xmlns='{ATOM}'>", "</feed>"
        for line, text, is_whole in self._pieces():
            if is_whole is None:
                found = re.search(r"<((?:[\w.-]+:)?feed)\b[^<>]*>", text)
                opening, closing = (found[0], f"</{found[1]}>") if found else (opening, closing)
                self.root = _parsed(text + closing)[0]
            else:
                yield self._item(line - opening.count("\n"), opening, text, closing, is_whole)

    def _item(self, line: int, opening: str, text: str, closing: str, is_whole: bool) -> Item:
        has_signs = "<![CDATA[" not in text  # there, an ampersand is meant as it stands
        mended = HTML_ENTITY.sub(_character, LOOSE_AMPERSAND.sub("&amp;", text)) if has_signs else text
        mended = NUMBERED.sub(_allowed, mended)
        holder, errors = _parsed(opening + mended + closing)
        found = None if holder is None else next((part for part in holder.iter() if local(part) == "entry"), None)
        if found is None:
            return Item(etree.Element("entry"), text, cut=True)
        wrong = [(line + at - 1, message) for at, message in errors]
        if not wrong and (mended != text or "\ufffd" in text):
            wrong = [(line + opening.count("\n"), "a sign is not written as XML wants it")]
        self.damage.update(wrong[:1] if is_whole else [])
        said = f"repaired: it is damaged at line {wrong[0][0]} ({wrong[0][1]})" if wrong and is_whole else ""
        return Item(found, etree.tostring(found, encoding="unicode", with_tail=False), not is_whole, said)

    def _pieces(self) -> Iterator[tuple[int, str, bool | None]]:
        """Cut the file into its head (None), then entries with their first line and whether they have an end."""
        held, at, line = "", 0, 1
        inside: bool | None = None  # None: in the head
        for text in self._texts():
            held += text
            while mark := ENTRY.search(held, at):
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


def _character(entity: re.Match[str]) -> str:
    """Say an entity that HTML knows and XML does not; an unknown one stays as text."""
    return html.escape(html.unescape(entity[0]))


def _allowed(reference: re.Match[str]) -> str:
    """Keep the number of a character that XML has; of half a character libxml2 would make bytes that are no text."""
    if not (reference[1] or reference[2]):
        return reference[0]
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
    if holder is not None and before is not None and local(before) == "entry":
        holder.remove(before)
