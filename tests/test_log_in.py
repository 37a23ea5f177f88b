"""The log-in, in one step and two, and the way out again."""

import json
import logging
import re
import threading
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from flask import Flask
from pyotp.totp import TOTP
from werkzeug.test import TestResponse

from kblog.auth import author as authors
from kblog.auth import sessions
from kblog.db import db, now
from kblog.log import AsJson
from kblog.models import Attempt, AuthorSession, RecoveryCode

from . import engines
from .browser import Browser, Page
from .conftest import NAME, PASSWORD, close, logged_in, make_app, read, with_author

RIGHT = {"name": NAME, "password": PASSWORD}
WRONG = {"name": NAME, "password": "seven lanterns over Yeosu harbour"}
NO_MATCH = "That name and password do not match."
FORM = "//main//form"
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
WAIT = r"Too many tries\. Wait (\d+ seconds?|1 minute)\."
OWN = {"Origin": "http://localhost", "Content-Type": "application/x-www-form-urlencoded"}


def tried(browser: Browser, fields: dict[str, str], address: str = "127.0.0.1") -> TestResponse:
    """Try to log in from a network."""
    sent = {"data": urlencode(fields), "headers": OWN, "environ_base": {"REMOTE_ADDR": address}}
    return browser.ask("/studio/login", "POST", **sent)


def later(**time: float) -> None:
    """Let time pass for what was tried so far."""
    for attempt in db.session.scalars(sa.select(Attempt)):
        attempt.at -= timedelta(**time)
    db.session.commit()


def is_in(browser: Browser) -> bool:
    return browser.ask("/studio/").status_code == 200


@pytest.fixture
def two_steps(app: Flask) -> list[str]:
    """An author who has turned the second step on; its recovery codes."""
    with_author(app)
    codes = authors.turn_second_step_on(db.session(), SECRET, 0)
    db.session.commit()
    return codes


def code(step: int = 0) -> str:
    return TOTP(SECRET).at(now(), counter_offset=step)


def first_step(browser: Browser, **more: str) -> Page:
    page = browser.post("/studio/login", {**RIGHT, **more}, status=200)
    assert page.h1 == "Second step"
    return page


# It works


def test_name_and_password_open_the_studio(app: Flask, reader: Browser):
    with_author(app)
    page = reader.get("/studio/login").send(FORM, {"name": NAME, "password": PASSWORD})
    assert page.response.location == "/studio/"
    assert NAME in reader.get("/studio/").words
    assert reader.get("/studio/login", status=302).response.location == "/studio/"


@pytest.mark.parametrize("name", [NAME.upper(), f" {NAME} ", "BAE harin"])
def test_capitals_and_spaces_around_the_name_make_no_difference(app: Flask, reader: Browser, name: str):
    with_author(app)
    reader.post("/studio/login", {"name": name, "password": PASSWORD})
    assert is_in(reader)


def test_a_name_in_hangul_is_one_name_however_it_is_coded(app: Flask, reader: Browser):
    with_author(app, name="배하린")
    reader.post("/studio/login", {"name": unicodedata.normalize("NFD", "배하린"), "password": PASSWORD})
    assert is_in(reader)


def test_the_cookie_is_for_this_host_alone_and_for_no_script(app: Flask, reader: Browser):
    with_author(app)
    cookies = tried(reader, RIGHT).headers.getlist("Set-Cookie")
    assert [each.partition("=")[0] for each in cookies] == ["kblog-device", "kblog"]
    for cookie in cookies:
        assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
        assert "Secure" not in cookie
        assert "Domain" not in cookie


def test_on_https_the_cookie_is_secure_and_bound_to_the_host(app: Flask, reader: Browser):
    with_author(app)
    headers = {"Origin": "https://localhost"}
    response = reader.ask("https://localhost/studio/login", "POST", data=RIGHT, headers=headers)
    cookies = response.headers.getlist("Set-Cookie")
    assert [each.partition("=")[0] for each in cookies] == ["__Host-kblog-device", "__Host-kblog"]
    for cookie in cookies:
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
        assert "Domain" not in cookie
    assert reader.ask("https://localhost/studio/").status_code == 200
    assert not is_in(reader), "a session of https is good on http"


