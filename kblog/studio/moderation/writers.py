"""All that one writer of comments wrote here: to read, to hand over, and to erase."""

import json
from typing import Any

from flask import Response, abort, flash, redirect, render_template, url_for

from kblog import mail
from kblog.comments import moderating
from kblog.db import LARGEST_ID, db, now
from kblog.jinja import absolute, rfc3339
from kblog.language import gettext as _
from kblog.language import plural

from . import queries
from .blueprint import bp

WRITER = f"/writers/<int(max={LARGEST_ID}):comment_id>"  # whoever wrote that comment: no secret stands in an address


@bp.get(f"{WRITER}/")
def writer(comment_id: int) -> str:
    """Everything that whoever wrote a comment wrote here, whatever became of it."""
    there, rows = written(comment_id)
    return render_template("studio/comments/writer.html", comment=there, rows=rows)


@bp.get(f"{WRITER}/comments.json")
def download(comment_id: int) -> Response:
    """The same as a file for the writer."""
    rows = written(comment_id)[1]
    replies_to = mail.queries.addresses_of(row.id for row in rows)
    text = json.dumps([described(row, replies_to.get(row.id)) for row in rows], ensure_ascii=False, indent=2)
    response = Response(text + "\n", mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="comments-of-writer-{comment_id}.json"'
    return response


@bp.get(f"{WRITER}/erase")
def confirm_erasing(comment_id: int) -> str:
    """What would be erased; it cannot be had back."""
    there, rows = written(comment_id)
    return render_template("studio/comments/erase.html", comment=there, rows=rows)


@bp.post(f"{WRITER}/erase")
def erase(comment_id: int):
    """The queue, which says how many comments are erased."""
    there = written(comment_id)[0]
    number = moderating.erase(db.session(), queries.to_erase(there), now())
    db.session.commit()
    erased = plural(number, "comment")
    flash(_("%(comments)s erased. Where somebody had answered, an empty place is left.", comments=erased))
    return redirect(url_for("studio.comments.index"), 303)


def written(comment_id: int) -> tuple[Any, list[Any]]:
    """Find a reader's comment, and everything by the same writer."""
    found = queries.queued(comment_id)
    if found is None or found.comment.by_author:
        abort(404)
    return found.comment, list(queries.written_by(found.comment))


def described(row: Any, replies_to: str | None) -> dict[str, Any]:
    """Return what is kept of a comment, as its writer is told."""
    address = url_for("reviews.show", slug=row.slug) if row.slug else f"/pages/{row.page_slug}/"
    return {
        "id": row.id,
        "on": row.title,
        "address": f"{absolute(address)}#comment-{row.id}",
        "name": row.name,
        "website": row.website,
        "body": row.body,
        "spoils": row.spoils or "none",
        "answers": row.parent_id,
        "state": row.state,
        "reasons": row.reason.splitlines(),
        "posted_at": rfc3339(row.posted_at),
        "edited_at": rfc3339(row.edited_at) if row.edited_at else None,
        "network": row.network,
        "replies_go_to": replies_to,
    }
