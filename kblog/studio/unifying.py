"""The page on which one sort of hyphens, apostrophes or quotation marks takes the place of two."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from wtforms import Form

from kblog import document as documents
from kblog.db import db, now, reads_only
from kblog.language import gettext as _
from kblog.language import noted
from kblog.models import Review

from . import queries, saving, signs
from .difference import difference
from .editor import REVIEW
from .review_form import Choice, Number

CHANGED = noted("The review was saved since you opened this page. Look at the difference once more.")
NAMED = {
    "hyphens": {"unify": noted("Unify the hyphens"), "signs": noted("hyphens")},
    "apostrophes": {"unify": noted("Unify the apostrophes"), "signs": noted("apostrophes")},
    "quotation-marks": {"unify": noted("Unify the quotation marks"), "signs": noted("quotation marks")},
}

bp = Blueprint("unifying", __name__, url_prefix=f"{REVIEW}/unify/<any(hyphens, apostrophes, 'quotation-marks'):kind>")


class WayForm(Form):
    """Which version of the text was looked at, and in which way its signs shall be written."""

    version = Number("Version")
    way = Choice(noted("Write them as"), {way: way for ways in signs.KINDS.values() for way in ways})


@bp.get("/")
def show(review_id: int, kind: str):
    """What would change in the text, before anything does."""
    review = queries.review(review_id) or abort(404)
    asked = request.args.get("way", "")
    return _page(review, kind, asked if asked in signs.KINDS[kind] else "")


@bp.post("/")
def unify(review_id: int, kind: str):
    """Write all of them in one way, and keep the text before among the revisions."""
    form = WayForm(request.form)
    way = form.way.data
    if not form.validate() or way not in signs.KINDS[kind]:
        abort(400, _("Choose on the page in which way they shall be written."))
    with reads_only():  # a text is drawn before the writing begins
        review = queries.review(review_id) or abort(404)
        if form.version.data != review.version:
            return _page(review, kind, way, 409)
        document = saving.document_of(review)
        number = _changing(document, kind, way)
        document = signs.unified(document, kind, way)
        saving.draw(document)
    review = queries.review(review_id) or abort(404)
    if form.version.data != review.version:  # saved a moment ago
        db.session.rollback()
        with reads_only():
            return _page(queries.review(review_id) or abort(404), kind, way, 409)
    if number:
        saving.save(db.session(), review, document, now())
        db.session.commit()
    said = noted("%(number)s changed. The text before is among the revisions: restore it there to undo this.")
    flash(_(said, number=f"{number:,}"))
    return redirect(url_for("studio.editor.edit", review_id=review_id), 303)


def _changing(document: documents.Document, kind: str, way: str) -> int:
    return sum(number for each, number in signs.counted(document, kind).items() if each != way)


def _page(review: Review, kind: str, way: str = "", status: int = 200):
    document = saving.document_of(review)
    way = way or signs.usual(document, kind)
    context = {
        "review": review,
        "kind": kind,
        "named": NAMED[kind],
        "way": way,
        "ways": signs.KINDS[kind],
        "counts": signs.counted(document, kind),
        "number": _changing(document, kind, way),
        "blocks": difference(documents.write(document), documents.write(signs.unified(document, kind, way))),
        "trouble": _(CHANGED) if status == 409 else "",
    }
    return render_template("studio/release/unify.html", **context), status
