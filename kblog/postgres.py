"""PostgreSQL as K-Blog needs it: what a server must be, how a connection is set up, how a transaction begins."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Engine, ExceptionContext
from sqlalchemy.exc import DataError, DBAPIError

from kblog.storage import PATIENCE, Trouble

OLDEST = 15  # of the versions of a server; older ones have other locales, and end their support
LOCALES = ("C.UTF-8", "C.utf8", "C")  # in which texts sort as their bytes do, as they do in SQLite
A_WORD = "ÉTÉ 괴물"  # what only a server that knows all letters makes small
READ_COMMITTED, REPEATABLE_READ = 2, 3  # psycopg.IsolationLevel; the driver is there only where it is needed
AUTO = "s"  # psycopg.adapt.PyFormat
MOST_WAITING = 300  # seconds that a transaction may lie idle: the machine it was for is gone, or forgot it
TAKES_TURN = "takes_turn"  # an execution option: whether a transaction that may write waits for its turn
TURN = 0x4B426C6F67  # the number of the lock that writers take one after the other: "KBlog"
TAKE_TURN = f"SELECT pg_advisory_xact_lock({TURN})"
TAKE_TIME = "SET LOCAL idle_in_transaction_session_timeout = 0"
TRY_ALONE = "SELECT pg_try_advisory_lock(hashtext(%s))"
END_ALONE = "SELECT pg_advisory_unlock_all()"

# What a connection asks of the server for as long as it is there. A machine that is cut off from the network is missed
# within half a minute: it may hold the writers' turn.
SETTINGS = {
    "timezone": "UTC",
    "lock_timeout": f"{PATIENCE}s",
    "idle_in_transaction_session_timeout": f"{MOST_WAITING}s",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "synchronous_commit": "on",  # a comment is acknowledged when it is on the disk
}
# What the driver asks of the network, for a server that is gone without a word: else a page would wait for a quarter of
# an hour. A standby takes nothing in: whoever moved to it by mistake would stay there.
ATTENTIVE = {
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
    "target_session_attrs": "primary",
}
TOO_LARGE = "54"  # the class of what exceeds a limit: a text that no index takes
CLASSES = {"53": Trouble.FULL, "58": Trouble.FAILING, "XX": Trouble.DAMAGED, "08": Trouble.MISSING}
CODES = {
    "25006": Trouble.READ_ONLY,
    "40P01": Trouble.BUSY,  # each of two waited for the other
    "53100": Trouble.FULL,  # the disk
    "53200": None,  # out of memory: the next statement may find some
    "53300": Trouble.MISSING,  # it takes no more connections
    "55P03": Trouble.BUSY,  # the turn was not to be had in time
    "57P01": Trouble.MISSING,  # it is being stopped,
    "57P02": Trouble.MISSING,  # or has crashed,
    "57P03": Trouble.MISSING,  # or is only starting
    "XX000": None,  # an error of the server's own, whatever it is about
}


class Unfit(Exception):
    """The server or the database is not one that K-Blog can work with; the message says what is wrong."""


def options(threads: int) -> dict[str, Any]:
    """Return what an engine needs for so many threads that answer: one connection each, and some for the background."""
    return {
        "pool_size": threads + 2,
        "max_overflow": 4,
        "pool_pre_ping": True,  # a server that was started anew meanwhile is no reason for an error page
        "connect_args": {"connect_timeout": 5, "application_name": "kblog", **ATTENTIVE},
    }


def set_up(connection: Any) -> None:
    """Give a new connection its settings."""
    connection.adapters.register_dumper(str, _text_dumper(connection.adapters.get_dumper(str, AUTO)))
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT " + ", ".join("set_config(%s, %s, false)" for _ in SETTINGS),
            [each for pair in SETTINGS.items() for each in pair],
        )
    connection.autocommit = False


@lru_cache(maxsize=1)
def _text_dumper(driver_own: Any) -> type:
    """Return what sends texts: with U+FFFD for NUL, which no text of PostgreSQL's may hold; as CommonMark has it."""

    class Text:
        format, oid = driver_own.format, driver_own.oid

        def __init__(self, kind: type, context: Any = None) -> None:
            self.own = driver_own(kind, context)
            self.get_key, self.quote = self.own.get_key, self.own.quote

        def dump(self, text: str) -> Any:
            return self.own.dump(text.replace("\0", "\ufffd") if "\0" in text else text)

        def upgrade(self, _text: str, _format: Any) -> "Text":
            return self

    return Text


def begin(connection: sa.Connection, *, only_reads: bool) -> None:
    """Say how the next transaction begins: one that reads sees one moment, one that writes sees what came before it.

    Writers take turns, as they do in SQLite: what is counted before something is written (limits, repetitions, numbers
    that are kept) is then still true when it is.
    """
    driver: Any = connection.connection.driver_connection  # past SQLAlchemy: every page begins so
    driver.read_only = only_reads
    driver.isolation_level = REPEATABLE_READ if only_reads else READ_COMMITTED
    if not only_reads and connection.get_execution_options().get(TAKES_TURN, True):
        connection.exec_driver_sql(TAKE_TURN)


