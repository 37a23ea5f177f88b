"""How often reviews are read: counted without cookies or addresses, gathered in memory, written every few seconds."""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from wsgiref.types import WSGIEnvironment

import sqlalchemy as sa
from crawleruseragents import is_crawler
from flask import Flask
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from kblog import background
from kblog.db import db
from kblog.models import Review, ReviewViews

WRITTEN_EVERY = 5  # seconds: so much is lost when a process is killed, and no more
SAID_EVERY = 3600  # seconds between two lines in the log about the same trouble
MONTH = timedelta(days=30)
INSERTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}  # the dialects that know ON CONFLICT

log = logging.getLogger(__name__)


class Gatherer:
    """The views that one process has counted and not yet written."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.lock = threading.Lock()
        self.views: Counter[tuple[int, date]] = Counter()
        self.said_at: float | None = None

    def add(self, review_id: int, day: date) -> None:
        with self.lock:
            self.views[review_id, day] += 1
        background.of(self.app).begin()  # here and not at the start: a fork keeps no thread

    def write(self) -> int:
        """Write what was gathered, in one transaction, and return how many views; what cannot be written is kept."""
        with self.lock:
            views, self.views = self.views, Counter()
        if not views:
            return 0
        try:
            with self.app.app_context(), db.engine.begin() as connection:
                rows = [{"read": number, "on": day, "times": times} for (number, day), times in sorted(views.items())]
                connection.execute(_adding(connection.dialect.name), rows)
        except SQLAlchemyError as error:
            self._say(error)
            with self.lock:
                self.views += views
            return 0
        self.said_at = None
        return views.total()

    def _say(self, error: SQLAlchemyError) -> None:
        """Note in the log that views cannot be written: once in a while, for it is tried every few seconds."""
        moment = time.monotonic()
        if self.said_at is None or moment - self.said_at > SAID_EVERY:
            self.said_at = moment
            why = getattr(error, "orig", None) or error
            log.error("views of reviews cannot be written (%s); they are kept, and tried again", why)


def init_app(app: Flask) -> None:
    gatherer = app.extensions["kblog.traffic"] = Gatherer(app)

    def write() -> None:
        gatherer.write()

    background.of(app).add("views", write, every=WRITTEN_EVERY, at_the_end=True)


def counter(app: Flask, review_id: int, day: date) -> Callable[[WSGIEnvironment], None]:
    """Return what counts one view of a review, unless a program or a browser that reads ahead asked for it."""
    gatherer: Gatherer = app.extensions["kblog.traffic"]

    def count(environ: WSGIEnvironment) -> None:
        purpose = environ.get("HTTP_SEC_PURPOSE", "") + environ.get("HTTP_PURPOSE", "")
        is_reading = environ["REQUEST_METHOD"] == "GET" and "prefetch" not in purpose
        if is_reading and is_reader(environ.get("HTTP_USER_AGENT", "")[:500]):
            gatherer.add(review_id, day)

    return count


@lru_cache(maxsize=2_000)  # a blog's readers have few browsers, and a thousand patterns take a while
def is_reader(user_agent: str) -> bool:
    """Whether this is no program that names itself, and not one that names nothing.

    >>> is_reader("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"), is_reader("")
    (True, False)
    >>> is_reader("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"), is_reader("curl/8.14.1")
    (False, False)
    """
    return bool(user_agent) and not is_crawler(user_agent)


def most_read(until: date, number: int) -> list[int]:
    """Return the ids of the live reviews read most in the thirty days before `until`, the most read first.

    Only days that are over count, so every process gives the same answer until the day turns.
    """
    views = sa.func.sum(ReviewViews.views)
    query = sa.select(ReviewViews.review_id).join(Review, Review.id == ReviewViews.review_id)
    query = query.where(ReviewViews.day >= until - MONTH, ReviewViews.day < until, Review.is_live())
    query = query.group_by(ReviewViews.review_id).order_by(views.desc(), ReviewViews.review_id.desc())
    return list(db.session.scalars(query.limit(number)))


def read_since(day: date) -> sa.Select[int, int]:
    """Select each review's id and how often it was read since a day."""
    query = sa.select(ReviewViews.review_id, sa.func.sum(ReviewViews.views).label("views"))
    return query.where(ReviewViews.day >= day).group_by(ReviewViews.review_id)


def _adding(dialect: str) -> sa.Insert:
    """Write the statement that adds to a day's views; a review that is gone meanwhile is passed over."""
    columns = (sa.bindparam("read", type_=sa.Integer), sa.bindparam("on", type_=sa.Date))
    row = sa.select(*columns, sa.bindparam("times", type_=sa.Integer))
    row = row.where(sa.exists().where(Review.id == sa.bindparam("read", type_=sa.Integer)))
    insert = INSERTS[dialect](ReviewViews).from_select(["review_id", "day", "views"], row)
    keys = [ReviewViews.review_id, ReviewViews.day]
    return insert.on_conflict_do_update(index_elements=keys, set_={"views": ReviewViews.views + insert.excluded.views})
