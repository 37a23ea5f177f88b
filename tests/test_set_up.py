"""How a new site gets its author: by the link that `make run` prints, or from the shell."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import urlopen

import pytest
import sqlalchemy as sa
from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from pyotp.totp import TOTP

from kblog.auth import author as authors
from kblog.auth import codes, seals
from kblog.auth.log_in import Tries
from kblog.db import db, now
from kblog.models import Attempt, Author, AuthorSession, Setting

from . import engines
from .browser import Browser, Page
from .conftest import NAME, PASSWORD, logged_in, read, with_author

FORM = "//main//form"
ROOT = Path(__file__).resolve().parents[1]


def link(app: Flask) -> str:
    return f"/studio/setup?token={seals.SET_UP.sign(app.config['SECRET_KEY'], 'author')}"


def filled(page: Page, status: int = 303, **typed: str) -> Page:
    return page.send(FORM, {"name": NAME, "password": PASSWORD, "again": PASSWORD, **typed}, status=status)


def run(app: Flask, *arguments: str, said: str = "") -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["author", *arguments], input=said)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def is_in(browser: Browser) -> bool:
    return browser.ask("/studio/").status_code == 200


# The link


def test_the_link_makes_the_author_and_lets_them_in(app: Flask, reader: Browser):
    page = filled(reader.get(link(app)))
    assert page.response.location == "/studio/"
    assert NAME in reader.get("/studio/").words
    assert read(sa.select(Author.name)) == [NAME]
    assert read(sa.select(Setting.value).where(Setting.name == "author")) == [NAME]
    Browser(app).post("/studio/login", {"name": NAME, "password": PASSWORD})


def test_a_site_that_names_its_author_already_keeps_the_name(app: Flask, reader: Browser):
    db.session.add(Setting(name="author", value="The night desk"))
    db.session.commit()
    filled(reader.get(link(app)))
    assert read(sa.select(Setting.value).where(Setting.name == "author")) == ["The night desk"]


def test_the_name_of_the_samples_gives_way_to_the_authors(sample_app: Flask):
    reader = Browser(sample_app)
    filled(reader.get(link(sample_app)))
    assert read(sa.select(Setting.value).where(Setting.name == "author")) == [NAME]
    assert NAME in reader.get("/reviews/paper-umbrella/").one("//div[@class='byline']").text_content()


def test_the_link_is_dead_once_there_is_an_author(app: Flask, reader: Browser):
    page = reader.get(link(app))
    filled(page)
    stranger = Browser(app)
    for url in (link(app), page.url):
        assert stranger.get(url, status=302).response.location.startswith("/studio/login?next=")
    assert reader.get(link(app), status=302).response.location == "/studio/"
    stranger.post(
        "/studio/setup",
        dict(page.fields(FORM)) | {"name": "Mallory", "password": PASSWORD, "again": PASSWORD},
        status=401,
    )
    assert read(sa.select(Author.name)) == [NAME]


@pytest.mark.makes_database
def test_the_server_prints_the_link_until_there_is_an_author(tmp_path: Path):
    environ = {"PATH": os.environ["PATH"], "KBLOG_INSTANCE": str(tmp_path), "KBLOG_DEMO": "0", "KBLOG_WORKERS": "1"}
    for is_first in (True, False):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [sys.executable, "-m", "flask", "--app", "app", "serve"]
        server = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**environ, "PORT": str(port)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            assert server.stdout
            assert server.stdout.readline() == f"K-Blog is at http://127.0.0.1:{port}/ (stop it with Ctrl+C)\n"
            if is_first:
                said = server.stdout.readline()
                found = re.fullmatch(
                    r"Set the studio up, within 24 hours: (http://127\.0\.0\.1:\d+/studio/setup\?\S+)\n", said
                )
                assert found, said
                assert "Set up the studio" in opened(found[1])
                make = [sys.executable, "-m", "flask", "--app", "app", "author", "create", NAME]
                subprocess.run(make, cwd=ROOT, env=environ, input=PASSWORD, text=True, check=True, capture_output=True)
        finally:
            os.killpg(server.pid, signal.SIGKILL)  # it may be about to become granian, which is deaf meanwhile
            printed, _ = server.communicate(timeout=30)
        assert "setup" not in printed


def opened(url: str) -> str:
    """Read a page of a server that may still be starting."""
    for _ in range(100):
        try:
            with urlopen(url, timeout=10) as answer:
                return answer.read().decode()
        except URLError as error:
            if not isinstance(error.reason, ConnectionRefusedError):
                raise
            time.sleep(0.1)
    return pytest.fail(f"nobody answers at {url}")


# Who may not


def test_without_the_link_nobody_sets_anything_up(app: Flask, reader: Browser):
    key = app.config["SECRET_KEY"]
    forged = (
        "",
        "x",
        seals.SET_UP.sign("another key", "author"),
        seals.FIRST_STEP.sign(key, "author"),
        seals.KNOWN_DEVICE.sign(key, "author"),
        URLSafeTimedSerializer(key).dumps("author"),
    )
    typed = {"name": NAME, "password": PASSWORD, "again": PASSWORD}
    for token in forged:
        page = reader.get(f"/studio/setup?token={quote(token)}", status=403)
        assert page.h1 == "That set-up link is not good any more."
        reader.post("/studio/setup", {**typed, "token": token}, status=403)
        reader.post(f"/studio/setup?token={quote(token)}", typed, status=403)
    assert not read(sa.select(Author))


def test_the_link_lasts_a_day(app: Flask, reader: Browser):
    old = seals.Seal(seals.SET_UP.purpose, timedelta(0)).sign(app.config["SECRET_KEY"], "author")
    short = seals.Seal(seals.SET_UP.purpose, timedelta(seconds=-1))
    assert short.read(app.config["SECRET_KEY"], old) == ""
    assert timedelta(hours=24) == seals.SET_UP.lasts


# Bad input


@pytest.mark.parametrize(
    ("typed", "wrong", "sentence"),
    [
        ({"name": " "}, "name", "Add a name."),
        ({"name": "x" * 61}, "name", "Use at most 60 characters; this has 61."),
        ({"name": "a\u202eb"}, "name", "Use letters that can be seen."),
        ({"name": "a\tb"}, "name", "Use letters that can be seen."),
        ({"password": "too short", "again": "too short"}, "password", "Use at least 15 characters; this has 9."),
        ({"password": "passwordpassword1", "again": "passwordpassword1"}, "password", "That is easy to guess"),
        ({"again": PASSWORD + "!"}, "again", "The two passwords differ."),
        (
            {"name": "Bae Harin", "password": "bae harin bae harin", "again": "bae harin bae harin"},
            "password",
            "That is little",
        ),
    ],
)
def test_what_will_not_do_is_said_beside_its_field(app: Flask, reader: Browser, typed: dict, wrong: str, sentence: str):
    page = filled(reader.get(link(app)), 422, **typed)
    (field,) = page.all("//input[@aria-invalid='true']")
    assert field.get("name") == wrong
    assert "autofocus" in field.attrib
    described = field.get("aria-describedby").split()[0]
    assert page.one(f"//*[@id='{described}']").text.startswith(sentence)
    assert page.one("//input[@name='name']").get("value") == typed.get("name", NAME)
    assert not page.all("//input[@type='password'][@value]")
    assert not read(sa.select(Author))
    filled(page)
    assert is_in(reader)


# From the shell


def test_the_shell_makes_the_author_of_a_line(app: Flask, reader: Browser):
    assert run(app, "create", NAME, said=f"{PASSWORD}\n") == (0, f"{NAME} can sign in at /studio/login.\n")
    reader.post("/studio/login", {"name": NAME, "password": PASSWORD})
    assert is_in(reader)


@pytest.mark.parametrize(
    ("name", "said", "sentence"),
    [
        (NAME, "", "Use at least 15 characters; this has 0."),
        (NAME, "too short\n", "Use at least 15 characters; this has 9."),
        (" ", PASSWORD, "Add a name."),
        ("a\x1b[31m", PASSWORD, "Use letters that can be seen."),
    ],
)
def test_the_shell_refuses_what_the_page_refuses(app: Flask, name: str, said: str, sentence: str):
    code, output = run(app, "create", name, said=said)
    assert code == 1
    assert output == f"Error: {sentence}\n"
    assert not read(sa.select(Author))


def test_there_is_never_a_second_author(app: Flask):
    with_author(app)
    code, output = run(app, "create", "Mallory", said=PASSWORD)
    assert (code, output[:34]) == (1, "Error: There is an author already;")
    with pytest.raises(authors.AlreadyThere):
        authors.create(db.session(), name="Mallory", password_hash="x", moment=now())
    db.session.rollback()
    assert read(sa.select(Author.name)) == [NAME]


def test_the_shell_is_the_way_back_in(app: Flask):
    lost = logged_in(app)
    tries = Tries("log-in", network="203.0.113.0/24", device="")
    for minute in range(20):
        assert tries.take(db.session(), now() - timedelta(minutes=minute)) == 0
    db.session.commit()
    another = "eleven ferries and no umbrella"
    code, output = run(app, "password", said=f"{another}\n")
    assert (code, output) == (0, f"The password of {NAME} is changed; 1 session ended.\n")
    assert not is_in(lost)
    assert not read(sa.select(AuthorSession))
    stranger = Browser(app)
    stranger.post("/studio/login", {"name": NAME, "password": PASSWORD}, status=422)
    stranger.post("/studio/login", {"name": NAME, "password": another})
    assert (
        db.session.scalars(sa.select(Attempt.bucket).where(Attempt.bucket == "log-in:account")).all()
        == ["log-in:account"] * 2
    )


def test_the_shell_turns_the_second_step_off(app: Flask, reader: Browser):
    with_author(app)
    authors.turn_second_step_on(db.session(), codes.new_secret(), 0)
    db.session.commit()
    assert run(app, "totp") == (0, "The second step is off: the password alone opens the studio.\n")
    reader.post("/studio/login", {"name": NAME, "password": PASSWORD})
    assert is_in(reader)


def test_the_shell_turns_the_second_step_on_once_a_code_shows_that_it_works(app: Flask):
    environ = {"PATH": os.environ["PATH"], "KBLOG_INSTANCE": str(app.config["KBLOG"].instance)}
    environ |= engines.settings(app.config["KBLOG"].instance)
    with_author(app)
    assert run(app, "totp", said="123456\n")[0] == 1
    command = [sys.executable, "-m", "flask", "--app", "app", "author", "totp"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=ROOT, env={**environ, "PYTHONUNBUFFERED": "1"}, **pipes) as shell:
        secret = shell.stdout.readline().removeprefix("Secret: ").strip()
        assert shell.stdout.readline().startswith("otpauth://totp/")
        printed, _ = shell.communicate(TOTP(secret).now() + "\n", timeout=60)
    assert shell.returncode == 0
    lines = printed.splitlines()
    assert lines[0] == "The second step is on. Recovery codes, each good once:"
    assert len(lines) == 11
    assert read(sa.select(Author.totp_secret)) == [secret]


@pytest.mark.parametrize("command", ["password", "totp"])
def test_where_there_is_no_author_the_shell_says_so(app: Flask, command: str):
    code, output = run(app, command, said=PASSWORD)
    assert (code, output) == (1, "Error: There is no author yet; `flask author create NAME` makes one.\n")
