"""How often reviews are read: counted without cookies or addresses."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from wsgiref.types import WSGIEnvironment

import sqlalchemy as sa
from flask import Flask

from . import queries
from .gathering import Gatherer
from .readers import is_reading


def init_app(app: Flask) -> None:
    gatherer = app.extensions["kblog.traffic"] = Gatherer(app, "views of reviews", _put)
    gatherer.write_in_background("views")


def counter(app: Flask, review_id: int, day: date) -> Callable[[WSGIEnvironment], None]:
    """Return what counts one view of a review, unless a program or a browser that reads ahead asked for it."""
    gatherer: Gatherer = app.extensions["kblog.traffic"]

    def count(environ: WSGIEnvironment) -> None:
        if is_reading(environ):
            gatherer.add(review_id, day)

    return count


def _put(connection: sa.Connection, views: Counter[tuple[int, date]]) -> None:
    rows = [{"read": number, "on": day, "times": times} for (number, day), times in sorted(views.items())]
    connection.execute(queries.adding_views(connection.dialect.name), rows)
