"""The library in a real browser: a picture is uploaded by its button, described in its place, and sent twice."""

import pytest
from playwright.sync_api import FilePayload, Page, ViewportSize, expect

from .chromium import find_nothing
from .letting_in import let_in
from .test_bring_pictures import picture

pytestmark = pytest.mark.browser

PHONE: ViewportSize = {"width": 390, "height": 844}


def file(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "image/jpeg", "buffer": content}


def test_a_picture_is_uploaded_and_described_without_leaving_the_page(studio: str, page: Page):
    let_in(page, studio)
    page.goto(f"{studio}/studio/")
    page.get_by_role("link", name="Media", exact=True).click()
    expect(page.get_by_text("No picture is here yet.")).to_be_visible()
    harbour, pier = picture(size=(900, 600)), picture(size=(600, 900), colour="navy")
    files = [file("harbour.jpg", harbour), file("notes.jpg", b"words"), file("pier.jpg", pier)]
    page.get_by_label("Pictures to upload").set_input_files(files)
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("notes.jpg: it is no picture that can be taken")
    expect(page.get_by_text("No picture is here yet.")).not_to_be_visible()
    expect(page.locator("#announce")).to_have_text("2 pictures came in, 1 not taken.")
    tile = page.locator("#media > li", has_text="harbour.jpg")
    expect(page.locator("#media > li").first.get_by_label("What it shows")).to_be_focused()
    find_nothing(page)
    tile.get_by_label("What it shows").fill("Boats in the harbour")
    tile.get_by_role("button", name="Save").click()
    expect(tile.get_by_role("link", name="Edit harbour.jpg")).to_be_focused()
    expect(page.get_by_role("link", name="Without a description")).to_contain_text("1")
    expect(tile.get_by_role("img")).to_have_accessible_name("Boats in the harbour")
    page.get_by_label("Pictures to upload").set_input_files([file("again.jpg", harbour)])
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page.locator("#announce")).to_have_text("0 pictures came in, 1 was here already.")
    expect(page.locator("#media > li")).to_have_count(2)
    expect(page.get_by_role("alert")).to_have_count(0)
    page.set_viewport_size(PHONE)
    for url in ("", "?show=unused", "1/", "unused/"):
        page.goto(f"{studio}/studio/media/{url}")
        find_nothing(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), url
