"""Commenting in a real browser: in place, with the focus where it belongs, and without ever losing a text."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path as Folder
from urllib.parse import parse_qs

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Locator, Page, Route, expect

from kblog.db import db, now
from kblog.models import Attempt, Comment, Review

from . import builders, engines
from .chromium import kept
from .commenting import moderated, stored
from .conftest import close, make_app, served
from .test_in_chromium import find_nothing, nobody, stay, stayed

pytestmark = pytest.mark.browser

REVIEW = "/reviews/paper-boats/"
ALLOWED = {"kblog-writer"}


@pytest.fixture
def app(empty_instance: Folder, tmp_path: Folder) -> Iterator[Flask]:
    """A site with one review that everybody may comment at once; neither counted nor timed."""
    engines.copy(empty_instance, tmp_path / "instance")
    app = make_app(tmp_path / "instance", moderation="none", guard=False)
    with app.app_context():
        builders.stored(comments=builders.comments(2))
        yield app
        close(app)


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    with served(app) as address:
        yield address


@pytest.fixture
def page(site: str, new_context: Callable) -> Page:
    """That review in a browser, which may keep the writer's cookie."""
    page = new_context(cookies_allowed=ALLOWED).new_page()
    page.goto(site + REVIEW)
    return page


@pytest.fixture
def plain(site: str, new_context: Callable) -> Page:
    """That review in a browser whose JavaScript is off."""
    page = new_context(cookies_allowed=ALLOWED, java_script_enabled=False).new_page()
    page.goto(site + REVIEW)
    return page


def open_form(page: Page, words: str = "Write a comment") -> Locator:
    stay(page)
    page.get_by_role("link", name=words, exact=True).click()
    return page.locator("#comment-form-new")


def open_reply(page: Page, words: str = "Reply") -> Locator:
    stay(page)
    page.locator("#thread > li").first.get_by_role("link", name=words).first.click()
    return page.locator(".reply-slot > form")


def fill(form: Locator, body: str, name: str = "Mina") -> None:
    if name:
        form.get_by_label("Name").fill(name)
    text_of(form).fill(body)


def text_of(form: Locator) -> Locator:
    return form.get_by_label("Comment", exact=True)


def send(form: Locator) -> None:
    form.get_by_role("button", name=re.compile("^Post (comment|reply)$")).click()


def drafts(page: Page) -> list[str]:
    return [parse_qs(fields)["body"][0] for name, fields in kept(page).items() if name.startswith("draft")]


def bodies(app: Flask) -> list[str]:
    return [each.body for each in stored()][2:]


# In place


def test_a_comment_is_posted_in_place(page: Page):
    form = open_form(page)
    expect(form.get_by_label("Name")).to_be_focused()
    fill(form, "The pier is *real*.")
    send(form)
    expect(page.locator("#thread > li")).to_have_count(3)
    expect(page.locator("#thread > li").last.locator("em")).to_have_text("real")
    expect(page.locator("#comments-title")).to_have_text("3 comments")
    expect(page.locator("#comment-form-new .note")).to_be_focused()
    expect(page.locator("#comment-form-new .note")).to_have_text("Posted.")
    expect(text_of(form)).to_have_value("")
    expect(form.get_by_label("Name")).to_have_value("Mina")
    assert stayed(page)
    assert drafts(page) == []
    expect(page.locator("#own-comments")).to_contain_text("Published")


def test_an_answer_is_posted_under_what_it_answers(page: Page):
    form = open_reply(page)
    expect(text_of(form)).to_be_focused()
    expect(form).to_contain_text("Replying to Guest 1")
    fill(form, "So did I.")
    send(form)
    replies = page.locator("#thread > li").first.locator("ol > li")
    expect(replies).to_have_count(1)
    expect(page.locator("#comments-title")).to_have_text("3 comments")
    expect(page.locator(".reply-slot .note").first).to_be_focused()
    expect(page.locator(".reply-slot form")).to_have_count(0)
    replies.first.get_by_role("link", name="Reply").click()
    second = replies.first.locator(".reply-slot > form")
    fill(second, "And I again.")
    send(second)
    expect(replies).to_have_count(2)
    expect(replies.last).to_contain_text("to Mina")
    assert stayed(page)


def test_the_first_comment_of_all_takes_the_place_of_the_invitation(site: str, page: Page):
    builders.stored(slug="fresh")
    page.goto(f"{site}/reviews/fresh/")
    expect(page.get_by_text("No comments yet. What did you think of it?")).to_be_visible()
    form = open_form(page)
    fill(form, "First.")
    send(form)
    expect(page.locator("#thread > li")).to_have_count(1)
    expect(page.locator(".no-comments")).to_be_hidden()


