"""What stands below a review: the reviews that share most with it, and what they share."""

from datetime import timedelta

import sqlalchemy as sa

from kblog.db import db, now
from kblog.models import Review

from .browser import Browser
from .builders import PUBLISHED, document, stored_together


def work(slug: str, **facts: str):
    """A review whose overview has these facts, its hashtags apart; each is a day older than the one before."""
    tags = tuple(facts.pop("hashtags", "").split())
    given = {"state": facts.pop("state", ""), "published_at": PUBLISHED - timedelta(days=len(slug))}
    if moment := facts.pop("published_at", None):
        given["published_at"] = moment
    rows = (("Title", slug.title()), *((label.replace("_", " ").title(), value) for label, value in facts.items()))
    return document(slug=slug, overview=rows, hashtags=tags, **given)


def related(browser: Browser, slug: str = "boats") -> list[tuple[str, str]]:
    """Return the slug of each review below this one, with the words that say why."""
    cards = browser.get(f"/reviews/{slug}/").all("//section[contains(@class, 'related')]//article")
    return [
        (card.xpath("string(.//h3/a/@href)").split("/")[2], card.xpath("string(.//p[@class='hint'])")) for card in cards
    ]


OWN = {"cast": "Gil Aram, Na Boreum", "genre": "Office comedy", "platform": "Viki", "hashtags": "#SlowBurn"}


def test_each_says_what_it_shares(reader: Browser):
    stored_together(
        work("boats", **OWN),
        work("tagged", hashtags="#SlowBurn"),
        work("watched", platform="Viki, Netflix"),
        work("laughed", genre="Satire, Office comedy", platform="Viki"),
        work("played", director="Gil Aram", cast="Na Boreum, Seo Byeol"),
        work("apart", cast="Seo Byeol", genre="Noir", platform="Tving"),
    )
    assert related(reader) == [
        ("played", "Also with Gil Aram and Na Boreum"),
        ("laughed", "Also under Office comedy"),
        ("tagged", "Also #SlowBurn"),
        ("watched", "Also on Viki"),
    ]


def test_who_shares_nothing_is_not_related(reader: Browser):
    stored_together(work("boats", **OWN), work("apart", cast="Seo Byeol"), work("bare"))
    assert related(reader) == []
    assert not reader.get("/reviews/boats/").all("//*[@id='related']")


def test_one_rare_thing_says_more_than_a_frequent_one(reader: Browser):
    crowd = [work(f"crowd-{n}", genre="Romance") for n in range(25)]
    stored_together(
        work("boats", genre="Romance, Time travel"),
        *crowd,
        work("a-rare-one-and-the-oldest", genre="Time travel"),
    )
    found = related(reader)
    assert found[0] == ("a-rare-one-and-the-oldest", "Also under Time travel")
    assert {why for _, why in found[1:]} == {"Also under Romance"}


def test_the_newest_comes_first_among_equals_and_the_order_stays(reader: Browser):
    days = {f"w-{day}": PUBLISHED + timedelta(days=day) for day in (3, 1, 6, 2, 5, 4)}
    stored_together(
        work("boats", cast="Gil Aram"), *(work(slug, cast="Gil Aram", published_at=at) for slug, at in days.items())
    )
    for _ in range(2):
        assert [slug for slug, _ in related(reader)] == ["w-6", "w-5", "w-4", "w-3"]


def test_what_is_not_public_is_related_to_nothing(reader: Browser):
    stored_together(
        work("boats", **OWN),
        work("draft", **OWN, state="draft"),
        work("gone", **OWN, state="withdrawn"),
        work("later", **OWN, published_at=now() + timedelta(days=1)),
    )
    assert related(reader) == []


def test_what_it_has_left_and_a_mere_label_are_no_shared_platform(reader: Browser):
    stored_together(
        work("boats", platform="Viki"),
        work("absent", platform="Not on Viki in the United States (checked March 1, 2026)."),
        document(slug="labelled", labels=("Viki",)),
    )
    assert related(reader) == []


def test_related_reviews_share_something_and_are_never_the_review_itself(samples: Browser):
    every = {slug: related(samples, slug) for slug in db.session.scalars(sa.select(Review.slug))}
    assert any(every.values())
    for slug, found in every.items():
        assert all(why.startswith("Also ") for _, why in found)
        slugs = [other for other, _ in found]
        assert slug not in slugs
        assert len(slugs) == len(set(slugs)) <= 4


def test_a_list_elsewhere_gives_no_reason(samples: Browser):
    for address in ("/", "/reviews/", "/genres/romance/"):
        assert not samples.get(address).all("//article[@class='card']//p[@class='hint']")
