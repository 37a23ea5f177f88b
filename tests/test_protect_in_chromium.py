"""The policy of every kind of page in a real browser, which breaks it nowhere; and a form that another site sends."""

from collections.abc import Callable, Iterator
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Page
from werkzeug.exceptions import HTTPException

from .browser import Browser, internal_links
from .chromium import DEVICE, served
from .commenting import moderated, stored
from .conftest import NAME, PASSWORD, logged_in, with_author

pytestmark = pytest.mark.browser

MOST = 130  # pages; the map has about 60 kinds that are read
LOAD_ALL = """
() => new Promise(done => {
  for (const each of document.querySelectorAll("details")) each.open = true;
  for (const each of document.querySelectorAll("img[loading=lazy]")) each.loading = "eager";
  const waiting = [...document.images].filter(each => !each.complete);
  Promise.all(waiting.map(each => each.decode().catch(() => 0))).then(() => done(waiting.length));
})
"""


@pytest.fixture
def may_keep() -> set[str]:
    return {"kblog", DEVICE}


@pytest.fixture
def site(sample_app: Flask) -> Iterator[str]:
    with_author(moderated(sample_app, "none"))
    with served(sample_app) as address:
        yield address


def one_of_each(browser: Browser, starts: tuple[str, ...]) -> list[str]:
    """Follow links until there is an address for each kind of page; return them."""
    adapter = browser.app.create_url_adapter(None) or browser.app.url_map.bind("localhost")
    found: dict[tuple[str, ...], str] = {}
    waiting, seen = list(starts), set(starts)
    while waiting and len(found) < MOST:
        url = waiting.pop(0)
        parts = urlsplit(url)
        try:
            endpoint, _ = adapter.match(parts.path, method="GET")
        except HTTPException:  # a redirect, or an address of a form
            continue
        kind = (endpoint, *sorted({pair.partition("=")[0] for pair in parts.query.split("&")}))
        if kind in found:
            continue
        page = browser.get(url, status=None)
        if page.status != 200 or page.response.mimetype != "text/html":
            continue
        found[kind] = url
        links = sorted(internal_links(page) - seen)
        seen.update(links)
        waiting += links
    return list(found.values())


def test_no_page_breaks_its_own_policy(site: str, sample_app: Flask, page: Page, complaints: list[str]):
    author = logged_in(sample_app)
    author.is_strict = False
    public = one_of_each(
        author, ("/", "/reviews/?q=nothing-like-this", "/reviews/salt-road/", "/reviews/salt-road/comments/new")
    )
    studio = one_of_each(author, ("/studio/", "/studio/account/second-step", "/studio/reviews/new"))
    assert len(public) > 20
    assert len(studio) > 20
    page.goto(f"{site}/studio/login")
    page.get_by_label("Name").fill(NAME)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{site}/studio/")
    for url in dict.fromkeys([*public, *studio]):
        page.goto(urljoin(site, url), wait_until="load")
        page.evaluate(LOAD_ALL)
        assert complaints == [], url


def test_the_browser_does_report_what_breaks_the_policy(site: str, page: Page, complaints: list[str]):
    page.goto(f"{site}/")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<i style=\"color: red\" onclick=\"x\">x</i>')")
    page.evaluate("0")
    assert any("policy: style-src" in each for each in complaints), complaints
    complaints.clear()


def test_a_form_on_another_site_posts_nothing(site: str, page: Page, complaints: list[str], new_context: Callable):
    form = f"""<!doctype html><form action="{site}/reviews/salt-road/comments" method="post">
      <input name="name" value="Mina"><input name="body" value="Buy."><button>Win</button></form>"""
    before = len(stored())
    page.route("http://evil.example/**", lambda route: route.fulfill(body=form, content_type="text/html"))
    page.goto("http://evil.example/")
    with page.expect_navigation():
        page.get_by_role("button").click()
    assert "That is not allowed from here." in page.inner_text("h1")
    assert len(stored()) == before
    complaints.clear()
