"""The folder of backups: how each is called, which there are, and which one is meant."""

import contextlib
import re
import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from kblog.storage import locked

from .manifest import NAME as MANIFEST
from .manifest import Unreadable, read

BY_HAND, DAILY, BEFORE_RESTORE = "by-hand", "daily", "before-restore"
CALLED = re.compile(r"(?P<moment>\d{4}-\d\d-\d\d-\d{6})-(?P<kind>[a-z]+(-[a-z0-9]+)*)(\.(?P<number>\d+))?", re.ASCII)
MOMENT = "%Y-%m-%d-%H%M%S"
MAKING, LEAVING = ".making-", ".leaving-"  # what is half there is a backup to nobody
PATIENCE = 60  # seconds to wait for another backup to end


class Failed(Exception):
    """What was asked could not be done; the message says why, in a sentence for whoever asked."""


class Busy(Failed):
    """Another process makes a backup just now."""


class Backup(NamedTuple):
    """A finished backup."""

    path: Path
    moment: datetime
    kind: str
    number: int

    @property
    def name(self) -> str:
        """What it is called on the command line."""
        return self.path.name


def called(moment: datetime, kind: str) -> str:
    """Name a backup.

    >>> called(datetime(2026, 3, 12, 9, 5, tzinfo=UTC), "before-0011")
    '2026-03-12-090500-before-0011'
    """
    return f"{moment.astimezone(UTC).strftime(MOMENT)}-{kind}"


def understood(path: Path) -> Backup | None:
    """Read a backup's name; None where this is none, or a half-made one."""
    found = CALLED.fullmatch(path.name)
    if not found or not (path / MANIFEST).is_file():
        return None
    try:
        moment = datetime.strptime(found["moment"], MOMENT).replace(tzinfo=UTC)
    except ValueError:
        return None
    return Backup(path, moment, found["kind"], int(found["number"] or 1))


def kept(folder: Path) -> list[Backup]:
    """List the finished backups in a folder, the newest first."""
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        found = filter(None, map(understood, folder.iterdir()))
        return sorted(found, key=lambda each: (each.moment, _finished(each.path), each.number), reverse=True)
    return []


def _finished(path: Path) -> int:
    """Say which of the backups of one second was made last."""
    try:
        return (path / MANIFEST).stat().st_mtime_ns
    except OSError:  # it is being taken away
        return 0


def find(folder: Path, name: str | None = None) -> Backup:
    """Return the backup of a name, or at a path; the newest where none is named."""
    there = kept(folder)
    if name is None:
        if not there:
            raise Failed(f"There is no backup in {folder} yet; `flask backup create` makes one.")
        return there[0]
    for each in there:
        if each.name == name:
            return each
    with contextlib.suppress(Unreadable):  # a path, whatever the folder is called by now
        told = read(path := Path(name).resolve())
        return Backup(path, told.made_at, told.kind, 1)
    raise Failed(f"{name} is no finished backup; `flask backup list` names those there are.")


def free(folder: Path, name: str) -> Path:
    """Return where a backup of this name may lie: a second one of the same moment gets a number."""
    path, number = folder / name, 1
    while path.exists():
        number += 1
        path = folder / f"{name}.{number}"
    return path


@contextlib.contextmanager
def alone(folder: Path, patience: float = PATIENCE) -> Iterator[None]:
    """Let one backup at a time be made in a folder, by whatever process; what earlier ones left half-done goes."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    until = time.monotonic() + patience
    while True:
        with locked(folder / ".lock") as is_mine:
            if is_mine:
                for path in folder.iterdir():
                    if path.name.startswith((MAKING, LEAVING)):
                        shutil.rmtree(path, ignore_errors=True)
                yield
                return
        if time.monotonic() >= until:
            raise Busy("Another backup is being made; try again when it is finished.")
        time.sleep(0.1)
