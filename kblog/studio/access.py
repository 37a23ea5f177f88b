"""The studio's door: what is behind /studio/ is the author's alone, and is kept by nobody else."""

import re
import shutil
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import quote, urlsplit

from flask import Response, current_app, make_response, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DatabaseError
from werkzeug.exceptions import HTTPException
from werkzeug.local import LocalProxy

from kblog import auth, errors, htmx
from kblog.auth import queries, sessions
from kblog.db import db, now, reads_only, trouble, trouble_of
from kblog.guard import SAFE
from kblog.language import gettext as _
from kblog.language import noted, remembered, speaking
from kblog.models.site import Site
from kblog.storage import MEGABYTE, Trouble
from kblog.transfer import jobs
from kblog.uploads import Request

from .forms import LogInForm
from .resuming import Carried, View, carried_back, is_resumable
from .resuming import resumable as resumable  # the editor marks its views with what stands here

LARGEST_BODY = 4 * 1024 * 1024  # a review of 500 kB in Hangul is 1.5 MB in a form, and its preview sends it again
CARRYING = 64 * 1024  # what the log-in may be larger by than the form it carries
LARGEST_FORM = LARGEST_BODY + CARRYING
AROUND_A_FILE = 64 * 1024  # what a form may hold beside a file
STREAMED = ("/studio/import/", "/studio/media/")  # where a larger body is written to the disk while it arrives
SET_UP = {"studio.account.setup", "studio.account.begin"}  # these look themselves at who comes,
OPEN_TO_ALL = {*SET_UP, "studio.account.login", "studio.account.enter"}  # and these take whoever shows the password
NO_AUTHOR = (
    noted("There is no author yet."),
    noted("Open the set-up link that `make run` prints, or run `flask author create`."),
)
UNCHANGED = noted("Nothing was changed.")
STALE = (noted("This page is older than your last sign-in."), noted("Load it again, then send it again."))
SLASHES = "/\\⁄∕∖⧵⧸／＼"  # what a browser takes for a slash, and what a person does
LOCAL = re.compile(rf"/(?![{re.escape(SLASHES)}])[^\\\x00-\x20\x7f]*")


def keeps_text(view: View) -> View:
    """Mark a view that htmx calls while the author types: a refusal then leaves the page and the text in it alone."""
    view.keeps_text = True  # pyright: ignore[reportFunctionMemberAccess]
    return view


def takes_file(largest: int, *, only_reads: bool = False) -> Callable[[View], View]:
    """Mark a view that takes a file of so many bytes, from the author alone; it is written to the instance's folder.

    A view that only reads what arrives may be sent several files, of so many bytes together; they have no name.
    """

    def mark(view: View) -> View:
        view.largest_file, view.only_reads = largest, only_reads  # pyright: ignore[reportFunctionMemberAccess]
        return view

    return mark


def author() -> auth.Author:
    """Return who was let in, for the views behind the door."""
    found = auth.current()
    if found is None:
        raise RuntimeError("the door let somebody in who is not logged in")
    return found


def open_or_refuse() -> Response | None:
    """Let the author in, and nobody else; ask for the token with everything that changes something."""
    if not _is_studio():
        return None
    request.max_form_memory_size = LARGEST_FORM
    request.max_content_length = LARGEST_BODY + CARRYING * (request.endpoint in OPEN_TO_ALL)
    someone = auth.current()
    if someone is None and request.endpoint not in SET_UP and not has_author():
        return refused(*NO_AUTHOR)
    if request.endpoint in OPEN_TO_ALL:
        return None
    if someone is None:
        return refuse()
    if request.method in SAFE or request.endpoint is None:
        return None
    if (largest := getattr(_view(), "largest_file", 0)) and (refusal := _expect_file(largest)):
        return refusal
    try:
        auth.csrf.protect()
    except CSRFError:
        return _stale()
    moment = now()
    if moment - someone.seen_at >= sessions.SEEN_EVERY and not trouble():
        sessions.touch(db.session(), someone.session_id, moment)
        db.session.commit()
    return None


def keep_private(response: Response) -> Response:
    """Let no answer of the studio be kept anywhere, and keep the session going."""
    if _is_studio():
        response.headers["Cache-Control"] = "no-store"
        if response.status_code < 400 and auth.current():
            auth.stay()
    return response


def whoever() -> dict[str, Any]:
    """Return what every template of the studio knows; it is looked up where it is drawn.

    The page that says that the database does not answer asks nobody who reads it.
    """
    return {"author": LocalProxy(auth.current)}


def has_author() -> bool:
    """Whether there is an author; asked while no transaction is open."""
    with reads_only():
        return queries.has_author()


def refuse() -> Response:
    """Say no to somebody who is not logged in, in the form that fits what they did."""
    view = _view()
    if htmx.wants_fragment():
        if request.method not in SAFE and hasattr(view, "keeps_text"):
            return _beside_the_text(make_response(render_template("studio/_signed_out.html"), 401))
        return htmx.redirect(url_for("studio.account.login", next=_way_back()), 401)
    if request.method in SAFE or request.endpoint == "studio.account.logout":
        return make_response("", 302, {"Location": url_for("studio.account.login", next=_way_back())})
    carried = Carried.of(request.path, request.form) if is_resumable(view) else Carried()
    return log_in_page(LogInForm(formdata=None, next=_way_back()), 401, is_late=True, carried=carried)


