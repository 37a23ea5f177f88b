"""The database's schema before a command begins: brought to this program's, or refused in a sentence."""

import click
import flask_migrate
from alembic.migration import MigrationContext
from sqlalchemy.exc import DatabaseError

from kblog import schema, storage
from kblog.config import VERSION
from kblog.db import db, is_on_server, reads_only, trouble


def bring_to_head() -> None:
    """Bring the database to the newest migration, unless it is there already; refuse one that a newer program made."""
    if not is_on_server():
        storage.create(db.engine.url.database or "")
    if _revision() != schema.head():
        if found := trouble():
            words = f"The database cannot be brought to schema {schema.head()}: {found.value}. {found.way_on}"
            raise click.ClickException(words)
        flask_migrate.upgrade()


def stand_at_head() -> None:
    """Refuse to work with a database whose schema is another program's."""
    if (at := _revision()) != schema.head():
        raise click.ClickException(
            f"The database has schema {at or 'none'}, and K-Blog {VERSION} needs {schema.head()}: `flask db upgrade` or"
            " the next start of the site brings it there."
        )


def _revision() -> str:
    """Return the schema's revision, unless this program does not know it; hold nothing: a migration takes the lock."""
    try:
        with reads_only():
            at = MigrationContext.configure(db.session.connection()).get_current_revision() or ""
    except DatabaseError as error:
        raise click.ClickException(f"The database cannot be read: {error.orig}.") from error
    finally:
        db.session.remove()
    if words := schema.trouble(at):
        raise click.ClickException(words)
    return at
