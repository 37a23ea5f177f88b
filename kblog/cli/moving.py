"""`flask transfer export` and `verify`, and the import of what they wrote: a site whole, out and in."""

import contextvars
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from hashlib import file_digest
from io import BytesIO
from pathlib import Path

import click
import flask_migrate
from flask import Flask, current_app
from flask.cli import with_appcontext

from kblog import create_app, depot
from kblog.db import db, reads_only, take_time
from kblog.depot import Depot
from kblog.jinja import plural
from kblog.media.store import path_of
from kblog.reviews import link_pictures
from kblog.transfer import portable
from kblog.transfer.records import NotAnExport

from .upgrading import stand_at_head

TOLD = {"reviews": "review", "pages": "page", "comments": "comment", "media": "media file"}
EACH = 50  # addresses between two looks at how far it is
HIDDEN = ("/studio", "/healthz")


@click.command("export")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def export(path: Path) -> None:
    """Write the whole site into a zip at PATH: every text as a portable document, and tables that anybody can read."""
    stand_at_head()
    try:
        with reads_only():
            take_time()
            told = portable.write(db.session(), path, _media(_own()))
    except NotAnExport as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"{path} could not be written: {error.strerror or error}.") from None
    click.echo(f"{path} is written: {_counted(told)}.")
    click.echo("Drafts and held comments are in it too. `flask transfer verify` shows that it is the same site.")


@click.command("verify")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@with_appcontext
def verify(path: Path) -> None:
    """Take the export at PATH into a site of its own, and hold every public page of that against this site's.

    Nothing is changed here. What differs is said in words, and the exit status is then 1.
    """
    stand_at_head()
    try:
        if not portable.is_site(path):
            raise NotAnExport(f"{path.name} is no export of a site; `flask transfer export` writes one.")
        with _elsewhere() as there, portable.opened(path) as found:
            with there.app_context():
                told = _restored(found, there)
                second = Path(there.instance_path) / "again.zip"
                with reads_only():
                    again = portable.write(db.session(), second, _media(depot.of(there.config["KBLOG"].media)))
            with reads_only():
                drawn = link_pictures.held()  # in the background, and named by pages: the other site will have them
            with there.app_context():
                link_pictures.hand_over(drawn)
            compared = _compare(there)
            for sentence in _about_media(told, _own()):
                compared.note(sentence)
    except NotAnExport as error:
        raise click.ClickException(_said(path, error)) from None
    except OSError as error:
        raise click.ClickException(f"{path.name} could not be restored: {error.strerror or error}.") from None
    for name in sorted(told.files.keys() | again.files.keys()):
        if told.files.get(name) != again.files.get(name):
            compared.note(f"{name} is another one when the restored site is written again")
    click.echo(f"{path.name} was restored: {_counted(told)}.")
    if not compared.differing:
        click.echo(f"{compared.asked:,} addresses answer with the same bytes as here.")
        return
    for sentence in compared.told:
        click.echo(f"  - {sentence}")
    if more := compared.differing - len(compared.told):
        click.echo(f"  and {more:,} more")
    asked = plural(compared.asked, "address", "addresses")
    raise click.ClickException(f"It is not this site: {plural(compared.differing, 'difference')} at {asked}.")


def take_in(path: Path, *, dry_run: bool) -> None:
    """Make this empty site the one of an export, and commit; raise NotAnExport, with nothing changed, if not."""
    with portable.opened(path) as found:
        told = portable.check(found)
        take_time()
        portable.restore(db.session(), found, told)
        if dry_run:
            db.session.rollback()
        else:
            try:
                portable.bring_media(found, current_app.config["KBLOG"].media)
            except OSError as error:
                raise NotAnExport(f"Its media cannot be stored: {error.strerror or error}; nothing came in.") from None
            db.session.commit()
    click.echo("Nothing was written: this is what an import would do." if dry_run else "Imported.")
    click.echo(f"  The whole site: {_counted(told)}.")
    click.echo(
        "  What tells one reader from another did not come along: nobody can change an earlier comment of theirs."
    )


def _restored(found: dict, there: Flask) -> portable.Manifest:
    """Take an export into a site that was made for it."""
    told = portable.check(found)
    portable.restore(db.session(), found, told)
    portable.bring_media(found, there.config["KBLOG"].media)
    db.session.commit()
    db.session.remove()
    return told


@contextmanager
def _elsewhere() -> Iterator[Flask]:
    """Make an empty site with the settings of this one; it is gone afterwards."""
    own = current_app.config["KBLOG"]
    with tempfile.TemporaryDirectory(prefix="kblog-verify-", ignore_cleanup_errors=True) as folder:
        there = create_app(replace(own, instance=Path(folder), database_url="", media_at=None, backup_folder=None))
        with there.app_context():
            flask_migrate.upgrade()
        try:
            yield there
        finally:
            with there.app_context():
                db.session.remove()
                db.engine.dispose()


def _compare(there: Flask) -> portable.Compared:
    here = current_app._get_current_object()  # type: ignore[attr-defined]
    wanted = _fixed(here)
    for site in (here, there):
        with site.test_request_context(), reads_only():
            wanted += portable.addresses(db.session())
    is_watched = sys.stderr.isatty()

    def tell(asked: int, known: int) -> None:
        if is_watched and asked % EACH == 0:
            click.echo(f"\r{asked:,} of {known:,} addresses", nl=False, err=True)

    compared = portable.compare(wanted, _drawing(here), _drawing(there), tell)
    if is_watched:
        click.echo("\r", nl=False, err=True)
    return compared


def _about_media(told: portable.Manifest, own: Depot) -> Iterator[str]:
    """Say which of the site's media are not those of the export."""
    here = {f"{portable.MEDIA}/{name}" for name in _names(own)}
    there = {name for name in told.files if name.startswith(f"{portable.MEDIA}/")}
    yield from (f"{name} is not in the export" for name in sorted(here - there))
    yield from (f"{name} is in the export, and not here" for name in sorted(there - here))
    for name in sorted(here & there):
        if _hash(own.lent(name.partition("/")[2])) != told.files[name].sha256:
            yield f"{name} is another file here"


def _fixed(app: Flask) -> list[str]:
    """Name the public addresses that every site has."""
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments]
    return sorted(rule.rule for rule in rules if not rule.rule.startswith(HIDDEN))


def _drawing(app: Flask):
    """Return what asks a site for an address, as a program that counts for no reader."""
    client = app.test_client(use_cookies=False)
    base_url = app.config["KBLOG"].base_url or None

    def draw(address: str) -> portable.Drawn:
        with contextvars.Context().run(client.get, address, base_url=base_url, headers={"User-Agent": ""}) as answer:
            return portable.Drawn(answer.status_code, answer.headers.get("Location", ""), answer.get_data())

    return draw


def _own() -> Depot:
    return depot.of(current_app.config["KBLOG"].media)


def _media(files: Depot) -> Iterator[tuple[str, Path | BytesIO]]:
    return ((name, files.lent(name)) for name in _names(files))


def _names(files: Depot) -> list[str]:
    """Name what goes along of the media: not the smaller versions, which are made anew."""
    return [name for name in files.lying() if not name.startswith(path_of("", is_variant=True))]


def _hash(given: Path | BytesIO) -> str:
    with given.open("rb") if isinstance(given, Path) else given as file:
        return file_digest(file, "sha256").hexdigest()


def _counted(told: portable.Manifest) -> str:
    return ", ".join(plural(told.counts.get(name, 0), one) for name, one in TOLD.items())


def _said(path: Path, error: NotAnExport) -> str:
    return str(error) if path.name in str(error) else f"{path.name}: {error}"
