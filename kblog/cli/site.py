"""`flask demo`, `flask reindex`, `flask rerender`: the site's own upkeep."""

from collections.abc import Iterator, Sequence

import click
import sqlalchemy as sa
from flask.cli import with_appcontext

from kblog import search
from kblog.db import db
from kblog.media import queries, variants
from kblog.models import Comment, Page, Review, SearchEntry, Setting
from kblog.models.review import foldable, refold
from kblog.transfer import rows, samples, storing

from .upgrading import stand_at_head

CHUNK = 100  # texts between two commits: the write lock is never held long


@click.group()
def demo() -> None:
    """The sample reviews."""


@demo.command("load")
@with_appcontext
def load() -> None:
    """Load the sample reviews into an empty database."""
    stand_at_head()
    loaded = load_samples()
    none = "Nothing was loaded: samples come into an empty site, and once."
    click.echo(f"{loaded} sample reviews loaded." if loaded else none)


@demo.command("remove")
@with_appcontext
def remove() -> None:
    """Take away the sample reviews that nobody changed or answered."""
    stand_at_head()
    removed, kept = samples.remove(db.session())
    db.session.commit()
    click.echo(f"{removed} sample reviews taken away{f'; {kept} kept, they were changed or answered' if kept else ''}.")


def load_samples() -> int:
    """Load the samples where there is nothing yet, and commit; return how many."""
    if not samples.is_wanted(db.session()):
        return 0
    taken = storing.load_documents(db.session(), samples.documents())
    db.session.merge(Setting(name="author", value=samples.AUTHOR))
    db.session.commit()
    return taken


@click.command()
@with_appcontext
def reindex() -> None:
    """Build the full-text index anew, and fold every review's text anew into it."""
    stand_at_head()
    search.rebuild(db.session.connection())  # first: the triggers below fail on an index that is not sound
    db.session.commit()
    _fold_anew(sa.select(Review.id))
    click.echo("The index is rebuilt.")


def complete_index() -> int:
    """Fold the reviews whose search entry is older than this program, or lost, and commit; return how many."""
    complete = sa.exists().where(SearchEntry.review_id == Review.id, SearchEntry.passages.is_not(None))
    return _fold_anew(sa.select(Review.id).where(~complete))


def _fold_anew(wanted: sa.Select[int]) -> int:
    folded = 0
    for ids in _chunks(wanted):
        for review in db.session.scalars(foldable(ids)):
            refold(review)
            folded += 1
        _write()
    return folded


@click.command()
@with_appcontext
def rerender() -> None:
    """Draw every stored text anew, after the sanitiser's policy or what an overview is understood as changed.

    Pictures of which no smaller versions could be made get another try, by the site while it runs.
    """
    stand_at_head()
    variants.want_anew(db.session(), queries.given_up(db.session()))
    db.session.commit()
    drawn = 0
    for ids in _chunks(sa.select(Review.id)):
        for review in db.session.scalars(foldable(ids)):
            rows.say(review, rows.document_of(review))
            review.body = review.body
            if review.cover:
                review.cover = review.cover
            refold(review)  # also where nothing was drawn differently
            drawn += 1
        _write()
    for model in (Page, Comment):
        for ids in _chunks(sa.select(model.id)):
            for text in db.session.scalars(sa.select(model).where(model.id.in_(ids))):
                text.body = text.body
                drawn += 1
            _write()
    click.echo(f"{drawn} texts drawn anew.")


def _chunks(wanted: sa.Select[int]) -> Iterator[Sequence[int]]:
    ids = db.session.scalars(wanted.order_by(*wanted.selected_columns)).all()
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]


def _write() -> None:
    """Commit a chunk, and let go of it."""
    db.session.commit()
    db.session.expunge_all()
