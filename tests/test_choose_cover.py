"""The author chooses a cover: another one that is drawn, or a picture with the point that stays in sight."""

import io
import pathlib
import re

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Page as BrowserPage
from playwright.sync_api import expect

from kblog import background
from kblog import document as documents
from kblog.db import db, reads_only
from kblog.media import variants
from kblog.models import Review, Revision
from kblog.reviews.cover_pictures import place
from kblog.transfer import rows

from .browser import Browser
from .builders import PUBLISHED, stored
from .chromium import DEVICE, find_nothing, served
from .conftest import read, running, with_author
from .covering import hung, photograph
from .letting_in import let_in

FACTS = [("Title", "Paper Boats (종이배)"), ("Year", "2021")]


def cover_page() -> str:
    """The address at which the one review gets its cover."""
    return f"/studio/reviews/{read(sa.select(Review.id))[0]}/cover/"


def saved() -> sa.Row:
    """What is stored of the one review."""
    names = ("cover", "cover_seed", "cover_focus", "cover_alt", "cover_files", "description", "updated_at")
    with reads_only():
        return db.session.execute(sa.select(*(getattr(Review, name) for name in names))).one()


def frames(page) -> list[str]:
    return page.all("//img[contains(@class, 'cover')]/@src")


def test_another_drawn_cover_is_seen_before_it_is_saved_and_the_first_comes_back(author: Browser):
    stored(overview=FACTS)
    url, before = cover_page(), author.get("/reviews/paper-boats/").one("//header//img/@src")
    page = author.get(url)
    offered = frames(page)
    assert len(offered) == 6
    drawings = {author.get(each).text for each in offered}
    assert len(drawings) == 6
    assert author.get("/reviews/paper-boats/cover.svg").text in drawings
    page.send("//form[@id='drawn-cover']", {"number": "3"})
    assert saved().cover_seed == "paper-boats/3"
    shown = author.get("/reviews/paper-boats/").one("//header//img/@src")
    assert shown != before
    assert author.get(shown).text == author.get(offered[2]).text
    assert author.get(url).one("//input[@name='number'][@checked]/@value") == "3"
    author.get(url).send("//form[@id='drawn-cover']", {"number": "1"})
    assert saved().cover_seed == ""
    assert author.get("/reviews/paper-boats/").one("//header//img/@src") == before


def test_there_are_always_other_covers_and_a_way_back(author: Browser):
    stored(overview=FACTS)
    url = cover_page()
    later = author.get(url).follow("Other covers")
    assert later.texts("//form[@id='drawn-cover']//label") == [f"Cover {number}" for number in range(7, 13)]
    assert later.follow("The covers before").one("//input[@name='number'][@checked]/@value") == "1"
    for number in ("0", "100001", "-1", "x"):
        author.get(f"{url}{number}.svg", status=404)
        author.get(url).send("//form[@id='drawn-cover']", {"number": number}, status=422)


def test_a_picture_is_the_cover_wherever_the_review_is_listed(app: Flask, author: Browser):
    stored(overview=FACTS, description="Folded and sent.")
    picture = hung(app)
    page = author.get(cover_page()).follow("harbour.png")
    said = {"alt": "A harbour at noon", "credit": "Photograph: Gil Saebyeok"}
    page.send("//form[@id='picture-cover']", {"x": "10", "y": "40", **said})
    reader = Browser(app)
    for address in ("/", "/reviews/", "/reviews/?q=boats", "/reviews/paper-boats/"):
        shown = reader.get(address).one(f"//img[@src='{picture.address}']")
        assert shown.get("alt") == "A harbour at noon"
        assert shown.get("class") == "cover at-0"  # its left edge is as near to the middle as it can be
        assert (shown.get("width"), shown.get("height")) == ("600", "800")
    page = reader.get("/reviews/paper-boats/")
    assert "Cover: Photograph: Gil Saebyeok" in page.words
    assert f"http://localhost{picture.address}" in page.text  # in its linked data
    assert f"http://localhost{picture.address}" in reader.get("/feeds/reviews.json").text


