"""Answer one URL with a page, or with the piece of it that htmx asked for."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import Response, make_response, render_template, request


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


def current_url() -> str:
    """Return the address of the page that htmx asks from; "" where it is not htmx that asks."""
    return request.headers.get("HX-Current-URL", "")


def redirect(url: str, status: int) -> Response:
    """Send the whole page that asked for a fragment on to `url`."""
    return make_response("", status, {"HX-Redirect": url})


def retarget(response: Response, selector: str, swap: str = "outerHTML") -> Response:
    """Let a fragment replace the element at `selector`, whatever asked for it."""
    response.headers.update({"HX-Retarget": selector, "HX-Reswap": swap})
    return response


def push_url(response: Response, url: str, *, typed: str) -> Response:
    """Let the reader's address bar show `url`, the canonical address of what the fragment shows.

    Where it shows that already, nothing is added to the history: Back would seem to do nothing. Nor is it where only
    the argument `typed` differs: each letter would be an entry.
    """
    if wants_fragment():
        is_here = _but(typed, url) == _but(typed, current_url())
        response.headers["HX-Replace-Url" if is_here else "HX-Push-Url"] = url
    return response


def _but(typed: str, url: str) -> tuple[str, list[tuple[str, str]]]:
    """Return an address without its host, its page and one argument; blank arguments are as good as none."""
    parts = urlsplit(url)
    arguments = parse_qsl(parts.query, max_num_fields=1000) if parts.query.count("&") < 1000 else [(parts.query, "")]
    return parts.path, sorted(pair for pair in arguments if pair[0] not in (typed, "page"))


def go_to(url: str) -> Response:
    """Send the browser on to another page after a form, whoever sent it."""
    return redirect(url, 200) if wants_fragment() else make_response("", 303, {"Location": url})
