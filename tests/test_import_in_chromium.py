"""An import in a real browser, worked on by the process that a server starts: the bar moves, the summary comes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from bench.corpus import write_backup
from kblog.studio.importing import keep_going

from .chromium import find_nothing, served
from .conftest import with_author
from .test_author_in_chromium import DEVICE, sign_in

pytestmark = pytest.mark.browser

IMPORT = "/studio/import/"
BACKUP = Path(__file__).parent / "exports" / "backup.xml"


@pytest.fixture
def may_keep() -> set[str]:
    """The author's browser holds the session, and is known again."""
    return {"kblog", DEVICE}


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
    write_backup(tmp_path / "blog.xml", reviews=120, comments=120, words=100)
    return tmp_path / "blog.xml"


@pytest.fixture
def too_large(tmp_path: Path) -> Path:
    """A file of 201 MB that takes no room."""
    with (tmp_path / "large.zip").open("wb") as file:
        file.truncate(201 * 1024**2)
    return tmp_path / "large.zip"


def test_a_blog_comes_in_and_the_bar_says_how_far_it_is(studio: str, page: Page, export: Path, too_large: Path):
    sign_in(page, studio)
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
    expect(page.get_by_text("120 reviews found.")).to_be_visible(timeout=60_000)
    find_nothing(page)
    page.get_by_role("button", name="Import", exact=True).click()
    stop = page.get_by_role("button", name="Stop")
    stop.focus()
    seen = set()
    while page.get_by_role("progressbar").count():
        seen.add(page.evaluate("document.querySelector('progress')?.getAttribute('value')"))
        if len(seen) == 2:
            expect(stop).to_be_focused()
            find_nothing(page)
    assert seen - {None, "0"}, "the bar moved"
    expect(page.get_by_text("120 reviews imported.")).to_be_visible()
    find_nothing(page)


def test_an_import_needs_no_javascript(studio: str, new_context):
    page = new_context(java_script_enabled=False, cookies_allowed={"kblog", DEVICE}).new_page()
    sign_in(page, studio)
    page.goto(studio + IMPORT)
    page.get_by_label("File").set_input_files(BACKUP)
    page.get_by_role("button", name="Look through it").click()
    expect(page.get_by_text("3 reviews found.")).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("3 reviews imported.")).to_be_visible(timeout=60_000)
