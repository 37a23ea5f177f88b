"""The database handle, how its transactions begin on either engine, and the column types every model shares."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from markupsafe import Markup
from sqlalchemy import event
from sqlalchemy.engine import Engine, ExceptionContext
from sqlalchemy.exc import DatabaseError, DataError, DBAPIError, DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Session, SessionTransaction, registry
from sqlalchemy.pool import Pool

from kblog import postgres, storage


class Base(DeclarativeBase):
    # a number has eight bytes on either engine; SQLite's has so always, and must be called INTEGER to be a row's id
    registry = registry(type_annotation_map={int: sa.BigInteger().with_variant(sa.Integer(), "sqlite")})
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


class JsonText(sa.types.TypeDecorator[Any]):
    """JSON as text, the same on either engine: nobody asks the database to look into it."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> str | None:
        return None if value is None else json.dumps(value)

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Any:
        return None if value is None else json.loads(value)


Json = sa.JSON(none_as_null=True).with_variant(JsonText(), "postgresql")

db = SQLAlchemy(model_class=Base)

if TYPE_CHECKING:
    Model = Base  # so that checkers see the columns as the constructor's parameters
else:
    Model = db.Model

reading: ContextVar[bool] = ContextVar("reading", default=False)
"""Whether the work at hand may only read: a GET, which begins DEFERRED and cannot write."""

TAKES_TURN = "takes_turn"  # an execution option: whether a transaction that may write waits for its turn
ONLY_READS = "only_reads"  # of a connection: how its transaction began
LARGEST_ID = 2**63 - 1  # a larger number fits no column
REMEMBERED = 300  # seconds after a failed write in which another one is expected to fail
_met: dict[str, tuple[storage.Trouble, float]] = {}  # what the last write of this process met, by the database's path

PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL: with NORMAL a power cut loses acknowledged comments
    "foreign_keys": 1,
    "busy_timeout": storage.PATIENCE * 1000,
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


def take_time() -> None:
    """Let the transaction at hand lie idle for as long as it takes: beside it, pictures are copied or files read."""
    if db.engine.dialect.name == "postgresql":
        db.session.connection().exec_driver_sql(postgres.TAKE_TIME)


@contextmanager
def in_turn() -> Iterator[None]:
    """Write meanwhile, one thread of this process after the other: who waits for SQLite sleeps longer than it must.

    Between processes its own lock decides, and so it does where one thread holds this for too long.
    """
    is_mine = _turn.acquire(timeout=storage.PATIENCE)
    try:
        yield
    finally:
        if is_mine:
            _turn.release()


_turn = Lock()


@contextmanager
def alone_among_machines(name: str) -> Iterator[bool]:
    """Hold a lock that all machines of a site know, and say whether it could be had; it is given up with the process.

    A site on SQLite is one machine: there a lock on a file says the same (`storage.locked`), and this one nothing.
    """
    if db.engine.dialect.name != "postgresql":
        yield True
        return
    with db.engine.connect() as connection:
        connection = connection.execution_options(isolation_level="AUTOCOMMIT", **{TAKES_TURN: False})
        try:
            yield connection.exec_driver_sql(postgres.TRY_ALONE, (name,)).scalar_one()
        finally:
            with suppress(DBAPIError):  # the server gives the lock up with its connection, too, but not at once
                connection.exec_driver_sql(postgres.END_ALONE)
            connection.invalidate()


def trouble() -> storage.Trouble | None:
    """Return what keeps the database from taking anything in, as far as this process can know; None where all is well.

    Some failing disks say that they take writes: what was met on the last try stands until one succeeds.
    """
    return _trouble(db.engine)