def test_the_database_holds_the_tokens_hash_and_nothing_that_opens_the_studio(author: Browser):
    with author.client.session_transaction() as cookie:
        token = cookie["_user_id"]
    assert len(token) == 43  # 256 bits
    (row,) = read(sa.select(AuthorSession))
    assert row.token_hash == sessions.hash_of(token)
    assert token not in str(vars(row))
    assert (row.network, row.browser) == ("127.0.0.0/24", "an unknown browser")


def test_each_log_in_begins_a_new_session_and_ends_the_one_before(author: Browser):
    copied = Browser(author.app)
    copied.client.set_cookie("kblog", author.client.get_cookie("kblog").value)
    assert is_in(copied)
    author.post("/studio/login", RIGHT)
    assert is_in(author)
    assert not is_in(copied)


# The second step


def test_with_the_second_step_on_the_password_alone_opens_nothing(two_steps: list[str], reader: Browser):
    page = first_step(reader, next="/studio/account/")
    assert "Set-Cookie" not in page.response.headers
    assert not is_in(reader)
    assert page.send(FORM, {"code": code()}).response.location == "/studio/account/"
    assert is_in(reader)


@pytest.mark.parametrize("step", [-1, 0, 1])
def test_a_clock_may_be_a_step_off(two_steps: list[str], reader: Browser, step: int):
    first_step(reader).send(FORM, {"code": f" {code(step)[:3]} {code(step)[3:]} "})
    assert is_in(reader)


def test_no_code_is_good_twice_nor_is_an_older_one_after_it(two_steps: list[str], app: Flask, reader: Browser):
    used, older = code(0), code(-1)
    first_step(reader).send(FORM, {"code": used})
    for again in (used, older):
        page = first_step(Browser(app)).send(FORM, {"code": again}, status=422)
        assert "That code is not right, or it was used before." in page.words
    first_step(other := Browser(app)).send(FORM, {"code": code(1)})
    assert is_in(other)


def test_a_recovery_code_opens_the_studio_once(two_steps: list[str], app: Flask, reader: Browser):
    assert len(set(two_steps)) == 10
    typed = two_steps[3].upper().replace("-", " ")
    first_step(reader).send(FORM, {"code": typed})
    assert is_in(reader)
    first_step(Browser(app)).send(FORM, {"code": two_steps[3]}, status=422)
    assert len(read(sa.select(RecoveryCode).where(RecoveryCode.used_at.is_(None)))) == 9
    stored = " ".join(read(sa.select(RecoveryCode.code_hash)))
    assert not [each for each in two_steps if each in stored or each.replace("-", "") in stored]


@pytest.mark.parametrize("wrong", ["", "000000", "12345", "１２３４５６", "x" * 5000, "\ud800", "'; drop table author"])
def test_a_wrong_code_is_refused(two_steps: list[str], reader: Browser, wrong: str):
    wrong = wrong.encode("utf-8", "replace").decode()
    page = first_step(reader).send(FORM, {"code": wrong}, status=422)
    assert page.one("//input[@name='code']").get("aria-invalid") == "true"
    assert not is_in(reader)


def test_a_code_without_the_first_step_opens_nothing(two_steps: list[str], reader: Browser):
    for proof in ("", "x", "IkE1Ig.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb"):
        page = reader.post("/studio/login", {"proof": proof, "code": code()}, status=401)
        assert "Sign in again" in page.words
    assert not is_in(reader)


def test_the_first_step_is_worth_nothing_once_the_password_is_another(two_steps: list[str], reader: Browser):
    page = first_step(reader)
    authors.change_password(db.session(), "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA")
    db.session.commit()
    page.send(FORM, {"code": code()}, status=401)
    assert not is_in(reader)


def test_codes_cannot_be_tried_at_will(two_steps: list[str], reader: Browser):
    page = first_step(reader)
    for _ in range(5):
        page = page.send(FORM, {"code": "000000"}, status=422)
    page = page.send(FORM, {"code": code()}, status=429)
    assert re.search(WAIT, page.words)
    later(minutes=1)
    page.send(FORM, {"code": code()})
    assert is_in(reader)


# Who may not


