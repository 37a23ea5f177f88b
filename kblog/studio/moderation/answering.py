"""The author's answer to a comment, which approves what it answers."""

import secrets

from flask import abort, flash, redirect, render_template, url_for
from werkzeug.datastructures import MultiDict

from kblog import auth, cache
from kblog.comments import moderating, posting, sheet, typed
from kblog.comments import queries as posted
from kblog.comments.forms import EditForm
from kblog.db import db, now, reads_only
from kblog.language import gettext as _
from kblog.language import noted
from kblog.studio import access

from . import queries
from .blueprint import COMMENT, bp
from .queries import Queued

ANSWERED = noted("Your answer is published.")
APPROVED = noted("Approved, and your answer is published.")
NOT_HERE = noted(
    "There is nothing to answer here any more: the review is not public, or its writer took the comment back."
)


@bp.get(f"{COMMENT}/reply")
def reply(comment_id: int):
    """The comment, and a form for the answer to it."""
    return page(answerable(comment_id), EditForm(), secrets.token_urlsafe(16))


@bp.post(f"{COMMENT}/reply")
@access.resumable
def create_reply(comment_id: int, form: MultiDict):
    """The queue, which says that the answer is in its thread."""
    author, sent, key = access.author(), EditForm(form), form.get("key", "")[: typed.KEY_LIMIT]
    with reads_only():
        there = answerable(comment_id)
    if not sent.validate():
        return page(there, sent, key, 422)
    draft = _draft(there, sent, key, author)
    comment = next(iter(queries.comments([comment_id])), None)
    if comment is None or not comment.body:  # its writer took it back just now
        abort(410, _(NOT_HERE))
    first = posted.with_key(key)
    is_news = comment.state != "visible"
    if first is None:
        moment = now()
        moderating.decide(db.session(), [comment], "visible", moment)
        posting.post(db.session(), draft, posting.Sender(moment=moment, rules=sheet.rules(), is_author=True))
        db.session.commit()
    flash(_(APPROVED if is_news else ANSWERED))
    return redirect(url_for("studio.comments.index"), 303)


def answerable(comment_id: int) -> Queued:
    """Find a comment under a review that readers can see."""
    there = queries.queued(comment_id) or abort(404)
    if not there.comment.review_id or not there.comment.is_live:
        abort(410, _(NOT_HERE))
    return there


def page(there: Queued, form: EditForm, key: str, status: int = 200):
    """Answer with the form for an answer."""
    context = {"item": there, "comment": there.comment, "form": form, "key": key}
    return render_template("studio/comments/reply.html", **context), status


def _draft(there: Queued, form: EditForm, key: str, author: auth.Author) -> posting.Draft:
    """Write the answer down, before a transaction is open."""
    return posting.draft(
        review_id=there.comment.review_id,
        parent=there.comment,
        key=key,
        name=cache.site().author or author.name,
        website="",
        body=form.body.data,
        spoils=form.spoils.data,
    )
