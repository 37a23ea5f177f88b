"""Reading the indexes of genres, platforms, people and hashtags, and the page of one of them."""

import re
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import quote

import pytest
from flask import Flask

from kblog.db import now
from kblog.overview import Availability
from kblog.reviews.routes import today

from .browser import HTMX, Browser, Page, words
from .builders import document, stored, stored_together
from .conftest import running

INDEXES = {"genres": "genre", "platforms": "platform", "people": "person", "hashtags": "hashtag"}


@pytest.fixture(scope="module")
def samples(sample_instance, tmp_path_factory) -> Iterator[Browser]:
    """A browser on the sample reviews, which these tests only read."""
    for app in running(sample_instance, tmp_path_factory.mktemp("samples") / "instance"):
        yield Browser(app)


def glance(browser: Browser, url: str, **headers: str) -> Page:
    """Read a page without the long look at every rule of the house: for the many addresses of one test."""
    page = Page(browser, browser.ask(url, headers=headers), url)
    assert page.status == 200, f"{page.status} for {url}"
    return page


def index(page: Page) -> dict[str, int]:
    """The addresses an index lists, and the numbers beside them."""
    numbers = page.texts("//ul[contains(@class, 'index')]//a/small")
    addresses = page.all("//ul[contains(@class, 'index')]//a/@href")
    return dict(zip(addresses, [int(number.split()[0]) for number in numbers], strict=True))


def slugs(page: Page, below: str = "//main") -> list[str]:
    links = page.all(f"{below}//article[contains(@class, 'card')]//h3/a/@href")
    return [href.split("/")[2] for href in links]


def labelled(page: Page) -> list[str]:
    return slugs(page, "//h2[starts-with(., 'Labelled')]/following-sibling::ul")


@pytest.mark.parametrize("name", INDEXES)
def test_every_number_of_an_index_is_the_length_of_its_list(samples: Browser, name: str):
    numbers = index(samples.get(f"/{name}/"))
    assert len(numbers) > 5
    for place, (address, number) in enumerate(numbers.items()):
        page = glance(samples, address)
        listed = [slug for slug in slugs(page) if slug not in labelled(page)]
        assert len(listed) == number > 0, address
        if place % 6 == 0:  # an address of the index and its filter list the same
            browsed = glance(samples, f"/reviews/?{INDEXES[name]}={address.split('/')[2]}", **HTMX)
            assert slugs(browsed, "//*[@id='review-list']") == listed, address


def test_an_index_leads_from_each_term_back(samples: Browser):
    for name in INDEXES:
        page = samples.get(next(iter(index(samples.get(f"/{name}/")))))
        assert page.one("//main//p[contains(@class, 'kicker')]/a").get("href") == f"/{name}/"


def test_every_term_of_an_index_is_in_the_sitemap(samples: Browser):
    sitemap = samples.get("/sitemap.xml").text
    for name in INDEXES:
        for address in index(glance(samples, f"/{name}/")):
            assert f"{address}</loc>" in sitemap


def test_people_stand_by_name_and_the_others_by_number(samples: Browser):
    people = samples.get("/people/").all("//ul[contains(@class, 'index')]//a")
    names = ["".join(person.xpath("./text() | ./span//text()")).strip().casefold() for person in people]
    assert names == sorted(names)
    for name in ("genres", "hashtags", "platforms"):
        numbers = list(index(samples.get(f"/{name}/")).values())
        assert numbers == sorted(numbers, reverse=True), name


def test_a_person_has_roles_characters_and_spellings(reader: Browser):
    cast = "Lee Ha‑nee (이하늬), Lee Sun‑kyun"
    stored_together(
        document(
            slug="older",
            overview=[("Title", "Older Work"), ("Year", "2019"), ("Director", "Lee Ha Nee")],
        ),
        document(
            slug="newer",
            overview=[("Title", "Newer Work (새 작품)"), ("Year", "2023"), ("Main Cast", cast)],
            characters=(("Lee Ha‑nee", "Yeo‑rae"),),
        ),
    )
    page = reader.get("/people/lee-ha-nee/")
    assert page.h1 in ("Lee Ha Nee", "Lee Ha‑nee")
    assert page.one("//h1/following-sibling::p[contains(@class, 'hangul')][@lang='ko']").text == "이하늬"
    other = {"Lee Ha Nee", "Lee Ha‑nee"} - {page.h1}
    assert f"Also written {other.pop()}" in page.texts("//p")
    assert page.texts("//h2")[:2] == ["As actor", "As director"]
    assert page.texts("//ul[@class='credits']/li") == ["Newer Work 새 작품 2023, as Yeo‑rae", "Older Work 2019"]
    assert sorted(slugs(page)) == ["newer", "older"]
    assert index(reader.get("/people/")) == {"/people/lee-ha-nee/": 2, "/people/lee-sun-kyun/": 1}


