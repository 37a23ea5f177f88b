"""The addresses at which whoever wrote a comment changes it or takes it back."""

from flask import abort, redirect, request
from werkzeug.wrappers import Response

from kblog import auth, htmx, limits
from kblog.addresses import url_for
from kblog.db import db, now, reads_only

from . import ownership, posting, queries, receiving, sheet
from .forms import EditForm
from .receiving import Refused
from .routes import COMMENT, bp, later, stored
from .threads import queries as threads


@bp.get(f"{COMMENT}/edit")
def edit(comment_id: int) -> Response:
    """The form in which a writer changes an own comment; or why it cannot be changed any more."""
    there = mine(comment_id)
    return editing(there, EditForm(data={"body": there.body, "spoils": there.spoils}))


@bp.post(f"{COMMENT}/edit")
def update(comment_id: int) -> Response:
    """The comment with its new words; or the form again, with what is amiss."""
    with reads_only():
        there = mine(comment_id)
    form = EditForm(request.form)
    if not there.is_editable:
        return editing(there, form, 403)
    if not form.validate():
        return editing(there, form, 422)
    draft = posting.draft(
        review_id=there.review_id,
        name=there.name,
        website=there.website,
        body=form.body.data,
        spoils=form.spoils.data,
        writer_hash=there.writer_hash,
        network=there.network,
    )
    sender = posting.Sender(
        moment=there.moment, rules=sheet.rules(), is_author=there.by_author, tells_author=sheet.tells_author()
    )
    try:
        with stored():
            if not mine(comment_id).is_editable:  # somebody replied just now
                raise Refused(403, "", 0)
            if sheet.is_guarded() and not there.by_author:
                receiving.keep_to_the_limits(db.session(), "edit", limits.network(request.remote_addr), there.moment)
            posting.edit(db.session(), there, draft, sender)
    except Refused as refused:
        return later(refused, editing(there, form, refused.status, trouble=str(refused)))
    return changed(there, draft)


@bp.post(f"{COMMENT}/delete")
def delete(comment_id: int) -> Response:
    """The thread without an own comment; its place stays where somebody answered it."""
    there = mine(comment_id)
    posting.take_back(db.session(), there, there.moment)
    db.session.commit()
    return sheet.uncached(htmx.go_to(url_for("reviews.show", slug=there.slug, _anchor="comments")))


def mine(comment_id: int) -> ownership.Own:
    """Find a comment that was written from this browser; refuse everybody else's."""
    there = queries.changeable(comment_id)
    if there is None:
        abort(410 if threads.is_taken_back(comment_id) else 404)
    if not ownership.is_mine(there, ownership.current(), is_author=auth.current() is not None):
        abort(403)
    return ownership.Own(there, now())


def editing(there: ownership.Own, form: EditForm, status: int = 200, *, trouble: str = "") -> Response:
    """Answer with the form for a comment that is there, as page or fragment."""
    context = {"comment": there, "form": form, "trouble": trouble}
    return sheet.uncached(htmx.render("comments/edit.html", "comments/_edit.html", status, **context))


def changed(there: ownership.Own, comment: posting.Draft) -> Response:
    """Show a comment with its new words, or say that they wait."""
    if not htmx.wants_fragment():
        if comment.state == "visible":
            return redirect(url_for("reviews.show", slug=there.slug, _anchor=f"comment-{comment.id}"), 303)
        return redirect(url_for("comments.new", slug=there.slug, held=comment.id), 303)
    with reads_only():
        now_there = mine(comment.id)
    return sheet.uncached(htmx.render("comments/edit.html", "comments/_edited.html", comment=now_there))
