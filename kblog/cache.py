"""What is kept between requests for one content version, and the conditional GET of readers' pages."""

from collections.abc import Callable
from datetime import datetime
from threading import Lock
from typing import Any, NamedTuple

from flask import Flask, Response, current_app, g, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from kblog import models
from kblog.db import now

FRESH = "public, max-age=0, must-revalidate"


class Kept(NamedTuple):
    """A value and the last moment at which it is true, should time alone end it."""

    value: Any
    until: datetime | None = None


class _Shelf:
    """What one process keeps; each thing was made at one content version."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.things: dict[str, tuple[int, Kept]] = {}


def init_app(app: Flask) -> None:
    app.extensions["kblog.cache"] = _Shelf()
    app.after_request(_conditional)


def site() -> models.Site:
    """Return the site's settings, read once a request."""
    if "site" not in g:
        g.site = models.site()
    return g.site


def kept(name: str, build: Callable[[], Kept]) -> Any:
    """Return what `build` makes, made once a process for each content version, and again when its time is over.

    The version is read in the request's own snapshot, so what is kept is never older than the page that shows it.
    """
    shelf: _Shelf = current_app.extensions["kblog.cache"]
    version = site().version
    with shelf.lock:
        made_at, thing = shelf.things.get(name, (-1, Kept(None)))
    if made_at == version and (thing.until is None or now() < thing.until):
        return thing.value
    thing = build()
    with shelf.lock:
        shelf.things[name] = version, thing
    return thing.value


def led_on(address: str) -> BaseResponse:
    """Send readers from an old address to the present one; they ask again each time, for a merge can be undone."""
    response = redirect(address, 301)
    response.headers["Cache-Control"] = FRESH
    return response


def _conditional(response: Response) -> Response:
    """Give every answer that readers may keep its ETag, and answer 304 to who has it already."""
    if request.method not in ("GET", "HEAD") or response.status_code != 200 or response.is_streamed:
        return response
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = FRESH
    if "no-store" not in response.headers["Cache-Control"]:
        response.add_etag()
        response.make_conditional(request)
    return response
