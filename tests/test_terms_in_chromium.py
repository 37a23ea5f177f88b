"""Keeping genres, platforms and hashtags in order in a real browser: merged, renamed, placed, and taken back."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from .chromium import find_nothing, served
from .conftest import with_author
from .letting_in import let_in
from .test_merge_terms import blog

pytestmark = pytest.mark.browser

SIZES = ({"width": 390, "height": 844}, {"width": 1440, "height": 900})


@pytest.fixture
def studio(app: Flask) -> Iterator[str]:
    """The address of a site whose reviews name things twice."""
    with_author(app)
    blog()
    with served(app) as address:
        yield address


def test_two_genres_become_one_old_addresses_lead_there_and_it_is_taken_back(studio: str, page: Page):
    let_in(page, studio)
    page.goto(f"{studio}/studio/")
    page.get_by_role("link", name="Terms", exact=True).click()
    page.get_by_role("link", name="Genres").click()
    page.get_by_role("link", name="Rom-com").click()
    page.get_by_role("link", name="Merge…").click()
    page.get_by_role("searchbox").fill("romance")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Romance").click()
    expect(page.locator("h1")).to_have_text("Merge Rom-com into Romance?")
    page.get_by_role("button", name="Merge").click()
    expect(page.locator(".flash")).to_contain_text("Rom-com is Romance now, in 2 reviews.")
    expect(page.locator(".flash")).to_be_focused()
    page.goto(f"{studio}/genres/rom-com/")
    expect(page).to_have_url(f"{studio}/genres/romance/")
    page.goto(f"{studio}/studio/terms/genres/romance/")
    page.get_by_role("button", name="Undo the merge of Rom-com").click()
    expect(page.locator(".flash")).to_contain_text("Rom-com and Romance are two again.")
    page.get_by_label("One more broader genre").fill("Sea stories")
    page.get_by_role("button", name="Add").last.click()
    expect(page.locator(".flash")).to_contain_text("Rom-com counts under Sea stories now.")
    page.locator(".flash").get_by_role("button", name="Undo").click()
    expect(page.locator(".flash")).to_contain_text("Rom-com does not count under Sea stories any more.")


def test_the_desk_for_terms_is_free_of_barriers_in_any_light_and_size(studio: str, page: Page):
    let_in(page, studio)
    page.goto(f"{studio}/studio/terms/genres/rom-com/merge?into=romance")
    page.get_by_role("button", name="Merge").click()
    page.get_by_label("Another name or label").fill("Love stories")
    page.get_by_role("button", name="Add").first.click()
    page.get_by_role("textbox", name="Name", exact=True).fill("Love")
    page.get_by_role("button", name="Save").click()
    urls = (
        "genres/",
        "hashtags/?q=drama",
        "genres/romance/",
        "platforms/viki/",
        "platforms/kino-lumen/merge?into=viki",
    )
    for size in SIZES:
        page.set_viewport_size(size)
        for url in urls:
            page.goto(f"{studio}/studio/terms/{url}")
            find_nothing(page)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (url, size)
