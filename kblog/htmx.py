"""Answer one URL with a page, or with the piece of it that htmx asked for."""

from typing import Any
from urllib.parse import urlsplit

from flask import Response, make_response, redirect, render_template, request


def wants_fragment() -> bool:
    """Whether htmx asked for a piece of the page; history restores and boosted requests want all of it."""
    return request.headers.get("HX-Request-Type") == "partial"


def render(page: str, fragment: str, /, status: int = 200, **context: Any) -> Response:
    """Render `fragment` for htmx and `page`, which includes it, for everyone else."""
    partial = wants_fragment()
    response = make_response(render_template(fragment if partial else page, **context), status)
    response.vary.add("HX-Request-Type")
    if partial:
        response.headers["Cache-Control"] = "private, no-cache"
    return response


def push_url(response: Response, url: str) -> Response:
    """Let the reader's address bar show `url`, the canonical address of what the fragment shows.

    Where it shows that already, nothing is added to the history: Back would seem to do nothing.
    """
    if wants_fragment():
        here = urlsplit(request.headers.get("HX-Current-URL", ""))
        is_here = url == here.path + (f"?{here.query}" if here.query else "")
        response.headers["HX-Replace-Url" if is_here else "HX-Push-Url"] = url
    return response


def put_in_place(response: Response, target: str, swap: str) -> Response:
    """Let a fragment that is no success take the place of more than the element that asked for it."""
    if wants_fragment():
        response.headers["HX-Retarget"] = target
        response.headers["HX-Reswap"] = swap
    return response


def go_to(url: str, status: int = 303) -> Response:
    """Send the browser to another page, whoever asked."""
    if not wants_fragment():
        return redirect(url, status)
    response = make_response("", 204)
    response.headers["HX-Redirect"] = url
    return response
