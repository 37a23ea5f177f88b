"""`flask author`: the one author, from the server's shell, which is also the way back in."""

import sys

import click
from flask import current_app
from flask.cli import with_appcontext

from kblog import cache
from kblog.auth import author as authors
from kblog.auth import codes, log_in, passwords, queries
from kblog.db import db, now
from kblog.jinja import plural
from kblog.transfer import samples

from .upgrading import bring_to_head


@click.group()
def author() -> None:
    """The one author, who logs in to the studio."""


@author.command("create")
@click.argument("name")
@with_appcontext
def create(name: str) -> None:
    """Make the author NAME; the password is asked for, or read as one line from standard input."""
    bring_to_head()
    if queries.has_author():
        raise click.ClickException("There is an author already; `flask author password` sets another password.")
    name = name.strip()
    if trouble := authors.name_trouble(name):
        raise click.ClickException(trouble)
    password_hash = _new_password(name)
    try:
        authors.create(db.session(), name=name, password_hash=password_hash, moment=now(), stand_in=samples.AUTHOR)
    except authors.AlreadyThere:
        raise click.ClickException("There is an author already: somebody opened the set-up link meanwhile.") from None
    db.session.commit()
    click.echo(f"{name} can sign in at /studio/login.")


@author.command("password")
@with_appcontext
def password() -> None:
    """Set another password, end every session, and forget the failed tries at the log-in."""
    name = _existing().name
    password_hash = _new_password(name)
    ended = authors.change_password(db.session(), password_hash)
    log_in.forget_tries(db.session())
    db.session.commit()
    click.echo(f"The password of {name} is changed; {plural(ended, 'session')} ended.")


@author.command("totp")
@with_appcontext
def totp() -> None:
    """Turn the second step of the log-in off where it is on, and on where it is off."""
    asked = _existing()
    if asked.totp_secret:
        authors.turn_second_step_off(db.session())
        db.session.commit()
        click.echo("The second step is off: the password alone opens the studio.")
        return
    secret = codes.new_secret()
    click.echo(f"Secret: {secret}\n{codes.address(secret, asked.name, cache.site().name)}")
    db.session.rollback()  # nothing is held while somebody types
    step = codes.accepted_step(secret, _line("Code that the app shows now"), now(), last_step=0)
    if not step:
        raise click.ClickException("That code does not fit, so the second step stays off.")
    new_codes = authors.turn_second_step_on(db.session(), secret, step)
    db.session.commit()
    click.echo("The second step is on. Recovery codes, each good once:\n" + "\n".join(new_codes))


def _existing() -> queries.Credentials:
    bring_to_head()
    found = queries.credentials()
    db.session.rollback()  # nothing is held while somebody types
    if found is None:
        raise click.ClickException("There is no author yet; `flask author create NAME` makes one.")
    return found


def _new_password(name: str) -> str:
    """Ask for a password twice, or read it as one line where nobody can be asked; return its hash."""
    db.session.rollback()
    typed = _line("Password", is_hidden=True)
    if trouble := passwords.weakness(typed, [name]):
        raise click.ClickException(trouble)
    return passwords.hashed(typed, current_app.config["PASSWORD_COST"])


def _line(prompt: str, *, is_hidden: bool = False) -> str:
    if sys.stdin.isatty():
        return click.prompt(prompt, hide_input=is_hidden, confirmation_prompt=is_hidden)
    try:
        line = sys.stdin.readline().rstrip("\r\n")
        line.encode()  # a locale without UTF-8 lets other bytes in as surrogates
        return line
    except UnicodeError:
        raise click.ClickException("Standard input holds no UTF-8 text.") from None
