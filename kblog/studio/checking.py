"""What the author does about a finding: sets it aside, and takes that back."""

from flask import Blueprint, abort, redirect, render_template, request, url_for

from kblog import htmx
from kblog.db import db, now, reads_only

from . import access, findings, queries, saving, workbench
from .assistance import pairs
from .editor import REVIEW, keep
from .review_form import ReviewForm

bp = Blueprint("checking", __name__, url_prefix=f"{REVIEW}/findings")


@bp.post("/ignore")
@access.keeps_text
def ignore(review_id: int):
    """Ask no more about this finding, in this review; the text is not touched, and no save ends it."""
    with reads_only():  # a text is looked over before the writing begins
        review = queries.review(review_id) or abort(404)
        typed = _typed()
        document = workbench.document(typed, review) if typed else saving.document_of(review)
        wanted = request.form.get("ignore", "")
        finding = next((each for each in findings.found(review, document).findings if each.key == wanted), None)
    review = queries.review(review_id) or abort(404)
    if finding:  # else it was mended meanwhile, or set aside in another window
        findings.ignore(db.session(), review, finding, now())
    return _answer(review_id, typed)


@bp.post("/take-back")
@access.keeps_text
def take_back(review_id: int):
    """Ask about a finding again."""
    review = queries.review(review_id) or abort(404)
    findings.take_back(db.session(), review, request.form.get("take-back", ""))
    return _answer(review_id, _typed())


def _typed() -> ReviewForm | None:
    """Return what is typed in the editor; None where the button stands on the page of publishing."""
    return None if request.form.get("back") == "release" else ReviewForm(request.form)


def _answer(review_id: int, typed: ReviewForm | None):
    """Commit, and show what is left where the button was pressed; what is typed is kept."""
    if typed is None:
        db.session.commit()
        return redirect(url_for("studio.release.show", review_id=review_id, _anchor="findings"), 303)
    if not htmx.wants_fragment():
        kept = keep(queries.review(review_id) or abort(404), typed, pairs(typed))
        db.session.commit()
        return redirect(url_for("studio.editor.edit", review_id=review_id, tab=kept.tab, _anchor="findings"), 303)
    db.session.commit()
    with reads_only():
        review = queries.review(review_id) or abort(404)
        seen = workbench.looked_at(review, typed, workbench.document(typed, review))
        return render_template("studio/editor/_looked_at.html", review=review, is_settled=True, **seen)
