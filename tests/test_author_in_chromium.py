"""The author in a real browser: set-up, log-in, account, and what becomes of a text when the session ends."""

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask, redirect, render_template_string, request
from playwright.sync_api import BrowserContext, Page, expect
from pyotp.totp import TOTP
from werkzeug.datastructures import MultiDict

from kblog.auth import seals
from kblog.auth.log_in import Tries
from kblog.db import db, now
from kblog.models import Author, AuthorSession
from kblog.studio import access

from .chromium import DEVICE, find_nothing
from .conftest import NAME, PASSWORD, read, with_author
from .letting_in import sign_in

pytestmark = pytest.mark.browser

TEXT = "첫 눈, “Lee Sun‑kyun” & co.\n\n  50 % + more = 한 줄 더;\ttab\n"
LETTER = """
{% extends "studio/base.html" %}
{% block scripts %}<script src="{{ static_url('vendor/htmx.min.js') }}" defer></script>{% endblock %}
{% block main %}
<div class="wrap">
  <h1>A letter</h1>
  <form id="letter" action="/studio/letters/7/" method="post">
    <input type="hidden" id="token" name="csrf_token" value="{{ csrf_token() }}">
    <div hx-post="/studio/letters/7/autosave" hx-trigger="input delay:50ms from:'closest form'"
         hx-target="#save-state" hx-swap="outerHTML"></div>
    <p id="save-state">Nothing saved yet</p>
    <label for="body">Text</label>
    <textarea id="body" name="body"></textarea>
    <button class="btn" type="submit">Save</button>
  </form>
</div>
{% endblock %}
"""  # stands in for an editor


@pytest.fixture
def letters(app: Flask) -> list[str]:
    """What the studio's views of these tests were given."""
    got: list[str] = []

    @access.resumable
    def update(form: MultiDict):
        got.append(form["body"])
        return redirect("/studio/?saved", 303)

    @access.keeps_text
    def autosave():
        got.append(request.form["body"])
        return '<p id="save-state">Saved</p>'

    app.add_url_rule(
        "/studio/letters/7/",
        "letters.edit",
        lambda: render_template_string(LETTER, author=True, waiting_number=int, due_number=int),
    )
    app.add_url_rule("/studio/letters/7/", "letters.update", update, methods=["POST"])
    app.add_url_rule("/studio/letters/7/autosave", "letters.autosave", autosave, methods=["POST"])
    return got


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.id")


def names(context: BrowserContext) -> set[str]:
    return {cookie["name"] for cookie in context.cookies()}


def set_up_link(app: Flask, address: str) -> str:
    return f"{address}/studio/setup?token={seals.SET_UP.sign(app.config['SECRET_KEY'], 'author')}"


@pytest.mark.parametrize("scripted", [True, False], ids=["with JavaScript", "without"])
def test_from_an_empty_site_to_the_desk_out_and_in_again(app: Flask, bare: str, new_context: Callable, scripted: bool):
    page = new_context(java_script_enabled=scripted).new_page()
    page.goto(set_up_link(app, bare))
    expect(page.locator(":focus")).to_have_attribute("name", "name")  # the first field has the focus
    page.keyboard.type(NAME)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password, once more").fill(PASSWORD)
    page.get_by_role("button", name="Set up").click()
    expect(page.locator("main")).to_contain_text(f"You are signed in as {NAME}.")
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator(".note")).to_have_text("You are signed out.")
    page.goto(f"{bare}/studio/account/")
    expect(page.locator("h1")).to_have_text("Sign in")
    page.keyboard.type(NAME)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Account")


def test_a_wrong_password_leaves_the_name_and_puts_the_focus_where_to_go_on(
    studio: str, page: Page, complaints: list[str]
):
    sign_in(page, studio, "seven lanterns over Yeosu harbour")
    expect(page.get_by_role("alert")).to_have_text("That name and password do not match.")
    expect(page.get_by_label("Name")).to_have_value(NAME)
    expect(page.get_by_label("Password")).to_have_value("")
    assert focused(page) == "password"
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Desk")
    complaints.clear()  # of the 422


def test_too_many_tries_are_told_how_long_to_wait(studio: str, page: Page, complaints: list[str]):
    for _ in range(5):
        sign_in(page, studio, "not this one at all")
    sign_in(page, studio)
    expect(page.get_by_role("alert")).to_have_text(re.compile(r"^Too many tries\. Wait (\d+ seconds?|1 minute)\.$"))
    complaints.clear()  # of the 422s and the 429


def test_signing_out_takes_every_cookie_and_leaves_the_browser_known(studio: str, page: Page):
    sign_in(page, studio)
    assert names(page.context) == {"kblog", DEVICE}
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator(".note")).to_have_text("You are signed out.")
    assert names(page.context) == {DEVICE}
    stranger = Tries("log-in", network="198.51.100.0/24", device="")
    tries = [stranger.take(db.session(), now()) for _ in range(6)]
    tries += [Tries("log-in", network="127.0.0.0/24", device="").take(db.session(), now()) for _ in range(6)]
    db.session.commit()
    assert max(tries) > 0
    sign_in(page, studio)
    expect(page.locator("h1")).to_have_text("Desk")


