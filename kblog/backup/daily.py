"""The backup that makes itself once a day: one process of several, when it is due, and what the desk says of it."""

import contextlib
import json
import logging
import os
import re
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from kblog.db import now

from .folder import DAILY, Backup, Busy, Failed, kept
from .making import at_work, copy, rotate
from .places import Places

A_DAY = timedelta(days=1)
LATE = timedelta(days=2)  # without a backup: the author is told
AGAIN = timedelta(hours=1)  # after one that failed
SOON = timedelta(minutes=5)  # clocks differ by as much
FIRST_LOOK, EACH_LOOK = 30, 600  # seconds: a server that starts has other work
LAST_WORDS = "trouble.json"  # in the folder of backups: every process and the desk read it

log = logging.getLogger(__name__)
_unwritten: dict[Path, "Trouble"] = {}  # where the folder takes no words, this process remembers them


class Trouble(NamedTuple):
    """Why the last try failed, and when."""

    moment: datetime
    words: str


class Health(NamedTuple):
    """How the backups are: the last good one, and whether there ought to be a newer one."""

    last: datetime | None
    is_late: bool
    trouble: str


def make_daily(places: Places) -> threading.Event:
    """Look from now on, every few minutes, whether a backup is due; on a thread that gives way to everybody else's.

    It ends with the process, or before when what this returns is set.
    """
    ended = threading.Event()
    threading.Thread(target=_keep_looking, args=(places, ended), name="backup", daemon=True).start()
    return ended


def make_if_due(places: Places, moment: datetime) -> Backup | None:
    """Make today's backup unless there is one, or another process makes it; what goes wrong is logged once."""
    if not is_due(places, moment):
        return None
    try:
        with at_work(places, patience=0):
            if not is_due(places, moment):  # another process was faster
                return None
            backup = copy(places, DAILY, moment)
            _forget(places.folder)
            rotate(places)
            return backup
    except Busy:
        return None
    except Failed as error:
        _note(places.folder, Trouble(moment, str(error)))
        return None


def is_due(places: Places, moment: datetime) -> bool:
    """Whether the last daily backup is a day old, and the last try that failed an hour."""
    last = trouble(places)
    if last and moment - AGAIN < last.moment <= moment + SOON:
        return False
    # one from the future was made by a clock that went wrong, and says nothing
    daily = (each.moment for each in kept(places.folder) if each.kind == DAILY)
    return places.database.is_file() and not any(moment - A_DAY < made <= moment + SOON for made in daily)


def health(places: Places, moment: datetime, began_at: datetime | None) -> Health:
    """Say how the backups of a site are that began at some moment (None: nobody knows, or just now)."""
    made = [each.moment for each in kept(places.folder) if each.moment <= moment + SOON]
    last = max(made, default=None)
    since = last or began_at
    failed = trouble(places)
    is_news = failed is not None and (last is None or failed.moment > last)
    return Health(last, since is not None and moment - since > LATE, failed.words if failed and is_news else "")


def trouble(places: Places) -> Trouble | None:
    """Return why the last daily backup failed, if it did."""
    return _last_words(places.folder)


def _keep_looking(places: Places, ended: threading.Event) -> None:
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 19)  # of this thread alone, as Linux has it
    pause = FIRST_LOOK
    while not ended.wait(pause):
        pause = EACH_LOOK
        try:
            make_if_due(places, now())
        except Exception:
            log.exception("the daily backup failed")


def _in_short(words: str) -> str:
    """Return what is said without its numbers: how much is free is another number each hour."""
    return re.sub(r"[\d,]+", "", words)


def _note(folder: Path, failed: Trouble) -> None:
    before = _last_words(folder)
    if before is None or _in_short(before.words) != _in_short(failed.words):
        log.error("The daily backup failed. %s", failed.words)
    told = json.dumps({"moment": failed.moment.isoformat(), "words": failed.words})
    try:
        (folder / LAST_WORDS).write_text(told, encoding="utf-8")
    except OSError:
        _unwritten[folder] = failed


def _forget(folder: Path) -> None:
    _unwritten.pop(folder, None)
    with contextlib.suppress(OSError):
        (folder / LAST_WORDS).unlink(missing_ok=True)


def _last_words(folder: Path) -> Trouble | None:
    try:
        told = json.loads((folder / LAST_WORDS).read_text(encoding="utf-8"))
        return Trouble(datetime.fromisoformat(told["moment"]).astimezone(UTC), str(told["words"]))
    except (OSError, ValueError, TypeError, KeyError):
        return _unwritten.get(folder)
