"""The `flask` commands: each parses, calls one verb, commits and reports."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from flask import Flask
from flask_migrate import Migrate
from sqlalchemy.exc import DatabaseError

from kblog.config import ROOT
from kblog.db import db, trouble_of

from .author import author
from .backup import backup
from .lint import lint
from .mail import mail
from .media import media
from .serve import serve
from .site import demo, reindex, rerender
from .transfer import transfer


def init_app(app: Flask) -> None:
    Migrate(app, db, directory=str(ROOT / "kblog" / "migrations"), render_as_batch=True)
    for command in (serve, author, transfer, backup, demo, lint, mail, media, reindex, rerender):
        app.cli.add_command(command)
        _speak_plainly(command)


def _speak_plainly(command: click.Command) -> None:
    """Let a command and those below it end with a sentence where the disk or the database's file is in the way."""
    for below in getattr(command, "commands", {}).values():
        _speak_plainly(below)
    if command.callback and not hasattr(command.callback, "speaks_plainly"):
        command.callback = _plain(command.callback)


def _plain(callback: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(callback)
    def in_words(*given: Any, **options: Any) -> Any:
        try:
            return callback(*given, **options)
        except DatabaseError as error:
            db.session.rollback()
            trouble = trouble_of(error)
            if trouble is None:
                raise
            said = f"Nothing more could be stored: {trouble.value} ({error.orig}). {trouble.way_on}"
            raise click.ClickException(said) from None

    in_words.speaks_plainly = True  # pyright: ignore[reportAttributeAccessIssue]
    return in_words
