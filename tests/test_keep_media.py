"""The library is kept: what pictures show, what of them is missing, and how each is found."""

import pytest
from flask import Flask

from kblog.db import db
from kblog.models import Media

from .browser import HTMX, Browser, Page, words
from .test_bring_pictures import picture
from .test_upload_media import SHELF, came_in, token, upload


def say(author: Browser, row: Media, status: int = 303, headers: dict | None = None, **said: str) -> Page:
    """Say something of a picture, as its form does."""
    return author.post(f"{SHELF}{row.id}/", {"csrf_token": token(author), **said}, status=status, headers=headers)


def listed(page: Page) -> list[str]:
    """The names of the pictures on a page of the shelf."""
    return page.texts("//ul[@id='media']/li/h2")


@pytest.fixture
def harbour(app: Flask, author: Browser) -> Media:
    return came_in(author, picture(), "harbour.jpg")


# What they show


def test_a_picture_is_described_on_its_page(author: Browser, harbour: Media):
    page = author.get(SHELF).follow("Describe harbour.jpg")
    said: dict[str, str | None] = {"alt": "  Boats in\r\nthe harbour ", "caption": "통영, 2024", "credit": "Yuna"}
    answer = page.send("//main//form", said)
    assert answer.response.location == f"/studio/media/#media-{harbour.id}"
    tile = author.get(SHELF).one(f"//li[@id='media-{harbour.id}']")
    assert "Boats in the harbour" in words(tile)
    assert "Credit: Yuna" in words(tile)
    assert "No description" not in words(tile)
    assert tile.xpath(".//img/@alt") == ["Boats in the harbour"]


def test_with_htmx_the_form_takes_the_place_of_the_tile_and_the_tile_that_of_the_form(author: Browser, harbour: Media):
    form = author.fragment(f"{SHELF}{harbour.id}/")
    assert form.one("//*[@autofocus]").get("name") == "alt"
    tile = say(author, harbour, 200, HTMX, alt="The harbour")
    assert "The harbour" in tile.texts("//li/p")
    assert words(tile.one("//*[@autofocus]")) == "Edit harbour.jpg"


def test_a_picture_only_decorates_where_its_author_says_so(author: Browser, harbour: Media):
    say(author, harbour, is_decorative="y")
    page = author.get(SHELF)
    assert "Decorative" in page.words
    assert "No description" not in page.words
    both = say(author, harbour, 422, is_decorative="y", alt="The harbour")
    assert both.texts("//p[@class='error']") == ["Say what it shows or that it only decorates, not both."]


def test_what_is_not_sent_stays_as_it_is(author: Browser, harbour: Media):
    say(author, harbour, alt="The harbour", caption="In spring", credit="Yuna")
    say(author, harbour, alt="The old harbour")
    page = author.get(f"{SHELF}{harbour.id}/")
    fields = dict(page.fields("//main//form"))
    assert (fields["alt"], fields["caption"], fields["credit"]) == ("The old harbour", "In spring", "Yuna")


def test_what_is_too_long_is_said_beside_its_field(author: Browser, harbour: Media):
    page = say(author, harbour, 422, HTMX, alt="a" * 1001, credit="b" * 301)
    assert page.texts("//p[@class='error']") == [
        "This is longer than 1000 characters.",
        "This is longer than 300 characters.",
    ]
    assert page.one("//*[@autofocus]").get("name") == "alt"


def test_the_page_of_a_picture_says_how_a_text_shows_it(author: Browser, harbour: Media):
    say(author, harbour, alt="[Boats] at *dawn*", caption='The "old" pier')
    page = author.get(f"{SHELF}{harbour.id}/")
    written = rf'![\[Boats\] at \*dawn\*]({harbour.address} "The \"old\" pier")'
    assert page.one("//input[@id='in-markdown']").get("value") == written


def test_there_is_no_page_of_a_picture_that_is_not_there(author: Browser):
    assert author.get(f"{SHELF}9/", status=404).status == 404
    author.post(f"{SHELF}9/", {"csrf_token": token(author), "alt": "x"}, status=404)


# Which there are


def test_tabs_and_a_search_narrow_the_shelf(author: Browser, harbour: Media):
    came_in(author, picture(colour="red"), "부산항.jpg")
    came_in(author, picture(colour="blue"), "100%_sea.jpg")
    say(author, harbour, alt="Boats at dawn")
    assert listed(author.get(SHELF)) == ["100%_sea.jpg", "부산항.jpg", "harbour.jpg"]
    page = author.get(SHELF).follow("Without a description 2")
    assert listed(page) == ["100%_sea.jpg", "부산항.jpg"]
    for text, found in (
        ("DAWN boats", ["harbour.jpg"]),
        ("부산", ["부산항.jpg"]),
        ("%_s", ["100%_sea.jpg"]),
        ("x", []),
    ):
        assert listed(author.get(f"{SHELF}?q={text.replace('%', '%25')}")) == found
    assert "No picture has “x” in its name or description." in author.get(f"{SHELF}?q=x").words


def test_a_shelf_of_many_has_pages_and_each_tile_is_found_on_its_own(author: Browser, harbour: Media, at_most):
    rows = [
        Media(hash=f"{number:064x}", extension="jpg", width=4, height=3, size=99, name=f"{number}.jpg")
        for number in range(1, 121)
    ]
    db.session.add_all(rows)
    db.session.commit()
    author.get(SHELF)
    with at_most(queries=8):
        page = author.get(SHELF)
    assert len(listed(page)) == 60
    assert listed(page.follow("Older").follow("Older")) == ["harbour.jpg"]
    say(author, harbour, alt="The harbour")
    assert "There is no such page of this." in author.get(f"{SHELF}?page=4").words
    assert upload(author, ("again.jpg", picture())).response.location == f"{SHELF}?page=3#media-{harbour.id}"
