"""Opening a review: its titles, card, text, lines, hashtags and what surrounds them."""

import html
import re
from datetime import UTC, date, datetime, timedelta

import hypothesis
import pytest
import sqlalchemy as sa
from hypothesis import strategies as st

from kblog.db import db
from kblog.models import Redirect, Review
from kblog.overview import Availability

from .browser import Browser, Page
from .builders import PUBLISHED, comments, stored
from .conftest import counted

URL = "/reviews/paper-boats/"


def raw_title(page: Page) -> str:
    return html.unescape(re.search(r"<title>(.*?)</title>", page.text, re.DOTALL)[1])


def card(page: Page) -> list[tuple[str, str]]:
    """Read the rows of the card, each value as it stands."""
    return [
        ("".join(row.find("dt").itertext()), "".join("".join(each.itertext()) for each in row.findall("dd")))
        for row in page.all("//aside[@class='facts']//dl/div")
    ]


def ledger(page: Page) -> list[str]:
    return page.texts("//aside[@class='facts']//dl/div[1]/dd[not(details)]")


# Titles


def test_the_titles_are_the_works_own(reader: Browser):
    stored(
        headline="“Paper Boats”—Why it floats",
        overview=(("Title", "Paper Boats (종이배)"), ("Year", "2021")),
        other_titles=("Jongibae", "Little Boats"),
    )
    page = reader.get(URL)
    assert page.h1 == "Paper Boats"
    native = page.one("//p[@class='hangul']")
    assert (native.text, native.get("lang")) == ("종이배", "ko")
    assert "Also known as Jongibae, Little Boats" in page.words
    assert page.texts("//p[@class='dek']")[0] == "Why it floats"
    assert raw_title(page) == "“Paper Boats”—Why it floats | K-Blog"


def test_a_title_without_hangul_below_it_is_not_said_to_be_korean(reader: Browser):
    stored(overview=(("Title", "Paper Boats"), ("Original Title", "Jongibae")))
    assert not reader.get(URL).all("//p[@class='hangul'][@lang]")


STANDFIRSTS = [
    ("“Paper Boats”—Two boats race", "Two boats race"),
    ('"Paper Boats" - Two boats race', "Two boats race"),
    ("‘Paper Boats’: two boats race", "two boats race"),
    ("“PAPER BOATS” – Two boats race", "Two boats race"),
    ("“Paper Boats” — “Two” boats — race", "“Two” boats — race"),
    ("Behind the Quay: Why ‘Paper Boats’ Is Good", "Behind the Quay: Why ‘Paper Boats’ Is Good"),
    ("“Other Boats”—Two boats race", "“Other Boats”—Two boats race"),
    ("Paper Boats: two boats race", "Paper Boats: two boats race"),
    ("“Paper Boats”", None),
    ("Paper Boats", None),
    ("paper boats!", None),
    ("“Paper Boats”—", None),
    ("", None),
]


def test_the_headline_without_the_title_is_the_standfirst(reader: Browser):
    for number, (headline, standfirst) in enumerate(STANDFIRSTS):
        stored(slug=f"r-{number}", headline=headline)
        page = reader.get(f"/reviews/r-{number}/")
        assert page.texts("//header//p[@class='dek']") == ([standfirst] if standfirst else [])
        assert page.h1 == "Paper Boats"
        assert raw_title(page) == f"{headline or 'Paper Boats'} | K-Blog"


TITLES = [
    "Now, We Are Breaking Up",
    "“Quoted” 'Title' \"again\"",
    "<b>Bold</b> & <script>alert(1)</script>",
    "&amp; &lt;",
    "Lee Won‑suk’s Boats",
    "종이배",
    "🙂 Boats 🚣🏽",
    "ספינות נייר",
    "\u202eBoats",
    "Boats  with   spaces",
    "{{ 7*7 }} {% raw %}",
    "A" * 300,
    "1917",
    "!?",
]


def test_any_title_is_printed_as_written(reader: Browser):
    for number, title in enumerate(TITLES):
        stored(slug=f"r-{number}", headline=f"“{title}”—It floats", overview=(("Title", title), ("Year", "2021")))
        page = reader.get(f"/reviews/r-{number}/")
        assert "".join(page.one("//h1").itertext()) == title
        assert raw_title(page) == f"“{title}”—It floats | K-Blog"
        assert not page.all("//main//script")
    listed = ["".join(each.itertext()) for each in reader.get("/reviews/").all("//article//h3/a")]
    assert sorted(listed) == sorted(TITLES)