def test_cancel_gives_the_focus_back_and_keeps_the_text(page: Page):
    form = open_reply(page)
    fill(form, "Never mind.")
    assert drafts(page) == ["Never mind."]
    form.get_by_role("link", name="Cancel").click()
    expect(form).to_have_count(0)
    again = page.get_by_role("link", name="Go on writing to Guest 1")
    expect(again).to_be_focused()
    again.click()
    expect(text_of(form)).to_have_value("Never mind.")
    text_of(form).fill("")
    form.get_by_role("link", name="Cancel").click()
    expect(page.locator("#thread > li").first.get_by_role("link", name="Reply")).to_be_focused()
    assert drafts(page) == []
    assert stayed(page)


def test_a_preview_stands_in_the_form(page: Page):
    form = open_form(page)
    fill(form, "It is **bold**.", name="")
    form.get_by_role("button", name="Preview").click()
    expect(form.locator(".preview strong")).to_have_text("bold")
    expect(text_of(form)).to_have_value("It is **bold**.")
    expect(page.locator("#thread > li")).to_have_count(2)
    assert stayed(page)


def test_an_own_comment_is_changed_in_place(page: Page, app: Flask, complaints: list[str]):
    form = open_form(page)
    fill(form, "The pear.")
    send(form)
    own = page.locator("#own-comments .own-comment")
    own.get_by_role("link", name="Edit").click()
    edit = own.locator("form.comment-form")
    expect(text_of(edit)).to_be_focused()
    expect(text_of(edit)).to_have_value("The pear.")
    text_of(edit).fill("The pier.")
    edit.get_by_role("button", name="Save").click()
    row = page.locator("#thread > li").last
    expect(row.locator(".comment-body")).to_have_text("The pier.")
    expect(row.locator(".comment-head")).to_contain_text("(edited)")
    expect(own.locator(".comment-body")).to_have_text("The pier.")
    expect(own.get_by_role("link", name="Edit")).to_be_focused()
    assert stayed(page)
    assert drafts(page) == []
    own.get_by_role("link", name="Edit").click()
    text_of(edit).fill(" ")
    edit.get_by_role("button", name="Save").click()
    expect(edit.locator(".error")).to_have_text("Write a comment before posting it.")
    expect(text_of(edit)).to_be_focused()
    edit.get_by_role("link", name="Cancel").click()
    expect(edit).to_have_count(0)
    own.locator("summary", has_text="Delete").click()
    own.get_by_role("button", name="Delete it for good").click()
    expect(page.locator("#thread > li")).to_have_count(2)
    assert bodies(app) == [""]
    complaints.clear()


# When it is not taken in


def test_what_is_amiss_gets_the_focus_and_the_text_stays(page: Page, complaints: list[str]):
    form = open_form(page)
    fill(form, "Words I would miss.", name=" ")
    send(form)
    expect(form.locator(".error")).to_have_text("Add a name. It can be a nickname.")
    expect(form.get_by_label("Name")).to_be_focused()
    expect(text_of(form)).to_have_value("Words I would miss.")
    fill(form, "Words I would miss.")
    send(form)
    expect(page.locator("#thread > li")).to_have_count(3)
    expect(page.locator("#thread > li").last).to_contain_text("Words I would miss.")
    expect(page.locator(".error")).to_have_count(0)
    complaints.clear()  # Chromium names every answer above 400


def test_what_is_missing_is_asked_for_before_anything_is_sent(page: Page, app: Flask):
    form = open_form(page)
    page.on("request", lambda request: pytest.fail("it was sent") if request.method == "POST" else None)
    send(form)
    expect(form.get_by_label("Name")).to_be_focused()
    assert bodies(app) == []


def test_a_comment_that_waits_says_so_and_why(page: Page, app: Flask):
    moderated(app, "first", guard=False)
    form = open_form(page)
    expect(form).to_contain_text("First comments are read before they appear.")
    fill(form, "Is this seen?")
    send(form)
    note = form.locator(".note")
    expect(note).to_contain_text("Thank you. Your comment will appear once it has been read.")
    expect(note).to_contain_text("First comment under this name")
    expect(note).to_be_focused()
    expect(page.locator("#thread > li")).to_have_count(2)
    expect(page.locator("#comments-title")).to_have_text("2 comments")
    own = page.locator("#own-comments .own-comment")
    expect(own).to_contain_text("Waiting to be read")
    expect(own).to_contain_text("Is this seen?")
    reply = open_reply(page)
    fill(reply, "And this?")
    send(reply)
    expect(page.locator(".reply-slot .note")).to_be_focused()
    expect(page.locator("#own-comments .own-comment")).to_have_count(2)
    assert stayed(page)