def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(app: Flask):
    with_author(app)
    answers = []
    for fields in (WRONG, {"name": "Bae Harim", "password": PASSWORD}, {"name": "Bae Harim", "password": "x"}):
        response = tried(Browser(app), fields)
        answers.append((response.status_code, dict(response.headers), response.text.replace("Harim", "Harin")))
    assert answers[0] == answers[1] == answers[2]
    assert answers[0][0] == 422
    assert NO_MATCH in answers[0][2]


def test_a_refused_log_in_keeps_the_name_and_no_password(app: Flask, reader: Browser):
    with_author(app)
    page = reader.post("/studio/login", {**WRONG, "next": "/studio/account/"}, status=422)
    assert page.one("//input[@name='name']").get("value") == NAME
    assert page.one("//input[@name='next']").get("value") == "/studio/account/"
    assert WRONG["password"] not in page.text
    password = page.one("//input[@name='password']")
    assert "autofocus" in password.attrib
    assert page.one(f"//*[@id='{password.get('aria-describedby')}']").text == NO_MATCH


def test_the_sixth_try_in_a_minute_waits_even_with_the_right_password(app: Flask, reader: Browser):
    with_author(app)
    for _ in range(5):
        assert tried(reader, WRONG).status_code == 422
    response = tried(reader, RIGHT)
    assert response.status_code == 429
    assert 0 < int(response.headers["Retry-After"]) <= 60
    assert re.search(WAIT, response.text)
    assert tried(Browser(app), RIGHT, "127.0.0.200").status_code == 429, "another address of the same network"
    later(minutes=1)
    assert tried(reader, RIGHT).status_code == 303


def test_tries_are_counted_for_all_processes_and_over_a_restart(app: Flask, reader: Browser):
    with_author(app)
    for _ in range(5):
        tried(reader, WRONG)
    second = make_app(app.config["KBLOG"].instance)
    assert tried(Browser(second), RIGHT).status_code == 429
    with second.app_context():
        close(second)


def test_twenty_tries_an_hour_are_all_from_however_many_networks(app: Flask):
    with_author(app)
    for number in range(20):
        assert tried(Browser(app), WRONG, f"198.51.{number}.7").status_code == 422
    for fields in (RIGHT, WRONG, {"name": "nobody", "password": "x"}):
        response = tried(Browser(app), fields, "203.0.113.7")
        assert response.status_code == 429
        assert "Too many tries. Wait 60 minutes." in response.text
        assert 3590 < int(response.headers["Retry-After"]) <= 3600


def test_an_attacker_cannot_lock_the_authors_own_browser_out(app: Flask):
    known = logged_in(app)
    left = known.get("/studio/").send("//header//form").response.location
    known.get(left)
    for number in range(25):
        tried(Browser(app), WRONG, f"198.51.{number}.7")
    for _ in range(5):
        tried(Browser(app), WRONG)
    assert tried(Browser(app), RIGHT).status_code == 429
    assert tried(known, RIGHT).status_code == 303
    assert is_in(known)


def test_the_known_browser_uses_up_nobody_elses_tries_and_has_a_limit_too(app: Flask, author: Browser):
    for _ in range(5):
        assert tried(author, WRONG).status_code == 422
    assert tried(author, RIGHT).status_code == 429
    assert tried(Browser(app), RIGHT).status_code == 303


def at_once(app: Flask, fields: dict[str, str], number: int) -> list[int]:
    """Send one form so many times at the same moment, each from a browser of its own; return the answers' codes."""
    gate = threading.Barrier(number)

    def send(_turn: int) -> int:
        client = app.test_client()
        gate.wait()
        return client.post("/studio/login", data=fields, headers={"Origin": "http://localhost"}).status_code

    with ThreadPoolExecutor(number) as pool:
        return sorted(pool.map(send, range(number)))


def test_tries_sent_at_once_are_counted_one_by_one(app: Flask):
    with_author(app)
    assert at_once(app, WRONG, 12) == [422] * 5 + [429] * 7


def test_of_many_who_come_at_once_with_one_code_one_is_let_in(two_steps: list[str], app: Flask, reader: Browser):
    page = first_step(reader)
    db.session.rollback()
    assert at_once(app, {**dict(page.fields(FORM)), "code": code()}, 5) == [303] + [422] * 4
    assert len(read(sa.select(AuthorSession))) == 1


