"""The reader's choice of reviews, as it travels in the URL."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

from werkzeug.datastructures import MultiDict

NARROWING = ("genre", "person", "hashtag")  # romance *and* comedy
SINGLE = ("kind", "region")  # one at a time
FACETS = ("kind", "genre", "platform", "region", "year", "person", "hashtag", "verdict", "length")
INDEXES = {"genre": "genres", "platform": "platforms", "person": "people", "hashtag": "hashtags"}
FACET_OF = {index: facet for facet, index in INDEXES.items()}
SORTS = ("newest", "year", "title", "discussed")
BEST = "best"  # the usual order of what a text finds, and of nothing else

MOST_VALUES = 20  # a facet; nobody ticks more, and each one costs
LONGEST_VALUE = 120  # characters; no slug is longer
LONGEST_QUERY = 200  # characters; a title, a name and some


@dataclass(frozen=True)
class ReviewFilter:
    """Which reviews to list: free text, chosen values per facet, and in what order.

    >>> wanted = ReviewFilter.from_args(MultiDict([("genre", "romance"), ("genre", "comedy"), ("kind", "")]))
    >>> wanted.args
    {'genre': ['comedy', 'romance']}
    >>> wanted.without("genre", "comedy").args
    {'genre': ['romance']}
    """

    text: str = ""
    chosen: tuple[tuple[str, tuple[str, ...]], ...] = ()
    sort: str = ""  # "" for the usual one

    @classmethod
    def from_args(cls, args: MultiDict[str, str]) -> "ReviewFilter":
        """Read the arguments of a URL; what cannot be a value is kept, so that it matches nothing and shows."""
        chosen: list[tuple[str, tuple[str, ...]]] = []
        for facet in FACETS:
            values = sorted({cleaned(value, LONGEST_VALUE) for value in args.getlist(facet)} - {""})
            if facet in SINGLE:
                values = values[:1]
            if values:
                # too many to honour: the last one names nothing, so that a narrowing choice lists nothing too much
                chosen.append(
                    (facet, tuple([*values[: MOST_VALUES - 1], "…"] if len(values) > MOST_VALUES else values))
                )
        wanted = cls(text=cleaned(args.get("q", ""), LONGEST_QUERY), chosen=tuple(chosen))
        return wanted.sorted_by(args.get("sort", ""))

    @property
    def args(self) -> dict[str, str | list[str]]:
        """The arguments of the canonical URL: values sorted, empty ones and defaults left out."""
        args: dict[str, str | list[str]] = {"q": self.text} if self.text else {}
        for facet, values in self.chosen:
            args[facet] = values[0] if facet in SINGLE else list(values)
        if self.sort:
            args["sort"] = self.sort
        return args

    @property
    def sorts(self) -> tuple[str, ...]:
        """The orders there are, the usual one first."""
        return (BEST, *SORTS) if self.text else SORTS

    @property
    def order(self) -> str:
        """The order that the list has."""
        return self.sort or self.sorts[0]

    def values(self, facet: str) -> tuple[str, ...]:
        return dict(self.chosen).get(facet, ())

    def without(self, facet: str, value: str | None = None) -> "ReviewFilter":
        """The filter without one value, or without all of a facet's; `q` is the text."""
        if facet == "q":
            return replace(self, text="").sorted_by(self.sort)
        kept = tuple(each for each in self.values(facet) if value is not None and each != value)
        chosen = tuple((name, kept if name == facet else values) for name, values in self.chosen)
        return replace(self, chosen=tuple(each for each in chosen if each[1]))

    def replacing(self, facet: str, old: str, new: str) -> "ReviewFilter":
        """The filter with another value in the place of one."""
        values = tuple(sorted({new if value == old else value for value in self.values(facet)}))
        return replace(self, chosen=tuple((name, values if name == facet else held) for name, held in self.chosen))

    def sorted_by(self, sort: str) -> "ReviewFilter":
        """The filter with another order, or with the usual one where there is no such order."""
        return replace(self, sort=sort if sort in self.sorts[1:] else "")

    def asking(self, text: str) -> "ReviewFilter":
        """The same choice of reviews with another text."""
        return replace(self, text=text).sorted_by(self.sort)

    @property
    def choices(self) -> Iterator[tuple[str, str]]:
        """Every chosen (facet, value), one by one; each can be taken away."""
        for facet, values in self.chosen:
            for value in values:
                yield facet, value

    def __bool__(self) -> bool:
        """Whether anything is chosen at all."""
        return bool(self.text or self.chosen)


def cleaned(text: str, longest: int) -> str:
    """Trim a value; what no page can show is marked and not dropped, so that it matches nothing and shows."""
    return "".join(map(_shown, text[: longest * 4])).strip()[:longest]


def _shown(character: str) -> str:
    category = unicodedata.category(character)
    if character.isprintable() or category == "Cf":  # joiners and soft hyphens come along with pasted words
        return character
    return " " if character in "\t\n\r" or category[0] == "Z" else "\ufffd"
