"""How a transaction begins on either engine, and what is in the way of one that writes."""

import sqlite3
import time
from contextvars import ContextVar
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DatabaseError

from kblog import postgres, sqlite
from kblog.storage import Trouble

reading: ContextVar[bool] = ContextVar("reading", default=False)
"""Whether the work at hand may only read: a GET, which begins DEFERRED and cannot write."""

ENGINES = {"sqlite": sqlite, "postgresql": postgres}  # each with the same verbs
ONLY_READS = "only_reads"  # of a connection: how its transaction began
LASTING = (Trouble.FAILING, Trouble.READ_ONLY, Trouble.FULL)
REMEMBERED = 300  # seconds after a failed write in which another one is expected to fail
_met: dict[str, tuple[Trouble, float]] = {}  # what the last write of this process met, and when, by database


@event.listens_for(Engine, "connect")
def _set_up(connection: Any, record: Any) -> None:
    """Give a new connection its settings."""
    if isinstance(connection, sqlite3.Connection):
        sqlite.set_up(connection, record.info.get("opened"))
    else:
        postgres.set_up(connection)


@event.listens_for(Engine, "begin")
def _begin(connection: sa.Connection) -> None:
    """Begin as one that only reads for a GET, and as one that takes its turn for everything that may write.

    Where nothing can be taken in, or should not be, everything may still be read, and the first statement that writes
    fails. SQLite's file is looked at, and tried each time; a server that refused is left alone for a while.
    """
    own = ENGINES[connection.dialect.name]
    in_the_way = sqlite.trouble if own is sqlite else _met_at
    only_reads = reading.get() or in_the_way(connection.engine) is not None
    connection.info[ONLY_READS] = only_reads
    own.begin(connection, only_reads=only_reads)


@event.listens_for(Engine, "commit")
def _forget(connection: sa.Connection) -> None:
    """Something was taken in: what was in the way is not any more."""
    if _met and not connection.info.get(ONLY_READS):
        _met.pop(_name(connection.engine), None)


def trouble(engine: Engine) -> Trouble | None:
    """Return what keeps a database from taking anything in, as far as this process can know; None where all is well.

    Some failing disks say that they take writes: what was met on the last try stands until one succeeds.
    """
    return ENGINES[engine.dialect.name].trouble(engine) or _met_at(engine)


def trouble_of(error: DatabaseError, engine: Engine) -> Trouble | None:
    """Return what an error tells of the disk, the server or the database's file; None where the program is at fault."""
    own = ENGINES[engine.dialect.name]
    found = own.trouble_of(error.orig, engine)
    seen = own.trouble(engine)
    if found == Trouble.READ_ONLY:
        if reading.get() and not seen:
            return None  # what was only to read tried to write
        if known := trouble(engine):
            return known  # it began as one that only reads because of that
    if found in LASTING and not seen:
        _met[_name(engine)] = found, time.monotonic()
    return found


def _met_at(engine: Engine) -> Trouble | None:
    met, at = _met.get(_name(engine), (None, 0.0)) if _met else (None, 0.0)
    return met if time.monotonic() - at < REMEMBERED else None


def _name(engine: Engine) -> str:
    """Return what tells one database from another."""
    return engine.url.render_as_string()  # without its password