def test_a_review_without_a_title_goes_by_its_headline(reader: Browser):
    stored(headline="Thoughts on boats", overview=())
    page = reader.get(URL)
    assert page.h1 == "Thoughts on boats"
    assert not page.all("//header//p[@class='dek']")
    assert not page.all("//aside[@class='facts']")


# The card


ROWS = (
    ("Title", "Paper Boats"),
    ("Budget", "Nine won"),
    ("Main Cast", "Lee Hanee (Honey Lee), Lee Sun‑kyun, Gong “Gil” Myoung"),
    ("Runtime", "Approx. 106 minutes"),
    ("제작비", "구원"),
    ("Genre", "Musical comedy, romantic satire & more"),
    ("Director", "Lee Won‑suk"),
    ("Release Year", "2021 (October)"),
    ("Writer", "Park Jeong‑ye"),
    ("Number of Episodes", "16 + 2"),
)


def test_each_row_stands_under_the_authors_own_label_in_our_order(reader: Browser):
    stored(overview=ROWS)
    labels = ("Release Year", "Number of Episodes", "Runtime", "Genre", "Director", "Writer", "Main Cast")
    expected = [(label, dict(ROWS)[label]) for label in (*labels, "Budget", "제작비")]
    assert card(reader.get(URL)) == [("Where to watch", "Not checked yet"), *expected]


def test_links_stand_inside_the_values(reader: Browser):
    stored(overview=ROWS)
    page = reader.get(URL)
    links = {link.xpath("string()"): link.get("href") for link in page.all("//aside[@class='facts']//a")}
    assert links == {
        "2021": "/years/2021/",
        "Musical comedy": "/genres/musical-comedy/",
        "romantic satire": "/genres/romantic-satire/",
        "more": "/genres/more/",
        "Lee Won‑suk": "/people/lee-won-suk/",
        "Park Jeong‑ye": "/people/park-jeong-ye/",
        "Lee Hanee": "/people/lee-hanee/",
        "Lee Sun‑kyun": "/people/lee-sun-kyun/",
        "Gong “Gil” Myoung": "/people/gong-gil-myoung/",
    }
    for href in links.values():
        reader.get(href)


def test_two_rows_of_one_field_are_both_kept(reader: Browser):
    stored(
        overview=(
            ("Title", "Paper Boats"),
            ("Cast", "Gil Aram"),
            ("Starring", "Ma Bo"),
            ("Mood", "Wet"),
            ("Mood", "Sad"),
        )
    )
    assert card(reader.get(URL))[1:] == [("Cast", "Gil Aram"), ("Starring", "Ma Bo"), ("Mood", "Wet"), ("Mood", "Sad")]


def test_a_row_without_a_value_is_not_printed(reader: Browser):
    stored(overview=(("Title", "Paper Boats"), ("Director", ""), ("Mood", "")))
    assert card(reader.get(URL)) == [("Where to watch", "Not checked yet")]


def test_forty_people_are_all_linked(reader: Browser, at_most):
    names = [f"Kim {chr(65 + n % 26)}{'abcdefgh'[n // 26]}‑ri" for n in range(40)]
    stored(overview=(("Title", "Paper Boats"), ("Cast", ", ".join(names))))
    page = reader.get(URL)
    assert page.texts("//dl/div[contains(@class, 'names')]/dd/a") == names
    assert dict(card(page))["Cast"] == ", ".join(names)
    with at_most(queries=8):
        reader.get(URL)


LABELS = [
    *("Title", "Original Title", "Also Known As", "Year", "Genre", "Main Cast", "Director", "Writer", "Mood"),
    *("Director/Writer", "Episodes", "Runtime", "Streaming Platform", "Where to Watch", "감독", "출연", "제작비"),
]
WORDS = re.findall(
    r"\S+",
    """Netflix Viki Disney+ MUBI not on in the United States worldwide Korea (checked November 24, 2025) 2021 16 TBA
    None N/A Paper Boats 종이배 킬링 로맨스 Lee Won‑suk Kim “Q” and & as per episode Approx. 70 minutes 1h hours , ; /
    | : - — ( ) （ ） <b> Comedy musical currently streaming free rent unknown ? Season (Season 2) #Boats don’t""",
)


