"""How a picture's file is sent: for good where everybody may see it, and kept by nobody where not."""

import re

from flask import Response, abort, current_app, make_response, request, send_file
from werkzeug.exceptions import ServiceUnavailable

from kblog import depot, errors
from kblog.cache.files import FOR_GOOD
from kblog.depot import Place
from kblog.language import gettext, noted

from .queries import File
from .store import path_of

KINDS = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
NAME = re.compile(rf"[0-9a-f]{{64}}\.(?:{'|'.join(KINDS)})")
GONE = noted("That picture is not here.")
NOT_NOW = (noted("That picture cannot be fetched just now."), errors.LATER)
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
    place = current_app.config["KBLOG"].media
    try:
        return sent(place, path_of(name, is_variant=file.is_variant), headers)
    except FileNotFoundError:
        if not file.is_variant:
            abort(404, gettext(GONE))
    try:
        return sent(place, f"{file.hash}.{file.extension}", PRIVATE)
    except FileNotFoundError:
        abort(404, gettext(GONE))


def sent(place: Place, name: str, headers: dict[str, str]) -> Response:
    """Answer with a file, or say that it cannot be had just now; raise FileNotFoundError where there is none."""
    stem, _, extension = name.rpartition("/")[2].partition(".")
    etag = stem[:32]
    if request.if_none_match.contains_weak(etag):  # the name is the hash of the file: nobody has to look at it
        unchanged = Response(status=304, headers=POLICY | headers)
        unchanged.set_etag(etag)
        return unchanged
    try:
        lent = depot.of(place).lent(name)
        response = send_file(lent, mimetype=KINDS[extension], etag=etag)
    except FileNotFoundError:
        raise
    except OSError as error:
        if not isinstance(error, depot.OutOfReach):  # which is noted already, and once
            current_app.logger.error("a picture cannot be read", extra={"facts": {"why": error.strerror}})
        return make_response(errors.answer(ServiceUnavailable(retry_after=errors.RETRY_AFTER), said=NOT_NOW))
    response.headers.update(POLICY | headers)
    if headers is PRIVATE:
        del response.headers["Expires"]  # which Flask gives every file
    return response
