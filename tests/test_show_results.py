"""What a search shows, in which order: the best first, what was asked for marked, and never a spoiler."""

import pathlib
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import pytest
import sqlalchemy as sa

from kblog.db import db
from kblog.document import Document
from kblog.models import Review, SearchEntry, Term

from .browser import HTMX, Browser, Page
from .builders import document, stored, stored_together
from .conftest import running

TIDE = document(
    slug="tide",
    headline="“Tide”—An island counts",
    description="Two sisters and a lantern.",
    overview=[
        ("Title", "Tide (물때)"),
        ("Genre", "Mystery"),
        ("Main Cast", "Lee Hanee (이하늬), Bang Hui\u2011won"),
        ("Director", "Yoo Seon-gyu"),
    ],
    characters=(("Bang Hui\u2011won", "Nam Chun\u2011ja"),),
    hashtags=("#물때", "#TideSong"),
    body="""
Before any heading: the harbour.

## Introduction

Nobody on the island doesn’t know the ferryman. He hums a lullaby, badly, to the gulls.

## Why It’s Special

Bang Hui\u2011won’s silence is a café at closing time. The Korean word is 미생물이라고 했다.

::: spoiler episodes 9-12
The lullaby was a code for arson.

> I lit the lantern.
> — Hui-won, Episode 12
:::

## Memorable Lines

> Tides owe us nothing.
> — Yeo\u2011rae, Episode 4

::: spoiler
> Cremation owes us nothing.
> — Halmeoni, Episode 16
:::
""",
)
LANTERN = document(
    slug="lantern",
    overview=[("Title", "Lantern"), ("Other Title", "Deungbul"), ("Genre", "Romance"), ("Main Cast", "Gong Myoung")],
    body="## Introduction\n\nA tide comes in.\n\n## Conclusion\n\nThe tide goes out; the tide comes back.",
)
NIGHT = document(
    slug="night",
    overview=[("Title", "Night Lantern Harbour"), ("Genre", "Romance"), ("Main Cast", "Hui Tide")],
    body="## Introduction\n\nNobody hums.",
)


