"""Choosing among the reviews: the list, the numbers beside every choice, the fragment, and what no filter may break."""

import json
import pathlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import pytest
from flask import Flask

from kblog import cache
from kblog.cache import Kept
from kblog.db import db, now
from kblog.document import Document
from kblog.overview import Availability
from kblog.reviews.catalogue import Catalogue, Listed, sets_of
from kblog.reviews.filters import FACETS

from .browser import HTMX, Browser, Page, words
from .builders import comments, document, stored, stored_together
from .commenting import moderated, post
from .conftest import running

NARROWING = ("genre", "person", "hashtag")
SINGLE = ("kind", "region")
Choice = dict[str, list[str]]  # facet -> chosen values, as in the URL

# As written in the overview, and every genre it counts under.
GENRES = {
    "Romance": {"romance"},
    "Thriller": {"thriller"},
    "Musical comedy": {"musical-comedy", "musical", "comedy"},
    "Romantic satire": {"romantic-satire", "romance", "satire"},
    "Dark comedy": {"dark-comedy", "comedy"},
    "Road movie": {"road-movie"},
}
NARROWER = {"musical-comedy", "romantic-satire", "dark-comedy"}
PEOPLE = {"Ok Bo-ra": "ok-bo-ra", "Ma Tae‑sik": "ma-tae-sik", "Bang Hui‑won": "bang-hui-won", "주하은": "juhaeun"}
HASHTAGS = {"#SaltRoad": "saltroad", "#LateTrain": "latetrain", "#소금길": "sogeumgil"}
PLATFORMS = {"Netflix": "netflix", "Viki": "viki", "Disney+": "disney-plus", "Kino Lumen": "kino-lumen", "": ""}
REGIONS = ("US", "KR", "WORLD", "SOME", "")
STATUSES = ("available", "available", "not available", "left", "unknown")
LENGTHS = {  # (kind, episodes, minutes) of a work, and the step it falls in
    ("drama", 8, None): "to-8-episodes",
    ("drama", 9, None): "9-12-episodes",
    ("drama", 12, 70): "9-12-episodes",
    ("drama", 16, None): "13-16-episodes",
    ("drama", 17, None): "over-16-episodes",
    ("film", None, 99): "to-100-minutes",
    ("film", None, 100): "100-130-minutes",
    ("film", None, 130): "100-130-minutes",
    ("film", None, 131): "over-130-minutes",
    ("film", None, None): "",
    ("special", None, 80): "",
    ("", None, None): "",
}
VERDICTS = ("Essential", "Recommended", "Mixed", "Skip", "")
STATES = ("live",) * 8 + ("draft", "withdrawn", "scheduled")


@dataclass(frozen=True)
class Row:
    """What the oracle knows of one review: plain facts, none of them read back from the program."""

    slug: str
    title: str
    kind: str
    year: str
    verdict: str
    length: str
    genre: frozenset[str]
    person: frozenset[str]
    hashtag: frozenset[str]
    ledger: tuple[tuple[str, str, str], ...]  # (platform's slug, region, status)
    text: str
    published_at: datetime
    comments: int

    def has(self, facet: str, value: str) -> bool:
        held = getattr(self, facet)
        return value in held if facet in NARROWING else value == held

    def streams(self, platform: str, region: str) -> bool:
        """Whether it can be watched on a platform ("" is any, "none" is nowhere) in a region ("" is any)."""
        here = [entry for entry in self.ledger if not region or entry[1] in (region, "WORLD", "")]
        positive = {entry[0] for entry in here if entry[2] == "available"}
        if platform == "none":
            return not positive and any(status in ("not available", "left") for _, _, status in here)
        return platform in positive if platform else bool(positive)


@dataclass
class Blog:
    """Some random reviews as documents, and the live ones as rows for the oracle."""

    documents: list[Document] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    def expected(self, choice: Choice) -> list[str]:
        """Return the slugs a choice must list, sorted; read off contract.md, "Filters"."""
        return sorted(row.slug for row in self.rows if matches(row, choice))

    def total(self, choice: Choice) -> int:
        return len(self.expected(choice))


def matches(row: Row, choice: Choice) -> bool:
    region = choice.get("region", [""])[0]
    for facet, values in choice.items():
        if facet == "q":
            kept = values[0] in row.text
        elif facet in NARROWING:
            kept = all(row.has(facet, value) for value in values)
        elif facet == "platform":
            kept = any(row.streams(value, region) for value in values)
        elif facet == "region":
            kept = "platform" in choice or row.streams("", region)
        else:
            kept = any(row.has(facet, value) for value in values)
        if not kept:
            return False
    return True


