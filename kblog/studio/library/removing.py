"""How pictures leave the library, and come back: what a text shows, or may show again, stays."""

from collections.abc import Collection, Iterable
from datetime import timedelta

from flask import abort, request
from werkzeug.wrappers import Response

from kblog.db import LARGEST_ID, db, now, reads_only
from kblog.language import gettext as _
from kblog.language import noted, plural
from kblog.media.tidying import KEPT
from kblog.media.uses import queries as uses
from kblog.models import Media
from kblog.studio import access

from ..undoable import say
from . import describing, queries, shelf
from .blueprint import PICTURE, bp
from .shelf import Place

MOST_AT_ONCE = 200  # pictures of one look, whose numbers fit a cookie for Undo: what is left comes with the next one
UNUSED = timedelta(days=30)  # after which a picture that nothing shows is offered to be removed
HELD = noted("%(name)s is in use, so it stays: %(users)s.")
NOTHING = noted("Nothing was removed: all that was chosen is in use.")


@bp.post(f"{PICTURE}remove")
def remove(media_id: int) -> Response:
    """The shelf without the picture, and a way back; where something shows it, its page, which says what."""
    place = Place.of(request.form)
    with reads_only():
        picture = queries.picture(media_id) or abort(404)
        if held := uses.held(db.session(), [picture]).get(media_id):
            words = _(HELD, name=picture.name or _("The picture"), users=in_words(held))
            return describing.page(picture, describing.PictureForm.of(picture), place, 409, words)
        name = picture.name or _("The picture")
    removed = taken_out(queries.these([media_id]))
    db.session.commit()
    gone = _("%(name)s is removed. The file is kept for %(days)s days.", name=name, days=KEPT.days)
    say(gone if removed else _(NOTHING), removed)
    return shelf.back(place)


@bp.get("/unused/")
def look() -> Response:
    """The pictures that nothing has shown for a month, before they are removed."""
    found = unused()
    context = {"pictures": found, "days": UNUSED.days, "days_kept": KEPT.days, **shelf.around(found)}
    return access.page("studio/library/unused.html", **context)


@bp.post("/unused/")
def remove_unused() -> Response:
    """The shelf without those that were looked at and that still nothing shows, and a way back."""
    chosen = set(numbers(request.form.getlist("id")))
    with reads_only():
        going = [picture.id for picture in unused() if picture.id in chosen]
    removed = taken_out(queries.these(going))
    db.session.commit()
    pictures = plural(len(removed), "picture")
    gone = _("%(pictures)s removed. The file is kept for %(days)s days.", pictures=pictures, days=KEPT.days)
    say(gone if removed else _(NOTHING), removed)
    return shelf.back(Place())


@bp.post("/undo")
def undo() -> Response:
    """The shelf with what was removed in its old places."""
    back = queries.removed(numbers(request.form.getlist("id")))
    for picture in back:
        picture.removed_at = None
    number = len(back)
    db.session.commit()
    say(plural(number, "picture is back in the library.", "pictures are back in the library."))
    return shelf.back(Place.of(request.form))


def unused() -> list[Media]:
    """Return the pictures that were there for a month and that nothing shows, now or in a text that is kept."""
    found = queries.unused_since(now() - UNUSED, MOST_AT_ONCE)
    held = uses.held(db.session(), found)
    return [picture for picture in found if picture.id not in held]


def taken_out(pictures: Iterable[Media]) -> list[int]:
    """Take pictures out of the library, but for those that a text came to show meanwhile. The caller commits."""
    chosen = list(pictures)
    shown, moment = uses.users(db.session(), [each.id for each in chosen]), now()
    going = [each for each in chosen if each.id not in shown]
    for picture in going:
        picture.removed_at = moment
    return [each.id for each in going]


def in_words(held: Collection[uses.User]) -> str:
    """Name what shows a picture."""
    ways = {
        "text": "“%(title)s”",
        "cover": noted("“%(title)s”, as its cover"),
        "revision": noted("a revision of “%(title)s”"),
        "unsaved": noted("what is typed at “%(title)s”"),
    }
    return ", ".join(dict.fromkeys(_(ways[each.how], title=each.title) for each in held))


def numbers(given: Iterable[str]) -> list[int]:
    """Return those of these words that could be the number of a picture."""
    found = [int(each) for each in given if each.isascii() and each.isdigit() and len(each) < 20]
    return [each for each in found if each <= LARGEST_ID][:MOST_AT_ONCE]
