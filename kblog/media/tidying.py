"""What goes of the pictures' files: those that were removed a while ago, those that nothing stands for, halves."""

import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from flask import Flask
from sqlalchemy.orm import Session

from kblog import background, depot
from kblog.db import db, now, reads_only
from kblog.depot import Depot
from kblog.models import Media

from . import queries
from .sending import is_name
from .store import LEFT_BEHIND
from .uses import queries as uses

EVERY = 3600  # seconds
KEPT = timedelta(days=30)  # what was removed, and what nothing stands for: long enough to think again


def init_app(app: Flask) -> None:
    background.of(app).add("pictures, tidied", lambda: tidy(depot.of(app.config["KBLOG"].media)), every=EVERY)


def tidy(files: Depot) -> None:
    """Take away what nobody needs any more; most often that is nothing, and only read."""
    with reads_only():
        found = look(db.session(), files, now())
    names = []
    if found.going or found.back:
        with db.session.begin():
            names = settle(db.session(), found, now())
    take_away(files, [*names, *found.strays, *found.halves])


class Picture(NamedTuple):
    """A picture that a look met, by its number, what it is called and what its file is."""

    id: int
    name: str
    file_name: str


class Found(NamedTuple):
    """What a look at the files and their rows found; `strays` and `halves` are files."""

    going: list[Picture]
    back: list[Picture]  # removed, and something shows them again
    strays: list[str]
    halves: list[str]


def look(session: Session, files: Depot, moment: datetime) -> Found:
    """Say what would go; nothing is changed. Where a picture would, every text that is kept of one is read."""
    old = queries.removed_before(session, moment - KEPT)
    held = uses.held(session, old) if old else {}
    lying, halves = files.lying(), files.halves()
    named, until = queries.file_names(session), moment.timestamp() - KEPT.total_seconds()
    strays = [name for name, file in lying.items() if is_name(name) and name not in named and file.since < until]
    return Found(
        going=[_met(picture) for picture in old if picture.id not in held],
        back=[_met(picture) for picture in old if picture.id in held],
        strays=strays,
        halves=[name for name, file in halves.items() if file.since < time.time() - LEFT_BEHIND],
    )


def missing(session: Session, files: Depot) -> list[Picture]:
    """Return the pictures of the library whose files are gone."""
    pictures = [_met(picture) for picture in queries.library(session)]
    gone = files.missing({picture.file_name for picture in pictures})
    return [picture for picture in pictures if picture.file_name in gone]


def settle(session: Session, found: Found, moment: datetime) -> list[str]:
    """Take the rows away of what goes, and put back what is shown again; return the files to take away afterwards.

    The caller commits.
    """
    old = {picture.id: picture for picture in queries.removed_before(session, moment - KEPT)}
    shown = uses.users(session, old)  # a text may have come to show one since the look
    for each in found.back:
        if each.id in old:
            old[each.id].removed_at = None
    going = [old[each.id] for each in found.going if each.id in old and each.id not in shown]
    names = [picture.file_name for picture in going]
    for picture in going:
        session.delete(picture)
    session.flush()
    return names


def take_away(files: Depot, names: Iterable[str]) -> int:
    """Take files away, but none that came in again a moment ago: then a row for it is on its way. Return how many."""
    return sum(files.take_away(name, time.time() - LEFT_BEHIND) for name in names)


def _met(picture: Media) -> Picture:
    return Picture(picture.id, picture.name or "Picture", picture.file_name)
