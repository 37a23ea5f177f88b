"""The addresses of covers, drawn or not, and of the pictures that links show."""

from typing import NamedTuple

from flask import Response, abort, current_app, make_response, render_template, request

from kblog.addresses import url_for
from kblog.language import gettext as _
from kblog.media.sending import GONE, PUBLIC, sent

from . import cover_pictures, covers, link_pictures, reading
from .routes import bp


@bp.get("/reviews/<slug>/cover.svg")
def cover(slug: str):
    """The review's drawn cover."""
    return drawn_cover(reading.live(slug) or abort(404))


def drawn_cover(review, seed: str | None = None) -> Response:
    """Answer with the cover drawn for a review, or the one that another seed makes."""
    seed = (review.cover_seed if seed is None else seed) or review.slug
    words = (seed, review.native_title, review.title, covers.note(review.kind, review.year))
    response = make_response(render_template("reviews/cover.svg", drawing=covers.draw(*words)))
    response.mimetype = "image/svg+xml"
    if request.args.get("v") == covers.version(*words):
        response.headers["Cache-Control"] = PUBLIC["Cache-Control"]
    return response


class PictureOfLink(NamedTuple):
    """What the head of a page says of the picture that a link to it shows."""

    address: str
    alt: str
    width: int = link_pictures.WIDTH
    height: int = link_pictures.HEIGHT


@bp.get("/media/links/<name>.png")
def link_picture(name: str) -> Response:
    """The picture that links to a live review show."""
    if not link_pictures.is_shown(name):
        abort(404, _(GONE))
    try:
        return sent(current_app.config["KBLOG"].link_pictures, link_pictures.file_name(name), PUBLIC)
    except FileNotFoundError:
        abort(404, _(GONE))


@bp.app_template_filter()
def link_picture_of(review) -> PictureOfLink | None:
    """Return the picture that links to a review show; None until it is drawn, and for what is not public."""
    found = getattr(review, "link_hash", "")
    if not found:
        return None
    titles = ", ".join(dict.fromkeys(filter(None, (review.title, review.native_title))))
    alt = f"{titles}. {review.cover_alt}" if review.cover_files and review.cover_alt else titles
    return PictureOfLink(url_for("reviews.link_picture", name=found), alt)


@bp.app_template_filter()
def cover_url(review) -> str:
    """Return the address of a review's cover; it changes when the picture does."""
    if address := getattr(review, "cover_address", ""):
        return address  # of a review that is not public
    seed = review.cover_seed or review.slug
    version = covers.version(seed, review.native_title, review.title, covers.note(review.kind, review.year))
    return url_for("reviews.cover", slug=review.slug, v=version)


@bp.app_template_filter()
def cover_picture(review) -> cover_pictures.CoverPicture | None:
    """Return the picture that is a review's cover, or None where its cover is drawn."""
    return cover_pictures.of(review)


@bp.app_template_filter()
def pale_cover(review) -> bool:
    """Whether a review's cover is dimmed a little in the dark."""
    return covers.is_pale(review.cover_seed or review.slug)