def test_a_person_whose_parts_are_in_hidden_works_shows_none_of_them(reader: Browser):
    def overview(title):
        return [("Title", title), ("Main Cast", "Ok Bo-ra")]

    stored_together(
        document(overview=overview("Paper Boats")),
        document(slug="draft", state="draft", overview=overview("Secret Draft")),
        document(slug="later", published_at=now() + timedelta(days=1), overview=overview("Secret Plan")),
        document(slug="gone", state="withdrawn", overview=overview("Secret Regret")),
    )
    page = reader.get("/people/ok-bo-ra/")
    assert "Secret" not in page.text
    assert page.texts("//ul[@class='credits']/li") == ["Paper Boats"]


def test_people_stand_by_letter_with_native_names(reader: Browser):
    cast = "Ok Bo‑ra (옥보라), Émile Ahn, 이하늬, 정우, Kim Ara"
    stored(overview=[("Title", "Paper Boats"), ("Cast", cast)])
    stored(slug="draft", state="draft", overview=[("Title", "Draft"), ("Cast", "Kim Ara (김아라)")])
    page = reader.get("/people/")
    letters = {words(each): words(each.getnext()) for each in page.all("//h2")}
    assert letters == {
        "E": "Émile Ahn1 review",
        "K": "Kim Ara1 review",
        "O": "Ok Bo‑ra1 review 옥보라",
        "ㅇ": "이하늬1 review",
        "ㅈ": "정우1 review",
    }
    assert page.texts("//nav[@class='letters']//a") == list(letters)
    assert page.one("//li/span[@lang='ko']").text == "옥보라"


def test_a_person_speaks_the_lines_of_their_characters_that_spoil_nothing(reader: Browser):
    said = "> {}\n> — {}, Episode 2\n\n"
    lines = [
        ("The tide waits.", "Yeo-rae"),  # with another hyphen than in the cast
        ("I row alone.", "Hwang"),  # the last name of one character alone
        ("Nobody knows who says this.", "Jun"),  # two characters are called so
        ("Somebody else’s.", "Jonathan Na"),
    ]
    hidden = "::: spoiler episodes 9-12\n" + said.format("Secret end.", "Yeo-rae") + ":::\n"
    text = "## Memorable Lines\n\n" + "".join(said.format(*line) for line in lines) + hidden
    characters = (
        ("Ok Bo-ra", "Yeo‑rae Hwang"),
        ("Ma Tae-sik", "Jun Ho"),
        ("Kim Ara", "Jun Seo"),
        ("Lee Na", "Jonathan"),
    )
    cast = ("Cast", ", ".join(name for name, _ in characters))
    stored_together(
        document(overview=[("Title", "Paper Boats"), cast], characters=characters, body=text),
        document(slug="draft", state="draft", overview=[("Title", "Draft"), cast], characters=characters, body=text),
        document(slug="director", overview=[("Title", "Other"), ("Director", "Ok Bo-ra")], body=text),
    )
    page = reader.get("/people/ok-bo-ra/")
    assert page.texts("//figure[@class='line']/blockquote") == ["The tide waits.", "I row alone."]
    assert page.texts("//figure/figcaption")[0] == "Yeo-rae in Paper Boats, episode 2"
    assert page.all("//figure//a/@href")[0].startswith("/reviews/paper-boats/#")
    assert "Secret" not in page.text
    for nobody in ("ma-tae-sik", "kim-ara"):
        assert not reader.get(f"/people/{nobody}/").all("//figure")
    assert reader.get("/people/ok-bo-ra/").texts("//h2") == ["As actor", "As director", "2 reviews", "Lines"]


def test_a_narrower_genre_names_the_broader_ones_it_counts_under(reader: Browser):
    stored_together(
        document(slug="musical", overview=[("Title", "One"), ("Genre", "Musical comedy")]),
        document(slug="comedy", overview=[("Title", "Two"), ("Genre", "Comedy, Road movie")]),
    )
    assert index(reader.get("/genres/")) == {"/genres/comedy/": 2, "/genres/musical/": 1, "/genres/road-movie/": 1}
    narrow = reader.get("/genres/musical-comedy/")
    assert narrow.texts("//p[starts-with(., 'Counted under')]/a") == ["Musical", "Comedy"]
    assert slugs(narrow) == ["musical"]
    assert sorted(slugs(narrow.follow("Comedy"))) == ["comedy", "musical"]


