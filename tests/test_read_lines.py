"""Reading the memorable lines: their list, the choices among them, and the address of each."""

import json
import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa

from kblog.db import db, now
from kblog.models import Line, Redirect

from .browser import Browser, Page, tostring
from .builders import PUBLISHED, document, stored, stored_together

BOATS = """## Memorable Lines

> “The tide owes us nothing.”
> 파도는 빚이 없다.
> — Jin Seo, Episode 4, to the ferryman

> Row.
> — Seo

::: spoiler episodes 9-12
> “I sank it myself.”
> — The Widow, Episode 12
:::
"""
SALT = """## Memorable Lines

> Salt keeps.
> — Gu, Episode 4

In Episode 7, Gu says, “Nobody is late here.” It hurts.
"""
TITLES = (("Title", "Paper Boats (종이배)"), ("Year", "2021"), ("Episodes", "16"))
PUBLIC = "//ol[@id='line-list']/li[not(.//details)]"


def two_reviews() -> None:
    stored_together(
        document(body=BOATS, overview=TITLES),
        document(slug="salt", overview=[("Title", "Salt Road")], body=SALT, published_at=PUBLISHED - timedelta(days=9)),
    )


def quotes(page: Page) -> list[str]:
    return page.texts("//ol[@id='line-list']//blockquote")


def options(page: Page, field: str) -> list[tuple[str, str]]:
    return [(each.get("value"), each.text) for each in page.all(f"//select[@name='{field}']/option")]


def ids() -> list[int]:
    return list(db.session.scalars(sa.select(Line.id).order_by(Line.id)))


# The list


def test_every_line_stands_with_its_speaker_its_work_and_its_place(reader: Browser):
    two_reviews()
    page = reader.get("/").follow("Lines")
    assert page.h1 == "Memorable lines"
    assert page.texts("//h2") == ["5 lines"]
    assert page.texts(f"{PUBLIC}//figcaption") == [
        "Jin Seo in Paper Boats 종이배 (2021), episode 4: to the ferryman",
        "Seo in Paper Boats 종이배 (2021)",
        "Gu in Salt Road, episode 4",
        "Gu in Salt Road, episode 7",
    ]
    first = page.all(f"{PUBLIC}//figure")[0]
    assert [(each.text, each.get("lang")) for each in first.xpath("./blockquote/p")] == [
        ("“The tide owes us nothing.”", None),
        ("파도는 빚이 없다.", "ko"),
    ]
    place, _, anchor = first.xpath(".//cite/a/@href")[0].partition("#")
    assert reader.get(place).texts(f"//*[@id='{anchor}']/blockquote/p")[0] == "“The tide owes us nothing.”"


def test_what_is_not_public_has_no_line_in_the_list(reader: Browser):
    stored_together(
        document(slug="draft", state="draft", body=BOATS),
        document(slug="gone", state="withdrawn", body=BOATS),
        document(slug="later", published_at=now() + timedelta(days=1), body=BOATS),
    )
    page = reader.get("/lines/")
    assert "No lines have been published yet." in page.words
    assert not page.all("//form[contains(@class, 'line-filters')]"), "there is nothing to choose from"


def test_twenty_stand_on_a_page_and_more_come_with_or_without_htmx(reader: Browser):
    lines = "\n\n".join(f"> Line {number}.\n> — Jin, Episode {number}" for number in range(1, 46))
    stored(body=f"## Memorable Lines\n\n{lines}", overview=TITLES)
    seen, page = [], reader.get("/lines/")
    for number, more in ((20, "Show 20 more"), (40, "Show 5 more"), (45, None)):
        seen += quotes(page)
        assert len(seen) == number
        if more:
            address = page.one("//a[@rel='next']").get("href")
            rows = reader.fragment(address)
            page = page.follow(more)
            assert quotes(page) == rows.texts("//hx-partial//blockquote")
            assert len(rows.all("//*[@autofocus]")) == 1
    assert seen == [f"Line {number}." for number in range(1, 46)]
    assert "That is everything." in page.words
    assert reader.fragment("/lines/").text in reader.get("/lines/").text, "a fragment is a slice of its page"


# Choosing


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("review=salt", ["Salt keeps.", "“Nobody is late here.”"]),
        ("speaker=gu", ["Salt keeps.", "“Nobody is late here.”"]),
        ("speaker=GU&episode=7", ["“Nobody is late here.”"]),
        ("speaker=jin+seo", ["“The tide owes us nothing.”", "Row."]),
        ("episode=4&review=", ["“The tide owes us nothing.”", "Salt keeps."]),
        ("review=salt&speaker=jin+seo", []),
    ],
)
def test_lines_are_chosen_by_review_speaker_and_episode(reader: Browser, query: str, found: list[str]):
    two_reviews()
    page = reader.get(f"/lines/?{query}")
    assert page.texts(f"{PUBLIC}//blockquote/p[1]") == found
    assert page.texts("//h2") == ["1 line" if len(found) == 1 else f"{len(found)} lines"]


