"""What machines read of a page: linked data, and what a shared link looks like elsewhere."""

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from kblog.db import db
from kblog.models import Review, Setting

from .browser import Browser, Page
from .builders import PUBLISHED, stored

BLOCK = "//script[@type='application/ld+json']"
REQUIRED = {
    "Review": ("url", "headline", "inLanguage", "datePublished", "dateModified", "author", "publisher", "itemReviewed"),
    "Movie": ("name",),
    "TVSeries": ("name",),
    "CreativeWork": ("name",),
    "Person": ("name",),
    "Organization": ("name", "url"),
    "Rating": ("ratingValue", "bestRating", "worstRating"),
    "BreadcrumbList": ("itemListElement",),
    "ListItem": ("position", "name", "item"),
    "WebSite": ("name", "url", "potentialAction"),
    "SearchAction": ("target", "query-input"),
    "EntryPoint": ("urlTemplate",),
}


def linked(page: Page) -> list[dict]:
    """Read the linked data of a page as a strict reader would: every thing of it is known, and lacks nothing."""
    things = []
    for block in page.all(BLOCK):
        assert len(block) == 0
        data = json.loads(block.text)
        assert data.pop("@context") == "https://schema.org"
        found = data.get("@graph", [data])
        for thing in found:
            refuse_what_lacks(thing, page.url)
        things += found
    return things


def refuse_what_lacks(thing: dict, where: str) -> None:
    for member in REQUIRED[thing["@type"]]:
        assert thing.get(member) not in (None, "", []), f"a {thing['@type']} without {member} on {where}"
    for value in thing.values():
        assert value not in (None, "", []), f"nothing is said by {thing} on {where}"
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, dict):
                refuse_what_lacks(inner, where)


def review_of(page: Page) -> dict:
    (found,) = (thing for thing in linked(page) if thing["@type"] == "Review")
    return found


def shared(page: Page) -> dict[str, str]:
    """What a site that shows a link to this page reads of it."""
    metas = page.all("//meta[starts-with(@property, 'og:') or starts-with(@property, 'article:')]")
    return {meta.get("property"): meta.get("content") for meta in metas}


DRAMA = (
    ("Title", "Paper Boats (종이배)"),
    ("Year", "2021"),
    ("Genre", "Romance, Office comedy"),
    ("Main Cast", "Gil Aram (Ah-ram Gil), Na Boreum"),
    ("Episodes", "16"),
    ("Running Time", "Approx. 70 minutes per episode"),
    ("Director", "Ma Ru"),
    ("Writer", "Seo Byeol"),
)


def test_a_review_says_to_machines_what_it_says_to_people(reader: Browser):
    db.session.add_all([Setting(name="author", value="Mina"), Setting(name="name", value="Tea & Drama")])
    stored(
        headline="“Paper Boats”—Why it floats",
        overview=DRAMA,
        description="A teaser.",
        verdict="Recommended",
        updated_at=PUBLISHED + timedelta(days=3),
        kind="drama",
        body="It floats.",
    )
    page = reader.get("/reviews/paper-boats/")
    assert review_of(page) == {
        "@type": "Review",
        "@id": "http://localhost/reviews/paper-boats/#review",
        "url": "http://localhost/reviews/paper-boats/",
        "headline": "“Paper Boats”—Why it floats",
        "description": "A teaser.",
        "inLanguage": "en",
        "datePublished": "2026-03-12T09:00:00Z",
        "dateModified": "2026-03-15T09:00:00Z",
        "author": {"@type": "Person", "name": "Mina", "url": "http://localhost/pages/about/"},
        "publisher": {"@type": "Organization", "name": "Tea & Drama", "url": "http://localhost/"},
        "reviewRating": {
            "@type": "Rating",
            "name": "Recommended",
            "ratingValue": 3,
            "bestRating": 4,
            "worstRating": 1,
        },
        "itemReviewed": {
            "@type": "TVSeries",
            "name": "Paper Boats",
            "alternateName": "종이배",
            "datePublished": "2021",
            "genre": ["Romance", "Office comedy"],
            "numberOfEpisodes": 16,
            "actor": [
                {"@type": "Person", "name": "Gil Aram", "alternateName": "Ah-ram Gil"},
                {"@type": "Person", "name": "Na Boreum"},
            ],
            "director": [{"@type": "Person", "name": "Ma Ru"}],
            "author": [{"@type": "Person", "name": "Seo Byeol"}],
        },
    }
    way = next(thing for thing in linked(page) if thing["@type"] == "BreadcrumbList")["itemListElement"]
    assert [(step["position"], step["name"]) for step in way] == [(1, "Home"), (2, "Reviews"), (3, "Paper Boats")]
    assert shared(page) == {
        "og:type": "article",
        "og:title": "“Paper Boats”—Why it floats",
        "og:description": "A teaser.",
        "og:url": "http://localhost/reviews/paper-boats/",
        "og:site_name": "Tea & Drama",
        "og:locale": "en_US",
        "article:published_time": "2026-03-12T09:00:00Z",
        "article:modified_time": "2026-03-15T09:00:00Z",
    }
    assert page.one("//meta[@name='twitter:card']").get("content") == "summary"


