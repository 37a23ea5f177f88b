"""The content version as SQLite's processes read it at once: from memory until something is committed, then by SQL."""

import mmap
import os
import sqlite3
import sys
import time
from threading import Lock
from typing import NamedTuple

from kblog import storage

from .version import QUERY, Unknown, Version

HEADER = 96  # bytes at the start of SQLite's wal-index: two copies of what describes the last commit
FORMAT = (3007000).to_bytes(4, sys.byteorder)  # its only version so far (sqlite.org/walformat.html, 2.1)
LOOKED_AFTER = 0.1  # seconds; so long a database that another was put in the place of may still be asked


class Known(NamedTuple):
    """A version, true while the wal-index begins with these bytes and until a moment of the monotonic clock."""

    index: mmap.mmap  # pyright: ignore[reportIncompatibleMethodOverride] - what a tuple calls so, nobody asks
    header: bytes
    version: Version
    until: float


class OfSqlite:
    """Reads past SQLAlchemy, and past SQLite while nothing was committed: the version is read for each page.

    Every commit, of whatever process, writes SQLite's wal-index anew before it is acknowledged: its salts, frames and
    checksum name one state of the database. That is shared memory, so to compare 96 bytes of it costs less than a
    microsecond and never lets go of the interpreter's lock, where a statement costs some five and does so twice.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.lock = Lock()
        # it stays open: while one connection is there, the wal-index is never taken away and made anew
        self.connection: sqlite3.Connection | None = None
        self.opened: storage.Opened | None = None
        self.index: mmap.mmap | None = None
        self.known: Known | None = None

    def read(self) -> Version:
        known = self.known
        if known and known.index[:HEADER] == known.header and time.monotonic() < known.until:
            return known.version
        with self.lock:
            return self._ask()

    def _ask(self) -> Version:
        """Ask the database; outside a transaction a connection sees what was committed last."""
        try:
            if self.connection is None or self.opened is None or not self.opened.is_current:
                # the first time, or a backup was put in its place
                self.known = None
                self.connection, self.opened = storage.open_(
                    self.path, isolation_level=None, timeout=1, check_same_thread=False
                )
                self.connection.execute("PRAGMA query_only = 1")
                self.index = None if self.opened.reads_only else _index(self.path)
            # before the version: what is committed between the two makes the header another one
            header = self.index[:HEADER] if self.index else b""
            version = Version(*self.connection.execute(QUERY).fetchone())
        except (OSError, sqlite3.Error, TypeError) as error:
            self.connection = self.known = None  # the next one begins anew
            raise Unknown from error
        if self.index and header.startswith(FORMAT):
            self.known = Known(self.index, header, version, time.monotonic() + LOOKED_AFTER)
        return version


_indexes: dict[tuple[int, int], tuple[int, mmap.mmap]] = {}  # by device and inode: file descriptor and memory
_opening = Lock()


def _index(path: str) -> mmap.mmap | None:
    """Return the wal-index of a database as memory; None where it has none (another journal, a read-only disk).

    A process that closes any descriptor of a file loses all its locks on it, SQLite's too (see howtocorrupt.html,
    2.2, at sqlite.org), so each is opened once and stays open until its file is gone.
    """
    with _opening:
        for key, (descriptor, memory) in list(_indexes.items()):
            if not os.fstat(descriptor).st_nlink:
                del _indexes[key], memory
                os.close(descriptor)
        try:
            there = os.stat(f"{path}-shm")  # noqa: PTH116
            key = (there.st_dev, there.st_ino)
            if key not in _indexes:
                descriptor = os.open(f"{path}-shm", os.O_RDONLY)
                _indexes[key] = descriptor, mmap.mmap(descriptor, HEADER, access=mmap.ACCESS_READ)
        except (OSError, ValueError):
            return None
        return _indexes[key][1]