def test_two_names_of_one_speaker_are_one_choice_and_each_choice_finds_something(reader: Browser):
    two_reviews()
    page = reader.get("/lines/")
    assert options(page, "speaker")[1:] == [("gu", "Gu"), ("jin seo", "Jin Seo")]
    assert options(page, "review")[1:] == [("paper-boats", "Paper Boats"), ("salt", "Salt Road")]
    assert options(page, "episode")[1:] == [("4", "Episode 4"), ("7", "Episode 7")]
    for field in ("review", "speaker", "episode"):
        for value, _ in options(page, field)[1:]:
            assert quotes(reader.get(f"/lines/?{urlencode({field: value})}"))
    narrowed = reader.get("/lines/?review=salt")
    assert options(narrowed, "speaker")[1:] == [("gu", "Gu")], "under the other choices"
    assert narrowed.one("//select[@name='review']/option[@selected]").get("value") == "salt"
    assert narrowed.one("//a[contains(@class, 'chip')]").get("href") == "/lines/"


HOSTILE = (
    "nobody",
    "%00",
    "'%20OR%201=1%20--",
    "%F0%9F%9A%A2" * 90,
    "-1",
    "1e3",
    "9" * 30,
    "٤",
    "<b>x</b>",
    "%FF%FE",
    "\\",
)


@pytest.mark.parametrize("value", HOSTILE)
def test_what_no_line_has_finds_nothing_and_says_so(reader: Browser, value: str):
    two_reviews()
    for field in ("review", "speaker", "episode"):
        page = reader.get(f"/lines/?{field}={value}")
        assert page.texts("//h2") == ["0 lines"]
        assert "No lines match all of these." in page.words
        assert page.all("//*[@class='empty']/a[@href='/lines/']")
        assert page.one("//meta[@name='robots']").get("content") == "noindex, follow"
    for page_number in ("0", "-3", "x", "9" * 40):
        assert reader.get(f"/lines/?page={page_number}").texts("//h2") == ["5 lines"]


def test_each_choice_has_one_address(reader: Browser):
    two_reviews()
    for query, address in (
        ("", "/lines/"),
        ("?speaker=&review=salt&episode=&utm=1", "/lines/?review=salt"),
        ("?episode=4&speaker=gu&page=1", "/lines/?speaker=gu&episode=4"),
    ):
        page = reader.get(f"/lines/{query}")
        canonical, is_listed = page.all("//link[@rel='canonical']/@href"), "speaker" not in address
        assert canonical == ([f"http://localhost{address}"] if is_listed else [])
        assert bool(page.all("//meta[@name='robots']")) != is_listed
        assert reader.fragment(f"/lines/{query}").response.headers["HX-Push-Url"] == address
    assert "http://localhost/lines/</loc>" in reader.get("/sitemap.xml").text


def test_the_lines_of_a_renamed_review_are_found_under_its_new_address(reader: Browser):
    review = stored(body=SALT)
    db.session.add(Redirect(path="/reviews/salt/", review_id=review.id))
    db.session.commit()
    answer = reader.get("/lines/?review=salt&episode=4", status=301)
    assert answer.response.location == "/lines/?review=paper-boats&episode=4"


# What spoils


def test_a_line_that_spoils_is_closed_and_says_how_far_it_tells(reader: Browser):
    two_reviews()
    page = reader.get("/lines/")
    (closed,) = page.all("//ol[@id='line-list']//details[@class='spoiler'][not(@open)]")
    assert closed.get("data-until") == "12"
    assert page.texts("//details/summary") == ["A line from Paper Boats that spoils up to episode 12"]
    assert "I sank it myself." in "".join(closed.itertext())
    assert page.text.count("I sank it myself.") == len(re.findall("I sank it myself", tostring(closed)))
    address = closed.xpath(".//a[starts-with(@href, '/lines/')]/@href")[0]
    alone = reader.get(address)
    assert alone.title == "A line from Paper Boats | K-Blog"
    assert alone.one("//meta[@name='description']").get("content") == (
        "A line from Paper Boats that spoils up to episode 12."
    )
    assert alone.h1 == "A line from Paper Boats"
    (closed,) = alone.all("//main//details[@class='spoiler'][not(@open)]")
    assert alone.text.count("I sank it myself.") == len(re.findall("I sank it myself", tostring(closed))) > 1


