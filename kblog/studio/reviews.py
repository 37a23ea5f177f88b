"""The list of all reviews, and how a new one begins."""

from flask import Blueprint, redirect, render_template, request, url_for
from wtforms import Form
from wtforms.validators import ValidationError

from kblog.db import db, now
from kblog.document import KINDS
from kblog.language import gettext as _
from kblog.language import noted
from kblog.transfer import pasted
from kblog.transfer.telling import SENTENCES

from . import access, asked, drafting, queries
from .review_form import Words

STATES = ("all", "draft", "scheduled", "published", "withdrawn", "discarded")
PAGE_SIZE = 50  # titles on one page of the list

bp = Blueprint("reviews", __name__, url_prefix="/reviews")


def given(_form: Form, field: Words) -> None:
    """Refuse a field in which nothing stands."""
    if not field.data:
        raise ValidationError(_("Paste the text of a post first."))


class PasteForm(Form):
    """A whole post, or its text."""

    text = Words(noted("The post, from its headline to its hashtags"), [given])


@bp.get("/")
def index():
    """Every review, whatever its state."""
    state, text, page = request.args.get("state", ""), asked.text(request.args), asked.page(request.args)
    state = state if state in STATES else STATES[0]
    counts = queries.review_counts()
    found = queries.reviews(state, text, PAGE_SIZE + 1, (page - 1) * PAGE_SIZE)
    return render_template(
        "studio/reviews/index.html",
        states=[(each, sum(counts.values()) if each == "all" else counts.get(each, 0)) for each in STATES],
        state=state,
        text=text,
        reviews=found[:PAGE_SIZE],
        page=page,
        has_more=len(found) > PAGE_SIZE,
    )


@bp.get("/new")
def new():
    """A new review: blank, or read from a post."""
    return render_template("studio/reviews/new.html", form=PasteForm())


@bp.post("/new")
def create():
    """Begin a draft with the sections that its kind usually has."""
    kind = request.form.get("kind", "")
    review = drafting.begin(db.session(), drafting.blank(kind if kind in KINDS else ""), now())
    db.session.commit()
    return redirect(url_for("studio.editor.edit", review_id=review.id), 303)


@bp.post("/paste")
@access.resumable
def paste(form):
    """Read a post into the fields of a draft, for its author to confirm."""
    sent = PasteForm(form)
    if not sent.validate():
        return render_template("studio/reviews/new.html", form=sent), 422
    try:
        read = pasted.read(sent.text.data or "")
    except ValueError as error:
        sent.text.errors = [SENTENCES.told(str(error))]
        return render_template("studio/reviews/new.html", form=sent), 422
    review = drafting.begin(db.session(), drafting.with_notes(read.document, read.notes), now(), "imported")
    db.session.commit()
    return redirect(url_for("studio.editor.edit", review_id=review.id, read=1), 303)
