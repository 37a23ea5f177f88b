"""How Alembic reaches K-Blog's database: kept first as it was, then changed in one transaction, or not at all."""

import contextlib
import sqlite3

import click
import sqlalchemy as sa
from alembic import context
from alembic.runtime.migration import RevisionStep
from alembic.util import CommandError
from flask import current_app
from sqlalchemy.exc import OperationalError

from kblog import backup, postgres, schema, storage
from kblog.backup import queries
from kblog.db import now
from kblog.migrations import postgresql
from kblog.search import fts5, tsvector

database = current_app.extensions["migrate"].db
# What is described in `kblog.search` and nowhere in the metadata: a table of SQLite's, columns of PostgreSQL's.
FOREIGN = (fts5.TABLE, "_litestream_", *tsvector.VECTORS, *(f"ix_search_entry_{name}" for name in tsvector.VECTORS))


def is_ours(_object, name: str | None, kind: str, _reflected, _compare_to) -> bool:
    """Leave alone what no model describes; on PostgreSQL, that references are deferrable, too."""
    if kind == "foreign_key_constraint" and database.engine.dialect.name == "postgresql":
        return False
    return not (name or "").startswith(FOREIGN)


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


def run(connection: sa.Connection) -> None:
    """Bring the schema to where it was asked to be, in one transaction."""
    context.configure(
        connection=connection,
        target_metadata=database.metadata,
        include_object=is_ours,
        render_as_batch=True,
        transactional_ddl=True,  # SQLite's is: `kblog.sqlite` begins where Alembic says, and not where the driver guesses
        transaction_per_migration=False,
        compare_type=True,
    )
    if connection.dialect.name == "sqlite":
        keep_as_it_was(there)
    try:
        with context.begin_transaction():
            if connection.dialect.name == "postgresql":
                begin_on_postgresql(connection)
            context.run_migrations()
    except OperationalError as error:
        raise CommandError(f"The database stays as it was: {error.orig}.") from error


def begin_on_postgresql(connection: sa.Connection) -> None:
    """Make the schema of an empty database at once; refuse one that cannot hold a site, or that a newer program made."""
    try:
        postgres.look_over(connection.connection.cursor())
    except postgres.Unfit as error:
        raise CommandError(str(error)) from None
    migrations = context.get_context()
    at = migrations.get_current_revision() or ""
    if words := schema.trouble(at):
        raise CommandError(words)
    if not at and "destination_rev" in migrations.opts:
        postgresql.create(connection, database.metadata)
        migrations.stamp(context.script, schema.head())


if database.engine.dialect.name == "sqlite":
    there = schema_there()
    storage.create(database.engine.url.database or "")
with database.engine.connect() as connection:
    run(connection)
