"""What each request costs, by what was measured: docs/performance.jsonl, and the pages that `measuring` looked at."""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple


class Price(NamedTuple):
    """One kind of page when it is made anew."""

    ms: float  # of the processor, packing included, without a server
    statements: float
    plain: int  # bytes
    packed: int


class Prices(NamedTuple):
    """ms of the processor for each thing that a server does, and what the pages are."""

    kept: float
    unchanged: float
    server: float  # what the server adds to a page that is made
    comment: float
    comment_statements: float
    listed: float  # what a process does once after a review was changed
    pages: dict[str, Price]


def read(performance: Iterable[dict[str, Any]], measured: Iterable[dict[str, Any]], reviews: int) -> Prices:
    """Return the prices on a blog with so many reviews; of each bench the last line counts."""
    rows = {(row["bench"], row.get("reviews")): row for row in performance}
    serving = _nearest(rows, "serving", reviews)["points"]
    finding = _nearest(rows, "finding", reviews)["figures"]
    comments = rows["commenting", None]["figures"]
    pages = {row["reviews"]: row for row in measured if row["bench"] == "pages"}
    if reviews not in pages:
        raise SystemExit(f"Nothing is known of pages among {reviews:,} reviews yet: python -m bench.day measure")
    here = pages[reviews]
    return Prices(
        kept=1000 / serving["kept, 32"]["per_core"],
        unchanged=1000 / serving["not modified, 32"]["per_core"],
        server=1000 / serving["kept, 8"]["per_core"],
        comment=1000 / _number(comments["comments a core-second, htmx"]),
        comment_statements=here["comment_statements"],
        listed=_number(finding["catalogue after a review changed"]),
        pages={name: Price(**price) for name, price in here["pages"].items()},
    )


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
