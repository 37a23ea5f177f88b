"""`flask serve`: everything between a fresh database and a served site."""

import os
import sys

import click
import flask_migrate
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from flask.cli import with_appcontext

from kblog.auth import queries, seals
from kblog.comments import posting
from kblog.db import db, now

from .site import complete_index, load_samples

MOST_STOPPING = 20  # seconds until a worker that does not stop is ended
MOST_HEADERS = 10_000  # milliseconds for a request's headers to arrive


def bring_to_head() -> None:
    """Bring the database to the newest migration, unless it is there already."""
    scripts = ScriptDirectory(current_app.extensions["migrate"].directory)
    at = MigrationContext.configure(db.session.connection()).get_current_revision()
    if at != scripts.get_current_head():
        db.session.remove()  # the migration takes the write lock on a connection of its own
        flask_migrate.upgrade()


@click.command()
@click.option("--dev", is_flag=True, help="Reload on changes and show debug pages.")
@with_appcontext
def serve(dev: bool) -> None:
    """Bring the database to head, load the samples into an empty one, and serve."""
    config = current_app.config["KBLOG"]
    bring_to_head()
    if folded := complete_index():
        click.echo(f"{folded} reviews indexed anew for the search.")
    if config.demo and (loaded := load_samples()):
        click.echo(f"{loaded} sample reviews loaded; the first import takes them away.")
    posting.forget_networks(db.session(), now())  # also where nobody has posted since
    db.session.commit()
    address = config.base_url or f"http://{config.host}:{config.port}"
    click.echo(f"K-Blog is at {address}/ (stop it with Ctrl+C)")
    if not queries.has_author():
        token = seals.SET_UP.sign(current_app.config["SECRET_KEY"], "author")
        click.echo(f"Set the studio up, within 24 hours: {address}/studio/setup?token={token}")
    sys.stdout.flush()
    if dev:
        arguments = [sys.executable, "-m", "flask", "--app", "app", "run", "--debug"]
        os.execv(sys.executable, [*arguments, "--host", config.host, "--port", str(config.port)])
    arguments = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--log-level", "warning"]
    arguments += ["--http", "1"]  # what a proxy speaks to us; the limit on slow headers is for this version alone
    arguments += ["--host", config.host, "--port", str(config.port)]
    # a worker that is told to stop while it starts does not hear it; one at work finishes what it has begun
    arguments += ["--workers-kill-timeout", str(MOST_STOPPING), "--http1-header-read-timeout", str(MOST_HEADERS)]
    arguments += ["--workers", str(config.workers), "--blocking-threads", str(config.threads), "app:app"]
    os.execv(sys.executable, arguments)
