"""`flask transfer`: bring a blog in."""

import contextlib
import fcntl
import gc
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from kblog.db import db
from kblog.transfer import FORMATS, detect, loader
from kblog.transfer.records import NotAnExport, Record

from .importing import CYCLES, work
from .upgrading import bring_to_head


@contextlib.contextmanager
def alone(instance: Path) -> Iterator[None]:
    """Let one import run at a time: two would each find the other's entries half-way in."""
    with (instance / "import.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise click.ClickException("Another import is running; start this one when it has finished.") from None
        yield


@contextlib.contextmanager
def shown(read: Callable[[], Iterator[Record]]) -> Iterator[Iterator[Record]]:
    """Give the records out, and show on a terminal how far they are; they are counted first. A pipe gets no bar."""
    screen = sys.stderr
    if not screen.isatty():
        yield read()
        return
    number = sum(1 for _ in read())
    with click.progressbar(read(), number, "Importing", file=screen, show_percent=True, show_pos=True) as records:
        yield records


@click.group()
def transfer() -> None:
    """Bring a blog in."""


@transfer.command("import")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Report what an import would do, and write nothing.")
@click.option("--base-url", default="", help="The old blog's address, where the export does not tell it.")
@with_appcontext
def import_(path: Path, dry_run: bool, base_url: str) -> None:
    """Take in the export at PATH.

    It may be a Blogger backup (.xml), a Takeout as folder, zip or feed.atom, or a WordPress export (.xml, or several
    in a zip or folder).
    """
    gc.set_threshold(*CYCLES)
    bring_to_head()
    try:
        with alone(current_app.config["KBLOG"].instance):
            taking = loader.Loader(db.session())
            reader = FORMATS[detect(path)]
            with shown(lambda: reader.read(path, base_url=base_url)) as found:
                for _ in taking.load(found):
                    if not dry_run:
                        db.session.commit()
    except NotAnExport as error:
        db.session.rollback()
        raise click.ClickException(f"{path.name}: {error}" if path.name not in str(error) else str(error)) from None
    if dry_run:
        db.session.rollback()
    click.echo("\n".join(taking.report.lines(dry_run=dry_run)))


transfer.add_command(work)
