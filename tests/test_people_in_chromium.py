"""Finding people, years and titles in a real browser, and making one person of two in the studio."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from .builders import document, stored_together
from .chromium import find_nothing, served
from .conftest import with_author
from .letting_in import let_in

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
LINE = "## Memorable Lines\n\n> The tide waits. 물때는 기다린다.\n> — Yeo-rae, Episode 2\n"


@pytest.fixture
def studio(app: Flask) -> Iterator[str]:
    """The address of a site with a work of each of twelve years, and an actor in two spellings."""
    with_author(app)
    cast = ("Gong Myoung (공명), 이하늬", "Gong Myung, Seo Ha-jin")
    stored_together(
        *(
            document(
                slug=f"boats-{year}",
                overview=[("Title", f"Boats {year} (종이배)"), ("Year", str(year)), ("Cast", cast[year % 2])],
                characters=(("Gong Myoung", "Yeo-rae"),),
                body=LINE,
            )
            for year in range(2010, 2022)
        )
    )
    with served(app) as address:
        yield address


def test_earlier_years_stay_open_while_filters_change(studio: str, page: Page):
    page.goto(f"{studio}/reviews/")
    earlier = page.locator("#earlier-years")
    expect(page.locator("#year-2012")).not_to_be_visible()
    earlier.locator("summary").click()
    page.locator("#year-2020").check()
    expect(page.locator("#count")).to_contain_text("1 review")
    expect(page.locator("#year-2012")).to_be_visible()
    page.locator("#year-2012").check()
    expect(page.locator("#count")).to_contain_text("2 reviews")
    find_nothing(page)
    earlier.locator("summary").click()
    page.locator("#year-2020").uncheck()
    expect(page.locator("#count")).to_contain_text("1 review")
    expect(page.locator("#year-2012")).not_to_be_visible()  # as the reader left it


def test_lists_are_free_of_barriers_on_a_phone(studio: str, page: Page):
    page.set_viewport_size(PHONE)
    for url in ("/people/", "/people/gong-myoung/", "/archive/titles/", "/years/2021/"):
        page.goto(studio + url)
        find_nothing(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), url


def test_two_people_become_one_and_two_again(studio: str, page: Page):
    let_in(page, studio)
    page.goto(f"{studio}/studio/")
    page.get_by_role("link", name="Terms", exact=True).click()
    find_nothing(page)
    page.get_by_role("link", name="They are one…").click()
    expect(page.locator("h1")).to_have_text("Merge Gong Myung into Gong Myoung?")
    find_nothing(page)
    page.get_by_role("button", name="Merge").click()
    expect(page.locator(".flash")).to_contain_text("Gong Myung is Gong Myoung now, in 6 reviews.")
    find_nothing(page)
    page.goto(f"{studio}/people/gong-myung/")
    expect(page.locator("h1")).to_have_text("Gong Myoung")
    page.goto(f"{studio}/studio/terms/people/gong-myoung/")
    page.get_by_role("button", name="Undo the merge").click()
    expect(page.locator(".flash")).to_contain_text("are two people again")
    page.get_by_role("link", name="Merge…").click()
    expect(page.locator("h1")).to_have_text("Who is Gong Myung?")
    find_nothing(page)
