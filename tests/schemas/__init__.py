"""A real database of every schema that was released, as SQL, and how it becomes a file again."""

import contextlib
import sqlite3
from pathlib import Path

from kblog.backup import queries

Content = dict[str, dict[str, list[str]]]  # by table and column, in the order of the table's key

HERE = Path(__file__).parent


def released() -> list[str]:
    """Name the schemas that are kept here, the oldest first."""
    return sorted(path.stem for path in HERE.glob("*.sql"))


def build(revision: str, database: Path) -> None:
    """Make a file of a kept database."""
    for path in database.parent.glob(f"{database.name}*"):
        path.unlink()
    with contextlib.closing(sqlite3.connect(database)) as connection:
        connection.executescript((HERE / f"{revision}.sql").read_text(encoding="utf-8"))


def content(database: Path) -> Content:
    """Read everything that is in a database."""
    found: Content = {}
    with contextlib.closing(queries.opened(database)) as connection:
        for table in queries.tables(connection):
            told = connection.execute(f"PRAGMA table_info('{table}')").fetchall()
            names = [row[1] for row in told]
            key = ", ".join(f'"{row[1]}"' for row in told if row[5]) or "rowid"
            quoted = ", ".join(f'quote("{name}")' for name in names)
            rows = connection.execute(f'SELECT {quoted} FROM "{table}" ORDER BY {key}').fetchall()
            found[table] = {name: [row[n] for row in rows] for n, name in enumerate(names)}
    del found["alembic_version"]
    return found


def shared(one: Content, other: Content) -> Content:
    """Return of the first what both have a place for."""
    return {
        table: {name: values for name, values in columns.items() if name in other[table]}
        for table, columns in one.items()
        if table in other
    }


def plan(database: Path) -> dict[str, object]:
    """Say how a database is built: each table with its columns, keys, indexes and checks, in no order."""
    with contextlib.closing(queries.opened(database)) as connection:
        found: dict[str, object] = {}
        for table in queries.tables(connection):
            columns = {row[1:] for row in connection.execute(f"PRAGMA table_info('{table}')")}
            keys = {row[2:] for row in connection.execute(f"PRAGMA foreign_key_list('{table}')")}
            indexes = connection.execute(f"PRAGMA index_list('{table}')").fetchall()
            found[table] = columns, keys, {(row[1], *_columns(connection, row[1]), *row[2:]) for row in indexes}
        told = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' OR name = 'search_index'")
        return found | dict(told)


def _columns(connection: sqlite3.Connection, index: str) -> list[str]:
    return [row[2] for row in connection.execute(f"PRAGMA index_info('{index}')")]
