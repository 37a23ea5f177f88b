"""The content version as any process reads it at once: one statement on a connection that stays open."""

import os
import sqlite3
import threading
from collections.abc import Callable
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

QUERY = "SELECT version FROM content_version"


class Unknown(Exception):
    """The version cannot be read: the database is missing, busy or not set up yet."""


def reader(url: sa.URL) -> Callable[[], int]:
    """Return the function that reads the version of the database at `url`; it raises `Unknown`."""
    if url.get_backend_name() == "sqlite" and url.database:
        return _of_sqlite(url.database)
    return _of_engine(sa.create_engine(url, isolation_level="AUTOCOMMIT", pool_pre_ping=True))


def _of_sqlite(path: str) -> Callable[[], int]:
    """Read past SQLAlchemy: four microseconds in place of fifty, and it is read for each page that is asked for.

    Outside a transaction every statement of a connection sees what was committed last, by whatever process.
    """
    own = threading.local()  # a connection belongs to its thread
    address = f"file:{quote(path)}?mode=ro"

    def read() -> int:
        try:
            there = os.stat(path)  # noqa: PTH116 - a third of the time that a Path takes, for each page
            file = (there.st_dev, there.st_ino)
            if getattr(own, "file", None) != file:  # the first time, or a backup was put in its place
                own.connection = sqlite3.connect(address, uri=True, isolation_level=None, timeout=1)
                own.file = file
            return own.connection.execute(QUERY).fetchone()[0]
        except (OSError, sqlite3.Error, TypeError) as error:
            own.__dict__.clear()  # the next one begins anew
            raise Unknown from error

    return read


def _of_engine(engine: sa.Engine) -> Callable[[], int]:
    statement = sa.text(QUERY)

    def read() -> int:
        try:
            with engine.connect() as connection:
                return connection.execute(statement).scalar_one()
        except SQLAlchemyError as error:
            raise Unknown from error

    return read
