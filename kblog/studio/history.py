"""The revisions of a text: what it said when, what differs, and how an old one comes back."""

from dataclasses import replace

from flask import Blueprint, abort, flash, redirect, render_template, url_for

from kblog import document as documents
from kblog.db import LARGEST_ID, db, now, reads_only
from kblog.language import gettext as _
from kblog.language import noted
from kblog.models import Page, Review
from kblog.transfer import rows

from . import changes, queries, saving
from .difference import difference

OCCASION_WORDS = {
    "saved": noted("Saved"),
    "set aside": noted("Set aside"),
    "restored": noted("Restored"),
    "published": noted("Published"),
    "withdrawn": noted("Withdrawn"),
    "imported": noted("Imported"),
}

bp = Blueprint(
    "history", __name__, url_prefix=f"/<any(reviews, pages):shelf>/<int(max={LARGEST_ID}):subject_id>/revisions"
)


@bp.app_template_filter()
def occasion_word(occasion: str) -> str:
    """Name the occasion on which a revision was kept."""
    return _(OCCASION_WORDS[occasion])


@bp.get("/")
def index(shelf: str, subject_id: int):
    """Every revision of a text, the newest first."""
    subject = find(shelf, subject_id)
    context = {"shelf": shelf, "subject": subject, "revisions": queries.revisions(subject)}
    return render_template("studio/history/index.html", **context)


@bp.get(f"/<int(max={LARGEST_ID}):revision_id>/")
def show(shelf: str, subject_id: int, revision_id: int):
    """One revision, and what the saved text says differently."""
    subject = find(shelf, subject_id)
    revision = queries.revision(subject, revision_id) or abort(404)
    blocks = difference(rows.text_of(subject), revision.text)
    context = {"shelf": shelf, "subject": subject, "revision": revision, "blocks": blocks}
    return render_template("studio/history/show.html", **context)


@bp.post(f"/<int(max={LARGEST_ID}):revision_id>/restore")
def restore(shelf: str, subject_id: int, revision_id: int):
    """Let the text say again what it said; its address, whether it is public, and what was checked since stay."""
    with reads_only():  # a text is drawn before the writing begins
        subject = find(shelf, subject_id)
        revision = queries.revision(subject, revision_id) or abort(404)
        document = documents.parse(revision.text)
        saving.draw(document)
    subject = find(shelf, subject_id)
    if isinstance(subject, Review):
        document = changes.rechecked(document, subject)
    saving.save(db.session(), subject, replace(document, slug=subject.slug), now(), "restored")
    db.session.commit()
    flash(_("Restored. The text before it stays among the revisions."))
    if shelf == "reviews":
        return redirect(url_for("studio.editor.edit", review_id=subject_id), 303)
    return redirect(url_for("studio.pages.edit", page_id=subject_id), 303)


def find(shelf: str, subject_id: int) -> Review | Page:
    """Find the review or page of an address; answer 404 where there is none."""
    return (queries.review if shelf == "reviews" else queries.page)(subject_id) or abort(404)
