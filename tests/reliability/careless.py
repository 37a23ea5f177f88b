"""The site as it must never be: its database does not wait for the disk, so that a power cut takes some of it."""

from typing import Any

from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import Engine

from kblog import create_app


def careless_app() -> Flask:
    """Make the site, and for every database of this process the one setting that it must not have."""
    app = create_app(has_commands=False)
    event.listen(Engine, "connect", _do_not_wait)  # here, after the site's own settings
    return app


def _do_not_wait(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous = NORMAL")
