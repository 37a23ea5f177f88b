"""What the address of a list in the studio asks for: words to look for, a tab and a page."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from werkzeug.datastructures import MultiDict

from kblog.comments import typed

MOST_SEARCHED = 200  # characters
LAST_PAGE = 10**6  # far beyond any list, and its offset still fits a column


def text(given: MultiDict) -> str:
    r"""Return what is searched for, on one line.

    >>> text(MultiDict({"q": " paper\tboats\x00 "})), text(MultiDict())
    ('paper boats', '')
    """
    return " ".join(typed.text(given.get("q", "")).split())[:MOST_SEARCHED].rstrip()


def page(given: MultiDict) -> int:
    """Return which page is asked for.

    >>> [page(MultiDict({"page": number})) for number in ("3", "-1", "x", "9" * 30)]
    [3, 1, 1, 1000000]
    """
    return min(max(1, given.get("page", 1, type=int)), LAST_PAGE)


@dataclass(frozen=True)
class Place:
    """Where in a list with tabs the author is; the address says it, and so does every form of the page.

    >>> @dataclass(frozen=True)
    ... class Shelf(Place):
    ...     tab: str = "all"
    ...     tabs = ("all", "new")
    >>> Shelf.of(MultiDict({"show": "new", "q": " boat ", "page": "2"})).arguments
    {'show': 'new', 'q': 'boat', 'page': 2}
    >>> Shelf.of(MultiDict({"show": "nonsense", "page": "-1"})).arguments
    {}
    """

    tab: str = ""
    text: str = ""
    page: int = 1

    name: ClassVar[str] = "show"  # of the tab, in the address
    tabs: ClassVar[Collection[str]] = ()

    @classmethod
    def of(cls, given: MultiDict) -> Self:
        tab = given.get(cls.name, "")
        return cls(tab if tab in cls.tabs else cls.tab, text(given), page(given))

    @property
    def arguments(self) -> dict[str, Any]:
        """Return what its address says beyond where everybody begins."""
        said = {self.name: self.tab, "q": self.text, "page": self.page}
        usual = {self.name: type(self).tab, "q": "", "page": 1}
        return {name: value for name, value in said.items() if value != usual[name]}
