"""The database handle, its SQLite settings and the column types every model shares."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from markupsafe import Markup
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class SafeHtml(sa.types.TypeDecorator[Markup]):
    """HTML that `kblog.markup` has sanitised; a plain string is refused."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> str | None:
        if value is not None and not isinstance(value, Markup):
            raise TypeError("SafeHtml columns take Markup made by kblog.markup")
        return None if value is None else str(value)

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Markup | None:
        return None if value is None else Markup(value)  # noqa: S704 - only sanitised HTML gets in


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """A moment: aware on the way in and out, UTC in the column, so that texts sort as times do."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("UtcDateTime columns take aware datetimes")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


db = SQLAlchemy(model_class=Base)

if TYPE_CHECKING:
    Model = Base  # so that checkers see the columns as the constructor's parameters
else:
    Model = db.Model

reading: ContextVar[bool] = ContextVar("reading", default=False)
"""Whether the work at hand may only read: a GET, which begins DEFERRED and cannot write."""

ONLY_READS = "only reads"  # what a connection was told last
PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL: with NORMAL a power cut loses acknowledged comments
    "foreign_keys": 1,
    "busy_timeout": 15000,
    "mmap_size": 134217728,
    "cache_size": -16000,
    "temp_store": 2,  # MEMORY
}


def now() -> datetime:
    """Return this moment, aware and in UTC."""
    return datetime.now(UTC)


@contextmanager
def reads_only() -> Iterator[None]:
    """Read meanwhile in a transaction of its own, which waits for no writer and ends here; for the start of a POST.

    What is slow (a password's hash, a drawn page) then runs while nobody holds the one write lock.
    """
    before = reading.set(True)
    try:
        yield
    finally:
        db.session.rollback()
        reading.reset(before)


def run(statement: sa.Executable, values: Mapping[str, Any] | None = None) -> sa.CursorResult[*tuple[Any, ...]]:
    """Run a statement in the session's transaction, past the session: a third of the time that it takes to begin.

    For statements that are made once and run with every post. What waits in the session is not written before.
    """
    return db.session.connection().execute(statement, values)


@contextmanager
def in_turn() -> Iterator[None]:
    """Write meanwhile, one thread of this process after the other: who waits for SQLite sleeps longer than it must.

    Between processes its own lock decides, and so it does where one thread holds this for too long.
    """
    is_mine = _turn.acquire(timeout=PRAGMAS["busy_timeout"] / 1000)
    try:
        yield
    finally:
        if is_mine:
            _turn.release()


_turn = Lock()


@event.listens_for(Engine, "connect")
def _set_pragmas(connection: Any, _record: Any) -> None:
    """Give a new SQLite connection its settings and assert that each of them holds."""
    if type(connection).__module__.partition(".")[0] != "sqlite3":
        return
    connection.isolation_level = None  # transactions begin below, not where the driver guesses
    cursor = connection.cursor()
    in_memory = not cursor.execute("PRAGMA database_list").fetchone()[2]
    for name, wanted in PRAGMAS.items():
        cursor.execute(f"PRAGMA {name} = {wanted}")
        (got,) = cursor.execute(f"PRAGMA {name}").fetchone() or (None,)
        if got != wanted and not (in_memory and name in ("journal_mode", "mmap_size")):
            raise RuntimeError(f"SQLite kept {name} = {got} where {wanted} was asked for")
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin(connection: sa.Connection) -> None:
    """Begin DEFERRED and read-only for a GET, IMMEDIATE for everything that may write.

    A deferred transaction that starts to write half-way fails with "database is locked" at once, whatever
    the busy timeout; one that takes the write lock first waits its turn.
    """
    if connection.dialect.name != "sqlite":
        return
    only_reads = reading.get()
    if connection.info.get(ONLY_READS) != only_reads:  # as this connection was left by the transaction before
        connection.connection.cursor().execute(f"PRAGMA query_only = {int(only_reads)}")
        connection.info[ONLY_READS] = only_reads
    if only_reads:  # this waits for nobody; neither it nor the line above can fail in a way that has to be told
        connection.connection.cursor().execute("BEGIN DEFERRED")
    else:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
