"""The small form in which an entry is changed, in its place in the queue or on a page of its own."""

from dataclasses import replace
from typing import Any

from flask import Response, abort, request
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField

from kblog import htmx
from kblog.db import db, now, reads_only
from kblog.language import gettext as _
from kblog.language import noted
from kblog.ledger import in_words
from kblog.models.availability import SAID
from kblog.reviews.routes import today
from kblog.studio import access, changes
from kblog.studio.review_form import EntryForm

from . import queries
from .blueprint import ENTRY, bp
from .decision import UNCHANGED, answer
from .queue import Place, mark

CHANGED = noted("Changed.")
MEANWHILE = noted(
    "It was changed since you opened this form; it says now: %(said)s. Save once more to put yours in its place."
)


class ChangeForm(EntryForm):
    """What was found of an entry; its platform stays."""

    platform = None  # pyright: ignore[reportAssignmentType]
    was = HiddenField()

    @property
    def said(self) -> dict[str, Any]:
        """Return what the form says of the entry."""
        return {name: self[name].data for name in SAID}


@bp.get(f"{ENTRY}/change")
def change(entry_id: int):
    """The form, in the place of the entry or on a page of its own."""
    row, _ = queries.entry(entry_id) or abort(404)
    data = {**vars(row.entry), "checked_on": today(), "was": mark(row)}  # whoever changes it has just looked
    return page(entry_id, ChangeForm(prefix=prefix(entry_id), data=data), Place.of(request.args))


@bp.post(f"{ENTRY}/change")
@access.resumable
def save(entry_id: int, form: MultiDict):
    """One line in the place of the form, with Undo; where something is wrong with it, the form."""
    sent, place = ChangeForm(form, prefix=prefix(entry_id)), Place.of(form)
    with reads_only():
        if not sent.validate():
            return page(entry_id, sent, place, 422)
    row = next(iter(queries.entries([entry_id])), None) or abort(404)
    if sent.was.data and sent.was.data != mark(row):
        said, seen = in_words(row.entry), mark(row)
        db.session.rollback()
        sent.was.raw_data, sent.was.data = None, seen
        with reads_only():
            return page(entry_id, sent, place, 409, _(MEANWHILE, said=said))
    changed = changes.settle(db.session(), [(row, replace(row.entry, **sent.said))], now())
    db.session.commit()
    return answer(entry_id, _(CHANGED if changed else UNCHANGED), place, is_undoable=bool(changed))


def prefix(entry_id: int) -> str:
    """Return what the names of a form's fields begin with: several forms may be open in one queue."""
    return f"entry-{entry_id}"


def page(entry_id: int, form: ChangeForm, place: Place, status: int = 200, trouble: str = "") -> Response:
    """Answer with the form."""
    entry, review = queries.entry(entry_id) or abort(404)
    context = {"entry": entry, "review": review, "form": form, "place": place, "trouble": trouble}
    templates = "studio/availability/change.html", "studio/availability/_change.html"
    return htmx.render(*templates, status=status, **context)
