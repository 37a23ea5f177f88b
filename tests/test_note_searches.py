"""Searches that found nothing: noted without who asked, once what was typed is over, and let go of in time."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from kblog import background
from kblog.db import db, now
from kblog.models import Setting, VainSearch, site
from kblog.reviews.routes import today
from kblog.traffic.searches import MOST_A_DAY, Searches

from .browser import HTMX, Browser
from .builders import stored
from .chromium import served
from .test_count_views import FIREFOX

ENDED = {"Search-Ended": "1"}


def gathered(app: Flask) -> Searches:
    db.session.rollback()  # or the writer waits for what the test has read
    return app.extensions["kblog.searches"]


def noted() -> dict[str, int]:
    """Return what is kept, the words with their number."""
    found = dict(db.session.execute(sa.select(VainSearch.words, VainSearch.times)).all())
    db.session.rollback()  # or the writer's next transaction waits for this one
    return found


def search(reader: Browser, words: str, *, path: str = "/reviews/", **headers: str) -> None:
    reader.get(f"{path}?{urlencode({'q': words})}", headers={**FIREFOX, **headers})


def test_a_search_that_finds_nothing_is_noted_each_time_also_from_a_kept_page(reader: Browser, app: Flask):
    stored()
    for words in ("Moon Lovers", "Moon Lovers", "moon  lovers", "달의 연인", "Paper Boats", "paper"):
        search(reader, words)
    assert noted() == {}, "reading wrote"
    assert gathered(app).write() == 4
    search(reader, "달의 연인")
    assert gathered(app).write() == 1
    assert noted() == {"Moon Lovers": 3, "달의 연인": 2}


def test_the_same_letters_are_the_same_words(reader: Browser, app: Flask):
    stored()
    for words in ("\u1103\u1161\u11af", "달", "  달 ", "Café", "cafe\u0301"):
        search(reader, words)
    gathered(app).write()
    assert noted() == {"달": 3, "Café": 2}


@pytest.mark.parametrize("words", ["", "?!", "   ", "\u200b"])
def test_what_asks_for_nothing_is_not_noted(reader: Browser, app: Flask, words: str):
    stored()
    search(reader, words)
    assert gathered(app).write() == 0


@pytest.mark.parametrize(
    "words", ["ottilie@example.org", "010-1234-5678", "call 02 345 6789 0", "+82 (10) 1234 5678", "8001011234567"]
)
def test_what_may_be_somebodys_is_counted_without_its_words(reader: Browser, app: Flask, words: str):
    stored()
    search(reader, words)
    gathered(app).write()
    assert noted() == {"": 1}


@pytest.mark.parametrize("words", ["Reply 1988", "2046", "1987: When the Day Comes", "24 hours 7 days"])
def test_numbers_in_titles_are_kept(reader: Browser, app: Flask, words: str):
    stored()
    search(reader, words)
    gathered(app).write()
    assert noted() == {words: 1}


def test_long_words_are_cut(reader: Browser, app: Flask):
    stored()
    search(reader, "가" * 180)
    gathered(app).write()
    assert noted() == {"가" * 100: 1}


@pytest.mark.parametrize(
    "headers",
    [
        {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {"User-Agent": "curl/8.14.1"},
        {"User-Agent": ""},
        {"Sec-Purpose": "prefetch;prerender"},
    ],
)
def test_programs_and_reading_ahead_are_not_noted(reader: Browser, app: Flask, headers: dict):
    stored()
    search(reader, "Moon Lovers", **headers)
    assert gathered(app).write() == 0


def test_each_letter_on_the_way_is_not_noted_but_what_stands_at_the_end(reader: Browser, app: Flask):
    stored()
    for words in ("m", "mo", "moo", "moon", "moon l"):
        search(reader, words, **HTMX)
    assert gathered(app).write() == 0
    search(reader, "moon l", **HTMX, **ENDED)
    search(reader, "moon l", **HTMX, **ENDED)  # Enter says so twice: the field has changed, and the form is sent
    gathered(app).write()
    assert noted() == {"moon l": 1}


def test_filters_that_leave_nothing_of_what_was_found_make_no_search_in_vain(reader: Browser, app: Flask):
    stored()
    reader.get("/reviews/?q=paper&year=1999", headers=FIREFOX)
    reader.get("/reviews/?year=1999", headers=FIREFOX)
    assert gathered(app).write() == 0


def test_noting_leaves_every_kept_page_as_it_is_and_sets_nothing(reader: Browser, app: Flask):
    stored()
    version = site().version
    db.session.rollback()
    before = reader.get("/reviews/?q=moon", headers=FIREFOX).response.headers["ETag"]
    gathered(app).write()
    assert site().version == version
    after = reader.get("/reviews/?q=moon", headers=FIREFOX).response
    assert after.headers["ETag"] == before
    assert "Set-Cookie" not in after.headers


def test_nothing_is_kept_that_tells_who_asked():
    assert set(VainSearch.__table__.columns.keys()) == {"day", "folded", "words", "times"}
    assert isinstance(VainSearch.__table__.c.day.type, sa.Date)


def test_the_day_is_that_of_the_site(reader: Browser, app: Flask):
    stored()
    setting = Setting(name="time_zone", value="")
    db.session.add(setting)
    there = {}
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):  # 25 hours apart: it is never the same day in both
        setting.value = zone
        db.session.commit()
        there[zone] = datetime.now(ZoneInfo(zone)).date()
        search(reader, "moon")
        search(reader, zone)
        gathered(app).write()
    found = db.session.execute(sa.select(VainSearch.words, VainSearch.day)).all()
    assert {(each.words, each.day) for each in found} == {
        *there.items(),
        *(("moon", day) for day in there.values()),
    }


def test_the_authors_own_searches_and_views_do_not_count(author: Browser, app: Flask):
    stored()
    search(author, "moon")
    author.get("/reviews/paper-boats/", headers=FIREFOX)
    assert gathered(app).write() == app.extensions["kblog.traffic"].write() == 0


def test_beyond_a_days_worth_of_different_words_only_their_number_is_kept(app: Flask):
    day = today()
    for n in range(MOST_A_DAY - 2):
        gathered(app).add(f"word {n}", day)
    gathered(app).write()
    for n in range(MOST_A_DAY + 10):
        gathered(app).note(f"other {n}", day)
    assert len(gathered(app).counted) <= MOST_A_DAY + 1, "memory has its end, too"
    gathered(app).note("word 1", day)
    gathered(app).write()
    gathered(app).note("other 600", day)
    gathered(app).note("word 1", day)
    gathered(app).note("elsewhere", day + timedelta(days=1))
    gathered(app).write()
    found = noted()
    assert len(found) == MOST_A_DAY + 2  # and the others, and another day's
    assert sum(found.values()) == MOST_A_DAY - 2 + MOST_A_DAY + 10 + 1 + 3
    assert found["elsewhere"] == 1
    assert found["word 1"] >= 2


def test_what_is_older_than_ninety_days_is_let_go_of(app: Flask):
    day = now().date()
    for ago in (0, 89, 90, 91, 400):
        db.session.add(VainSearch(day=day - timedelta(days=ago), folded=f"{ago}", words=f"{ago}", times=1))
    db.session.commit()
    background.of(app).do("old searches")
    assert sorted(noted()) == ["0", "89", "90"]
    background.of(app).do("old searches")
    assert sorted(noted()) == ["0", "89", "90"]


def test_what_cannot_be_written_is_tried_again(app: Flask):
    day = today()
    gathered(app).note("moon", day)
    with db.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE vain_search RENAME TO away"))
    assert gathered(app).write() == 0
    with db.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE away RENAME TO vain_search"))
    background.of(app).end()
    assert noted() == {"moon": 1}


# Typed in a real browser


@pytest.fixture
def browse(app: Flask, new_context: Callable[..., BrowserContext]) -> Iterator[Page]:
    """The list of reviews, before a reader whose browser does not say that a program drives it."""
    stored()
    with served(app) as address:
        page = new_context(user_agent=FIREFOX["User-Agent"]).new_page()
        page.goto(f"{address}/reviews/")
        yield page


@pytest.mark.browser
def test_typing_letter_by_letter_is_one_search(browse: Page, app: Flask):
    browse.locator("#q").press_sequentially("moon lovers", delay=320)  # each letter is asked for
    expect(browse.locator("#count")).to_contain_text("0 reviews for moon lovers")
    assert gathered(app).write() == 0
    with browse.expect_response(lambda answer: "search-ended" in answer.request.headers):
        browse.keyboard.press("Enter")
    expect(browse.locator("#browse:not([aria-busy])")).to_have_count(1)
    gathered(app).write()
    assert noted() == {"moon lovers": 1}


@pytest.mark.browser
def test_leaving_the_field_ends_a_search_and_a_filter_does_not(browse: Page, app: Flask):
    browse.locator("#q").fill("moon")
    expect(browse.locator("#count")).to_contain_text("0 reviews for moon")
    with browse.expect_response(lambda answer: "search-ended" in answer.request.headers):
        browse.locator("h1").click()
    expect(browse.locator("#browse:not([aria-busy])")).to_have_count(1)
    gathered(app).write()
    assert noted() == {"moon": 1}