@pytest.mark.parametrize("proxies", [0, 1], ids=["no proxy is trusted", "one proxy is trusted"])
def test_where_somebody_comes_from_is_believed_of_a_trusted_proxy_only(tmp_path, empty_instance, proxies: int):
    engines.copy(empty_instance, tmp_path / "instance")
    app = make_app(tmp_path / "instance", trusted_proxies=proxies)
    with app.app_context():
        with_author(app)
        found = []
        for number in range(7):
            headers = OWN | {"X-Forwarded-For": f"192.0.2.1, 198.51.{number}.7"}  # the last one is the proxy's own word
            found.append(Browser(app).ask("/studio/login", "POST", data=urlencode(WRONG), headers=headers).status_code)
        assert found == ([422] * 7 if proxies else [422] * 5 + [429] * 2)
        close(app)


@pytest.mark.parametrize("forged", ["x", "", "IngiCg.awe3bQ.rsUNaQh8_fTIHhWs0XkoRNbifnM"])
def test_a_forged_cookie_makes_no_browser_known(app: Flask, forged: str):
    with_author(app)
    for _ in range(5):
        tried(Browser(app), WRONG)
    stranger = Browser(app)
    stranger.client.set_cookie("kblog-device", forged)
    assert tried(stranger, RIGHT).status_code == 429


def test_getting_in_gives_the_tries_back(app: Flask, reader: Browser):
    with_author(app)
    for _ in range(3):
        for _ in range(4):
            tried(reader, WRONG)
        assert tried(reader, RIGHT).status_code == 303


def test_the_limits_can_be_lifted_for_load_tests(tmp_path, empty_instance):
    engines.copy(empty_instance, tmp_path / "instance")
    app = make_app(tmp_path / "instance", guard=False)
    with app.app_context():
        with_author(app)
        assert {tried(Browser(app), WRONG).status_code for _ in range(12)} == {422}
        close(app)


def test_a_get_tries_nothing(app: Flask, reader: Browser):
    with_author(app)
    reader.get(f"/studio/login?{urlencode(RIGHT)}")
    assert not is_in(reader)
    assert not read(sa.select(Attempt))


@pytest.mark.parametrize(
    "fields",
    [{}, {"name": ""}, {"password": PASSWORD}, {"name": NAME}, {"name": "\0", "password": "\0"}, {"proof": ""},
     {"name": "x" * 200_000, "password": "x" * 200_000}, {"name": "\ufffd", "password": "‮" * 50}],
)  # fmt: skip
def test_nonsense_is_refused_like_anything_wrong(app: Flask, reader: Browser, fields: dict[str, str]):
    with_author(app)
    assert tried(reader, fields).status_code == (401 if "proof" in fields else 422)
    assert not is_in(reader)


def test_a_field_given_twice_is_no_way_in(app: Flask, reader: Browser):
    with_author(app)
    pairs = [("name", "x"), ("name", NAME), ("password", "x"), ("password", PASSWORD)]
    reader.post("/studio/login", pairs, status=422)
    assert not is_in(reader)


# How a session ends


def test_signing_out_makes_a_copied_cookie_worthless(author: Browser):
    copied = Browser(author.app)
    copied.client.set_cookie("kblog", author.client.get_cookie("kblog").value)
    assert is_in(copied)
    page = author.get("/studio/").send("//header//form")
    assert page.response.headers["Clear-Site-Data"] == '"cookies"'
    assert author.client.get_cookie("kblog") is None
    assert not is_in(copied)
    assert not is_in(author)
    assert author.get(page.response.location).texts("//main//p[@class='note']") == ["You are signed out."]


def test_a_browser_that_lost_its_cookie_is_known_again_after_signing_out(author: Browser):
    author.client.delete_cookie("kblog-device")
    left = author.get("/studio/").send("//header//form").response.location
    assert author.get(left).texts("//main//p[@class='note']") == ["You are signed out."]
    assert author.client.get_cookie("kblog-device") is not None


def test_the_page_after_signing_out_lets_the_browser_stay_known(app: Flask, author: Browser):
    left = author.get("/studio/").send("//header//form").response.location
    cleared = Browser(app)  # as the header leaves it
    response = cleared.get(left).response
    assert [each.partition("=")[0] for each in response.headers.getlist("Set-Cookie")] == ["kblog-device"]
    for _ in range(5):
        tried(Browser(app), WRONG)
    assert tried(cleared, RIGHT).status_code == 303
    for forged in ("", "x", author.client.get_cookie("kblog-device").value):
        assert "Set-Cookie" not in Browser(app).get(f"/studio/login?left={forged}").response.headers


