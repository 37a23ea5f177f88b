"""How Alembic reaches K-Blog's database: kept first as it was, then changed in one transaction, or not at all."""

import contextlib
import sqlite3

import click
from alembic import context
from alembic.runtime.migration import RevisionStep
from alembic.util import CommandError
from flask import current_app
from sqlalchemy.exc import OperationalError

from kblog import backup, schema, storage
from kblog.backup import queries
from kblog.db import now
from kblog.search import TABLE

database = current_app.extensions["migrate"].db
FOREIGN = (TABLE, "_litestream_")  # tables whose DDL is not in the metadata: the index's is in `kblog.search`


def is_ours(_object, name: str | None, kind: str, _reflected, _compare_to) -> bool:
    """Leave alone what no model describes."""
    return kind != "table" or not (name or "").startswith(FOREIGN)


places = backup.Places.of(current_app.config["KBLOG"])


def schema_there() -> str:
    """Return the schema of the database as it is; refuse one that a newer program made."""
    if not places.database.is_file():
        return ""
    try:
        with contextlib.closing(queries.opened(places.database)) as connection:
            at = queries.schema(connection)
    except sqlite3.Error as error:
        raise CommandError(f"The database at {places.database} cannot be read: {error}.") from error
    if words := schema.trouble(at):
        raise CommandError(words)
    return at


def keep_as_it_was(at: str) -> None:
    """Back up a database that is about to change."""
    migrations = context.get_context()
    if not at or "destination_rev" not in migrations.opts:  # nothing is there yet, or nothing is to change
        return
    steps = [each for each in migrations.opts["fn"]((at,), migrations) if isinstance(each, RevisionStep)]
    if not steps:
        return
    to = "".join(steps[-1].to_revisions) or "base"
    try:
        kept = backup.make(places, f"before-{to}", now())
    except backup.Failed as error:
        raise CommandError(
            f"The database stays at schema {at}, since it could not be backed up first. {error}"
        ) from None
    click.echo(f"The database goes from schema {at} to {to}; as it was, it is kept: {kept.name}.")


there = schema_there()
storage.create(database.engine.url.database or "")
with database.engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=database.metadata,
        include_object=is_ours,
        render_as_batch=True,
        transactional_ddl=True,  # SQLite's is: `kblog.db` begins where Alembic says, and not where the driver guesses
        transaction_per_migration=False,
        compare_type=True,
    )
    keep_as_it_was(there)
    try:
        with context.begin_transaction():
            context.run_migrations()
    except OperationalError as error:
        raise CommandError(f"The database stays as it was: {error.orig}.") from error
