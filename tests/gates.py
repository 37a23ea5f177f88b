"""A site with whatever has a page, read from end to end: `python -m tests.gates`, a part of `make lint`.

Every route answers, its HTML is HTML5 without an error (html5lib) and keeps the house's rules, and every link, form,
picture and anchor of pages, feeds, sitemaps, style sheets and scripts leads somewhere. What leads off the site is
not asked.
"""

import html
import logging
import pathlib
import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from urllib.parse import unquote, urljoin, urlsplit

import flask_migrate
from flask import Flask
from werkzeug.exceptions import HTTPException

from kblog.cli.site import load_samples
from kblog.db import db, now
from kblog.models import Page as StandingPage
from kblog.studio import previews

from .browser import HTMX, Browser, Page, check, filled_in, is_studio
from .builders import comments, stored
from .commenting import moderated, post
from .conftest import close, logged_in, make_app
from .covering import hung
from .test_import_in_studio import sent, work

HOST = "http://localhost"
MOST_PAGES = 2_000  # a runaway of links would show
STARTS = ("/", "/robots.txt", "/healthz", "/studio/", "/studio/login")  # `robots.txt` names the sitemap
ADDRESSES = ("href", "src", "poster", "hx-get", "data-address")
ANYWHERE = re.compile(rf"{HOST}(/[^\s\"'<>{{}}\\]*)")
IN_CSS = re.compile(r"url\([\"']?([^\"')]+)")
IN_MANIFEST = re.compile(r'"(?:src|url|start_url|scope)":\s*"([^"]+)"')
LEADS_ON = (301, 302, 303, 307, 308)
NO_PLACE = ("", "top")  # anchors that every page has


class Walk:
    """Goes wherever a site leads, as a reader and as its author, and notes what is amiss."""

    def __init__(self, reader: Browser, author: Browser) -> None:
        self.reader, self.author = reader, author
        self.routes = reader.app.url_map.bind("localhost")
        self.anchors: dict[str, set[str] | None] = {}  # by address; none of what is no page
        self.led_on: dict[str, str] = {}
        self.wanted: dict[tuple[str, str], str] = {}  # address and anchor, and which page wants it first
        self.reached: set[str] = set()  # routes
        self.trouble: list[str] = []
        self.links = 0

    def go(self, *starts: str) -> None:
        """Visit all that can be reached from here; of what is chosen by arguments only what pages without any link."""
        waiting = list(starts)
        while waiting and len(self.anchors) < MOST_PAGES:
            url = waiting.pop()
            if url in self.anchors:
                continue
            for address in self.visit(url):
                if "?" not in address or "?" not in url:
                    waiting.append(address)
        if waiting:
            self.trouble.append(f"more than {MOST_PAGES} pages: does a list of choices link every combination?")

    def visit(self, url: str) -> Iterator[str]:
        """Read one address; give the others that it names."""
        self.anchors[url] = None
        browser = self.author if is_studio(url) else self.reader
        endpoint = self._endpoint(url)
        is_first = bool(endpoint) and endpoint not in self.reached
        with browser.ask(url) as answer:
            status, kind = answer.status_code, answer.mimetype
            if status == 200 or status in LEADS_ON:
                self.reached.add(endpoint)
            if status in LEADS_ON:
                self.led_on[url] = urljoin(HOST + url, answer.location).removeprefix(HOST)
                yield from self._wants(url, [answer.location])
            elif status != 200:
                self.trouble.append(f"{status} for {url}")
            elif kind == "text/html":
                page = Page(browser, answer, url)
                self._look_at(page)
                self.anchors[url] = set(page.all("//@id"))
                yield from self._wants(url, _addresses(page))
                for address in _posted(page):
                    self._is_taken(url, address)
            elif kind.startswith("text/") or kind.endswith(("xml", "json", "javascript")):
                yield from self._wants(url, _named(answer.get_data(as_text=True), kind))
        if is_first and status == 200:
            self._ask_for_its_fragment(browser, url)

    def _endpoint(self, url: str) -> str:
        """Name the route of an address; "" of a file, which is answered before there are routes."""
        try:
            return self.routes.match(unquote(urlsplit(url).path))[0]
        except HTTPException:
            return ""

    def _ask_for_its_fragment(self, browser: Browser, url: str) -> None:
        with browser.ask(url, headers=HTMX) as answer:
            if answer.mimetype == "text/html" and answer.status_code == 200:
                self._look_at(Page(browser, answer, url))

    def _look_at(self, page: Page) -> None:
        try:
            check(page)
        except AssertionError as wrong:
            if (said := str(wrong).splitlines()[0]) not in self.trouble:  # of the page, and of its fragment
                self.trouble.append(said)

    def _wants(self, url: str, addresses: list[str]) -> Iterator[str]:
        for each in addresses:
            whole = urljoin(HOST + url, each)
            if not whole.startswith(f"{HOST}/"):
                continue
            self.links += 1
            address, _, place = whole.removeprefix(HOST).partition("#")
            self.wanted.setdefault((address, unquote(place)), url)
            yield address

    def _is_taken(self, url: str, address: str) -> None:
        """See that a form is sent to where somebody takes it."""
        self.links += 1
        path = urlsplit(urljoin(HOST + url, address)).path
        try:
            self.routes.match(unquote(path), method="POST")
        except HTTPException:
            self.trouble.append(f"{url} sends a form to {address}, where nobody takes it")

    def look_for_dead_links(self) -> None:
        """Say which links lead nowhere: to no page, or to no place on it."""
        for (address, place), url in self.wanted.items():
            if address not in self.anchors:  # one of two choices at once: that its route is there has to do
                if not self._endpoint(address):
                    self.trouble.append(f"{url} leads to {address}, where nothing is")
                continue
            target = self.led_on.get(address, address).partition("#")[0]
            there = self.anchors.get(target)
            if place not in NO_PLACE and (there is None or place not in there):
                self.trouble.append(f"{url} leads to {address}#{place}, and there is no such place")

    def knock(self) -> list[str]:
        """Ask the routes that no page leads to at addresses that are made up; return which they are."""
        rules = (rule for rule in self.reader.app.url_map.iter_rules() if "GET" in (rule.methods or ()))
        alone = [rule for rule in rules if rule.endpoint not in self.reached]
        for rule in alone:
            url = filled_in(rule.rule)
            browser = self.author if is_studio(url) else self.reader
            with browser.ask(url) as answer:
                if answer.status_code >= 500:
                    self.trouble.append(f"{answer.status_code} for {url}")
                if answer.mimetype == "text/html" and answer.status_code not in LEADS_ON:
                    self._look_at(Page(browser, answer, url))
        return sorted({rule.endpoint for rule in alone})