@pytest.mark.parametrize(
    ("verdict", "points"), [("Essential", 4), ("Recommended", 3), ("Mixed", 2), ("Skip", 1), ("", None)]
)
def test_only_a_verdict_is_a_rating(reader: Browser, verdict: str, points: int | None):
    stored(verdict=verdict)
    rating = review_of(reader.get("/reviews/paper-boats/")).get("reviewRating", {})
    assert rating.get("ratingValue") == points


@pytest.mark.parametrize(
    ("kind", "facts", "said"),
    [
        ("film", {"Runtime": "106 minutes"}, {"@type": "Movie", "duration": "PT106M"}),
        ("special", {"Runtime": "70 minutes"}, {"@type": "Movie", "duration": "PT70M"}),
        ("special", {"Episodes": "2"}, {"@type": "TVSeries", "numberOfEpisodes": 2}),
        ("show", {}, {"@type": "TVSeries"}),
        ("drama", {"Running Time": "70 minutes per episode"}, {"@type": "TVSeries"}),
        ("", {"Episodes": "12"}, {"@type": "TVSeries", "numberOfEpisodes": 12}),
        ("", {"Runtime": "99 minutes"}, {"@type": "Movie", "duration": "PT99M"}),
        ("", {"Director": "Ma Ru"}, {"@type": "CreativeWork"}),
    ],
    ids=str,
)
def test_a_work_is_what_its_kind_and_length_say(reader: Browser, kind: str, facts: dict, said: dict):
    stored(kind=kind, overview=(("Title", "Paper Boats"), *facts.items()))
    work = review_of(reader.get("/reviews/paper-boats/"))["itemReviewed"]
    assert {name: value for name, value in work.items() if name not in ("name", "director")} == said


def test_without_an_author_the_site_wrote_it(reader: Browser):
    stored()
    assert review_of(reader.get("/reviews/paper-boats/"))["author"]["name"] == "K-Blog"


def test_every_page_of_the_samples_is_well_described(samples: Browser):
    check_every_review(samples)
    (site,) = linked(samples.get("/"))
    assert site["potentialAction"]["target"]["urlTemplate"] == "http://localhost/reviews/?q={search_term_string}"
    (way,) = linked(samples.get("/genres/romance/"))
    assert [step["name"] for step in way["itemListElement"]] == ["Home", "Genres", "Romance"]


@pytest.mark.real_data
def test_every_page_of_the_imported_blog_is_well_described(imported: Browser):
    check_every_review(imported)


def check_every_review(browser: Browser) -> None:
    reviews = db.session.execute(sa.select(Review.slug, Review.verdict, Review.year).where(Review.is_live())).all()
    assert len(reviews) >= 9
    for slug, verdict, year in reviews:
        page = browser.get(f"/reviews/{slug}/")
        found = review_of(page)
        assert ("reviewRating" in found) == bool(verdict)
        assert found["itemReviewed"].get("datePublished") == (str(year) if year else None)
        assert (
            found["description"] == shared(page)["og:description"] == page.one("//meta[@name='description']/@content")
        )
        assert found["url"] == shared(page)["og:url"] == page.one("//link[@rel='canonical']/@href")
        people = [
            person["name"] for role in ("actor", "director", "author") for person in found["itemReviewed"].get(role, ())
        ]
        assert [name for name in people if name not in page.words] == []


HOSTILE = [
    "</script><script>alert(1)</script>",
    "<!-- <script> --><!--",
    "]]> & \" ' \\ \u2028 \u2029",
    '"}]}</SCRIPT ><img src=x onerror=alert(1)>',
    "{{ 7*7 }} ${7*7} %3C/script%3E",
    "킬링 \u202e 로맨스 🙂",
]


@pytest.mark.parametrize("words", HOSTILE)
def test_no_title_breaks_out(reader: Browser, words: str):
    db.session.add_all([Setting(name="author", value=words), Setting(name="name", value=words)])
    stored(
        headline=words,
        description=words,
        overview=(("Title", words), ("Genre", words), ("Cast", words), ("Director", words)),
        other_titles=(words,),
        verdict="Mixed",
    )
    page = reader.get("/reviews/paper-boats/")
    found = review_of(page)
    assert found["headline"] == found["description"] == found["author"]["name"] == words
    assert len(page.all("//script")) == len(reader.get("/reviews/").all("//script")) + 1
    assert shared(page)["og:title"] == shared(page)["og:description"] == words
    linked(reader.get("/"))


def test_a_review_without_words_is_described_without_them(reader: Browser):
    stored(overview=(), headline="", body="")
    page = reader.get("/reviews/paper-boats/")
    assert "description" not in review_of(page)
    assert "og:description" not in shared(page)


def test_a_page_is_shared_under_its_own_name(samples: Browser):
    for address, name in (("/genres/romance/", "Romance"), ("/archive/", "Archive"), ("/pages/about/", "About")):
        page = samples.get(address)
        assert shared(page)["og:title"] == name
        assert shared(page)["og:type"] == "website"


def test_no_spoiler_is_told_to_machines(reader: Browser):
    stored(
        body="## Introduction\n\n::: spoiler\nMARKER dies.\n:::\n\n::: spoiler episode 3\nMARKER\n:::", verdict="Skip"
    )
    page = reader.get("/reviews/paper-boats/")
    assert "MARKER" in page.text
    assert "MARKER" not in json.dumps(linked(page))
    assert "MARKER" not in " ".join(shared(page).values())
