"""The author writes and publishes in a real browser, with JavaScript and without."""

import pathlib
import re
import time

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from bench.server import Site
from kblog.db import db
from kblog.models import AuthorSession, Autosave, Review, Revision

from . import engines
from .builders import stored
from .chromium import DEVICE, find_nothing
from .conftest import NAME, PASSWORD, close, make_app, read, with_author
from .letting_in import let_in, sign_in

pytestmark = pytest.mark.browser

FACTS = [
    ("Title", "Paper Boats (종이배)"),
    ("Year", "2021"),
    ("Cast", "Seo Ha-jin"),
    ("Episodes", "16"),
    ("OTT", "Viki"),
]
BODY = "## Introduction\n\nIt rains.\n\n## Memorable Lines\n\n> Row.\n> — Jin, Episode 3\n"
TEXT = "첫 눈, “Lee Sun‑kyun” & co.\n\n  50 % + more = 한 줄 더;\ttab"


@pytest.fixture
def writing(studio: str, page: Page) -> Page:
    """The editor of a live review, the author logged in."""
    number = stored(overview=FACTS, body=BODY).id
    db.session.rollback()  # what was read holds the one write lock
    let_in(page, studio)
    page.goto(f"{studio}/studio/reviews/{number}/")
    return page


def section(page: Page, number: int = 0):
    return page.locator(f"#parts-{number}-text")


def body() -> str:
    """The text that is saved."""
    return read(sa.select(Review.body))[0]


def end_sessions() -> None:
    """End every session, as time would: the rows go, the cookies stay."""
    db.session.execute(sa.delete(AuthorSession))
    db.session.commit()


def saved(page: Page) -> None:
    expect(page.locator("#save-state")).to_contain_text("Saved at")


# While one types


def test_the_preview_follows_and_the_caret_stays(writing: Page):
    section(writing).fill("It *pours*.")
    expect(writing.locator("#preview em")).to_have_text("pours")
    assert writing.evaluate("document.activeElement.id") == "parts-0-text"
    expect(writing.locator("#steps a").nth(1)).to_contain_text("2")
    assert body() == BODY


def test_what_is_typed_is_kept_without_a_click_and_survives_a_reload(writing: Page):
    section(writing).press_sequentially("하나 둘 ", delay=20)
    expect(writing.locator("#save-state")).to_contain_text("Kept at")
    writing.reload()
    expect(section(writing)).to_have_value("하나 둘 It rains.")
    assert body() == BODY


def test_typing_without_a_rest_is_kept_all_the_same(writing: Page):
    began = time.monotonic()
    while "Kept at" not in writing.locator("#save-state").inner_text():
        assert time.monotonic() - began < 20
        section(writing).press_sequentially("가", delay=100)


def test_ctrl_s_saves_in_place(writing: Page):
    section(writing).fill("It pours.")
    writing.evaluate("window.neverLeft = true")
    writing.keyboard.press("Control+s")
    saved(writing)
    assert writing.evaluate("window.neverLeft")
    section(writing).fill("It snows.")
    writing.locator("#save").press("Enter")
    expect(writing.locator("#version")).to_have_value("3")
    expect(writing.locator("#announce")).to_contain_text("Saved at")
    expect(writing.locator("#save")).to_be_focused()  # it was shut off while it waited
    assert "It snows." in body()
    assert writing.evaluate("Object.keys(localStorage).filter(name => name.startsWith('draft:')).length") == 0


def test_what_will_not_do_is_said_and_focused_and_the_text_stays(writing: Page, complaints: list[str]):
    section(writing).fill("It pours.")
    writing.locator("#overview > summary").click()
    writing.locator("#year").fill("next year")
    writing.locator("#save").click()
    expect(writing.locator("#errors")).to_be_focused()
    expect(writing.locator("#errors")).to_contain_text("Give the year with four digits")
    expect(section(writing)).to_have_value("It pours.")
    writing.locator("#year").fill("2022")
    writing.locator("#save").click()
    saved(writing)
    complaints[:] = [each for each in complaints if "422" not in each]


