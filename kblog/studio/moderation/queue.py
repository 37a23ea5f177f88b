"""The queue: comments under their tabs, with why they wait, and what a decision says about them."""

from dataclasses import dataclass
from datetime import timedelta

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kblog.comments import sheet
from kblog.db import now
from kblog.studio import asked

from ..undoable import said
from . import queries
from .blueprint import bp

PAGE_SIZE = 50  # comments: as many as one looks through at a time
A_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Place(asked.Place):
    """Where in the queue the author is."""

    tab: str = "waiting"
    name = "state"
    tabs = (*queries.TABS, queries.REPORTED)


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
