"""What helps while the author types: the preview, one more row, other spellings of a name, a free address."""

from collections.abc import Iterator

from flask import Blueprint, abort, redirect, render_template, request, url_for
from wtforms import BooleanField, FieldList, Form, FormField

from kblog import htmx
from kblog.db import db, reads_only
from kblog.document import Document
from kblog.language import gettext as _
from kblog.markup import section_kind
from kblog.slugs import slug

from . import access, marking, previews, publishing, queries, saving, workbench
from .editor import REVIEW, keep
from .review_form import ReviewForm, Ticked
from .sections import skeleton

GROUPS = ("cast", "availability", "rows", "parts")
MOST_ROWS = 300  # of one group; the longest cast list of a drama is about sixty

bp = Blueprint("assistance", __name__, url_prefix=REVIEW)


@bp.post("/preview")
@access.keeps_text
def preview(review_id: int):
    """Draw what readers would see of what is typed; nothing is stored."""
    typed = ReviewForm(request.form)
    with reads_only():
        review = queries.review(review_id) or abort(404)
        document = workbench.document(typed, review)
        if htmx.wants_fragment():
            context = {"preview": workbench.preview(document), "steps": workbench.steps(typed), "review": review}
            context |= {"links": workbench.links(typed, review), "words": workbench.word_count(typed)}
            context |= workbench.looked_at(review, typed, document)
            return render_template("studio/editor/_previewed.html", **context)
        try:
            passing = previews.drawn(document, review)
        except ValueError as error:
            abort(422, str(error))
        return previews.page_of(passing, previews.UNSAVED)


@bp.post("/rows")
@access.keeps_text
def add_row(review_id: int):
    """Add one more row to a group of the form, or the sections that a review of its kind usually has."""
    review = queries.review(review_id) or abort(404)
    typed, group = ReviewForm(request.form), request.form.get("add", "")
    if group == "skeleton":
        add_sections(typed)
        anchor = "parts"
    elif group in GROUPS and len(typed.group(group)) < MOST_ROWS:
        new = typed.group(group).append_entry()
        number = len(typed.group(group)) - 1
        anchor = f"{group}-{number}"
        if htmx.wants_fragment():
            row = {"group": group, "entry": new, "number": number}
            return render_template("studio/editor/_rows.html", **row, is_new=True)
    else:
        abort(400, _("There is no more room for that here."))
    kept = keep(review, typed, pairs(typed))
    db.session.commit()
    return redirect(url_for("studio.editor.edit", review_id=review_id, tab=kept.tab, _anchor=anchor), 303)


@bp.post("/spoiler")
@access.keeps_text
def mark(review_id: int):
    """Put the spoiler mark around a paragraph of what is typed, which the author chose among those proposed."""
    review = queries.review(review_id) or abort(404)
    typed, wanted = ReviewForm(request.form), request.form.get("mark", "")
    texts = (marking.marked(part.form.text.data, wanted) for part in typed.parts)
    number, text = next(((at, text) for at, text in enumerate(texts) if text is not None), (0, None))
    if text is None:
        abort(409, _("That paragraph has changed meanwhile. Nothing was marked."))
    part = typed.parts[number]
    part.form.text.data = text
    if htmx.wants_fragment():
        return render_template("studio/editor/_rows.html", group="parts", entry=part, number=number)
    kept = keep(review, typed, pairs(typed))
    db.session.commit()
    anchor = f"parts-{number}"
    return redirect(url_for("studio.editor.edit", review_id=review_id, tab=kept.tab, _anchor=anchor), 303)


@bp.post("/people")
@access.keeps_text
def people(review_id: int):
    """Name the people whom the cast may mean under another spelling."""
    with reads_only():
        return render_template("studio/editor/_people.html", people=workbench.near(ReviewForm(request.form)))


@bp.post("/slug")
@access.keeps_text
def check_slug(review_id: int):
    """Say whether an address is free, and how it would be written."""
    typed = ReviewForm(request.form)
    with reads_only():
        review = queries.review(review_id) or abort(404)
        return say_slug(review, typed.slug.data or "", workbench.document(typed, review))


def say_slug(subject: saving.Subject, asked: str, made: Document) -> str:
    """Say whether the address that was asked for is free, or the one that a text would get by itself."""
    wanted = slug(asked, "") or workbench.proposed_slug(subject, made)
    context = {"holder": queries.holder(subject, wanted), "address": publishing.address(subject, wanted)}
    return render_template("studio/editor/_slug.html", wanted=wanted, asked=asked, **context)


def add_sections(form: ReviewForm) -> None:
    """Add the sections a review of this kind usually has and this one lacks."""
    there = {section_kind(part.form.heading.data) for part in form.parts}
    for part in skeleton(form.kind.data):
        if section_kind(part.heading) not in there:
            form.parts.append_entry({"heading": part.heading, "text": part.text})


def pairs(form: Form) -> Iterator[tuple[str, str]]:
    """Write a form's fields as a browser would send them."""
    for field in form:
        if isinstance(field, FieldList):
            for entry in field.entries:
                yield from pairs(entry.form)
        elif isinstance(field, FormField):
            yield from pairs(field.form)
        elif isinstance(field, BooleanField):
            yield from [(field.name, "y")] if field.data else []
        elif isinstance(field, Ticked):
            yield from ((field.name, value) for value in field.data)
        else:
            value = getattr(field, "_value", None)  # of a text, a number, a day; a choice is its own
            yield field.name, value() if value else field.data or ""