def test_whoever_is_faster_than_people_are_waits(page: Page, app: Flask):
    moderated(app, "none", guard=True)
    form = open_form(page)
    fill(form, "Faster than thought.")
    send(form)
    expect(form.locator(".note")).to_contain_text(re.compile(r"Sent [012] seconds? after its form was opened"))
    assert bodies(app) == ["Faster than thought."]


def test_too_many_comments_keep_their_text(page: Page, app: Flask, complaints: list[str]):
    moderated(app, "none", guard=True)
    db.session.add_all(Attempt(bucket="comment 127.0.0.0/24", at=now()) for _ in range(5))
    db.session.commit()
    form = open_form(page)
    fill(form, "Words I would miss.")
    send(form)
    trouble = form.locator(".trouble .error")
    expect(trouble).to_contain_text("You have posted several comments in a minute.")
    expect(trouble).to_be_focused()
    expect(text_of(form)).to_have_value("Words I would miss.")
    assert drafts(page) == ["Words I would miss."]
    complaints.clear()


def refused(route: Route) -> None:
    route.fulfill(status=503, content_type="text/html", body="<h1>Traceback</h1>")


@pytest.mark.parametrize("answer", [nobody, refused])
def test_without_a_connection_the_text_stays_and_outlives_a_reload(
    page: Page, app: Flask, complaints: list[str], answer: Callable[[Route], None]
):
    form = open_form(page)
    fill(form, "Words I would miss.")
    page.route("**/comments", answer)
    send(form)
    expect(page.locator("#announce")).to_contain_text(
        "What you wrote is still here." if answer is nobody else "problem"
    )
    expect(text_of(form)).to_have_value("Words I would miss.")
    assert "Traceback" not in page.content()
    page.unroute("**/comments")
    page.reload()
    form = open_form(page, "Go on writing")
    expect(text_of(form)).to_have_value("Words I would miss.")
    expect(form.get_by_label("Name")).to_have_value("Mina")
    fill(form, "Words I would miss, and more.")
    send(form)
    expect(page.locator("#thread > li")).to_have_count(3)
    assert bodies(app) == ["Words I would miss, and more."]
    assert drafts(page) == []
    complaints.clear()


def test_drafts_of_two_forms_are_two(page: Page):
    main, reply = open_form(page), open_reply(page)
    fill(main, "To everybody.")
    fill(reply, "To one.")
    reply.get_by_label("How far it spoils").select_option("3")
    page.reload()
    main, reply = open_form(page, "Go on writing"), open_reply(page, "Go on writing")
    expect(text_of(main)).to_have_value("To everybody.")
    expect(text_of(reply)).to_have_value("To one.")
    expect(reply.get_by_label("How far it spoils")).to_have_value("3")


def test_a_thread_that_closed_meanwhile_and_a_text_too_large_leave_the_form_alone(
    page: Page, app: Flask, complaints: list[str]
):
    form = open_form(page)
    fill(form, "x" * 300_000)
    send(form)
    expect(form.locator(".trouble")).to_contain_text("That is too large to take in.")
    expect(text_of(form)).to_have_value("x" * 300_000)
    db.session.execute(sa.update(Review).values(comments_open=False))
    db.session.commit()
    fill(form, "Too late?")
    send(form)
    expect(form.locator(".trouble")).to_contain_text("Comments on this review are closed.")
    expect(text_of(form)).to_have_value("Too late?")
    expect(page.locator("[aria-busy]")).to_have_count(0)
    complaints.clear()


# Twice is once


def test_a_double_click_posts_once(page: Page, app: Flask):
    form = open_form(page)
    fill(form, "Once.")
    form.get_by_role("button", name="Post comment").dblclick()
    expect(page.locator("#thread > li")).to_have_count(3)
    page.wait_for_load_state("networkidle")
    assert bodies(app) == ["Once."]