def test_rows_and_sections_are_added_in_place(writing: Page):
    section(writing).fill("Typed.")
    writing.locator("#overview > summary").click()
    writing.get_by_role("button", name="Add an actor").click()
    expect(writing.locator("#cast-2-name")).to_be_focused()
    writing.get_by_role("button", name="Add a section").click()
    expect(writing.locator("#parts-2-heading")).to_be_focused()
    writing.keyboard.type("Why It’s Special")
    section(writing, 2).fill("It floats.")
    writing.locator("#cast-2-name").fill("Gu Won-jae")
    writing.keyboard.press("Control+s")
    saved(writing)
    assert body().endswith("## Why It’s Special\n\nIt floats.\n")
    assert "Typed." in body()


def test_a_save_from_another_window_is_shown_beside_mine(writing: Page, complaints: list[str]):
    other = writing.context.new_page()
    other.goto(writing.url)
    section(other).fill("From the other.")
    other.locator("#save").click()
    saved(other)
    section(writing).fill("From this one.")
    writing.locator("#save").click()
    expect(writing.locator("#conflict-title")).to_be_focused()
    expect(writing.locator(".conflict")).to_contain_text("From the other.")
    expect(section(writing)).to_have_value("From this one.")
    writing.get_by_role("button", name="Keep mine").click()
    writing.wait_for_url(lambda url: "saved=" in url)
    expect(section(writing)).to_have_value("From this one.")
    texts = read(sa.select(Revision.text))
    assert any("From the other." in text for text in texts)
    complaints[:] = [each for each in complaints if "409" not in each]


def test_a_session_that_ends_while_typing_costs_no_byte(writing: Page, complaints: list[str]):
    """The session's row is deleted while its author types; after the log-in the text is there, byte for byte."""
    section(writing).fill(TEXT)
    end_sessions()
    writing.locator("#save").click()
    expect(writing.get_by_role("alert")).to_contain_text("You are signed out")
    expect(section(writing)).to_have_value(TEXT)
    writing.get_by_role("button", name="Sign in and save").click()
    writing.locator("#password").fill(PASSWORD)
    writing.locator("#name").fill(NAME)
    writing.keyboard.press("Enter")
    writing.wait_for_url(lambda url: "saved=" in url)
    assert TEXT in body()
    expect(section(writing)).to_have_value(TEXT)
    complaints[:] = [each for each in complaints if "401" not in each]


def test_signing_in_in_another_tab_lets_the_first_go_on(writing: Page, studio: str, complaints: list[str]):
    section(writing).fill(TEXT)
    end_sessions()
    writing.locator("#save").click()
    expect(writing.locator("#save-state")).to_contain_text("You are signed out")
    other = writing.context.new_page()
    sign_in(other, studio)
    expect(other.locator("h1")).to_have_text("Desk")
    writing.locator("#save").click()
    # where an autosave came between the two, it was refused in the place of this
    expect(writing.locator("#save-state")).to_contain_text(re.compile("press Save once more|Saved at"))
    with writing.expect_response(lambda answer: answer.url.endswith("/1/") and answer.request.method == "POST") as sent:
        writing.locator("#save").click()
    assert sent.value.ok
    # the last word may be an autosave's that waited for its turn
    expect(writing.locator("#save-state")).to_contain_text(re.compile("Saved at|Kept at"))
    assert TEXT in body()
    complaints[:] = [each for each in complaints if "401" not in each and "403" not in each]


def test_offline_keeps_the_text_and_says_so(writing: Page, complaints: list[str]):
    writing.context.set_offline(True)
    section(writing).fill(TEXT)
    writing.locator("#save").click()
    expect(writing.locator("#announce")).to_contain_text("No connection")
    expect(writing.locator("#save")).to_be_focused()
    writing.context.set_offline(False)
    writing.locator("#save").click()
    saved(writing)
    writing.wait_for_timeout(1000)  # what went wrong meanwhile has been told by then
    complaints.clear()


