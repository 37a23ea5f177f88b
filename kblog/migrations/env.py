"""How Alembic reaches K-Blog's database: the app's own engine, one transaction for each migration."""

from alembic import context
from flask import current_app

from kblog import storage
from kblog.search import TABLE

database = current_app.extensions["migrate"].db


def is_ours(_object, name: str | None, kind: str, _reflected, _compare_to) -> bool:
    """Leave the full-text tables alone: their DDL is in `kblog.search`, not in the metadata."""
    return kind != "table" or not (name or "").startswith(TABLE)


storage.create(database.engine.url.database or "")
with database.engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=database.metadata,
        include_object=is_ours,
        render_as_batch=True,
        transaction_per_migration=True,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