def test_a_platform_lists_what_is_there_and_apart_what_is_only_labelled(reader: Browser):
    def entry(status):
        return (Availability(platform="Viki", region="US", status=status),)

    stored_together(
        document(slug="there", availability=entry("available"), labels=("Viki",)),
        document(slug="left", availability=entry("left")),
        document(slug="refused", availability=entry("not available"), labels=("Viki",)),
        document(slug="label", labels=("Rakuten Viki",)),
        document(slug="tag", hashtags=("#Viki",)),
    )
    page = reader.get("/platforms/viki/")
    assert page.texts("//h2")[0] == "1 review"
    assert sorted(labelled(page)) == ["label", "refused"]
    assert [slug for slug in slugs(page) if slug not in labelled(page)] == ["there", "left"]
    assert page.texts("//h2")[:2] == ["1 review", "May have left 1"]
    assert index(reader.get("/platforms/")) == {"/platforms/viki/": 1}


def test_a_platform_says_when_each_work_was_checked_and_what_may_have_left(reader: Browser):
    def on(slug, *entries):
        return document(slug=slug, overview=(("Title", slug),), availability=entries)

    def viki(days, **given):
        checked = today() - timedelta(days=days) if days is not None else None
        return Availability(platform="Viki", checked_on=checked, **given)

    stored_together(
        on("old", viki(181, region="US")),
        on("due", viki(180, region="US", link="https://viki.example/due")),
        on("both", viki(400, region="KR", status="left"), viki(4, region="US"), viki(5, region="JP", status="unknown")),
        on("left", viki(2, region="WORLD", status="left")),
        on("never", viki(None)),
        on("refused", viki(2, region="US", status="not available")),
    )
    page = reader.get("/platforms/viki/")
    assert page.texts("//h2")[:2] == ["3 reviews", "May have left 2"]
    cards = {words(card.find(".//h3")): words(card) for card in page.all("//article")}
    assert list(cards) == ["never", "both", "due", "left", "old"]
    dates = {days: f"{(day := today() - timedelta(days=days)).day} {day:%b %Y}" for days in (2, 4, 181)}
    assert cards["never"].endswith("Viki, not yet checked (region not checked)")
    assert f"Viki in the United States, checked {dates[4]} (4 days ago)" in cards["both"]
    assert cards["both"].index("in the United States") < cards["both"].index("Not known whether on Viki in Japan")
    assert cards["left"].endswith(f"No longer on Viki worldwide, checked {dates[2]} (2 days ago)")
    assert f"Viki in the United States, checked {dates[181]} (" in cards["old"]
    assert cards["old"].endswith("unconfirmed)")


def test_what_may_have_left_has_pages_too(reader: Browser):
    left = (Availability(platform="Viki", status="left"),)
    stored_together(*(document(slug=f"left-{n}", availability=left) for n in range(25)))
    first = reader.get("/platforms/viki/")
    assert first.texts("//h2")[:2] == ["0 reviews", "May have left 25"]
    second = first.follow("Older")
    assert second.texts("//h2") == ["May have left 25"]
    assert len({*slugs(first), *slugs(second)}) == 25


def test_a_platform_known_by_labels_alone_has_a_page(reader: Browser):
    stored(slug="label", labels=("Viki",))
    page = reader.get("/platforms/viki/")
    assert page.texts("//h2") == ["0 reviews", "Labelled Viki"]
    assert labelled(page) == ["label"]
    assert "No review is known to be watchable there now." in page.words
    assert index(reader.get("/platforms/")) == {}


def test_a_platform_that_refuses_everything_has_a_page_without_reviews(reader: Browser):
    stored(availability=(Availability(platform="Netflix", region="US", status="not available"),))
    page = reader.get("/platforms/netflix/")
    assert slugs(page) == []
    assert "No review is known to be watchable there now." in page.words


def test_hashtags_are_printed_with_their_sign(reader: Browser):
    stored(hashtags=("#PaperBoats", "#종이배"))
    page = reader.get("/hashtags/")
    assert {text.split()[0] for text in page.texts("//ul[contains(@class, 'index')]//a")} == {
        "#PaperBoats1",
        "#종이배1",
    }
    assert reader.get("/hashtags/paperboats/").h1 == "#PaperBoats"


def test_a_long_list_has_pages(reader: Browser):
    stored_together(
        *(document(slug=f"work-{n:02}", overview=[("Title", f"Work {n}"), ("Genre", "Comedy")]) for n in range(53))
    )
    assert index(reader.get("/genres/")) == {"/genres/comedy/": 53}
    first = reader.get("/genres/comedy/")
    second = first.follow("Older")
    third = second.follow("Older")
    listed = [*slugs(first), *slugs(second), *slugs(third)]
    assert len(listed) == len(set(listed)) == 53
    assert not third.all("//a[@rel='next']")
    assert slugs(third.follow("Newer")) == slugs(second)
    assert slugs(second.follow("Newer")) == slugs(first)
    for number in ("-1", "0", "abc", "", "%00", "1"):
        assert slugs(glance(reader, f"/genres/comedy/?page={number}")) == slugs(first)
    assert slugs(glance(reader, "/genres/comedy/?page=9999999999999999999")) == slugs(third)


