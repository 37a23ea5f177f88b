"""The address of a picture, which never changes what it shows."""

import re

from flask import Blueprint, Response, abort, current_app, send_file

from kblog.cache.files import FOR_GOOD

bp = Blueprint("media", __name__)

KINDS = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
NAME = re.compile(rf"(?P<hash>[0-9a-f]{{64}})\.(?P<extension>{'|'.join(KINDS)})")
# opened by itself a picture is a picture and nothing else; readers of feeds show it on pages of their own
HEADERS = {
    "Cache-Control": FOR_GOOD,
    "Content-Disposition": "inline",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


@bp.get("/media/<name>")
def show(name: str) -> Response:
    """A picture."""
    named = NAME.fullmatch(name) or abort(404, "That picture is not here.")
    try:
        path = current_app.config["KBLOG"].media / name
        response = send_file(path, mimetype=KINDS[named["extension"]], etag=named["hash"][:32])
    except OSError:
        abort(404, "That picture is not here.")
    response.headers.update(HEADERS)
    return response
