"""Copies that are on the disk when they are said to be there: of a database, of files, of their folders."""

import contextlib
import os
import shutil
import sqlite3
from pathlib import Path

from kblog.storage import settle

from . import queries


def snapshot(database: Path, target: Path) -> None:
    """Write the database as it is at this moment into a new file; nobody waits for it, and nobody's write is cut."""
    with contextlib.closing(queries.opened(database)) as connection:
        connection.execute("VACUUM INTO ?", (str(target),))
    target.chmod(0o600)  # it holds the hash of a password
    settle(target)


def overwrite(database: Path, source: Path) -> None:
    """Put the content of one database in the place of another's, in one transaction that its readers see as any other.

    Raise `sqlite3.Error` where the database does not let itself be written to.
    """
    with (
        contextlib.closing(queries.opened(source)) as connection,
        contextlib.closing(queries.opened(database, "mode=rw")) as target,
    ):
        target.execute("PRAGMA synchronous = FULL")
        tries = iter(range(4))  # each waits as long as the connection's patience

        def count(status: int, _left: int, _total: int) -> None:
            if status != sqlite3.SQLITE_DONE and next(tries, None) is None:
                raise sqlite3.OperationalError("database is locked")

        connection.backup(target, pages=-1, progress=count)


def link(source: Path, target: Path) -> None:
    """Let a file lie in a second place: by a hard link, which costs nothing, or as a copy where there can be none."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target, follow_symlinks=False)
    except FileNotFoundError:
        raise
    except OSError:  # another disk, a file of somebody else's, a system without links
        with contextlib.suppress(FileExistsError), target.open("xb") as file, source.open("rb") as given:
            shutil.copyfileobj(given, file)
            shutil.copystat(source, target)
        settle(target)


def settle_folders(folder: Path) -> None:
    """Wait until a folder and those in it are on the disk."""
    for path in (folder, *folder.rglob("*")):
        if path.is_dir():
            settle(path)