@hypothesis.settings(
    max_examples=30,
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture, hypothesis.HealthCheck.too_slow],
)
@hypothesis.given(
    rows=st.lists(
        st.tuples(st.sampled_from(LABELS), st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join)), max_size=6
    )
)
def test_every_word_of_every_value_is_on_the_page(reader: Browser, rows: list[tuple[str, str]]):
    number = db.session.scalar(sa.select(sa.func.count()).select_from(Review))
    review = stored(slug=f"made-{number}", headline="A headline", overview=tuple(rows))
    page = reader.get(f"/reviews/{review.slug}/")
    texts = list(page.one("//main").itertext())
    shown = "".join(texts) + " ".join(texts)  # Hangul within a word, and blocks that touch
    on_page = set(re.findall(r"[\w’‑]+", shown.casefold()))
    for label, value in rows:
        missing = set(re.findall(r"[\w’‑]+", value.casefold())) - on_page
        assert not missing, f"{label}: {value}"


# Where to watch


CHECKED = date(2025, 11, 24)


def test_what_was_checked_is_a_sentence_with_its_date(reader: Browser):
    value = "Not currently streaming on Netflix, Hulu, Disney+, Viki, or Kocowa in the United States"
    value = f"{value} (checked November 24, 2025)."
    stored(overview=(("Title", "Paper Boats"), ("Streaming Platform", value)))
    page = reader.get(URL)
    (sentence,) = ledger(page)
    assert sentence.startswith(
        "Not on Netflix, Hulu, Disney+, Viki or Kocowa in the United States, checked 24 Nov 2025"
    )
    assert page.one("//dl//time").get("datetime") == "2025-11-24"
    assert page.texts("//dl/div[1]/dt") == ["Streaming Platform"]
    links = [link.get("href") for link in page.all("//dl/div[1]/dd/a")]
    assert links == [f"/platforms/{name}/" for name in ("netflix", "hulu", "disney-plus", "viki", "kocowa")]


def test_a_name_alone_is_not_yet_checked_and_needs_no_note(reader: Browser):
    stored(overview=(("Title", "Paper Boats"), ("Platform", "Viki")))
    page = reader.get(URL)
    assert ledger(page) == ["Viki, not yet checked (region not checked)"]
    assert not page.all("//details[@class='as-written']")


def test_the_authors_sentence_is_kept_where_it_says_more(reader: Browser):
    value = "Viki, though the subtitles of episode 4 are a mystery"
    stored(overview=(("Title", "Paper Boats"), ("Platform", value)))
    assert value in reader.get(URL).texts("//details[@class='as-written']/p")


AGES = [(0, ""), (60, ""), (61, "check due"), (180, "check due"), (181, "unconfirmed"), (4000, "unconfirmed"), (-3, "")]


def test_an_old_check_says_that_it_is_old(reader: Browser):
    for number, (days, words) in enumerate(AGES):
        checked = datetime.now(UTC).date() - timedelta(days=days)
        stored(slug=f"r-{number}", availability=(Availability(platform="Viki", region="US", checked_on=checked),))
        page = reader.get(f"/reviews/r-{number}/")
        (sentence,) = ledger(page)
        assert page.one("//dl//time").get("datetime") == checked.isoformat()
        assert [word for word in ("check due", "unconfirmed") if word in sentence] == ([words] if words else [])


def test_several_dates_make_several_sentences(reader: Browser):
    entries = [
        Availability(platform="Viki", region="WORLD", checked_on=CHECKED),
        Availability(platform="Hulu", region="US", status="not available", checked_on=CHECKED),
        Availability(platform="Netflix", region="US", status="not available", checked_on=CHECKED),
        Availability(platform="Netflix", region="KR", checked_on=date(2024, 1, 2)),
        Availability(platform="Watcha", region="KR", status="left"),
        Availability(platform="Tving"),
    ]
    stored(overview=(("Title", "Paper Boats"),), availability=tuple(entries))
    page = reader.get(URL)
    assert [re.sub(r" \(.*", "", words) for words in ledger(page)] == [
        "Viki worldwide, checked 24 Nov 2025",
        "Not on Hulu or Netflix in the United States, checked 24 Nov 2025",
        "Netflix in South Korea, checked 2 Jan 2024",
        "No longer on Watcha in South Korea",
        "Tving, not yet checked",
    ]
    assert [time.get("datetime") for time in page.all("//dl//time")] == ["2025-11-24", "2025-11-24", "2024-01-02"]


def test_without_a_platform_row_the_card_says_that_nobody_looked(reader: Browser):
    stored(overview=(("Title", "Paper Boats"), ("Year", "2021")))
    assert card(reader.get(URL))[0] == ("Where to watch", "Not checked yet")