def random_blog(dice: random.Random, number: int = 40) -> Blog:
    blog = Blog()
    for place in range(number):
        kind, episodes, minutes = dice.choice(list(LENGTHS))
        genres, people = some(dice, GENRES, 3), some(dice, PEOPLE, 3)
        hashtags = some(dice, HASHTAGS, 2)
        year, verdict, state = dice.choice(("2019", "2021", "2024", "")), dice.choice(VERDICTS), dice.choice(STATES)
        entries = [
            Availability(
                platform=dice.choice(list(PLATFORMS)), region=dice.choice(REGIONS), status=dice.choice(STATUSES)
            )
            for _ in range(dice.choice((0, 1, 1, 2, 2, 3, 5)))
        ]
        word = dice.choice(("lantern", "harbour", "ledger"))
        published = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(hours=dice.randrange(9000))
        if state == "scheduled":
            published = now() + timedelta(days=1 + place)
        overview = [("Title", f"{dice.choice('ABCab')} work {place}"), ("Genre", ", ".join(genres)), ("Year", year)]
        overview += [("Main Cast", ", ".join(people)), ("Episodes", str(episodes or ""))]
        overview += [("Runtime", f"{minutes} minutes" if minutes else "")]
        number_of_comments = dice.choice((0, 0, 1, 2))
        made = document(
            slug=f"work-{place}",
            headline=f"Work {place}",
            kind=kind,
            published_at=published,
            state=state if state in ("draft", "withdrawn") else "",
            overview=[(label, value) for label, value in overview if value],
            verdict=verdict,
            hashtags=tuple(hashtags),
            availability=tuple(entries),
            comments=comments(number_of_comments),
            body=f"## Introduction\n\nA {word} in the rain.\n",
        )
        blog.documents.append(made)
        if state == "live":
            row = Row(
                slug=made.slug,
                title=overview[0][1],
                kind=kind,
                year=year,
                verdict=verdict,
                length=LENGTHS[kind, episodes, minutes],
                genre=frozenset().union(*(GENRES[each] for each in genres)),
                person=frozenset(PEOPLE[each] for each in people),
                hashtag=frozenset(HASHTAGS[each] for each in hashtags),
                ledger=tuple((PLATFORMS[each.platform], each.region, each.status) for each in entries),
                text=word,
                published_at=published,
                comments=number_of_comments,
            )
            blog.rows.append(row)
    return blog


def some(dice: random.Random, values: dict, most: int) -> list[str]:
    return dice.sample(list(values), dice.randint(0, most))


def random_choice(dice: random.Random) -> Choice:
    """Choose one to four facets; now and then a value that no review has."""
    values = {
        "kind": ["drama", "film", "special", "show"],
        "genre": sorted(set().union(*GENRES.values())),
        "platform": [*filter(None, PLATFORMS.values()), "none"],
        "region": ["US", "KR", "FR"],
        "year": ["2019", "2021", "2024", "1997"],
        "person": [*PEOPLE.values()],
        "hashtag": [*HASHTAGS.values()],
        "verdict": ["Essential", "Recommended", "Mixed", "Skip"],
        "length": sorted(set(LENGTHS.values()) - {""}),
        "q": ["lantern", "harbour", "ledger"],
    }
    weights = {"platform": 4, "region": 4, "genre": 3, "kind": 2}
    facets = dice.choices(list(values), [weights.get(facet, 1) for facet in values], k=dice.randint(1, 4))
    return {
        facet: sorted(dice.sample(values[facet], 1 if facet in (*SINGLE, "q") else dice.choice((1, 1, 2))))
        for facet in facets
    }


def address(choice: Choice, **more: str | int) -> str:
    query = urlencode(choice | more, doseq=True)
    return "/reviews/" + (f"?{query}" if query else "")


def glance(browser: Browser, url: str) -> Page:
    """Ask as htmx does, without the long look at every rule of the house: for the many addresses of one test."""
    page = Page(browser, browser.ask(url, headers=HTMX), url)
    assert page.status == 200, f"{page.status} for {url}"
    return page


def total(page: Page) -> int:
    return int(page.one("//*[@id='results']").get("data-total"))


def slugs(page: Page) -> list[str]:
    """The reviews that a page or a piece of it lists, in its order."""
    return [href.split("/")[2] for href in page.all("//article[contains(@class, 'card')]//h3/a/@href")]


def listed(browser: Browser, choice: Choice, **more: str) -> list[str]:
    """The whole list of a choice, from every one of its pages."""
    found: list[str] = []
    url = address(choice, **more)
    while url:
        page = Page(browser, browser.ask(url), url)
        found += slugs(page)
        url = next(iter(page.all("//*[@id='pager']/a[@rel='next']/@href")), None)
    assert len(found) == total(page)
    return found


@dataclass(frozen=True)
class Offer:
    """One value of one facet as the form offers it."""

    facet: str
    value: str
    count: int
    chosen: bool
    disabled: bool


def offers(page: Page) -> Iterator[Offer]:
    for label in page.all("//form[contains(@class, 'filters')]//label[contains(@class, 'chip')]"):
        (control,) = label.xpath("./input[@name and @value]")
        (count,) = label.xpath("./data[@class='count']/@value")
        assert words(label.xpath("./data")[0]) == count
        yield Offer(
            control.get("name"),
            control.get("value"),
            int(count),
            "checked" in control.attrib,
            "disabled" in control.attrib,
        )