def test_after_a_lost_answer_posting_again_is_the_same_comment(page: Page, app: Flask, complaints: list[str]):
    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    form = open_form(page)
    fill(form, "Once.")
    page.route("**/comments", lose)
    send(form)
    expect(page.locator("#announce")).to_contain_text("What you wrote is still here.")
    page.unroute("**/comments")
    send(form)
    expect(page.locator("#thread > li")).to_have_count(3)
    assert bodies(app) == ["Once."]
    expect(page.locator("#own-comments")).to_contain_text("Published")
    complaints.clear()


def test_back_after_posting_finds_the_comment_and_no_old_text(page: Page, app: Flask, site: str):
    form = open_form(page)
    fill(form, "Once.")
    send(form)
    expect(page.locator("#thread > li")).to_have_count(3)
    page.goto(f"{site}/")
    page.go_back()
    expect(page.locator("#thread > li")).to_have_count(3)
    expect(text_of(open_form(page))).to_have_value("")
    assert bodies(app) == ["Once."]


def test_back_to_the_forms_own_page_finds_it_empty(page: Page, app: Flask, site: str):
    page.goto(f"{site}{REVIEW}comments/new")
    form = page.locator("#comment-form-new")
    fill(form, "Once.")
    send(form)
    expect(page).to_have_url(re.compile(r"/reviews/paper-boats/#comment-3$"))
    expect(page.locator("#own-comments")).to_contain_text("Published")
    assert drafts(page) == []
    page.go_back()
    expect(text_of(form)).to_have_value("")


def test_on_the_forms_own_page_a_text_outlives_what_goes_wrong(
    page: Page, app: Flask, site: str, complaints: list[str]
):
    address = f"{site}{REVIEW}comments/new"
    page.goto(address)
    form = page.locator("#comment-form-new")
    fill(form, "Words I would miss.")
    page.route("**/comments", nobody)
    send(form)
    page.unroute("**/comments")
    page.goto(address)
    expect(text_of(form)).to_have_value("Words I would miss.")
    fill(form, "Words I would miss.", name=" ")
    send(form)
    expect(form.locator(".error")).to_be_visible()
    page.goto(address)
    expect(text_of(form)).to_have_value("Words I would miss.")
    fill(form, "Words I would miss.")
    send(form)
    expect(page).to_have_url(re.compile("#comment-3$"))
    assert drafts(page) == []
    complaints.clear()


# Long threads


@pytest.fixture
def long(site: str) -> str:
    """The address of a review with 60 threads."""
    builders.stored(slug="long", comments=builders.comments(60))
    for each in db.session.scalars(sa.select(Comment).where(Comment.name == "Guest 58")):
        each.old_number = "77758"
    db.session.commit()
    return f"{site}/reviews/long/"


def test_in_a_long_thread_what_was_posted_is_there_once(long: str, page: Page):
    page.goto(long)
    form = open_form(page)
    fill(form, "The sixty-first.")
    send(form)
    expect(page.locator("#posted > li")).to_have_count(1)
    expect(page.locator("#posted > li")).to_be_visible()
    page.get_by_role("link", name="Show 10 more threads").click()
    expect(page.locator("#thread > li")).to_have_count(61)
    expect(page.locator("#posted > li")).to_have_count(0)
    ids = page.locator("[id]").evaluate_all("all => all.map(each => each.id)")
    assert len(ids) == len(set(ids))


def test_a_link_to_a_comment_on_a_later_page_leads_there(long: str, page: Page):
    ids = {each.name: each.id for each in stored()}
    page.goto(f"{long}#comment-{ids['Guest 55']}")
    expect(page).to_have_url(re.compile(rf"/comments\?page=2#comment-{ids['Guest 55']}$"))
    expect(page.locator(f"#comment-{ids['Guest 55']}")).to_be_in_viewport()
    page.goto(f"{long}#c77758")
    expect(page).to_have_url(re.compile(rf"/comments\?page=2#comment-{ids['Guest 58']}$"))


def test_a_link_to_a_comment_that_is_nowhere_leaves_the_reader_where_they_are(
    page: Page, long: str, complaints: list[str]
):
    for anchor in ("comment-99999", "c999", "comment-x", "c"):
        page.goto(f"{long}#{anchor}")
        page.wait_for_load_state("networkidle")
        assert page.url == f"{long}#{anchor}"
    page.goto("about:blank")  # nothing that was asked can be answered any more
    page.evaluate("0")
    complaints.clear()


# Only from here


