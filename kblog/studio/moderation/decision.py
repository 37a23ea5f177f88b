"""Decisions about comments, one by one or many at once, and the way back from them."""

from typing import NamedTuple

from flask import Response, abort, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from kblog import htmx
from kblog.comments import moderating, typed
from kblog.db import db, now, reads_only
from kblog.language import gettext as _
from kblog.language import noted, plural

from ..undoable import say
from . import queries
from .blueprint import COMMENT, LARGEST_ID, bp
from .queue import Place, back

MOST_AT_ONCE = 500  # ids in one form: ten pages of the queue
CHOOSE = noted("Choose a comment first.")
UNDONE = noted("It is as it was before.")
UNCHANGED = noted("Nothing was changed: it was so already.")
NOTHING = noted("There was nothing to undo.")


class Action(NamedTuple):
    """A button of the queue: the state it gives, and what is said then of one comment and of several."""

    state: str
    one: str
    many: str


ACTIONS = {
    "approve": Action("visible", noted("Approved."), noted("%(number)s approved.")),
    "keep": Action("visible", noted("Kept."), noted("%(number)s kept.")),
    "spam": Action("spam", noted("Marked as spam."), noted("%(number)s marked as spam.")),
    "remove": Action("removed", noted("Removed."), noted("%(number)s removed.")),
}


@bp.post(f"{COMMENT}/<any({', '.join(ACTIONS)}):action>")
def decide(comment_id: int, action: str) -> AnyResponse:
    """One line in the place of the comment, with Undo; without htmx the queue, which says it at its top."""
    chosen = queries.comments([comment_id]) or abort(404)
    changed = moderating.decide(db.session(), chosen, ACTIONS[action].state, now())
    db.session.commit()
    if not htmx.wants_fragment():
        say(_(ACTIONS[action].one if changed else UNCHANGED), changed)
        return back()
    with reads_only():
        return answer(
            "studio/comments/_decided.html", comment_id, said=_(ACTIONS[action].one if changed else UNCHANGED)
        )


@bp.post(f"{COMMENT}/undo")
def undo(comment_id: int) -> AnyResponse:
    """The comment as it was before the last decision."""
    chosen = queries.comments([comment_id]) or abort(404)
    undone = moderating.undo(db.session(), chosen, now())
    db.session.commit()
    if not htmx.wants_fragment():
        say(_(UNDONE if undone else NOTHING))
        return back()
    with reads_only():
        return answer("studio/comments/_undone.html", comment_id, said=_(UNDONE if undone else NOTHING))


@bp.post("/bulk")
def decide_many() -> AnyResponse:
    """The queue without the comments that were chosen, and with a way to take it all back."""
    action, ids = ACTIONS.get(request.form.get("action", "")), chosen_ids()
    if action is None or not ids:
        say(_(CHOOSE))
        return back()
    changed = moderating.decide(db.session(), queries.comments(ids), action.state, now())
    db.session.commit()
    say(_(action.many, number=f"{len(changed):,}") if changed else _(UNCHANGED), changed)
    return back()


@bp.post("/undo")
def undo_many() -> AnyResponse:
    """The queue with the comments as they were before the last decision about them."""
    undone = moderating.undo(db.session(), queries.comments(chosen_ids()), now())
    db.session.commit()
    say(
        _("%(comments)s as before.", comments=plural(len(undone), "comment is", "comments are"))
        if undone
        else _(NOTHING)
    )
    return back()


@bp.post(f"{COMMENT}/spoils")
def spoil(comment_id: int) -> AnyResponse:
    """The comment, which says now how far it spoils."""
    (comment,) = queries.comments([comment_id]) or abort(404)
    try:
        moderating.spoil(comment, typed.spoils(request.form.get(f"spoils-{comment_id}", "")))
    except ValueError as error:
        abort(422, str(error))
    said = _how_far(comment.spoils)
    db.session.commit()
    if not htmx.wants_fragment():
        say(said)
        return back()
    with reads_only():
        return answer("studio/comments/_spoils_set.html", comment_id, said=said)


def answer(template: str, comment_id: int, *, said: str) -> Response:
    """Draw what takes the place of a comment, with the numbers beside it."""
    item = queries.queued(comment_id) or abort(410)
    context = {"item": item, "said": said, "counts": queries.counts(), "place": Place.of(request.form)}
    return make_response(render_template(template, **context))


def chosen_ids() -> list[int]:
    """Return the numbers of the comments that were ticked; what is no number is left out."""
    given = [each for each in request.form.getlist("id") if each.isascii() and each.isdigit() and len(each) < 20]
    return [number for number in dict.fromkeys(map(int, given)) if number <= LARGEST_ID][:MOST_AT_ONCE]


def _how_far(spoils: str) -> str:
    if not spoils:
        return _("It spoils nothing.")
    return _("It spoils the whole story.") if spoils == "all" else _("It spoils up to episode %(last)s.", last=spoils)
