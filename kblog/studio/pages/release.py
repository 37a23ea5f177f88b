"""Where a page is published, taken back and shown to a friend."""

from flask import abort, flash, redirect, render_template, request, url_for

from kblog.db import db, now
from kblog.language import gettext as _
from kblog.language import noted
from kblog.models import Page
from kblog.studio import previews, publishing, queries, saving

from . import form as forms
from . import standing
from .blueprint import PAGE, bp

GONE = noted("Withdrawn. Its address answers 410: taken back.")
UNCOVERED = noted("Withdrawn. Readers find the built-in text again.")


@bp.get(f"{PAGE}publish")
def release(page_id: int):
    """Where the page will be, and how it is published."""
    return _answer(queries.page(page_id) or abort(404))


@bp.post(f"{PAGE}publish")
def publish(page_id: int):
    """Make the page public at once; one that was public before keeps its day."""
    page = queries.page(page_id) or abort(404)
    if request.form.get("version") != str(page.version):
        return _answer(page, 409, _("The page was saved since you opened this one. Look at it once more."))
    if forms.missing(page) or page.state == "discarded":
        return _answer(page, 422)
    moment = now()
    since = page.published_at if page.published_at and page.published_at <= moment else moment
    publishing.publish(page, since)
    saving.save(db.session(), page, saving.document_of(page), moment, "published")
    db.session.commit()
    flash(_("Published."))
    return redirect(url_for("studio.pages.release", page_id=page_id), 303)


@bp.post(f"{PAGE}withdraw")
def withdraw(page_id: int):
    """Take the page back: its address says so from now on; what was only scheduled is a draft again."""
    page = queries.page(page_id) or abort(404)
    was_public = page.state == "published"
    then = UNCOVERED if standing.is_linked(page) else GONE
    publishing.withdraw(page, now())
    saving.keep(db.session(), page, saving.document_of(page), now(), "withdrawn")
    db.session.commit()
    flash(_(then) if was_public else _("It is a draft again."))
    return redirect(url_for("studio.pages.release", page_id=page_id), 303)


@bp.post(f"{PAGE}discard")
def discard(page_id: int):
    """Put a draft away; it can be taken up again from the list."""
    page = queries.page(page_id) or abort(404)
    publishing.discard(page, now())
    said = _("“%(title)s” is put away. You find it at the end of the list.", title=page.title or _("Untitled"))
    db.session.commit()
    flash(said)
    return redirect(url_for("studio.pages.index"), 303)


@bp.post(f"{PAGE}take-up")
def take_up(page_id: int):
    """Make what was put away a draft again."""
    page = queries.page(page_id) or abort(404)
    publishing.take_up(page)
    db.session.commit()
    flash(_("It is a draft again."))
    return redirect(url_for("studio.pages.edit", page_id=page_id), 303)


def _answer(page: Page, status: int = 200, trouble: str = ""):
    context = {
        "page": page,
        "trouble": trouble,
        "missing": forms.missing(page),
        "is_linked": standing.is_linked(page),
        "address": publishing.address(page, page.slug),
        "link": previews.link(page),
        "link_days": previews.LIFE.days,
    }
    return render_template("studio/pages/release.html", **context), status
