"""What one process keeps between requests for one content version: the site's settings, the catalogue."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from threading import Lock
from typing import Any, NamedTuple

from flask import Flask, current_app, g, has_request_context

from kblog import models
from kblog.db import now
from kblog.language import ENGLISH, settle
from kblog.transactions import reading

from .version import Unknown, Version


class Kept(NamedTuple):
    """A value and the last moment at which it is true, should time alone end it."""

    value: Any
    until: datetime | None = None


def _unknown() -> Version:
    raise Unknown


class Shelf:
    """What one process keeps; each thing was made at one content version."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.things: dict[str, tuple[int, Kept]] = {}
        self.site: models.Site | None = None  # as it was read last
        self.read_version: Callable[[], Version] = _unknown


def note_version() -> None:
    """Remember which content there was when a request began: before its first look at the database."""
    shelf: Shelf = current_app.extensions["kblog.cache"]
    with suppress(Unknown):
        g.version = shelf.read_version()


def site() -> models.Site:
    """Return the site's settings, the same all through a request: as they were when it began, or newer.

    What only reads takes those that this process has, while nothing but comments changed.
    """
    if "site" not in g:
        version: Version | None = g.get("version") if reading.get() else None
        g.site = _kept_site(version) if version else models.site()
    return g.site


def site_at_hand() -> dict[str, models.Site]:
    """Name the settings for a template where this request has read them: what looks them up each time is slower."""
    return {"site": g.site} if "site" in g else {}


def language() -> str:
    """Return the language that the interface speaks in this request, without a statement where that can be.

    Commands speak English, and so does whoever is asked while no request is there.
    """
    if not has_request_context():
        return ENGLISH
    shelf: Shelf = current_app.extensions["kblog.cache"]
    version: Version | None = g.get("version")
    known = g.get("site") or (shelf.site if version and shelf.site and shelf.site.listed == version.listed else site())
    settle(known.spoken)  # a page asks a hundred times
    return known.spoken


def last_language() -> str:
    """Return the language that this process spoke last: for a page that must not ask the database."""
    return last_spoken(current_app) if has_request_context() else ENGLISH


def last_spoken(app: Flask) -> str:
    """Return the same where no request has begun yet."""
    known: models.Site | None = app.extensions["kblog.cache"].site
    return known.spoken if known else ENGLISH


def here(moment: datetime) -> datetime:
    """Return a moment as the clocks show it where the site is."""
    return moment.astimezone(site().zone)


def kept(name: str, build: Callable[[], Kept], *, but_comments: bool = False) -> Any:
    """Return what `build` makes, made once a process for each content version, and again when its time is over.

    `but_comments`: it has nothing of comments, nor of their number, and stays when these alone change. The version is
    read before the request's first look at the database, so what is kept under it is that new, or newer.
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


def kept_last(name: str) -> tuple[int, Any] | None:
    """Return what this process made last under a name, and at which version, however long ago that was."""
    shelf: Shelf = current_app.extensions["kblog.cache"]
    with shelf.lock:
        found = shelf.things.get(name)
    return (found[0], found[1].value) if found else None


def _kept_site(version: Version) -> models.Site:
    shelf: Shelf = current_app.extensions["kblog.cache"]
    known = shelf.site
    if known is None or known.listed != version.listed or (known.next_publication and known.next_publication <= now()):
        shelf.site = known = models.site()
        return known
    return known if known.version == version.all else replace(known, version=version.all)
