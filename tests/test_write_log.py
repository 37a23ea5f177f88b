"""What the log tells: one event a line, enough to find what broke, and nothing that is nobody's business."""

import json
import logging
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask, request
from hypothesis import given
from hypothesis import strategies as st

from kblog import log
from kblog.config import Refused, read
from kblog.db import db

from .browser import Browser, Page, check
from .builders import stored
from .commenting import filled, moderated
from .conftest import PASSWORD, close, make_app

HOSTILE = 'x\r\n{"event": "log-in"}\x1b[31m\u2028\u202e\x9b\x00'


def record(event: str, **facts) -> logging.LogRecord:
    made = logging.LogRecord("kblog.auth", logging.INFO, "", 0, event, (), None)
    made.facts = facts
    return made


def lines(capsys: pytest.CaptureFixture) -> list[dict]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


@given(st.text(), st.text(st.characters()))
def test_an_event_is_one_line_of_json_whatever_it_says(event: str, said: str):
    line = log.AsJson().format(record(event.replace("%", ""), who=said))
    assert line.isascii()
    assert line.isprintable()
    assert len(line.splitlines()) == 1
    assert json.loads(line)["logger"] == "kblog.auth"


def test_a_field_is_cut_at_a_kilobyte():
    told = json.loads(log.AsJson().format(record("log-in", who="x" * 1_000_000, number=7)))
    assert (len(told["who"]), told["number"]) == (1024, 7)
    assert told["at"].endswith("+00:00")


def test_a_terminal_obeys_nothing_that_somebody_typed():
    line = log.AsWords().format(record("log-in refused", who=HOSTILE, network="203.0.113.0/24"))
    assert line.isprintable()
    assert line.endswith("\\x00 network=203.0.113.0/24")
    assert "info kblog.auth: log-in refused who=x" in line


def test_what_breaks_is_found_by_the_number_on_its_page(app: Flask, capsys: pytest.CaptureFixture):
    app.add_url_rule("/breaks/<slug>", view_func=lambda slug: 1 / 0)
    browser = Browser(app)
    answer = browser.ask("/breaks/paper-boats?q=my+secret", headers={"User-Agent": "Mozilla/5.0 (me)"})
    assert answer.status_code == 500
    (told,) = lines(capsys)
    assert told["request"] == answer.headers["X-Request-ID"]
    assert f"<code>{told['request']}</code>" in answer.text
    assert (told["event"], told["level"], told["method"]) == ("broken", "error", "GET")
    assert told["route"] == "/breaks/<slug>"
    assert told["given"] == "{'slug': 'paper-boats'}"
    assert told["error"] == "ZeroDivisionError: division by zero"
    assert told["steps"][-1].startswith(__file__)
    for private in ("my secret", "my+secret", "Mozilla", "127.0.0.1"):
        assert private not in json.dumps(told)
    again = browser.ask("/breaks/paper-boats")
    assert again.headers["X-Request-ID"] != told["request"]


def test_an_error_of_the_database_tells_no_ones_words(app: Flask, capsys: pytest.CaptureFixture):
    def fails():
        db.session.execute(sa.text("SELECT * FROM no_table WHERE x = :words"), {"words": request.args["q"]})

    app.add_url_rule("/fails", view_func=fails)
    assert Browser(app).ask("/fails?q=diary").status_code == 500
    (told,) = lines(capsys)
    assert "no_table" in told["error"]
    assert "diary" not in json.dumps(told)


def test_the_key_in_an_address_is_not_told(app: Flask, capsys: pytest.CaptureFixture):
    app.add_url_rule("/opens/<token>/", view_func=lambda token: 1 / 0)
    assert Browser(app).ask("/opens/my-key/").status_code == 500
    (told,) = lines(capsys)
    assert "my-key" not in json.dumps(told)
    assert told["route"] == "/opens/<token>/"


def test_what_is_refused_is_told_without_what_was_sent(app: Flask, reader: Browser, capsys: pytest.CaptureFixture):
    sent = {"name": "Mina", "password": PASSWORD}
    reader.post("/studio/login", sent, status=403, headers={"Origin": f"https://evil.example/{'x' * 5000}"})
    (told,) = lines(capsys)
    assert (told["event"], told["route"], told["method"]) == ("refused from another site", "/studio/login", "POST")
    assert told["Origin"].startswith("https://evil.example/")
    assert len(told["Origin"]) == 1024
    assert PASSWORD not in json.dumps(told)


def test_comments_beyond_the_limit_are_told_by_their_network(app: Flask, capsys: pytest.CaptureFixture):
    stored()
    reader = Browser(moderated(app, "none"))
    for number in range(6):
        sent = filled(reader, body=f"Words {number}")
        last = reader.ask("/reviews/paper-boats/comments", "POST", data=sent, headers={"Origin": "http://localhost"})
    assert last.status_code == 429
    (told,) = lines(capsys)
    assert (told["event"], told["network"]) == ("too many comments", "127.0.0.0/24")
    assert "Words" not in json.dumps(told)


def test_reading_is_not_noted_and_changes_no_header(samples: Browser, capsys: pytest.CaptureFixture):
    for url in ("/", "/reviews/", "/nowhere", "/feeds/reviews.atom", "/static/kblog.css"):
        with samples.ask(url) as one, samples.ask(url) as other:
            assert list(one.headers) == list(other.headers)
            assert "X-Request-ID" not in one.headers
    assert lines(capsys) == []


def test_the_form_of_the_log_is_chosen_and_is_json_where_nobody_looks_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
):
    for chosen, is_terminal, is_json in (("", False, True), ("", True, False), ("text", False, False)):
        monkeypatch.setattr(sys.stderr, "isatty", lambda is_terminal=is_terminal: is_terminal)
        app = make_app(tmp_path, log=chosen)
        app.logger.warning("hello")
        said = capsys.readouterr().err
        assert said.startswith("{") == is_json, said
        assert len(said.splitlines()) == 1
        with app.app_context():
            close(app)
    with pytest.raises(Refused, match="KBLOG_LOG='xml': choose json or text"):
        read({"KBLOG_LOG": "xml"})


def test_a_broken_page_keeps_the_rules(app: Flask):
    app.add_url_rule("/breaks", view_func=lambda: 1 / 0)
    page = Browser(app)
    answer = page.ask("/breaks")
    assert "Whoever runs this site finds it in the log as" in answer.text
    check(Page(page, answer, "/breaks"))
