"""The inline side of tidying: text, marks, links, pictures and players gathered as leaves."""

import re
from collections import Counter
from collections.abc import Callable

from bs4 import BeautifulSoup
from lxml import etree

from . import elements
from .addresses import Neighbourhood, is_picture, whole
from .inline import BREAK, Leaf, Mark

Element = etree._Element


class Gatherer:
    """Holds what has been read of the current paragraph, and counts what cannot be kept."""

    def __init__(self, neighbourhood: Neighbourhood, plain: bool) -> None:
        self.neighbourhood, self.plain = neighbourhood, plain
        self.soup = BeautifulSoup("", "html.parser")
        self.leaves: list[Leaf] = []
        self.marks: list[Mark] = []
        self.verbatim: list[str] | None = None  # the text of a <pre>
        self.pictures = 0
        self.embeds = 0
        self.lost: list[str] = []
        self.counted: Counter[tuple[str, str]] = Counter()  # (what, fate) of small losses

    def losses(self) -> list[str]:
        """Name everything lost in words."""
        return self.lost + [f"{n} {what}{'s' * (n > 1)} {fate}" for (what, fate), n in self.counted.items()]

    def lose(self, what: str, fate: str) -> None:
        self.counted[what, fate] += 1

    def text(self, text: str | None) -> None:
        if text and self.verbatim is not None:
            self.verbatim.append(text)
        elif text:
            self.leaves.append(Leaf(text, tuple(self.marks)))

    def mark(self, element: Element) -> Callable[[], None]:
        before = list(self.marks)
        held = {name for name, _ in before}
        if element.tag == "a":
            self._link(element, held)
        elif "code" not in held:
            self.marks += [(name, "") for name in elements.marks(element) if name not in held]

        def close() -> None:
            self.marks = before

        return close

    def _link(self, element: Element, held: set[str]) -> None:
        href = element.get("href", "")
        address = self.neighbourhood.followed(href) if href else ""
        if self.plain and address.startswith("/"):
            address = ""  # a comment's link says where it leads
        if address and "a" not in held:
            at = next((n for n, mark in enumerate(self.marks) if mark[0] == "code"), len(self.marks))
            self.marks.insert(at, ("a", address))  # code is innermost: nothing is marked within it
        elif href:
            self.lose("link", "that leads nowhere from here written as plain text")

    def picture(self, element: Element) -> None:
        source, alt = whole(element.get("src", "")), " ".join(element.get("alt", "").split())
        link = next((address for name, address in self.marks if name == "a"), "")
        if elements.is_tracker(element) or not re.match(r"https?://|/", source):
            self.lose("picture", "without an address removed")
            self.text(alt)
            return
        if is_picture(link):
            source = link  # the large picture behind the small one
        elif link:
            self.lost.append(f"the link {link} around a picture")
        marks = [mark for mark in self.marks if mark[0] not in ("a", "code")]
        if self.plain:
            self.leaves.append(Leaf(alt or source, (*marks, ("a", source))))
        else:
            picture = self.soup.new_tag("img", attrs={"src": source, "alt": alt})
            self.leaves.append(Leaf("", tuple(marks), picture))
            self.pictures += 1

    def embed(self, element: Element) -> None:
        address, inside = elements.embedded(element), " ".join(element.itertext())
        if inside.strip():
            self.lost.append(f"the words {' '.join(inside.split())!r}, shown only where a player failed")
        if not address:
            self.lose("embedded player", "without an address removed")
            return
        self.leaves += [BREAK, BREAK, Leaf(address, (("a", address),)), BREAK, BREAK]  # a paragraph of its own
        self.embeds += 1
