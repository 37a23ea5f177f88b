"""The toolbar and the keys of the editor, in a real browser."""

import pathlib

import pytest
from playwright.sync_api import Page, expect

from kblog.db import db

from .builders import stored
from .chromium import find_nothing
from .letting_in import let_in
from .test_edit_page import standing

pytestmark = pytest.mark.browser

ROOT = pathlib.Path(__file__).resolve().parents[1]

# what is selected stands in ‹›, and after the mark again; ¦ is a caret
MARKED = [
    ("bold", "A ‹slow› film", "A **‹slow›** film"),
    ("bold", "A **‹slow›** film", "A ‹slow› film"),
    ("bold", "A ‹**slow**› film", "A ‹slow› film"),
    ("bold", "A‹ slow ›film", "A **‹slow›** film"),
    ("bold", "A sl¦ow film", "A **sl¦ow** film"),
    ("bold", "A **very sl¦ow** film", "A very sl¦ow film"),
    ("bold", "A **slow¦** film", "A **slow**¦ film"),
    ("bold", "A **slow**¦ film", "A slow¦ film"),
    ("bold", "A ¦film", "A **¦**film"),
    ("bold", "A **¦**film", "A ¦film"),
    ("bold", "‹One **two** three›", "**‹One two three›**"),
    ("bold", "사랑¦은 비", "**사랑¦은** 비"),
    ("bold", "‹- One\n- Two\n\nThree›", "‹- **One**\n- **Two**\n\n**Three**›"),
    ("bold", "‹- **One**\n- **Two**›", "‹- One\n- Two›"),
    ("italic", "A **‹slow›** film", "A ***‹slow›*** film"),
    ("italic", "A *sl¦ow* film", "A sl¦ow film"),
    ("link", "See ‹this page›.", "See [this page](¦)."),
    ("link", "See [this ¦page](https://k.example/a).", "See ‹this page›."),
    ("link", "See ‹https://k.example/a›.", "See [¦](https://k.example/a)."),
    ("link", "See ¦", "See [¦]()"),
    ("heading", "One\n\nTw¦o", "One\n\n### Tw¦o"),
    ("heading", "### Tw¦o", "Tw¦o"),
    ("heading", "## Tw¦o", "### Tw¦o"),
    ("heading", "¦", "### ¦"),
    ("spoiler", "One\n\nTw¦o\nthree\n\nFour", "One\n\n::: spoiler¦\nTwo\nthree\n:::\n\nFour"),
    ("spoiler", "One\n‹Two›\n\nThree", "::: spoiler¦\nOne\nTwo\n:::\n\nThree"),
    ("spoiler", "A\n\n::: spoiler episodes 9-12\nTw¦o\n\nthree\n:::\n\nB", "A\n\nTw¦o\n\nthree\n\nB"),
    ("spoiler", "¦", "::: spoiler\n¦\n:::"),
    ("line", "One\n\n“Row¦.”\n\nTwo", "One\n\n> “Row.”\n> — ¦\n\nTwo"),
    ("line", "Row.\n— Jin, Epi¦sode 3", "> Row.\n> — Jin, Episode 3¦"),
    ("line", "> Row¦.\n> — Jin", "Row.\n— Jin¦"),
    ("line", "> Row.\n> — ¦", "Row.¦"),
    ("line", "One\n\n¦", "One\n\n> ¦\n> — "),
    ("footnote", "It floats¦. It sinks.", "It floats[^1]. It sinks.\n\n[^1]: ¦"),
    ("footnote", "A[^3]. B¦.\n\n[^3]: C.", "A[^3]. B[^4].\n\n[^3]: C.\n[^4]: ¦"),
]
MARK = """([name, shown]) => {
    const typed = shown.replace(/[‹›¦]/g, ""), at = shown.search(/[‹¦]/);
    const until = shown.includes("›") ? shown.indexOf("›") - 1 : at;
    const { start, end, text, from, to } = MARKS[name](typed, at, until, { signs: "###", whole: typed });
    const made = typed.slice(0, start) + text + typed.slice(end);
    return from === to ? `${made.slice(0, from)}¦${made.slice(from)}`
                       : `${made.slice(0, from)}‹${made.slice(from, to)}›${made.slice(to)}`;
}"""


@pytest.fixture
def writing(studio: str, page: Page) -> Page:
    """The editor of a live review, the author logged in."""
    number = stored(body="## Introduction\n\nIt rains.\n\n## Story\n\nIt floats.").id
    db.session.rollback()  # what was read holds the one write lock
    let_in(page, studio)
    page.goto(f"{studio}/studio/reviews/{number}/")
    return page


