"""What a link's picture is drawn from: the cover's palette and shapes, or its picture, with the titles beside it."""

import base64
from typing import Any, NamedTuple

from flask import render_template

from kblog import depot
from kblog.depot import Place
from kblog.media.store import path_of
from kblog.models.review import Titled

from .. import cover_pictures, covers
from .font import KOREAN, Fonts
from .setting import LEFT, set_titles

WIDTH, HEIGHT = 1200, 630  # what those who show links ask for
PANEL = 510  # how wide the part is on which the cover's picture or shapes are
LARGEST = 6 * 1024**2  # bytes of a cover's picture; a larger one waits until a smaller variant is there
MEDIA_TYPES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}


class Subject(Titled):
    """A review as its picture for links needs it: the columns by their names."""

    def __init__(self, **columns: Any) -> None:
        self.__dict__.update(columns)


class Placed(NamedTuple):
    """A picture where it stands behind the panel, of which a part is seen."""

    x: float
    y: float
    width: float
    height: float
    source: str


class Nothing(ValueError):
    """There is no picture to draw; the message says why."""


def drawn(review: Any, fonts: Fonts, media: Place) -> str:
    """Return the picture of a review as SVG; raise Nothing where the fonts have none of its title's letters."""
    words = (review.cover_seed or review.slug, review.native_title, review.title)
    title = review.work_title or review.headline or ("" if review.native_title else review.slug)
    cover, lines = covers.draw(*words), set_titles(review.native_title, title, fonts)
    if not lines:
        raise Nothing("the fonts have none of its title's letters")
    context = {
        "drawing": cover,
        "lines": lines,
        "left": LEFT,
        "note": fonts.shown(covers.note(review.kind, review.year)),
        "picture": placed(review, media) if review.cover_files else None,
        "panel": PANEL,
        "width": WIDTH,
        "height": HEIGHT,
        "family": KOREAN,
    }
    return render_template("reviews/link_picture.svg", **context)


def placed(review: Any, media: Place) -> Placed:
    """Place a cover's picture so that its focus is in the panel, as near to the middle as may be."""
    width, height, name = chosen(review.cover_files)
    scale = max(PANEL / width, HEIGHT / height)
    before = cover_pictures.hidden(width, height, review.cover_focus, PANEL / HEIGHT)
    try:
        given = depot.of(media).read(path_of(name, is_variant=name != review.cover_files[0][2]))
    except depot.OutOfReach:
        raise
    except OSError as error:
        raise Nothing(f"the cover's picture cannot be read: {error.strerror}") from None
    if len(given) > LARGEST:
        raise Nothing("the cover's picture is too large, and has no smaller variant yet")
    kind = MEDIA_TYPES[name.rpartition(".")[2]]
    return Placed(
        x=-before * (width * scale - PANEL),
        y=-before * (height * scale - HEIGHT),
        width=width * scale,
        height=height * scale,
        source=f"data:{kind};base64,{base64.b64encode(given).decode()}",
    )


def chosen(files: cover_pictures.Files) -> tuple[int, int, str]:
    """Choose the smallest file that fills the panel, else the largest: a picture is best made small by its variants."""
    ordered = sorted(files, key=lambda each: each[0])
    filling = [each for each in ordered if each[0] >= PANEL and each[1] >= HEIGHT]
    width, height, name = (filling or ordered[-1:])[0]
    return width, height, name
