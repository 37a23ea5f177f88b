"""Jobs in the background: done when due, when wanted and at the end; one that fails stops no other."""

import logging
import threading

import pytest
from flask import Flask, current_app

from kblog import background
from kblog.background import Background

LONG = 3600


@pytest.fixture
def work(app: Flask):
    made = Background(app)
    yield made
    made.end()


def test_a_job_is_done_when_it_is_due(work: Background):
    done = threading.Event()
    work.add("soon", done.set, every=0.01)
    work.allow(at_once=True)
    assert done.wait(10)


def test_a_job_that_is_wanted_does_not_wait_for_its_time(work: Background):
    done = threading.Event()
    work.add("later", done.set, every=LONG)
    work.allow(at_once=True)
    assert not done.wait(0.1)
    work.want("later")
    assert done.wait(10)


def test_no_thread_begins_where_none_is_allowed(work: Background):
    work.add("never", lambda: None, every=LONG)
    work.want("never")
    assert work.thread is None


def test_a_thread_begins_with_the_first_thing_wanted(work: Background):
    done = threading.Event()
    work.add("later", done.set, every=LONG)
    work.allow(at_once=False)
    assert work.thread is None
    work.want("later")
    assert done.wait(10)


def test_what_says_that_more_waits_comes_again_after_the_others(work: Background):
    order: list[str] = []
    over = threading.Event()

    def many() -> bool:
        order.append("many")
        return order.count("many") < 3

    def one() -> None:
        order.append("one")

    def last() -> None:
        if order.count("many") == 3:
            over.set()

    for name, job in (("many", many), ("one", one)):
        work.add(name, job, every=LONG)
        work.want(name)
    work.add("last", last, every=0.01)
    work.allow(at_once=True)
    assert over.wait(10)
    assert order == ["many", "one", "many", "many"]


def test_a_job_has_the_app_at_hand(work: Background, app: Flask):
    seen = []
    work.add("look", lambda: seen.append(current_app.config["KBLOG"]), every=LONG)
    work.do("look")
    assert seen == [app.config["KBLOG"]]


def test_one_that_fails_is_said_once_and_stops_no_other(work: Background, caplog: pytest.LogCaptureFixture):
    done = threading.Event()
    work.add("fails", lambda: 1 / 0, every=LONG)
    work.add("works", done.set, every=LONG)
    with caplog.at_level(logging.ERROR, "kblog.background"):
        work.do("fails")
        work.do("fails")
        work.allow(at_once=True)
        work.want("fails")
        work.want("works")
        assert done.wait(10)
    assert len(caplog.records) == 1
    assert vars(caplog.records[0])["facts"] == {"job": "fails"}


def test_at_the_end_what_must_not_be_lost_is_done_once_more(app: Flask):
    work, done = Background(app), []
    work.add("views", lambda: done.append("views"), every=LONG, at_the_end=True)
    work.add("other", lambda: done.append("other"), every=LONG)
    work.allow(at_once=True)
    work.end()
    assert done == ["views"]
    assert work.thread is not None
    assert not work.thread.is_alive()


def test_the_site_writes_its_views_there(app: Flask):
    assert "views" in background.of(app).jobs
