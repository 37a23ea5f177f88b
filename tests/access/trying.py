"""Presses what changes a page in its place, and sends forms that are filled in badly, to look at what comes of it."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Error, Page

from .looking import TOOLS, do

PRESSED = "a[hx-get], form[hx-get], form[hx-post], button[hx-post]"
SENT = "form[method=post]"

Kind = tuple[str, ...]


def kinds(page: Page, selector: str, kind_of: Callable[[dict[str, Any]], Kind]) -> dict[Kind, int]:
    """Return what is found on a page, one of each kind, by its number."""
    found: dict[Kind, int] = {}
    for each in do(page, "things", selector):
        found.setdefault(kind_of(each), each["number"])
    return found


def press(page: Page, number: int) -> list[str]:
    """Press something that changes the page in its place, by the keyboard; return what is wrong of what comes of it."""
    thing = page.locator(PRESSED).nth(number)
    is_form, is_asking = thing.evaluate("e => [e.localName === 'form', e.hasAttribute('hx-get')]")
    if is_form and not is_asking:
        thing.evaluate(f"form => {TOOLS}.spoil(form)")
    fields, buttons = "input[type=checkbox]:enabled:not(:checked), select", "button:not([type=button])"
    pressed = thing.locator(fields if is_asking else buttons).first if is_form else thing
    pressed.focus()
    do(page, "listen")
    keys = {"input": "Space", "select": "ArrowDown"}
    page.keyboard.press(keys.get(pressed.evaluate("e => e.localName"), "Enter"))
    try:
        return do(page, "outcome")
    except Error as error:
        if "navigation" not in error.message:
            raise
        page.wait_for_load_state()
        return []  # it led to a page, which is looked at as it is


def send(page: Page, number: int) -> int:
    """Send a form that is filled in badly, as a browser without scripts does; return the status of the answer."""
    form = page.locator(SENT).nth(number)
    form.evaluate(f"form => {TOOLS}.spoil(form)")
    with page.expect_navigation() as answer:
        form.locator("button:not([type=button])").first.click()
    return answer.value.status if answer.value else 0
