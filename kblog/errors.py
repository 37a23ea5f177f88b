"""One error page for every code, as a page or as the line that htmx puts in its place."""

from contextlib import nullcontext

from flask import Flask, make_response, render_template, request
from werkzeug.exceptions import HTTPException, SecurityError

from kblog import htmx
from kblog.db import reads_only
from kblog.models import Site

# What happened, and what to do about it (visual/design.md, Microcopy).
MESSAGES = {
    400: ("That request made no sense here.", "Go back and try again."),
    403: ("That is not allowed from here.", "Open the page itself and try again."),
    404: ("That page is not here.", "Search for a title, or start from the newest reviews."),
    405: ("That address does not take this.", "Open the page itself and try again."),
    410: ("That was taken back by its author.", "Search for a title, or start from the newest reviews."),
    413: ("That is too large to take in.", "Shorten it and send it again."),
    429: ("That was a little too fast.", "Wait a moment and try again."),
    500: ("Something broke on our side.", "Go back and try again in a minute."),
    503: ("The site is busy.", "Wait a moment and try again."),
}


def init_app(app: Flask) -> None:
    app.register_error_handler(HTTPException, answer)
    app.register_error_handler(SecurityError, _strange_name)

    @app.before_request
    def refuse_strange_names() -> None:
        """Stop before anything asks for an address: under a name that is not ours there is none to give."""
        if isinstance(request.routing_exception, SecurityError):
            raise request.routing_exception


def _strange_name(_error: SecurityError):
    """Say that the site does not go by the name in the Host header, on a page that needs no address of ours."""
    response = make_response(render_template("errors/strange_name.html"), 400)
    response.headers["Cache-Control"] = "no-store"
    return response


def answer(error: HTTPException, fragment: str = "errors/_note.html"):
    """Show what happened and the way on; never a traceback."""
    code = error.code or 500
    if code < 400:
        return error
    what, then = MESSAGES.get(code, MESSAGES[500 if code >= 500 else 400])
    if "description" in vars(error) and code < 500:  # abort(410, "..."): said by whoever refused
        what, then = str(error.description), ""
    spare = {"site": Site()} if code >= 500 else {}  # a page about a broken database must not ask it for a name
    context = {"code": code, "what": what, "then": then, **spare}
    # a refused POST has nothing to write: its page is drawn without waiting for the write lock
    with nullcontext() if code >= 500 else reads_only():
        response = htmx.render("errors/show.html", fragment, status=code, **context)
    response.headers["Cache-Control"] = "no-store"
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response
