"""Searches that found nothing: the words, the day and how often, and nothing of who asked."""

import re
import time
import unicodedata
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from typing import TypedDict
from wsgiref.types import WSGIEnvironment

import sqlalchemy as sa
from flask import Flask

from kblog import background, fold
from kblog.db import db, now, reads_only
from kblog.models import VainSearch

from . import queries
from .gathering import Gatherer
from .readers import is_reading

LONGEST = 100  # characters; what is longer was pasted
MOST_A_DAY = 500  # different searches; the rest are counted as others
KEPT = timedelta(days=90)
CUT_EVERY = 3600  # seconds
ONCE_IN = 2  # seconds: Enter in a field that was typed into ends the search twice, as a change and as a submit
ENDED = "HTTP_SEARCH_ENDED"  # kblog.js says so when what was typed is sent or left, and not with each letter
PERSONAL = re.compile(r"@|\d(?:[ ().-]*\d){6}")  # a mail address, a telephone number: of these the words are not kept
OTHERS = ""


class Row(TypedDict):
    """One search of a day, as it is kept."""

    day: date
    folded: str
    words: str
    times: int


class Searches(Gatherer):
    """The searches in vain that one process has noted and not yet written."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app, "searches that found nothing", _put)
        self.ended: dict[str, float] = {}

    def note(self, words: str, day: date) -> None:
        """Note a search; beyond a day's worth of different ones only that there was another."""
        is_full = len(self.counted) >= MOST_A_DAY and (words, day) not in self.counted
        self.add(OTHERS if is_full else words, day)

    def has_ended(self, words: str) -> bool:
        """Whether a search while typing is over now, and was not just a moment ago."""
        moment = time.monotonic()
        with self.lock:
            self.ended = {each: at for each, at in self.ended.items() if moment - at < ONCE_IN}
            is_new = words not in self.ended
            self.ended[words] = moment
        return is_new


def init_app(app: Flask) -> None:
    searches = app.extensions["kblog.searches"] = Searches(app)
    searches.write_in_background("searches in vain")
    background.of(app).add("old searches", cut, every=CUT_EVERY)


def noting(app: Flask, text: str, day: date, *, is_typed: bool) -> Callable[[WSGIEnvironment], None]:
    """Return what notes a search that found nothing; while somebody types, only what stands when they are done."""
    searches: Searches = app.extensions["kblog.searches"]
    words = kept_words(text)

    def note(environ: WSGIEnvironment) -> None:
        if words is None or not is_reading(environ):
            return
        if not is_typed or (environ.get(ENDED) and searches.has_ended(words)):
            searches.note(words, day)

    return note


def kept_words(text: str) -> str | None:
    """Return the words that are kept of a search; none of what asks for nothing, OTHERS where they may be somebody's.

    >>> kept_words("  Moon  Lovers "), kept_words("?!"), kept_words("ottilie@example.org")
    ('Moon Lovers', None, '')
    """
    words = " ".join(unicodedata.normalize("NFC", text).split())[:LONGEST].strip()
    if not fold.fold(words):
        return None
    return OTHERS if PERSONAL.search(words) else words


def cut() -> None:
    """Let go of the searches that have been kept for long enough."""
    before = now().date() - KEPT
    with reads_only():
        is_due = queries.has_searches_before(before)
    if is_due:
        with db.engine.begin() as connection:
            connection.execute(sa.delete(VainSearch).where(VainSearch.day < before))


def _put(connection: sa.Connection, counted: Counter[tuple[str, date]]) -> None:
    """Add to each day's searches, as many different ones as a day may have; those asked most often come first."""
    rows: dict[tuple[date, str], Row] = {}
    for day in sorted({day for _, day in counted}):
        of_day = [(words, times) for (words, each), times in counted.most_common() if each == day]
        number, known = queries.noted(connection, day, [words.casefold() for words, _ in of_day])
        for words, times in of_day:
            folded = words.casefold()
            if folded not in known and folded != OTHERS:
                if number < MOST_A_DAY:
                    known.add(folded)
                    number += 1
                else:
                    words = folded = OTHERS
            row = rows.setdefault((day, folded), Row(day=day, folded=folded, words=words, times=0))
            row["times"] += times
    connection.execute(queries.adding_searches(connection.dialect.name), list(rows.values()))