# The text


BODY = """## Introduction

Two boats race.

## Highlight Moments / Key Episodes

The Start: They push off.

::: spoiler episodes 9-12
One of them sinks.

## A heading inside
:::

### Smaller

## Memorable Lines

> “Paper remembers water.”
> — Gil, Episode 4

Said quietly.

## 결론 & Reminders

Bring a towel.
"""


def test_the_outline_is_the_headings_of_the_text(reader: Browser):
    stored(body=BODY)
    page = reader.get(URL)
    headings = page.all("//div[@class='prose']//h2[not(@id='h-hashtags')]")
    wanted = ["Introduction", "Highlight Moments / Key Episodes", "Memorable Lines", "결론 & Reminders"]
    assert [heading.xpath("string()") for heading in headings] == wanted
    assert page.texts("//nav[@class='toc']//li/a") == [*wanted, "0 comments"]
    assert page.all("//nav[@class='toc']//li/a/@href") == [*(f"#{each.get('id')}" for each in headings), "#comments"]


def test_a_spoiler_is_closed_and_says_how_far_it_tells(reader: Browser):
    stored(body=BODY)
    spoiler = reader.get(URL).one("//details[@class='spoiler']")
    assert "open" not in spoiler.attrib
    assert (spoiler.get("data-until"), spoiler.xpath("string(summary)")) == ("12", "Spoilers for episodes 9 to 12")
    assert "One of them sinks." in spoiler.xpath("string()")


def test_a_memorable_line_is_a_figure_with_its_speaker(reader: Browser):
    stored(body=BODY)
    figure = reader.get(URL).one("//figure[@class='line']")
    assert "“Paper remembers water.”" in figure.xpath("string(blockquote)")
    assert figure.xpath("string(figcaption)").split(",")[0].strip("— ") == "Gil"
    assert figure.xpath("string(following-sibling::p[1])") == "Said quietly."


def test_hashtags_and_labels_stand_under_their_heading(reader: Browser):
    stored(hashtags=("#PaperBoats", "#Rainy_Days", "#종이배"), labels=("K-Drama", "Comedy", "Odd label"))
    page = reader.get(URL)
    assert page.texts("//section[@class='filed']/h2") == ["Hashtags"]
    assert page.texts("//ul[@class='tags']/li/a") == ["#PaperBoats", "#Rainy_Days", "#종이배"]
    assert page.texts("//p[@class='labels']") == ["Filed under K-Drama, Comedy, Odd label"]
    for href in page.all("//section[@class='filed']//a/@href"):
        assert URL in reader.get(href).text


def test_labels_alone_are_filed_under(reader: Browser):
    stored(labels=("Comedy",))
    assert reader.get(URL).texts("//section[@class='filed']/h2") == ["Filed under"]


@pytest.mark.parametrize(
    ("tells", "words"),
    [("nothing", "Spoils nothing"), ("7", "Tells up to episode 7"), ("ending", "Tells the ending"), ("", "")],
)
def test_the_byline_says_how_far_the_text_tells(reader: Browser, tells: str, words: str):
    stored(tells=tells)
    for page in (reader.get(URL), reader.get("/reviews/")):
        said = [each for each in ("Spoils nothing", "Tells up to episode 7", "Tells the ending") if each in page.words]
        assert said == ([words] if words else [])


def test_a_verdict_is_printed_where_there_is_one(reader: Browser):
    for verdict in ("Essential", "Recommended", "Mixed", "Skip", ""):
        stored(slug=f"r-{verdict}", verdict=verdict)
        printed = reader.get(f"/reviews/r-{verdict}/").texts("//div[@class='byline']//span[@class='verdict']")
        assert printed == ([verdict] if verdict else [])


def test_a_later_change_is_dated(reader: Browser):
    for number, (hours, said) in enumerate(((None, False), (-48, False), (23, False), (25, True), (2000, True))):
        stored(slug=f"r-{number}", updated_at=None if hours is None else PUBLISHED + timedelta(hours=hours))
        byline = reader.get(f"/reviews/r-{number}/").one("//div[@class='byline']")
        assert byline.xpath(".//time")[0].get("datetime") == "2026-03-12T09:00:00Z"
        assert ("Updated" in byline.xpath("string()")) == said


