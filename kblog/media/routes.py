"""The address of a picture, which never changes what it shows."""

from flask import Blueprint, Response, abort

from kblog import auth

from . import queries
from .sending import GONE, is_name, send

bp = Blueprint("media", __name__)


@bp.get("/media/<name>")
def show(name: str) -> Response:
    """A picture: anybody's once a live text shows it, until then its author's alone."""
    file = queries.file(name) if is_name(name) else None
    if file is None or not (file.is_shown or auth.current()):
        abort(404, GONE)
    return send(name, file, is_public=file.is_shown)
