"""What the headers of every answer mean to a browser, whatever its status and kind, by http and by https."""

import re
from collections.abc import Callable
from typing import NamedTuple

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from kblog.bodies import Bodies
from kblog.db import db, now
from kblog.headers import of
from kblog.models import Redirect, Review

from .browser import HTMX, Browser
from .commenting import filled, stamp
from .conftest import NAME, PASSWORD, with_author

OWN = {"Sec-Fetch-Site": "same-origin"}
FORM = "/reviews/salt-road/comments"
KEYWORDS = {"'self'", "'none'"}  # no host, no scheme, no nonce, nothing unsafe
DIRECTIVES = {
    "script-src", "style-src", "img-src", "font-src", "media-src", "connect-src", "manifest-src", "form-action",
}  # fmt: skip


class Kind(NamedTuple):
    """One kind of answer: how it is asked for, and what it is."""

    status: int
    url: str
    method: str = "GET"
    headers: dict = {}
    data: dict | None = None
    mimetype: str = "text/html"
    environ: dict = {}

    @property
    def name(self) -> str:
        return f"{self.status} {self.method} {self.url} {' '.join(self.headers)}"


KINDS = [
    Kind(200, "/"),
    Kind(200, "/", headers={"Accept-Encoding": "gzip"}),
    Kind(200, "/", "HEAD"),
    Kind(200, "/", "OPTIONS"),
    Kind(200, "/reviews/", headers=HTMX),
    Kind(200, "/reviews/salt-road/"),
    Kind(200, f"{FORM}/new"),
    Kind(200, "/feeds/reviews.atom", mimetype="application/atom+xml"),
    Kind(200, "/feeds/reviews.json", mimetype="application/feed+json"),
    Kind(200, "/sitemap.xml", mimetype="application/xml"),
    Kind(200, "/opensearch.xml", mimetype="application/opensearchdescription+xml"),
    Kind(200, "/robots.txt", mimetype="text/plain"),
    Kind(200, "/healthz", mimetype="application/json"),
    Kind(200, "/reviews/salt-road/cover.svg", mimetype="image/svg+xml"),
    Kind(200, "/static/kblog.css", mimetype="text/css"),
    Kind(200, "/static/kblog.js", mimetype="text/javascript"),
    Kind(200, "/static/icon.svg", mimetype="image/svg+xml"),
    Kind(200, "/studio/login"),
    Kind(301, "/reviews/old-name/"),
    Kind(302, "/studio/"),
    Kind(303, FORM, "POST", OWN),  # filled in below
    Kind(308, "/reviews"),
    Kind(400, "/", headers={"Host": "evil.example"}),
    Kind(400, FORM, "POST", OWN, {"name": "x"}, "text/plain", {"CONTENT_LENGTH": "5000"}),  # cut short
    Kind(401, "/studio/", headers=HTMX),
    Kind(403, FORM, "POST", {"Origin": "https://evil.example"}, {"name": "x"}),
    Kind(404, "/nowhere"),
    Kind(404, "/nowhere", headers=HTMX),
    Kind(404, "/static/nothing.css"),
    Kind(405, "/reviews/", "DELETE"),
    Kind(410, "/reviews/taken-back/"),
    Kind(413, FORM, "POST", OWN, {"body": "x" * 300_000}),
    Kind(422, FORM, "POST", OWN, {"name": ""}),
    Kind(422, FORM, "POST", OWN | HTMX, {"name": ""}),
    Kind(429, FORM, "POST", OWN),  # filled in below, after the limit
    Kind(500, "/breaks"),
    Kind(500, "/breaks", headers=HTMX),
]


@pytest.fixture
def crossroads(sample_app: Flask) -> Browser:
    """The samples with an author, one review taken back, one moved, and a route that breaks."""
    with_author(sample_app)
    sample_app.add_url_rule("/breaks", view_func=lambda: 1 / 0)
    moved, withdrawn = db.session.scalars(
        sa.select(Review).where(Review.slug != "salt-road").order_by(Review.id).limit(2)
    ).all()
    db.session.add(Redirect(path="/reviews/old-name/", review_id=moved.id))
    withdrawn.withdrawn_at, withdrawn.slug = now(), "taken-back"
    db.session.commit()
    return Browser(sample_app)


