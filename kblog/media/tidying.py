"""What goes from the media folder: pictures that were removed a while ago, files that nothing stands for, halves."""

import os
import tempfile
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from flask import Flask
from sqlalchemy.orm import Session

from kblog import background
from kblog.db import db, now, reads_only
from kblog.models import Media

from . import queries
from .sending import is_name
from .store import ARRIVING, LEFT_BEHIND
from .uses import queries as uses

EVERY = 3600  # seconds
KEPT = timedelta(days=30)  # what was removed, and what nothing stands for: long enough to think again


def init_app(app: Flask) -> None:
    background.of(app).add("pictures, tidied", lambda: tidy(app.config["KBLOG"].media), every=EVERY)


def tidy(folder: Path) -> None:
    """Take away what nobody needs any more; most often that is nothing, and only read."""
    with reads_only():
        found = look(db.session(), folder, now())
    if found.going or found.back:
        with db.session.begin():
            names = settle(db.session(), found, now())
        take_away(folder / name for name in names)
    take_away([*found.strays, *found.halves])


class Picture(NamedTuple):
    """A picture that a look met, by its number, what it is called and what its file is."""

    id: int
    name: str
    file_name: str


class Found(NamedTuple):
    """What a look at the folder and its rows found; `strays` and `halves` are files."""

    going: list[Picture]
    back: list[Picture]  # removed, and something shows them again
    strays: list[Path]
    halves: list[Path]


def look(session: Session, folder: Path, moment: datetime) -> Found:
    """Say what would go; nothing is changed. Where a picture would, every text that is kept of one is read."""
    old = queries.removed_before(session, moment - KEPT)
    held = uses.held(session, old) if old else {}
    files = {path.name: path for path in folder.iterdir()} if folder.is_dir() else {}
    named, until = queries.file_names(session), moment.timestamp() - KEPT.total_seconds()
    strays = [path for name, path in files.items() if is_name(name) and name not in named]
    halves = [path for name, path in files.items() if name.startswith(ARRIVING)]
    return Found(
        going=[_met(picture) for picture in old if picture.id not in held],
        back=[_met(picture) for picture in old if picture.id in held],
        strays=sorted(path for path in strays if _is_older(path, until)),
        halves=sorted(path for path in halves if _is_older(path, time.time() - LEFT_BEHIND)),
    )


def missing(session: Session, folder: Path) -> list[Picture]:
    """Return the pictures of the library whose files are gone."""
    return [_met(picture) for picture in queries.library(session) if not (folder / picture.file_name).is_file()]


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


def take_away(paths: Iterable[Path]) -> int:
    """Take files away, but none that came in again a moment ago: then a row for it is on its way. Return how many."""
    return sum(map(_take_away, paths))


def _take_away(path: Path) -> bool:
    """Put a file aside in one step, and look at what was got: somebody may have put a new one in its place just now."""
    handle, aside = tempfile.mkstemp(prefix=ARRIVING, dir=path.parent)
    os.close(handle)
    try:
        path.rename(aside)
        if _is_older(Path(aside), time.time() - LEFT_BEHIND):
            return True
        Path(aside).rename(path)  # whatever lies there by now has the same bytes, for it has the same name
        return False
    except FileNotFoundError:
        return False
    finally:
        Path(aside).unlink(missing_ok=True)


def _is_older(path: Path, moment: float) -> bool:
    try:
        return path.stat().st_mtime < moment
    except FileNotFoundError:
        return False


def _met(picture: Media) -> Picture:
    return Picture(picture.id, picture.name or "Picture", picture.file_name)
