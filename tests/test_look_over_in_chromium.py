"""The author looks at what is pointed out in a real browser: while typing, with a click, and without losing a word."""

import re

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from kblog.db import db
from kblog.models import Review

from .builders import stored
from .chromium import find_nothing
from .conftest import read
from .letting_in import let_in

pytestmark = pytest.mark.browser

FACTS = [("Title", "Paper Boats (종이배)"), ("Cast", "Seo Ha-jin"), ("Episodes", "16"), ("OTT", "Viki")]
BODY = (
    "## Introduction\n\nIt rains.\n\n## Overall Story\n\nA neon‑bright pop-up.\n\nIn Episode 7 it pours.\n\n"
    + "It rains on.\n\n" * 40
    + "Compare mortgage rates.\n"
)


@pytest.fixture
def writing(studio: str, page: Page) -> Page:
    """The editor of a live review, the author logged in; the browser goes before its server."""
    number = stored(overview=FACTS, body=BODY).id
    db.session.rollback()  # what was read holds the one write lock
    let_in(page, studio)
    page.goto(f"{studio}/studio/reviews/{number}/")
    return page


def panel(page: Page):
    return page.locator("#looked-at")


def test_findings_follow_the_typing_and_leave_the_caret_alone(writing: Page):
    field = writing.locator("#parts-0-text")
    field.focus()
    writing.keyboard.press("End")
    writing.keyboard.type(" It is currently told.")
    expect(panel(writing)).to_contain_text("“currently told.” has no date.")
    expect(field).to_be_focused()
    assert field.evaluate("field => field.selectionStart") == len("It rains. It is currently told.")
    expect(writing.locator("#steps .to-look-at")).to_be_visible()
    panel(writing).get_by_role("link", name="currently told").click()
    assert field.evaluate("f => f.value.slice(f.selectionStart, f.selectionEnd)") == "currently told."


def test_a_click_shows_the_words_and_ignoring_them_keeps_what_is_typed(writing: Page):
    writing.locator("#parts-0-text").fill("It pours.")
    long = writing.locator("#parts-1-text")
    panel(writing).get_by_role("link", name="mortgage rates").click()
    expect(long).to_be_focused()
    assert long.evaluate("f => f.value.slice(f.selectionStart, f.selectionEnd)") == "mortgage rates"
    assert writing.evaluate("scrollY") > 200
    panel(writing).get_by_role("button", name=re.compile("Ignore.*mortgage rates")).click()
    expect(writing.locator("#findings")).to_be_focused()
    expect(panel(writing)).to_contain_text("1 ignored")
    expect(writing.locator("#parts-0-text")).to_have_value("It pours.")
    assert read(sa.select(Review.body)) == [BODY]


def test_one_click_marks_a_paragraph_and_what_follows_is_kept_and_drawn(writing: Page):
    panel(writing).locator("#proposals > summary").click()
    panel(writing).get_by_role("button", name="Mark it as a spoiler for episode 7").click()
    marked = "pop-up.\n\n::: spoiler episode 7\nIn Episode 7 it pours.\n:::\n\nIt rains on."
    expect(writing.locator("#preview details.spoiler")).to_have_count(1)
    field = writing.locator("#parts-1-text")
    assert marked in field.input_value()
    assert field.evaluate("f => f.value.slice(f.selectionStart, f.selectionEnd)") == "In Episode 7 it pours."
    expect(field).to_be_focused()  # the button that was pressed is gone
    expect(writing.locator("#proposals")).to_have_count(0)
    expect(writing.locator("#save-state")).to_contain_text("Kept at")


@pytest.mark.parametrize("width", [390, 1440])
def test_axe_finds_nothing_on_the_pages_that_point_things_out(writing: Page, width: int):
    writing.set_viewport_size({"width": width, "height": 900})
    for details in panel(writing).locator("details").all():
        details.evaluate("details => details.open = true")
    find_nothing(writing)
    for path in ("publish", "unify/hyphens/"):
        writing.goto(f"{writing.url.partition('?')[0].partition('publish')[0]}{path}")
        assert writing.evaluate("document.documentElement.scrollWidth <= innerWidth")
        find_nothing(writing)