UNKNOWN = [
    "/genres/nothing/",
    "/people/comedy/",
    "/genres/Comedy/",
    "/platforms/none/",
    "/hashtags/%23comedy/",
    "/genres/%00/",
    "/genres/%ED%A0%80/",
    "/genres/" + "a" * 5000 + "/",
    "/genres/" + quote("' OR 1=1 --") + "/",
    "/genres/" + quote("{{7*7}}<script>") + "/",
    "/actors/",
    "/actors/ok-bo-ra/",
    "/genre/",
]


def test_a_term_nobody_knows_is_not_found(reader: Browser):
    stored(overview=[("Title", "Paper Boats"), ("Genre", "Comedy")])
    reader.get("/genres/comedy/")
    for url in UNKNOWN:
        page = reader.get(url, status=404)
        assert page.h1, url


def test_a_term_of_nothing_public_is_not_found(reader: Browser):
    def named(person):
        return [("Title", "Paper Boats"), ("Genre", person), ("Main Cast", person)]

    viki, kino = (Availability(platform=name) for name in ("Viki", "Kino Lumen"))
    stored_together(
        document(slug="draft", state="draft", overview=named("Draft Only"), availability=(viki,)),
        document(slug="later", published_at=now() + timedelta(days=1), overview=named("Later Only")),
        document(slug="gone", state="withdrawn", overview=named("Gone Only"), availability=(kino,)),
    )
    for name in ("draft-only", "later-only"):
        for url in (f"/people/{name}/", f"/genres/{name}/", f"/feeds/person/{name}.atom"):
            reader.get(url, status=404)
    reader.get("/platforms/viki/", status=404)
    for url in ("/people/gone-only/", "/genres/gone-only/", "/platforms/kino-lumen/"):
        assert slugs(reader.get(url)) == []


def test_an_empty_site_says_so_in_every_index(reader: Browser):
    for name in INDEXES:
        assert "Nothing has been published yet." in reader.get(f"/{name}/").words


def test_indexes_and_terms_cost_at_most_eight_queries_cold_and_warm(sample_app: Flask, at_most):
    browser = Browser(sample_app)
    for url in (
        "/genres/",
        "/people/",
        "/genres/comedy/",
        "/platforms/viki/",
        "/hashtags/saltroad/",
        "/people/jegal-yeon/",
        "/years/",
        "/archive/titles/",
    ):
        sample_app.extensions["kblog.cache"].things.clear()
        for _ in ("cold", "warm"):
            with at_most(queries=8):
                assert re.search(r"^<!doctype", browser.get(url).text)


def test_what_only_a_draft_names_shows_nowhere(reader: Browser):
    rows = (("Genre", "Chamber western"), ("Cast", "Kim Ara (김아라)"), ("Platform", "Viki in Qatar"))
    stored(slug="live", overview=(("Title", "Live"), ("Genre", "Romance"), ("Cast", "Kim Ara")))
    stored(slug="draft", state="draft", overview=rows)
    page = reader.get("/reviews/")
    assert "Chamber western" not in page.text
    assert "Qatar" not in page.text
    assert "Chamber western" not in reader.get("/reviews/?genre=chamber-western").text
    assert "김아라" not in reader.get("/people/kim-ara/").text


def test_a_card_says_when_the_region_was_never_checked(reader: Browser):
    stored(slug="unsaid", overview=(("Title", "unsaid"),), availability=(Availability(platform="Viki"),))
    stored(slug="said", overview=(("Title", "said"),), availability=(Availability(platform="Viki", region="US"),))
    cards = {words(card.find(".//h3")): words(card) for card in reader.get("/reviews/?region=US").all("//article")}
    assert [title for title, text in cards.items() if "region not checked" in text] == ["unsaid"]
    assert "region not checked" not in reader.get("/reviews/").text


def test_a_part_that_only_a_spoiler_tells_of_is_nobodys(reader: Browser):
    stored(
        overview=[("Title", "Paper Boats"), ("Cast", "Gil Aram, Seo Ha-jin")],
        body="Jin Seo (Seo Ha-jin) rows.\n\n::: spoiler\nThe Drowned (Gil Aram) wakes.\n:::\n",
    )
    assert "as Jin Seo" in reader.get("/people/seo-ha-jin/").words
    assert "Drowned" not in reader.get("/people/gil-aram/").text
