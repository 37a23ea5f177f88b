"""`flask backup`: make a backup, list those there are, look whether they are good, put one back."""

import click
from flask import current_app
from flask.cli import with_appcontext

from kblog import backup as backups
from kblog import schema
from kblog.backup import manifest
from kblog.backup.folder import BY_HAND
from kblog.db import db, now
from kblog.jinja import plural

from .upgrading import bring_to_head

WITHIN = {"review": "review", "page": "page", "comment": "comment"}  # what is told of a database


@click.group("backup")
def backup() -> None:
    """Copies of the database and the media, in backups/ of the instance folder."""


@backup.command("create")
@with_appcontext
def create() -> None:
    """Make a backup now, also while the site runs; it stays until you remove its folder."""
    places = _places()
    try:
        made = backups.make(places, BY_HAND, now())
    except backups.Failed as error:
        raise click.ClickException(str(error)) from None
    told = manifest.read(made.path)
    click.echo(f"{made.name} is made: {_holds(told)}.")
    click.echo(f"It lies in {made.path}. A copy on another machine is safer still.")
    if told.media_at:
        click.echo(f"The pictures are not in it: they lie in {told.media_at}. Let the store keep what is taken away.")


@backup.command("list")
@with_appcontext
def list_() -> None:
    """List the backups, the newest first."""
    places = _places()
    found = backups.kept(places.folder)
    for each in found:
        try:
            told = manifest.read(each.path)
            click.echo(f"{each.name:32} {_megabytes(told.size):>10}  schema {told.schema or 'none'}  {_holds(told)}")
        except manifest.Unreadable as error:
            click.echo(f"{each.name:32} {error}")
    if failed := backups.trouble(places):
        click.echo(f"The daily backup failed at {failed.moment:%Y-%m-%d %H:%M} UTC. {failed.words}")
    if not found:
        click.echo(f"There is no backup in {places.folder} yet; `flask backup create` makes one.")


@backup.command("verify")
@click.argument("name", required=False)
@click.option("--all", "every", is_flag=True, help="Look at every backup there is.")
@with_appcontext
def verify(name: str | None, every: bool) -> None:
    """Look whether the backup NAME (or at a path; the newest, where none is named) is as it was made."""
    if every and name:
        raise click.UsageError("Give a name or --all, not both.")
    asked = backups.kept(_places().folder) if every else [_found(name)]
    if not asked:
        raise click.ClickException("There is no backup to look at.")
    bad = 0
    for each in asked:
        wrong = backups.verify(each)
        bad += bool(wrong)
        click.echo(f"{each.name} is no good: {'; '.join(wrong)}." if wrong else f"{each.name} is good.")
    if bad:
        raise click.exceptions.Exit(1)


@backup.command("restore")
@click.argument("name", required=False)
@click.option("--yes", is_flag=True, help="Put it in the place of what is there, which is backed up first.")
@with_appcontext
def restore(name: str | None, yes: bool) -> None:
    """Put the backup NAME (or at a path; the newest, where none is named) back; it is looked at first."""
    places, chosen = _places(), _found(name)
    there = backups.present(places)
    if there is not None and not yes:
        raise click.ClickException(
            f"There is a site in {places.database.parent} already ({_counted(there) or 'it cannot be read'}). Nothing"
            f" was changed. To put {chosen.name} in its place, say --yes; what is there is kept as a backup of its own."
        )
    db.session.remove()
    db.engine.dispose()
    try:
        done = backups.restore(chosen, places, now())
    except backups.Failed as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{chosen.name} is put back: {_holds(done.told)}.")
    if done.aside is not None:
        what = "What was there before" if done.was_sound else "What was there before is damaged, and"
        click.echo(f"{what} lies in {done.aside}.")
    if done.told.schema != schema.head():
        bring_to_head()
        click.echo(f"Its schema was {done.told.schema or 'none'}; it is {schema.head()} now.")
    if done.needs_restart:
        click.echo("If the site is running, restart it now: it still has the old files open.")
    elif there is not None:
        click.echo("If the site is running, it shows this already.")
    else:
        click.echo("`flask serve` starts the site with it.")
    click.echo("Sign in again: every session of the author is ended.")


def _places() -> backups.Places:
    config = current_app.config["KBLOG"]
    if not config.on_sqlite:
        raise click.ClickException(
            "This site's data are on a PostgreSQL server, whose own tools back them up while the site runs:"
            " docs/backups.md says how. `flask transfer export` writes the whole site into one file that any K-Blog"
            " reads."
        )
    return backups.Places.of(config)


def _found(name: str | None) -> backups.Backup:
    try:
        return backups.find(_places().folder, name)
    except backups.Failed as error:
        raise click.ClickException(str(error)) from None


def _holds(told: manifest.Manifest) -> str:
    return _counted(told.rows | {"media": len(told.media)})


def _counted(rows: dict[str, int]) -> str:
    """Say how much there is of what somebody knows by name."""
    files = [plural(rows["media"], "media file")] if rows.get("media") else []
    return ", ".join([*(plural(rows[table], one) for table, one in WITHIN.items() if table in rows), *files])


def _megabytes(size: int) -> str:
    return f"{size / 1024 / 1024:,.1f} MB"
