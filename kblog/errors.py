"""One error page for every code, as a page or as the line that htmx puts in its place."""

from flask import Flask, current_app, make_response, render_template, request
from sqlalchemy.exc import DatabaseError
from sqlalchemy.exc import TimeoutError as NoConnection
from werkzeug.exceptions import HTTPException, SecurityError, ServiceUnavailable

from kblog import htmx, language, log
from kblog.db import db, reads_only, trouble, trouble_of
from kblog.language import gettext as _
from kblog.language import noted
from kblog.models import Site
from kblog.storage import Trouble

# What happened, and what to do about it (visual/design.md, Microcopy).
MESSAGES = {
    400: (noted("That request made no sense here."), noted("Go back and try again.")),
    403: (noted("That is not allowed from here."), noted("Open the page itself and try again.")),
    404: (noted("That page is not here."), noted("Search for a title, or start from the newest reviews.")),
    405: (noted("That address does not take this."), noted("Open the page itself and try again.")),
    410: (noted("That was taken back by its author."), noted("Search for a title, or start from the newest reviews.")),
    413: (noted("That is too large to take in."), noted("Shorten it and send it again.")),
    429: (noted("That was a little too fast."), noted("Wait a moment and try again.")),
    500: (noted("Something broke on our side."), noted("Go back and try again in a minute.")),
    503: (noted("The site is busy."), noted("Wait a moment and try again.")),
}
# What keeps the database from taking something in. A reader learns that it is no fault of theirs; the log has the rest.
TROUBLES = {
    Trouble.FULL: noted("There is no room to store anything just now"),
    Trouble.BUSY: noted("Others are writing just now, and it takes long"),
}
ONLY_READ = noted("The site can only be read just now")
NOT_READ = noted("The site cannot read that just now.")
LATER = noted("Try again in a few minutes.")
RETRY_AFTER = 60  # seconds


def init_app(app: Flask) -> None:
    app.register_error_handler(HTTPException, answer)
    app.register_error_handler(DatabaseError, not_stored)
    app.register_error_handler(NoConnection, _busy)
    app.register_error_handler(SecurityError, _strange_name)

    @app.before_request
    def refuse_strange_names() -> None:
        """Stop before anything asks for an address: under a name that is not ours there is none to give."""
        if isinstance(request.routing_exception, SecurityError):
            raise request.routing_exception


def _strange_name(_error: SecurityError):
    """Say that the site does not go by the name in the Host header, on a page that needs no address of ours."""
    with language.speaking(language.ENGLISH):  # whoever reads it runs the site
        response = make_response(render_template("errors/strange_name.html"), 400)
    response.headers["Cache-Control"] = "no-store"
    return response


def not_stored(error: DatabaseError):
    """Say that the disk or the database's file takes nothing in or cannot be read; a mistake of ours stays one.

    One line goes to the log: whoever runs the site is to act, and no traceback helps them.
    """
    what = why(error)
    is_reading = request.method in ("GET", "HEAD", "OPTIONS")
    with language.speaking(language.remembered()):
        said = _(NOT_READ) if is_reading else _("%(what)s, and nothing was changed.", what=what)
        return answer(ServiceUnavailable(retry_after=RETRY_AFTER), said=(said, LATER), keeps_form=not is_reading)


def _busy(error: NoConnection):
    """Say that all connections to the database are taken: a form comes back with its words."""
    facts = {**log.asked(), "error": str(error)}
    current_app.logger.error("no connection to the database is free", extra={"facts": facts})
    return answer(ServiceUnavailable(retry_after=RETRY_AFTER), keeps_form=request.method == "POST")


def ahead() -> str:
    """Say before anybody writes that it could not be stored; "" where it can."""
    found = trouble()
    return _("%(what)s: what you write cannot be posted yet.", what=_(TROUBLES.get(found, ONLY_READ))) if found else ""


def why(error: DatabaseError) -> str:
    """Give up what was begun, note in the log why, and return it in a reader's words; raise a mistake of ours."""
    db.session.rollback()
    found = trouble_of(error)
    if found is None:
        raise error
    current_app.logger.error(found.value, extra={"facts": {**log.asked(), "error": str(error.orig)}})
    with language.speaking(language.remembered()):
        return _(TROUBLES.get(found, ONLY_READ))


def answer(
    error: HTTPException,
    fragment: str = "errors/_note.html",
    said: tuple[str, str] | None = None,
    *,
    keeps_form: bool = False,
):
    """Show what happened and the way on; never a traceback. What was sent can be handed back, to be sent again."""
    code = error.code or 500
    if code < 400:
        return error
    spare = {"site": Site()} if code >= 500 else {}  # a page about a broken database must not ask it for a name
    sent = list(request.form.items(multi=True)) if keeps_form else []
    # a refused POST has nothing to write: its page is drawn without waiting for the write lock
    with language.speaking(language.remembered()) if code >= 500 else reads_only():
        what, then = map(_, MESSAGES.get(code, MESSAGES[500 if code >= 500 else 400]))
        if "description" in vars(error) and code < 500:  # abort(410, "..."): said by whoever refused
            what, then = str(error.description), ""
        what, then = map(_, said) if said else (what, then)
        context = {"code": code, "what": what, "then": then, "sent": sent, **spare}
        response = htmx.render("errors/show.html", fragment, status=code, **context)
    response.headers["Cache-Control"] = "no-store"
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response
