"""The `flask` commands: each parses, calls one verb, commits and reports."""

from flask import Flask

from .author import author
from .backup import backup
from .lint import lint
from .serve import serve
from .site import demo, reindex, rerender
from .transfer import transfer


def init_app(app: Flask) -> None:
    for command in (serve, author, transfer, backup, demo, lint, reindex, rerender):
        app.cli.add_command(command)
