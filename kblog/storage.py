"""The database's file on its disk: how it is opened, what keeps it from taking anything in, and locks beside it."""

import contextlib
import fcntl
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from kblog.language import noted

MOST_FAULTS = 3  # of what a check finds, said to whoever reads the log
UNREADABLE = "Could not decode to UTF-8"  # what Python says of a text with a broken byte
MEGABYTE = 1024 * 1024
PATIENCE = 15  # seconds that a writer waits for its turn


class Trouble(StrEnum):
    """What keeps the database from taking anything in, in the words of the log."""

    MISSING = noted("the database is not there")
    READ_ONLY = noted("the disk or the database's folder takes no writes")
    DAMAGED = noted("the database is damaged")
    FULL = noted("the disk is full, or nearly")
    BUSY = noted("another writer does not end")
    FAILING = noted("the disk answers with errors")

    @property
    def way_on(self) -> str:
        """What whoever runs the site can do about it."""
        return WAYS_ON[self]


WAYS_ON = {
    Trouble.MISSING: noted(
        "Look where KBLOG_INSTANCE and KBLOG_DATABASE_URL lead, or put a backup there: docs/backups.md"
    ),
    Trouble.READ_ONLY: noted("Look whether the disk is mounted for reading only, and whose the folder is."),
    Trouble.DAMAGED: noted("Readers still get what can be read. Put a backup in its place: flask backup restore"),
    Trouble.FULL: noted("Make room on it: nothing has to be started again."),
    Trouble.BUSY: noted("Look for a program that has the database open."),
    Trouble.FAILING: noted("Look into the system's log, and copy the folder to another disk."),
}


CODES = {
    sqlite3.SQLITE_FULL: Trouble.FULL,
    sqlite3.SQLITE_READONLY: Trouble.READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: Trouble.MISSING,
    sqlite3.SQLITE_BUSY: Trouble.BUSY,
    sqlite3.SQLITE_LOCKED: Trouble.BUSY,
    sqlite3.SQLITE_IOERR: Trouble.FAILING,
    sqlite3.SQLITE_CORRUPT: Trouble.DAMAGED,
    sqlite3.SQLITE_NOTADB: Trouble.DAMAGED,
}


class Opened(NamedTuple):
    """What a connection has open: it is worth nothing once another file stands in this one's place."""

    path: str
    file: tuple[int, int]
    reads_only: bool

    @property
    def is_current(self) -> bool:
        """Whether opening it anew would give the same; a disk that takes writes again is another matter."""
        return identity(self.path) == self.file and not (self.reads_only and is_writable(self.path))


def open_(path: str, **options: Any) -> tuple[sqlite3.Connection, Opened]:
    """Open a database: for reading alone where its disk takes no writes, and never make an empty one.

    A database that was closed in order cannot be read at all on such a disk, for SQLite wants to write its index of
    the WAL: it is then opened as a file that nobody changes. What is in a WAL would not be seen that way, and what was
    taken back would be public again: that is refused.
    """
    if not is_writable(path):
        return _open_to_read(path, **options)
    connection = sqlite3.connect(f"file:{quote(path)}?mode=rw", uri=True, **options)
    try:
        _begin_to_read(connection)
    except sqlite3.Error:
        connection.close()
        raise
    return connection, Opened(path, identity(path), reads_only=False)


def _open_to_read(path: str, **options: Any) -> tuple[sqlite3.Connection, Opened]:
    opened = Opened(path, identity(path), reads_only=True)
    for way in ("mode=ro", "mode=ro&immutable=1"):
        connection = sqlite3.connect(f"file:{quote(path)}?{way}", uri=True, **options)
        try:
            _begin_to_read(connection)
        except sqlite3.Error as error:
            connection.close()
            if getattr(error, "sqlite_errorcode", 0) != sqlite3.SQLITE_CANTOPEN or _has_wal(path):
                raise
        else:
            return connection, opened
    raise sqlite3.OperationalError("unable to open database file")


def _begin_to_read(connection: sqlite3.Connection) -> None:
    """Read for the first time: only then SQLite opens the file."""
    try:
        connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone()
    except UnicodeDecodeError as error:  # SQLite's own sentence about damage, which quotes what is broken
        raise sqlite3.DatabaseError(f"{UNREADABLE}: {error}") from None


