"""`flask transfer`: bring a blog in."""

from functools import partial
from pathlib import Path

import click
from flask.cli import with_appcontext

from kblog.db import db
from kblog.transfer import FORMATS, detect, loader
from kblog.transfer.records import NotAnExport


@click.group()
def transfer() -> None:
    """Bring a blog in."""


@transfer.command("import")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Report what an import would do, and write nothing.")
@click.option("--base-url", default="", help="The old blog's address, where the export does not tell it.")
@with_appcontext
def import_(path: Path, dry_run: bool, base_url: str) -> None:
    """Take in the export at PATH: a Blogger backup (.xml), or a Takeout as folder, zip or feed.atom."""
    try:
        read = partial(FORMATS[detect(path)].read, path, base_url=base_url)
        taking = loader.prepared(db.session(), read(), path.name)
        for _ in taking.load(read()):
            if not dry_run:
                db.session.commit()
    except NotAnExport as error:
        db.session.rollback()
        raise click.ClickException(str(error)) from None
    if dry_run:
        db.session.rollback()
    click.echo("\n".join(taking.report.lines(dry_run=dry_run)))
