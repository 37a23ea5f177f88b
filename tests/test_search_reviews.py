"""Searching by words: every spelling finds its review, nothing finds a spoiler, and no query breaks the page."""

import itertools
import json
import pathlib
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from kblog.db import db
from kblog.models import SearchEntry
from kblog.overview import Availability
from kblog.reviews import finding, queries
from kblog.reviews.filters import ReviewFilter

from .browser import HTMX, Browser, Page
from .builders import document, stored, stored_together
from .conftest import running

BODY = """
## Introduction

Two sisters keep a ferry timetable: a café by the pier, don’t blink. The Korean word is 미생물.

## Why It’s Special

The harbour‑master hums.

::: spoiler episodes 9-12
The lighthouse burned: arsonist Pyeongho did it.

> I lit the match.
> — Pyeongho, Episode 12
:::

## Memorable Lines

> Tides owe us nothing.
> — Yeo‑rae, Episode 4

::: spoiler
### Whose grave

> Cremation was my idea.
> — Halmeoni, Episode 16
:::
"""
DESCRIBED = document(
    slug="salt-ferry",
    headline="“Salt Ferry”—A timetable and two sisters",
    description="Kindling for a wet weekend.",
    other_titles=("Sogeum Nareutbae",),
    overview=[
        ("Title", "Salt Ferry (소금 나룻배)"),
        ("Genre", "Road movie"),
        ("Main Cast", "Lee Hanee (Honey Lee), Bang Hui‑won"),
        ("Director", "Jegal Yeon"),
    ],
    characters=(("Bang Hui‑won", "Nam Chun‑ja"),),
    hashtags=("#SaltFerry", "#WinterHarbourFilm", "#부산영화"),
    labels=("Slow Cinema",),
    availability=(Availability(platform="Kino Lumen"),),
    notes="Private reminder: zugzwang.",
    body=BODY,
)
OTHER = document(slug="other", overview=[("Title", "Platform Four"), ("Genre", "Romance")], body="A train, late.")

FOUND = {
    "title": "salt ferry",
    "title, other case": "SALT ferry",
    "title, first word only": "salt",
    "half a word": "fer",
    "native title": "소금 나룻배",
    "native title, decomposed": "\u1109\u1169\u1100\u1173\u11b7",
    "native title, inside a word": "룻배",
    "half a syllable": "나루",
    "native title, a lone jamo at the end": "나룻ㅂ",
    "other title": "sogeum nareutbae",
    "headline": "timetable",
    "person": "bang huiwon",
    "person, two words": "hui won",
    "person, plain hyphen": "hui-won",
    "person, U+2011": "hui\u2011won",
    "person, en dash": "Hui\u2013won",
    "person, minus": "hui\u2212won",
    "person, surname last": "hanee lee",
    "person's other spelling": "honey lee",
    "director": "jegal",
    "character": "chun-ja",
    "platform": "kino lumen",
    "genre phrase": "road movie",
    "hashtag with its sign": "#WinterHarbourFilm",
    "hashtag in words": "winter harbour film",
    "hashtag run together": "winterharbourfilm",
    "Hangul hashtag": "#부산영화",
    "label": "slow cinema",
    "heading, straight apostrophe": "why it's special",
    "heading, curly apostrophe": "why it’s special",
    "heading, no apostrophe": "why its special",
    "body": "timetable pier",
    "body, marks off": "cafe",
    "body, decomposed mark": "cafe\u0301",
    "body, apostrophe": "dont blink",
    "body, other apostrophe": "don\u02bct blink",
    "body, Hangul pair": "생물",
    "body, one syllable": "미",
    "description": "kindling weekend",
    "line": "tides owe us nothing",
    "line's speaker": "yeorae",
    "several places at once": "sisters honey 소금",
    "quoted": '"salt ferry"',
    "a zero-width space inside": "har\u200bbour",
    "a soft hyphen inside": "har\u00adbour",
    "a control character beside": "salt\x00 ferry\x07",
    "white space around": " \t\n salt \u00a0\u3000 ferry ",
}
NOT_FOUND = {
    "another word": "aeroplane",
    "one word of two": "salt aeroplane",
    "spoiler prose": "lighthouse",
    "spoiler's end": "arsonist",
    "spoiler's name": "pyeongho",
    "spoiler line": "lit the match",
    "a line in a later spoiler": "cremation",
    "its speaker": "halmeoni",
    "a heading in a spoiler": "grave",
    "the word spoiler": "spoiler",
    "author's notes": "zugzwang",
    "Markdown": "blockquote",
    "only signs": "!?",
    "negation of FTS": "salt NOT ferry aeroplane",
}
# Each names nothing; none may be read as syntax. The names of the index's columns are not searched either.
SYNTAX = (
    '"',
    '""',
    '"salt',
    "salt\"*'",
    "titles:salt",
    "titles : salt",
    "{titles body}:salt",
    "- titles:salt",
    "salt OR ferry",
    "salt AND ferry",
    "salt NOT ferry",
    "NEAR(salt ferry, 5)",
    "NOT",
    "OR OR",
    "salt*",
    "*",
    "^salt",
    "salt + ferry",
    "(salt",
    "salt)",
    "((((",
    "\\",
    "%",
    "_",
    "';DROP TABLE search_index;--",
    "rank MATCH 'bm25'",
    "salt\x00ferry",
    "\ud800",
    "a" * 10_000,
    "킬링" * 3_000,
    "a " * 3_000,
    "-" * 5_000,
    "e" + "\u0301" * 5_000,
    "𝕤𝕒𝕝𝕥 👩‍👩‍👧‍👦 ﷽",
)


