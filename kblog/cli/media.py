"""`flask media`: which files of pictures there are, and what of them nobody needs any more."""

import click
from flask import current_app
from flask.cli import with_appcontext

from kblog import depot
from kblog.db import db, now, reads_only
from kblog.jinja import plural
from kblog.media import tidying
from kblog.media.store import LEFT_BEHIND

from .upgrading import stand_at_head


@click.group()
def media() -> None:
    """The pictures of the site, in media/ of the instance folder or where KBLOG_MEDIA says."""


@media.command("tidy")
@click.option("--dry-run", is_flag=True, help="Say what would go; take nothing away.")
@with_appcontext
def tidy(dry_run: bool) -> None:
    """Take away what was removed from the library a month ago, and files that nothing stands for.

    What a text, a revision or an unsaved text shows stays, whatever was removed. The site does this by itself while it
    runs. Pictures that have lost their file are named.
    """
    stand_at_head()
    files = depot.of(current_app.config["KBLOG"].media)
    try:
        with reads_only():
            found, missing = tidying.look(db.session(), files, now()), tidying.missing(db.session(), files)
    except depot.OutOfReach as error:
        raise click.ClickException(f"The pictures cannot be looked at: {error.strerror}.") from None
    for picture in found.going:
        click.echo(f"  {picture.file_name}: {picture.name} was removed from the library {tidying.KEPT.days} days ago")
    for picture in found.back:
        click.echo(f"  {picture.file_name}: {picture.name} was removed, and something shows it, so it is back")
    for name in found.strays:
        click.echo(f"  {name}: nothing has stood for it in {tidying.KEPT.days} days")
    for name in found.halves:
        click.echo(f"  {name}: half arrived {LEFT_BEHIND // 60} minutes ago or more")
    if not dry_run:
        names = tidying.settle(db.session(), found, now())
        db.session.commit()
        tidying.take_away(files, [*names, *found.strays, *found.halves])
    number = len(found.going) + len(found.strays) + len(found.halves)
    click.echo(f"{plural(number, 'file')} {'would go' if dry_run else 'taken away'}.")
    for picture in missing:
        click.echo(f"  {picture.file_name}: the file of {picture.name} is missing")
