"""Slow senders cannot starve readers: few requests of a worker may be sending their body at one time."""

from collections.abc import Callable, Collection, Iterable, Mapping
from io import BytesIO
from threading import BoundedSemaphore
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from kblog.language import ENGLISH, noted, speaking
from kblog.language import gettext as _

PIECE = 64 * 1024
RETRY_AFTER = 5  # seconds
ENDS = "wsgi.input_terminated"  # by which a server says that a body ends by itself
BUSY = noted("The site is busy taking in what others send. Wait a moment and send it again: nothing was changed.")
UNMEASURED = noted(
    "A body has to say how long it is (Content-Length), or a part of it would pass for all. Nothing was changed."
)
CUT_SHORT = noted("Only a part of that arrived, and nothing was changed. Send it again.")


class Bodies:
    """A WSGI application before another one, which gets each request with its body already read.

    granian hands a request to one of its few threads as soon as its headers are there; reading the rest then takes as
    long as the sender likes. Of `threads` one always stays free for who only reads; a sender too many gets 503 at once.
    A body over `most_bytes`, or over what `larger` names for the beginning of its address, is left to the site, which
    refuses it unread, or, at the addresses in `streamed`, reads it piece by piece: while it does, it counts as one who
    sends. `headers` go with what is refused here, by the scheme of the request; `spoken` says in which language it is.
    """

    def __init__(
        self,
        app: WSGIApplication,
        threads: int,
        most_bytes: int,
        larger: Mapping[str, int] | None = None,
        headers: Callable[[str], Mapping[str, str]] = lambda _scheme: {},
        streamed: Collection[str] = (),
        spoken: Callable[[], str] = lambda: ENGLISH,
    ) -> None:
        self.app, self.most_bytes, self.larger, self.headers = app, most_bytes, larger or {}, headers
        self.streamed, self.spoken = streamed, spoken
        self.free = BoundedSemaphore(max(1, threads - 1))

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        # granian does not tell the end of a chunked body from a sender who broke off; no browser sends a form so
        if environ.get("HTTP_TRANSFER_ENCODING"):
            return self._refuse(environ, start_response, UNMEASURED, "411 Length Required")
        length = environ.get("CONTENT_LENGTH") or "0"
        path = environ.get("PATH_INFO", "")
        most, is_number = self._most(path), length.isascii() and length.isdigit()
        is_streamed = is_number and int(length) > most and path in self.streamed
        if not is_streamed and not (is_number and 0 < int(length) <= most):
            return self.app(environ, start_response)
        if not self.free.acquire(blocking=False):
            return self._refuse(environ, start_response, BUSY, "503 Service Unavailable", RETRY_AFTER)
        try:
            if is_streamed:  # Werkzeug then counts what comes, and tells a part of it from all
                return self.app({name: environ[name] for name in environ if name != ENDS}, start_response)
            body = _read(environ["wsgi.input"], int(length))
        finally:
            self.free.release()
        # granian says of every body that it ends by itself, and then Werkzeug takes half of one for all of it
        if len(body) < int(length):
            return self._refuse(environ, start_response, CUT_SHORT, "400 Bad Request")
        return self.app({**environ, "wsgi.input": BytesIO(body)}, start_response)

    def _most(self, path: str) -> int:
        return next((most for beginning, most in self.larger.items() if path.startswith(beginning)), self.most_bytes)

    def _refuse(
        self, environ: WSGIEnvironment, start_response: StartResponse, words: str, status: str, wait: int = 0
    ) -> Iterable[bytes]:
        with speaking(self.spoken()):
            said = f"{_(words)}\n".encode()
        headers = {"Content-Type": "text/plain; charset=utf-8", "Content-Length": str(len(said))}
        headers |= {"Cache-Control": "no-store", **self.headers(environ.get("wsgi.url_scheme", ""))}
        start_response(status, [*headers.items(), *([("Retry-After", str(wait))] if wait else [])])
        return [said]


def _read(stream, length: int) -> bytes:
    """Read so many bytes, or up to the end of what is sent."""
    parts: list[bytes] = []
    while length > 0 and (part := stream.read(min(PIECE, length))):
        parts.append(part)
        length -= len(part)
    return b"".join(parts)
