"""An import in a real browser, worked on by the process that a server starts: the bar moves, the summary comes."""

import fcntl
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from bench.corpus import write_backup
from kblog.studio.importing import keep_going

from .chromium import DEVICE, find_nothing, served
from .conftest import with_author
from .letting_in import let_in

pytestmark = pytest.mark.browser

IMPORT = "/studio/import/"
BACKUP = Path(__file__).parent / "exports" / "backup.xml"


@pytest.fixture
def studio(app: Flask) -> Iterator[str]:
    """The address of a running site whose imports are worked on."""
    with_author(app)
    ended = keep_going(app)
    with served(app) as address:
        yield address
    ended.set()


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """An export that takes a few seconds."""
    write_backup(tmp_path / "blog.xml", reviews=160, comments=160, words=60)
    return tmp_path / "blog.xml"


@pytest.fixture
def too_large(tmp_path: Path) -> Path:
    """A file of 201 MB that takes no room."""
    with (tmp_path / "large.zip").open("wb") as file:
        file.truncate(201 * 1024**2)
    return tmp_path / "large.zip"


def test_a_blog_comes_in_and_the_bar_says_how_far_it_is(
    app: Flask, studio: str, page: Page, export: Path, too_large: Path
):
    let_in(page, studio)
    page.goto(studio + "/studio/")
    page.get_by_role("link", name="import your old blog").click()
    find_nothing(page)
    page.get_by_label("File").set_input_files(too_large)
    page.get_by_role("button", name="Look through it").click()
    said = page.get_by_label("File").evaluate("field => field.validationMessage")
    assert said == "That file is larger than 200 MB, the most that is taken in."
    page.get_by_label("File").set_input_files(export)
    page.get_by_role("button", name="Look through it").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_text("160 reviews found.")).to_be_visible(timeout=60_000)
    find_nothing(page)
    with (app.config["KBLOG"].instance / "import.lock").open("w") as lock:  # as an import of the command line holds it
        fcntl.flock(lock, fcntl.LOCK_EX)
        page.get_by_role("button", name="Import", exact=True).click()
        stop, again = page.get_by_role("button", name="Stop"), page.get_by_role("link", name="Look again")
        stop.focus()
        again.evaluate("link => { link.dataset.seen = true; }")
        expect(page.locator("[data-seen]")).to_have_count(0)  # it was asked for anew, and came
        expect(stop).to_be_focused()
        find_nothing(page)
        expect(page.get_by_role("progressbar")).to_have_attribute("value", "0")
    expect(page.locator("progress:not([value='0'])")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("160 reviews imported.")).to_be_visible(timeout=60_000)
    find_nothing(page)


def test_an_import_needs_no_javascript(studio: str, new_context):
    page = new_context(java_script_enabled=False, cookies_allowed={"kblog", DEVICE}).new_page()
    let_in(page, studio)
    page.goto(studio + IMPORT)
    page.get_by_label("File").set_input_files(BACKUP)
    page.get_by_role("button", name="Look through it").click()
    expect(page.get_by_text("3 reviews found.")).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("3 reviews imported.")).to_be_visible(timeout=60_000)
