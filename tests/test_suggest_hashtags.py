"""Hashtags a review could have: its own names, none twice, and no platform that its ledger denies."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kblog import document
from kblog.document import Document
from kblog.overview import Availability
from kblog.studio.tags import suggested_hashtags
from kblog.transfer.prose import HASHTAG

from . import builders

DEMO = Path(__file__).parent.parent / "kblog" / "demo"
FILM = (
    ("Title", "Paper Boats, and Other Lies (종이배)"),
    ("Genre", "Musical comedy, romantic satire"),
    ("Main Cast", "Ok Bo‑ra (Bora Ok), Moon Tae-o, Seo Ha-jin, Wi Ga-on, Pyo Gyu-won"),
    ("Runtime", "106 minutes"),
    ("Streaming Platform", "Disney+"),
    ("Director", "Noh Ga-ram"),
)


def suggested(**given) -> list[str]:
    return suggested_hashtags(builders.document(**given))


# It works


def test_the_work_its_people_its_kind_its_platforms_and_its_genres_are_suggested_in_this_order():
    assert suggested(overview=FILM) == [
        "#PaperBoatsAndOtherLies", "#OkBoRa", "#MoonTaeO", "#SeoHaJin", "#WiGaOn", "#KMovie", "#DisneyPlus",
        "#Musical", "#Comedy", "#Romance", "#Satire", "#NohGaRam",
    ]  # fmt: skip


def test_there_are_twelve_at_most():
    crowd = ", ".join(f"{name} Ha-jin" for name in ("Ahn", "Baek", "Cho", "Do", "Eom", "Gi", "Ham", "Im", "Jang", "Ma"))
    assert len(suggested(overview=(*FILM[:3], ("Cast", crowd)))) == 12


def test_what_is_there_already_is_not_suggested():
    there = ("#paperboatsandotherlies", "#Ok_Bo-Ra", "#KMOVIE", "#disneyplus", "#COMEDY", "#MyCat")
    left = suggested(overview=FILM, hashtags=there)
    assert left == ["#MoonTaeO", "#SeoHaJin", "#WiGaOn", "#Musical", "#Romance", "#Satire", "#NohGaRam", "#PyoGyuWon"]


def test_a_person_spelt_another_way_is_there_already():
    assert suggested(overview=(("Cast", "Gong Myoung, Lee Sun-kyun"),), hashtags=("#GongMyung", "#YiSeonGyun")) == []


KINDS = [("drama", "#KDrama"), ("film", "#KMovie"), ("special", "#DramaSpecial"), ("show", "#KVariety")]


@pytest.mark.parametrize(("kind", "tag"), KINDS)
def test_each_kind_has_its_hashtag(kind: str, tag: str):
    assert suggested(kind=kind, overview=()) == [tag]


# What the ledger denies

VIKI = Availability("Viki", "US")
LEDGERS = {
    "undated": ((Availability("Viki"),), True),
    "denied": ((Availability("Viki", "US", status="not available"),), False),
    "left": ((Availability("Viki", "US", status="left"),), False),
    "not known": ((Availability("Viki", status="unknown"),), False),
    "here and not there": ((VIKI, Availability("Viki", "KR", status="not available")), True),
    "here and nowhere": ((VIKI, Availability("Viki", "WORLD", status="not available")), False),
    "here and not here": ((VIKI, Availability("Viki", "US", status="left")), False),
    "denied without a place": ((VIKI, Availability("Viki", status="not available")), False),
    "to rent only": (
        (Availability("Viki", "US", "rent"), Availability("Viki", "US", "subscription", "not available")),
        True,
    ),
    "another one denied": ((VIKI, Availability("Netflix", status="not available")), True),
    "a sentence without a platform": ((Availability(offer="rent"),), False),
    "emptied by the author": ((), False),
}


@pytest.mark.parametrize(("entries", "is_suggested"), LEDGERS.values(), ids=LEDGERS)
def test_a_platform_is_suggested_where_the_ledger_has_it(entries: tuple[Availability, ...], is_suggested: bool):
    tags = suggested(overview=(("Streaming Platform", "Viki"),), availability=entries)
    assert tags == (["#Viki"] if is_suggested else [])


def test_a_row_that_denies_platforms_suggests_none():
    denied = "Not currently streaming on Netflix, Hulu or Viki in the United States (checked March 2, 2026)."
    assert suggested(overview=(("Streaming Platform", denied),)) == []


# Odd names

ODD = {
    "1987": [],
    "1987: When the Day Comes": ["#1987WhenTheDayComes"],
    "킬링 로맨스": ["#킬링로맨스"],
    "It’s Okay, That's Love": ["#ItsOkayThatsLove"],
    "#Alive": ["#Alive"],
    "Me & You": ["#MeAndYou"],
    "Cafe\u0301 Noir": ["#CaféNoir"],
    "_ — …": [],
    "MY XX": ["#MYXX"],
}


@pytest.mark.parametrize(("title", "tags"), ODD.items(), ids=ODD)
def test_any_title_makes_a_hashtag_or_none(title: str, tags: list[str]):
    assert suggested(overview=(("Title", title),)) == tags


def test_an_empty_review_has_none():
    assert suggested_hashtags(Document()) == []


@given(st.lists(st.text(max_size=12), max_size=4), st.lists(st.text(max_size=8), max_size=3))
def test_every_suggestion_is_a_hashtag_and_none_comes_twice(names: list[str], there: list[str]):
    rows = (("Title", names[0] if names else ""), ("Cast", ", ".join(names)), ("Genre", ", ".join(names)))
    tags = suggested(overview=rows, hashtags=tuple(there))
    assert all(HASHTAG.fullmatch(tag) for tag in tags)
    assert len(set(map(str.casefold, tags))) == len(tags)
    assert suggested(overview=rows, hashtags=(*there, *tags[:6]))[:6] == tags[6:]


@pytest.mark.parametrize("path", sorted(DEMO.glob("*.md")), ids=lambda path: path.stem)
def test_a_sample_review_is_offered_what_it_lacks(path: Path):
    review = document.parse(path.read_text(encoding="utf-8"))
    tags = suggested_hashtags(review)
    assert not {tag.casefold() for tag in tags} & {tag.casefold() for tag in review.hashtags}
    assert all(re.fullmatch(r"#[A-Z0-9]\w+", tag) for tag in tags)
    assert 3 <= len(tags) <= 12
