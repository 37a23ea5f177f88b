"""The whole site, page by page: everything linked is there, and every page keeps the rules.

`make lint` reads the samples and the studio so, every link and anchor of them (`tests/gates.py`).
"""

import pytest
from flask import Flask, redirect

from .browser import Browser, internal_links
from .gates import Walk

MOST_PAGES = 700  # a runaway of filter links would show


def crawl(browser: Browser, start: str = "/") -> dict[str, int]:
    """Visit everything that is linked from the front page on; combinations of filters only one deep."""
    seen: dict[str, int] = {}
    waiting = [start, "/sitemap.xml", "/robots.txt", "/healthz"]
    while waiting:
        url = waiting.pop()
        if url in seen:
            continue
        is_permalink = url.startswith("/comments/") and not url.endswith("/report")
        page = browser.get(url, status=302 if is_permalink else 200)
        seen[url] = page.status
        assert len(seen) < MOST_PAGES
        if page.response.mimetype == "text/html" and "?" not in url:
            waiting += sorted(internal_links(page) - seen.keys())
    return seen


def test_an_empty_site_has_no_broken_page(reader: Browser):
    assert len(crawl(reader)) > 10


@pytest.mark.real_data
def test_everything_linked_from_the_imported_blog_is_there(imported: Browser):
    assert len(crawl(imported)) > 80


PAGE = """<!doctype html><html lang="en"><head><meta name="robots" content="noindex"><title>A</title></head>
<body><h1 id="here">A</h1>{}</body></html>"""
FOUND = {
    '<a href="/gone/">b</a>': "404 for /gone/",
    '<a href="/there/#nowhere">b</a>': "/ leads to /there/#nowhere, and there is no such place",
    '<a href="/moved/#nowhere">b</a>': "/ leads to /moved/#nowhere, and there is no such place",
    '<img alt="" src="/there/" srcset="/there/ 2x, /gone/ 3x">': "404 for /gone/",
    '<form action="/there/" method="post"></form>': "/ sends a form to /there/, where nobody takes it",
    '<form action="/gone/"></form>': "404 for /gone/",
    '<p><a href="/wrong/">b</a></p>': "/wrong/ is no HTML5",
    '<a href="/sea.css">b</a>': "404 for /sea.png",
    '<a href="/feed">b</a>': "404 for /gone/",
}


@pytest.mark.parametrize("inner", FOUND)
def test_what_is_amiss_on_a_site_is_found(inner: str):
    app = Flask("a site")
    there, moved = PAGE.format('<a href="#here">b</a>'), "/there/"
    app.add_url_rule("/", "home", lambda: PAGE.format(inner))
    app.add_url_rule("/there/", "there", lambda: there)
    app.add_url_rule("/moved/", "moved", lambda: redirect(moved))
    app.add_url_rule("/wrong/", "wrong", lambda: PAGE.format("<p><b>c</p>"))
    app.add_url_rule("/sea.css", "css", lambda: ("a { background: url('sea.png') }", {"Content-Type": "text/css"}))
    feed = '<feed>&lt;a href="http://localhost/gone/"&gt;</feed>', {"Content-Type": "application/atom+xml"}
    app.add_url_rule("/feed", "feed", lambda: feed)
    for links, wrong in ((inner, FOUND[inner]), ('<a href="/there/#here">b</a><a href="/moved/#here">b</a>', "")):
        app.view_functions["home"] = lambda links=links: PAGE.format(links)
        walk = Walk(Browser(app), Browser(app))
        walk.go("/")
        walk.look_for_dead_links()
        assert [each[: len(wrong)] for each in walk.trouble] == [wrong] * bool(wrong)