def create(path: str) -> None:
    """Make an empty database where there is none: only what brings a database to head does that."""
    if not Path(path).exists():
        Path(path).touch()


def identity(path: str) -> tuple[int, int]:
    """Return what tells a file from another one of its name; (0, 0) where there is none."""
    try:
        there = os.stat(path)  # noqa: PTH116 - a third of the time that a Path takes, for each page
    except OSError:
        return 0, 0
    return there.st_dev, there.st_ino


def is_writable(path: str) -> bool:
    """Whether the file and its folder, where the WAL lies, take writes; root is told of disks that do not, too."""
    return os.access(path, os.W_OK) and os.access(os.path.dirname(path) or ".", os.W_OK)  # noqa: PTH120 - as above


def trouble(path: str, keep_free: int = 0) -> Trouble | None:
    """Return what keeps the database from taking anything in; None where all is well. Four calls of the system.

    `keep_free` bytes of the disk are left alone: SQLite needs room to put in order what it has taken in, and a backup
    or a log that finds none is worse than a comment refused.
    """
    if identity(path) == (0, 0):
        return Trouble.MISSING
    if not is_writable(path):
        return Trouble.READ_ONLY
    if damage(path):
        return Trouble.DAMAGED
    with contextlib.suppress(OSError):
        if shutil.disk_usage(os.path.dirname(path) or ".").free < keep_free:  # noqa: PTH120
            return Trouble.FULL
    return None


def trouble_of(error: BaseException | None, path: str, keep_free: int = 0) -> Trouble | None:
    """Return what an error of SQLite tells of the disk or the file; None where the fault is the program's."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None and UNREADABLE in str(error):
        return Trouble.DAMAGED
    if code is None or code == sqlite3.SQLITE_CORRUPT_VTAB:  # an index that `flask reindex` builds anew
        return None
    found = CODES.get(code & 0xFF)
    if found in (Trouble.READ_ONLY, Trouble.MISSING):  # a transaction that was only let read: say why
        return trouble(path, keep_free) or found
    return found


def check(path: str) -> list[str]:
    """Look the whole file over, and return what is wrong with it; note that beside it, or that all is well again.

    A second for 100 MB. Raises sqlite3.DatabaseError where the file is no database at all.
    """
    connection, _ = open_(path, isolation_level=None)
    connection.text_factory = lambda text: text.decode("utf-8", "replace")  # what it says may quote what is broken
    with contextlib.closing(connection):
        try:
            said = [row[0] for row in connection.execute(f"PRAGMA quick_check({MOST_FAULTS})")]
        except sqlite3.DatabaseError as error:
            if trouble_of(error, path) != Trouble.DAMAGED:
                raise
            connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()  # can anything be read of it?
            said = [str(error)]
    faults = [] if said == ["ok"] else [line for each in said for line in each.splitlines()][:MOST_FAULTS]
    if faults:
        note_damage(path, "; ".join(faults))
    else:
        with contextlib.suppress(OSError):
            _note(path).unlink(missing_ok=True)
    return faults


def note_damage(path: str, what: str) -> None:
    """Let every process know that the file is damaged, until another one stands in its place."""
    with contextlib.suppress(OSError):  # a disk that takes no writes: nothing else is written there either
        _note(path).write_text(json.dumps({"file": identity(path)[1], "found": what}) + "\n", encoding="utf-8")


def damage(path: str) -> str:
    """Return what is known to be wrong with a database; "" where nothing is."""
    note = _note(path)
    if not os.path.exists(note):  # noqa: PTH110 - asked before each write
        return ""
    try:
        noted = json.loads(note.read_text(encoding="utf-8"))
        return str(noted["found"]) if noted["file"] == identity(path)[1] else ""
    except (OSError, ValueError, LookupError, TypeError):
        return ""


def _note(path: str) -> Path:
    return Path(f"{path}-damaged")


def _has_wal(path: str) -> bool:
    wal = Path(f"{path}-wal")
    return wal.exists() and wal.stat().st_size > 0


@contextlib.contextmanager
def locked(path: Path) -> Iterator[bool]:
    """Hold the lock of a file and say whether it could be had; it is given up with the process, however that ends."""
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def settle(path: Path) -> None:
    """Wait until a file or folder is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