def every_answer(browser: Browser, scheme: str) -> list[tuple[Kind, TestResponse]]:
    """Ask for each kind, and again for what is kept, whole and as who has it already."""
    found = []
    ask: Callable = lambda kind, **more: browser.ask(  # noqa: E731
        kind.url,
        kind.method,
        base_url=f"{scheme}://localhost",
        headers=kind.headers | more,
        data=kind.data,
        environ_overrides=kind.environ,
    )
    for kind in KINDS:
        if kind.status in (303, 429):
            sent = filled(browser, FORM) | {"stamp": stamp(browser.app)}
            for number in range(1 if kind.status == 303 else 6):
                kind = kind._replace(data=sent | {"body": f"{kind.status} {number}", "key": f"{kind.status}-{number}"})
                answer = ask(kind)
        else:
            answer = ask(kind)
        found.append((kind, answer))
        if kind.status == 200 and (etag := answer.headers.get("ETag")):
            found.append((kind, ask(kind)))
            found.append((kind._replace(status=304), ask(kind, **{"If-None-Match": etag})))
    return found


def policy_of(answer: TestResponse) -> dict[str, list[str]]:
    """Read the policy as a browser does, who forgets what a directive says a second time."""
    (said,) = answer.headers.getlist("Content-Security-Policy")
    rules = [rule.split() for rule in said.split(";")]
    names = [name for name, *_ in rules]
    assert len(names) == len(set(names)), f"a directive twice: {said}"
    return {name: values for name, *values in rules}


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_every_answer_tells_the_browser_to_do_nothing_else(crossroads: Browser, scheme: str):
    seen = set()
    for kind, answer in every_answer(crossroads, scheme):
        assert answer.status_code == kind.status, kind.name
        protects(answer, scheme, kind.name, is_feed=kind.url.startswith("/feeds/"))
        if kind.status not in (304, 301, 302, 303, 308) and answer.data:
            assert answer.mimetype == kind.mimetype, kind.name
            is_json = answer.mimetype.endswith("json")  # it is UTF-8 by its definition, and takes no charset
            assert is_json or answer.headers["Content-Type"].endswith("; charset=utf-8"), kind.name
        if kind.status >= 400:
            assert "Traceback" not in answer.text
            assert answer.headers["Cache-Control"] in ("no-store", "private, no-cache"), kind.name
        seen.add(kind.status)
        answer.close()
    assert seen >= {200, 301, 302, 303, 304, 308, 400, 401, 403, 404, 405, 410, 413, 422, 429, 500}


def protects(answer: TestResponse, scheme: str, name: str, *, is_feed: bool = False) -> None:
    """Assert the meaning of each header, not its words."""
    headers, policy = answer.headers, policy_of(answer)
    for once in of(scheme):
        assert len(headers.getlist(once)) == 1, f"{once} on {name}"
    assert policy.pop("default-src") == policy.pop("base-uri") == policy.pop("frame-ancestors") == ["'none'"]
    assert ("upgrade-insecure-requests" in policy) == (scheme == "https")
    assert policy.pop("upgrade-insecure-requests", []) == []
    assert policy.keys() == DIRECTIVES, name
    assert {source for sources in policy.values() for source in sources} == {"'self'"}, name
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] in ("strict-origin-when-cross-origin", "no-referrer")
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Embedder-Policy"] == "require-corp"  # "same-origin" is not a value it knows
    assert headers["Cross-Origin-Resource-Policy"] in ("same-origin", *(["cross-origin"] if is_feed else [])), name
    assert "Access-Control-Allow-Origin" not in headers, name
    features = re.findall(r"([a-z-]+)=\(\)", headers["Permissions-Policy"])
    assert headers["Permissions-Policy"] == ", ".join(f"{each}=()" for each in features)
    assert {"camera", "microphone", "geolocation", "browsing-topics"} <= set(features)
    assert ("Strict-Transport-Security" in headers) == (scheme == "https"), name
    if scheme == "https":
        age, subdomains = headers["Strict-Transport-Security"].split("; ")
        assert int(age.removeprefix("max-age=")) >= 31_536_000
        assert subdomains == "includeSubDomains"
    assert "Server" not in headers
    assert "X-Powered-By" not in headers


CLAIMS = {
    "HX-Request": "true", "HX-Request-Type": "partial", "HX-Current-URL": "http://localhost/?mark-me",
    "Referer": "http://mark-me.example/", "User-Agent": "mark-me", "Accept-Language": "mark-me", "HX-Target": "mark-me",
    "Cookie": "mark-me=1; kblog-writer=mark-me", "Accept": "mark-me/x", "Origin": "http://mark-me.example",
    "X-Forwarded-Host": "mark-me.example", "X-Forwarded-Prefix": "/mark-me",
}  # fmt: skip


