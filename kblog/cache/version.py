"""What tells one content of the site from another, and how each engine is asked for it."""

from typing import NamedTuple

QUERY = "SELECT version, listed FROM content_version"
CHANNEL = "kblog_version"  # on which PostgreSQL tells that there is a new one


class Unknown(Exception):
    """The version cannot be read: the database is missing, busy or not set up yet."""


class Version(NamedTuple):
    """Which content it is: of all that readers see, and of all of it that has nothing of comments."""

    all: int
    listed: int
