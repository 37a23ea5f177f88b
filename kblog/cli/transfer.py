"""`flask transfer`: bring a blog in, and take the site out."""

import contextlib
import fcntl
import gc
from collections.abc import Iterator
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from kblog.db import db
from kblog.transfer import FORMATS, detect, loader, portable
from kblog.transfer.records import NotAnExport

from .moving import export, take_in, verify
from .upgrading import bring_to_head

CYCLES = (50_000, 20, 50)  # trees of HTML are cyclic: looking for them a tenth as often saves a tenth of the time


@contextlib.contextmanager
def alone(instance: Path) -> Iterator[None]:
    """Let one import run at a time: two would each find the other's entries half-way in."""
    with (instance / "import.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise click.ClickException("Another import is running; start this one when it has finished.") from None
        yield


@click.group()
def transfer() -> None:
    """Bring a blog in, and take the site out."""


transfer.add_command(export)
transfer.add_command(verify)


@transfer.command("import")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Report what an import would do, and write nothing.")
@click.option("--base-url", default="", help="The old blog's address, where the export does not tell it.")
@with_appcontext
def import_(path: Path, dry_run: bool, base_url: str) -> None:
    """Take in the export at PATH: a Blogger backup (.xml), a Takeout as folder, zip or feed.atom, or documents (.md).

    What `flask transfer export` wrote makes an empty site the one that it was written from.
    """
    gc.set_threshold(*CYCLES)
    bring_to_head()
    try:
        with alone(current_app.config["KBLOG"].instance):
            if portable.is_site(path):
                take_in(path, dry_run=dry_run)
                return
            taking = loader.Loader(db.session())
            found = FORMATS[detect(path)].read(path, base_url=base_url)
            for _ in taking.load(found):
                if not dry_run:
                    db.session.commit()
    except NotAnExport as error:
        db.session.rollback()
        raise click.ClickException(f"{path.name}: {error}" if path.name not in str(error) else str(error)) from None
    if dry_run:
        db.session.rollback()
    click.echo("\n".join(taking.report.lines(dry_run=dry_run)))
