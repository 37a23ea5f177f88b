"""Closing and opening the comments on a review, from the queue or from the review's publishing page."""

from flask import abort, flash, redirect, request, url_for

from kblog.db import LARGEST_ID, db, now
from kblog.language import gettext as _
from kblog.language import noted
from kblog.studio import queries as studio
from kblog.studio import saving

from .blueprint import bp
from .queue import Place

SAID = {
    "close": noted("Comments on “%(title)s” are closed."),
    "open": noted("Readers may comment on “%(title)s” again."),
}


@bp.post(f"/on/<int(max={LARGEST_ID}):review_id>/<any(close, open):action>")
def close_or_open(review_id: int, action: str):
    """Where the author was, and readers find the comments closed, or open."""
    review = studio.review(review_id) or abort(404)
    is_open = action == "open"
    if review.comments_open != is_open:
        review.comments_open = is_open
        review.version += 1  # an editor that is open elsewhere must not close or open them again unseen
        saving.keep(db.session(), review, saving.document_of(review), now(), "saved")
        db.session.commit()
    flash(_(SAID[action], title=review.title))
    if request.form.get("back") == "release":
        return redirect(url_for("studio.release.show", review_id=review_id), 303)
    return redirect(url_for("studio.comments.index", **Place.of(request.form).arguments), 303)
