"""`flask transfer`: bring a blog in, and take the site out."""

import contextlib
import gc
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from kblog.config import VERSION
from kblog.db import alone_among_machines, db
from kblog.media import fetching
from kblog.storage import locked
from kblog.transfer import FORMATS, albums, detect, loader, portable, report
from kblog.transfer.pictures import Bringing
from kblog.transfer.records import NotAnExport, Record

from .importing import CYCLES, LOCK, work
from .moving import export, take_in, verify
from .upgrading import bring_to_head, stand_at_head


@contextlib.contextmanager
def alone(instance: Path) -> Iterator[None]:
    """Let one import run at a time: two would each find the other's entries half-way in."""
    with locked(instance / LOCK) as is_mine, alone_among_machines(LOCK) as is_everywhere:
        if not (is_mine and is_everywhere):
            raise click.ClickException("Another import is running; start this one when it has finished.")
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
    """Bring a blog in, and take the site out."""


transfer.add_command(export)
transfer.add_command(verify)


@transfer.command("import")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Report what an import would do, and write nothing.")
@click.option("--base-url", default="", help="The old blog's address, where the export does not tell it.")
@click.option("--fetch-images", is_flag=True, help="Then fetch what is in no album, as fetch-images does.")
@with_appcontext
def import_(path: Path, dry_run: bool, base_url: str, fetch_images: bool) -> None:
    """Take in the export at PATH.

    It may be a Blogger backup (.xml), a Takeout as folder, zip or feed.atom, a WordPress export (.xml, or several in a
    zip or folder), an export of Ghost (.json), or documents (.md). What `flask transfer export` wrote makes an empty
    site the one that it was written from.

    The pictures in a Takeout's albums come in with the texts that show them. A part of a Takeout that holds nothing but
    pictures is taken after the one with the texts.
    """
    gc.set_threshold(*CYCLES)
    bring_to_head()
    config = current_app.config["KBLOG"]
    try:
        with alone(config.instance):
            if portable.is_site(path):
                take_in(path, dry_run=dry_run)
                return
            taking = loader.Loader(db.session())
            if not albums.stand_alone(path):
                reader = FORMATS[detect(path)]
                with shown(lambda: reader.read(path, base_url=base_url)) as found:
                    for _ in taking.load(found):
                        if not dry_run:
                            db.session.commit()
            bringing = Bringing(db.session(), config.media, taking.report, dry_run=dry_run)
            _take(bringing.from_albums(path), dry_run=dry_run)
            if fetch_images and not dry_run:
                _take(bringing.fetch(_get()))
    except NotAnExport as error:
        db.session.rollback()
        raise click.ClickException(f"{path.name}: {error}" if path.name not in str(error) else str(error)) from None
    if dry_run:
        db.session.rollback()
    click.echo("\n".join(taking.report.lines(dry_run=dry_run)))


@transfer.command("fetch-images")
@with_appcontext
def fetch_images() -> None:
    """Fetch the pictures that texts show from other sites, one at a time; a second run goes on with the rest."""
    stand_at_head()
    config = current_app.config["KBLOG"]
    told = report.Report()
    with alone(config.instance):
        _take(Bringing(db.session(), config.media, told).fetch(_get()))
    click.echo("\n".join(told.picture_lines()))


def _get() -> Callable[[str], bytes]:
    """Return what fetches a file of the public internet."""
    asking = fetching.public(VERSION, current_app.config["KBLOG"].base_url)
    return lambda url: fetching.fetch(url, asking)


def _take(steps: Iterable[None], *, dry_run: bool = False) -> None:
    """Commit each step, or let go of it in a dry run; a disk that takes nothing more ends it in a sentence."""
    try:
        for _ in steps:
            if dry_run:
                db.session.rollback()
            else:
                db.session.commit()
    except OSError as error:
        db.session.rollback()
        said = f"No more pictures can be stored: {error.strerror or error}. What is in stays; the next run goes on."
        raise click.ClickException(said) from None


transfer.add_command(work)