@pytest.mark.parametrize("url", ["/", "/reviews/", "/reviews/salt-road/", FORM, "/lines/", "/people/"])
def test_nobody_can_leave_a_mark_in_a_page_that_is_kept(samples: Browser, url: str):
    """What is no part of the key under which a page is kept is no part of the page."""
    with samples.ask(f"{url}?utm_source=mark-me") as first, samples.ask(url) as later:
        assert b"mark-me" not in first.data
        assert first.data == later.data
    for left_out in (None, "HX-Request-Type"):
        sent = {name: value for name, value in CLAIMS.items() if name != left_out}
        with samples.ask(f"{url}?x=mark-me", headers=sent) as marked:
            assert b"mark-me" not in marked.data
            assert "mark-me" not in str(marked.headers)


def test_a_sender_too_many_is_refused_under_the_same_headers():
    """The 503 is said before Flask is asked; so it is in a test of its own."""

    class Never:
        def read(self, _size: int) -> bytes:
            refused.append(bodies(environ, lambda status, headers: said.append((status, headers))))  # pyright: ignore
            return b""

    said: list = []
    refused: list = []
    environ = {"REQUEST_METHOD": "POST", "PATH_INFO": "/", "CONTENT_LENGTH": "9", "wsgi.url_scheme": "https"}
    environ["wsgi.input"] = Never()
    bodies = Bodies(lambda _environ, _start: [], 2, 100, headers=of)
    bodies(environ, lambda status, headers: said.append((status, headers)))  # pyright: ignore
    for (status, headers), words in zip(said, ("503", "400"), strict=True):
        assert status.startswith(words)
        protects(TestResponse([], status, headers, request=None), "https", status)  # type: ignore[arg-type]
    assert ("Retry-After", "5") in said[0][1]


@pytest.mark.parametrize("url", ["/", "/reviews/salt-road/", f"{FORM}/new", "/studio/login", "/nowhere"])
def test_observatory_would_give_a_hundred_and_thirty_and_more(crossroads: Browser, url: str):
    with crossroads.ask(url, base_url="https://localhost") as answer:
        assert points(answer) >= 130, url


def test_the_authors_session_costs_no_point(crossroads: Browser):
    sent = {"name": NAME, "password": PASSWORD}
    headers = {"Origin": "https://localhost"}
    with crossroads.ask("/studio/login", "POST", data=sent, headers=headers, base_url="https://localhost") as answer:
        assert len(answer.headers.getlist("Set-Cookie")) == 2
        assert points(answer) >= 135


def points(answer: TestResponse) -> int:
    """Count as MDN's HTTP Observatory does for an https site that loads nothing from anywhere else.

    Bonuses count only where 90 points are left without them.
    """
    headers, policy = answer.headers, policy_of(answer)
    sources = {name: values for name, values in policy.items() if values}
    runs = set(sources.get("script-src", sources.get("default-src", ["*"])))
    left, bonus = 100, 0
    if {"'unsafe-inline'", "*", "https:", "data:"} & runs:
        left -= 20
    if "'unsafe-eval'" in runs:
        left -= 10
    bonus += 10 if policy.get("default-src") == ["'none'"] and not _is_unsafe(policy) else 5
    bonus += 5 * (headers.get("Referrer-Policy", "") in PRIVATE_REFERRERS)
    bonus += 5 * ("frame-ancestors" in policy)
    bonus += 10 * (headers.get("Cross-Origin-Resource-Policy") in ("same-origin", "same-site"))
    bonus += 10 * (headers.get("Cross-Origin-Embedder-Policy") in ("require-corp", "credentialless"))
    bonus += 10 * headers.get("Cross-Origin-Opener-Policy", "").startswith("same-origin")
    found = re.match(r"max-age=(\d+)", headers.get("Strict-Transport-Security", ""))
    left -= 0 if found and int(found[1]) >= 15_768_000 else 20
    left -= 0 if headers.get("X-Content-Type-Options") == "nosniff" else 5
    cookies = headers.getlist("Set-Cookie")
    are_bound = all("Secure" in each and "HttpOnly" in each and "SameSite=Lax" in each for each in cookies)
    if cookies:
        bonus += 5 * are_bound
        left -= 0 if are_bound else 40
    return left + (bonus if left >= 90 else 0)


PRIVATE_REFERRERS = ("no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin")


def _is_unsafe(policy: dict[str, list[str]]) -> bool:
    return bool({value for values in policy.values() for value in values} - KEYWORDS)