@pytest.fixture(scope="module")
def island(empty_instance: pathlib.Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser on three reviews, for tests that only read."""
    for app in running(empty_instance, tmp_path_factory.mktemp("island") / "instance"):
        stored_together(TIDE, LANTERN, NIGHT)
        yield Browser(app)


def search(browser: Browser, query: str, **more: str) -> Page:
    response = browser.ask("/reviews/", query_string={"q": query, **more})
    return Page(browser, response, query)


def slugs(page: Page) -> list[str]:
    return [href.split("/")[2] for href in page.all("//article[contains(@class, 'card')]//h3/a/@href")]


# The order


def test_titles_come_first_then_people_then_labels_then_the_text(island: Browser):
    assert slugs(search(island, "tide")) == ["tide", "night", "lantern"]
    assert slugs(search(island, "lantern")) == ["lantern", "night", "tide"]  # called just that, in a title, in a text


def test_words_that_follow_each_other_come_before_words_that_do_not(reader: Browser):
    stored_together(
        document(
            slug="apart", headline="", overview=(("Title", "X"),), body="Boats and boats. Paper for boats. More paper."
        ),
        document(slug="together", headline="", overview=(("Title", "Y"),), body="Long ago there were two paper boats."),
    )
    for query in ("paper boats", "paper boat", "Paper-boats"):
        assert slugs(search(reader, query))[0] == "together", query
    assert slugs(search(reader, '"paper boats"')) == slugs(search(reader, "“paper boats”")) == ["together"]


def test_the_other_orders_stay_a_link_away(island: Browser):
    page, current = search(island, "tide"), "//nav[@aria-label='Sort reviews']//a[@aria-current]"
    names = page.texts("//nav[@aria-label='Sort reviews']//a")
    assert names == ["Best match", "Newest", "Release year", "Title", "Most discussed"]
    assert page.texts(current) == ["Best match"]
    by_title = page.follow("Title")
    assert slugs(by_title) == ["lantern", "night", "tide"]
    assert by_title.one("//form[@id='filters']//input[@name='sort']").get("value") == "title"
    newest = page.follow("Newest")
    assert (newest.url, newest.texts(current)) == ("/reviews/?q=tide&sort=newest", ["Newest"])
    assert newest.follow("tide, remove filter").url == "/reviews/"  # without a text that is the usual order
    assert search(island, "", sort="best").texts(current) == ["Newest"]


def test_every_page_goes_on_where_the_one_before_ended(reader: Browser):
    def work(n: int) -> Document:
        cast = f"Ferry Kim{n}" if n % 7 == 0 else "Ma"
        overview = (("Title", "Ferry" if n % 9 == 0 else f"Work {n}"), ("Main Cast", cast))
        return document(slug=f"work-{n}", headline="", overview=overview, body="A ferry. " * (n % 5 + 1))

    stored_together(*map(work, range(60)))

    def listed() -> list[str]:
        pages = [reader.fragment(f"/reviews/?q=ferry&page={n}") for n in (1, 2, 3)]
        return [slug for page in pages for slug in slugs(page)]

    first = listed()
    assert len(first) == len(set(first)) == 60
    assert set(first[:7]) == {f"work-{n}" for n in range(0, 60, 9)}
    assert set(first[7:15]) == {f"work-{n}" for n in range(0, 60, 7) if n % 9}
    assert listed() == first


# What is marked

MARKED = {
    "tide": {"Tide", "#TideSong", "Tides", "tide"},
    "huiwon": {"Hui\u2011won’s", "Hui\u2011won"},
    "hui won": {"Hui\u2011won’s", "Hui\u2011won", "Hui"},
    "doesnt": {"doesn’t"},
    "cafe": {"café"},
    "생물": {"생물"},
    "물때": {"물때"},
    "lull": {"lullaby"},
    '"hums a lullaby"': {"hums a lullaby"},
    "why its special": {"Why It’s Special", "Why", "It’s", "Special"},
    "Hanee Yi": {"Lee Hanee", "이하늬"},
}


@pytest.mark.parametrize("query", MARKED)
def test_the_marks_stand_on_the_words_as_they_were_written(island: Browser, query: str):
    page = search(island, query)
    marks = page.texts("//article//mark")
    assert marks, query
    assert {"".join(mark) for mark in marks} <= MARKED[query], query


def test_a_result_says_where_its_passage_stands(island: Browser):
    found = {
        query: search(island, query) for query in ("cafe", "harbour gulls", "seon gyu", "mystery", "lantern sisters")
    }
    assert found["cafe"].texts("//article//p[@class='meta']") == ["In Why It’s Special"]
    assert search(island, "deungbul").texts("//article//p[@class='meta']") == ["Also known as"]
    assert search(island, "chunja").texts("//article//p[@class='meta']") == ["Characters"]
    assert found["cafe"].all("//article//p[@class='meta']/a/@href") == ["/reviews/tide/#h-why-its-special"]
    assert island.get("/reviews/tide/").all("//*[@id='h-why-its-special']")
    assert found["harbour gulls"].texts("//article//p[@class='meta']") == []  # before any heading
    assert found["seon gyu"].texts("//article//p[@class='meta']") == ["Director"]
    assert found["mystery"].texts("//article//p[@class='meta']") == ["Genre"]
    assert found["lantern sisters"].texts("//p[@class='passage']") == ["Two sisters and a lantern."]


def test_a_passage_is_short_and_holds_the_words(reader: Browser):
    before, after = "Nothing much happens here. " * 20, "And nothing happens again. " * 20
    stored(body=f"## Story\n\n{before}\n\n{before} Then the *kingfisher* comes. {after}\n\n{after}")
    (passage,) = search(reader, "kingfisher").texts("//p[@class='passage']")
    assert "Then the kingfisher comes." in passage
    assert passage.startswith("… ")
    assert passage.endswith(" …")
    assert len(passage) < 240


def test_hostile_words_are_shown_as_words(reader: Browser):
    stored(body="## <script>alert(1)</script>\n\nA `<b onclick=x>` & <i>tide</i>.")
    page = reader.get("/reviews/?q=%3Cscript%3E+tide")
    assert not page.all("//article//script | //article//i | //article//b")
    assert page.texts("//article//mark")


def test_nothing_shown_comes_from_a_spoiler(island: Browser):
    for query in ("lullaby", "lantern", "owes", "nothing", "hui-won", "island", "the"):
        text = " ".join(search(island, query).texts("//*[@id='results']"))
        assert not any(word in text for word in ("arson", "Cremation", "Halmeoni", "I lit")), query
    for query in ("arson", "cremation", "halmeoni", '"lullaby was"'):
        assert slugs(search(island, query)) == []
    entry = db.session.scalar(sa.select(SearchEntry).join(Review).where(Review.slug == "tide"))
    assert entry is not None
    assert not any(word in str(entry.passages) for word in ("arson", "Cremation", "Halmeoni", "I lit"))


def test_a_review_whose_passages_are_not_there_yet_shows_its_teaser(reader: Browser):
    stored(description="A lantern at sea.", body="A pier.")
    db.session.execute(sa.update(SearchEntry).values(passages=None))
    db.session.commit()
    page = search(reader, "lantern")
    assert page.texts("//p[@class='passage']") == ["A lantern at sea."]
    assert page.texts("//p[@class='passage']/mark") == ["lantern"]


# People and lines


def beside(page: Page, title: str) -> list[str]:
    return page.texts(f"//section[h3='{title}']//li")


def test_people_are_found_by_any_spelling(island: Browser):
    for query in ("이하늬", "Lee Hanee", "hanee", "Yi Ha-nee", "Rhee Hanee", "LeeHanee"):
        assert beside(search(island, query), "People") == ["Lee Hanee 이하늬 1 review"], query
    for query in ("Gong Myung", "gong myeong", "Myeong", "GongMyoung"):
        page = search(island, query)
        assert beside(page, "People") == ["Gong Myoung 1 review"], query
        assert slugs(page) == ["lantern"]
        assert page.all("//section[h3='People']//a/@href") == ["/people/gong-myoung/"]
    assert beside(search(island, "silence"), "People") == []


def test_a_person_of_a_draft_is_nobodys_business(reader: Browser):
    stored(slug="live", overview=(("Title", "X"), ("Main Cast", "Lee Hanee")))
    stored(slug="draft", state="draft", overview=(("Title", "Y"), ("Main Cast", "Lee Hanee (이하늬), Ma Hidden")))
    page = search(reader, "lee hanee")
    assert beside(page, "People") == ["Lee Hanee 1 review"]
    assert db.session.scalar(sa.select(Term.native_name).where(Term.slug == "lee-hanee")) == "이하늬"
    for query in ("hidden", "ma hiden", "Ma Hidden"):
        assert "Did you mean" not in search(reader, query).words, query


def test_lines_are_found_and_lead_to_their_place(island: Browser):
    page = search(island, "owes nothing")
    assert beside(page, "Lines") == []
    page = search(island, "owe us nothing")
    assert beside(page, "Lines") == ["Tides owe us nothing. Yeo\u2011raeTideEpisode 4"]
    (address,) = page.all("//section[h3='Lines']//a/@href")
    path, _, anchor = address.partition("#")
    assert "Tides owe us" in " ".join(island.get(path).texts(f"//*[@id='{anchor}']"))
    assert beside(search(island, "yeorae"), "Lines")
    assert beside(search(island, "owe us nothing", genre="romance"), "Lines") == []


def test_what_stands_beside_the_list_stands_on_its_first_page_only(reader: Browser):
    stored_together(
        *(document(slug=f"w{n}", overview=(("Title", f"W{n}"), ("Main Cast", "Ma Hana"))) for n in range(30))
    )
    assert beside(search(reader, "ma hana"), "People") == ["Ma Hana 30 reviews"]
    assert beside(search(reader, "ma hana", page="2"), "People") == []


# What was meant

MEANT = {
    "lantren": "Lantern",
    "lanterm": "Lantern",
    "lanten": "Lantern",
    "deungbal": "Deungbul",
    "night lantern harbor": "Night Lantern Harbour",
    "nigth lantern harbour": "Night Lantern Harbour",
    "gomg myoung": "Gong Myoung",
    "이하니": "이하늬",
    "때물": "물때",
    "multtae": "물때",
    "Mul-tte": "",
    "방희원": "Bang Hui\u2011won",
    "공명": "Gong Myoung",
    "유 선규": "Yoo Seon-gyu",
    "공명이": "",
    "물때ㅡ": "",
    "xylophone": "",
    "ti": "",
    "!?": "",
}


@pytest.mark.parametrize("query", MEANT)
def test_one_wrong_key_is_put_right(island: Browser, query: str):
    page = search(island, query)
    links = page.all("//*[contains(@class, 'empty')]/p[1]/a") if "Did you mean" in page.words else []
    assert [link.text_content() for link in links] == [MEANT[query]] * bool(MEANT[query])
    for link in links:
        assert slugs(island.get(link.get("href")))


def test_only_what_finds_something_is_offered(island: Browser):
    for genre, meant in (("romance", True), ("mystery", False)):
        page = search(island, "gomg myoung", genre=genre)
        assert ("Did you mean Gong Myoung?" in page.words) == meant
        if meant:
            address = page.all("//*[contains(@class, 'empty')]/p[1]/a/@href")[0]
            assert dict(parse_qsl(urlsplit(address).query)) == {"q": "Gong Myoung", "genre": "romance"}


# Half typed


def test_a_word_being_typed_in_korean_never_empties_the_list(reader: Browser):
    stored(overview=(("Title", "Killing Romance (킬링 로맨스)"),))
    stored(slug="apple", overview=(("Title", "Apple (사과 값)"),))
    for query in (
        "ㅋ",
        "키",
        "킬",
        "킬ㄹ",
        "킬리",
        "킬링",
        "킬링 ㄹ",
        "킬링 로",
        "킬링 롬",
        "킬링 로매",
        "킬링 로맨",
        "킬링 로맨ㅅ",
    ):
        assert "paper-boats" in slugs(search(reader, query)), query
    for query in ("ㅅ", "사", "삭", "사고", "사과", "사과 ㄱ", "사과 가", "사과 갑", "사과 값"):
        assert "apple" in slugs(search(reader, query)), query


def test_the_address_is_replaced_while_only_the_words_differ(island: Browser):
    def headers(url: str, here: str) -> str:
        answer = island.get(url, headers={**HTMX, "HX-Current-URL": here}).response
        return next(name for name, _ in answer.headers if name.startswith("HX-"))

    for here in ("/reviews/?q=tid&kind=drama", "/reviews/?kind=drama", "/reviews/?kind=drama&q=x&page=3&genre="):
        assert headers("/reviews/?q=tide&kind=drama", f"http://localhost{here}") == "HX-Replace-Url"
    for here in ("/reviews/?q=tide", "/reviews/?q=tide&kind=film", "/reviews/?q=tide&kind=drama&sort=title", "/", ""):
        assert headers("/reviews/?q=tide&kind=drama", f"http://localhost{here}" if here else "") == "HX-Push-Url"
