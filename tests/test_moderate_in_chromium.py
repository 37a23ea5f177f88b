"""Moderating in a real browser: by keys and by hand, with the focus where it belongs, and without JavaScript too."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Page, expect

from kblog.db import db, now
from kblog.models import Comment, Report, Review

from . import builders
from .chromium import find_nothing, served
from .commenting import moderated, stored
from .conftest import read, with_author
from .letting_in import let_in

pytestmark = pytest.mark.browser

QUEUE = "/studio/comments/"
SAID = (
    ("Thandeka", "I worked in a building exactly like this one.\n\nThank you for the review.", "First comment"),
    ("dramawave", "Everything free at https://a.example and https://b.example", "2 links\nFirst comment"),
    ("민서", "한국에서 볼 때는 몰랐는데, 리뷰를 읽고 다시 봤어요.", "First comment under this name"),
    ("Ines P.", "You were too kind. " * 12, "First comment under this name"),
)


@pytest.fixture
def studio(app: Flask) -> Iterator[str]:
    """The address of a running site on which four comments wait, and one was reported."""
    with_author(app)
    moderated(app, "first")
    builders.stored(overview=[("Title", "Paper Boats"), ("Episodes", "12")], comments=builders.comments(1))
    review = read(sa.select(Review.id))[0]
    for minutes, (name, body, reason) in enumerate(SAID, 1):
        given = {"name": name, "body": body, "reason": reason, "writer_hash": name}
        posted_at = now() - timedelta(minutes=minutes)
        db.session.add(Comment(review_id=review, state="pending", posted_at=posted_at, **given))
    db.session.add(Report(comment_id=1, reason="It is rude to everybody.", reported_at=now()))
    db.session.commit()
    with served(app) as address:
        yield address


@pytest.fixture
def queue(studio: str, page: Page) -> Page:
    """The queue, the author logged in."""
    let_in(page, studio)
    page.goto(studio + QUEUE)
    return page


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.textContent.trim() || document.activeElement.id")


def item(page: Page, name: str):
    return page.locator("#queue > li", has_text=name)


def states() -> dict[str, str]:
    return {each.name: each.state for each in stored()}


def test_one_click_approves_in_place_and_the_focus_is_on_undo(queue: Page):
    queue.evaluate("window.neverLeft = true")
    item(queue, "Thandeka").get_by_role("button", name="Approve").click()
    line = item(queue, "Thandeka")
    expect(line).to_contain_text("Approved.")
    expect(line.get_by_role("button", name="Undo")).to_be_focused()
    expect(queue.locator("#comments-tally")).to_have_text("3 waiting")
    expect(queue.locator("#comment-tabs a").first).to_have_text("Waiting 3")
    expect(queue.locator("#announce")).to_have_text("Approved. 3 waiting.")
    assert states()["Thandeka"] == "visible"
    queue.keyboard.press("Enter")
    expect(line.get_by_role("button", name="Approve")).to_be_focused()
    expect(queue.locator("#comments-tally")).to_have_text("4 waiting")
    assert states()["Thandeka"] == "pending"
    assert queue.evaluate("window.neverLeft")


def test_the_keys_walk_and_decide(queue: Page):
    for key, there in (("j", "Thandeka"), ("j", "dramawave"), ("k", "Thandeka"), ("k", "Thandeka"), ("j", "dramawave")):
        queue.keyboard.press(key)
        expect(item(queue, there)).to_be_focused()
    queue.keyboard.press("s")
    expect(item(queue, "dramawave").get_by_role("button", name="Undo")).to_be_focused()
    queue.keyboard.press("j")
    expect(item(queue, "민서")).to_be_focused()
    queue.keyboard.press("a")
    expect(item(queue, "민서")).to_contain_text("Approved.")
    assert (states()["dramawave"], states()["민서"]) == ("spam", "visible")
    queue.keyboard.press("z")
    expect(item(queue, "민서").get_by_role("button", name="Approve")).to_be_focused()
    queue.locator("h1").click()
    queue.evaluate("document.activeElement.blur()")
    queue.keyboard.press("z")
    expect(item(queue, "dramawave").get_by_role("button", name="Approve")).to_be_focused()
    expect(queue.locator("#comments-tally")).to_have_text("4 waiting")
    assert set(states().values()) == {"pending", "visible"}


def test_z_takes_back_the_last_decision_wherever_the_focus_is(queue: Page):
    for name in ("Ines P.", "dramawave"):
        item(queue, name).get_by_role("button", name="Remove").click()
        expect(item(queue, name).get_by_role("button", name="Undo")).to_be_focused()
    queue.keyboard.press("j")
    expect(item(queue, "민서")).to_be_focused()
    for name in ("dramawave", "Ines P."):
        item(queue, "민서").focus()
        queue.keyboard.press("z")
        expect(item(queue, name).get_by_role("button", name="Approve")).to_be_focused()
    assert set(states().values()) == {"pending", "visible"}


def test_the_keys_keep_still_in_fields_with_other_keys_and_when_they_are_off(queue: Page):
    queue.locator("#q").focus()
    queue.keyboard.type("jask")
    expect(queue.locator("#q")).to_have_value("jask")
    expect(queue.locator("#q")).to_be_focused()
    queue.locator("h1").click()
    queue.keyboard.press("a")
    queue.keyboard.press("z")
    queue.keyboard.press("j")
    queue.keyboard.press("Alt+a")
    assert set(states().values()) == {"pending", "visible"}
    expect(item(queue, "Thandeka")).to_be_focused()
    queue.get_by_role("button", name="Keys").click()
    queue.get_by_label("Use keys that are pressed alone").uncheck()
    queue.reload()
    for key in ("j", "?"):
        queue.keyboard.press(key)
    assert queue.evaluate("document.activeElement === document.body")
    queue.get_by_role("button", name="Keys").click()
    expect(queue.get_by_label("Use keys that are pressed alone")).not_to_be_checked()
    queue.get_by_label("Use keys that are pressed alone").check()
    queue.keyboard.press("j")
    queue.keyboard.press("Escape")
    expect(queue.get_by_role("button", name="Keys")).to_be_focused()
    queue.keyboard.press("j")
    expect(item(queue, "Thandeka")).to_be_focused()


def test_all_are_ticked_at_once_and_undone_at_once(queue: Page):
    queue.get_by_label("Select all").check()
    expect(queue.locator("#queue-status")).to_have_text("4 selected")
    queue.get_by_label("Select the comment by dramawave").uncheck()
    expect(queue.locator("#queue-status")).to_have_text("3 selected")
    queue.get_by_role("button", name="Approve selected").click()
    expect(queue.locator(".flash")).to_contain_text("3 approved.")
    expect(queue.locator(".flash")).to_be_focused()
    assert [name for name, state in states().items() if state == "pending"] == ["dramawave"]
    queue.keyboard.press("z")
    expect(queue.locator(".flash")).to_have_text("3 comments are as before.")
    expect(queue.locator("#queue > li")).to_have_count(4)


def test_how_far_it_spoils_is_set_by_one_choice(queue: Page):
    row = item(queue, "Thandeka")
    row.get_by_text("More").click()
    row.get_by_label("It spoils").focus()
    row.get_by_label("It spoils").select_option("all")
    expect(row.locator("details.spoiler summary")).to_have_text("Spoils the whole story")
    expect(queue.locator("#announce")).to_have_text("It spoils the whole story.")
    expect(row.get_by_label("It spoils")).to_be_focused()
    row.get_by_label("It spoils").select_option("7")
    expect(row.locator("details.spoiler summary")).to_have_text("Spoils up to episode 7")
    assert [each.spoils for each in stored() if each.name == "Thandeka"] == ["7"]


def test_signed_out_meanwhile_nothing_is_decided_and_the_way_back_leads_here(queue: Page, complaints: list[str]):
    queue.context.clear_cookies()
    item(queue, "Thandeka").get_by_role("button", name="Approve").click()
    expect(queue.get_by_role("heading", name="Sign in")).to_be_visible()
    assert "next=/studio/comments/" in queue.url
    assert states()["Thandeka"] == "pending"
    complaints[:] = [each for each in complaints if "401" not in each]


def test_without_javascript_everything_is_done_too(studio: str, new_context: Callable):
    page = new_context(java_script_enabled=False).new_page()
    let_in(page, studio)
    page.goto(studio + QUEUE)
    item(page, "Thandeka").get_by_role("button", name="Approve").click()
    expect(page.locator(".flash")).to_contain_text("Approved.")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".flash")).to_contain_text("1 comment is as before.")
    page.get_by_label("Select the comment by Thandeka").check()
    page.get_by_label("Select the comment by dramawave").check()
    page.get_by_role("button", name="Mark as spam").click()
    expect(page.locator(".flash")).to_contain_text("2 marked as spam.")
    item(page, "민서").get_by_text("More").click()
    item(page, "민서").get_by_label("It spoils").select_option("3")
    item(page, "민서").get_by_role("button", name="Set").click()
    expect(page.locator(".flash")).to_contain_text("It spoils up to episode 3.")
    item(page, "민서").get_by_role("link", name="Approve and reply").click()
    page.get_by_label("Comment", exact=True).fill("고맙습니다.")
    page.get_by_role("button", name="Approve and reply").click()
    expect(page.locator(".flash")).to_contain_text("Approved, and your answer is published.")
    page.goto(f"{studio}/reviews/paper-boats/")
    expect(page.locator(".comment-count")).to_have_text("3 comments")


def test_a_reply_put_away_gives_the_focus_back_to_its_link(studio: str, page: Page):
    page.goto(f"{studio}/reviews/paper-boats/")
    link = page.get_by_role("link", name="Reply to Guest 1")
    link.click()
    page.get_by_role("link", name="Cancel").click()
    expect(link).to_be_focused()


def test_axe_finds_nothing_and_no_page_scrolls_sideways(studio: str, new_context: Callable):
    page = new_context(bypass_csp=True).new_page()
    let_in(page, studio)
    writer = read(sa.select(Comment.id).where(Comment.name == "Thandeka"))[0]

    def look() -> None:
        page.eval_on_selector_all("details", "all => all.forEach(each => { each.open = true })")
        for width in (320, 390, 1440):
            page.set_viewport_size({"width": width, "height": 844})
            assert page.evaluate("document.documentElement.scrollWidth") == width, f"{page.url} at {width}"
            if width > 320:
                find_nothing(page)

    urls = ["", "?state=reported", "?state=published", "?state=spam", f"{writer}/reply"]
    for url in (*urls, f"writers/{writer}/", f"writers/{writer}/erase"):
        page.goto(studio + QUEUE + url)
        look()
    page.goto(studio + QUEUE)
    page.get_by_label("Select the comment by dramawave").check()
    item(page, "Thandeka").get_by_role("button", name="Remove").click()
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    look()
    page.goto(f"{studio}/studio/settings/#comments")
    look()
    page.goto(f"{studio}/studio/")
    look()
    page.goto(f"{studio}/comments/1/report")
    look()
