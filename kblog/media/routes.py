"""The address of a picture, which never changes what it shows."""

from flask import Blueprint, Response, abort

from kblog import auth
from kblog.language import gettext as _
from kblog.models.media import FOLDER

from . import queries
from .sending import GONE, is_name, send

bp = Blueprint("media", __name__)


@bp.get("/media/<name>")
def show(name: str) -> Response:
    """A picture: anybody's once a live text shows it, until then its author's alone; or the one in its place."""
    file = queries.file(name) if is_name(name) else None
    new = queries.replaced(name) if file is None and is_name(name) else ""
    file = queries.file(new) if new else file
    if file is None or not (file.is_shown or auth.current()):
        abort(404, _(GONE))
    if new:  # not for good: the old file may come back
        return Response(status=301, headers={"Location": f"{FOLDER}{new}", "Cache-Control": "no-cache"})
    return send(name, file, is_public=file.is_shown)
