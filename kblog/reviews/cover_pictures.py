"""A picture as a cover: which part of it the frame of a cover shows, and in which sizes a browser may get it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from kblog.addresses import url_for
from kblog.models.media import FOLDER

FRAME = 3 / 4  # width by height of every cover
CENTRE = "50 50"
STEP = 5  # per cent: the places at which a style sheet without inline styles can hold a picture
# how wide a cover is: in lists, and where it leads a page
SIZES = {
    False: (("(width < 36rem) ", 6.25, "rem"), ("(width < 60rem) ", 30, "vw"), ("", 16, "rem")),
    True: (("(width < 48rem) ", 11.5, "rem"), ("", 21, "rem")),
}

Files = Sequence[Sequence[Any]]  # (width, height, name) of each, the picture itself first


class CoverPicture(NamedTuple):
    """What a template draws: `place` is the per cent at which the frame holds the picture along its longer side."""

    src: str
    srcset: str
    webp: str
    place: int
    stretch: float
    alt: str
    credit: str

    def sizes(self, is_large: bool) -> str:
        """Say how wide the whole picture is shown, of which the frame hides a part."""
        return ", ".join(f"{where}{width * self.stretch:.4g}{unit}" for where, width, unit in SIZES[is_large])


def of(review: Any) -> CoverPicture | None:
    """Return the picture that is a review's cover; None where its cover is drawn, or the picture is not here."""
    files: Files | None = review.cover_files
    if not files:
        return None
    width, height, name = files[0]
    kind = name.rpartition(".")[2]
    folder = getattr(review, "cover_folder", FOLDER)  # another one for a draft that somebody has a link to
    return CoverPicture(
        src=folder + name,
        srcset=_srcset(files, kind, folder) if len(files) > 1 else "",
        webp=_srcset(files, "webp", folder) if kind != "webp" else "",
        place=place(width, height, review.cover_focus),
        stretch=max(1.0, width / height / FRAME),
        alt=review.cover_alt,
        credit=review.cover_credit,
    )


def addresses(review: Any, link_hash: str | None) -> list[str]:
    """Return where the pictures are that stand for a review elsewhere: its cover, if it is one, and its links' own."""
    cover = of(review)
    links = [url_for("reviews.link_picture", name=link_hash)] if link_hash else []
    return [*([cover.src] if cover else []), *links]


def place(width: int, height: int, focus: str, frame: float = FRAME) -> int:
    """Return where a frame holds a picture, in per cent of what it hides, so that the focus is as central as may be.

    >>> place(1600, 900, "50 50"), place(1600, 900, "10 50"), place(1600, 900, "70 0"), place(300, 900, "50 20")
    (50, 0, 85, 0)
    """
    exact = hidden(width, height, focus, frame)
    return min(100, max(0, STEP * round(exact * 100 / STEP)))


def hidden(width: int, height: int, focus: str, frame: float) -> float:
    """Return which share of what a frame hides of a picture lies before what it shows: left of it, or above."""
    x, y = (int(number) / 100 for number in (focus or CENTRE).split())
    is_wide = width / height > frame
    shown = frame * height / width if is_wide else width / frame / height  # the share of the longer side
    if shown >= 1:
        return 0.5
    return min(1.0, max(0.0, ((x if is_wide else y) - shown / 2) / (1 - shown)))


def _srcset(files: Files, kind: str, folder: str) -> str:
    wanted = sorted((width, name) for width, _, name in files if name.endswith(f".{kind}"))
    return ", ".join(f"{folder}{name} {width}w" for width, name in wanted)
