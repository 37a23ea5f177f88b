"""Readers' pages, kept ready outside Flask: a page is made once, and sent until a change or the clock ends it."""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from datetime import time as time_of_day
from threading import Event, Lock
from typing import Any
from urllib.parse import parse_qsl, urlencode
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Response, g, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from kblog.db import now

from .answers import Answer, Form, is_known, packed_by_gzip
from .shelf import Shelf, note_version, site
from .version import Unknown, Version

FRESH = "public, max-age=0, must-revalidate"
MOST_BYTES = 32 * 1024 * 1024  # of one process; a review's page with its packed form takes some 100 kB
LONGEST_KEY = 2_000  # characters of address and query; what is longer was made up
WAIT = 10  # seconds for another request that makes the same page; then it is made twice
MOST_FORMS = 20  # Accept-Encoding headers that one page remembers,
LONGEST_ACCEPTED = 200  # characters: a stranger may send many, and long ones
MOST_UNKEPT = 1_000  # addresses known to be made anew each time
SESSION = "kblog="  # the author's cookie, with or without __Host- before it: what they see is theirs alone
PACKERS = {"gzip": packed_by_gzip}
PASSED_BY = ("/media/", "/previews/")  # pictures are large, and sent piece by piece; a draft is kept by nobody

KEEPS = "kblog.keeps"  # whether who asks keeps pages
UNTIL, SEEN = "kblog.until", "kblog.seen"  # what the site says of an answer that may be kept

Key = tuple[str, str, str, str, str | None]


class Page:
    """A kept page: true at one version, until a moment (seconds since 1970); `seen` runs each time it is sent."""

    __slots__ = ("answer", "forms", "is_used", "seen", "until", "version")

    def __init__(
        self, version: Version, until: float, answer: Answer, seen: Callable[[WSGIEnvironment], None] | None = None
    ) -> None:
        self.version, self.until, self.answer, self.seen = version, until, answer, seen
        self.is_used = False  # since it was last passed over
        self.forms: dict[str, Form] = {}  # by the Accept-Encoding that asked for them

    def form(self, accepted: str) -> Form:
        """Return the form for an Accept-Encoding header; browsers send few different ones."""
        form = self.forms.get(accepted)
        if form is None:
            form = self.answer.form(accepted, PACKERS)
            if len(accepted) <= LONGEST_ACCEPTED and len(self.forms) < MOST_FORMS:
                self.forms[accepted] = form
        return form


