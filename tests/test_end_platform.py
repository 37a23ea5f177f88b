"""A platform closes or takes another name: what was there has left, its addresses explain, and it can be undone."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from kblog.db import db
from kblog.ledger import Availability
from kblog.models import Availability as Row
from kblog.models import AvailabilityChange, Review, Term
from kblog.reviews.routes import today

from .browser import Browser, Page
from .builders import document, stored, stored_together
from .conftest import read

LAST_DAY = date(2026, 3, 3)
PLATFORMS = "/studio/availability/platforms/"
WATCHA = f"{PLATFORMS}watcha/"
FORM = "//form[.//input[@name='active_to']]"
ENTRIES = (
    Availability("Watcha", "KR", checked_on=date(2026, 1, 2), link="https://watcha.example/boats", note="With ads."),
    Availability("Watcha", "US", status="not available", checked_on=date(2026, 1, 2)),
    Availability("Watcha", "JP", status="unknown"),
    Availability("Viki", "US", checked_on=date(2026, 1, 2)),
)


def statuses() -> list[str]:
    return [row.status for row in read(sa.select(Row).order_by(Row.id))]


def ended(author: Browser, successor: str = "Tving", *, status: int = 303, day: str = LAST_DAY.isoformat()) -> Page:
    return author.get(WATCHA).send(FORM, {"active_to": day, "successor": successor}, status=status)


@pytest.fixture
def app(app: Flask) -> Flask:
    """A site with a review that names two platforms, and another with a third."""
    stored_together(
        document(overview=[("Title", "Paper Boats")], availability=ENTRIES),
        document(slug="rain", overview=[("Title", "Rain")], availability=(Availability("Tving", "KR"),)),
    )
    return app


def test_what_was_there_has_left_and_what_never_was_stays_so(app: Flask, author: Browser):
    version = read(sa.select(Review.version).order_by(Review.id))[0]
    page = author.get(ended(author).response.location)
    assert "Watcha ended on 3 March 2026. 1 review says now that it has left." in page.texts(
        "//div[contains(@class, 'flash')]/span"
    )
    assert statuses() == ["left", "not available", "left", "available", "available"]
    first = read(sa.select(Row).order_by(Row.id))[0]
    assert (first.checked_on, first.link, first.note) == (today(), ENTRIES[0].link, "With ads.")
    assert [each.cause for each in read(sa.select(AvailabilityChange))] == ["ended", "ended"]
    assert read(sa.select(Review.version).order_by(Review.id))[0] == version + 1
    assert "ended 3 Mar 2026, then Tving" in author.get(PLATFORMS).words
    card = Browser(app).get("/reviews/paper-boats/").texts("//aside//dl/div[1]/dd")
    assert "No longer on Watcha in South Korea, checked" in " ".join(card)
    assert not [each for each in card if "Watcha" in each and "ago)" in each], "nothing of it is to be checked"


def test_its_addresses_go_on_and_explain(app: Flask, author: Browser):
    reader = Browser(app)
    assert "watcha" in reader.get("/reviews/").all("//input[@name='platform']/@value")
    ended(author)
    told = "Watcha closed on 3 March 2026. Its successor is Tving."
    page = reader.get("/platforms/watcha/")
    assert page.texts("//p[@class='note']") == [told]
    assert page.texts("//h2") == ["0 reviews", "Have left 1"]
    assert page.follow("Tving").url == "/platforms/tving/"
    assert "watcha" not in reader.get("/reviews/").all("//input[@name='platform']/@value")
    listed = reader.get("/reviews/?platform=watcha&platform=tving")
    assert listed.texts("//p[@class='note']") == [told]
    assert listed.one("//section[@id='results']").get("data-total") == "1"
    assert reader.get("/reviews/?platform=watcha").texts("//p[@class='note']") == [told]
    assert reader.get("/feeds/platform/watcha.atom")
    assert "/platforms/watcha/" not in reader.get("/platforms/").all("//main//a/@href")


def test_what_an_entry_still_says_counts_no_more(app: Flask, author: Browser):
    ended(author)
    stored(slug="late", overview=[("Title", "Late")], availability=(Availability("Watcha", "KR"),))
    reader = Browser(app)
    assert reader.get("/reviews/?platform=watcha").one("//section[@id='results']").get("data-total") == "0"
    assert reader.get("/platforms/watcha/").texts("//h2") == ["0 reviews", "Have left 2"]


def test_it_is_not_in_the_queue_any_more(author: Browser):
    def queue() -> str:
        return " ".join(author.get("/studio/availability/?show=all").texts("//ol[@class='queue']/li"))

    assert "Watcha" in queue()
    ended(author)
    assert "Watcha" not in queue()


def test_it_can_be_undone_but_not_over_what_was_said_since(app: Flask, author: Browser):
    ended(author)
    row = db.session.scalars(sa.select(Row).where(Row.region == "JP")).one()
    row.note = "Said since."
    db.session.commit()
    page = author.get(author.get(WATCHA).send("//section//form[contains(@action, '/go-on')]").response.location)
    assert "Watcha goes on. 1 review says what was said before." in page.texts("//div[contains(@class, 'flash')]/span")
    assert statuses() == ["available", "not available", "left", "available", "available"]
    first = read(sa.select(Row).order_by(Row.id))[0]
    assert (first.checked_on, first.link, first.note) == (ENTRIES[0].checked_on, ENTRIES[0].link, ENTRIES[0].note)
    assert not Browser(app).get("/platforms/watcha/").all("//p[@class='note']")


def test_it_can_be_undone_where_it_is_said_and_found_by_an_old_address(author: Browser):
    before = statuses()
    page = author.get(ended(author).response.location)
    author.get(page.send("//div[contains(@class, 'flash')]//form").response.location)
    assert statuses() == before
    names = page.follow("Its names and merges")
    names.send("//form[.//input[@name='moves']]", {"name": "Watcha Play", "moves": "y"})
    assert author.get(WATCHA).h1 == "Watcha Play"
    assert "It cannot come after itself." in ended(author, "Watcha", status=422).words


@pytest.mark.parametrize(
    ("day", "successor", "said"),
    [
        ("", "", "Give its last day."),
        ("soon", "", "Write the day as 2026-03-12."),
        ((date.today() + timedelta(days=2)).isoformat(), "", "That day has not come yet."),
        ("2026-03-03", " 왓챠 ", "It cannot come after itself."),
        ("2026-03-03", "x" * 301, "This is longer than 300 characters."),
    ],
)
def test_nonsense_is_refused_in_words_and_kept(author: Browser, day: str, successor: str, said: str):
    page = ended(author, successor, status=422, day=day)
    assert said in page.texts("//p[@class='error']")[0]
    assert page.one("//input[@name='active_to']").get("value") == day
    assert page.one("//input[@name='successor']").get("value") == successor
    assert "left" not in statuses()


def test_a_successor_that_no_review_knows_is_named_and_not_linked(app: Flask, author: Browser):
    ended(author, "Kino <Lumen>")
    page = Browser(app).get("/platforms/watcha/")
    assert page.texts("//p[@class='note']") == ["Watcha closed on 3 March 2026. Its successor is Kino <Lumen>."]
    assert not page.all("//p[@class='note']/a")
    assert [term.name for term in read(sa.select(Term).where(Term.slug.startswith("kino")))] == ["Kino <Lumen>"]


def test_what_is_no_platform_is_not_found(author: Browser):
    author.get(f"{PLATFORMS}paper-boats/", status=404)
    author.get(f"{PLATFORMS}%00/", status=404)
