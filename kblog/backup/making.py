"""How a backup is made: beside the others, under a name nobody reads, until it is whole, sound and on the disk."""

import contextlib
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from kblog.config import VERSION
from kblog.sharing import Bucket
from kblog.storage import settle

from . import copying, manifest, queries, verifying
from .folder import DAILY, LEAVING, MAKING, PATIENCE, Backup, Failed, alone, called, free, kept, understood
from .places import DATABASE, MEDIA, Places

SPARE = 50 * 1024 * 1024  # bytes that a backup leaves free: comments are to be stored too


def make(places: Places, kind: str, moment: datetime) -> Backup:
    """Keep the database and the media as they are now; raise `Failed`, and leave nothing behind, if not."""
    with at_work(places):
        return copy(places, kind, moment)


@contextlib.contextmanager
def at_work(places: Places, patience: float = PATIENCE) -> Iterator[None]:
    """Be the one process that makes or removes backups, and say in a sentence why it cannot."""
    if not places.database.is_file():
        raise Failed(f"There is no database at {places.database} yet.")
    if places.trouble:
        raise Failed(f"No backup is made without the pictures: {places.trouble}.")
    try:
        with alone(places.folder, patience):
            yield
    except OSError as error:
        raise Failed(f"No backup could be made in {places.folder}: {error.strerror or error}.") from error
    except sqlite3.Error as error:
        raise Failed(f"No backup could be made, the database cannot be copied: {error}.") from error


def copy(places: Places, kind: str, moment: datetime) -> Backup:
    """Do what `make` does, within `at_work`."""
    _has_room(places)
    making = Path(tempfile.mkdtemp(prefix=MAKING, dir=places.folder))
    try:
        return _make(places, kind, moment, making)
    finally:
        shutil.rmtree(making, ignore_errors=True)


def rotate(places: Places) -> list[Backup]:
    """Take away the oldest daily backups, so that no more than wanted stay, within `at_work`; return which went.

    Those that somebody made, or that were made before a change, are never taken away.
    """
    going = [each for each in kept(places.folder) if each.kind == DAILY][places.most_daily :]
    for each in going:
        # first out of the list: half of a backup must not be taken for one
        away = each.path.with_name(f"{LEAVING}{each.name}")
        each.path.rename(away)
        shutil.rmtree(away)
    return going


def _make(places: Places, kind: str, moment: datetime, making: Path) -> Backup:
    # the database first: each file that it names is there before the row is, so its media are among those that follow
    copying.snapshot(places.database, making / DATABASE)
    with contextlib.closing(queries.at_rest(making / DATABASE)) as connection:
        schema, rows = queries.schema(connection), queries.rows(connection)
    if places.media:
        for path in manifest.files(places.media):
            with contextlib.suppress(FileNotFoundError):  # taken away meanwhile
                copying.link(places.media / path, making / MEDIA / path)
    files = {path: manifest.look(making / path) for path in manifest.files(making)}
    elsewhere = places.shared.address if isinstance(places.shared, Bucket) else ""
    told = manifest.Manifest(moment, kind, f"K-Blog {VERSION}", schema, rows, files, elsewhere)
    if wrong := verifying.database_trouble(Backup(making, moment, kind, 1), told):
        raise Failed(f"The copy is no good and was not kept: {'; '.join(wrong)}.")
    written = making / manifest.NAME
    written.write_text(told.text(), encoding="utf-8")
    written.chmod(0o600)
    settle(written)
    copying.settle_folders(making)
    path = free(places.folder, called(moment, kind))
    making.rename(path)
    settle(places.folder)
    backup = understood(path)
    if backup is None:
        raise Failed(f"{path} was finished and is gone.")
    return backup


def _has_room(places: Places) -> None:
    """Refuse where a copy of the database would leave the disk too full to go on with."""
    wanted = sum(path.stat().st_size for path in _parts(places.database) if path.exists())
    there = shutil.disk_usage(places.folder).free
    if there < wanted + SPARE:
        raise Failed(
            f"No backup was made: it needs {_megabytes(wanted + SPARE)} in {places.folder}, and {_megabytes(there)} are"
            " free. Make room, or name a folder on another disk with KBLOG_BACKUP_FOLDER."
        )


def _parts(database: Path) -> tuple[Path, Path]:
    return database, database.with_name(f"{database.name}-wal")


def _megabytes(size: int) -> str:
    return f"{size / 1024 / 1024:,.0f} MB"
