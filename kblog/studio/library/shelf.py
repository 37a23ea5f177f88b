"""The shelf: the pictures under its tabs, page by page, and the form through which more of them come in."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, current_app, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from kblog import depot, htmx
from kblog.db import db
from kblog.language import gettext as _
from kblog.media.store import LARGEST
from kblog.media.tidying import KEPT
from kblog.media.troubles import TROUBLES
from kblog.media.uses import queries as uses
from kblog.models import Media
from kblog.studio import access, asked

from ..undoable import said
from . import queries
from .blueprint import bp

PAGE_SIZE = 60
MARKS = re.compile(r"[\\`*_\[\]<>&\"]")  # what Markdown would read in words


@dataclass(frozen=True)
class Place(asked.Place):
    """Where on the shelf the author is."""

    tab: str = "all"
    tabs = queries.TABS


@bp.get("/")
def index() -> Response:
    """The pictures of the site, the newest first."""
    return page(Place.of(request.args))


def page(place: Place, status: int = 200, refused: Sequence[str] = ()) -> Response:
    """Answer with the shelf, or htmx with what alone is to be said of what could not come in."""
    if refused and htmx.wants_fragment():
        response = make_response(render_template("studio/library/_refused.html", refused=refused), status)
        return htmx.retarget(response, "#refused")
    found = queries.pictures(place.tab, place.text, PAGE_SIZE + 1, (place.page - 1) * PAGE_SIZE)
    context = {
        "place": place,
        "counts": queries.counts(),
        "pictures": found[:PAGE_SIZE],
        "has_more": len(found) > PAGE_SIZE,
        "refused": refused,
        "most_bytes": LARGEST,
        "said": said(),
        **around(found[:PAGE_SIZE]),
    }
    return access.page("studio/library/index.html", status, **context)


def around(pictures: Sequence[Media]) -> dict[str, Any]:
    """Return what tiles show beside the pictures: smaller versions, who shows each, which have lost their file.

    `away` says why it is not known which have, where it is not.
    """
    ids, away = [picture.id for picture in pictures], ""
    try:
        missing = depot.of(current_app.config["KBLOG"].media).missing({picture.file_name for picture in pictures})
    except OSError as error:
        missing, away = set(), str(error.strerror)
    return {
        "thumbnails": queries.thumbnails(ids),
        "users": uses.users(db.session(), ids),
        "missing": {each.id for each in pictures if each.file_name in missing},
        "away": away,
        "goes_on": {each.id: each.removed_at + KEPT for each in pictures if each.removed_at},
    }


def back(place: Place) -> AnyResponse:
    """Go back to where on the shelf a form was sent from."""
    return redirect(url_for("studio.library.index", **place.arguments), 303)


def address_of(picture: Media) -> str:
    """Return where on the shelf a picture is, among all of them."""
    number = queries.number_before(picture) // PAGE_SIZE + 1
    return url_for("studio.library.index", page=number if number > 1 else None, _anchor=f"media-{picture.id}")


@bp.app_template_filter()
def picture_markdown(picture: Media) -> str:
    """Write a picture as a text shows it, with its description and its caption."""
    alt, caption = (MARKS.sub(r"\\\g<0>", words or "") for words in (picture.alt, picture.caption))
    title = f' "{caption}"' if caption else ""
    return f"![{alt}]({picture.address}{title})"


@bp.app_template_filter()
def file_size(number: int) -> str:
    """Say how large a file is.

    >>> file_size(84_200), file_size(2_350_000)
    ('84 kB', '2.4 MB')
    """
    if number >= 1_000_000:
        return _("%(number)s MB", number=f"{number / 1_000_000:.1f}")
    return _("%(number)s kB", number=max(1, round(number / 1_000)))


bp.add_app_template_filter(TROUBLES.told, "trouble_told")
