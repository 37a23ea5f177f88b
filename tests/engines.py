"""Which engine the tests run on: SQLite, or with KBLOG_TEST_ENGINE=postgresql a real server of its own.

Every instance folder has a database of its own there, named by the folder; a copy of a folder gets a copy of it.
"""

import atexit
import itertools
import os
import shutil
import sqlite3
import threading
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

import kblog.db  # noqa: F401 - whose settings of a connection come first
from bench.postgresql import Server

ENGINE = os.environ.get("KBLOG_TEST_ENGINE", "sqlite")
IS_POSTGRESQL = ENGINE == "postgresql"
SOURCE = "empty_instance"  # the fixture that every other one with a database is made of
MARK = "makes_database"  # for a test that makes one by itself, or starts a program that does
MARKS = (MARK, "of_sqlite", "of_postgresql")
HURRIES = True


def touches_database(item: pytest.Item) -> bool:
    """Whether a test reads or writes a database: its fixtures say so, or its mark."""
    return SOURCE in getattr(item, "fixturenames", ()) or any(map(item.get_closest_marker, MARKS))


def note_test(item: pytest.Item) -> None:
    """Say which test runs from now on."""
    _at_hand[:] = [item]


@sa.event.listens_for(Engine, "engine_connect")
def _look(_connection: sa.Connection) -> None:
    """Let no test touch a database unawares: it would be left out where another engine is tried."""
    is_its_own = threading.current_thread() is threading.main_thread()  # and not of a site that other tests share
    if is_its_own and _at_hand and not touches_database(_at_hand[0]):
        pytest.fail(f"This test touches a database, and nothing says so: mark it {MARK}.", pytrace=False)


@sa.event.listens_for(Engine, "connect")
def _hurry(connection: Any, _record: Any) -> None:
    """Wait for no disk where SQLite commits: what is tested is the site. The programs that tests start and kill do."""
    if HURRIES and isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous = OFF").close()


@lru_cache(maxsize=1)
def server() -> Server:
    """Return the server of this run, started when it is first asked for."""
    made = Server()
    atexit.register(made.remove)
    return made


def database_url(folder: Path) -> str:
    """Return the address of an instance's database, made where there is none yet; "" for the file in the folder."""
    if not IS_POSTGRESQL:
        return ""
    if folder not in _names:
        _names[folder] = _unheard_of()
        server().make(_names[folder])
    return server().url(_names[folder])


def settings(folder: Path) -> dict[str, str]:
    """Return what a process of its own needs in its environment to find an instance's database."""
    url = database_url(folder)
    return {"KBLOG_DATABASE_URL": url} if url else {}


def copy(source: Path, target: Path) -> None:
    """Copy an instance folder with its database; one that is free again, and was a copy of the same, is emptied."""
    shutil.copytree(source, target)
    if not IS_POSTGRESQL:
        return
    name, of = _unheard_of(), _names[source]
    if of == _names.get(_empty) and _free and server().clear(_free[-1], _tables(of)):
        name = _free.pop()
    else:
        server().let_go(of)
        server().make(name, of)
    _names[target], _origins[name] = name, of


def forget(folder: Path) -> None:
    """Remove the database of an instance that nobody needs any more, or keep it for the next one."""
    name = _names.pop(folder, "")
    if name and _origins.get(name) == _names.get(_empty):
        _free.append(name)
    elif name:
        server().drop(name)


def note_empty(folder: Path) -> None:
    """Say which instance is at head and empty: most copies are of that one."""
    _names[_empty] = _names.get(folder, "")


@lru_cache(maxsize=1)
def _tables(name: str) -> set[str]:
    """Name the tables that an empty instance has."""
    return server().tables(name)


def _unheard_of() -> str:
    return f"t{next(_numbers)}"


_at_hand: list[pytest.Item] = []
_empty = Path()
_numbers = itertools.count()
_names: dict[Path, str] = {}  # of databases, by their instance's folder
_origins: dict[str, str] = {}  # which database each was copied from
_free: list[str] = []
