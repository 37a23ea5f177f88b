"""The editor of a page: opened, saved, and kept while its author types."""

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from kblog import htmx
from kblog.db import db, now, reads_only
from kblog.document import Document
from kblog.language import gettext as _
from kblog.models import Page
from kblog.studio import access, previews, publishing, queries, saving, workbench
from kblog.studio.assistance import say_slug
from kblog.studio.editor import SAVED, clock, keep, say_kept, settle
from kblog.studio.sections import words

from . import form as forms
from .blueprint import PAGE, bp
from .form import PageForm


@bp.get(PAGE)
def edit(page_id: int):
    """A page to write: as it is saved, or as this tab typed and did not save it."""
    page = queries.page(page_id) or abort(404)
    unsaved = queries.autosave(page, request.args.get("tab", ""))
    if unsaved is None:
        return forms.answer(page, forms.opened(page))
    return forms.answer(page, forms.typed(MultiDict((name, value) for name, value in unsaved.fields), page))


@bp.post(PAGE)
@access.keeps_text
@access.resumable
def update(page_id: int, form: MultiDict):
    """Save the page; where somebody saved it meanwhile nothing is overwritten, and both texts are shown."""
    with reads_only():  # a text is drawn before the writing begins
        page = queries.page(page_id) or abort(404)
        typed = forms.typed(form, page)
        document = forms.document(typed, page)
        if not typed.validate():
            return forms.answer(page, typed, 422)
    page = queries.page(page_id) or abort(404)
    if typed.version.data != page.version and not saving.is_saved(page, document):
        return _conflict(page, typed, document)
    try:
        publishing.rename(db.session(), page, document.slug or workbench.proposed_slug(page, document))
    except publishing.SlugTaken as taken:
        db.session.rollback()
        typed.slug.errors = [*typed.slug.errors, str(taken)]
        with reads_only():
            return forms.answer(queries.page(page_id) or abort(404), typed, 422)
    saving.save(db.session(), page, document, now())
    saving.forget_autosave(db.session(), page, typed.tab.data or "")
    db.session.commit()
    if form.get("action") == "publish":
        return htmx.go_to(url_for("studio.pages.release", page_id=page_id))
    said = _(SAVED, time=clock())
    if htmx.wants_fragment():
        with reads_only():
            context = {"subject": queries.page(page_id), "said": said}
            return render_template("studio/editor/_saved.html", **context)
    flash(f"{said}.")
    return redirect(url_for("studio.pages.edit", page_id=page_id, saved=typed.tab.data), 303)


@bp.post(f"{PAGE}autosave")
@access.keeps_text
def autosave(page_id: int):
    """Keep what is typed, apart from what is saved; readers never see it."""
    page = queries.page(page_id) or abort(404)
    typed = forms.typed(request.form)
    kept = keep(page, typed, request.form.items(multi=True))
    became, tab = settle(page, kept, forms.document(typed, page)), kept.tab
    db.session.commit()
    if not htmx.wants_fragment():
        return redirect(url_for("studio.pages.edit", page_id=page_id, tab=tab), 303)
    with reads_only():
        return say_kept(queries.page(page_id) or abort(404), became)


@bp.post(f"{PAGE}autosave/discard")
def discard_autosave(page_id: int):
    """Let go of what another tab typed; what this one typed is kept."""
    page = queries.page(page_id) or abort(404)
    typed, unwanted = forms.typed(request.form), request.form.get("discard", "")
    saving.forget_autosave(db.session(), page, unwanted)
    if typed.tab.data and typed.tab.data != unwanted:
        keep(page, typed, request.form.items(multi=True))
    db.session.commit()
    return redirect(url_for("studio.pages.edit", page_id=page_id, tab=typed.tab.data), 303)


@bp.post(f"{PAGE}preview")
@access.keeps_text
def preview(page_id: int):
    """Draw what readers would see of what is typed; nothing is stored."""
    with reads_only():
        page = queries.page(page_id) or abort(404)
        document = forms.document(forms.typed(request.form), page)
        made = forms.preview(document)
        if htmx.wants_fragment():
            return render_template("studio/pages/_previewed.html", preview=made, words=words(document.body))
        if isinstance(made, str):
            abort(422, made)
        return previews.page_of(made, previews.UNSAVED)


@bp.post(f"{PAGE}slug")
@access.keeps_text
def check_slug(page_id: int):
    """Say whether an address is free, and how it would be written."""
    typed = forms.typed(request.form)
    with reads_only():
        page = queries.page(page_id) or abort(404)
        document = forms.document(typed, page)
        return say_slug(page, document.slug, document)


def _conflict(page: Page, typed: PageForm, document: Document):
    """Keep the text that came too late as a revision, and show it beside the one that is saved."""
    saving.keep(db.session(), page, document, now(), "set aside")
    db.session.commit()
    with reads_only():
        page = queries.page(page.id) or abort(404)
        typed.version.raw_data, typed.version.data = None, page.version  # saving once more puts this text over it
        return forms.answer(page, typed, 409, workbench.compared(page, document))
