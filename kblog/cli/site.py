"""`flask demo`, `flask reindex`, `flask rerender`: the site's own upkeep."""

import click
import sqlalchemy as sa
from flask.cli import with_appcontext

from kblog import search
from kblog.db import db
from kblog.models import Comment, Page, Review, Setting
from kblog.transfer import loader, samples

CHUNK = 100  # texts between two commits: the write lock is never held long


@click.group()
def demo() -> None:
    """The sample reviews."""


@demo.command("load")
@with_appcontext
def load() -> None:
    """Load the sample reviews into an empty database."""
    click.echo(f"{load_samples()} sample reviews loaded.")


@demo.command("remove")
@with_appcontext
def remove() -> None:
    """Take away the sample reviews that nobody changed or answered."""
    removed, kept = samples.remove(db.session())
    db.session.commit()
    click.echo(f"{removed} sample reviews taken away{f'; {kept} kept, they were changed or answered' if kept else ''}.")


def load_samples() -> int:
    """Load the samples where there is nothing yet, and commit; return how many."""
    if not samples.is_wanted(db.session()):
        return 0
    taken = loader.load_documents(db.session(), samples.documents())
    db.session.merge(Setting(name="author", value=samples.AUTHOR))
    db.session.commit()
    return taken


@click.command()
@with_appcontext
def reindex() -> None:
    """Build the full-text index anew from the search entries."""
    search.rebuild(db.session.connection())
    db.session.commit()
    click.echo("The index is rebuilt.")


@click.command()
@with_appcontext
def rerender() -> None:
    """Draw every stored text anew, after the sanitiser's policy changed."""
    drawn = 0
    for model in (Review, Page, Comment):
        ids = db.session.scalars(sa.select(model.id).order_by(model.id)).all()
        for start in range(0, len(ids), CHUNK):
            for text in db.session.scalars(sa.select(model).where(model.id.in_(ids[start : start + CHUNK]))):
                text.body = text.body
                drawn += 1
            db.session.commit()
            db.session.expunge_all()
    click.echo(f"{drawn} texts drawn anew.")