def _addresses(page: Page) -> list[str]:
    """Return what a page links, loads, or would ask for by a form."""
    found = [each for name in ADDRESSES for each in page.all(f"//@{name}")]
    found += [each.split()[0] for sizes in page.all("//@srcset") for each in sizes.split(",")]
    found += page.all("//meta[starts-with(@property, 'og:')][starts-with(@content, 'http')]/@content")
    found += [form.get("action") for form in page.all("//form[@action]") if _method(form) == "get"]
    return found


def _posted(page: Page) -> list[str]:
    """Return where a page sends its forms to."""
    found = [form.get("action") for form in page.all("//form[@action]") if _method(form) == "post"]
    found += page.all("//@hx-post")
    for button in page.all("//*[@formaction]"):
        forms = page.all(f"//form[@id='{button.get('form')}']") or button.xpath("ancestor::form")
        if not forms or button.get("formmethod", _method(forms[0])) == "post":
            found.append(button.get("formaction"))
    return found


def _method(form) -> str:
    return form.get("method", "get").lower()


def _named(text: str, kind: str) -> list[str]:
    """Return what a feed, a sitemap, a style sheet or a manifest names; the texts in a feed are HTML within XML.

    >>> _named("<loc>http://localhost/a/</loc> &lt;a href=&quot;http://localhost/b/#c&quot;&gt;", "application/xml")
    ['/a/', '/b/#c']
    >>> _named('a { background: url("sea.svg"); fill: url(#sea) }', "text/css")
    ['sea.svg']
    """
    if kind == "text/css":
        return [each for each in IN_CSS.findall(text) if each[0] != "#"]  # of the page that is drawn with it
    if kind.endswith("javascript") or kind == "application/json":
        return []  # programs, and data about comments that nobody sees
    if kind.endswith("manifest+json"):
        return IN_MANIFEST.findall(text)
    return ANYWHERE.findall(html.unescape(html.unescape(text)))


def fill(app: Flask) -> tuple[Browser, Browser, list[str]]:
    """Fill a site with the samples and with what they lack; return a reader, the author, and where no link leads."""
    load_samples()
    author, reader = logged_in(moderated(app, "links", guard=False)), Browser(app)
    picture = hung(app).address
    body = (
        f"## Introduction\n\nA boat leaves.\n\n![A pier]({picture})\n\n## Memorable Lines\n\n> I am early.\n> — Jun\n"
    )
    said = comments(3)
    held = replace(said[0], id="4", body="Buy.", state="pending"), replace(said[0], id="5", body="No.", state="spam")
    answer = replace(said[1], id="6", parent="2", body="Yes.")
    stored(body=body, comments=(*said, *held, answer), hashtags=("#Boats",), verdict="Mixed")
    stored(slug="night-train", headline="Night Train", state="withdrawn", body=body)
    stored(slug="morning-train", headline="Morning Train", published_at=now() + timedelta(days=9), body=body)
    draft = stored(slug="paper-train", headline="Paper Train", state="draft", body=body)
    db.session.add(StandingPage(slug="about", title="About", body="We watch.", published_at=now()))
    db.session.commit()
    with app.test_request_context():
        starts = [previews.link(draft)]
    url = "/reviews/paper-boats/comments"
    post(reader, url)  # its writer may change it
    starts += [f"{url}/new", sent(author), "/feeds/availability.atom?region=US", "/pages/about/"]
    work(app)
    return reader, author, starts


def main() -> int:
    logging.disable(logging.WARNING)  # of the site's own log
    with tempfile.TemporaryDirectory() as folder:
        app = make_app(pathlib.Path(folder))
        with app.app_context():
            flask_migrate.upgrade()
            reader, author, starts = fill(app)
            walk = Walk(reader, author)
            walk.go(*STARTS, *starts)
            walk.look_for_dead_links()
            alone = walk.knock()
            close(app)
    read = f"{len(walk.anchors)} addresses of {len(walk.reached)} routes, {walk.links:,} links"
    said = [*walk.trouble, f"Asked at made-up addresses, for no link leads there: {', '.join(alone)}."]
    sys.stdout.write("\n".join([*said, f"{read}: {len(walk.trouble)} errors.", ""]))
    return 1 if walk.trouble else 0


if __name__ == "__main__":
    sys.exit(main())
