"""`flask serve`: everything between a fresh database and a served site."""

import os
import socket
import sqlite3
import sys

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import DatabaseError

from kblog import depot, postgres, storage
from kblog.auth import queries, seals
from kblog.comments import posting
from kblog.config import Config
from kblog.db import db, is_on_server, now, reads_only, trouble
from kblog.storage import Trouble

from .site import complete_index, load_samples
from .upgrading import bring_to_head

MOST_STOPPING = 20  # seconds until a worker that does not stop is ended
READY_AFTER = "5"  # seconds that a fresh worker gets at a reload, until the one before it ends: one starts in two
MOST_HEADERS = 10_000  # milliseconds for a request's headers to arrive


def look_whether_free(host: str, port: int) -> None:
    """Refuse to start where somebody else listens already: two servers would share the readers out between them."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # connections of a server before are no server
            trial.bind((host, port))
    except OSError as error:
        said = f"{host}:{port} cannot be served ({error.strerror})."
        raise click.ClickException(f"{said} HOST and PORT name another place: PORT={port + 1} make run") from None


def look_over() -> Trouble | None:
    """Look the database over before anything is done with it; return what keeps it from taking something in.

    What is damaged or cannot be written is served as far as it can be read; what is no database at all is not.
    """
    if is_on_server():
        return _look_over_server()
    path = db.engine.url.database or ""
    try:
        storage.create(path)
        storage.check(path)
    except (OSError, sqlite3.DatabaseError) as error:
        raise click.ClickException(
            f"{path} cannot be read as a database ({error}). Put a backup in its place: flask backup restore"
        ) from None
    return trouble()


def _look_over_server() -> Trouble | None:
    """Look whether the server has a database that can hold a site."""
    try:
        with reads_only():
            postgres.look_over(db.session.connection().connection.cursor())
    except postgres.Unfit as error:
        raise click.ClickException(str(error)) from None
    except DatabaseError as error:
        said = " ".join(str(error.orig).split())
        raise click.ClickException(f"The database cannot be reached: {said}") from None
    return trouble()


def make_ready(config: Config) -> None:
    """Write what a start has to write."""
    if folded := complete_index():
        click.echo(f"{folded} reviews indexed anew for the search.")
    if config.demo and (loaded := load_samples()):
        click.echo(f"{loaded} sample reviews loaded; the first import takes them away.")
    posting.forget_networks(db.session(), now())  # also where nobody has posted since
    db.session.commit()


def warn(config: Config) -> None:
    """Say what is asked for and cannot be, or only on one machine."""
    if not config.sees_all_media:
        words = "The pictures lie in this machine's folder: before a second machine joins, set KBLOG_MEDIA"
        click.echo(f"{words} (docs/media.md).", err=True)
    if config.mail_url and not config.sends_mail:
        click.echo("Mail stays off: the links in it need KBLOG_BASE_URL, the site's own address.", err=True)
    if words := depot.of(config.media).look():
        click.echo(f"No picture can be shown or taken in: {words}.", err=True)


def share_the_core() -> None:
    """Let the threads of this process, and of all it becomes, finish their turn before the next one takes the core.

    A worker's network thread hands each request to a thread of Python. Woken one at a time, the two change places
    twice a request; so the network thread first hands over all that has arrived (Linux, sched(7), SCHED_BATCH).
    """
    if hasattr(os, "SCHED_BATCH"):
        try:
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
        except OSError as error:  # a container may forbid it; the site is only slower
            click.echo(f"The kernel does not let the server set its scheduling ({error.strerror}).", err=True)


@click.command()
@click.option("--dev", is_flag=True, help="Reload on changes and show debug pages.")
@with_appcontext
def serve(dev: bool) -> None:
    """Bring the database to head, load the samples into an empty one, and serve."""
    config = current_app.config["KBLOG"]
    look_whether_free(config.host, config.port)
    found = look_over()
    bring_to_head()
    if found:
        click.echo(f"The site can only be read: {found.value}. {found.way_on}", err=True)
    else:
        make_ready(config)
    db.session.remove()
    address = config.base_url or f"http://{config.host}:{config.port}"
    click.echo(f"K-Blog is at {address}/ (stop it with Ctrl+C)")
    if not queries.has_author():
        token = seals.SET_UP.sign(current_app.config["SECRET_KEY"], "author")
        click.echo(f"Set the studio up, within 24 hours: {address}/studio/setup?token={token}")
    warn(config)
    sys.stdout.flush()
    if dev:
        arguments = [sys.executable, "-m", "flask", "--app", "app", "run", "--debug"]
        os.execv(sys.executable, [*arguments, "--host", config.host, "--port", str(config.port)])
    os.environ.pop("FLASK_RUN_FROM_CLI", None)  # what begins here is no command any more: `app.py` asks
    arguments = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--log-level", "warning"]
    arguments += ["--http", "1"]  # what a proxy speaks to us; the limit on slow headers is for this version alone
    arguments += ["--host", config.host, "--port", str(config.port)]
    # a worker that is told to stop while it starts does not hear it; one at work finishes what it has begun
    arguments += ["--workers-kill-timeout", str(MOST_STOPPING), "--http1-header-read-timeout", str(MOST_HEADERS)]
    # else one worker that dies, of too little memory or a disk's error, takes the whole site with it
    arguments += ["--respawn-failed-workers", "--respawn-interval", READY_AFTER]
    arguments += ["--workers", str(config.workers), "--blocking-threads", str(config.threads), "app:app"]
    share_the_core()
    os.execv(sys.executable, arguments)
