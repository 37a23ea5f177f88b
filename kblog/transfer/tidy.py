"""Blogger's HTML, by whichever editor it was made, as the few plain elements that Markdown can say."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from html import escape, unescape

import lxml.html
from bs4 import Tag
from lxml import etree

from . import elements
from .addresses import Neighbourhood
from .elements import BLOCKS, EMBEDS, HEADINGS, MARKS, NESTS, REMOVED, UNSAYABLE
from .gather import Gatherer
from .inline import BREAK, Leaf, lines, weave

Element = etree._Element

GRID = ("tr", "td", "th")
NESTING = 4  # of lists and quotations: each takes two of the ten levels kblog.markup draws
UNWRITTEN = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff]")


@dataclass
class Tidy:
    """The tidied text: `body` holds p (made of line), h1-h6, ul, ol, blockquote, pre, table and hr.

    Within a line, heading or cell there are only strong, em, del, code, a and img.
    """

    body: Tag
    pictures: int
    embeds: int
    lost: list[str]


def tidy(html: str, neighbourhood: Neighbourhood, *, plain: bool = False) -> Tidy:
    """Tidy some HTML; `plain` keeps paragraphs, lists, quotations and code only, and pictures become links."""
    text = UNWRITTEN.sub("", html).replace("\x0c", " ")
    parser = lxml.html.HTMLParser(remove_comments=True, remove_pis=True, huge_tree=True)
    document = lxml.html.document_fromstring(f"<!doctype html><html><body>{text}\n</body></html>", parser=parser)
    if any("xcessive depth" in error.message for error in parser.error_log):
        flat = tidy(escape(unescape(re.sub(r"<[^<>]*>", " ", text)), quote=False), neighbourhood, plain=plain)
        return replace(flat, lost=["the layout: it is nested more than 2,048 elements deep"])  # libxml2 stops there
    return _Builder(neighbourhood, plain).build(document)


class _Builder(Gatherer):
    """Walks a document once, without recursion, and builds the tidied body beside it."""

    def __init__(self, neighbourhood: Neighbourhood, plain: bool) -> None:
        super().__init__(neighbourhood, plain)
        self.body = self.soup.new_tag("body")
        self.open: list[Tag] = [self.body]
        self.is_flat = False  # within a heading or cell, where blocks are mere breaks

    def build(self, document: Element) -> Tidy:
        for caption in document.findall(".//table/caption"):  # said before the table, as it is drawn
            table = caption.getparent()
            if table is not None:
                table.addprevious(caption)
        walk = etree.iterwalk(document, events=("start", "end"))
        closing: list[tuple[Element, Callable[[], None]]] = []
        for event, element in walk:
            if event == "start" and element.tag in EMBEDS:
                walk.skip_subtree()
                self.embed(element)
            elif event == "start" and element.tag in REMOVED:
                walk.skip_subtree()
                self.lose(REMOVED[str(element.tag)], "removed")
            elif event == "start":
                closing.append((element, self._start(element)))
                self.text(element.text)
            else:
                if closing and closing[-1][0] is element:
                    closing.pop()[1]()
                self.text(element.tail)
        self._flush()
        return Tidy(self.body, self.pictures, self.embeds, self.losses())

    def _start(self, element: Element) -> Callable[[], None]:
        """Begin an element and return what ends it."""
        tag = str(element.tag)
        if tag == "img":
            self.picture(element)
        elif tag == "br":
            self.leaves.append(BREAK) if self.verbatim is None else self.verbatim.append("\n")
        elif self.verbatim is not None:
            return _nothing
        elif tag in MARKS or tag in ("a", "span", "font"):
            return self.mark(element)
        elif tag in UNSAYABLE:
            self.lose(UNSAYABLE[tag], "written as plain text")
        elif self.is_flat and tag in BLOCKS:
            self.leaves.append(BREAK)
            return lambda: self.leaves.append(BREAK)
        elif tag in BLOCKS:
            self._flush()
            return self._block(element)
        return _nothing

    def _block(self, element: Element) -> Callable[[], None]:
        tag, top = str(element.tag), self.open[-1]
        if tag == "pre":
            return self._pre(element)
        if tag in NESTS and self._depth() < NESTING:
            start = element.get("start", "")
            return self._inside(tag, {"start": start} if start.isdecimal() else {})
        if tag == "li" and top.name in ("ul", "ol"):
            return self._inside("li")
        if tag == "li" and self._depth() < NESTING:
            return self._stray_item()
        if tag == "hr" and top is self.body and not self.plain:
            self._add("hr")
        if tag in HEADINGS and not self.plain:
            return self._flattened(lambda line: self._heading(tag, line))
        if tag == "table" and not self.plain and elements.is_grid(element):
            return self._grid()
        if tag == "tr" and top.name == "table":
            return self._inside("tr")
        if tag in ("td", "th") and top.name == "tr":
            return self._flattened(lambda line: self._cell(element, line))
        return self._flush

    def _depth(self) -> int:
        return sum(tag.name in NESTS for tag in self.open)

    def _add(self, name: str, attrs: dict[str, str] | None = None) -> Tag:
        """Append an element where blocks may stand: never in a list outside its items, nor between table cells."""
        place = next(tag for tag in reversed(self.open) if tag.name not in ("table", "tr") or name in GRID)
        if place.name in ("ul", "ol") and name != "li":
            last = place.contents[-1] if place.contents else None
            place = last if isinstance(last, Tag) else self._append(place, "li")
        return self._append(place, name, attrs)

    def _append(self, place: Tag, name: str, attrs: dict[str, str] | None = None) -> Tag:
        tag = self.soup.new_tag(name, attrs=attrs or {})
        place.append(tag)
        return tag

    def _flush(self) -> None:
        """Write the text gathered so far as paragraphs: a blank line ends one, a single break only a line."""
        leaves, self.leaves = self.leaves, []
        paragraph: Tag | None = None
        for line in lines(leaves):
            if line:
                paragraph = paragraph or self._add("p")
                weave(self.soup, self._append(paragraph, "line"), line)
            else:
                paragraph = None

    def _inside(self, name: str, attrs: dict[str, str] | None = None) -> Callable[[], None]:
        tag = self._add(name, attrs)
        self.open.append(tag)

        def close() -> None:
            self._flush()
            self.open.pop()
            before = tag.previous_sibling
            if not tag.contents:
                tag.decompose()
            elif isinstance(before, Tag) and before.name == name and before.get("sign") != "second":
                tag["sign"] = "second"

        return close

    def _stray_item(self) -> Callable[[], None]:
        """Begin an item that stands in no list, in the list of the stray item before it."""
        last = self.open[-1].contents[-1] if self.open[-1].contents else None
        follows = isinstance(last, Tag) and last.get("kind") == "stray"
        stray = last if isinstance(last, Tag) and follows else self._add("ul", {"kind": "stray"})
        self.open.append(stray)
        close_item = self._inside("li")

        def close() -> None:
            close_item()
            self.open.pop()
            if not stray.contents:
                stray.decompose()

        return close

    def _grid(self) -> Callable[[], None]:
        close_table, table = self._inside("table"), self.open[-1]

        def close() -> None:
            for row in table.find_all("tr"):
                if not row.get_text(strip=True):
                    row.decompose()
            rows = table.find_all("tr")
            width = max((len(row.contents) for row in rows), default=0)
            for row in rows:  # Markdown cuts a row longer than the first
                row.extend([self.soup.new_tag("td") for _ in range(width - len(row.contents))])
            close_table()

        return close

    def _flattened(self, write: Callable[[list[Leaf]], None]) -> Callable[[], None]:
        """Gather what is inside as one line, whatever blocks it is made of."""
        self.is_flat = True

        def close() -> None:
            leaves, self.leaves, self.is_flat = self.leaves, [], False
            write(next(lines([Leaf(" ") if leaf is BREAK else leaf for leaf in leaves])))

        return close

    def _heading(self, name: str, line: list[Leaf]) -> None:
        if any(leaf.text.strip() for leaf in line):
            weave(self.soup, self._add(name), line)
        elif line:
            weave(self.soup, self._append(self._add("p"), "line"), line)

    def _cell(self, cell: Element, line: list[Leaf]) -> None:
        name = str(cell.tag)
        weave(self.soup, self._add(name), line)
        for _ in range(1, elements.columns(cell)):
            self._add(name)
        if cell.get("rowspan", "1") != "1":
            self.lose("merged cell", "written once")

    def _pre(self, element: Element) -> Callable[[], None]:
        self.verbatim = []

        def close() -> None:
            text, self.verbatim = "".join(self.verbatim or []).replace("\r\n", "\n"), None
            if text.strip():
                self._add("pre", {"language": elements.language(element)}).string = _without_outer_breaks(text)

        return close


def _nothing() -> None:
    """End an element that needs no ending."""


def _without_outer_breaks(text: str) -> str:
    return text.removeprefix("\n").removesuffix("\n")  # the first is HTML's own rule, the last is the fence's