def test_a_picture_needs_words_unless_it_is_decoration(app: Flask, author: Browser):
    stored(overview=FACTS)
    hung(app, alt="")
    page = author.get(cover_page()).follow("harbour.png")
    refused = page.send("//form[@id='picture-cover']", {"alt": " "}, status=422)
    assert "Describe the picture" in refused.words
    assert saved().cover == ""
    refused.send("//form[@id='picture-cover']", {"alt": "", "is_decorative": "y"})
    assert author.get("/reviews/paper-boats/").one("//header//img").get("alt") == ""


def test_what_the_library_says_of_a_picture_is_offered(app: Flask, author: Browser):
    stored(overview=FACTS)
    hung(app, alt="A harbour, seen from the hill")
    page = author.get(cover_page()).follow("harbour.png")
    assert page.one("//textarea[@name='alt']").text.strip() == "A harbour, seen from the hill"


def test_a_picture_is_looked_at_before_it_is_saved(app: Flask, author: Browser):
    stored(overview=FACTS)
    hung(app)
    page = author.get(cover_page()).follow("harbour.png")
    seen = page.send("//form[@id='picture-cover']", {"x": "100"}, button="action=look", status=200)
    assert seen.one("//figure[@class='focus-framed']//img").get("class") == "cover at-100"
    assert dict(seen.fields("//form[@id='picture-cover']"))["x"] == "100"
    assert saved().cover == ""


def test_a_drawn_cover_takes_the_place_of_a_picture(app: Flask, author: Browser):
    stored(overview=FACTS)
    picture = hung(app)
    author.get(cover_page()).follow("harbour.png").send("//form[@id='picture-cover']", {"alt": "A harbour"})
    page = author.get(cover_page())
    assert not page.all("//input[@name='number'][@checked]")
    page.send("//form[@id='drawn-cover']", {"number": "1"})
    assert (saved().cover, saved().cover_alt, saved().cover_files) == ("", "", None)
    assert picture.address not in Browser(app).get("/reviews/paper-boats/").text


@pytest.mark.parametrize(
    "wrong",
    [
        {"x": "101"},
        {"y": "-3"},
        {"x": ""},
        {"cover": "/media/x.jpg"},
        {"cover": f"/media/{'0' * 64}.jpg"},
        {"cover": "//evil.example/a.jpg"},
        {"alt": "x" * 1001},
        {"is_decorative": "y"},  # and described
    ],
)
def test_nonsense_is_told_and_changes_nothing(app: Flask, author: Browser, wrong: dict):
    stored(overview=FACTS)
    hung(app)
    page = author.get(cover_page()).follow("harbour.png")
    refused = page.send("//form[@id='picture-cover']", {"alt": "A harbour", **wrong}, status=422)
    assert refused.all("//p[@class='error']")
    assert saved().cover == ""
    assert author.get(f"{cover_page()}?picture=nonsense", status=404)


def test_a_page_that_is_older_than_the_review_saves_nothing_and_keeps_what_was_chosen(app: Flask, author: Browser):
    stored(overview=FACTS)
    hung(app)
    page = author.get(cover_page()).follow("harbour.png")
    author.get(cover_page()).send("//form[@id='drawn-cover']", {"number": "2"})
    late = page.send("//form[@id='picture-cover']", {"alt": "A harbour", "x": "30"}, status=409)
    assert "saved since you opened this page" in late.words
    assert saved().cover == ""
    late.send("//form[@id='picture-cover']")
    assert (saved().cover_alt, saved().cover_focus) == ("A harbour", "30 50")


def test_a_cover_is_kept_as_a_revision_and_comes_back_with_it_but_is_no_news(app: Flask, author: Browser):
    stored(overview=FACTS, body="It floats.")
    picture = hung(app)
    author.get(cover_page()).follow("harbour.png").send("//form[@id='picture-cover']", {"alt": "A harbour"})
    author.get(cover_page()).send("//form[@id='drawn-cover']", {"number": "2"})
    assert saved().updated_at is None
    newest = read(sa.select(Revision.text).order_by(Revision.id.desc()))[0]
    with reads_only():
        assert newest == rows.text_of(db.session.query(Review).one())
    held = read(sa.select(Revision.id).where(Revision.text.contains(picture.address)))[0]
    page = author.get(cover_page().replace("cover", f"revisions/{held}"))
    page.send("//form[contains(@action, '/restore')]")
    assert (saved().cover, saved().cover_files) == (picture.address, [[900, 600, picture.address[7:]]])


