"""Whatever is sent to whichever address, the answer is no error of ours: every route of the URL map, the studio's too.

The suite takes a handful of requests for each route; `make fuzz` some hundred.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote_from_bytes, unquote, urljoin, urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kblog.db import db
from kblog.models import Comment, Page, Review, Term

from .browser import HTMX, Browser, filled_in
from .conftest import is_sound, logged_in, running

GAP = re.compile(r"<(?:(?P<kind>\w+)(?:\((?P<given>[^)]*)\))?:)?(?P<name>\w+)>")
OWN = {"Origin": "http://localhost"}
PLAIN = "application/x-www-form-urlencoded"
OTHERS = ("PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "PROPFIND")
LEAVES_ALONE = {"studio.account.logout"}  # what follows would only be asked to sign in

# What breaks programs: signs of other languages, numbers beside every limit, halves of characters, long runs.
NASTY = [
    "", " ", "0", "-1", "1", "00", "1e9", "NaN", "٣", "²", "9" * 19, "9223372036854775807",
    "9223372036854775808", "9" * 5000, "None", "null", "true", "[]", "{}", "a" * 300, "가" * 400, "\x00",
    "a\x00b", "\r\nX-Evil: 1", "\x1b[31m", "\u202eevil", "\u200b", "\ufeff", "\ufffe", "e\u0301" * 50,
    "e" + "\u0301" * 500, "👩‍👩‍👧‍👦" * 20, "é", "ﷺ", "İ", "ß", "' OR 1=1 --", '"',
    "'; DROP TABLE review; --", "a OR", "NEAR(", "*", "^", "col:x", "%", "_", "\\", "%00", "%ED%A0%80",
    "../../etc/passwd", "..\\..\\", "//evil.example", "/\\evil.example", "https:evil.example",
    "javascript:alert(1)", "{{ 7*7 }}", "${7*7}", "{% raise %}", "<script>alert(1)</script>", "]]>", "&#0;",
    "<![CDATA[", "\u2028", "||", "::: spoiler", "# ", "[" * 500, "![](" * 200, "> " * 200, "`" * 300,
    "2026-02-30", "2026-13-01T25:61", "0001-01-01T00:00", "9999-12-31T23:59", "2026-03-29T02:30", "-0001-01-01",
    "Asia/Seoul", "../UTC", "[::1", "http://[", "http://a:99999999/", "spoilers: all", "---\ntitle: [",
    "---\n? !!python/object:os.system x\n---", "Title: A\nTitle: B\n\n#a #b", "id", "\t", "\n" * 300,
]  # fmt: skip

words = st.sampled_from(NASTY) | st.text(max_size=12) | st.binary(max_size=8)
numbers = st.sampled_from([0, 1, 2, 3, 7, 12, 999, 2**31, 2**63 - 1, 2**63, 10**30]).map(str)


class Form(NamedTuple):
    """A form as a page of the site holds it."""

    action: str
    fields: list[tuple[str, str]]


class Site:
    """The site that is shot at, and what is known of it."""

    def __init__(self, app: Flask) -> None:
        self.app, self.author, self.reader = app, logged_in(app), Browser(app)
        for browser in (self.author, self.reader):
            browser.is_strict = False
        self.token = dict(self.author.get("/studio/").fields("//header//form"))["csrf_token"]
        with db.engine.connect() as connection:
            read = lambda column: [str(each) for each in connection.scalars(sa.select(column).limit(3))]  # noqa: E731
            self.slugs = [*read(Review.slug), *read(Term.slug), *read(Page.slug)]
            self.ids = [*read(Review.id), *read(Comment.id), *read(Term.id)]
        self.forms = self._forms()
        self.names = sorted({name for form in self.forms for name, _ in form.fields} | NAMES)
        self.rules = sorted({(rule.rule, rule.endpoint) for rule in app.url_map.iter_rules()})

    def _forms(self) -> list[Form]:
        """Fill the studio as an author does, and read every form that it and the site then show."""
        urls = [filled_in(rule.rule) for rule in self.app.url_map.iter_rules() if "GET" in (rule.methods or ())]
        urls += [url.replace("/7/", f"/{number}/") for url in urls for number in self.ids[:1]]
        urls += [f"/reviews/{self.slugs[0]}/comments/new", f"/reviews/{self.slugs[0]}/"]
        found: dict[str, Form] = {}
        for url in urls:
            page = self.author.get(url, status=None)
            for form in page.all("//form[@action]") if page.response.mimetype == "text/html" else ():
                pairs = [(str(name), value or "") for name, value in form.form_values()]
                for action in (form.get("action"), *form.xpath(".//@formaction | .//@hx-post")):
                    found.setdefault(urlsplit(urljoin(url, action)).path, Form(action, pairs))
        return list(found.values())

    def shape(self, path: str) -> Form | None:
        """Return the form that a page sends to an address of this shape."""
        bare = re.sub(r"/\d+(?=/|$)", "/0", path)
        return next(
            (each for each in self.forms if re.sub(r"/\d+(?=/|$)", "/0", urlsplit(each.action).path) == bare), None
        )


NAMES = {
    "q", "page", "sort", "kind", "genre", "platform", "person", "hashtag", "year", "region", "verdict", "length", "m",
    "showComment", "root", "before", "held", "parent", "state", "tab", "token", "next", "into", "way", "saved", "read",
    "v", "left", "back", "id", "when", "action", "other", "mark", "version", "time_zone", "was", "entry",
}  # fmt: skip


@st.composite
def shots(draw: st.DrawFn, site: Site, rule: str) -> dict:
    """Draw a request to a route: its gaps, its method, its arguments, its form, and how it comes."""

    def fill(gap: re.Match) -> str:
        kind, choices = gap["kind"], re.findall(r"[\w-]+", gap["given"] or "")
        if kind == "any":
            known = st.sampled_from(choices)
        elif kind == "int" and "fixed_digits" in (gap["given"] or ""):
            known = st.sampled_from(["2026", "0000", "9999", "12", "00", "13"])
        else:
            known = st.sampled_from(site.ids if kind == "int" else site.slugs)
        value = draw(st.one_of(known, known, known, numbers, words))
        return quote_from_bytes(_bytes(value), safe="" if kind != "path" else "/")

    path = GAP.sub(fill, rule)
    shape = site.shape(urlsplit(path).path)
    method = draw(
        st.sampled_from(["GET", "POST", "POST", "POST", *OTHERS])
        if shape
        else st.sampled_from(["GET", "GET", "POST", *OTHERS])
    )
    arguments = draw(st.lists(st.tuples(st.sampled_from(site.names) | words, words | numbers), max_size=4))
    shot = {
        "path": f"{path}?{_encoded(arguments).decode()}",
        "method": method,
        "headers": OWN | draw(st.sampled_from([{}, HTMX])),
    }
    if method in ("POST", "PUT", "PATCH", "DELETE"):
        pairs = [pair for pair in shape.fields if draw(st.integers(0, 9))] if shape else []
        pairs = [(name, draw(words | numbers) if not draw(st.integers(0, 2)) else value) for name, value in pairs]
        pairs += draw(st.lists(st.tuples(st.sampled_from(site.names) | words, words | numbers), max_size=4))
        pairs += [("csrf_token", site.token)] * (rule.startswith("/studio") and shot["method"] == "POST")
        body = _encoded(pairs)
        kinds = [PLAIN] * 8 + [
            "multipart/form-data; boundary=x",
            "multipart/form-data",
            "application/json",
            "text/plain",
            "",
        ]
        shot |= {"data": body, "content_type": draw(st.sampled_from(kinds))}
        if shot["content_type"].endswith("=x"):
            shot["data"] = b"".join(
                b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (_bytes(name), _bytes(value))
                for name, value in pairs
            ) + draw(st.sampled_from([b"--x--\r\n", b"", b"--x", b"--x\r\n\r\n"]))
    return shot


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")


def _encoded(pairs: list) -> bytes:
    return "&".join(
        f"{quote_from_bytes(_bytes(name))}={quote_from_bytes(_bytes(value))}" for name, value in pairs
    ).encode()


@pytest.fixture(scope="module")
def site(sample_instance: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    given = {"guard": False, "moderation": "none", "mail_url": "smtp://127.0.0.1:1", "base_url": "http://localhost"}
    for app in running(sample_instance, tmp_path_factory.mktemp("fuzzed") / "instance", **given):
        yield Site(app)


@pytest.mark.parametrize("who", ["author", "reader"])
def test_no_request_is_an_error_of_ours(site: Site, request: pytest.FixtureRequest, who: str):
    shots_each = request.config.getoption("--shots")
    for rule, endpoint in site.rules:
        if endpoint in LEAVES_ALONE or (who == "reader" and not rule.startswith("/studio")):
            continue  # a reader's pages are shot at by the author, who is somebody with a cookie

        @settings(
            max_examples=shots_each,
            derandomize=shots_each < 100,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(shots(site, rule))
        def is_answered(shot: dict) -> None:
            browser = getattr(site, who)
            path, _, query = shot.pop("path").partition("?")
            # as a server puts them: a test client would take the beginning of `//a/b` for the name of a host
            shot["environ_overrides"] = {"PATH_INFO": unquote(path, "latin-1"), "QUERY_STRING": query}
            with browser.ask("/", shot.pop("method"), **shot) as answer:
                assert answer.status_code < 500, answer.text[:300]
                for address in map(answer.headers.get, ("Location", "HX-Redirect", "HX-Push-Url", "HX-Replace-Url")):
                    assert urlsplit(urljoin("http://localhost/", address or "")).netloc == "localhost", address

        is_answered()
    assert site.author.ask("/studio/").status_code == 200, "the author was put out on the way: half of it hit the door"


def test_what_was_shot_at_is_whole(site: Site):
    """After all that, the database is sound and the site answers."""
    assert is_sound()
    for url in ("/", "/reviews/", "/lines/", "/feeds/reviews.atom", "/sitemap.xml"):
        assert site.reader.ask(url).status_code == 200
