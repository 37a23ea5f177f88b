"""Write the databases of the schemas that have none here yet: `python -m tests.schemas.make`, after a migration.

Each has the tables of its own time, made by its migrations from nothing, and in them what today's program makes of a
few invented texts. What is kept already stays as it is: a released schema does not change.
"""

import contextlib
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import flask_migrate
from alembic.script import ScriptDirectory

from kblog import create_app
from kblog.backup import queries
from kblog.config import ROOT, Config
from kblog.db import db
from kblog.transfer import blogger, loader, storing

from . import HERE, released

EXPORT = ROOT / "tests" / "exports" / "backup.xml"
FERRY = """---
slug: the-last-ferry
kind: drama
published: 2026-03-12T09:00:00Z
description: A ticket clerk and the one passenger who never boards.
verdict: Recommended
tells: "3"
overview:
  - Title: The Last Ferry (막배)
  - Year: 2024
  - Genre: Melodrama, Comedy
  - Starring: Gil Sae-byeok, Ma Eun-gyo
  - Director: Ok Ji-han
  - Number of Episodes: 8
  - Streaming Platform: Viki in the United States (checked March 1, 2026)
characters:
  - Gil Sae-byeok: Seo Nabi
hashtags: ["#TheLastFerry", "#GilSaeByeok", "#KoreanDrama"]
comments:
  - id: 1
    name: Ottilie
    at: 2026-03-13T10:00:00Z
    body: The clerk *knew* all along, ||and so did the gulls||.
  - id: 2
    parent: 1
    name: 하늘
    at: 2026-03-13T11:00:00Z
    body: 정말 그랬어요.
---
## Story

The boat leaves at nine, whoever is late.

::: spoiler 5
He was never going to board.
:::

## Memorable Lines

> A ticket is only a promise with a time on it.
> — Seo Nabi, episode 2
"""
# what a column says where a row is invented; others say their own name
SAYS = {
    "day": "2026-03-12",
    "month": "2026-03-01",
    "active_to": "2026-03-12",
    "occasion": "saved",
    "cause": "checked",
    "state": "visible",
    "reason": "links",
    "fields": '[["body", "Half a sent"]]',
    "tab": "a1b2c3",
    "path": "/2024/01/old-address.html",
    "one": "ma-eun-gyo",
    "other": "ma-eungyo",
}
OTHER_OF_TWO = dict.fromkeys(("revision", "autosave", "redirect", "media_use"), "review_id")  # that the row leaves out
SUMMED = {"day_views", "month_views"}  # the database's own triggers fill these


def main() -> int:
    revisions = [each.revision for each in ScriptDirectory(str(ROOT / "kblog" / "migrations")).walk_revisions()][::-1]
    lacking = [each for each in revisions if each not in released()]
    if not lacking:
        print("Every schema has its database.")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        content = Path(folder) / "content"
        _upgrade(content, "head", fill=True)
        with contextlib.closing(sqlite3.connect(content / "kblog.db")) as connection:
            _complete(connection)
            if wrong := queries.unsound(connection):
                sys.exit("; ".join(wrong))
        for revision in lacking:
            instance = Path(folder) / revision
            _upgrade(instance, revision)
            with contextlib.closing(sqlite3.connect(instance / "kblog.db")) as connection:
                _bring(connection, content / "kblog.db")
                text = "\n".join(_statements(connection)) + "\n"
            (HERE / f"{revision}.sql").write_text(text, encoding="utf-8")
            print(f"{revision}.sql: {len(text) / 1000:.0f} kB")
    return 0


def _upgrade(instance: Path, revision: str, *, fill: bool = False) -> None:
    app = create_app(Config(instance=instance))
    with app.app_context():
        flask_migrate.upgrade(revision=revision)
        if fill:
            for _ in loader.Loader(db.session()).load(blogger.read(EXPORT, base_url="")):
                db.session.commit()
            storing.load_documents(db.session(), [("invented:ferry", FERRY)])
            db.session.commit()
        db.session.remove()
        db.engine.dispose()