def test_the_editor_saves_and_leads_to_the_cover_and_leaves_it_alone_otherwise(app: Flask, author: Browser):
    stored(overview=FACTS, body="It floats.")
    picture = hung(app)
    editor = cover_page().removesuffix("cover/")
    led = author.get(editor).send("//form[@id='review-form']", {"description": "New words"}, button="action=cover")
    assert led.response.location == cover_page()
    assert saved().description == "New words"
    author.get(cover_page()).follow("harbour.png").send("//form[@id='picture-cover']", {"alt": "A harbour"})
    page = author.get(editor)
    assert page.all(f"//details[@id='cover']//img[@src='{picture.address}']")
    page.send("//form[@id='review-form']", {"description": "Newer words"}, button="action=save")
    assert (saved().cover, saved().description) == (picture.address, "Newer words")


def test_a_cover_goes_along_in_a_document_and_falls_back_where_its_picture_is_not(app: Flask):
    absent = f"/media/{'0a' * 32}.jpg"
    given = {"cover": absent, "cover_focus": "20 80", "cover_alt": "A harbour", "cover_credit": "Gil Saebyeok"}
    review = stored(overview=FACTS, **given)
    text = documents.write(rows.document_of(review))
    assert f"cover: {absent}\ncover-focus: 20 80\ncover-alt: A harbour\ncover-credit: Gil Saebyeok\n" in text
    page = Browser(app).get("/reviews/paper-boats/")
    assert page.one("//header//img/@src").startswith("/reviews/paper-boats/cover.svg")
    assert "Gil Saebyeok" not in page.words


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("cover: https://x.example/a.jpg", "write the address that a picture has here"),
        ("cover-focus: 101 5", "write two numbers from 0 to 100"),
        ("cover-focus: left", "write two numbers from 0 to 100"),
    ],
)
def test_a_document_with_a_cover_that_is_none_is_refused(line: str, told: str):
    with pytest.raises(documents.DocumentError, match=told):
        documents.parse(f"---\n{line}\n---\n")


def test_searching_the_pictures_finds_them_by_name_and_description(app: Flask, author: Browser):
    stored(overview=FACTS)
    url = cover_page()
    assert "There are no pictures yet" in author.get(url).words
    hung(app, alt="A lighthouse")
    hung(app, 300, 300, name="tide.png")
    assert len(frames(author.get(f"{url}?q=LIGHT"))) == 7
    assert len(frames(author.get(f"{url}?q=tide"))) == 7
    assert "No picture has “100%” in its name" in author.get(f"{url}?q=100%25").words
    author.get(f"{url}?page=0&from=-3&q={'x' * 5000}")
    author.get(f"{url}?page=99999999999999&from=99999999999999")


def test_a_picture_as_high_as_the_frame_shows_all_of_it():
    assert {place(600, 800, focus) for focus in ("0 0", "50 50", "100 100")} == {50}
    assert [place(600, 1600, f"0 {y}") for y in (0, 25, 30, 50, 70, 100)] == [0, 0, 10, 50, 90, 100]


def test_a_picture_can_be_sent_in_on_the_way_and_is_in_the_library_then(app: Flask, author: Browser):
    stored(overview=FACTS)
    page = author.get(cover_page())
    fields = dict(page.fields("//form[@id='cover-upload']")) | {"file": (io.BytesIO(photograph(80, 60)), "boat.png")}
    led = author.ask("/studio/media/", "POST", data=fields, headers={"Origin": "http://localhost"})
    assert led.status_code == 303
    page = author.get(led.location)
    page.send("//form[@id='picture-cover']", {"alt": "A boat"})
    assert (saved().cover_alt, saved().cover_files[0][:2]) == ("A boat", [80, 60])
    assert "boat.png" in author.get("/studio/media/").words
    elsewhere = fields | {"back": "//evil.example/", "file": (io.BytesIO(photograph(80, 60)), "boat.png")}
    led = author.ask("/studio/media/", "POST", data=elsewhere, headers={"Origin": "http://localhost"})
    assert led.location.startswith("/studio/media/")


