"""What was found of an entry by one click, for one or for many, and the way back from it."""

from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from flask import Response, abort, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from kblog import htmx
from kblog.db import db, now, reads_only
from kblog.language import gettext as _
from kblog.language import noted, plural
from kblog.ledger import Availability
from kblog.reviews.routes import today
from kblog.studio import changes

from ..undoable import say
from . import queries
from .blueprint import ENTRY, LARGEST_ID, bp
from .queue import Place, back, mark

MOST_AT_ONCE = 500  # entries in one form: five pages of the queue
CHOOSE = noted("Choose something first.")
UNDONE = noted("It is as it was before.")
NOTHING = noted("There was nothing to undo: it has been changed since.")
UNCHANGED = noted("Nothing was changed: it says so already.")
STALE = noted("It was changed since you opened this page. Look at it once more.")


class Action(NamedTuple):
    """A button of the queue: the status it gives, "" for the one there is, and what is said then of one and of many."""

    status: str
    one: str
    many: str


ACTIONS = {
    "confirm": Action("", noted("Checked today."), noted("%(number)s checked today.")),
    "unknown": Action("unknown", noted("Not known now."), noted("%(number)s not known now.")),
}


@bp.post(f"{ENTRY}/<any({', '.join(ACTIONS)}):action>")
def decide(entry_id: int, action: str) -> AnyResponse:
    """One line in the place of the entry, with Undo; without htmx the queue, which says it at its top."""
    rows = queries.entries([entry_id]) or abort(404)
    if request.form.get("was", mark(rows[0])) != mark(rows[0]):
        return stale(entry_id)
    found = ACTIONS[action]
    changed = changes.settle(db.session(), ((row, looked_at(row.entry, found, today())) for row in rows), now())
    db.session.commit()
    said = found.one if changed else UNCHANGED
    return answer(entry_id, _(said), Place.of(request.form), is_undoable=bool(changed))


@bp.post(f"{ENTRY}/undo")
def undo(entry_id: int) -> AnyResponse:
    """The entry as it was before it was last looked at."""
    undone = changes.undo(db.session(), queries.last_changes([entry_id]), now())
    db.session.commit()
    said = _(UNDONE) if undone else _(NOTHING)
    if not htmx.wants_fragment():
        say(said)
        return back(Place.of(request.form))
    with reads_only():
        return line("studio/availability/_undone.html", entry_id, Place.of(request.form), said=said)


@bp.post("/bulk")
def decide_many() -> AnyResponse:
    """The queue, which says of how many entries the same was found, and takes it all back."""
    action, marks = ACTIONS.get(request.form.get("action", "")), chosen()
    if action is None or not marks:
        say(_(CHOOSE))
        return back(Place.of(request.form))
    rows = [row for row in queries.entries(marks) if mark(row) == marks[row.id]]
    found = [(row, looked_at(row.entry, action, today())) for row in rows]
    changed = [row.id for row in changes.settle(db.session(), found, now())]
    db.session.commit()
    words = _(action.many, number=f"{len(changed):,}") if changed else _(UNCHANGED)
    if missed := len(marks) - len(rows):
        other = plural(
            missed,
            "other changed since you opened the page: look once more.",
            "others changed since you opened the page: look once more.",
        )
        words += f" {other}"
    say(words, changed)
    return back(Place.of(request.form))


@bp.post("/undo")
def undo_many() -> AnyResponse:
    """The queue with the entries as they were before they were last looked at."""
    ids = [int(each) for each in request.form.getlist("id") if is_number(each)][:MOST_AT_ONCE]
    undone = changes.undo(db.session(), queries.last_changes(ids), now())
    db.session.commit()
    say(plural(len(undone), "is as before.", "are as before.") if undone else _(NOTHING))
    return back(Place.of(request.form))


def looked_at(entry: Availability, action: Action, day: date) -> Availability:
    """Return what an entry says after somebody looked today."""
    return replace(entry, status=action.status or entry.status, checked_on=day)


def answer(entry_id: int, said: str, place: Place, *, is_undoable: bool) -> AnyResponse:
    """Say what was done: in the place of the entry, or at the top of the queue."""
    if not htmx.wants_fragment():
        say(said, [entry_id] if is_undoable else ())
        return back(place)
    with reads_only():
        return line("studio/availability/_settled.html", entry_id, place, said=said, is_undoable=is_undoable)


def stale(entry_id: int) -> AnyResponse:
    """Show the entry as it is by now, and decide nothing."""
    db.session.rollback()
    if not htmx.wants_fragment():
        say(_(STALE))
        return back(Place.of(request.form))
    with reads_only():
        place = Place.of(request.form)
        return line("studio/availability/_undone.html", entry_id, place, 409, said=_(STALE))


def line(template: str, entry_id: int, place: Place, status: int = 200, **context: Any) -> Response:
    """Draw what takes the place of an entry, with the numbers beside it."""
    entry, review = queries.entry(entry_id) or abort(410)
    day = today()
    context |= {"entry": entry, "review": review, "today": day, "counts": queries.counts(day)}
    return make_response(render_template(template, place=place, **context), status)


def chosen() -> dict[int, str]:
    """Return the entries that were ticked, each with the mark of what it said; nonsense is left out."""
    pairs = (each.partition(".") for each in request.form.getlist("entry"))
    found = {int(number): seen for number, _, seen in pairs if is_number(number)}
    return dict(list(found.items())[:MOST_AT_ONCE])


def is_number(text: str) -> bool:
    """Whether a text is a number that an id could be."""
    return text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= LARGEST_ID