def test_a_button_pressed_twice_begins_one_review(writing: Page, studio: str):
    writing.goto(f"{studio}/studio/reviews/new")
    # with as much time between as a person needs, or the browser sends the second form alone
    pressed_twice = "button => { button.click(); setTimeout(() => button.click(), 50); }"
    writing.get_by_role("button", name="A drama").evaluate(pressed_twice)
    expect(writing.locator("#review-form")).to_be_visible()
    assert len(read(sa.select(Review.id))) == 2  # the one that was there, and the new one


def test_a_browser_that_dies_offers_what_it_kept(writing: Page):
    """The server never got the words: the browser's own copy is offered, and put back when the author wants it."""
    writing.route("**/autosave", lambda route: route.abort())
    section(writing).fill(TEXT)
    writing.wait_for_timeout(700)
    kept = writing.evaluate("({...localStorage})")
    writing.unroute("**/autosave")
    writing.goto(writing.url.split("?")[0])
    assert kept
    expect(writing.locator("#in-browser")).to_be_visible()
    writing.get_by_role("button", name="Put it back").click()
    writing.wait_for_url(lambda url: "tab=" in url)
    expect(section(writing)).to_have_value(TEXT)


def test_a_server_that_dies_costs_five_seconds_at_most(
    empty_instance: pathlib.Path, tmp_path: pathlib.Path, page: Page, complaints: list[str], may_keep: set[str]
):
    """kill -9 while the author types: what was typed more than five seconds before is on the server's disk."""
    may_keep |= {"kblog", DEVICE}
    folder = tmp_path / "killed"
    engines.copy(empty_instance, folder)
    app = make_app(folder)
    with app.app_context():
        with_author(app)
        number = stored(overview=FACTS, body=BODY).id
        close(app)
    site = Site(folder, **engines.settings(folder))
    try:
        let_in(page, f"http://127.0.0.1:{site.port}")
        page.goto(f"http://127.0.0.1:{site.port}/studio/reviews/{number}/")
        typed_at: list[float] = []
        section(page).fill("")
        while time.monotonic() - (typed_at[0] if typed_at else time.monotonic()) < 8:
            typed_at.append(time.monotonic())
            section(page).press_sequentially(f"{len(typed_at)} ")
            page.wait_for_timeout(120)
        killed = time.monotonic()
    finally:
        site.kill()
    with app.app_context():
        (kept,) = db.session.scalars(sa.select(Autosave)).all()
        words = next(value for name, value in kept.fields if name == "parts-0-text").split()
        lost = [moment for count, moment in enumerate(typed_at, 1) if str(count) not in words]
        assert all(killed - moment <= 5 for moment in lost), f"{killed - lost[0]:.1f} s of typing lost"
        assert len(words) > 5
        close(app)
    page.close()
    complaints.clear()  # it may have been saving just then


# What it looks like


@pytest.mark.parametrize("width", [390, 1440])
def test_axe_finds_nothing_in_any_state_of_the_editor(writing: Page, width: int, complaints: list[str]):
    writing.set_viewport_size({"width": width, "height": 900})
    for panel in writing.locator("details").all():
        panel.evaluate("panel => panel.open = true")
    find_nothing(writing)
    assert writing.evaluate("document.documentElement.scrollWidth <= innerWidth")
    other = writing.context.new_page()
    other.goto(writing.url)
    section(other).fill("From the other.")
    other.locator("#save").click()
    saved(other)
    writing.locator("#year").fill("next year")
    writing.locator("#save").click()
    expect(writing.locator("#errors")).to_be_visible()
    find_nothing(writing)
    writing.locator("#year").fill("2022")
    writing.locator("#save").click()
    expect(writing.locator("#conflict-title")).to_be_visible()
    find_nothing(writing)
    writing.goto(f"{writing.url.partition('?')[0]}revisions/")
    find_nothing(writing)
    complaints[:] = [each for each in complaints if "422" not in each and "409" not in each]