def promised(choice: Choice, offer: Offer) -> Choice:
    """Return the choice whose list the number beside a value counts, by contract.md."""
    others = {facet: values for facet, values in choice.items() if facet != offer.facet}
    if offer.facet in NARROWING:
        return {**others, offer.facet: sorted({*choice.get(offer.facet, []), offer.value})}
    return {**others, offer.facet: [offer.value]} if offer.value else others


@pytest.fixture(scope="module", params=range(3), ids=lambda seed: f"blog {seed}")
def site(
    request: pytest.FixtureRequest, empty_instance: pathlib.Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Browser, Blog]]:
    """A browser on a random blog, and the blog; stored once, for these tests only read."""
    for app in running(empty_instance, tmp_path_factory.mktemp("blog") / "instance"):
        blog = random_blog(random.Random(request.param))
        stored_together(*blog.documents)
        yield Browser(app), blog


@pytest.fixture
def blog(site: tuple[Browser, Blog]) -> Blog:
    return site[1]


@pytest.fixture
def visitor(site: tuple[Browser, Blog]) -> Browser:
    """A browser on that blog."""
    return site[0]


@pytest.fixture
def dice(request: pytest.FixtureRequest) -> random.Random:
    return random.Random(request.node.name)


@pytest.fixture(scope="module")
def samples(sample_instance: pathlib.Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser on the sample reviews, which these tests only read."""
    for app in running(sample_instance, tmp_path_factory.mktemp("samples") / "instance"):
        yield Browser(app)


def test_the_list_is_what_the_contract_says(visitor: Browser, blog: Blog, dice: random.Random):
    for choice in ({}, *(random_choice(dice) for _ in range(30))):
        page = glance(visitor, address(choice))
        assert total(page) == blog.total(choice), choice
        assert len(slugs(page)) == min(24, total(page))
        assert set(slugs(page)) <= set(blog.expected(choice)), choice


def test_every_page_of_the_list_together_is_the_whole_list(visitor: Browser, blog: Blog, dice: random.Random):
    for choice in ({}, {"region": ["KR"]}, random_choice(dice)):
        assert sorted(listed(visitor, choice)) == blog.expected(choice)


def test_every_number_is_the_total_of_the_list_it_promises(visitor: Browser, blog: Blog, dice: random.Random):
    for choice in ({}, *(random_choice(dice) for _ in range(2))):
        for offer in offers(visitor.get(address(choice))):
            meant = promised(choice, offer)
            assert offer.count == blog.total(meant), (choice, offer)
            assert offer.count == total(glance(visitor, address(meant))), (choice, offer)


def test_a_value_stays_visible_at_zero_and_only_then_is_disabled(visitor: Browser, blog: Blog, dice: random.Random):
    every = {(offer.facet, offer.value) for offer in offers(visitor.get("/reviews/"))}
    assert {value for facet, value in every if facet == "genre"} == {
        genre for row in blog.rows for genre in row.genre - NARROWER
    }
    assert {value for facet, value in every if facet == "platform"} - {"none"} == {
        platform for row in blog.rows for platform, _, status in row.ledger if platform and status == "available"
    }
    for facet in ("year", "verdict", "length"):
        assert {value for each, value in every if each == facet} == {getattr(row, facet) for row in blog.rows} - {""}
    for _ in range(12):
        choice = random_choice(dice)
        shown = list(offers(glance(visitor, address(choice))))
        assert every <= {(offer.facet, offer.value) for offer in shown}
        chosen = {(facet, value) for facet, values in choice.items() for value in values if facet != "q"}
        assert {(each.facet, each.value) for each in shown if each.chosen and each.value} == chosen
        for offer in shown:
            assert offer.disabled == (offer.count == 0 and not offer.chosen and bool(offer.value)), (choice, offer)


def choices(page: Page, facet: str, below: str = "") -> list[str]:
    """The words of one facet's choices, in their order and without the numbers."""
    labels = page.all(f"//fieldset[@id='facet-{facet}']{below}//label")
    return [words(label).rpartition(" ")[0] for label in labels]


def test_lengths_are_named_for_people_and_stand_by_kind_and_size(reader: Browser):
    sizes = [
        ("film", "Runtime", "131 minutes"),
        ("film", "Runtime", "99 minutes"),
        ("film", "Runtime", "106 minutes"),
        *(("drama", "Episodes", number) for number in ("17", "12", "8", "16", "10")),
    ]
    stored_together(
        *(
            document(slug=f"work-{n}", kind=kind, overview=[("Title", f"Work {n}"), (label, value)])
            for n, (kind, label, value) in enumerate(sizes)
        )
    )
    page = reader.get("/reviews/")
    assert choices(page, "length") == [
        "Up to 8 episodes",
        "9 to 12 episodes",
        "13 to 16 episodes",
        "Over 16 episodes",
        "Under 100 minutes",
        "100 to 130 minutes",
        "Over 130 minutes",
    ]
    page = reader.get("/reviews/?length=9-12-episodes&length=to-8-episodes&kind=drama&year=2021")
    assert page.title.startswith("2021 dramas of 9 to 12 episodes or up to 8 episodes |")
    assert page.texts("//ul[@class='active']//a")[0] == "Dramas, remove filter"


@pytest.mark.parametrize("facet", FACETS)
def test_every_facet_has_a_place_in_the_title_and_a_legend_of_its_own(samples: Browser, facet: str):
    page = glance(samples, f"/reviews/?{facet}=wrumble")
    assert "wrumble" in page.one("//section[@id='browse']").get("data-title").lower()
    assert page.texts(f"//fieldset[@id='facet-{facet}']/legend") != [""]


def test_readers_choose_by_verdict_once_ten_reviews_have_one(reader: Browser):
    verdicts = ["Skip", "Essential", "Mixed", "Recommended"] * 3
    described = [document(slug=f"work-{n}", verdict=verdict) for n, verdict in enumerate(verdicts)]
    stored_together(*described[:9])
    assert not reader.get("/reviews/").all("//fieldset[@id='facet-verdict']")
    chosen = reader.get("/reviews/?verdict=Skip")
    assert total(chosen) == 3
    assert choices(chosen, "verdict") == ["Essential", "Recommended", "Mixed", "Skip"]
    stored_together(*described[9:])
    assert choices(reader.get("/reviews/"), "verdict") == ["Essential", "Recommended", "Mixed", "Skip"]


def test_earlier_years_are_folded_away_until_one_is_chosen(reader: Browser):
    stored_together(
        *(document(slug=f"of-{year}", overview=[("Title", "Boats"), ("Year", str(year))]) for year in range(2010, 2020))
    )
    page = reader.get("/reviews/")
    assert choices(page, "year", "/div") == ["2019", "2018", "2017", "2016", "2015", "2014"]
    assert choices(page, "year", "/details") == ["2013", "2012", "2011", "2010"]
    assert "open" not in page.one("//details[@id='earlier-years']").attrib
    assert "open" not in reader.get("/reviews/?year=2019").one("//details[@id='earlier-years']").attrib
    assert "open" in reader.get("/reviews/?year=2012").one("//details[@id='earlier-years']").attrib


def test_seldom_genres_are_folded_away_until_one_is_chosen(reader: Browser):
    names = [f"Genre {letter}" for letter in "ABCDEFGHIJKLMNOPQR"]
    stored_together(
        *(
            document(slug=f"work-{n}", overview=[("Title", "Boats"), ("Genre", ", ".join(names[: n + 1]))])
            for n in range(18)
        )
    )
    page = reader.get("/reviews/")
    assert choices(page, "genre", "/div") == names[:16]
    assert choices(page, "genre", "/details") == names[16:]
    folded = "//details[@id='more-genres']"
    assert "open" not in page.one(folded).attrib
    assert "open" not in reader.get("/reviews/?genre=genre-a").one(folded).attrib
    assert "open" in reader.get("/reviews/?genre=genre-r").one(folded).attrib


def test_a_chip_takes_away_just_its_value(visitor: Browser, blog: Blog, dice: random.Random):
    for _ in range(12):
        choice = random_choice(dice) | {"sort": ["title"]}
        page = glance(visitor, address(choice))
        chips = page.all("//*[@id='results']//ul[contains(@class, 'active')]//a[contains(@class, 'chip')]")
        assert not any(name.startswith("hx-") for chip in chips for name in chip.attrib)
        pairs = [(facet, value) for facet, values in choice.items() for value in values]
        without = {tuple(sorted(set(pairs) - {pair})) for pair in pairs if pair[0] != "sort"}
        assert {tuple(sorted(parse_qsl(urlsplit(chip.get("href")).query))) for chip in chips} == without
        assert {urlsplit(chip.get("href")).path for chip in chips} == {"/reviews/"}
        assert len(chips) == len(without)


def test_an_empty_result_names_the_removal_that_brings_most_back(visitor: Browser, blog: Blog, dice: random.Random):
    seen = 0
    while seen < 8:
        choice = random_choice(dice)
        if blog.total(choice) or set(choice) == {"q"}:
            continue
        seen += 1
        page = glance(visitor, address(choice))
        removals = {}
        for facet, values in choice.items():
            for value in values:
                kept = {**choice, facet: [each for each in values if each != value]}
                left = {name: each for name, each in kept.items() if each}
                removals[tuple(sorted((f, v) for f, each in left.items() for v in each))] = blog.total(left)
        best = max(removals.values())
        links = page.all("//*[contains(@class, 'empty')]//a/@href")
        if not best:  # nothing alone would help: the way on is to begin anew
            assert links == ["/reviews/"], choice
            continue
        assert links, choice
        for link in links:
            assert removals[tuple(sorted(parse_qsl(urlsplit(link).query)))] == best, choice
            assert words(page.one("//*[contains(@class, 'empty')]")).endswith(f" {best}.")


def test_each_order_is_kept_over_the_pages(visitor: Browser, blog: Blog):
    keys = {
        "newest": lambda row: 0,
        "year": lambda row: -int(row.year or 0),
        "title": lambda row: row.title.casefold(),
        "discussed": lambda row: -row.comments,
    }
    newest_first = sorted(blog.rows, key=lambda row: row.published_at, reverse=True)
    assert len({row.published_at for row in blog.rows}) == len(blog.rows)
    for sort, key in keys.items():
        found = listed(visitor, {}, sort=sort)
        assert found == [row.slug for row in sorted(newest_first, key=key)], sort


def test_the_samples_numbers_are_the_totals_of_their_lists(samples: Browser):
    for url in ("/reviews/", "/reviews/?genre=comedy&region=US", "/reviews/?platform=none", "/reviews/?q=train"):
        choice: Choice = {}
        for facet, value in parse_qsl(urlsplit(url).query):
            choice.setdefault(facet, []).append(value)
        for offer in offers(samples.get(url)):
            assert offer.count == total(glance(samples, address(promised(choice, offer)))), (url, offer)


def entry(platform: str, region: str = "", status: str = "available") -> Availability:
    return Availability(platform=platform, region=region, status=status)


LEDGERS = {
    "netflix-us": [entry("Netflix", "US")],
    "netflix-world": [entry("Netflix", "WORLD")],
    "netflix-some": [entry("Netflix", "SOME")],
    "netflix-unknown": [entry("Netflix")],
    "netflix-left": [entry("Netflix", "US", "left")],
    "netflix-not": [entry("Netflix", "US", "not available"), entry("Viki", "US", "not available")],
    "netflix-soon": [entry("Netflix", "US", "unknown")],
    "viki-kr-not-us": [entry("Viki", "KR"), entry("Netflix", "US", "not available")],
    "cinema-kr": [Availability(platform="", region="KR", offer="cinema")],
    "nowhere-us": [entry("", "US", "not available")],
    "silent": [],
}
WATCHING = [
    ("platform=netflix", "netflix-us netflix-world netflix-some netflix-unknown"),
    ("platform=netflix&region=US", "netflix-us netflix-world netflix-unknown"),
    ("platform=netflix&region=KR", "netflix-world netflix-unknown"),
    ("platform=netflix&region=FR", "netflix-world netflix-unknown"),
    ("platform=viki", "viki-kr-not-us"),
    ("platform=viki&region=US", ""),
    ("platform=netflix&platform=viki&region=KR", "netflix-world netflix-unknown viki-kr-not-us"),
    ("region=US", "netflix-us netflix-world netflix-unknown"),
    ("region=KR", "netflix-world netflix-unknown viki-kr-not-us cinema-kr"),
    ("platform=none", "netflix-left netflix-not nowhere-us"),
    ("platform=none&region=US", "netflix-left netflix-not viki-kr-not-us nowhere-us"),
    ("platform=none&region=KR", ""),
    ("platform=none&platform=viki", "netflix-left netflix-not nowhere-us viki-kr-not-us"),
    ("region=SOME", ""),
    ("region=WORLD", ""),
    ("region=*", ""),
    ("region=us", ""),
    ("region=Mars", ""),
    ("platform=netflix&region=Mars", ""),
    ("platform=none&region=Mars", ""),
    ("platform=*", ""),
]


def test_where_to_watch_is_read_off_the_ledger(reader: Browser):
    stored_together(*(document(slug=slug, availability=tuple(entries)) for slug, entries in LEDGERS.items()))
    for query, expected in WATCHING:
        assert sorted(slugs(glance(reader, f"/reviews/?{query}"))) == sorted(expected.split()), query


def test_a_platform_with_only_negative_entries_never_lists_a_review(reader: Browser):
    refusals = [entry("Viki", region, status) for region in REGIONS for status in ("not available", "left", "unknown")]
    stored(availability=tuple(refusals))
    for region in ("", "US", "KR", "FR", "WORLD", "SOME"):
        assert total(reader.get(f"/reviews/?platform=viki&region={region}")) == 0


def test_a_sentence_without_a_platform_leaves_no_nameless_choice(reader: Browser):
    stored(availability=(Availability(platform="", region="KR", offer="cinema"),))
    page = reader.get("/reviews/")
    assert not page.all("//fieldset[@id='facet-platform']")
    assert words(page.one("//article")).startswith("Paper Boats")


# The fragment


def test_the_fragment_is_a_slice_of_its_page(samples: Browser):
    for url in ("/reviews/", "/reviews/?genre=comedy&sort=title", "/reviews/?genre=nothing", "/reviews/?q=%22x"):
        page, piece = samples.get(url), samples.fragment(url)
        assert piece.text in page.text
        assert piece.text.startswith('<section id="browse"')
        assert piece.text.rstrip().endswith("</section>")
        assert page.title == piece.one("//section[@id='browse']").get("data-title")
        assert not piece.all("//title | //hx-partial | //*[@hx-swap-oob]")


def test_page_and_fragment_have_tags_of_their_own(samples: Browser):
    url = "/reviews/?genre=comedy"
    answers = [samples.get(url), samples.fragment(url)]
    tags = [answer.response.headers["ETag"] for answer in answers]
    assert tags[0] != tags[1]
    assert not any(tag.startswith("W/") for tag in tags)
    for headers, tag in (({}, tags[0]), (HTMX, tags[1])):
        again = samples.get(url, status=304, headers={**headers, "If-None-Match": tag})
        assert again.text == ""
        assert again.response.headers["ETag"] == tag
        assert "HX-Request-Type" in again.response.headers["Vary"]
    for headers, tag in (({}, tags[1]), (HTMX, tags[0])):
        samples.get(url, status=200, headers={**headers, "If-None-Match": tag})
    assert all("HX-Request-Type" in answer.response.headers["Vary"] for answer in answers)


def test_a_new_review_changes_the_tag(reader: Browser):
    before = reader.get("/reviews/").response.headers["ETag"]
    stored()
    reader.get("/reviews/", status=200, headers={"If-None-Match": before})


PUSHED = [
    ("", "/reviews/"),
    ("?q=&kind=&region=&sort=newest&page=1", "/reviews/"),
    ("?genre=romance&genre=comedy", "/reviews/?genre=comedy&genre=romance"),
    ("?sort=title&genre=comedy&kind=film&q=salt", "/reviews/?q=salt&kind=film&genre=comedy&sort=title"),
    ("?genre=comedy&genre=comedy&unknown=1", "/reviews/?genre=comedy"),
    ("?kind=+film+", "/reviews/?kind=film"),
    ("?q=%EC%86%8C%EA%B8%88", "/reviews/?q=%EC%86%8C%EA%B8%88"),
]


def test_the_fragment_pushes_the_canonical_address(samples: Browser):
    for query, canonical in PUSHED:
        piece = glance(samples, "/reviews/" + query)
        assert piece.response.headers["HX-Push-Url"] == canonical
        page = samples.get(canonical)
        assert "HX-Push-Url" not in page.response.headers
        assert piece.text in page.text


def test_the_page_number_is_not_pushed(reader: Browser):
    stored_together(*(document(slug=f"work-{n}") for n in range(30)))
    assert reader.fragment("/reviews/?page=1").response.headers["HX-Push-Url"] == "/reviews/"
    assert "HX-Push-Url" not in reader.fragment("/reviews/?page=2").response.headers


def test_the_second_page_comes_as_more_rows_and_the_next_pager(reader: Browser):
    stored_together(*(document(slug=f"work-{n:02}") for n in range(60)))
    whole = listed(reader, {})
    assert len(whole) == 60
    more = reader.fragment("/reviews/?page=2")
    assert slugs(more) == whole[24:48]
    assert more.one("//hx-partial").get("hx-target") == "#review-list"
    assert len(more.all("//hx-partial/li")) == 24
    assert len(more.all("//*[@autofocus]")) == 1
    assert more.all("//*[@autofocus]") == more.all("(//hx-partial/li)[1]//h3/a")
    assert not more.all("//*[@id='browse'] | //title | //*[@hx-swap-oob]")
    assert more.one("//*[@id='pager']//a[@hx-get]").get("href") == "/reviews/?page=3"
    last = reader.fragment("/reviews/?page=3")
    assert slugs(last) == whole[48:]
    assert not last.all("//*[@id='pager']//a")


def test_whoever_restores_history_or_is_boosted_gets_the_page(samples: Browser):
    for kind in ("full", "", "Partial"):
        page = samples.get("/reviews/?genre=comedy", headers={"HX-Request": "true", "HX-Request-Type": kind})
        assert page.text.lstrip().startswith("<!doctype html>")
    bare = samples.get("/reviews/?genre=comedy", headers={"HX-Request": "true"})
    assert "<html" in bare.text


# Values that mean nothing

PARAMETERS = ("q", "kind", "genre", "platform", "region", "year", "person", "hashtag", "verdict", "length")
HOSTILE = {
    "null": "%00",
    "null at the end": "comedy%00",
    "null before": "%00comedy",
    "controls": "%01%02%1b%7f%c2%85",
    "lone surrogate": "%ED%A0%80",
    "half a character": "%E2%82",
    "not utf-8": "%FF%FE",
    "noncharacter": "%EF%BF%BE%F4%8F%BF%BF",
    "right to left": "%E2%80%AE%E2%80%8F",
    "joined nothing": "%E2%80%8B%EF%BB%BF",
    "long": "a" * 5000,
    "long Hangul": quote("킬링") * 800,
    "quotes": quote("'\"`"),
    "sql": quote("' OR 1=1; DROP TABLE review; --"),
    "fts": quote('body:* NEAR(a b) OR "'),
    "html": quote("</section><script>alert(1)</script>"),
    "template": quote("{{ 7*7 }}{% raw %}"),
    "path": quote("../../../etc/passwd"),
    "format": quote("%s%n{0}"),
    "huge number": "9" * 400,
    "plus and star": quote("+*"),
    "deep marks": quote("e" + "\u0301" * 3000),
}


# What a search drops or ignores beside a word it finds.
FOUND_BY_TEXT = ("null at the end", "null before", "deep marks")


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_hostile_value_matches_nothing_and_the_page_says_so(samples: Browser, name: str):
    for what, value in HOSTILE.items():
        page = glance(samples, f"/reviews/?{name}={value}")
        (chip,) = page.all("//ul[contains(@class, 'active')]//a[contains(@class, 'chip')]")
        assert chip.get("href") == "/reviews/", what
        if name != "q" or what not in FOUND_BY_TEXT:
            assert total(page) == 0, what
            assert not slugs(page)
            assert page.all("//*[contains(@class, 'empty')]")


def test_hostile_values_all_at_once_are_still_a_page(samples: Browser):
    values = list(HOSTILE.values())
    for turn in range(0, len(values), 2):
        names = (*PARAMETERS, "page", "sort", "x")
        page = samples.get("/reviews/?" + "&".join(f"{n}={values[turn - i]}" for i, n in enumerate(names)))
        assert total(page) == 0
        assert glance(samples, page.url).text in page.text


@pytest.mark.parametrize("name", ["page", "sort"])
def test_a_hostile_page_or_order_is_the_only_page_in_the_usual_order(samples: Browser, name: str):
    usual = slugs(samples.get("/reviews/"))
    for value in (*HOSTILE.values(), "-1", "0", "1e9", "abc", "9999999999999999999", "x", "", "%2B1"):
        page = glance(samples, f"/reviews/?{name}={value}")
        assert slugs(page) == usual
        assert total(page) == 12


MESSY = [
    "?" + "&".join(["genre=comedy"] * 500),
    "?" + "&".join(f"year={year}" for year in range(1000)),
    "?kind=film&kind=drama&kind=film",
    "?region=US&region=KR",
    "?sort=title&sort=year",
    "?q=salt&q=train",
    "?page=2&page=1",
    "?genre",
    "?genre=comedy&&&=&=x&genre[]=x",
    "?%00=1&%ED%A0%80=2",
    "?genre=comedy#%00",
    "?genre=comedy;genre=romance",
]


def test_repeated_and_malformed_parameters_answer_with_a_page(samples: Browser):
    for query in MESSY:
        page = samples.get("/reviews/" + query)
        assert glance(samples, "/reviews/" + query).text in page.text


@pytest.mark.real_data
def test_no_naughty_string_breaks_a_filter(samples: Browser, data: pathlib.Path):
    strings = json.loads((data / "unicode" / "blns.json").read_text(encoding="utf-8"))
    assert len(strings) > 500
    for place in range(0, len(strings), 5):
        some_of_them = strings[place : place + 5]
        facet = PARAMETERS[1 + place // 5 % (len(PARAMETERS) - 1)]
        page = glance(samples, address({facet: some_of_them, "page": some_of_them, "sort": some_of_them}))
        assert total(page) == 0, (facet, some_of_them)


def test_an_unknown_value_is_shown_and_can_be_taken_away(samples: Browser):
    page = samples.get("/reviews/?genre=comedy&genre=opera&person=nobody")
    assert total(page) == 0
    chips = page.texts("//ul[contains(@class, 'active')]//a[contains(@class, 'chip')]")
    assert [chip.partition(",")[0] for chip in chips] == ["Comedy", "opera", "nobody"]
    shown = {(offer.facet, offer.value): offer for offer in offers(page) if offer.chosen}
    assert not any(shown[each].disabled for each in (("genre", "opera"), ("person", "nobody")))


# What is not public


@pytest.fixture
def hidden(reader: Browser) -> Browser:
    """One live review, and three nobody may see yet or any more, all under the same terms."""
    common = {
        "overview": [("Title", "Paper Boats"), ("Genre", "Comedy"), ("Main Cast", "Ok Bo-ra"), ("Year", "2021")],
        "hashtags": ("#Boats",),
        "availability": (entry("Viki", "WORLD"),),
        "body": "## Introduction\n\nA lantern.\n\n## Memorable Lines\n\n> Row.\n> — Bo-ra, Episode 1\n",
    }
    stored_together(
        document(slug="seen", **common),
        document(slug="secret-draft", state="draft", featured=True, **common),
        document(slug="secret-withdrawn", state="withdrawn", featured=True, **common),
        document(slug="secret-scheduled", published_at=now() + timedelta(hours=1), featured=True, **common),
    )
    return reader


LISTS = [
    "/",
    "/reviews/",
    "/reviews/?genre=comedy&person=ok-bo-ra&hashtag=boats&platform=viki&region=US&year=2021",
    "/reviews/?q=lantern",
    "/genres/comedy/",
    "/people/ok-bo-ra/",
    "/hashtags/boats/",
    "/platforms/viki/",
    "/archive/",
    "/archive/2026/03/",
    "/feeds/reviews.atom",
    "/feeds/genre/comedy.atom",
    "/feeds/platform/viki.atom",
    "/sitemap.xml",
    "/reviews/seen/",
]


def test_what_is_not_public_is_in_no_list(hidden: Browser):
    for url in LISTS:
        page = Page(hidden, hidden.ask(url), url)
        assert "secret-" not in page.text, url
        assert "/reviews/seen/" in page.text, url


def test_what_is_not_public_counts_nowhere(hidden: Browser):
    assert {offer.count for offer in offers(hidden.get("/reviews/"))} == {1}
    for index in ("genres", "platforms", "people", "hashtags"):
        small = hidden.get(f"/{index}/").texts("//ul[contains(@class, 'index')]//small")
        assert {text.split()[0] for text in small} == {"1"}


def test_a_scheduled_review_appears_once_its_time_has_come(reader: Browser):
    coming = now() + timedelta(hours=1)
    review = stored(published_at=coming)
    assert total(reader.get("/reviews/")) == 0
    review.published_at = now() - timedelta(seconds=1)
    db.session.commit()
    assert slugs(reader.get("/reviews/")) == ["paper-boats"]


def test_the_lists_are_made_anew_when_the_next_review_is_due(app: Flask, reader: Browser):
    soon, later = now() + timedelta(hours=1), now() + timedelta(hours=2)
    stored_together(document(slug="later", published_at=later), document(slug="soon", published_at=soon), document())
    reader.get("/reviews/")
    _, kept = app.extensions["kblog.cache"].things["catalogue"]
    assert kept.until == soon


def test_what_is_kept_is_made_again_when_its_time_is_over_or_content_changed(app: Flask):
    made: list[int] = []

    def build(until: datetime | None) -> int:
        with app.app_context():
            return cache.kept("number", lambda: Kept(made.append(1) or len(made), until))

    in_an_hour, just_now = now() + timedelta(hours=1), now() - timedelta(seconds=1)
    assert [build(in_an_hour), build(None), build(just_now)] == [1, 1, 1]
    stored()
    assert [build(just_now), build(None), build(None)] == [2, 3, 3]


def test_a_comment_leaves_the_catalogue_and_shows_in_the_order_of_the_most_discussed(app: Flask, reader: Browser):
    things = moderated(app, "none").extensions["kblog.cache"].things
    stored(slug="older", published_at=now() - timedelta(days=2))
    stored(published_at=now() - timedelta(days=1))
    by_comments = "/reviews/?sort=discussed"
    assert slugs(reader.get(by_comments)) == ["paper-boats", "older"]
    kept = things["catalogue"]
    post(reader, "/reviews/older/comments")
    assert slugs(reader.get(by_comments)) == ["older", "paper-boats"]
    assert things["catalogue"] is kept
    stored(slug="newest", published_at=now())
    assert slugs(reader.get(by_comments)) == ["older", "newest", "paper-boats"]
    assert things["catalogue"] is not kept


@pytest.mark.parametrize("drafts", [0, 900, 90_000])
def test_a_set_holds_the_live_ones_of_its_reviews_however_few_they_are(drafts: int):
    dice = random.Random(drafts)
    ids = dice.sample(range(1, 600 + drafts), 500)
    catalogue = Catalogue([Listed(each, f"Work {each}", "", "", None, featured=False) for each in ids])
    for number in (0, 1, 20, 24, 26, 250, 500):
        asked = [*dice.sample(ids, number), 10**6]
        bits = catalogue.bits(asked)
        assert {catalogue.reviews[n].id for n in range(500) if bits >> n & 1} == set(asked) - {10**6}
        assert list(catalogue.places(bits)) == sorted(map(ids.index, asked[:-1]))


def test_a_column_with_more_values_than_a_byte_gives_the_set_of_each():
    column = [random.Random(n).choice((None, "", *range(1, 600))) for n in range(2_000)]
    found = sets_of(column)
    assert found == {
        value: sum(1 << n for n, each in enumerate(column) if each == value) for value in set(column) - {None, ""}
    }


# What it costs


COSTS = [
    "/reviews/",
    "/reviews/?genre=comedy&genre=romance&platform=viki&platform=none&region=US&person=x&year=2021&hashtag=y",
    "/reviews/?q=salt+road&genre=comedy&sort=title",
    "/reviews/?q=nothing-like-this",
]


def test_browsing_costs_at_most_eight_queries_cold_and_warm(sample_app: Flask, at_most):
    browser = Browser(sample_app)
    for url in COSTS:
        sample_app.extensions["kblog.cache"].things.clear()
        for _ in ("cold", "warm"):
            with at_most(queries=8):
                browser.get(url)


def test_more_rows_cost_at_most_eight_queries(reader: Browser, at_most):
    stored_together(*(document(slug=f"work-{n}", availability=(entry("Viki"),)) for n in range(60)))
    for _ in ("cold", "warm"):
        with at_most(queries=8):
            assert len(slugs(reader.fragment("/reviews/?page=2"))) == 24