def test_smaller_versions_are_used_when_they_are_there(app: Flask):
    picture = hung(app, 1600, 800)
    stored(overview=FACTS, cover=picture.address, cover_alt="A harbour")
    before = Browser(app).get("/reviews/paper-boats/")
    assert not before.all("//picture//source")
    db.session.rollback()
    while background.of(app).do(variants.JOB):
        pass
    page = Browser(app).get("/")
    assert re.fullmatch(r"(/media/\w{64}\.webp \d+w(, )?){3,4}", page.one("//picture/source/@srcset"))
    shown = page.one("//picture//img")
    assert shown.get("srcset").endswith(f"{picture.address} 1600w")
    # of a picture as wide as two heights a cover shows three eighths: it is as many times as large as its frame
    assert shown.get("sizes") == "(width < 48rem) 30.67rem, 56rem"
    for smaller in re.findall(r"/media/\S+", shown.get("srcset")):
        with Browser(app).ask(smaller) as answer:
            assert answer.status_code == 200


def test_the_picture_of_a_draft_is_its_authors_and_those_who_have_its_link(app: Flask, author: Browser):
    picture = hung(app)
    stored(overview=FACTS, state="draft", published_at=None, cover=picture.address, cover_alt="A harbour")
    link = author.get(cover_page().replace("cover", "publish").rstrip("/")).one(
        "//input[contains(@value, '/previews/')]/@value"
    )
    stranger = Browser(app)
    shown = stranger.get(link.removeprefix("http://localhost")).one("//header//img[@alt='A harbour']/@src")
    assert shown.startswith("/previews/")
    for browser, address, status in (
        (stranger, picture.address, 404),
        (stranger, shown, 200),
        (author, picture.address, 200),
    ):
        with browser.ask(address) as answer:
            assert answer.status_code == status
    change = db.session.query(Review).one()
    change.published_at = PUBLISHED
    db.session.commit()
    with stranger.ask(picture.address) as answer:
        assert answer.status_code == 200


def test_a_site_that_moves_takes_its_covers_along(app: Flask, tmp_path: pathlib.Path, empty_instance: pathlib.Path):
    picture = hung(app)
    stored(overview=FACTS, cover=picture.address, cover_focus="20 80", cover_alt="A harbour", cover_credit="Gil")
    went = app.test_cli_runner().invoke(args=["transfer", "export", str(tmp_path / "site.zip")])
    assert went.exit_code == 0, went.output
    for other in running(empty_instance, tmp_path / "other"):
        came = other.test_cli_runner().invoke(args=["transfer", "import", str(tmp_path / "site.zip")])
        assert came.exit_code == 0, came.output
        there = saved()
        assert (there.cover, there.cover_focus, there.cover_alt) == (picture.address, "20 80", "A harbour")
        assert there.cover_files[0][:2] == [900, 600]
        assert Browser(other).get("/reviews/paper-boats/").one("//header//img/@src") == picture.address


# In a browser


@pytest.fixture
def may_keep() -> set[str]:
    """The author's browser holds the session, and is known again."""
    return {"kblog", DEVICE}


@pytest.mark.browser
def test_a_click_says_what_stays_in_sight(app: Flask, page: BrowserPage):
    stored(overview=FACTS, published_at=PUBLISHED)
    picture = hung(app, 1600, 800, alt="A harbour")
    url = cover_page()
    db.session.rollback()
    with_author(app)
    with served(app) as address:
        let_in(page, address)
        page.goto(f"{address}{url}?picture={picture.hash}")
        whole, framed = page.get_by_alt_text("The whole picture"), page.locator(".focus-framed .cover")
        box = whole.bounding_box() or pytest.fail("there is no picture")
        whole.click(position={"x": box["width"] * 0.9, "y": box["height"] / 2})
        expect(page.get_by_label("From the left")).to_have_value("90")
        expect(framed).to_have_css("object-position", "100% 100%")
        page.get_by_label("From the left").focus()
        page.keyboard.press("Home")
        expect(framed).to_have_css("object-position", "0% 0%")
        page.keyboard.press("ArrowRight")
        find_nothing(page)
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        page.get_by_role("button", name="Use this picture").click()
        expect(page.get_by_text("This is its cover now")).to_be_visible()
        page.goto(f"{address}/reviews/paper-boats/")
        expect(page.locator(".review-head .cover")).to_have_css("object-position", "0% 0%")
        assert page.locator(".review-head .cover").evaluate("each => each.complete && each.naturalWidth") == 1600