def test_a_form_on_another_site_posts_nothing(page: Page, app: Flask, site: str, complaints: list[str]):
    fields = "<input name=name value=Mina><input name=body value=Evil>"
    evil = f"<form action='{site}{REVIEW}comments' method=post>{fields}</form>"
    page.route("http://evil.example/", lambda route: route.fulfill(content_type="text/html", body=evil))
    page.goto("http://evil.example/")
    page.evaluate("document.forms[0].submit()")
    expect(page.locator("h1")).to_have_text("That is not allowed from here.")
    assert bodies(app) == []
    page.goto(site + REVIEW)
    complaints.clear()


# Without JavaScript


def test_without_javascript_one_posts_answers_changes_and_deletes(plain: Page, app: Flask, complaints: list[str]):
    plain.get_by_role("link", name="Write a comment").click()
    form = plain.locator("form.comment-form")
    fill(form, "The pear.")
    send(form)
    expect(plain).to_have_url(re.compile("/reviews/paper-boats/#comment-3$"))
    expect(plain.locator("#comment-3")).to_contain_text("The pear.")
    plain.locator("#comment-3").get_by_role("link", name="Reply").click()
    expect(plain.locator("h1")).to_have_text("A reply on Paper Boats")
    form.get_by_role("button", name="Preview").click()
    expect(form.locator(".error")).to_have_text("Write a comment before posting it.")
    fill(form, "The pier, I meant.", name="")
    send(form)
    expect(plain.locator("#comment-3 > ol > li")).to_contain_text("The pier, I meant.")
    plain.get_by_role("link", name="Write a comment").click()
    plain.locator("#own-3").get_by_role("link", name="Edit").click()
    text_of(plain.locator("form.comment-form")).fill("The pier.")
    plain.get_by_role("button", name="Save").click()
    expect(plain.locator("#comment-3 > .comment-body")).to_have_text("The pier.")
    expect(plain.locator("#comment-3 > .comment-head")).to_contain_text("(edited)")
    plain.get_by_role("link", name="Write a comment").click()
    plain.locator("#own-4 summary", has_text="Delete").click()
    plain.locator("#own-4").get_by_role("button", name="Delete it for good").click()
    expect(plain.locator("#comment-3 > ol > li")).to_have_count(0)
    assert bodies(app) == ["The pier.", ""]
    complaints.clear()


# What axe and small screens say


def states(page: Page, app: Flask) -> Iterator[str]:
    """Bring the comment section into each of its states."""
    form, reply = open_form(page), open_reply(page)
    expect(form.or_(reply)).to_have_count(2)  # what comes last takes the focus, and moves what stands below
    yield "open"
    fill(form, "x" * 10_001, name="x" * 61)
    form.get_by_label("Website").fill("no address")
    send(form)
    expect(form.locator(".error")).to_have_count(3)
    yield "amiss"
    fill(form, "A ||secret|| and [a link](https://guest.example/).")
    form.get_by_label("Website").fill("")
    form.get_by_role("button", name="Preview").click()
    expect(form.locator(".preview a")).to_be_visible()
    yield "previewed"
    send(form)
    expect(page.locator("#own-comments .own-comment")).to_have_count(1)
    moderated(app, "all", guard=False)
    fill(reply, "And this?")
    send(reply)
    expect(page.locator("#own-comments .own-comment")).to_have_count(2)
    page.locator("#own-comments .own-comment").first.get_by_role("link", name="Edit").click()
    expect(page.locator("#own-comments form.comment-form")).to_have_count(1)
    page.locator("#own-comments summary", has_text="Delete").last.click()
    yield "posted"


def test_axe_finds_nothing_in_any_state(app: Flask, site: str, new_context: Callable, complaints: list[str]):
    page = new_context(cookies_allowed=ALLOWED, bypass_csp=True).new_page()
    page.goto(site + REVIEW)
    for state in states(page, app):
        for width in (390, 1440):
            page.set_viewport_size({"width": width, "height": 844})
            find_nothing(page)
        assert state
    for address in ("comments/new", "comments/new?parent=1", "comments/new?held=4"):
        page.goto(f"{site}{REVIEW}{address}")
        find_nothing(page)
    page.goto(f"{site}/comments/3/edit")
    find_nothing(page)
    complaints.clear()


@pytest.mark.parametrize("width", [320, 390, 1440])
def test_no_state_scrolls_sideways(page: Page, app: Flask, complaints: list[str], width: int):
    page.set_viewport_size({"width": width, "height": 844})
    for state in states(page, app):
        assert page.evaluate("document.documentElement.scrollWidth") == width, state
    complaints.clear()
