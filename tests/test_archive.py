"""The archive: every review by the month it was published in, where the site is, by title, and by year of release."""

from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import pytest

from kblog.db import db, now
from kblog.models import Filing, Review, Setting, Term
from kblog.overview import Availability

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


# All titles


TITLES = [
    ("paper", "film", [("Title", "Paper Boats (종이배)"), ("Year", "2021"), ("Runtime", "99 minutes")]),
    ("clair", "drama", [("Title", "Éclair & Salt"), ("Year", "2019"), ("Episodes", "12")]),
    ("quote", "", [("Title", "“Echo”")]),
    ("number", "", [("Title", "1987 Again")]),
    ("korean", "", [("Title", "꽃길")]),
    ("twice", "", [("Title", "Harbour (항구)")]),
]


def by_letter(page: Page) -> dict[str, list[str]]:
    """The letters of a list, with what stands below each of them."""
    return {
        " ".join(heading.text_content().split()): [
            " ".join(item.text_content().split()) for item in heading.xpath("./following-sibling::ul[1]/li")
        ]
        for heading in page.all("//main//h2")
    }


def test_all_titles_stand_by_letter_with_year_kind_and_platform(reader: Browser):
    stored_together(
        *(
            document(slug=slug, kind=kind, overview=overview, availability=(Availability(platform="Viki"),))
            for slug, kind, overview in TITLES
        ),
        document(slug="draft", state="draft", overview=[("Title", "Secret")]),
        document(slug="gone", state="withdrawn", overview=[("Title", "Secret")]),
        document(slug="later", published_at=now() + timedelta(days=1), overview=[("Title", "Secret")]),
    )
    page = reader.get("/archive/").follow("By title")
    assert page.url == "/archive/titles/"
    assert by_letter(page) == {
        "#Digits and signs": ["1987 Again Viki"],
        "E": ["“Echo” Viki", "Éclair & Salt 2019 Drama Viki"],
        "H": ["Harbour 항구 Viki"],
        "P": ["Paper Boats 종이배 2021 Film Viki"],
        "ㄱ": ["꽃길 Viki"],
        "ㅈ": ["종이배 Paper Boats 2021 Film Viki"],
        "ㅎ": ["항구 Harbour Viki"],
    }
    letters = page.texts("//nav[@class='letters']//a")
    assert letters == list(by_letter(page))
    assert all(unquote(link)[1:] in page.all("//h2/@id") for link in page.all("//nav[@class='letters']//a/@href"))
    assert page.all("//h2[@lang='ko']/text()") == ["ㄱ", "ㅈ", "ㅎ"]


def test_an_empty_site_has_empty_lists(reader: Browser):
    for url in ("/archive/titles/", "/years/"):
        assert "Nothing has been published yet." in reader.get(url).words


# Years of release


def test_years_stand_the_newest_first_and_list_their_reviews(reader: Browser):
    for slug, year in (("a", "2019"), ("b", "2021"), ("c", "2021"), ("undated", "")):
        stored(slug=slug, overview=[("Title", slug), *([("Year", year)] if year else [])])
    stored(slug="draft", state="draft", overview=[("Title", "draft"), ("Year", "1999")])
    page = reader.get("/years/")
    assert page.texts("//ul[@class='index']//a") == ["20212 reviews", "20191 review"]
    year = reader.get("/years/2021/")
    assert sorted(year.texts("//article//h3")) == ["b", "c"]
    assert year.one("//link[@rel='canonical']").get("href").endswith("/years/2021/")
    browse = reader.get("/reviews/?year=2021")
    assert browse.one("//link[@rel='canonical']").get("href").endswith("/years/2021/")
    both = reader.get("/reviews/?year=2021&year=2019")
    assert both.one("//meta[@name='robots']").get("content").startswith("noindex")
    sitemap = reader.get("/sitemap.xml").text
    assert [
        each for each in ("/years/", "/years/2021/", "/years/1999/", "/archive/titles/") if f"{each}<" in sitemap
    ] == [
        "/years/",
        "/years/2021/",
        "/archive/titles/",
    ]
    for url in ("/years/1999/", "/years/0000/", "/years/21/", "/years/20210/", "/years/x/", "/years/%00/"):
        reader.get(url, status=404)


# Long lists


@pytest.fixture
def long_lists(reader: Browser) -> Browser:
    """A site with 1,020 reviews of as many people, in three years."""
    for number in range(1020):
        name = f"{'BKPY'[number // 300]}ahn {number:04}"
        days = timedelta(days=number)
        on = datetime(2023, 1, 1, tzinfo=UTC) + days
        review = Review(slug=f"work-{number}", work_title=name, published_at=on, body="")
        review.other_titles, review.overview, review.hashtags = [], [], []
        person = Term(facet="person", slug=f"person-{number}", name=name)
        review.filings = [Filing(term=person, origin="overview", written=name)]
        db.session.add(review)
    db.session.commit()
    return reader


LONG = [
    ("/archive/", "//ul[@class='days']/li//a/@href", 1020),
    ("/archive/2024/", "//ul[@class='days']/li//a/@href", 366),
    ("/archive/titles/", "//ul[@class='titles']/li//a/@href", 1020),
    ("/people/", "//ul[@class='index']/li/a/@href", 1020),
]


def test_long_lists_have_pages_that_cost_no_more_than_short_ones(long_lists: Browser, at_most):
    long_lists.is_strict = False
    long_lists.get("/people/")
    for url, rows, number in LONG:
        seen: list[str] = []
        page, following = None, [url]
        while following:
            with at_most(queries=4):
                page = long_lists.get(following[0])
            seen += page.all(rows)
            assert len(page.all(rows)) <= 500
            following = page.all("//a[@rel='next']/@href")
        assert page.one("//link[@rel='canonical']").get("href").endswith(page.url)
        assert len(seen) == len(set(seen)) == number
    for url in ("/archive/titles/", "/people/"):
        for link in long_lists.get(url).all("//nav[@class='letters']//a/@href"):
            address, _, anchor = link.partition("#")
            assert long_lists.get(address or url).all(f"//h2[@id='{anchor}']")
