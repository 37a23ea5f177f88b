"""The author decides what the site is called, what it says of itself, who writes it and where its days begin."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
import sqlalchemy as sa

from kblog.db import db, now
from kblog.models import AuthorSession, ContentVersion, Setting
from kblog.models.site import Site
from kblog.studio import zones

from .browser import HTMX, Browser, Page
from .builders import comments, stored
from .conftest import NAME, PASSWORD, read

SETTINGS = "/studio/settings/"
FORM = "//form[contains(@action, '/settings/site')]"


def change(browser: Browser, /, status: int = 303, **fields: str) -> Page:
    return browser.get(SETTINGS).send(FORM, fields, status=status)


def kept() -> dict[str, str]:
    """What the database holds of the settings."""
    return {setting.name: setting.value for setting in read(sa.select(Setting))}


def version() -> int:
    return read(sa.select(ContentVersion.version))[0]


# Every page shows it at once


def test_the_name_is_on_every_page_and_in_every_feed_at_once(author: Browser):
    stored(comments=comments(1))
    reader = Browser(author.app)
    urls = ["/", "/reviews/", "/reviews/paper-boats/", "/archive/", "/pages/about/", "/people/"]
    tags = {url: reader.get(url).response.headers["ETag"] for url in urls}
    said = author.get(change(author, name="Slow Boats 느린 배").response.location)
    assert "Every page shows it now." in said.words
    for url in urls:
        page = reader.get(url, headers={"If-None-Match": tags[url]})
        assert page.texts("//header//a[@class='brand']") == ["평 Slow Boats 느린 배"]
        assert "Slow Boats 느린 배" in page.title
        assert "K-Blog" not in page.text
    assert reader.get("/").all("//header//a[@class='brand']/span[@lang='ko' and text()='느린 배']")
    for url in ("/feeds/reviews.atom", "/feeds/comments.atom"):
        assert "<title>Slow Boats 느린 배" in reader.get(url).text
    assert "Slow Boats 느린 배 Studio" in author.get("/studio/").title


def test_the_description_is_word_for_word_on_the_front_page(author: Browser):
    words = "Dramas & films, “slowly” — 천천히. 1 < 2"
    change(author, description=f"  {words} \r\n")
    home = Browser(author.app).get("/")
    assert home.texts("//p[@class='site-description']") == [words]
    assert home.one("//meta[@name='description']").get("content") == words


def test_the_authors_name_is_in_bylines_and_feeds_and_not_what_they_sign_in_with(author: Browser):
    stored()
    change(author, author="하린")
    reader = Browser(author.app)
    assert reader.get("/reviews/paper-boats/").texts("//a[@rel='author']") == ["하린"]
    assert "<name>하린</name>" in reader.get("/feeds/reviews.atom").text
    assert f"You are signed in as {NAME}." in author.get("/studio/").words
    change(author, author="")
    assert not reader.get("/reviews/paper-boats/").all("//a[@rel='author']")


def test_the_time_zone_says_in_which_month_a_review_stands(author: Browser):
    stored(published_at=datetime(2026, 3, 31, 23, 30, tzinfo=UTC))
    reader = Browser(author.app)
    assert "Paper Boats" in reader.get("/archive/2026/03/").words
    change(author, time_zone="Asia/Seoul")
    assert "Paper Boats" in reader.get("/archive/2026/04/").words
    assert "/archive/2026/04/" in reader.get("/sitemap.xml").text
    assert "1 April 2026" in reader.get("/reviews/paper-boats/").words


def test_the_moment_of_the_zone_is_printed_beside_it(author: Browser):
    change(author, time_zone="Pacific/Kiritimati")
    page = author.get(SETTINGS)
    there = datetime.now(ZoneInfo("Pacific/Kiritimati"))
    near = [f"{each.day} {each:%B %Y, %H:%M}" for each in (there, there - timedelta(minutes=1))]
    assert any(each in page.texts("//*[@id='moment']")[0] for each in near)
    assert page.texts("//select[@id='time_zone']/option") == ["Kiritimati"]
    assert page.one("//select[@id='time_zone']/option").get("selected") is not None


def test_the_moment_of_another_zone_is_told_before_it_is_chosen(author: Browser):
    page = author.get(SETTINGS)
    typed = [(name, {"time_zone": "Asia/Seoul"}.get(name, value)) for name, value in page.fields(FORM)]
    answer = author.post(f"{SETTINGS}moment", typed, status=200, headers=HTMX)
    told = datetime.strptime(answer.one("//time").get("datetime"), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert now() - told < timedelta(minutes=1)
    assert told.astimezone(ZoneInfo("Asia/Seoul")).strftime("%H:%M") in answer.text
    assert kept().get("time_zone") is None


def test_every_zone_can_be_chosen_by_its_region(author: Browser):
    page = author.get(SETTINGS)
    assert page.all("//optgroup/@label")[:3] == ["UTC", "Africa", "America"]
    offered = page.all("//optgroup/option/@value")
    assert set(offered) == zones.names()
    assert len(offered) == len(set(offered))
    assert available_timezones() - set(offered) <= zones.NO_ZONES
    assert page.one("//option[@value='America/Argentina/Buenos_Aires']").text == "Argentina: Buenos Aires"


def test_what_is_the_same_changes_nothing(author: Browser):
    change(author, name="Slow Boats")
    before = version()
    change(author)
    assert version() == before
    change(author, name="Fast Boats")
    assert version() == before + 1


def test_an_emptied_description_is_the_built_in_one_again(author: Browser):
    change(author, description="Slow.")
    change(author, description="")
    assert Browser(author.app).get("/").texts("//p[@class='site-description']") == [Site().description]


# Who may not


def test_a_reader_cannot_change_them(author: Browser):
    before = kept()
    fields = {**dict(author.get(SETTINGS).fields(FORM)), "name": "Theirs"}
    Browser(author.app).post(f"{SETTINGS}site", fields, status=401)
    Browser(author.app).post(f"{SETTINGS}moment", fields, status=401)
    assert kept() == before


def test_what_was_sent_too_late_is_saved_after_the_log_in(author: Browser):
    page = author.get(SETTINGS)
    db.session.query(AuthorSession).delete()
    db.session.commit()
    log_in = page.send(FORM, {"name": "Slow Boats"}, status=401)
    hidden = {each.get("name"): each.get("value") for each in log_in.all("//main//input[@type='hidden']")}
    author.post("/studio/login", {**hidden, "name": NAME, "password": PASSWORD})
    assert kept()["name"] == "Slow Boats"


# Bad input


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("name", "", "Add a name."),
        ("name", " \t ", "Add a name."),
        ("name", "x" * 61, "Use at most 60 characters; this has 61."),
        ("name", "\u200b", "Use letters that can be seen."),
        ("name", "Slow\r\nBoats", "Use letters that can be seen."),
        ("description", "x" * 501, "Use at most 500 characters."),
        ("author", "배" * 61, "Use at most 60 characters; this has 61."),
        ("author", "Bae\u202eHarin", "Use letters that can be seen."),
        ("time_zone", "Mars/Olympus_Mons", "Choose a time zone from the list."),
        ("time_zone", "../../etc/passwd", "Choose a time zone from the list."),
        ("time_zone", "/etc/localtime", "Choose a time zone from the list."),
        ("time_zone", "asia/seoul", "Choose a time zone from the list."),
        ("time_zone", "", "Choose a time zone from the list."),
        ("time_zone", "x" * 5000, "Choose a time zone from the list."),
    ],
)
def test_what_will_not_do_is_said_and_everything_typed_stays(author: Browser, field: str, typed: str, said: str):
    before = kept()
    others = {"name": "Slow Boats", "description": "Slow.", "author": "Harin", "time_zone": "Asia/Seoul"}
    refused = change(author, status=422, **{**others, field: typed})
    assert said in refused.texts(f"//*[@id='{field}-error']")
    control = refused.one(f"//*[@id='{field}']")
    assert control.get("aria-invalid") == "true"
    assert f"{field}-error" in control.get("aria-describedby")
    assert control.get("autofocus") is not None
    again = {**dict(refused.fields(FORM))}
    for name, text in {**others, field: typed}.items():
        assert name == "time_zone" == field or again[name] == text
    assert kept() == before


@pytest.mark.parametrize("zone", ["Mars/Olympus_Mons", "../../etc/passwd", "", "\x00", "x" * 5000])
def test_no_moment_is_told_of_what_is_no_zone(author: Browser, zone: str):
    token = author.get(SETTINGS).all("//input[@name='csrf_token']/@value")[0]
    sent = {"csrf_token": token, "time_zone": zone}
    answer = author.post(f"{SETTINGS}moment", sent, status=200, headers=HTMX)
    assert "Choose a time zone from the list." in answer.text


def test_markup_in_the_words_stays_words_everywhere(author: Browser):
    stored()
    words = "<script>x</script> & \"q\" 'a'"
    change(author, name=words, description=words, author=words)
    reader = Browser(author.app)
    for url in ("/", "/reviews/paper-boats/", "/pages/about/", "/reviews/?q=x", "/nowhere"):
        page = reader.get(url, status=None)
        assert words in page.texts("//header//a[@class='brand']")[0]
        assert "<script>x" not in page.text
    assert "&lt;script&gt;x" in reader.get("/feeds/reviews.atom").text


# Edges


def test_the_longest_name_is_taken(author: Browser):
    change(author, name="배" * 60, author="x" * 60, description="배" * 500)
    assert kept()["name"] == "배" * 60


def test_a_zone_that_came_along_and_is_none_is_named_and_replaced(author: Browser):
    db.session.merge(Setting(name="time_zone", value="Mars/Olympus_Mons"))
    db.session.commit()
    page = author.get(SETTINGS)
    assert "“Mars/Olympus_Mons”, which came along from the old blog" in page.words
    assert page.texts("//select[@id='time_zone']/option") == ["UTC"]
    page.send(FORM)
    assert kept()["time_zone"] == "UTC"
    assert "which came along" not in author.get(SETTINGS).words


def test_each_group_of_settings_has_its_own_anchor_and_heading(author: Browser):
    groups = author.get(SETTINGS).all("//main//section")
    assert len(groups) > 3
    for group in groups:
        assert re.fullmatch(r"[a-z-]+", group.get("id"))
        assert group.xpath(".//h2/@id") == [group.get("aria-labelledby")]
        assert len(group.xpath(".//form")) == 1
