"""Slow senders cannot starve readers: few requests of a worker may be sending their body at one time."""

from collections.abc import Iterable
from io import BytesIO
from threading import BoundedSemaphore
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

PIECE = 64 * 1024
RETRY_AFTER = 5  # seconds
BUSY = b"The site is busy taking in what others send. Wait a moment and send it again: nothing was changed.\n"
CUT_SHORT = b"Only a part of that arrived, and nothing was changed. Send it again.\n"


class Bodies:
    """A WSGI application before another one, which gets each request with its body already read.

    granian hands a request to one of its few threads as soon as its headers are there; reading the rest then takes as
    long as the sender likes. Of `threads` one always stays free for who only reads; a sender too many gets 503 at once.
    A body over `most_bytes` is left to the site, which refuses it unread.
    """

    def __init__(self, app: WSGIApplication, threads: int, most_bytes: int) -> None:
        self.app, self.most_bytes = app, most_bytes
        self.free = BoundedSemaphore(max(1, threads - 1))

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or "0"
        is_chunked = "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()
        if not is_chunked and (not length.isascii() or not length.isdigit() or not 0 < int(length) <= self.most_bytes):
            return self.app(environ, start_response)
        if not self.free.acquire(blocking=False):
            return _refuse(start_response, "503 Service Unavailable", BUSY, ("Retry-After", str(RETRY_AFTER)))
        try:
            body = _read(environ["wsgi.input"], self.most_bytes + 1 if is_chunked else int(length))
        finally:
            self.free.release()
        # granian says of every body that it ends by itself, and then Werkzeug takes half of one for all of it
        if not is_chunked and len(body) < int(length):
            return _refuse(start_response, "400 Bad Request", CUT_SHORT)
        return self.app({**environ, "wsgi.input": BytesIO(body)}, start_response)


def _refuse(start_response: StartResponse, status: str, words: bytes, *more: tuple[str, str]) -> Iterable[bytes]:
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(words)))]
    start_response(status, [*headers, ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"), *more])
    return [words]


def _read(stream, length: int) -> bytes:
    """Read so many bytes, or up to the end of what is sent."""
    parts: list[bytes] = []
    while length > 0 and (part := stream.read(min(PIECE, length))):
        parts.append(part)
        length -= len(part)
    return b"".join(parts)