def refused(what: str, then: str, status: int = 403) -> Response:
    """Answer with a sentence of what is wrong and one of what to do, as page or fragment."""
    context = {"code": status, "what": _(what), "then": _(then)}
    with reads_only():
        return htmx.render("studio/refused.html", "errors/_note.html", status=status, **context)


def tell(error: HTTPException) -> Any:
    """Say what went wrong; while typing in the line about the save, which stays where later saves look for it."""
    is_typing = htmx.wants_fragment() and request.method not in SAFE and hasattr(_view(), "keeps_text")
    if is_typing and 400 <= (error.code or 500) < 500:
        return _beside_the_text(make_response(errors.answer(error, "studio/_trouble.html")))
    return errors.answer(error)


def not_stored(error: DatabaseError) -> Response:
    """Say that nothing can be stored just now, and hand the text back where it can be sent anew."""
    has_secret = any("password" in name for name in request.form)  # which is sent to no page
    if htmx.wants_fragment() or request.method in SAFE or (has_secret and not carried_back()):
        return make_response(errors.not_stored(error))
    what = f"{errors.why(error)}."
    # a database that is not there cannot be asked what the site is called, or who sent this
    spare = {"site": Site(), "author": None} if trouble_of(error) == Trouble.MISSING else {}
    with speaking(remembered()):  # nor which language it speaks
        if has_secret:
            response = log_in_page(LogInForm(formdata=None), 503, trouble=what, carried=carried_back(), **spare)
        else:
            sent = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
            response = page("studio/not_stored.html", 503, what=what, sent=sent, **spare)
    response.headers["Retry-After"] = str(errors.RETRY_AFTER)
    return response


def log_in_page(form: LogInForm, status: int = 200, **context: Any) -> Response:
    """Show the log-in, with the form that is carried past it."""
    return page("studio/account/login.html", status, form=form, **context)


def page(template: str, status: int = 200, **context: Any) -> Response:
    """Answer with a page that has no fragment; it is drawn after what was to be written, not under its lock."""
    with reads_only():
        return make_response(render_template(template, **context), status)


def local_path(text: str) -> str:
    """Return `text` if it is an address on this site; "" for everything that a browser could take for another's.

    >>> local_path("/studio/reviews/7/?tab=cast")
    '/studio/reviews/7/?tab=cast'
    >>> local_path("//evil.example"), local_path("/\\\\evil.example"), local_path("https:evil.example")
    ('', '', '')
    """
    return text if LOCAL.fullmatch(text) else ""


def _expect_file(largest: int) -> Response | None:
    """Make ready for a file to arrive; refuse one that is too large, or that the disk has no room for, unread."""
    config, length = current_app.config["KBLOG"], request.content_length or 0
    only_reads = getattr(_view(), "only_reads", False)
    if length > largest + AROUND_A_FILE:
        most = largest // MEGABYTE
        if only_reads:
            what = _("That is more than %(most)s MB, the most that is taken in at once.", most=most)
        else:
            what = _("That file is larger than %(most)s MB, the most that is taken in at once.", most=most)
        return refused(what, UNCHANGED, 413)
    if shutil.disk_usage(config.instance).free < length + config.keep_free * MEGABYTE:
        return refused(noted("There is no room on the server's disk for that file."), UNCHANGED, 503)
    request.max_content_length = largest + AROUND_A_FILE
    if only_reads:
        cast(Request, request).passing = config.instance
    else:
        cast(Request, request).arriving = config.instance / jobs.FOLDER
    return None


def _is_studio() -> bool:
    """Whether the address is the studio's, also where there is nothing: a stranger learns of neither."""
    return "studio" in request.blueprints or request.path == "/studio" or request.path.startswith("/studio/")


def _view() -> View | None:
    return current_app.view_functions.get(request.endpoint or "")


def _beside_the_text(said: Response) -> Response:
    """Say it in the place of the state of the save; while the author types on, the same words are read out once."""
    return htmx.retarget(said, "#save-state", "outerMorph")


def _way_back() -> str:
    """Return the address to go on from after the log-in: the page that was asked for, or the one that was sent from."""
    if request.method in SAFE and not htmx.wants_fragment():
        return quote(request.path) + (f"?{request.query_string.decode('latin-1')}" if request.query_string else "")
    came_from = urlsplit(htmx.current_url() or request.headers.get("Referer", ""))
    path = local_path(came_from.path + (f"?{came_from.query}" if came_from.query else ""))
    if path.startswith("/studio/"):
        return path
    return quote(request.path) if request.method in SAFE else url_for("studio.desk.show")


def _stale() -> Response:
    """Refuse a form that was opened before the last log-in, and hand it back where it can be sent anew."""
    view = _view()
    if htmx.wants_fragment():
        if hasattr(view, "keeps_text"):
            return _beside_the_text(make_response(render_template("studio/_stale.html"), 403))
        return refused(*STALE)
    if not is_resumable(view):
        return refused(*STALE)
    carried = Carried.of(request.path, request.form)
    return page("studio/stale.html", 403, carried=carried)
