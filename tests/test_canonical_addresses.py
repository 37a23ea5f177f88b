"""Which pages search engines find, and under which one address."""

import pytest

from .browser import Browser
from .builders import comments, document, stored, stored_together
from .conftest import logged_in

SITE = "http://localhost"


@pytest.fixture
def listed(reader: Browser) -> Browser:
    """A browser on a site whose list and genre have two pages."""
    facts = (("Title", "Boat"), ("Year", "2021"), ("Genre", "Comedy"), ("Platform", "Viki"))
    others = [document(slug=f"boat-{number}", overview=facts, body="It floats.") for number in range(2, 31)]
    stored_together(document(slug="boat-1", overview=facts, comments=comments(60)), *others)
    return reader


# address -> the one it is found under; None where it is not to be found
FOUND = {
    "/": "/",
    "/?utm_source=letter": "/",
    "/reviews/": "/reviews/",
    "/reviews/?page=2": "/reviews/?page=2",
    "/reviews/?page=99": "/reviews/?page=2",
    "/reviews/?page=1&sort=&q=": "/reviews/",
    "/reviews/?sort=title": "/reviews/",
    "/reviews/?sort=title&page=2": "/reviews/?page=2",
    "/reviews/?genre=comedy": "/genres/comedy/",
    "/reviews/?genre=comedy&page=2": "/genres/comedy/?page=2",
    "/reviews/?genre=comedy&sort=discussed": "/genres/comedy/",
    "/reviews/?platform=viki": "/platforms/viki/",
    "/reviews/?kind=": "/reviews/",
    "/reviews/?genre=comedy&platform=viki": None,
    "/reviews/?genre=comedy&page=2&year=2021": None,
    "/reviews/?year=2021&year=2022": None,
    "/reviews/?q=boat": None,
    "/reviews/?q=boat&genre=comedy": None,
    "/reviews/?genre=nothing": None,
    "/reviews/?q=nothing": None,
    "/reviews/boat-1/": "/reviews/boat-1/",
    "/reviews/boat-1/?fbclid=x": "/reviews/boat-1/",
    "/reviews/boat-1/comments": None,
    "/reviews/boat-1/comments?page=2": None,
    "/reviews/boat-1/comments?sort=newest": None,
    "/reviews/boat-1/comments/new": None,
    "/reviews/boat-1/comments/new?parent=1": None,
    "/comments/1/report": None,
    "/genres/": "/genres/",
    "/genres/comedy/": "/genres/comedy/",
    "/genres/comedy/?page=2": "/genres/comedy/?page=2",
    "/genres/comedy/?page=77": "/genres/comedy/?page=2",
    "/platforms/viki/?page=2&utm_source=x": "/platforms/viki/?page=2",
    "/archive/": "/archive/",
    "/archive/2026/03/": "/archive/2026/03/",
    "/pages/about/": "/pages/about/",
    "/pages/privacy/": "/pages/privacy/",
}


def test_every_page_is_found_under_one_address_or_not_at_all(listed: Browser):
    told = {}
    for address in FOUND:
        page = listed.get(address)
        (canonical,) = page.all("//link[@rel='canonical']/@href") or [None]
        told[address] = canonical and canonical.removeprefix(SITE)
        assert canonical or page.one("//meta[@name='robots']").get("content").startswith("noindex")
    assert told == FOUND


def test_the_address_a_page_is_found_under_is_its_own(listed: Browser):
    for address in sorted(set(FOUND.values()) - {None}):
        page = listed.get(address)
        assert page.one("//link[@rel='canonical']").get("href") == SITE + address


def test_who_follows_the_links_of_a_combination_finds_its_reviews(listed: Browser):
    robots = listed.get("/reviews/?genre=comedy&platform=viki").one("//meta[@name='robots']")
    assert robots.get("content") == "noindex, follow"


def test_a_fragment_says_nothing_to_search_engines(listed: Browser):
    for address in ("/reviews/", "/reviews/?page=2", "/reviews/boat-1/comments", "/reviews/boat-1/comments/new"):
        assert not listed.fragment(address).all("//meta | //link | //script")


def test_a_comment_of_its_own_is_only_a_way_to_its_thread(listed: Browser):
    assert listed.get("/comments/1/", status=302).response.location.startswith("/reviews/boat-1/")


def test_an_error_and_what_is_not_public_are_not_found(reader: Browser):
    stored(slug="gone", state="withdrawn")
    for address, status in (("/reviews/nowhere/", 404), ("/reviews/gone/", 410)):
        page = reader.get(address, status=status)
        assert page.one("//meta[@name='robots']").get("content") == "noindex"
        assert not page.all("//link[@rel='canonical'] | //meta[@property] | //script[@type='application/ld+json']")


def test_the_studio_and_a_preview_are_not_found(reader: Browser):
    review = stored(slug="draft", state="draft", body="Not yet.")
    author, editor = logged_in(reader.app), f"/studio/reviews/{review.id}/"
    for address in ("/studio/", "/studio/reviews/", editor):
        assert author.get(address).one("//meta[@name='robots']").get("content") == "noindex"
    fields = author.get(editor).fields("//form[@id='review-form']")
    preview = author.post(f"{editor}preview", fields, status=200)
    assert preview.h1 == "Paper Boats"
    assert preview.one("//meta[@name='robots']").get("content") == "noindex"
    assert not preview.all("//link[@rel='canonical'] | //meta[@property] | //script[@type='application/ld+json']")
