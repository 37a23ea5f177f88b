"""The addresses of threads and comments, and of the form by which they are posted."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

from flask import Blueprint, abort, current_app, make_response, redirect, render_template, request
from sqlalchemy.exc import DatabaseError
from werkzeug.wrappers import Response

from kblog import cache, errors, htmx, limits, markup
from kblog.addresses import url_for
from kblog.db import LARGEST_ID, db, in_turn, reads_only
from kblog.language import gettext as _
from kblog.language import noted

from . import ownership, queries, reasons, receiving, sheet
from .forms import EditForm
from .receiving import Refused, Taken
from .sheet import Sheet
from .threads import queries as threads
from .threads.nesting import SORTS, Entry

bp = Blueprint("comments", __name__)
bp.add_app_template_filter(reasons.REASONS.told, "reason_told")

COMMENT = f"/comments/<int(max={LARGEST_ID}):comment_id>"
CLOSED = noted("Comments on this review are closed.")


@bp.get("/reviews/<slug>/comments")
def index(slug: str) -> Response:
    """The thread of a review, page by page."""
    review = threads.commented(slug) or abort(404)
    sort = request.args.get("sort", "")
    sort = sort if sort in SORTS else SORTS[0]
    page = max(1, request.args.get("page", 1, type=int))
    cache.ends_at(queries.closes_at(review, cache.site().comment_days))
    is_open = queries.is_open(review, cache.site().comment_days)
    if root_id := request.args.get("root", 0, type=int):
        thread = threads.replies(review.id, min(root_id, LARGEST_ID), page) or abort(404)
        if page > thread.pages:
            abort(404)
        return make_response(render_template("comments/replies.html", review=review, thread=thread, is_open=is_open))
    thread = threads.thread(review_id=review.id, page=page, sort=sort, size=review.comment_count)
    if page > 1 and not thread.entries:
        abort(404)
    return htmx.render(
        "comments/index.html",
        "comments/_more.html" if page > 1 else "comments/_comments.html",
        review=review,
        thread=thread,
        thread_url=url_for("comments.index", slug=slug),
        is_open=is_open,
    )


@bp.get(f"{COMMENT}/")
def show(comment_id: int):
    """The comment in its thread."""
    if address := place(comment_id):
        return redirect(address, 302)
    return abort(410 if threads.is_taken_back(comment_id) else 404)


@bp.get("/comments/c<old_number>/")
def show_old(old_number: str):
    """The comment that had the anchor `#c<N>` on the old blog."""
    comment_id = threads.with_old_number(old_number)
    return redirect((comment_id and place(comment_id)) or abort(404), 302)


@bp.get("/reviews/<slug>/comments/new")
def new(slug: str) -> Response:
    """The form for a comment or an answer, and what this browser's writer posted here before."""
    opened = sheet.opened(slug)
    if not opened.review.is_open and htmx.wants_fragment():
        abort(403, _(CLOSED))
    return sheet.shown(opened, held_id=request.args.get("held", type=int), trouble=errors.ahead())


@bp.post("/reviews/<slug>/comments")
def create(slug: str) -> Response:
    """The comment in its thread; or the form again, with what is amiss beside each field."""
    with reads_only():
        sent = sheet.opened(slug)
    if not sent.review.is_open:
        return abort(403, _(CLOSED)) if htmx.wants_fragment() else sheet.shown(sent, 403)
    if not sent.form.validate():
        with reads_only():
            first = queries.with_key(sent.form.key.data)
        return acknowledged(sent, receiving.again(first)) if first else sheet.shown(sent, 422)
    draft, sender = sheet.drafted(sent), sheet.sender(sent)
    try:
        with stored():
            limited = sheet.is_guarded() and not sent.author
            taken = receiving.take_in(db.session(), draft, sender, slug=slug, answered=sent.parent, is_limited=limited)
    except Refused as refused:
        return later(refused, sheet.shown(sent, refused.status, trouble=refused.sentence))
    return acknowledged(sent, taken)


@bp.post("/reviews/<slug>/comments/preview")
def preview(slug: str) -> Response:
    """How a comment would look; nothing is stored."""
    with reads_only():
        sent = sheet.opened(slug)
    words = EditForm(request.form)
    is_whole = words.validate()
    status, html = 200 if is_whole else 422, markup.render_comment(words.body.data) if is_whole else None
    if htmx.wants_fragment():
        page = htmx.render("comments/new.html", "comments/_preview.html", status, words=words, html=html)
        return sheet.uncached(page)
    return sheet.shown(sent, status, words=words, html=html)


@contextmanager
def stored() -> Iterator[None]:
    """Commit what is written meanwhile, or nothing of it; raise Refused where the database cannot take it."""
    with in_turn():
        try:
            yield
            db.session.commit()
        except DatabaseError as error:  # a full disk, or another writer that does not end
            said = _("%(what)s. The text is kept: post it again in a few minutes.", what=errors.why(error))
            raise Refused(503, said, errors.RETRY_AFTER) from None
        finally:
            db.session.rollback()


def acknowledged(sent: Sheet, taken: Taken) -> Response:
    """Tell the sender where the comment is, or that it waits and why; a new writer gets the cookie."""
    comment = taken.comment
    is_own = bool(sent.author) or comment.writer_hash == sent.writer.hash
    is_shown = comment.state == "visible"
    if htmx.wants_fragment():
        context = {
            "taken": taken,
            "entry": Entry(comment, taken.answered if comment.parent_id != comment.root_id else None),
            "reasons": comment.reason.splitlines() if is_own else [],
            "has_asked": bool(sent.form.email.data.strip()) and comment.state != "spam",
            **sheet.around(sheet.emptied(sent)),
        }
        status = 202 if not is_shown else 201 if taken.is_new else 200
        fragment = "comments/_posted.html" if is_shown else "comments/_held.html"
        response = htmx.render("comments/new.html", fragment, status, **context)
    elif is_shown:
        response = redirect(url_for("reviews.show", slug=taken.slug, _anchor=f"comment-{comment.id}"), 303)
    else:
        response = redirect(url_for("comments.new", slug=taken.slug, held=comment.id), 303)
    if is_own and not sent.author:
        form = sent.form
        ownership.remember(response, sent.writer._replace(name=form.name.data, website=form.website.data))
    return sheet.uncached(response)


def later(refused: Refused, response: Response) -> Response:
    """Say with an answer when it may be sent again; the log hears of who sent too much."""
    if refused.status == 429:
        facts = {"network": limits.network(request.remote_addr), "seconds": refused.seconds}
        current_app.logger.info("too many comments", extra={"facts": facts})
    response.headers["Retry-After"] = str(refused.seconds)
    return response


def place(comment_id: int) -> str | None:
    """Return the address where a comment is read, down to its anchor."""
    found = threads.place_of(comment_id)
    if found is None:
        return None
    asked = {"root": found.root_id} if found.root_id else {}
    page = found.replies_page if found.root_id else found.page
    asked |= {"page": page} if page > 1 else {}
    where = "comments" if asked and found.address.startswith("/reviews/") else ""
    return f"{found.address}{where}{'?' if asked else ''}{urlencode(asked)}#comment-{comment_id}"
