"""What each request costs, by what was measured: docs/performance.jsonl, and how other pages compare to a review's."""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

PAGE = "review page without a server, uncached"  # what bench.finding calls the measure of its blogs


class Price(NamedTuple):
    """One kind of page when it is made anew."""

    reviews: float  # as many pages of a review, made anew and not packed, cost the processor as much
    statements: float
    plain: int  # bytes
    packed: int


class Prices(NamedTuple):
    """ms of the processor for each thing that a server does, and what the pages are."""

    kept: float
    unchanged: float
    made: dict[str, float]  # by kind of page
    comment: float
    comment_statements: float
    listed: float  # what a process does once after a review was changed
    pages: dict[str, Price]

    def slower(self, times: float) -> "Prices":
        """Return them on a machine, or in an hour, in which all takes so many times as long."""
        made = {name: ms * times for name, ms in self.made.items()}
        return self._replace(
            kept=self.kept * times,
            unchanged=self.unchanged * times,
            made=made,
            comment=self.comment * times,
            listed=self.listed * times,
        )


def read(performance: Iterable[dict[str, Any]], measured: Iterable[dict[str, Any]], reviews: int) -> Prices:
    """Return the prices on a blog with so many reviews; of each bench the last line counts.

    What the server adds to a page that is made is the difference between a review's page served and without a server.
    """
    rows = {(row["bench"], row.get("reviews")): row for row in performance}
    serving = _nearest(rows, "serving", reviews)["points"]
    finding = _nearest(rows, "finding", reviews)
    comments = rows["commenting", None]["figures"]
    here = next(
        (row for row in reversed([*measured]) if (row["bench"], row.get("reviews")) == ("pages", reviews)), None
    )
    if here is None:
        raise SystemExit(f"Nothing is known of pages among {reviews:,} reviews yet: python -m bench.day measure")
    pages = {name: Price(**price) for name, price in here["pages"].items()}
    small, own = review_ms(performance, here["of_texts"]), review_ms(performance, reviews)
    server = 1000 / serving["uncached, 8"]["per_core"] - small
    return Prices(
        kept=1000 / serving["kept, 32"]["per_core"],
        unchanged=1000 / serving["not modified, 32"]["per_core"],
        made={
            name: price.reviews * (own if name in here["lists"] else small) + server for name, price in pages.items()
        },
        comment=1000 / _number(comments["comments a core-second, htmx"]),
        comment_statements=here["comment_statements"],
        listed=_number(finding["figures"]["catalogue after a review changed"]),
        pages=pages,
    )


def review_ms(performance: Iterable[dict[str, Any]], reviews: int) -> float:
    """Return what the page of a review costs when it is made anew, not packed and without a server."""
    rows = {(row["bench"], row.get("reviews")): row for row in performance}
    return _nearest(rows, "finding", reviews)["costs"][PAGE]


def _nearest(rows: dict[tuple[str, Any], dict[str, Any]], bench: str, reviews: int) -> dict[str, Any]:
    """Return what a bench found at the size that is nearest by its factor."""
    sizes = [size for name, size in rows if name == bench]
    if not sizes:
        raise SystemExit(f"docs/performance.jsonl has nothing of bench.{bench}: make bench")
    return rows[bench, min(sizes, key=lambda size: max(size, reviews) / min(size, reviews))]


def _number(said: str) -> float:
    found = re.match(r"[\d.]+", said)
    if not found:
        raise SystemExit(f"no figure: {said}")
    return float(found[0])