@pytest.fixture(scope="module")
def ferry(empty_instance: pathlib.Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser on the ferry's review and one other, for tests that only read."""
    for app in running(empty_instance, tmp_path_factory.mktemp("ferry") / "instance"):
        stored_together(DESCRIBED, OTHER)
        yield Browser(app)


def found(browser: Browser, query: str, **more: str) -> list[str]:
    """The slugs that a search lists."""
    answer = browser.ask("/reviews/", query_string={"q": query, **more}, headers=HTMX)
    page = Page(browser, answer, query)
    assert page.status == 200, query
    slugs = [href.split("/")[2] for href in page.all("//article[contains(@class, 'card')]//h3/a/@href")]
    assert len(slugs) == int(page.one("//*[@id='results']").get("data-total"))
    return slugs


@pytest.mark.parametrize("query", FOUND.values(), ids=FOUND)
def test_every_spelling_finds_its_review(ferry: Browser, query: str):
    assert found(ferry, query) == ["salt-ferry"]


@pytest.mark.parametrize("query", NOT_FOUND.values(), ids=NOT_FOUND)
def test_what_is_hidden_or_not_there_is_not_found(ferry: Browser, query: str):
    assert found(ferry, query) == []


def test_no_query_is_syntax(ferry: Browser):
    for query in SYNTAX:
        assert set(found(ferry, query.encode("utf-8", "replace").decode())) <= {"other", "salt-ferry"}, query
    assert found(ferry, "titles:salt") == []
    assert found(ferry, "salt OR four") == []
    assert found(ferry, "salt NOT train") == []
    assert found(ferry, "(salt) + [ferry]*") == ["salt-ferry"]


def test_the_first_letter_of_a_syllable_asks_for_nothing_yet(ferry: Browser):
    assert sorted(found(ferry, "ㅅ")) == ["other", "salt-ferry"]


def test_an_empty_query_asks_for_nothing(ferry: Browser):
    for query in ("", " ", "\t\n"):
        assert sorted(found(ferry, query)) == ["other", "salt-ferry"]


def test_a_word_narrows_within_the_facets(ferry: Browser):
    assert found(ferry, "salt", genre="road-movie", person="lee-hanee") == ["salt-ferry"]
    assert found(ferry, "salt", genre="romance") == []
    assert found(ferry, "train", genre="romance") == ["other"]
    assert found(ferry, "salt", platform="kino-lumen", sort="title") == ["salt-ferry"]


def test_the_page_says_what_was_looked_for(ferry: Browser):
    page = ferry.get("/reviews/?q=%EC%86%8C%EA%B8%88")
    assert page.texts("//h2[@id='count']") == ["1 review for 소금"]
    assert page.one("//h2[@id='count']//span[@lang='ko']").text == "소금"
    assert page.one("//input[@id='q']").get("value") == "소금"
    nothing = ferry.get("/reviews/?q=%3Cb%3Enowhere")
    assert "Nothing found for “<b>nowhere”" in nothing.words
    assert nothing.all("//*[contains(@class, 'empty')]//a[@href='/genres/']")


def test_the_search_of_every_page_leads_to_the_list(ferry: Browser):
    form = ferry.get("/").one("//form[@role='search']")
    assert (form.get("action"), form.get("method")) == ("/reviews/", "get")
    assert [field.get("name") for field in form.xpath(".//input")] == ["q"]


def test_nothing_of_a_spoiler_is_in_the_index(ferry: Browser):
    with ferry.app.app_context():
        entry = db.session.get(SearchEntry, 1)
        assert entry is not None
        held = " ".join([entry.titles, entry.people, entry.tags, entry.headings, entry.body, entry.lines]).split()
    assert {"salt", "pier", "tides", "yeorae"} <= set(held)
    assert not {"lighthouse", "pyeongho", "match", "cremation", "halmeoni", "grave", "zugzwang"} & set(held)


CASTS = {
    "plain": "Lee Hanee",
    "Hangul": "Lee Hanee (이하늬)",
    "married": "Lee Hanee (Honey Lee)",
}


@pytest.mark.parametrize("order", list(itertools.permutations(CASTS)), ids=" ".join)
def test_a_spelling_given_by_one_review_finds_all_of_the_persons(reader: Browser, order: tuple[str, ...]):
    stored(slug="nobody", overview=(("Title", "Nobody"), ("Main Cast", "Gil Aram")))
    for name in order:
        stored(slug=name.lower(), overview=(("Title", name), ("Main Cast", CASTS[name]), ("Director", "Jegal Yeon")))
    for query in ("이하늬", "honey lee", "lee hanee", "hanee jegal"):
        assert sorted(found(reader, query)) == ["hangul", "married", "plain"], query


def test_a_spelling_within_one_batch_finds_the_earlier_ones_too(reader: Browser):
    stored_together(*(document(slug=name.lower(), overview=(("Main Cast", cast),)) for name, cast in CASTS.items()))
    assert sorted(found(reader, "이하늬")) == ["hangul", "married", "plain"]


def test_a_new_spelling_draws_no_earlier_text_again(reader: Browser):
    stored(slug="first", overview=(("Main Cast", "Lee Hanee"),), body="A pier.")
    db.session.execute(sa.update(SearchEntry).values(body="marker"))
    db.session.commit()
    stored(slug="second", overview=(("Main Cast", "Lee Hanee (이하늬)"),))
    assert found(reader, "marker 이하늬") == ["first"]


def test_a_comment_is_not_searched(reader: Browser):
    stored(comments=(), body="A pier.")
    assert found(reader, "pier") == ["paper-boats"]
    assert found(reader, "guest") == []


def test_of_titles_that_hold_the_words_the_newest_comes_first_on_each_engine(reader: Browser):
    titles = ("Lantern, Lantern, Lantern", "Lantern", "One Long Evening by the Light of a Lantern")
    for year, title in zip((2019, 2020, 2021), titles, strict=True):
        overview = (("Title", title),)
        stored(slug=f"of-{year}", headline=title, overview=overview, published_at=datetime(year, 3, 1, tzinfo=UTC))
    assert found(reader, "lantern") == ["of-2020", "of-2021", "of-2019"], "but what is called just that is the first"


def test_a_changed_text_is_found_by_its_new_words_only(reader: Browser):
    review = stored(body="A pier.")
    assert found(reader, "pier") == ["paper-boats"]
    review.body = "A quay.\n\n::: spoiler\nA pier.\n:::\n"
    db.session.commit()
    assert found(reader, "pier") == []
    assert found(reader, "quay") == ["paper-boats"]


def test_a_review_taken_away_is_found_no_more(reader: Browser):
    review = stored(body="A pier.")
    db.session.delete(review)
    db.session.commit()
    assert found(reader, "pier") == []


@given(text=st.text(max_size=300))
def test_any_text_at_all_is_a_query(ferry: Browser, text: str):
    with ferry.app.app_context():
        wanted, listed = ReviewFilter(text=text), queries.catalogue()
        bits = finding.find(text, listed).bits
        assert bits is None if not text else bits is not None
        assert listed.matching(wanted, bits).bit_count() <= 2


@pytest.mark.real_data
def test_every_naughty_string_is_a_query(ferry: Browser, data: pathlib.Path):
    strings = json.loads((data / "unicode" / "blns.json").read_text(encoding="utf-8"))
    assert len(strings) > 500
    with ferry.app.app_context():
        for naughty in strings:
            bits = finding.find(naughty, queries.catalogue()).bits
            assert (bits is None) == (naughty == "")
    for naughty in strings[::10]:
        assert len(found(ferry, naughty)) <= 2


KILLING, BREAKING = "Killing Romance", "Now, We Are Breaking Up"
PEOPLE_EXPECT = {
    "킬링": KILLING,
    "로맨스": KILLING,
    "로맨": KILLING,
    "킬링 로맨스": KILLING,
    "Sun-kyun": KILLING,
    "Sun\u2011kyun": KILLING,
    "Sunkyun": KILLING,
    "sun kyun": KILLING,
    "Yi Seon-gyun": KILLING,
    "Gong Myung": KILLING,
    "Gong Myoung": KILLING,
    "Gong Myeong": KILLING,
    "Myung": KILLING,
    "Myoung": KILLING,
    "Myeong": KILLING,
    "lets stop": BREAKING,
    "let’s stop": BREAKING,
    '"let’s stop"': BREAKING,
    "doesnt scream": BREAKING,
    "KillingRomance": KILLING,
    "pojangmacha": BREAKING,
    "cliche": KILLING,
}


@pytest.mark.real_data
def test_the_imported_blog_is_searched_as_a_person_would_expect(imported: Browser):
    for query, title in PEOPLE_EXPECT.items():
        for form in ("NFC", "NFD"):
            page = imported.get(f"/reviews/?{urlencode({'q': unicodedata.normalize(form, query)})}")
            listed = page.texts("//article[contains(@class, 'card')]//h3/a")
            assert listed[0] == title, (query, form, listed)
            assert len(listed) <= 2, (query, form, listed)  # the other long review may say it somewhere, too
            assert page.all("//article[1]//mark"), (query, form)


def test_a_search_costs_at_most_eight_queries(sample_app: Flask, at_most):
    browser = Browser(sample_app)
    finds = {
        "salt road": 1,
        "Seo Ha-jin": 1,
        "Seo Hajjin": 1,
        "promised wait": 2,
        "umbrella zeppelin": 0,
        "slat road": 0,
    }
    for query, number in finds.items():
        sample_app.extensions["kblog.cache"].things.clear()
        for _ in ("cold", "warm"):
            with at_most(queries=8):
                assert len(found(browser, query)) == number, query
