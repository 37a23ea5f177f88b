"""The database handle, how it is read and written in turn, and the column types every model shares."""

import json
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from markupsafe import Markup
from sqlalchemy import event
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import DeclarativeBase, Session, SessionTransaction, registry

from kblog import postgres, transactions
from kblog.storage import PATIENCE, Trouble
from kblog.transactions import reading


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

LARGEST_ID = 2**63 - 1  # a larger number fits no column


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


def is_on_server() -> bool:
    """Whether the data are with a server, PostgreSQL, and in no file of this machine's."""
    return db.engine.dialect.name == "postgresql"


def take_time() -> None:
    """Let the transaction at hand lie idle for as long as it takes: beside it, pictures are copied or files read."""
    if is_on_server():
        db.session.connection().exec_driver_sql(postgres.TAKE_TIME)


@contextmanager
def in_turn() -> Iterator[None]:
    """Write meanwhile, one thread of this process after the other: who waits for SQLite sleeps longer than it must.

    Between processes its own lock decides, and so it does where one thread holds this for too long.
    """
    is_mine = _turn.acquire(timeout=PATIENCE)
    try:
        yield
    finally:
        if is_mine:
            _turn.release()


_turn = Lock()


def alone_among_machines(name: str) -> AbstractContextManager[bool]:
    """Hold a lock that all machines of a site know, and say whether it could be had; it is given up with the process.

    A site on SQLite is one machine: there a lock on a file says the same (`storage.locked`), and this one nothing.
    """
    return postgres.alone(db.engine, name) if is_on_server() else nullcontext(enter_result=True)


def trouble() -> Trouble | None:
    """Return what keeps the database from taking anything in; None where all is well."""
    return transactions.trouble(db.engine)


def trouble_of(error: DatabaseError) -> Trouble | None:
    """Return what an error tells of the disk, the server or the database's file; None where the program is at fault."""
    return transactions.trouble_of(error, db.engine)
