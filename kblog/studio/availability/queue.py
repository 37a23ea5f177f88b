"""The queue: what readers are told of platforms, under its tabs, and what was last said of it."""

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kblog.ledger import Availability, in_words
from kblog.models import Availability as Row
from kblog.reviews.routes import today
from kblog.studio import asked

from ..undoable import said
from . import queries
from .blueprint import bp

PAGE_SIZE = 20  # reviews: with three to five entries each as many lines as one goes through at a time


@dataclass(frozen=True)
class Place(asked.Place):
    """Where in the queue the author is."""

    tab: str = "due"
    tabs = queries.TABS


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