def trouble_of(error: DatabaseError) -> storage.Trouble | None:
    """Return what an error tells of the disk, the server or the database's file; None where the program is at fault."""
    engine = db.engine
    if engine.dialect.name == "postgresql":
        found = postgres.trouble_of(error.orig)
        if found == storage.Trouble.READ_ONLY and reading.get():
            return None  # what was only to read tried to write
        if found == storage.Trouble.READ_ONLY and (known := _trouble(engine)):
            return known  # it began as one that only reads because of that
    else:
        path = _path(engine)
        found = storage.trouble_of(error.orig, path, _keep_free(engine))
        if found == storage.Trouble.READ_ONLY and reading.get() and not storage.trouble(path, _keep_free(engine)):
            return None
        if found == storage.Trouble.DAMAGED and not storage.damage(path):
            storage.note_damage(path, str(error.orig))
    is_lasting = found in (storage.Trouble.FAILING, storage.Trouble.READ_ONLY, storage.Trouble.FULL)
    if found and is_lasting and not _trouble_of_disk(engine):
        _met[_name(engine)] = found, time.monotonic()
    return found


def _trouble(engine: Engine) -> storage.Trouble | None:
    met, at = _met.get(_name(engine), (None, 0.0)) if _met else (None, 0.0)
    return _trouble_of_disk(engine) or (met if time.monotonic() - at < REMEMBERED else None)


def _trouble_of_disk(engine: Engine) -> storage.Trouble | None:
    """Look at SQLite's file; what is with a server's disk is learnt from its answers alone."""
    return storage.trouble(_path(engine), _keep_free(engine)) if engine.dialect.name == "sqlite" else None


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
def _set_up(connection: Any, record: Any) -> None:
    """Give a new connection its settings; of SQLite's, assert that each of them holds."""
    if type(connection).__module__.partition(".")[0] != "sqlite3":
        postgres.set_up(connection)
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


@event.listens_for(Engine, "handle_error")
def _hush(context: ExceptionContext) -> None:
    """Leave out of an error what PostgreSQL tells beside its sentence: whole rows, with people's words in them."""
    diagnosis = getattr(context.original_exception, "diag", None)
    if diagnosis is not None and (said := diagnosis.message_primary):
        context.original_exception.args = (said,)
        if isinstance(context.sqlalchemy_exception, DBAPIError):
            kind = type(context.original_exception)
            context.sqlalchemy_exception.args = (f"({kind.__module__}.{kind.__name__}) {said}",)
    if str(getattr(context.original_exception, "sqlstate", "")).startswith(postgres.TOO_LARGE):
        raise DataError(context.statement, None, context.original_exception)  # the text is at fault, not the server


@event.listens_for(Engine, "commit")
def _forget(connection: sa.Connection) -> None:
    """Something was taken in: what was in the way is not any more."""
    if _met and not connection.info.get(ONLY_READS):
        _met.pop(_name(connection.engine), None)


@event.listens_for(Engine, "begin")
def _begin(connection: sa.Connection) -> None:
    """Begin DEFERRED and read-only for a GET, IMMEDIATE for everything that may write.

    A deferred transaction that starts to write half-way fails with "database is locked" at once, whatever
    the busy timeout; one that takes the write lock first waits its turn. Where nothing can be taken in, or should not
    be, everything may still be read, and the first statement that writes fails. On PostgreSQL it is the same.
    """
    driver: Any = connection.connection.driver_connection  # past SQLAlchemy: every page begins so
    if connection.dialect.name == "postgresql":
        only_reads = reading.get() or _trouble(connection.engine) is not None
        postgres.begin(driver, only_reads=only_reads)
        connection.info[ONLY_READS] = only_reads
        if not only_reads and connection.get_execution_options().get(TAKES_TURN, True):
            connection.exec_driver_sql(postgres.TAKE_TURN)
    elif connection.dialect.name == "sqlite":
        only_reads = reading.get() or _trouble_of_disk(connection.engine) is not None
        connection.info[ONLY_READS] = only_reads
        driver.execute(f"PRAGMA query_only = {int(only_reads)}")
        if only_reads:
            driver.execute("BEGIN DEFERRED")
        else:
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # which may wait in vain, and SQLAlchemy has the words


def _name(engine: Engine) -> str:
    """Return what tells one database from another."""
    return engine.url.render_as_string()  # without its password


def _path(engine: Engine) -> str:
    """Return where SQLite's file lies."""
    return engine.url.database or ""


def _keep_free(engine: Engine) -> int:
    """Return how many bytes of the disk are left alone."""
    return engine.get_execution_options().get("keep_free", 0)
