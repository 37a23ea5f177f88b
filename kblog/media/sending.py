"""How a file of the media folder is sent: for good where everybody may see it, and kept by nobody where not."""

import re

from flask import Response, abort, current_app, send_file

from kblog.cache.files import FOR_GOOD

from .queries import File
from .store import path_of

KINDS = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
NAME = re.compile(rf"[0-9a-f]{{64}}\.(?:{'|'.join(KINDS)})")
GONE = "That picture is not here."
# opened by itself a picture is a picture and nothing else
POLICY = {"Content-Disposition": "inline", "Content-Security-Policy": "default-src 'none'; sandbox"}
# readers of feeds show it on pages of their own
PUBLIC = {"Cache-Control": FOR_GOOD, "Cross-Origin-Resource-Policy": "cross-origin"}
PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


def is_name(name: str) -> bool:
    """Whether a file could have this name."""
    return NAME.fullmatch(name) is not None


def send(name: str, file: File, *, is_public: bool) -> Response:
    """Send a file; in the place of a smaller version that is lost, the picture that it was made of."""
    headers = PUBLIC if is_public else PRIVATE
    try:
        response = _sent(path_of(name, is_variant=file.is_variant))
    except OSError:
        if not file.is_variant:
            abort(404, GONE)
        try:
            response, headers = _sent(f"{file.hash}.{file.extension}"), PRIVATE
        except OSError:
            abort(404, GONE)
    response.headers.update(POLICY | headers)
    if headers is PRIVATE:
        del response.headers["Expires"]  # which Flask gives every file
    return response


def _sent(name: str) -> Response:
    path = current_app.config["KBLOG"].media / name
    return send_file(path, mimetype=KINDS[path.suffix[1:]], etag=path.stem[:32])
