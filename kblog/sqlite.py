"""SQLite as K-Blog needs it: how its file is opened, how a connection is set up, how a transaction begins."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import Pool

from kblog import storage
from kblog.storage import Opened, Trouble

PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL: with NORMAL a power cut loses acknowledged comments
    "foreign_keys": 1,
    "busy_timeout": storage.PATIENCE * 1000,
    "mmap_size": 134217728,
    "cache_size": -16000,
    "temp_store": 2,  # MEMORY
}


@event.listens_for(Engine, "do_connect")
def _open(dialect: sa.Dialect, record: Any, arguments: list[Any], options: dict[str, Any]) -> Any:
    """Open the file as the disk allows it."""
    if dialect.name != "sqlite" or arguments[0] in ("", ":memory:"):
        return None
    connection, record.info["opened"] = storage.open_(arguments[0], **options)
    return connection


@event.listens_for(Pool, "checkout")
def _look(_connection: Any, record: Any, _proxy: Any) -> None:
    """Let go of a connection whose file is another one now: what is written there would never be seen again."""
    opened: Opened | None = record.info.get("opened")
    if opened and not opened.is_current:
        raise DisconnectionError("another file stands in the place of this connection's")


def set_up(connection: Any, opened: Opened | None) -> None:
    """Give a new connection its settings, and assert that each of them holds."""
    connection.isolation_level = None  # transactions begin in `begin`, not where the driver guesses
    cursor = connection.cursor()
    for name, wanted in PRAGMAS.items():
        if name == "journal_mode" and opened and opened.reads_only:
            continue  # nothing is written, and a disk that takes no writes refuses to be asked
        cursor.execute(f"PRAGMA {name} = {wanted}")
        (got,) = cursor.execute(f"PRAGMA {name}").fetchone() or (None,)
        if got != wanted and not (opened is None and name in ("journal_mode", "mmap_size")):
            raise RuntimeError(f"SQLite kept {name} = {got} where {wanted} was asked for")
    cursor.close()


def begin(connection: sa.Connection, *, only_reads: bool) -> None:
    """Begin DEFERRED and read-only, or IMMEDIATE.

    A deferred transaction that starts to write half-way fails with "database is locked" at once, whatever
    the busy timeout; one that takes the write lock first waits its turn.
    """
    driver: Any = connection.connection.driver_connection  # past SQLAlchemy: every page begins so
    driver.execute(f"PRAGMA query_only = {int(only_reads)}")
    if only_reads:
        driver.execute("BEGIN DEFERRED")
    else:
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # which may wait in vain, and SQLAlchemy has the words


def trouble(engine: Engine) -> Trouble | None:
    """Look what keeps the file from taking anything in; None where all is well."""
    return storage.trouble(_path(engine), _keep_free(engine))


def trouble_of(error: BaseException | None, engine: Engine) -> Trouble | None:
    """Return what an error tells of the disk or the file; None where the fault is the program's.

    Damage that nobody knew of is made known to every process.
    """
    path = _path(engine)
    found = storage.trouble_of(error, path, _keep_free(engine))
    if found == Trouble.DAMAGED and not storage.damage(path):
        storage.note_damage(path, str(error))
    return found


def _path(engine: Engine) -> str:
    """Return where the file lies."""
    return engine.url.database or ""


def _keep_free(engine: Engine) -> int:
    """Return how many bytes of the disk are left alone."""
    return engine.get_execution_options().get("keep_free", 0)
