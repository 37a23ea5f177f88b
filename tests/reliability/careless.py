"""The site as it must never be: its database does not wait for the disk, so that a power cut takes some of it."""

from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

from kblog import create_app

app = create_app()


@event.listens_for(Engine, "connect")  # here, after the site's own settings
def _do_not_wait(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous = NORMAL")