@contextmanager
def alone(engine: Engine, name: str) -> Iterator[bool]:
    """Hold a lock of the server's and say whether it could be had; it is given up with the process."""
    with engine.connect() as connection:
        connection = connection.execution_options(isolation_level="AUTOCOMMIT", **{TAKES_TURN: False})
        try:
            yield connection.exec_driver_sql(TRY_ALONE, (name,)).scalar_one()
        finally:
            with suppress(DBAPIError):  # the server gives the lock up with its connection, too, but not at once
                connection.exec_driver_sql(END_ALONE)
            connection.invalidate()


@event.listens_for(Engine, "handle_error")
def _hush(context: ExceptionContext) -> None:
    """Leave out of an error what the server tells beside its sentence: whole rows, with people's words in them."""
    diagnosis = getattr(context.original_exception, "diag", None)
    if diagnosis is not None and (said := diagnosis.message_primary):
        context.original_exception.args = (said,)
        if isinstance(context.sqlalchemy_exception, DBAPIError):
            kind = type(context.original_exception)
            context.sqlalchemy_exception.args = (f"({kind.__module__}.{kind.__name__}) {said}",)
    if str(getattr(context.original_exception, "sqlstate", "")).startswith(TOO_LARGE):
        raise DataError(context.statement, None, context.original_exception)  # the text is at fault, not the server


def trouble(_engine: Engine) -> None:
    """Say nothing: what is with a server's disk is learnt from its answers alone."""


def trouble_of(error: BaseException | None, _engine: Engine) -> Trouble | None:
    """Return what an error tells of the server or its disk; None where the fault is the program's.

    The codes are those of the manual's appendix A.
    """
    code = getattr(error, "sqlstate", None)
    if code is None:  # the connection could not be made, or broke off
        return Trouble.MISSING if type(error).__name__ == "OperationalError" else None
    return CODES[code] if code in CODES else CLASSES.get(code[:2])


def copy_tables(connection: Any, tables: Iterable[Any]) -> None:
    """Let this transaction have every table for itself until it ends: a copy that hides the one of its name.

    Nobody else waits for what is written there, and it takes what time it needs.
    """
    connection.exec_driver_sql(TAKE_TIME)
    for table in tables:
        columns = ", ".join(column.name for column in table.columns)
        connection.exec_driver_sql(
            f"CREATE TEMPORARY TABLE {table.name} (LIKE public.{table.name} INCLUDING ALL) ON COMMIT DROP"
        )
        connection.exec_driver_sql(
            f"INSERT INTO pg_temp.{table.name} ({columns}) SELECT {columns} FROM public.{table.name}"  # noqa: S608
        )


def look_over(connection: Any) -> None:
    """Look whether a database can hold a site, by any connection with `execute`; raise Unfit with one sentence."""
    version, encoding, sorted_by = connection.execute(ASKED).fetchone()
    knows_letters = encoding == "UTF8" and connection.execute(LOWERED, (A_WORD,)).fetchone()[0] == A_WORD.lower()
    if words := misfit(version // 10000, encoding, sorted_by, knows_letters=knows_letters):
        raise Unfit(words)


def misfit(version: int, encoding: str, sorted_by: str, *, knows_letters: bool) -> str:
    """Say what is wrong with a server or its database; "" where nothing is.

    >>> misfit(18, "UTF8", "C.UTF-8", knows_letters=True)
    ''
    >>> misfit(18, "UTF8", "en_US.UTF-8", knows_letters=True)[:56]
    'The database sorts by the rules of en_US.UTF-8, and K-Bl'
    """
    if version < OLDEST:
        return f"The server is PostgreSQL {version}; K-Blog needs {OLDEST} or newer."
    if encoding != "UTF8":
        return f"The database keeps its texts as {encoding}, and K-Blog's are UTF-8. {WAY_ON}"
    if sorted_by not in LOCALES:
        return f"The database sorts by the rules of {sorted_by}, and K-Blog's lists by code points. {WAY_ON}"
    if not knows_letters:
        return f"The database's locale {sorted_by} knows no letters but ASCII's, so no search would work. {WAY_ON}"
    return ""


ASKED = """
SELECT current_setting('server_version_num')::int, current_setting('server_encoding'),
  coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale', datcollate)
FROM pg_database d WHERE datname = current_database()
"""  # the locale's column has another name since 17
LOWERED = "SELECT lower(%s)"
WAY_ON = (
    "Make one that fits: CREATE DATABASE kblog TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8' (since PostgreSQL 17"
    " also LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8')"
)
