"""Searching while one types, in a real browser: nothing is taken from under the fingers, Korean least of all."""

import re
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import CDPSession, Page, expect

pytestmark = pytest.mark.browser

WATCH = """
() => {
  window.field = document.getElementById("q");
  window.ended = 0;
  field.addEventListener("compositionend", () => { window.ended++ });
}
"""
# What a Korean keyboard composes on the way to 등대: a final consonant leaves for the next syllable, a lone one waits.
KEYS = [("", "ㄷ"), ("", "드"), ("", "등"), ("등", "ㄷ"), ("등", "대")]


def asked(page: Page) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(page.url).query))


def entries(page: Page) -> int:
    return page.evaluate("history.length")


def compose(page: Page, keys: CDPSession, before: str, syllable: str) -> None:
    """Press a key that makes the syllable being composed this one, after `before`; wait for the list."""
    if page.evaluate("ended") < len(before):
        keys.send("Input.insertText", {"text": before[-1]})
    with page.expect_response(lambda answer: dict(parse_qsl(urlsplit(answer.url).query)).get("q") == before + syllable):
        keys.send("Input.imeSetComposition", {"text": syllable, "selectionStart": 1, "selectionEnd": 1})
    expect(page).to_have_url(re.compile(r"\?q="))
    expect(page.locator("#browse:not([aria-busy])")).to_have_count(1)


def test_a_syllable_is_composed_to_its_end_while_the_list_follows(page: Page):
    page.goto("/reviews/")
    page.locator("#q").focus()
    page.evaluate(WATCH)
    keys = page.context.new_cdp_session(page)
    for before, syllable in KEYS:
        compose(page, keys, before, syllable)
        typed = before + syllable
        assert page.evaluate("[field.isConnected, document.activeElement === field]") == [True, True], typed
        assert page.locator("#q").get_attribute("value") == "", typed  # no answer touched it
        assert page.evaluate("[field.value, field.selectionStart, ended]") == [typed, len(typed), len(before)], typed
        assert asked(page)["q"] == typed
        assert "The Lighthouse Keeper’s Radio" in page.locator("#review-list h3").all_inner_texts(), typed
    expect(page.locator("#count")).to_have_text(re.compile("^1 review for 등대"))
    expect(page.locator("#review-list mark").first).to_have_text("등대")


def test_typing_fills_the_list_and_not_the_history(page: Page):
    page.goto("/")
    page.goto("/reviews/?genre=romance")
    before = entries(page)
    page.locator("#q").press_sequentially("train", delay=300)
    expect(page).to_have_url(re.compile(r"\?q=train&genre=romance$"))
    expect(page).to_have_title(re.compile("train"))
    assert entries(page) == before
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.press("Enter")
    page.locator("#genre-romance").uncheck()
    expect(page).to_have_url(re.compile(r"\?q=train$"))
    assert entries(page) == before + 1
    page.go_back()
    expect(page).to_have_url(re.compile(r"\?q=train&genre=romance$"))
    expect(page.locator("#q")).to_have_value("train")
