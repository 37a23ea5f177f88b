"""The queue: comments under their tabs, with why they wait, and what a decision says about them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from kblog.comments import sheet, typed
from kblog.db import now

from ..undoable import said
from . import queries
from .blueprint import bp

PAGE_SIZE = 50  # comments: as many as one looks through at a time
MOST_SEARCHED = 200  # characters
A_WEEK = timedelta(days=7)
LAST_PAGE = 10**6  # far beyond any queue, and its offset still fits a column


@dataclass(frozen=True)
class Place:
    """Where in the queue the author is; the address says it, and so does every form of the page.

    >>> Place.of(MultiDict({"state": "spam", "q": " free ", "page": "0"})).arguments
    {'state': 'spam', 'q': 'free'}
    >>> Place.of(MultiDict({"state": "nonsense"})).arguments
    {}
    """

    tab: str = "waiting"
    text: str = ""
    page: int = 1

    @classmethod
    def of(cls, given: MultiDict) -> "Place":
        tab = given.get("state", "")
        text = typed.text(given.get("q", "")).strip()[:MOST_SEARCHED]
        tabs = (*queries.TABS, queries.REPORTED)
        return cls(tab if tab in tabs else cls.tab, text, min(max(1, given.get("page", 1, type=int)), LAST_PAGE))

    @property
    def arguments(self) -> dict[str, Any]:
        """Return what its address says beyond where everybody begins."""
        said = {"state": self.tab, "q": self.text, "page": self.page}
        usual = {"state": "waiting", "q": "", "page": 1}
        return {name: value for name, value in said.items() if value != usual[name]}


@bp.get("/")
def index() -> str:
    """The comments under one tab, with why they wait, the newest first."""
    place, numbers = Place.of(request.args), queries.counts()
    found = queries.queue(place.tab, place.text, PAGE_SIZE + 1, (place.page - 1) * PAGE_SIZE)
    return render_template(
        "studio/comments/index.html",
        place=place,
        counts=numbers,
        queue=found[:PAGE_SIZE],
        has_more=len(found) > PAGE_SIZE,
        unread=queries.published_unread(now() - A_WEEK) if not found and place.tab == "waiting" else 0,
        mode=sheet.rules().mode,
        said=said(),
    )


def back() -> Response:
    """Go back to where in the queue the form was sent from."""
    return redirect(url_for("studio.comments.index", **Place.of(request.form).arguments), 303)
