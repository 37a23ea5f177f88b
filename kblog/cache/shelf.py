"""What one process keeps between requests for one content version: the site's settings, the catalogue."""

from collections.abc import Callable
from datetime import datetime
from threading import Lock
from typing import Any, NamedTuple

from flask import current_app, g

from kblog import models
from kblog.db import now

FRESH = "public, max-age=0, must-revalidate"


class Kept(NamedTuple):
    """A value and the last moment at which it is true, should time alone end it."""

    value: Any
    until: datetime | None = None


class Shelf:
    """What one process keeps; each thing was made at one content version."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.things: dict[str, tuple[int, Kept]] = {}


def site() -> models.Site:
    """Return the site's settings, read once a request."""
    if "site" not in g:
        g.site = models.site()
    return g.site


def here(moment: datetime) -> datetime:
    """Return a moment as the clocks show it where the site is."""
    return moment.astimezone(site().zone)


def kept(name: str, build: Callable[[], Kept], *, but_comments: bool = False) -> Any:
    """Return what `build` makes, made once a process for each content version, and again when its time is over.

    `but_comments`: it has nothing of comments, nor of their number, and stays when these alone change. The version is
    read in the request's own snapshot, so what is kept is never older than the page that shows it.
    """
    shelf: Shelf = current_app.extensions["kblog.cache"]
    version = site().listed if but_comments else site().version
    with shelf.lock:
        made_at, thing = shelf.things.get(name, (-1, Kept(None)))
    if made_at == version and (thing.until is None or now() < thing.until):
        return thing.value
    thing = build()
    with shelf.lock:
        shelf.things[name] = version, thing
    return thing.value
