"""The author's account: password, second step, open sessions."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from lxml import etree
from pyotp.totp import TOTP

from kblog.auth import passwords, seals
from kblog.db import db, now
from kblog.models import Author, AuthorSession, RecoveryCode, Setting

from .browser import Browser, Page
from .conftest import NAME, PASSWORD, logged_in, read

ANOTHER = "eleven ferries and no umbrella"
ACCOUNT = "/studio/account/"
FORM = "//main//form"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PASSWORD_FORM = "//form[@action='/studio/account/password']"
OFF_FORM = "//form[@action='/studio/account/second-step/off']"
CODES_FORM = "//form[@action='/studio/account/recovery-codes']"


def is_in(browser: Browser) -> bool:
    return browser.ask("/studio/").status_code == 200


def flashed(browser: Browser, page: Page) -> list[str]:
    assert page.response.location == ACCOUNT
    return browser.get(ACCOUNT).texts("//p[contains(@class, 'flash')]")


def secret_of(page: Page) -> str:
    return "".join(page.texts("//code[@class='secret']/span"))


def with_second_step(author: Browser) -> list[str]:
    """Turn the second step on; return the recovery codes."""
    page = author.get("/studio/account/second-step")
    page = page.send(FORM, {"code": TOTP(secret_of(page)).at(now()), "password": PASSWORD}, status=200)
    return page.texts("//ol[@class='codes']/li")


# Password


def test_another_password_ends_every_other_session(app: Flask, author: Browser):
    other = logged_in(app)
    page = author.get(ACCOUNT).send(PASSWORD_FORM, {"present": PASSWORD, "new": ANOTHER, "again": ANOTHER})
    assert flashed(author, page) == ["The password is changed. 1 other session ended."]
    assert is_in(author)
    assert not is_in(other)
    other.post("/studio/login", {"name": NAME, "password": PASSWORD}, status=422)
    other.post("/studio/login", {"name": NAME, "password": ANOTHER})


@pytest.mark.parametrize(
    ("typed", "wrong", "sentence"),
    [
        ({"present": "not the password"}, "present", "That is not your password."),
        ({"present": ""}, "present", "That is not your password."),
        ({"new": "too short", "again": "too short"}, "new", "Use at least 15 characters; this has 9."),
        ({"new": f"{NAME} {NAME}", "again": f"{NAME} {NAME}"}, "new", "That is little more than your name."),
        ({"again": PASSWORD}, "again", "The two passwords differ."),
    ],
)
def test_a_password_that_will_not_do_changes_nothing(author: Browser, typed: dict, wrong: str, sentence: str):
    typed = {"present": PASSWORD, "new": ANOTHER, "again": ANOTHER, **typed}
    page = author.get(ACCOUNT).send(PASSWORD_FORM, typed, status=422)
    (field,) = page.all("//input[@aria-invalid='true']")
    assert field.get("name") == wrong
    assert "autofocus" in field.attrib
    assert page.one(f"//*[@id='{wrong}-error']").text.startswith(sentence)
    (stored,) = read(sa.select(Author.password_hash))
    assert passwords.is_right(PASSWORD, stored)


def test_whoever_finds_a_screen_unwatched_cannot_guess_the_password(app: Flask, author: Browser):
    page = author.get(ACCOUNT)
    typed = {"present": "x", "new": ANOTHER, "again": ANOTHER}
    for _ in range(5):
        page = page.send(PASSWORD_FORM, typed, status=422)
    page = page.send(PASSWORD_FORM, {**typed, "present": PASSWORD}, status=429)
    assert 0 < int(page.response.headers["Retry-After"]) <= 60
    assert re.search(r"Too many tries\. Wait \d+ \w+\.", page.one("//*[@id='present-error']").text)
    Browser(app).post("/studio/login", {"name": NAME, "password": PASSWORD})


# Second step


def test_the_second_step_is_turned_on_by_its_first_code(app: Flask, author: Browser):
    page = author.get(ACCOUNT).follow("Turn the second step on…")
    secret = secret_of(page)
    assert re.fullmatch(r"[A-Z2-7]{32}", secret)
    code = TOTP(secret).at(now())
    page = page.send(FORM, {"code": code, "password": PASSWORD}, status=200)
    codes = page.texts("//ol[@class='codes']/li")
    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"([a-z2-9]{4}-){3}[a-z2-9]{4}", each) for each in codes)
    assert "10 recovery codes left." in author.get(ACCOUNT).words
    stranger = Browser(app)
    page = stranger.post("/studio/login", {"name": NAME, "password": PASSWORD}, status=200)
    page.send(FORM, {"code": code}, status=422)  # it was used up when it was shown
    page.send(FORM, {"code": codes[0]})
    assert is_in(stranger)
    assert "9 recovery codes left." in author.get(ACCOUNT).words


def test_a_site_with_a_long_name_has_a_picture_too(author: Browser):
    db.session.merge(Setting(name="name", value="킬링" * 2_500))
    db.session.commit()
    assert author.get("/studio/account/second-step").all("//svg[@class='qr-code']")


def test_the_picture_is_drawn_from_the_secret(author: Browser):
    pages = [author.get("/studio/account/second-step") for _ in range(2)]
    assert secret_of(pages[0]) != secret_of(pages[1])
    pictures = [page.one("//svg[@class='qr-code']") for page in pages]
    drawn = [picture.find("path").get("d") for picture in pictures]
    assert drawn[0] != drawn[1]
    assert all(re.fullmatch(r"(M\d+ \d+h1v1h-1z)+", each) for each in drawn)
    side = int(pictures[0].get("viewbox").split()[2]) - 8
    squares = {tuple(map(int, each)) for each in re.findall(r"M(\d+) (\d+)", drawn[0])}
    assert max(map(max, squares)) == side - 1
    finder = {(x, y) for x in range(7) for y in range(7) if 0 in (x, y) or 6 in (x, y)}
    for left, top in ((0, 0), (side - 7, 0), (0, side - 7)):
        assert {(left + x, top + y) for x, y in finder} <= squares
    assert not [each for each in etree.tostring(pictures[0]).decode().split() if "style" in each]


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"code": "000000"}, "code"),
        ({"code": ""}, "code"),
        ({"password": "x"}, "password"),
        ({"code": "x" * 5000}, "code"),
    ],
)
def test_without_code_and_password_the_second_step_stays_off(author: Browser, typed: dict, wrong: str):
    page = author.get("/studio/account/second-step")
    secret = secret_of(page)
    page = page.send(FORM, {"code": TOTP(secret).at(now()), "password": PASSWORD, **typed}, status=422)
    assert [each.get("name") for each in page.all("//input[@aria-invalid='true']")] == [wrong]
    assert secret_of(page) == secret, "what was scanned is good for the next try"
    assert read(sa.select(Author.totp_secret)) == [""]
    page.send(FORM, {"code": TOTP(secret).at(now()), "password": PASSWORD}, status=200)


def test_a_secret_that_is_not_the_sites_own_is_not_taken(author: Browser):
    weak = "A" * 32
    typed = {"code": TOTP(weak).at(now()), "password": PASSWORD}
    for sealed in ("", weak, seals.FIRST_STEP.sign(author.app.config["SECRET_KEY"], weak)):
        page = author.get("/studio/account/second-step").send(FORM, {**typed, "sealed": sealed}, status=422)
        assert "Here is a new code to scan." in page.words
        assert secret_of(page) not in ("", weak)
    assert read(sa.select(Author.totp_secret)) == [""]


def test_sending_the_form_again_turns_nothing_on_twice(author: Browser):
    page = author.get("/studio/account/second-step")
    typed = {"code": TOTP(secret_of(page)).at(now()), "password": PASSWORD}
    page.send(FORM, typed, status=200)
    before = read(sa.select(RecoveryCode.code_hash))
    assert flashed(author, page.send(FORM, typed)) == ["The second step is on already."]
    assert read(sa.select(RecoveryCode.code_hash)) == before
    assert author.get("/studio/account/second-step", status=302).response.location == ACCOUNT


def test_the_second_step_is_turned_off_by_the_password(app: Flask, author: Browser):
    with_second_step(author)
    page = author.get(ACCOUNT).send(OFF_FORM, {"password": "x"}, status=422)
    assert page.one("//*[@id='off-password-error']").text == "That is not your password."
    assert page.one("//input[@id='off-password']").get("autofocus") is not None
    assert flashed(author, author.get(ACCOUNT).send(OFF_FORM, {"password": PASSWORD})) == ["The second step is off."]
    assert read(sa.select(RecoveryCode)) == []
    Browser(app).post("/studio/login", {"name": NAME, "password": PASSWORD})


def test_new_recovery_codes_put_an_end_to_the_old_ones(app: Flask, author: Browser):
    old = with_second_step(author)
    author.get(ACCOUNT).send(CODES_FORM, {"password": "x"}, status=422)
    new = author.get(ACCOUNT).send(CODES_FORM, {"password": PASSWORD}, status=200).texts("//ol[@class='codes']/li")
    assert len(set(new) - set(old)) == 10
    stranger = Browser(app)
    page = stranger.post("/studio/login", {"name": NAME, "password": PASSWORD}, status=200)
    page.send(FORM, {"code": old[0]}, status=422)
    page.send(FORM, {"code": new[0]})
    assert is_in(stranger)


def test_without_the_second_step_there_are_no_recovery_codes(author: Browser):
    token = author.get(ACCOUNT).fields(PASSWORD_FORM)
    page = author.post("/studio/account/recovery-codes", dict(token) | {"password": PASSWORD})
    assert page.response.location == ACCOUNT
    assert read(sa.select(RecoveryCode)) == []


# Open sessions


def test_every_open_session_is_listed_and_this_one_is_marked(app: Flask, author: Browser):
    other = Browser(app)
    sent = {
        "data": {"name": NAME, "password": PASSWORD},
        "headers": {"Origin": "http://localhost", "User-Agent": FIREFOX},
    }
    other.ask("/studio/login", "POST", environ_base={"REMOTE_ADDR": "203.0.113.77"}, **sent)
    this, that = other.get(ACCOUNT).texts("//ul[@class='sessions']/li")
    assert this.startswith("Firefox on Linux this one opened")
    assert this.endswith("203.0.113.0/24")
    assert that.startswith("an unknown browser opened")
    assert "this one" not in that


def test_one_session_is_ended_and_the_others_stay(app: Flask, author: Browser):
    others = [logged_in(app), logged_in(app)]
    page = author.get(ACCOUNT)
    assert len(page.all("//ul[@class='sessions']/li")) == 3
    address = page.all("//ul[@class='sessions']//form/@action")[0]  # the one used last
    page = page.send(f"//form[@action='{address}']")
    assert flashed(author, page) == ["That session is ended."]
    assert [is_in(each) for each in (author, *others)] == [True, True, False]
    page = author.post(address, author.get(ACCOUNT).fields(PASSWORD_FORM))
    assert flashed(author, page) == ["That session had ended already."]


def test_all_other_sessions_are_ended_at_once(app: Flask, author: Browser):
    others = [logged_in(app), logged_in(app)]
    page = author.get(ACCOUNT).send("//form[@action='/studio/account/sessions/end-others']")
    assert flashed(author, page) == ["2 other sessions ended."]
    assert [is_in(each) for each in (author, *others)] == [True, False, False]
    assert not author.get(ACCOUNT).all("//form[@action='/studio/account/sessions/end-others']")


def test_a_session_that_is_over_is_not_listed(app: Flask, author: Browser):
    logged_in(app)
    (oldest, _) = read(sa.select(AuthorSession.id).order_by(AuthorSession.id))
    over = now() - timedelta(days=31)
    db.session.execute(sa.update(AuthorSession).where(AuthorSession.id != oldest).values(opened_at=over))
    db.session.commit()
    assert len(author.get(ACCOUNT).all("//ul[@class='sessions']/li")) == 1


@pytest.mark.parametrize("number", ["0", "999999999", "9223372036854775807"])
def test_a_session_that_never_was_is_no_error(author: Browser, number: str):
    token = author.get(ACCOUNT).fields(PASSWORD_FORM)
    page = author.post(f"/studio/account/sessions/{number}/end", token)
    assert flashed(author, page) == ["That session had ended already."]
    author.post("/studio/account/sessions/9223372036854775808/end", token, status=404)
    assert is_in(author)


@pytest.mark.parametrize(
    "user_agent",
    ["\x1b[31m", "<script>alert(1)</script>", "Firefox/" * 10_000, "킬링", "", "Mozilla/5.0 (iPhone) Whale/3"],
)
def test_what_a_browser_says_of_itself_is_never_repeated(app: Flask, author: Browser, user_agent: str):
    headers = {"Origin": "http://localhost", "User-Agent": user_agent.encode("utf-8").decode("latin-1")}
    Browser(app).ask("/studio/login", "POST", data={"name": NAME, "password": PASSWORD}, headers=headers)
    said = {"Firefox", "Whale on iPhone", "an unknown browser"}
    assert set(read(sa.select(AuthorSession.browser))) <= said
    author.get(ACCOUNT)