def test_the_second_step_is_turned_on_and_asked_for(studio: str, page: Page):
    sign_in(page, studio)
    page.get_by_role("link", name="Account").click()
    page.get_by_role("link", name="Turn the second step on…").click()
    expect(page.get_by_role("img", name="QR code of the secret below")).to_be_visible()
    secret = "".join(page.locator(".secret span").all_inner_texts())
    assert focused(page) == "code"
    page.keyboard.type(TOTP(secret).at(now()))
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Turn it on").click()
    expect(page.locator(".codes li")).to_have_count(10)
    kept = page.locator(".codes li").all_inner_texts()
    page.get_by_role("link", name="I have kept them").click()
    expect(page.locator("main")).to_contain_text("10 recovery codes left.")
    page.get_by_role("button", name="Sign out").click()
    sign_in(page, studio)
    expect(page.locator("h1")).to_have_text("Second step")
    assert focused(page) == "code"
    page.keyboard.type(kept[0])
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Desk")


def test_ending_another_session_signs_that_browser_out_and_leads_it_back(studio: str, new_context: Callable):
    desk, phone = new_context().new_page(), new_context().new_page()
    sign_in(phone, studio)
    sign_in(desk, studio)
    desk.goto(f"{studio}/studio/account/")
    expect(desk.locator(".sessions > li")).to_have_count(2)
    desk.get_by_role("button", name="End the session of Chrome on Linux").click()
    expect(desk.locator(".flash")).to_have_text("That session is ended.")
    expect(desk.locator(".sessions > li")).to_have_count(1)
    phone.get_by_role("link", name="Account").click()
    expect(phone.locator("h1")).to_have_text("Sign in")
    phone.get_by_label("Name").fill(NAME)
    phone.get_by_label("Password").fill(PASSWORD)
    phone.get_by_role("button", name="Sign in").click()
    expect(phone.locator("h1")).to_have_text("Account")


# A text and the end of the session


def end_sessions() -> None:
    db.session.execute(sa.delete(AuthorSession))
    db.session.commit()


@pytest.mark.parametrize("scripted", [True, False], ids=["with JavaScript", "without"])
def test_a_text_saved_too_late_is_saved_after_the_log_in(
    letters: list[str], studio: str, new_context: Callable, complaints: list[str], scripted: bool
):
    page = new_context(java_script_enabled=scripted).new_page()
    sign_in(page, studio)
    page.goto(f"{studio}/studio/letters/7/")
    end_sessions()
    page.get_by_label("Text").fill(TEXT)
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".note")).to_have_text(
        "You are signed out. Sign in and your save is finished; the text is kept."
    )
    page.get_by_label("Name").fill(NAME)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("h1")).to_have_text("Desk")
    assert page.url == f"{studio}/studio/?saved"
    assert letters == [TEXT.replace("\n", "\r\n")]
    complaints.clear()  # of the 401s


def test_whoever_is_signed_out_while_typing_signs_in_in_another_tab_and_types_on(
    letters: list[str], studio: str, page: Page, complaints: list[str]
):
    sign_in(page, studio)
    page.goto(f"{studio}/studio/letters/7/")
    body, state = page.get_by_label("Text"), page.locator("#save-state")
    body.press_sequentially("one")
    expect(state).to_have_text("Saved")
    end_sessions()
    body.press_sequentially(" two")
    expect(state).to_contain_text("You are signed out. Sign in in a new tab; your text stays here.")
    with page.context.expect_page() as opened:
        state.get_by_role("link").click()
    other = opened.value
    other.get_by_label("Name").fill(NAME)
    other.get_by_label("Password").fill(PASSWORD)
    other.get_by_role("button", name="Sign in").click()
    expect(other.locator("h1")).to_have_text("Desk")
    other.close()
    body.press_sequentially(" three")
    expect(state).to_contain_text("Your text is here: press Save once more.")
    body.press_sequentially(" four")
    expect(state).to_have_text("Saved")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("h1")).to_have_text("Desk")
    assert letters[-1] == "one two three four"
    complaints.clear()  # of the 401 and the 403


# How it looks


def test_axe_finds_nothing_and_no_page_scrolls_sideways(
    app: Flask, bare: str, new_context: Callable, complaints: list[str]
):
    page = new_context(bypass_csp=True).new_page()

    def look(title: str) -> None:
        expect(page.locator("h1")).to_have_text(title)
        for width in (320, 390, 1440):
            page.set_viewport_size({"width": width, "height": 844})
            assert page.evaluate("document.documentElement.scrollWidth") == width, f"{title} at {width}"
            if width > 320:
                find_nothing(page)

    page.goto(f"{bare}/studio/")
    look("There is no author yet.")
    page.goto(set_up_link(app, bare))
    look("Set up the studio")
    page.get_by_label("Name").fill(NAME)
    page.get_by_label("Password", exact=True).fill("passwordpassword1")
    page.get_by_label("Password, once more").fill("another")
    page.get_by_role("button", name="Set up").click()
    look("Set up the studio")
    with_author(app)
    sign_in(page, bare, "not this one at all")
    look("Sign in")
    sign_in(page, bare)
    look("Desk")
    page.goto(f"{bare}/studio/account/")
    look("Account")
    page.get_by_label("Present password").fill("x")
    page.get_by_label("New password", exact=True).fill("x")
    page.get_by_label("New password, once more").fill("y")
    page.get_by_role("button", name="Change password").click()
    look("Account")
    page.goto(f"{bare}/studio/account/second-step")
    look("Turn the second step on")
    secret = "".join(page.locator(".secret span").all_inner_texts())
    page.get_by_role("textbox", name="Code").fill(TOTP(secret).at(now()))
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Turn it on").click()
    look("Recovery codes")
    page.goto(f"{bare}/studio/account/")
    look("Account")
    page.get_by_role("button", name="Sign out").click()
    sign_in(page, bare)
    look("Second step")
    assert read(sa.select(Author.totp_secret)) == [secret]
    complaints.clear()  # of the 403 and the 422s