class PageCache:
    """A WSGI application before another one: it answers what it has, and keeps what may be kept.

    `read_version` is asked for each page, so a change is seen by the very next request of every process.
    """

    def __init__(self, app: WSGIApplication, read_version: Callable[[], Version], most_bytes: int = MOST_BYTES) -> None:
        self.app, self.read_version, self.most_bytes = app, read_version, most_bytes
        self.lock = Lock()
        self.pages: OrderedDict[Key, Page] = OrderedDict()  # the oldest first, but for those asked for
        self.size = 0
        self.making: dict[Key, Event] = {}
        self.unkept: set[tuple[str, bool]] = set()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or SESSION in environ.get("HTTP_COOKIE", ""):
            return self.app(environ, start_response)
        if environ["PATH_INFO"].startswith(PASSED_BY):
            return self.app(environ, start_response)
        key = key_of(environ)
        try:
            version = self.read_version()
        except Unknown:
            return self.app(environ, start_response)  # which has the words for it
        if page := self.find(key, version):
            return _send(page, environ, start_response)
        if sum(map(len, filter(None, key))) > LONGEST_KEY or environ.get("CONTENT_LENGTH") not in (None, "", "0"):
            return self.app(environ, start_response)
        return self._make(key, version, environ, start_response)

    def find(self, key: Key, version: Version) -> Page | None:
        """Return the page kept under a key while it is true."""
        page = self.pages.get(key)
        if page is None or page.version != version or page.until <= time.time():
            return None
        page.is_used = True
        return page

    def keep(self, key: Key, page: Page) -> None:
        """Keep a page, and let go of the oldest that nobody asked for.

        One that was asked for gets a second chance behind the newest (the clock algorithm): near enough to the order
        of use, and a page that is found writes nothing that others would have to wait for.
        """
        with self.lock:
            self._forget(key)
            self.pages[key] = page
            self.size += page.answer.size
            while self.size > self.most_bytes:
                oldest = next(iter(self.pages))
                if self.pages[oldest].is_used:
                    self.pages[oldest].is_used = False
                    self.pages.move_to_end(oldest)
                else:
                    self._forget(oldest)

    def clear(self) -> None:
        """Let go of every page."""
        with self.lock:
            self.pages.clear()
            self.size = 0

    def _forget(self, key: Key) -> None:
        if page := self.pages.pop(key, None):
            self.size -= page.answer.size

    def _make(
        self, key: Key, version: Version, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Make a page, or wait for whoever makes it already."""
        place = (key[2], key[4] is not None)
        if place in self.unkept:
            return self.app(environ, start_response)
        with self.lock:
            is_mine = key not in self.making
            if is_mine:
                self.making[key] = Event()
            made = self.making[key]
        if not is_mine:
            made.wait(WAIT)
            if page := self.find(key, version):
                return _send(page, environ, start_response)
            return self.app(environ, start_response)
        try:
            made_page, status, headers, body = self._ask(environ, version)
            if made_page:
                self.keep(key, made_page)
        finally:
            with self.lock:
                del self.making[key]
                if len(self.unkept) > MOST_UNKEPT:
                    self.unkept.clear()
            made.set()
        if made_page:
            return _send(made_page, environ, start_response)
        if status[:3] == "200":
            self.unkept.add(place)
        start_response(status, headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def _ask(self, environ: WSGIEnvironment, version: Version) -> tuple[Page | None, str, list[tuple[str, str]], bytes]:
        """Ask the site for the whole page. The version was read before: what is made is that new, or newer."""
        asked = {**environ, "REQUEST_METHOD": "GET", KEEPS: True}
        for name in ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE", "HTTP_IF_RANGE"):
            asked.pop(name, None)
        answered: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], _error: Any = None) -> Callable[[bytes], object]:
            answered[:] = [status, headers]
            return lambda _: None

        parts = self.app(asked, start)
        try:
            body = b"".join(parts)
        finally:
            getattr(parts, "close", lambda: None)()
        status, headers = answered
        if UNTIL not in asked or status[:3] != "200" or any(name.lower() == "set-cookie" for name, _ in headers):
            return None, status, headers, body
        return Page(version, asked[UNTIL], Answer(headers, body), asked.get(SEEN)), status, headers, body


def init_app(app: Flask) -> None:
    """Keep values for one content version, and say of each answer whether and how long it may be kept."""
    app.extensions["kblog.cache"] = Shelf()
    app.before_request(note_version)
    app.after_request(_note)


def ends_at(moment: datetime | None) -> None:
    """Say that the page being made is true only until then."""
    if moment and moment > now():
        g.ends_at = min(moment, g.get("ends_at", moment))


def each_time(seen: Callable[[WSGIEnvironment], None]) -> None:
    """Call this with its environment for each request that is answered with the page being made."""
    request.environ[SEEN] = seen


def led_on(address: str) -> BaseResponse:
    """Send readers from an old address to the present one; they ask again each time, for a merge can be undone."""
    response = redirect(address, 301)
    response.headers["Cache-Control"] = FRESH
    return response


def key_of(environ: WSGIEnvironment) -> Key:
    """Return under what a page is kept.

    The order of arguments makes no other page, nor does a name that only tells where somebody came from. A fragment may
    name the page that asks for it in a header of its own, so that page is part of its key.
    """
    query = environ.get("QUERY_STRING", "")
    asked_from = None
    if environ.get("HTTP_HX_REQUEST_TYPE") == "partial":
        asked_from = environ.get("HTTP_HX_CURRENT_URL", "")
    if query and len(query) <= LONGEST_KEY:
        pairs = sorted(parse_qsl(query, keep_blank_values=True, errors="surrogateescape"), key=lambda pair: pair[0])
        query = urlencode([pair for pair in pairs if not pair[0].startswith("utm_")], errors="surrogateescape")
    return environ["wsgi.url_scheme"], environ.get("HTTP_HOST", ""), environ["PATH_INFO"], query, asked_from


def _note(response: Response) -> Response:
    """Give every answer that may be kept its ETag and the moment of its end; answer 304 to who has it already."""
    if request.method not in ("GET", "HEAD") or response.status_code != 200 or response.is_streamed:
        return response
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = FRESH
    if "no-store" in response.headers["Cache-Control"]:
        return response
    response.add_etag()
    if KEEPS in request.environ:
        request.environ[UNTIL] = _end()
    response.make_conditional(request)
    return response


def _end() -> float:
    """Return the moment at which time itself changes a page: its own, the next publication's, or the day's turn."""
    here = now().astimezone(site().zone)
    midnight = datetime.combine(here.date() + timedelta(days=1), time_of_day(), site().zone)
    moments = [midnight, site().next_publication, g.get("ends_at")]
    return min(moment.timestamp() for moment in moments if moment)


def _send(page: Page, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    form = page.form(environ.get("HTTP_ACCEPT_ENCODING", ""))
    if page.seen:
        page.seen(environ)
    asked = environ.get("HTTP_IF_NONE_MATCH")
    if asked and is_known(form.etag, asked):
        start_response("304 Not Modified", form.unchanged)
        return []
    start_response("200 OK", form.headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [form.body]
