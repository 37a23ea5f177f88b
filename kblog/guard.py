"""What changes something must be asked from the site itself: Fetch Metadata says so, else Origin or Referer.

Readers' pages are kept and the same for everybody, so they can carry no token; this is what stands in its place.
The order follows Go 1.25's CrossOriginProtection and OWASP's cheat sheet on cross-site request forgery.
"""

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, request

from kblog import log

logger = logging.getLogger(__name__)

SAFE = ("GET", "HEAD", "OPTIONS")
FROM_HERE = ("same-origin", "none")  # none: the person's own doing, such as a reload
PORTS = {"http": 80, "https": 443}


def from_anywhere(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a view whose address is signed and is its own permission: whoever has it may send it from wherever."""
    view.from_anywhere = True  # pyright: ignore[reportFunctionMemberAccess]
    return view


def init_app(app: Flask) -> None:
    @app.before_request
    def refuse_other_sites() -> None:
        if request.url_rule is None or request.method in SAFE:
            return  # what takes nothing in answers 404 or 405, whoever asks
        view = current_app.view_functions.get(request.endpoint or "")
        if not getattr(view, "from_anywhere", False) and not is_from_here():
            said = {name: request.headers.get(name) for name in ("Sec-Fetch-Site", "Origin")}
            logger.info("refused from another site", extra={"facts": log.asked() | said})
            abort(403)


def is_from_here() -> bool:
    """Whether a page of this site sent the request; a request that tells neither way did not come from one."""
    if said := request.headers.get("Sec-Fetch-Site"):
        return said in FROM_HERE
    source = request.headers.get("Origin") or request.headers.get("Referer", "")
    own = {_origin(request.url_root), _origin(current_app.config["KBLOG"].base_url)}
    return _origin(source) in own - {None}


def _origin(url: str) -> tuple[str, str, int] | None:
    """Return scheme, host and port of an address; None where it has none."""
    try:
        parts = urlsplit(url)
        if parts.scheme in PORTS and parts.hostname:
            return parts.scheme, parts.hostname, parts.port or PORTS[parts.scheme]
    except ValueError:  # no such port, or brackets that do not close
        pass
    return None
