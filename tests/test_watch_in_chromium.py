"""Where to watch, in a real browser: the author's queue by keys, and the region that a reader's browser keeps."""

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from kblog.ledger import Availability

from . import builders
from .chromium import find_nothing, kept, leave_late_scripts_out, served
from .conftest import with_author
from .letting_in import let_in

pytestmark = pytest.mark.browser

QUEUE = "/studio/availability/"
OLD = date(2026, 1, 2)


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    """The address of a running site with two reviews, the first of them on three platforms."""
    entries = Availability("Tving", "KR", checked_on=OLD), Availability("Viki", "US", checked_on=OLD)
    watch = (*entries, Availability("MUBI", "WORLD", status="not available", link="https://mubi.example/boats"))
    builders.stored(slug="boats", overview=[("Title", "Paper Boats")], availability=watch)
    builders.stored(slug="rain", overview=[("Title", "Rain")], availability=(Availability("Tving", "KR"),))
    with served(app) as address:
        yield address


@pytest.fixture
def studio(app: Flask, site: str) -> str:
    """The same site, with an author."""
    with_author(app)
    return site


def line(page: Page, words: str):
    return page.locator(".queue > li", has_text=words)


def test_the_queue_is_gone_through_by_keys_and_by_hand(studio: str, page: Page, complaints: list[str]):
    let_in(page, studio)
    page.goto(studio + QUEUE)
    find_nothing(page)
    page.emulate_media(color_scheme="light")
    page.keyboard.press("j")
    expect(page.locator(".queue > li").first).to_be_focused()
    page.keyboard.press("a")
    expect(line(page, "Checked today.")).to_have_count(1)
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    expect(page.locator("#availability-tally")).to_contain_text("3")
    expect(page.locator("#announce")).to_have_text("Checked today. 3 due.")
    page.keyboard.press("z")
    expect(page.locator("#availability-tally")).to_contain_text("4")
    expect(page.get_by_role("button", name="Still true", exact=True).first).to_be_focused()
    page.keyboard.press("u")
    expect(line(page, "Not known now.")).to_have_count(1)

    line(page, "Viki in the United States").get_by_role("link", name="Changed…").click()
    form = page.get_by_role("form", name="Change Viki in the United States, Paper Boats")
    expect(form.get_by_label("Is it there?")).to_be_focused()
    find_nothing(page)
    page.emulate_media(color_scheme="light")
    form.get_by_label("Is it there?").select_option("left")
    form.get_by_label("Link").fill("ftp://viki.example")
    page.keyboard.press("Enter")
    expect(form.get_by_label("Link")).to_be_focused()
    expect(form).to_contain_text("A link begins with http:// or https://.")
    expect(form.get_by_label("Is it there?")).to_have_value("left")
    assert "422" in complaints.pop(), "the browser's own note about the refusal"
    form.get_by_label("Link").fill("https://viki.example")
    page.keyboard.press("Enter")
    expect(line(page, "Changed. No longer on Viki in the United States")).to_be_visible()
    expect(page.get_by_role("button", name="Undo").last).to_be_focused()

    page.get_by_label("Select all").check()
    expect(page.locator("#queue-status")).to_have_text("2 selected")
    page.get_by_role("button", name="Selected are still true").click()
    expect(page.locator(".flash")).to_contain_text("2 checked today.")
    expect(page.locator(".flash")).to_be_focused()
    expect(page.get_by_text("Everything was checked within 60 days.")).to_be_visible()
    page.keyboard.press("z")
    expect(page.locator(".flash")).to_contain_text("2 are as before.")


def test_a_reader_says_once_where_they_watch(site: str, page: Page):
    page.goto(f"{site}/reviews/")
    expect(page.locator(".own-region")).to_be_hidden()
    assert kept(page) == {}
    page.get_by_label("United States").check()
    page.wait_for_url(f"{site}/reviews/?region=US")
    expect(page.locator("#count")).to_contain_text("1 review")
    expect(page.locator(".own-region")).to_be_hidden()
    assert kept(page) == {"region": "US"}

    page.get_by_label("Anywhere").check()
    expect(page.locator(".own-region a")).to_have_attribute("href", "/reviews/?region=US")
    leave_late_scripts_out(page)
    page.goto(f"{site}/reviews/?kind=&platform=viki")
    offer = page.get_by_role("link", name="Only what I can watch in the United States")
    expect(offer).to_be_visible()
    find_nothing(page)
    page.emulate_media(color_scheme="light")
    offer.click()
    page.wait_for_url(f"{site}/reviews/?platform=viki&region=US")

    page.goto(f"{site}/reviews/boats/")
    sentences = page.locator(".facts dl > div:first-child > dd")
    expect(sentences.nth(0)).to_contain_text("Viki in the United States")
    expect(sentences.nth(1)).to_contain_text("Not on MUBI worldwide")
    assert page.locator(".facts .own").count() == 2
    find_nothing(page)
    page.unroute_all()

    page.goto(f"{site}/reviews/?region=KR")
    assert kept(page) == {"region": "US"}, "a link says nothing about who follows it"
    page.goto(f"{site}/reviews/")
    page.get_by_role("button", name="Forget where I watch").click()
    expect(page.locator(".own-region")).to_be_hidden()
    expect(page.locator("#count")).to_be_focused()
    assert kept(page) == {}