def test_each_mark_is_put_and_taken_away_and_the_caret_stands_where_one_goes_on(page: Page):
    page.add_script_tag(path=ROOT / "static" / "marks.js")
    for name, text, wanted in MARKED:
        assert page.evaluate(MARK, [name, text]) == wanted, (name, text)


def test_the_keys_and_the_buttons_mark_what_is_selected_and_ctrl_z_takes_it_back(writing: Page):
    text = writing.locator("#parts-0-text")
    text.select_text()
    text.press("Control+b")
    expect(text).to_have_value("**It rains.**")
    expect(writing.locator("#preview strong")).to_have_text("It rains.")
    expect(writing.locator("#length")).to_contain_text("1 minute read")
    text.press("Control+z")
    expect(text).to_have_value("It rains.")
    text.press("Control+y")
    text.press("Control+b")
    expect(text).to_have_value("It rains.")

    text.press("End")
    writing.get_by_role("button", name="Footnote").click()
    writing.keyboard.type("A note.")
    expect(text).to_have_value("It rains.[^1]\n\n[^1]: A note.")
    expect(writing.locator("#save-state")).to_contain_text("Kept at")

    # the toolbar is one stop, and acts on the text that had the focus last
    story = writing.locator("#parts-1-text")
    story.focus()
    story.press("Alt+F10")
    expect(writing.get_by_role("button", name="Bold")).to_be_focused()
    writing.keyboard.press("ArrowLeft")
    expect(writing.locator("#toolbar button").last).to_be_focused()
    writing.keyboard.press("ArrowRight")
    writing.keyboard.press("ArrowRight")
    writing.keyboard.press("Enter")
    expect(story).to_be_focused()
    writing.keyboard.type("!")
    expect(story).to_have_value("### !It floats.")
    story.press("Alt+F10")
    expect(writing.get_by_role("button", name="Heading")).to_be_focused()
    writing.keyboard.press("Escape")
    expect(story).to_be_focused()


def test_a_syllable_that_is_being_composed_is_left_alone(writing: Page):
    """As a Korean keyboard does it: the keys are the composition's until it ends."""
    text = writing.locator("#parts-0-text")
    text.select_text()
    for wanted in ("**It rains.**", "It rains."):  # the key B, as a Korean layout names it
        key = "{key: 'ㅠ', code: 'KeyB', ctrlKey: true, bubbles: true}"
        text.evaluate(f"field => field.dispatchEvent(new KeyboardEvent('keydown', {key}))")
        expect(text).to_have_value(wanted)
    text.press("ControlOrMeta+End")
    session = writing.context.new_cdp_session(writing)
    session.send("Input.imeSetComposition", {"text": "하", "selectionStart": 1, "selectionEnd": 1})
    expect(text).to_have_value("It rains.하")
    key = "{key: 'b', code: 'KeyB', ctrlKey: true, bubbles: true, isComposing: true}"
    text.evaluate(f"field => field.dispatchEvent(new KeyboardEvent('keydown', {key}))")
    expect(text).to_have_value("It rains.하")
    writing.get_by_role("button", name="Spoiler").click()
    expect(text).to_have_value("::: spoiler\nIt rains.하\n:::")
    writing.keyboard.insert_text(" episode 3")
    expect(text).to_have_value("::: spoiler episode 3\nIt rains.하\n:::")


def test_the_help_lists_every_key_that_does_something_and_gives_the_focus_back(writing: Page):
    listed = "[...document.querySelectorAll('[data-does]')].map(each => each.dataset.does).sort()"
    address = writing.url
    for path in ("/studio/comments/", "/studio/availability/", standing(), address):
        writing.goto(path if path == address else address.partition("/studio/")[0] + path)
        assert writing.evaluate(listed) == writing.evaluate("Object.keys(acts).sort()"), path
        if path.startswith("/studio/pages/"):
            writing.locator("#body").press("Control+Home")
            writing.locator("#body").press("Control+Shift+H")
            assert writing.locator("#body").input_value().startswith("## ")
    writing.locator("#save").focus()
    writing.keyboard.press("?")
    expect(writing.get_by_role("dialog", name="Keys")).to_be_visible()
    expect(writing.get_by_role("button", name="Close")).to_be_focused()
    find_nothing(writing)
    writing.keyboard.press("Escape")
    expect(writing.locator("#save")).to_be_focused()
    writing.locator("#parts-0-text").press("?")
    expect(writing.locator("#parts-0-text")).to_have_value("?It rains.")
    expect(writing.get_by_role("dialog")).to_have_count(0)
    for width in (390, 1440):
        writing.set_viewport_size({"width": width, "height": 900})
        writing.locator("#parts-1-text").focus()
        find_nothing(writing)
        assert writing.evaluate("document.documentElement.scrollWidth <= innerWidth")