def test_what_opens_spoilers_has_its_place_before_the_spoilers_of_comments_come(reader: Browser):
    hiding = {"hidden": {"spoils": "9"}, "barred": {"body": "That ||he comes||."}, "plain": {}}
    for name, given in hiding.items():
        stored(slug=name, comments=comments(2, **given))
    stored(slug="in-the-text", body="::: spoiler\nHe comes.\n:::")
    places = {
        name: reader.get(f"/reviews/{name}/").one("//*[@id='seen']").get("class") for name in (*hiding, "in-the-text")
    }
    assert places == {"hidden": "seen of-use", "barred": "seen of-use", "plain": "seen", "in-the-text": "seen of-use"}


def test_the_description_stands_before_the_excerpt(reader: Browser):
    stored(slug="with", body=BODY, description="By hand & “quoted”.")
    stored(slug="without", body=BODY)
    described, excerpted = (
        reader.get(f"/reviews/{slug}/").one("//meta[@name='description']") for slug in ("with", "without")
    )
    assert described.get("content") == "By hand & “quoted”."
    assert excerpted.get("content") == "Two boats race."
    listed = reader.get("/reviews/").texts("//article[@class='card']//p[@class='dek']")
    assert sorted(listed) == ["By hand & “quoted”.", "Two boats race."]


# What is missing


@pytest.mark.parametrize(
    "given",
    [
        {"overview": ()},
        {"overview": (), "headline": ""},
        {"body": ""},
        {"body": "No heading at all."},
        {"overview": (("Title", "Paper Boats"), ("Episodes", "16"))},
        {"overview": (("", "A line without a label"),)},
        {"overview": (("Year", "soon"), ("Episodes", "many"), ("Runtime", "long"), ("Platform", "—"))},
        {"overview": (("Title", "Paper Boats"), ("Cast", "," * 500), ("Platform", "," * 500))},
        {"overview": (("Title", "x" * 3000), ("Cast", "y " * 3000), ("Platform", "z " * 3000))},
        {"other_titles": ("<i>", ""), "labels": ("", "<b>"), "hashtags": ("#", "<u>", "")},
        {"availability": ()},
        {"availability": (Availability(status="not available", region="US"),)},
        {"availability": (Availability(platform="Viki", region="XX", link="javascript:alert(1)", note="<b>"),)},
    ],
    ids=str,
)
def test_a_review_may_lack_or_overdo_anything(reader: Browser, given: dict):
    stored(**given)
    page = reader.get(URL)
    assert page.h1
    assert not page.all("//main//a[starts-with(@href, 'javascript')]")
    for url in (
        "/",
        "/reviews/",
        "/archive/",
        "/sitemap.xml",
        "/feeds/reviews.atom",
        f"{URL}cover.svg",
        f"{URL}comments",
    ):
        reader.get(url)


# Who may see it, and at which address


@pytest.mark.parametrize(
    ("status", "given"),
    [
        (404, {"state": "draft"}),
        (404, {"published_at": None}),
        (404, {"published_at": datetime(2126, 1, 1, tzinfo=UTC)}),
        (410, {"state": "withdrawn"}),
    ],
    ids=("draft", "no date", "scheduled", "withdrawn"),
)
def test_what_is_not_out_is_not_shown_anywhere(reader: Browser, status: int, given: dict):
    stored(headline="Secret boats", overview=(("Title", "Secret boats"), ("Cast", "Gil Aram")), body="Secret.", **given)
    for headers in ({}, {"HX-Request-Type": "partial"}):
        page = reader.get(URL, status=status, headers=headers)
        assert "ecret" not in page.text
    for url in ("/", "/reviews/", "/reviews/?q=secret", "/archive/", "/people/", "/sitemap.xml", "/feeds/reviews.atom"):
        assert "Secret" not in reader.get(url).text
        assert "gil-aram" not in reader.get(url).text
    for url in (f"{URL}cover.svg", f"{URL}comments", f"{URL}comments.atom"):
        assert reader.get(url, status=None).status in (404, 410)


def test_a_review_appears_by_itself_when_its_moment_comes(reader: Browser):
    review = stored(published_at=datetime(2126, 1, 1, tzinfo=UTC))
    reader.get(URL, status=404)
    assert URL not in reader.get("/").text
    review.published_at = datetime.now(UTC) - timedelta(seconds=1)
    db.session.commit()
    reader.get(URL)
    assert URL in reader.get("/").text


