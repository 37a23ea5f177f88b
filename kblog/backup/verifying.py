"""Whether a backup is what it says it is, and could be put back."""

import contextlib
import sqlite3

from kblog import schema
from kblog.config import Refused

from . import manifest, queries
from .folder import Backup
from .places import DATABASE, Places


def verify(backup: Backup) -> list[str]:
    """Say what is wrong with a backup, a sentence each; nothing where every byte is as it was written."""
    try:
        told = manifest.read(backup.path)
    except manifest.Unreadable as error:
        return [str(error)]
    wrong = []
    for path, file in told.files.items():
        try:
            found = manifest.look(backup.path / path)
        except OSError as error:
            wrong.append(f"{path} cannot be read: {error.strerror}")
        else:
            if found != file:
                wrong.append(f"{path} is not the file that was kept: {_difference(found, file)}")
    strange = set(manifest.files(backup.path)) - told.files.keys() - {manifest.NAME}
    wrong += [f"{path} was put there since" for path in sorted(strange)]
    if DATABASE not in told.files:
        wrong.append("there is no database in it")
    elif not wrong:
        wrong += database_trouble(backup, told)
    return wrong


def database_trouble(backup: Backup, told: manifest.Manifest) -> list[str]:
    """Say what is wrong with the copy of the database: how it is built, and what is in it."""
    try:
        with contextlib.closing(queries.at_rest(backup.path / DATABASE)) as connection:
            found, rows = queries.schema(connection), queries.rows(connection)
            wrong = queries.unsound(connection)
    except sqlite3.Error as error:
        return [f"the database cannot be read: {error}"]
    wrong += [
        f"{table} has {rows.get(table, 0):,} rows where {told.rows.get(table, 0):,} were counted"
        for table in sorted(rows.keys() | told.rows.keys())
        if rows.get(table) != told.rows.get(table)
    ]
    if found != told.schema:
        wrong.append(f"its schema is {found or 'none'}, not {told.schema or 'none'}")
    return wrong


def refuse_newer(places: Places) -> None:
    """End a server's start where a newer program made the database; what cannot be read, the site has words for."""
    with contextlib.suppress(sqlite3.Error), contextlib.closing(queries.opened(places.database)) as connection:
        if words := schema.trouble(queries.schema(connection)):
            raise Refused(words)


def refusal(told: manifest.Manifest) -> str:
    """Say why this program cannot take a sound backup; "" where it can."""
    return schema.trouble(told.schema)


def _difference(found: manifest.File, told: manifest.File) -> str:
    if found.size != told.size:
        return f"{found.size:,} bytes in place of {told.size:,}"
    return "its bytes differ"