def _complete(connection: sqlite3.Connection) -> None:
    """Put a row into each table that is empty, those first that others refer to."""
    empty = [table for table, number in queries.rows(connection).items() if not number and table not in SUMMED]
    while empty:
        names = {
            table: {row[2] for row in connection.execute(f"PRAGMA foreign_key_list('{table}')")} for table in empty
        }
        ready = [table for table in empty if not names[table] & set(empty) - {table}]
        for table in ready or sys.exit(f"{', '.join(empty)} refer to each other: write their rows here"):
            try:
                _invent(connection, table)
            except sqlite3.IntegrityError as error:
                sys.exit(f"{table}: {error}. Say in SAYS what its columns may hold.")
            empty.remove(table)
    connection.commit()


def _invent(connection: sqlite3.Connection, table: str) -> None:
    """Put a row into an empty table."""
    keys = {row[3]: (row[2], row[4] or "id") for row in connection.execute(f"PRAGMA foreign_key_list('{table}')")}
    row: dict[str, object] = {}
    for _, name, kind, is_needed, default, is_key in connection.execute(f"PRAGMA table_info('{table}')"):
        if name in keys:
            other, column = keys[name]
            if OTHER_OF_TWO.get(table) != name:
                row[name] = connection.execute(f'SELECT "{column}" FROM "{other}" ORDER BY 1').fetchone()[0]
        elif kind in ("INTEGER", "BOOLEAN"):
            row[name] = 1
        elif name in SAYS:
            row[name] = SAYS[name]
        elif kind == "DATETIME":
            row[name] = "2026-03-12 09:00:00.000000" if is_needed else None
        elif kind == "DATE":
            row[name] = "2026-03-12"
        elif kind == "JSON":
            row[name] = "[]"
        else:
            row[name] = f"{name} 가나" if default is None or is_key else default.strip("'")
    columns = ", ".join(f'"{name}"' for name in row)
    connection.execute(f'INSERT INTO "{table}" ({columns}) VALUES ({", ".join("?" * len(row))})', [*row.values()])


def _bring(connection: sqlite3.Connection, content: Path) -> None:
    """Fill the tables of an older schema with what today's has in the same columns."""
    connection.execute("ATTACH ? AS content", (str(content),))
    connection.execute("PRAGMA foreign_keys = 0")
    for table in queries.tables(connection):
        if table in SUMMED | {"alembic_version"}:
            continue
        own, new = (
            [row[1] for row in connection.execute(f"PRAGMA {where}.table_info('{table}')")]
            for where in ("main", "content")
        )
        columns = ", ".join(f'"{name}"' for name in own if name in new)
        connection.execute(f'DELETE FROM "{table}"')
        connection.execute(f'INSERT INTO "{table}" ({columns}) SELECT {columns} FROM content."{table}"')
    connection.commit()
    if wrong := queries.unsound(connection):
        sys.exit("; ".join(wrong))


def _columns(connection: sqlite3.Connection, where: str, table: str) -> list[str]:
    return [row[1] for row in connection.execute(f"PRAGMA {where}.table_info('{table}')")]


def _statements(connection: sqlite3.Connection) -> Iterator[str]:
    """Write a database as SQL: its tables, their rows, and then what stands on them."""
    schema = connection.execute(
        "SELECT type, name, sql FROM main.sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid"
    ).fetchall()
    yield "PRAGMA foreign_keys = 0;"
    yield "BEGIN;"
    for kind, name, sql in schema:
        # the index's own tables come with it
        if kind == "table" and name != "sqlite_sequence" and not name.startswith("search_index_"):
            yield f"{sql};"
    for table in queries.tables(connection):
        quoted = ", ".join(f'quote("{name}")' for name in _columns(connection, "main", table))
        for row in connection.execute(f'SELECT {quoted} FROM main."{table}" ORDER BY 1'):
            yield f'INSERT INTO "{table}" VALUES ({", ".join(row)});'
    yield "INSERT INTO search_index(search_index) VALUES ('rebuild');"
    yield from (f"{sql};" for kind, _, sql in schema if kind in ("index", "trigger"))
    yield "COMMIT;"


if __name__ == "__main__":
    sys.exit(main())
