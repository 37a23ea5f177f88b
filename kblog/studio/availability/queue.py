"""The queue: what readers are told of platforms, under its tabs, and what was last said of it."""

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from kblog.ledger import Availability, in_words
from kblog.models import Availability as Row
from kblog.reviews.routes import today

from ..undoable import said
from . import queries
from .blueprint import bp

PAGE_SIZE = 20  # reviews: with three to five entries each as many lines as one goes through at a time
LAST_PAGE = 10**6  # far beyond any queue, and its offset still fits a column


@dataclass(frozen=True)
class Place:
    """Where in the queue the author is; the address says it, and so does every form of the page.

    >>> Place.of(MultiDict({"show": "all", "page": "2"})).arguments
    {'show': 'all', 'page': 2}
    >>> Place.of(MultiDict({"show": "nonsense", "page": "-1"})).arguments
    {}
    """

    tab: str = "due"
    page: int = 1

    @classmethod
    def of(cls, given: MultiDict) -> "Place":
        tab = given.get("show", "")
        page = given.get("page", 1, type=int)
        return cls(tab if tab in queries.TABS else cls.tab, min(max(1, page), LAST_PAGE))

    @property
    def arguments(self) -> dict[str, Any]:
        """Return what its address says beyond where everybody begins."""
        said, usual = {"show": self.tab, "page": self.page}, {"show": "due", "page": 1}
        return {name: value for name, value in said.items() if value != usual[name]}


@bp.get("/")
def index() -> str:
    """What is due to be checked, the oldest and most read first."""
    place, day = Place.of(request.args), today()
    found = queries.queue(place.tab, day, PAGE_SIZE + 1, (place.page - 1) * PAGE_SIZE)
    return render_template(
        "studio/availability/index.html",
        place=place,
        counts=queries.counts(day),
        groups=found[:PAGE_SIZE],
        has_more=len(found) > PAGE_SIZE,
        today=day,
        said=said(),
    )


def tallies() -> dict[str, Any]:
    """Return how every page of the studio learns what waits and what is due: one query, where it is drawn."""
    numbers = cache(lambda: queries.tallies(today()))
    return {
        "waiting_number": lambda: numbers()[0],
        "due_number": lambda: numbers()[1],
        "most_due_counted": queries.MOST_COUNTED,
    }


def back(place: Place) -> Response:
    """Go back to where in the queue the form was sent from."""
    return redirect(url_for("studio.availability.index", **place.arguments), 303)


def mark(row: Row) -> str:
    """Return a mark of what an entry says: a decision is about what its author has seen."""
    return hashlib.sha256(repr(row.entry).encode()).hexdigest()[:12]


@bp.app_template_filter()
def unchecked_words(entry: Availability) -> str:
    """Say an entry as the card does, without when it was checked."""
    return in_words(entry, with_check=False)


bp.add_app_template_filter(in_words)
bp.add_app_template_filter(mark, "ledger_mark")