def test_who_says_a_line_that_spoils_is_hidden_with_it(reader: Browser):
    two_reviews()
    page = reader.get("/lines/")
    assert "widow" not in json.dumps([options(page, field) for field in ("review", "speaker", "episode")]).lower()
    for query in ("speaker=the+widow", "episode=12"):
        assert reader.get(f"/lines/?{query}").texts("//h2") == ["0 lines"]
    assert len(reader.get("/lines/?review=paper-boats").all("//details[@class='spoiler']")) == 1


# One line


def test_a_line_has_a_page_with_its_review_and_words_to_copy(reader: Browser):
    two_reviews()
    page = reader.get(f"/lines/{ids()[0]}/")
    said = f"“The tide owes us nothing.” / 파도는 빚이 없다. — Jin Seo, Paper Boats (2021), K-Blog, http://localhost/lines/{ids()[0]}/"
    assert page.title == "“The tide owes us nothing.” / 파도는 빚이 없다. (Jin Seo, Paper Boats) | K-Blog"
    assert page.texts("//*[@id='attribution']") == [said]
    assert page.one("//button[@data-copy]").get("data-copy") == said
    assert page.one("//meta[@name='description']").get("content") == said
    assert page.one("//article[@class='card']//h3/a").get("href") == "/reviews/paper-boats/"
    assert page.follow("All lines of this review").texts("//h2") == ["3 lines"]


def test_a_line_without_marks_or_speaker_is_quoted_all_the_same(reader: Browser):
    stored(body="## Lines\n> Row,\n> she said.\n>\n> — at dawn\n", overview=[("Title", "Boats")])
    (number,) = ids()
    db.session.get(Line, number).speaker = ""
    db.session.commit()
    said = reader.get(f"/lines/{number}/").texts("//*[@id='attribution']")
    assert said == [f"“Row, she said.” — Boats, K-Blog, http://localhost/lines/{number}/"]


def test_from_line_to_line_one_comes_through_all_of_them_and_back(reader: Browser):
    two_reviews()
    stored(slug="twin", overview=[("Title", "Twin")], body=SALT, published_at=PUBLISHED - timedelta(days=9))
    listed = [int(each.removeprefix("line-")) for each in reader.get("/lines/").all("//ol[@id='line-list']/li/@id")]
    assert len(listed) == 7
    page, walked = reader.get(f"/lines/{listed[0]}/"), [listed[0]]
    assert not page.all("//a[@rel='prev']")
    while page.all("//a[@rel='next']"):
        page = page.follow("Next line")
        walked.append(int(page.url.split("/")[-2]))
    assert walked == listed
    while page.all("//a[@rel='prev']"):
        page = page.follow("Previous line")
        walked.append(int(page.url.split("/")[-2]))
    assert walked[7:] == listed[-2::-1]


def test_the_review_links_each_of_its_lines(reader: Browser):
    two_reviews()
    for slug in ("paper-boats", "salt"):
        page = reader.get(f"/reviews/{slug}/")
        links = page.all("//a[@class='permalink']")
        assert len(links) == len(page.all("//*[starts-with(@id, 'line-')]"))
        for link in links:
            alone = reader.get(link.get("href"))
            stands = link.xpath("ancestor::*[starts-with(@id, 'line-')]")[0]
            place = alone.one("//figure//cite/a").get("href")
            assert place == f"/reviews/{slug}/#{stands.get('id')}"
            assert not "".join(link.itertext()), "the author's words stay as they are"


def test_a_line_of_what_is_not_public_answers_as_its_review_does(reader: Browser):
    for slug, given in {
        "draft": {"state": "draft"},
        "later": {"published_at": now() + timedelta(days=1)},
        "gone": {"state": "withdrawn"},
    }.items():
        stored(slug=slug, body=SALT, **given)
        for number in db.session.scalars(sa.select(Line.id).order_by(Line.id.desc()).limit(2)).all():
            page = reader.get(f"/lines/{number}/", status=410 if slug == "gone" else 404)
            assert "Salt" not in page.text
    for number in ("0", "999", "9" * 18, "9" * 40, "-1", "x"):
        reader.get(f"/lines/{number}/", status=404)


def test_lines_cost_few_queries_however_many_there_are(reader: Browser, at_most):
    lines = "\n\n".join(f"> Line {number}.\n> — Jin {number}" for number in range(60))
    stored_together(*(document(slug=f"r-{n}", body=f"## Lines\n\n{lines}") for n in range(5)))
    first = ids()[0]
    for budget in (7, 3):  # cold and warm
        with at_most(queries=budget):
            reader.get("/lines/")
    with at_most(queries=5):
        reader.get("/lines/?review=r-1")
    with at_most(queries=8):
        reader.get(f"/lines/{first}/")
