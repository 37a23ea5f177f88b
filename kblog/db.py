"""The database handle, its SQLite settings and the column types every model shares."""

import time
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
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DatabaseError, DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Session, SessionTransaction
from sqlalchemy.pool import Pool

from kblog import storage


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

INSERTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}  # the dialects that know ON CONFLICT
LARGEST_ID = 2**63 - 1  # a larger number fits no column
REMEMBERED = 300  # seconds after a failed write in which another one is expected to fail
_met: dict[str, tuple[storage.Trouble, float]] = {}  # what the last write of this process met, by the database's path

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


def read(statement: sa.Executable, given: Mapping[str, Any] | None = None) -> sa.CursorResult[*tuple[Any, ...]]:
    """Read columns in the session's transaction and past its objects, in a third of the time.

    What is not flushed yet is not seen.
    """
    session = db.session()
    connection: sa.Connection | None = session.info.get("connection")
    if connection is None:  # looked up once a transaction: it takes as long as a short statement
        connection = session.info["connection"] = session.connection()
    return connection.execute(statement, given)


@event.listens_for(Session, "after_transaction_end")
def _let_go(session: Session, ended: SessionTransaction) -> None:
    """Forget the connection with the transaction that it was for."""
    if ended.parent is None:
        session.info.pop("connection", None)


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


def trouble() -> storage.Trouble | None:
    """Return what keeps the database from taking anything in, as far as this process can know; None where all is well.

    Some failing disks say that they take writes: what was met on the last try stands until one succeeds.
    """
    path = _path(db.engine)
    met, at = _met.get(path, (None, 0.0))
    return storage.trouble(path, _keep_free(db.engine)) or (met if time.monotonic() - at < REMEMBERED else None)


def trouble_of(error: DatabaseError) -> storage.Trouble | None:
    """Return what an error tells of the disk or the database's file; None where the fault is the program's."""
    path = _path(db.engine)
    found = storage.trouble_of(error.orig, path, _keep_free(db.engine))
    if found == storage.Trouble.READ_ONLY and reading.get() and not storage.trouble(path, _keep_free(db.engine)):
        return None  # what was only to read tried to write
    if found == storage.Trouble.DAMAGED and not storage.damage(path):
        storage.note_damage(path, str(error.orig))
    is_lasting = found in (storage.Trouble.FAILING, storage.Trouble.READ_ONLY, storage.Trouble.FULL)
    if found and is_lasting and not storage.trouble(path, _keep_free(db.engine)):
        _met[path] = found, time.monotonic()
    return found


@event.listens_for(Engine, "do_connect")
def _open(dialect: sa.Dialect, record: Any, arguments: list[Any], options: dict[str, Any]) -> Any:
    """Open SQLite's file as the disk allows it."""
    if dialect.name != "sqlite" or arguments[0] in ("", ":memory:"):
        return None
    connection, record.info["opened"] = storage.open_(arguments[0], **options)
    return connection


@event.listens_for(Pool, "checkout")
def _look(_connection: Any, record: Any, _proxy: Any) -> None:
    """Let go of a connection whose file is another one now: what is written there would never be seen again."""
    opened: storage.Opened | None = record.info.get("opened")
    if opened and not opened.is_current:
        raise DisconnectionError("another file stands in the place of this connection's")


@event.listens_for(Engine, "connect")
def _set_pragmas(connection: Any, record: Any) -> None:
    """Give a new SQLite connection its settings and assert that each of them holds."""
    if type(connection).__module__.partition(".")[0] != "sqlite3":
        return
    connection.isolation_level = None  # transactions begin below, not where the driver guesses
    opened: storage.Opened | None = record.info.get("opened")
    cursor = connection.cursor()
    for name, wanted in PRAGMAS.items():
        if name == "journal_mode" and opened and opened.reads_only:
            continue  # nothing is written, and a disk that takes no writes refuses to be asked
        cursor.execute(f"PRAGMA {name} = {wanted}")
        (got,) = cursor.execute(f"PRAGMA {name}").fetchone() or (None,)
        if got != wanted and not (opened is None and name in ("journal_mode", "mmap_size")):
            raise RuntimeError(f"SQLite kept {name} = {got} where {wanted} was asked for")
    cursor.close()


@event.listens_for(Engine, "commit")
def _forget(connection: sa.Connection) -> None:
    """Something was taken in: what was in the way is not any more."""
    if _met and not reading.get():
        _met.pop(_path(connection.engine), None)


@event.listens_for(Engine, "begin")
def _begin(connection: sa.Connection) -> None:
    """Begin DEFERRED and read-only for a GET, IMMEDIATE for everything that may write.

    A deferred transaction that starts to write half-way fails with "database is locked" at once, whatever
    the busy timeout; one that takes the write lock first waits its turn. Where nothing can be taken in, or should not
    be, everything may still be read, and the first statement that writes fails.
    """
    if connection.dialect.name != "sqlite":
        return
    driver: Any = connection.connection.driver_connection  # past SQLAlchemy: every page begins so
    only_reads = reading.get() or storage.trouble(_path(connection.engine), _keep_free(connection.engine)) is not None
    driver.execute(f"PRAGMA query_only = {int(only_reads)}")
    if only_reads:
        driver.execute("BEGIN DEFERRED")
    else:
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # which may wait in vain, and SQLAlchemy has the words for that


def _path(engine: Engine) -> str:
    return engine.url.database or ""


def _keep_free(engine: Engine) -> int:
    """Return how many bytes of the disk are left alone."""
    return engine.get_execution_options().get("keep_free", 0)
