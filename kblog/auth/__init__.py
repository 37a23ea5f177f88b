"""Who is logged in: the one author, known by a session that lives in the database."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Prepare the log-in."""