def test_a_changed_slug_leads_to_the_new_one(reader: Browser):
    review = stored()
    db.session.add(Redirect(path="/reviews/old/", review_id=review.id))
    db.session.commit()
    moved = reader.get("/reviews/old/", status=301)
    assert moved.response.headers["Location"] == URL
    review.slug = "once-more"
    db.session.commit()
    assert reader.get("/reviews/old/", status=301).response.headers["Location"] == "/reviews/once-more/"
    reader.get("/reviews/older/", status=404)


@pytest.mark.parametrize(("status", "given"), [(410, {"state": "withdrawn"}), (404, {"state": "draft"})])
def test_an_old_slug_of_what_is_not_out_answers_as_the_new_one_does(reader: Browser, status: int, given: dict):
    review = stored(**given)
    db.session.add(Redirect(path="/reviews/old/", review_id=review.id))
    db.session.commit()
    reader.get("/reviews/old/", status=status)


# How it is served


@pytest.mark.parametrize("slug", ["salt-road", "night-ferry-to-tongyeong", "room-1107"])
def test_a_review_costs_five_queries_and_two_more_after_a_change(samples: Browser, at_most, slug: str):
    """The settings, the review, what stands under it, its thread and its neighbours; anew, the catalogue."""
    for queries, query in ((7, ""), (5, "?again")):  # an address of its own: the page itself is kept
        with at_most(queries=queries):
            samples.get(f"/reviews/{slug}/{query}")


def test_five_hundred_comments_cost_no_query_more(reader: Browser):
    stored(slug="quiet", body=BODY)
    stored(body=BODY, comments=comments(500))
    costs = {}
    for slug in ("quiet", "paper-boats"):
        with counted() as statements:
            reader.get(f"/reviews/{slug}/")
        costs[slug] = len(statements)
    with counted() as statements:
        reader.get("/reviews/quiet/?again")  # an address of its own: the page itself is kept
    assert costs["paper-boats"] <= 7
    assert costs["paper-boats"] == len(statements)


def test_every_reader_gets_the_same_bytes_and_no_cookie(samples: Browser):
    other = Browser(samples.app)
    first = samples.ask("/reviews/salt-road/")
    second = other.ask(
        "/reviews/salt-road/",
        headers={"Cookie": "session=x; theme=dark", "User-Agent": "Other", "Accept-Language": "ko", "Accept": "*/*"},
    )
    assert first.data == second.data
    assert first.headers["ETag"] == second.headers["ETag"]
    for response in (first, second):
        assert "Set-Cookie" not in response.headers
        assert "Cookie" not in response.headers.get("Vary", "")


def test_a_review_is_read_whole_without_a_script(samples: Browser):
    page = samples.get("/reviews/salt-road/")
    hidden = page.all("//main//*[@hidden]")
    assert not [each for each in hidden if not each.xpath(".//button | .//select")], (
        "only what a script does waits for it"
    )
    for closed in page.all("//main//details"):
        assert closed.find("summary") is not None, "it opens by hand"
    assert not page.all("//main//a[not(@href)]")
    assert page.all("//main//li[@class='comment']")


@pytest.mark.real_data
def test_the_imported_film_has_its_card_sections_and_lines(imported: Browser):
    page = imported.get("/reviews/killing-romance/")
    assert page.h1 == "Killing Romance"
    assert page.one("//p[@class='hangul'][@lang='ko']").text == "킬링 로맨스"
    rows = dict(card(page))
    assert "Lee Won‑suk" in rows["Director"]
    assert rows["Runtime"] == "106 minutes"
    assert page.one("//dl//time").get("datetime") == "2025-11-24"
    assert len(page.all("//figure[@class='line']/figcaption")) == 5
    assert len(page.all("//section[@id='comments']//li[@class='comment']")) == 3


@pytest.mark.parametrize("rest", ["", "comments", "comments.atom", "cover.svg", "comments?page=2"])
def test_everything_at_the_address_of_a_review_taken_back_is_gone(reader: Browser, rest: str):
    stored(slug="gone", state="withdrawn")
    reader.get(f"/reviews/gone/{rest}", status=410)


@pytest.mark.parametrize("rest", ["", "comments", "comments.atom", "cover.svg", "comments?page=2&sort=newest"])
def test_everything_at_the_address_of_a_renamed_review_moves(reader: Browser, rest: str):
    review = stored(slug="new-name")
    db.session.add(Redirect(path="/reviews/old-name/", review_id=review.id))
    db.session.commit()
    assert reader.get(f"/reviews/old-name/{rest}", status=301).response.location == f"/reviews/new-name/{rest}"