def ended_by_idleness(browser: Browser) -> None:
    with browser.client.session_transaction() as cookie:
        cookie["seen"] = int((now() - timedelta(days=7, seconds=1)).timestamp())


def ended_by_age(_browser: Browser) -> None:
    row = db.session.scalars(sa.select(AuthorSession)).one()
    row.opened_at = now() - timedelta(days=30, seconds=1)
    db.session.commit()


def ended_in_the_list(_browser: Browser) -> None:
    db.session.execute(sa.delete(AuthorSession))
    db.session.commit()


def ended_by_another_key(browser: Browser) -> None:
    browser.app.config["SECRET_KEY"] = "another key of at least 32 characters"


@pytest.mark.parametrize("ended", [ended_by_idleness, ended_by_age, ended_in_the_list, ended_by_another_key])
def test_a_session_that_is_over_opens_nothing(author: Browser, ended: Callable[[Browser], None]):
    assert is_in(author)
    ended(author)
    assert not is_in(author)


def test_using_the_studio_keeps_the_session_alive(author: Browser):
    assert "Set-Cookie" not in author.get("/studio/").response.headers
    with author.client.session_transaction() as cookie:
        cookie["seen"] = before = int((now() - timedelta(days=6)).timestamp())
    assert "Set-Cookie" in author.get("/studio/").response.headers
    assert "Set-Cookie" not in author.get("/studio/").response.headers
    with author.client.session_transaction() as cookie:
        assert cookie["seen"] > before


def last_seen() -> datetime:
    return read(sa.select(AuthorSession.seen_at))[0]


def test_reading_leaves_no_trace_in_the_database_and_sending_a_form_does(author: Browser):
    long_ago = now() - timedelta(hours=2)
    db.session.execute(sa.update(AuthorSession).values(seen_at=long_ago))
    db.session.commit()
    page = author.get("/studio/account/")
    assert last_seen() == long_ago
    page.send("//form[@action='/studio/account/password']", status=422)
    assert last_seen() > long_ago


def test_sessions_that_are_over_are_swept_out_at_the_next_log_in(author: Browser):
    ended_by_age(author)
    logged_in(author.app)
    assert len(read(sa.select(AuthorSession))) == 1


# The log


def test_the_log_tells_who_came_from_which_network_and_how_it_ended(
    two_steps: list[str], app: Flask, caplog: pytest.LogCaptureFixture
):
    reader, hostile = Browser(app), "x\r\n{\"event\": \"log-in\"}\x1b[31m"  # fmt: skip
    with caplog.at_level(logging.INFO, "kblog.auth"):
        tried(reader, WRONG, "203.0.113.77")
        tried(reader, {"name": hostile, "password": PASSWORD})
        page = first_step(reader)
        page.send(FORM, {"code": "000000"}, status=422)
        page.send(FORM, {"code": code()})
        reader.get("/studio/").send("//header//form")
        for _ in range(6):
            last = tried(Browser(app), WRONG, "2001:db8:7:8::9")
    assert last.status_code == 429
    lines = [AsJson().format(record) for record in caplog.records if record.name == "kblog.auth"]
    events = [json.loads(line) for line in lines]
    told = [(each["event"], each["who"], each["network"]) for each in events]
    assert told[:5] == [
        ("log-in refused", NAME, "203.0.113.0/24"),
        ("log-in refused", None, "127.0.0.0/24"),
        ("code refused", NAME, "127.0.0.0/24"),
        ("log-in", NAME, "127.0.0.0/24"),
        ("log-out", NAME, "127.0.0.0/24"),
    ]
    assert told[-1] == ("too many tries", None, "2001:db8:7::/48")
    text = "\n".join(lines)
    assert len(text.splitlines()) == len(events)
    for secret in (PASSWORD, WRONG["password"], SECRET, code(), "203.0.113.77", "\x1b", "db8:7:8"):
        assert secret not in text


def test_the_log_is_written_where_warnings_alone_are_shown(app: Flask):
    assert logging.getLogger("kblog.auth").isEnabledFor(logging.INFO)
