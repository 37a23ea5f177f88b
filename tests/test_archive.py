"""The archive: every review by the month it was published in, where the site is."""

from datetime import UTC, datetime

import pytest

from kblog.db import db
from kblog.models import Setting

from .browser import Browser, Page
from .builders import document, stored, stored_together

NEW_YEARS_EVE = datetime(2025, 12, 31, 23, 30, tzinfo=UTC)
AUTUMN = datetime(2025, 11, 24, 17, 30, tzinfo=UTC)
SUMMER = datetime(2024, 7, 1, tzinfo=UTC)


def in_zone(name: str) -> None:
    db.session.add(Setting(name="time_zone", value=name))
    db.session.commit()


def months(page: Page) -> dict[str, list[str]]:
    """Each month's address with the slugs below it."""
    return {
        heading.xpath("./a/@href")[0]: [
            href.split("/")[2] for href in heading.xpath("./following-sibling::ul[1]/li//a/@href")
        ]
        for heading in page.all("//main//h3")
    }


def test_reviews_stand_by_month_the_newest_first(reader: Browser):
    stored_together(
        document(slug="summer", published_at=SUMMER),
        document(slug="autumn", published_at=AUTUMN),
        document(slug="later-that-month", published_at=AUTUMN.replace(day=30)),
        document(slug="eve", published_at=NEW_YEARS_EVE),
    )
    page = reader.get("/archive/")
    assert months(page) == {
        "/archive/2025/12/": ["eve"],
        "/archive/2025/11/": ["later-that-month", "autumn"],
        "/archive/2024/07/": ["summer"],
    }
    assert list(months(page)) == ["/archive/2025/12/", "/archive/2025/11/", "/archive/2024/07/"]
    assert page.texts("//main//h2") == ["2025", "2024"]
    assert page.texts("//main//h3") == ["December", "November", "July"]
    assert page.all("//main//time/@datetime") == ["2025-12-31", "2025-11-30", "2025-11-24", "2024-07-01"]


def test_year_and_month_have_pages_of_their_own(reader: Browser):
    stored_together(
        document(slug="summer", published_at=SUMMER),
        document(slug="autumn", published_at=AUTUMN),
        document(slug="eve", published_at=NEW_YEARS_EVE),
    )
    year = reader.get("/archive/2025/")
    assert year.h1 == "Archive of 2025"
    assert months(year) == {"/archive/2025/12/": ["eve"], "/archive/2025/11/": ["autumn"]}
    month = year.follow("November")
    assert month.h1 == "Archive of November 2025"
    assert months(month) == {"/archive/2025/11/": ["autumn"]}
    assert months(month.follow("The whole archive")) == months(reader.get("/archive/"))


ZONES = [
    ("UTC", "/archive/2025/12/", "2025-12-31"),
    ("Asia/Seoul", "/archive/2026/01/", "2026-01-01"),
    ("America/Los_Angeles", "/archive/2025/12/", "2025-12-31"),
    ("Pacific/Kiritimati", "/archive/2026/01/", "2026-01-01"),
    ("No/Such_Zone", "/archive/2025/12/", "2025-12-31"),
]


@pytest.mark.parametrize(("zone", "month", "day"), ZONES)
def test_months_begin_where_the_site_is(reader: Browser, zone: str, month: str, day: str):
    in_zone(zone)
    stored(published_at=NEW_YEARS_EVE)
    page = reader.get("/archive/")
    assert months(page) == {month: ["paper-boats"]}
    assert page.all("//main//time/@datetime") == [day]
    assert months(reader.get(month)) == {month: ["paper-boats"]}
    other = {"/archive/2025/12/", "/archive/2026/01/"} - {month}
    reader.get(other.pop(), status=404)
    sitemap = reader.get("/sitemap.xml").text
    assert [each for each in ("/archive/2025/12/", "/archive/2026/01/") if each in sitemap] == [month]


NOWHERE = [
    "/archive/2024/",
    "/archive/2025/10/",
    "/archive/2025/1/",
    "/archive/25/11/",
    "/archive/2025/13/",
    "/archive/2025/0/",
    "/archive/2025/00/",
    "/archive/0/",
    "/archive/0/0/",
    "/archive/99999999999999999999/",
    "/archive/99999999999999999999/99999999999999999999/",
    "/archive/-1/",
    "/archive/2025/-1/",
    "/archive/2025/11/24/",
    "/archive/abc/",
    "/archive/%00/",
    "/archive/٢٠٢٥/10/",
    "/archive/" + "9" * 4000 + "/",
    "/archive/" + "9" * 5000 + "/",
]


def test_an_empty_month_is_not_found(reader: Browser):
    stored(published_at=AUTUMN)
    reader.get("/archive/2025/11/")
    for url in NOWHERE:
        reader.get(url, status=404)


def test_an_empty_archive_says_so(reader: Browser):
    assert "Nothing has been published yet." in reader.get("/archive/").words
    reader.get("/archive/2025/", status=404)


def test_titles_are_printed_with_their_native_titles(reader: Browser):
    stored(overview=[("Title", "Paper & Boats (종이배)")])
    page = reader.get("/archive/")
    assert page.texts("//ul[@class='days']/li") == ["12 Mar 2026 Paper & Boats 종이배"]
    assert page.one("//ul[@class='days']//span[@lang='ko']").text == "종이배"


def test_a_review_without_a_title_is_listed_by_its_headline(reader: Browser):
    stored(overview=[], headline="“Boats”—a note")
    assert reader.get("/archive/").texts("//ul[@class='days']/li//a") == ["“Boats”—a note"]


def test_the_old_blogs_archive_leads_here(reader: Browser):
    stored(published_at=AUTUMN)
    for old, new in (("/2025/", "/archive/2025/"), ("/2025/11/", "/archive/2025/11/")):
        answer = reader.get(old, status=301)
        assert answer.response.headers["Location"] == new
        reader.get(new)


def test_the_archive_costs_at_most_eight_queries(samples: Browser, at_most):
    for _ in ("cold", "warm"):
        with at_most(queries=8):
            samples.get("/archive/")
