"""The author's desk, pages and settings in a real browser, with JavaScript and without."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Page, expect

from kblog.db import db, now
from kblog.ledger import Availability
from kblog.models import Page as StandingPage
from kblog.models import Review

from .builders import PUBLISHED, comments, stored
from .chromium import find_nothing, served
from .conftest import NAME, PASSWORD, read, with_author
from .letting_in import let_in

pytestmark = pytest.mark.browser

BODY = "It began “on a ferry” — 배에서.\n\n## Later\n\nLee Won‑suk wrote.\n"
TEXT = "첫 눈, “Lee Sun‑kyun” & co.\n\n  50 % + more = 한 줄 더"
PAGES = "/studio/pages/"


@pytest.fixture
def studio(app: Flask) -> Iterator[str]:
    """The address of a running site with a page and some reviews, whose author is not logged in."""
    with_author(app)
    db.session.add(StandingPage(slug="colophon", title="Colophon", body=BODY, published_at=PUBLISHED))
    long = "The Grandmother Who Sold Umbrellas in the Rain (비 오는 날 우산을 파는 할머니)"
    never = (Availability("Viki"), Availability("Netflix", "US", status="not available"))
    stored(slug="umbrellas", overview=[("Title", long)], comments=comments(3), availability=never)
    stored(slug="later", published_at=now() + timedelta(days=2))
    stored(slug="salt-road", overview=[("Title", "Salt Road")], state="draft")
    with served(app) as address:
        yield address


@pytest.fixture
def writing(studio: str, page: Page) -> Page:
    """The editor of a live page, the author logged in."""
    let_in(page, studio)
    page.goto(f"{studio}{PAGES}1/")
    return page


def body() -> str:
    return read(sa.select(StandingPage.body))[0]


def saved(page: Page) -> None:
    expect(page.locator("#save-state")).to_contain_text("Saved at")


def forget(complaints: list[str], status: str) -> None:
    """Take out what the browser says of an answer that the test asked for."""
    complaints[:] = [each for each in complaints if status not in each]


# Writing a page


def test_the_preview_follows_and_the_caret_stays(writing: Page):
    writing.locator("#body").fill("It *pours*.")
    expect(writing.locator("#preview em")).to_have_text("pours")
    writing.locator("#title").fill("판권")
    expect(writing.locator("#preview h2")).to_have_text("판권")
    assert writing.evaluate("document.activeElement.id") == "title"
    assert body() == BODY


def test_what_is_typed_is_kept_without_a_click_and_survives_a_reload(writing: Page):
    writing.locator("#body").fill(TEXT)
    expect(writing.locator("#save-state")).to_contain_text("Kept at")
    writing.reload()
    expect(writing.locator("#body")).to_have_value(TEXT)
    assert body() == BODY
    writing.goto(writing.url.split("?")[0])
    expect(writing.locator("main")).to_contain_text("was never saved")
    writing.get_by_role("link", name="Desk").click()
    expect(writing.locator("#unsaved")).to_contain_text("1")
    writing.get_by_role("link", name="Colophon").click()
    expect(writing.locator("#body")).to_have_value(TEXT)


def test_ctrl_s_saves_in_place_again_and_again(writing: Page):
    writing.evaluate("window.neverLeft = true")
    writing.locator("#body").fill(TEXT)
    writing.keyboard.press("Control+s")
    saved(writing)
    expect(writing.locator("#version")).to_have_value("2")
    writing.locator("#body").fill("It snows.")
    writing.locator("#save").click()
    expect(writing.locator("#version")).to_have_value("3")
    assert writing.evaluate("window.neverLeft")
    assert body() == "It snows."
    assert writing.evaluate("Object.keys(localStorage).filter(name => name.startsWith('draft:')).length") == 0


def test_what_will_not_do_is_said_and_focused_and_the_text_stays(writing: Page, complaints: list[str]):
    writing.locator("#body").fill(TEXT)
    writing.locator("#slug").fill("No Slug!")
    writing.locator("#save").click()
    expect(writing.locator("#errors")).to_be_focused()
    expect(writing.locator("#errors")).to_contain_text("An address has small letters")
    expect(writing.locator("#body")).to_have_value(TEXT)
    writing.locator("#slug").fill("imprint")
    expect(writing.locator("#slug-said")).to_be_empty()
    writing.locator("#save").click()
    saved(writing)
    assert body() == TEXT
    forget(complaints, "422")


def test_an_address_is_checked_when_it_was_typed(writing: Page):
    writing.locator("#slug").fill("imprint")
    writing.locator("#body").focus()
    expect(writing.locator("#slug-said")).to_have_text("/pages/imprint/ is free.")


def test_a_save_from_another_window_is_shown_beside_mine(writing: Page, complaints: list[str]):
    other = writing.context.new_page()
    other.goto(writing.url)
    other.locator("#body").fill("From the other.")
    other.locator("#save").click()
    saved(other)
    writing.locator("#body").fill("From this one.")
    writing.locator("#save").click()
    expect(writing.locator("#conflict-title")).to_be_focused()
    expect(writing.locator(".conflict")).to_contain_text("From the other.")
    expect(writing.locator("#body")).to_have_value("From this one.")
    writing.get_by_role("button", name="Keep mine").click()
    writing.wait_for_url(lambda url: "saved=" in url)
    assert body() == "From this one."
    forget(complaints, "409")


def test_a_session_that_ends_while_typing_costs_no_byte(writing: Page, complaints: list[str]):
    writing.locator("#body").fill(TEXT)
    writing.context.clear_cookies()
    writing.locator("#save").click()
    expect(writing.locator("#save-state")).to_contain_text("You are signed out")
    expect(writing.locator("#body")).to_have_value(TEXT)
    writing.get_by_role("button", name="Sign in and save").click()
    writing.locator("#name").fill(NAME)
    writing.locator("#password").fill(PASSWORD)
    writing.keyboard.press("Enter")
    writing.wait_for_url(lambda url: "saved=" in url)
    assert body() == TEXT
    forget(complaints, "401")


@pytest.mark.parametrize("scripted", [True, False], ids=["with JavaScript", "without"])
def test_about_is_written_published_and_withdrawn(studio: str, new_context: Callable, scripted: bool):
    page = new_context(java_script_enabled=scripted).new_page()
    let_in(page, studio)
    page.goto(f"{studio}/studio/")
    page.get_by_role("link", name="Pages").click()
    page.get_by_role("button", name="Write your own About page").click()
    page.get_by_label("Title").fill("Who writes here")
    page.get_by_role("textbox", name="Text", exact=True).fill("Somebody *slow*.")
    page.get_by_role("button", name="Publish…").click()
    expect(page.locator("h1")).to_have_text("Who writes here")
    page.get_by_role("button", name="Publish now").click()
    expect(page.locator(".flash")).to_have_text("Published.")
    expect(page.locator(".flash")).to_be_focused()
    page.get_by_role("link", name="Read it on the site").click()
    expect(page.locator("article em")).to_have_text("slow")
    page.go_back()
    page.get_by_role("button", name="Withdraw it").click()
    expect(page.locator(".flash")).to_contain_text("Readers find the built-in text again.")
    page.goto(f"{studio}/pages/about/")
    expect(page.locator("h1")).to_have_text("About K-Blog")


# Settings


def test_the_time_in_a_zone_is_told_when_it_is_chosen(studio: str, page: Page):
    let_in(page, studio)
    page.goto(f"{studio}/studio/settings/")
    before = page.locator("#moment").inner_text()
    page.get_by_label("Time zone").select_option("Asia/Kathmandu")  # no hour's difference could hide a mistake
    expect(page.locator("#moment")).not_to_have_text(before)
    assert page.evaluate("document.activeElement.id") in ("time_zone", "")
    page.get_by_label("Name of the site").fill("느린 배")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".flash")).to_have_text("Saved. Every page shows it now.")
    expect(page.get_by_label("Time zone")).to_have_value("Asia/Kathmandu")
    page.goto(studio)
    expect(page.locator(".brand")).to_contain_text("느린 배")


def test_signed_out_before_a_zone_is_chosen_what_is_typed_is_saved_all_the_same(
    studio: str, page: Page, complaints: list[str]
):
    let_in(page, studio)
    page.goto(f"{studio}/studio/settings/")
    page.get_by_label("Name of the site").fill("Slow Boats")
    page.context.clear_cookies()
    page.get_by_label("Time zone").select_option("Asia/Seoul")
    expect(page.locator("#save-state")).to_contain_text("You are signed out")
    page.get_by_role("button", name="Sign in and save").click()
    page.locator("#name").fill(NAME)
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator(".flash")).to_have_text("Saved. Every page shows it now.")
    expect(page.get_by_label("Name of the site")).to_have_value("Slow Boats")
    forget(complaints, "401")


# How it looks


def test_axe_finds_nothing_and_no_page_scrolls_sideways(studio: str, new_context: Callable, complaints: list[str]):
    page = new_context(bypass_csp=True).new_page()

    def look(title: str) -> None:
        expect(page.locator("h1")).to_have_text(title)
        page.eval_on_selector_all("details", "all => all.forEach(each => { each.open = true })")
        for width in (320, 390, 1440):
            page.set_viewport_size({"width": width, "height": 844})
            assert page.evaluate("document.documentElement.scrollWidth") == width, f"{title} at {width}"
            if width > 320:
                find_nothing(page)

    let_in(page, studio)
    page.goto(f"{studio}{PAGES}1/")
    page.locator("#body").fill("Half a sentence")
    expect(page.locator("#save-state")).to_contain_text("Kept at")
    page.goto(f"{studio}/studio/")
    look("Desk")
    page.goto(f"{studio}/studio/settings/")
    look("Settings")
    page.get_by_label("Name of the site").fill(" ")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#name")).to_be_focused()
    look("Settings")
    page.goto(f"{studio}{PAGES}")
    page.get_by_role("button", name="New page").click()
    look("Edit “Untitled”")
    page.get_by_role("button", name="Publish…").click()
    look("Untitled")
    page.get_by_role("button", name="Put this draft away").click()
    look("Pages")
    page.goto(f"{studio}{PAGES}1/")
    look("Edit “Colophon”")
    other = page.context.new_page()
    other.goto(f"{studio}{PAGES}1/")
    other.locator("#body").fill("From the other.")
    other.locator("#save").click()
    saved(other)
    page.locator("#slug").fill("No Slug!")
    page.locator("#save").click()
    expect(page.locator("#errors")).to_be_focused()
    look("Edit “Colophon”")
    page.locator("#slug").fill("colophon")
    page.locator("#save").click()
    expect(page.locator("#conflict-title")).to_be_focused()
    look("Edit “Colophon”")
    page.goto(f"{studio}{PAGES}1/publish")
    look("Colophon")
    forget(complaints, "409")
    forget(complaints, "422")


def test_axe_finds_nothing_on_an_empty_desk(studio: str, new_context: Callable):
    db.session.execute(sa.delete(Review))
    db.session.commit()
    page = new_context(bypass_csp=True).new_page()
    let_in(page, studio)
    page.goto(f"{studio}/studio/")
    expect(page.locator("main")).to_contain_text("No drafts. Start a review or import your old blog")
    find_nothing(page)
