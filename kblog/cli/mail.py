"""`flask mail`: whether mail goes out, from the server's shell."""

import click
from flask import current_app
from flask.cli import with_appcontext

from kblog import mail as mails
from kblog import mailbox
from kblog.db import db, now
from kblog.jinja import plural
from kblog.mail import delivering

from .upgrading import stand_at_head

OFF = "Mail is off: set KBLOG_MAIL_URL, and KBLOG_BASE_URL for the links in mails."
MOMENT = "%Y-%m-%d %H:%M"


@click.group()
def mail() -> None:
    """The mails to the author and to readers."""


@mail.command("test")
@click.argument("address")
@with_appcontext
def test(address: str) -> None:
    """Send one mail to ADDRESS now, and say what the mail server answers."""
    stand_at_head()
    config = current_app.config["KBLOG"]
    if not config.sends_mail:
        raise click.ClickException(OFF)
    try:
        outcome = mails.test(mailbox.address(address))
    except ValueError as error:
        raise click.ClickException(f"{error}.") from None
    where = f"{config.mail_server.host}:{config.mail_server.port}"
    if outcome.what != mails.SENT:
        raise click.ClickException(f"{where} did not take it: {outcome.said}")
    click.echo(f"{where} took it: {outcome.said}")


@mail.command("list")
@with_appcontext
def list_() -> None:
    """List the mails that wait, and those that will never arrive."""
    stand_at_head()
    rows = mails.queries.unsent()
    for row in rows:
        what = f"tried {plural(row.tries, 'time')}, next {row.due_at:{MOMENT}}" if row.state == "waiting" else row.state
        click.echo(f"{row.id:>6}  {row.kind:<8} {row.created_at:{MOMENT}}  {what}  {row.trouble}".rstrip())
    click.echo(f"{plural(len(rows), 'mail')} not sent.")


@mail.command("retry")
@with_appcontext
def retry() -> None:
    """Let every mail that is not sent be tried again at once, by the site that runs."""
    stand_at_head()
    number = delivering.try_again(db.session(), now())
    db.session.commit()
    click.echo(f"{plural(number, 'mail')} will be tried again within a minute.")
