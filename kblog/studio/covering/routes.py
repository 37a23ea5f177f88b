"""The page on which a review gets its cover; what was chosen is seen before it is saved."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from kblog.db import db, now, reads_only
from kblog.document import Document
from kblog.language import gettext as _
from kblog.language import noted
from kblog.media.store import LARGEST
from kblog.models import Media, Review
from kblog.reviews import link_pictures
from kblog.reviews.cover_views import drawn_cover

from .. import access, asked, saving
from .. import queries as texts
from ..editor import REVIEW
from ..library import queries as library
from . import form as forms
from . import queries
from .form import MOST_DRAWN, CoverForm, DrawnForm

AT_ONCE = 6  # drawn covers to choose from
PICTURES = 24  # of the library on one page
CHANGED = noted("The review was saved since you opened this page. Look at the cover once more, then save it.")
SAVED = noted("Saved. This is its cover now.")

bp = Blueprint("covering", __name__, url_prefix=f"{REVIEW}/cover")


@bp.get("/")
def show(review_id: int):
    """The cover, others that could be drawn, and the pictures that could be in its place."""
    review = texts.review(review_id) or abort(404)
    wanted = request.args.get("picture", "")
    if wanted:
        return page(review, picture=begun(review, queries.picture(wanted) or abort(404)))
    return page(review, picture=forms.of_review(review) if review.cover_files else None)


@bp.get(f"/<int(min=1, max={MOST_DRAWN}):number>.svg")
def drawn(review_id: int, number: int) -> Response:
    """One of the covers that are drawn for a review."""
    review = texts.review(review_id) or abort(404)
    response = drawn_cover(review, forms.seed_of(review, number))
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/drawn")
@access.resumable
def use_drawn(review_id: int, form: MultiDict):
    """Let the review have one of the covers that are drawn for it."""
    typed = DrawnForm(form)
    with reads_only():
        review = texts.review(review_id) or abort(404)
        if not typed.validate():
            return page(review, 422, _("Choose one of these covers."))
        wanted = typed.number.data or 1
        made = replace(saving.document_of(review), cover_seed=forms.seed_of(review, wanted), **NO_PICTURE)
        if typed.version.data != review.version:
            return page(review, 409, _(CHANGED), wanted=wanted)
    return save(review_id, made)


@bp.post("/picture")
@access.resumable
def use_picture(review_id: int, form: MultiDict):
    """Let the review have a picture as its cover; or only show how it would look."""
    typed = CoverForm(form)
    with reads_only():
        review = texts.review(review_id) or abort(404)
        is_valid = typed.validate()
        if form.get("action") == "look":
            typed.alt.errors = typed.is_decorative.errors = ()
            return page(review, picture=typed)
        if not is_valid:
            return page(review, 422, picture=typed)
        made = replace(
            saving.document_of(review),
            cover=typed.cover.data,
            cover_focus=typed.focus,
            cover_alt=typed.alt.data.strip(),
            cover_credit=typed.credit.data.strip(),
        )
        if typed.version.data != review.version:
            return page(review, 409, _(CHANGED), picture=typed)
    return save(review_id, made)


NO_PICTURE = {"cover": "", "cover_focus": "", "cover_alt": "", "cover_credit": ""}


def save(review_id: int, made: Document):
    """Save a review with another cover, as a revision; readers are told of no new text."""
    review = texts.review(review_id) or abort(404)
    if replace(made, **cover_of(saving.document_of(review))) != saving.document_of(review):
        db.session.rollback()
        with reads_only():
            return page(texts.review(review_id) or abort(404), 409, _(CHANGED))
    saving.save(db.session(), review, made, now(), is_news=False)
    db.session.commit()
    link_pictures.want(current_app)
    flash(_(SAVED))
    return redirect(url_for("studio.covering.show", review_id=review_id), 303)


def cover_of(document: Document) -> dict[str, str]:
    """Return what a document says of its cover."""
    return {name: getattr(document, name) for name in ("cover_seed", *NO_PICTURE)}


def begun(review: Review, picture: Media) -> CoverForm:
    """Return the form of a picture that may become the cover, with what the library says of it."""
    if picture.address == review.cover:
        return forms.of_review(review)
    said = {"alt": picture.alt or "", "is_decorative": picture.is_decorative, "credit": picture.credit}
    return CoverForm(data={"version": review.version, "cover": picture.address, "x": 50, "y": 50, **said})


def page(
    review: Review, status: int = 200, trouble: str = "", picture: CoverForm | None = None, wanted: int = 0
) -> tuple[str, int]:
    """Answer with the page; `wanted` is the drawn cover that is marked."""
    own = forms.number_of(review)
    marked = wanted or (0 if review.cover_files else own)
    start = request.args.get("from", (marked or own) - 1, type=int) // AT_ONCE * AT_ONCE + 1
    start = min(max(1, start), MOST_DRAWN - AT_ONCE)
    text, number = asked.text(request.args), asked.page(request.args)
    found = library.pictures("all", text, PICTURES + 1, (number - 1) * PICTURES)
    if picture:
        picture.version.raw_data, picture.version.data = None, review.version
    smaller = library.thumbnails([each.id for each in found[:PICTURES]])
    context: dict[str, Any] = {
        "review": review,
        "trouble": trouble,
        "numbers": range(start, start + AT_ONCE),
        "marked": marked,
        "own": own,
        "picture": picture,
        "pictures": found[:PICTURES],
        "thumbnails": {number: next(iter(sizes.values())) for number, sizes in smaller.items()},
        "has_more": len(found) > PICTURES,
        "asked": text,
        "page": number,
        "most_bytes": LARGEST,
    }
    return render_template("studio/cover/show.html", **context), status


@bp.app_template_filter()
def cover_number(review: Review) -> int:
    """Return which of the covers drawn for a review is its own."""
    return forms.number_of(review)
