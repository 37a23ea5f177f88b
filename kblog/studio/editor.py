"""The editor of a review: opened, saved, and kept while its author types."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from kblog import cache, htmx
from kblog.db import db, now, reads_only
from kblog.document import Document
from kblog.language import gettext as _
from kblog.language import noted
from kblog.models import Autosave, Review

from . import access, findings, publishing, queries, saving, signs, workbench
from .review_form import ReviewForm

REVIEW = "/reviews/<int(max=9223372036854775807):review_id>"  # a larger number fits no column
LONGEST_TAB = 64  # characters; the names made here have twelve
NOT_KEPT = (
    "csrf_token",
    "action",
    "add",
    "discard",
    "ignore",
    "take-back",
    "mark",
)  # of what a form sends: keys and buttons

KEPT, SAVED = noted("Kept at %(time)s"), noted("Saved at %(time)s")

bp = Blueprint("editor", __name__, url_prefix=REVIEW)


@bp.get("/")
def edit(review_id: int):
    """A review to write: as it is saved, or as this tab typed and did not save it."""
    review = queries.review(review_id) or abort(404)
    unsaved = queries.autosave(review, request.args.get("tab", ""))
    if unsaved is None:
        return workbench.page(review, workbench.opened(review))
    return workbench.page(review, ReviewForm(MultiDict((name, value) for name, value in unsaved.fields)))


@bp.post("/")
@access.keeps_text
@access.resumable
def update(review_id: int, form: MultiDict):
    """Save the review; where somebody saved it meanwhile nothing is overwritten, and both texts are shown."""
    typed = ReviewForm(form)
    with reads_only():
        review = queries.review(review_id) or abort(404)
        document = workbench.document(typed, review)
        if not workbench.is_sound(typed, document):
            return workbench.page(review, typed, 422)
    review = queries.review(review_id) or abort(404)
    if typed.version.data != review.version and not saving.is_saved(review, document):
        return _conflict(review, typed, document)
    try:
        publishing.rename(db.session(), review, document.slug or workbench.proposed_slug(review, document))
    except publishing.SlugTaken as taken:
        db.session.rollback()
        typed.slug.errors = [*typed.slug.errors, str(taken)]
        with reads_only():
            return workbench.page(queries.review(review_id) or abort(404), typed, 422)
    saving.save(db.session(), review, document, now())
    saving.forget_autosave(db.session(), review, typed.tab.data or "")
    db.session.commit()
    if form.get("action") == "publish":
        return htmx.go_to(url_for("studio.release.show", review_id=review_id))
    if form.get("action") == "cover":
        return htmx.go_to(url_for("studio.covering.show", review_id=review_id))
    if (kind := form.get("action", "")) in signs.KINDS:
        return htmx.go_to(url_for("studio.unifying.show", review_id=review_id, kind=kind))
    said = _(SAVED, time=clock())
    if htmx.wants_fragment():
        with reads_only():
            review = queries.review(review_id) or abort(404)
            context = {"steps": workbench.steps(typed), "found": findings.found(review, document)}
            return render_template("studio/editor/_saved.html", subject=review, said=said, **context)
    flash(f"{said}.")
    return redirect(url_for("studio.editor.edit", review_id=review_id, saved=typed.tab.data), 303)


@bp.post("/autosave")
@access.keeps_text
def autosave(review_id: int):
    """Keep what is typed, apart from what is saved; readers never see it."""
    review = queries.review(review_id) or abort(404)
    typed = ReviewForm(request.form)
    kept = keep(review, typed, request.form.items(multi=True))
    became, tab = settle(review, kept, workbench.document(typed, review)), kept.tab
    db.session.commit()
    if not htmx.wants_fragment():
        return redirect(url_for("studio.editor.edit", review_id=review_id, tab=tab), 303)
    with reads_only():
        return say_kept(queries.review(review_id) or abort(404), became)


@bp.post("/autosave/discard")
def discard_autosave(review_id: int):
    """Let go of what another tab typed; what this one typed is kept."""
    review = queries.review(review_id) or abort(404)
    typed, unwanted = ReviewForm(request.form), request.form.get("discard", "")
    saving.forget_autosave(db.session(), review, unwanted)
    if typed.tab.data and typed.tab.data != unwanted:
        keep(review, typed, request.form.items(multi=True))
    db.session.commit()
    return redirect(url_for("studio.editor.edit", review_id=review_id, tab=typed.tab.data), 303)


def keep(subject: saving.Subject, typed: Any, fields: Iterable[tuple[str, str]]) -> Autosave:
    """Keep what a tab typed, in place of what it typed before. The caller commits."""
    tab = (typed.tab.data or workbench.new_tab())[:LONGEST_TAB]
    wanted = [(name, value) for name, value in fields if name not in (*NOT_KEPT, "tab")]
    return saving.autosave(db.session(), subject, tab, typed.version.data or 0, [*wanted, ("tab", tab)], now())


def settle(subject: saving.Subject, kept: Autosave, document: Document) -> str:
    """Return what became of a text that was kept; "" where it began from an older one than is saved now.

    One that was sent before the save of the same text, and came after it, is saved: no other window has to do with it.
    """
    if kept.version == subject.version:
        return KEPT
    if not saving.is_saved(subject, document):
        return ""
    saving.forget_autosave(db.session(), subject, kept.tab)
    return SAVED


def say_kept(subject: saving.Subject, became: str) -> tuple[str, int]:
    """Say in place of the state of the save that what is typed is kept; 409 where the saved text is a newer one."""
    template = "studio/editor/_save_state.html" if became else "studio/editor/_elsewhere.html"
    said = _(became or KEPT, time=clock())
    return render_template(template, subject=subject, said=said), 200 if became else 409


def clock() -> str:
    """Return the time of day where the site is."""
    return now().astimezone(cache.site().zone).strftime("%H:%M")


def _conflict(review: Review, typed: ReviewForm, document: Document):
    """Keep the text that came too late as a revision, and show it beside the one that is saved."""
    saving.keep(db.session(), review, document, now(), "set aside")
    db.session.commit()
    with reads_only():
        review = queries.review(review.id) or abort(404)
        typed.version.raw_data, typed.version.data = None, review.version  # saving once more puts this text over it
        return workbench.page(review, typed, 409, workbench.compared(review, document))
