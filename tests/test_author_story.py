"""From an empty site to two reviews, as the author lives it: in a real browser, with JavaScript and without."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from kblog.auth import seals
from kblog.db import now

from .chromium import find_nothing
from .conftest import DATA, NAME, PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.real_data]


def post(name: str, begins: str, ends: str) -> str:
    """Read the text of a real post, from its headline to its hashtags."""
    (path,) = (DATA / "pages").glob(f"{name}_*.txt")
    lines = path.read_text(encoding="utf-8").splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith(begins))
    return "\n".join(lines[start : next(n for n, line in enumerate(lines) if line.startswith(ends)) + 1])


DRAMA = ("000", "Behind the Runway", "#NowWe")
FILM = ("002", "“Killing Romance”", "#KillingRomance")


class Author:
    """An author at a browser; axe looks at every page on the way where it can."""

    def __init__(self, page: Page, address: str, scripted: bool) -> None:
        self.page, self.address, self.scripted = page, address, scripted

    def look(self) -> None:
        if self.scripted:
            find_nothing(self.page)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).first.click()
        self.page.wait_for_load_state("load")

    def paste(self, text: str) -> str:
        """Paste a post, look at what was understood, save it, and return the address of its editor."""
        self.page.goto(f"{self.address}/studio/reviews/new")
        self.look()
        self.page.locator("#text").fill(text)
        self.press("Read it")
        expect(self.page.locator("#understood-title")).to_be_visible()
        self.look()
        editor = self.page.url.partition("?")[0]
        self.press("Save draft")
        expect(self.page.locator("#save-state" if self.scripted else ".flash")).to_contain_text("Saved at")
        return editor

    def understood(self, name: str) -> str:
        return (
            self.page.locator(".understood > div", has=self.page.locator(f"dt:text-is('{name}')"))
            .locator("dd")
            .inner_text()
        )

    def status(self, path: str) -> int:
        answer = self.page.request.get(f"{self.address}{path}", max_redirects=0)
        return answer.status


@pytest.mark.parametrize("scripted", [True, False], ids=["with JavaScript", "without"])
def test_two_reviews_are_written_published_and_taken_back(app: Flask, bare: str, new_context: Callable, scripted: bool):
    page = new_context(java_script_enabled=scripted).new_page()
    author = Author(page, bare, scripted)

    page.goto(f"{bare}/studio/setup?token={seals.SET_UP.sign(app.config['SECRET_KEY'], 'author')}")
    author.look()
    page.get_by_label("Name").fill(NAME)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password, once more").fill(PASSWORD)
    author.press("Set up")
    author.look()
    author.press("Sign out")
    author.look()
    page.goto(f"{bare}/studio/login")
    page.get_by_label("Name").fill(NAME)
    page.get_by_label("Password").fill(PASSWORD)
    author.press("Sign in")

    page.goto(f"{bare}/studio/reviews/new")
    page.locator("#text").fill(post(*DRAMA))
    author.press("Read it")
    assert author.understood("Episodes") == "16"
    assert author.understood("Cast").count(",") == 3
    assert author.understood("Where to watch").startswith("Viki")
    assert author.understood("Lines").startswith("5")
    drama = page.url.partition("?")[0]
    expect(page.locator("#preview")).to_contain_text("Episodes")
    author.press("Publish…")
    author.look()
    page.locator("#tells").select_option("ending")
    author.press("Publish")
    expect(page.locator(".flash")).to_have_text("Published.")
    author.look()
    slug = page.locator("a:text-is('Read it on the site')").get_attribute("href") or ""
    assert author.status(slug) == 200

    film = author.paste(post(*FILM))
    page.goto(f"{film}?read=1")
    assert author.understood("Running time") == "106 minutes"
    assert author.understood("Hashtags").count("#") == 9
    page.goto(f"{film}publish")
    at = now() + timedelta(seconds=10)  # until the form has arrived, however busy the machine is
    page.locator("label", has=page.locator("#when-later")).click()
    page.locator("#at").fill(at.strftime("%Y-%m-%dT%H:%M:%S"))
    author.press("Publish")
    expect(page.locator(".flash")).to_contain_text("Scheduled")
    assert author.status("/reviews/killing-romance/") == 404

    page.goto(f"{drama}publish")
    author.press("Feature it on the front page")
    page.goto(bare)
    assert page.locator("h1 a").get_attribute("href") == slug
    while now() < at:
        page.wait_for_timeout(200)
    assert author.status("/reviews/killing-romance/") == 200

    page.goto(film)
    page.locator("#teaser > summary").click()
    page.locator("#slug").fill("a-caper")
    page.locator("#parts-0-text").fill("A different opening.")
    author.press("Save changes")
    expect(page.locator("#save-state" if scripted else ".flash")).to_contain_text("Saved at")
    assert author.status("/reviews/killing-romance/") == 301
    page.goto(f"{bare}/reviews/killing-romance/")
    expect(page).to_have_url(f"{bare}/reviews/a-caper/")
    expect(page.locator("main")).to_contain_text("A different opening.")

    page.goto(f"{film}revisions/")
    author.look()
    page.locator("ol a").last.click()
    author.look()
    author.press("Restore this text")
    page.goto(f"{bare}/reviews/a-caper/")
    expect(page.locator("main")).not_to_contain_text("A different opening.")

    page.goto(f"{film}publish")
    author.press("Withdraw it")
    expect(page.locator(".flash")).to_contain_text("Withdrawn.")
    assert author.status("/reviews/a-caper/") == 410
    for path in ("/studio/", "/studio/reviews/", "/studio/pages/", "/studio/settings/", "/studio/account/"):
        page.goto(f"{bare}{path}")
        author.look()
    assert author.status("/reviews/a-caper/") == 410
