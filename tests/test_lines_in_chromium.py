"""Lines and spoilers in a real browser: what opens by itself for whom, what is copied, what needs no script."""

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from .builders import comments, document, stored_together
from .chromium import find_nothing, kept, leave_late_scripts_out, served

pytestmark = pytest.mark.browser

BODY = """## Story

::: spoiler episodes 1-4
The oar breaks.

::: spoiler episode 8
The boat leaks.
:::
:::

::: spoiler
It sinks.
:::

## Memorable Lines

"""
LINES = "\n\n".join(f"> Line {number}.\n> — Jin, Episode {number}" for number in range(1, 25))
HIDDEN_LINE = "\n\n::: spoiler episode 3\n> Row back.\n> — Jin, Episode 3\n:::\n"
OPEN = "[...document.querySelectorAll('details.spoiler')].map(each => [each.dataset.until ?? '', each.open])"


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    """The address of a site with a drama, its threads and its lines, and a film."""
    said = [*comments(49), *comments(52)[49:]]
    said[0] = comments(1, body="It was ||the oar|| all along.")[0]
    said[-1] = comments(52, spoils="4")[-1]
    facts = (("Title", "Paper Boats"), ("Episodes", "16"))
    drama = document(body=BODY + HIDDEN_LINE + LINES, overview=facts, kind="drama", comments=tuple(said))
    film = document(slug="salt", overview=(("Title", "Salt Road"), ("Runtime", "97 minutes")), kind="film", body=BODY)
    stored_together(drama, film)
    with served(app) as address:
        yield address


def until(page: Page) -> list[list]:
    return page.evaluate(OPEN)


def test_what_is_safe_opens_by_itself_and_closes_again(new_context: Callable, site: str):
    page = new_context(bypass_csp=True).new_page()
    page.goto(f"{site}/reviews/paper-boats/")
    closed = [["4", False], ["8", False], ["all", False], ["3", False], ["", False]]
    assert until(page) == closed
    choice = page.get_by_label("I have seen")
    choice.focus()
    page.keyboard.type("Up to episode 4")
    expect(page.locator("#announce")).to_have_text("Open on this page: 2 spoilers.")
    assert until(page) == [["4", True], ["8", False], ["all", False], ["3", True], ["", False]]
    expect(choice).to_be_focused()
    page.get_by_role("link", name="Show 2 more threads").click()
    expect(page.locator("#comment-52 details")).to_have_attribute("open", "")
    find_nothing(page)

    leave_late_scripts_out(page)
    page.reload()
    assert until(page) == [["4", True], ["8", False], ["all", False], ["3", True], ["", False]]
    page.unroute_all()
    page.reload()
    expect(choice).to_have_value("4")
    page.locator("details.spoiler[open] > summary").first.click()  # and what is closed by hand stays closed
    choice.select_option("8")
    assert until(page) == [["4", False], ["8", True], ["all", False], ["3", True], ["", False]], (
        "closed by hand stays so"
    )
    choice.select_option("all")
    assert [each for each, is_open in until(page) if is_open] == ["8", "all", "3", ""]
    page.locator("details.spoiler > summary").first.click()
    choice.select_option("")
    assert until(page) == closed
    expect(page.locator("#announce")).to_have_text("No spoiler is opened for you.")
    assert kept(page) == {}


def test_the_choice_is_of_one_review_unless_it_is_for_all(page: Page, site: str):
    page.goto(f"{site}/reviews/paper-boats/")
    page.get_by_label("I have seen").select_option("Up to episode 3")
    assert kept(page) == {"seen paper-boats": "3"}
    page.goto(f"{site}/reviews/salt/")
    expect(page.locator("details.spoiler[open]")).to_have_count(0)
    film = page.get_by_label("I have seen it")
    assert film.locator("option").all_inner_texts() == ["Not yet", "Yes", "Always show spoilers"]
    film.select_option("Yes")
    expect(page.locator("details.spoiler:not([open])")).to_have_count(0)
    page.goto(f"{site}/lines/?review=paper-boats")
    expect(page.locator("#line-list details[open]")).to_have_count(1)
    page.goto(f"{site}/reviews/salt/")
    film.select_option("Always show spoilers")
    other = page.context.new_page()
    other.goto(f"{site}/reviews/paper-boats/")
    expect(other.locator("details.spoiler:not([open])")).to_have_count(0)
    film.select_option("Not yet")  # the other window follows
    assert [each for each, is_open in until(page) if is_open] == []
    expect(other.locator("details.spoiler[open]")).to_have_count(1)
    assert kept(page) == {"seen paper-boats": "3"}


def test_lines_are_chosen_and_copied_in_place(new_context: Callable, site: str):
    page = new_context(permissions=["clipboard-read", "clipboard-write"], bypass_csp=True).new_page()
    page.goto(f"{site}/lines/")
    page.evaluate("window.neverLeft = true")
    page.get_by_role("link", name="Show 5 more").click()
    expect(page.locator("#line-list > li")).to_have_count(25)
    expect(page.locator("#line-list > li").nth(20).locator("cite a")).to_be_focused()
    find_nothing(page)
    page.get_by_label("Episode").focus()
    page.get_by_label("Episode").select_option("Episode 7")
    expect(page.locator("#count")).to_have_text("1 line")
    assert page.url == f"{site}/lines/?episode=7"
    expect(page.get_by_label("Episode")).to_be_focused()
    assert page.evaluate("window.neverLeft")
    page.get_by_role("button", name="Copy").click()
    expect(page.locator("#announce")).to_have_text("Line copied.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert re.fullmatch(rf"“Line 7\.” — Jin, Paper Boats, K-Blog, {site}/lines/\d+/", copied)
    page.get_by_role("link", name="Permalink").click()
    expect(page.locator("#attribution")).to_have_text(copied)
    find_nothing(page)
    page.go_back()
    expect(page.get_by_label("Episode")).to_have_value("7")


def test_without_javascript_lines_are_chosen_and_no_control_is_dead(new_context: Callable, site: str):
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{site}/reviews/paper-boats/")
    expect(page.get_by_label("I have seen")).to_be_hidden()
    page.goto(f"{site}/lines/")
    page.get_by_label("Episode").select_option("Episode 7")
    page.get_by_role("button", name="Show lines").click()
    expect(page.locator("#line-list > li")).to_have_count(1)
    expect(page.get_by_role("button", name="Copy")).to_have_count(0)
    page.get_by_role("link", name="Permalink").click()
    expect(page.locator("#attribution")).to_contain_text("— Jin, Paper Boats, K-Blog, http")
