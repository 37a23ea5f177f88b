"""The library is kept: what pictures show, what of them is missing, how each is found, replaced, removed."""

import os
import pathlib
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from kblog import background, depot
from kblog.db import db, now
from kblog.media import tidying
from kblog.models import Media, Review

from .browser import HTMX, Browser, Page, words
from .builders import stored
from .conftest import read
from .test_bring_pictures import kept, picture
from .test_upload_media import SHELF, came_in, token, upload

WHOLE = (
    ("Title", "Paper Boats"),
    ("Year", "2024"),
    ("Genre", "Drama"),
    ("Cast", "Ok Bo-ra"),
    ("Runtime", "90 minutes"),
)


def say(author: Browser, row: Media, status: int = 303, headers: dict | None = None, **said: str) -> Page:
    """Say something of a picture, as its form does."""
    return author.post(f"{SHELF}{row.id}/", {"csrf_token": token(author), **said}, status=status, headers=headers)


def listed(page: Page) -> list[str]:
    """The names of the pictures on a page of the shelf."""
    return page.texts("//ul[@id='media']/li/h2")


@pytest.fixture
def harbour(app: Flask, author: Browser) -> Media:
    return came_in(author, picture(), "harbour.jpg")


# What they show


def test_a_picture_is_described_on_its_page(author: Browser, harbour: Media):
    page = author.get(SHELF).follow("Describe harbour.jpg")
    said: dict[str, str | None] = {"alt": "  Boats in\r\nthe harbour ", "caption": "통영, 2024", "credit": "Yuna"}
    answer = page.send("//ul[@id='media']//form", said)
    assert answer.response.location == f"/studio/media/#media-{harbour.id}"
    tile = author.get(SHELF).one(f"//li[@id='media-{harbour.id}']")
    assert "Boats in the harbour" in words(tile)
    assert "Credit: Yuna" in words(tile)
    assert "No description" not in words(tile)
    assert tile.xpath(".//img/@alt") == ["Boats in the harbour"]


def test_with_htmx_the_form_takes_the_place_of_the_tile_and_the_tile_that_of_the_form(author: Browser, harbour: Media):
    form = author.fragment(f"{SHELF}{harbour.id}/")
    assert form.one("//*[@autofocus]").get("name") == "alt"
    tile = say(author, harbour, 200, HTMX, alt="The harbour")
    assert "The harbour" in tile.texts("//li/p")
    assert words(tile.one("//*[@autofocus]")) == "Edit harbour.jpg"


def test_a_picture_only_decorates_where_its_author_says_so(author: Browser, harbour: Media):
    say(author, harbour, is_decorative="y")
    page = author.get(SHELF)
    assert "Decorative" in page.words
    assert "No description" not in page.words
    both = say(author, harbour, 422, is_decorative="y", alt="The harbour")
    assert both.texts("//p[@class='error']") == ["Say what it shows or that it only decorates, not both."]


def test_what_is_not_sent_stays_as_it_is(author: Browser, harbour: Media):
    say(author, harbour, alt="The harbour", caption="In spring", credit="Yuna")
    say(author, harbour, alt="The old harbour")
    page = author.get(f"{SHELF}{harbour.id}/")
    fields = dict(page.fields("//ul[@id='media']//form"))
    assert (fields["alt"], fields["caption"], fields["credit"]) == ("The old harbour", "In spring", "Yuna")


def test_what_is_too_long_is_said_beside_its_field(author: Browser, harbour: Media):
    page = say(author, harbour, 422, HTMX, alt="a" * 1001, credit="b" * 301)
    assert page.texts("//p[@class='error']") == [
        "This is longer than 1000 characters.",
        "This is longer than 300 characters.",
    ]
    assert page.one("//*[@autofocus]").get("name") == "alt"


def test_the_page_of_a_picture_says_how_a_text_shows_it(author: Browser, harbour: Media):
    say(author, harbour, alt="[Boats] at *dawn*", caption='The "old" pier')
    page = author.get(f"{SHELF}{harbour.id}/")
    written = rf'![\[Boats\] at \*dawn\*]({harbour.address} "The \"old\" pier")'
    assert page.one("//input[@id='in-markdown']").get("value") == written


def test_there_is_no_page_of_a_picture_that_is_not_there(author: Browser):
    assert author.get(f"{SHELF}9/", status=404).status == 404
    author.post(f"{SHELF}9/", {"csrf_token": token(author), "alt": "x"}, status=404)


# Which there are


def test_tabs_and_a_search_narrow_the_shelf(author: Browser, harbour: Media):
    came_in(author, picture(colour="red"), "부산항.jpg")
    came_in(author, picture(colour="blue"), "100%_sea.jpg")
    say(author, harbour, alt="Boats at dawn")
    assert listed(author.get(SHELF)) == ["100%_sea.jpg", "부산항.jpg", "harbour.jpg"]
    page = author.get(SHELF).follow("Without a description 2")
    assert listed(page) == ["100%_sea.jpg", "부산항.jpg"]
    for text, found in (
        ("DAWN boats", ["harbour.jpg"]),
        ("부산", ["부산항.jpg"]),
        ("%_s", ["100%_sea.jpg"]),
        ("x", []),
    ):
        assert listed(author.get(f"{SHELF}?q={text.replace('%', '%25')}")) == found
    assert "No picture has “x” in its name or description." in author.get(f"{SHELF}?q=x").words


def test_a_shelf_of_many_has_pages_and_each_tile_is_found_on_its_own(author: Browser, harbour: Media, at_most):
    rows = [
        Media(hash=f"{number:064x}", extension="jpg", width=4, height=3, size=99, name=f"{number}.jpg")
        for number in range(1, 121)
    ]
    db.session.add_all(rows)
    db.session.commit()
    author.get(SHELF)
    with at_most(queries=8):
        page = author.get(SHELF)
    assert len(listed(page)) == 60
    assert listed(page.follow("Older").follow("Older")) == ["harbour.jpg"]
    say(author, harbour, alt="The harbour")
    assert "There is no such page of this." in author.get(f"{SHELF}?page=4").words
    assert upload(author, ("again.jpg", picture())).response.location == f"{SHELF}?page=3#media-{harbour.id}"


# Who shows them


def press(author: Browser, page: Page, button: str) -> Page:
    """Press a button of a page, and follow it."""
    answer = page.send(f"//main//form[.//button[normalize-space()='{button}']]", status=None)
    return author.get(answer.response.location) if answer.status == 303 else answer


def age(days: int) -> None:
    """Let all pictures have come in, and have been removed, so many days before."""
    moment = now() - timedelta(days=days)
    db.session.execute(sa.update(Media).values(added_at=moment))
    db.session.execute(sa.update(Media).where(Media.removed_at.is_not(None)).values(removed_at=moment))
    db.session.commit()


def age_file(path: pathlib.Path, days: float) -> None:
    moment = now().timestamp() - days * 86_400
    os.utime(path, (moment, moment))


def tidied(app: Flask, *options: str) -> str:
    db.session.rollback()
    result = app.test_cli_runner().invoke(args=["media", "tidy", *options])
    assert result.exit_code == 0, result.output
    return result.output


def test_a_tile_says_which_texts_show_the_picture(author: Browser, harbour: Media):
    assert "Not used" in author.get(SHELF).words
    review = stored(body=f"![]({harbour.address})")
    page = author.get(SHELF)
    (link,) = page.all(f"//li[@id='media-{harbour.id}']//a[normalize-space()='Paper Boats']/@href")
    assert link == f"/studio/reviews/{review.id}/"
    assert listed(author.get(f"{SHELF}?show=unused")) == []


def test_of_many_texts_a_tile_names_the_first_and_the_page_of_the_picture_all(author: Browser, harbour: Media):
    for number in range(6):
        stored(slug=f"boats-{number}", overview=[("Title", f"Boats {number}")], body=f"![]({harbour.address})")
    assert "Used in Boats 0, Boats 1, Boats 2, Boats 3 and 2 more" in author.get(SHELF).words
    assert "Boats 4, Boats 5" in author.get(f"{SHELF}{harbour.id}/").words


def test_a_picture_that_lost_its_file_is_shown_as_such(app: Flask, author: Browser, harbour: Media):
    (app.config["KBLOG"].media / harbour.file_name).unlink()
    assert "Its file is missing" in author.get(SHELF).words
    assert f"{harbour.file_name}: the file of harbour.jpg is missing" in tidied(app)
    came_in(author, picture(), "again.jpg")
    assert "Its file is missing" not in author.get(SHELF).words


# They go, and come back


def test_a_removed_picture_is_gone_and_comes_back_by_undo(app: Flask, author: Browser, harbour: Media):
    page = press(author, author.get(f"{SHELF}{harbour.id}/"), "Remove it from the library")
    assert "harbour.jpg is removed. The file is kept for 30 days." in page.texts("//*[@role='status']/span")
    assert listed(page) == []
    author.get(f"{SHELF}{harbour.id}/", status=404)
    answer = page.send("//form[.//button[normalize-space()='Undo']]")
    assert listed(author.get(answer.response.location)) == ["harbour.jpg"]
    assert kept(app) == [harbour.file_name]


def test_a_removed_picture_can_be_put_back_later_or_by_sending_it_again(author: Browser, harbour: Media):
    press(author, author.get(f"{SHELF}{harbour.id}/"), "Remove it from the library")
    removed = author.get(SHELF).follow("Removed 1")
    assert "Its file goes on" in removed.words
    assert "Nothing was removed lately." in press(author, removed, "Put it back: harbour.jpg").words
    assert listed(author.get(SHELF)) == ["harbour.jpg"]
    press(author, author.get(f"{SHELF}{harbour.id}/"), "Remove it from the library")
    assert came_in(author, picture(), "again.jpg").id == harbour.id
    assert listed(author.get(SHELF)) == ["harbour.jpg"]


@pytest.mark.parametrize("published", [True, False], ids=["live", "a draft"])
def test_what_a_text_shows_cannot_be_removed(author: Browser, harbour: Media, published: bool):
    given = {} if published else {"published_at": None}
    stored(body=f"![]({harbour.address})", **given)
    page = press(author, author.get(f"{SHELF}{harbour.id}/"), "Remove it from the library")
    assert page.status == 409
    assert "harbour.jpg is in use, so it stays: “Paper Boats”" in " ".join(page.texts("//*[@role='alert']"))


def test_what_a_revision_or_an_unsaved_text_shows_cannot_be_removed(author: Browser, harbour: Media):
    review = stored(published_at=None)
    editor = f"/studio/reviews/{review.id}/"
    page = author.get(editor)
    field = page.all("//textarea[starts-with(@name, 'parts-') and contains(@name, 'text')]/@name")[0]
    form = "//form[@id='review-form']"
    page.send(form, {field: f"![]({harbour.address})"})
    author.get(editor).send(form, {field: "Words."})
    assert listed(author.get(f"{SHELF}?show=unused")) == ["harbour.jpg"]
    page = press(author, author.get(f"{SHELF}{harbour.id}/"), "Remove it from the library")
    assert "it stays: a revision of “Paper Boats”" in " ".join(page.texts("//*[@role='alert']"))
    other = came_in(author, picture(colour="red"), "red.jpg")
    page = author.get(editor)
    fields = [(name, f"![]({other.address})" if name == field else value) for name, value in page.fields(form)]
    author.post(f"{editor}autosave", fields)
    page = press(author, author.get(f"{SHELF}{other.id}/"), "Remove it from the library")
    assert "it stays: what is typed at “Paper Boats”" in " ".join(page.texts("//*[@role='alert']"))
    age(31)
    assert listed(author.get(f"{SHELF}unused/")) == []


def test_what_nothing_has_shown_for_a_month_is_looked_at_and_removed_together(author: Browser, harbour: Media):
    came_in(author, picture(colour="red"), "red.jpg")
    shown = came_in(author, picture(colour="blue"), "blue.jpg")
    stored(body=f"![]({shown.address})")
    assert "There are none" in author.get(f"{SHELF}unused/").words
    age(31)
    look = author.get(f"{SHELF}?show=unused").follow("Remove those that nothing has shown for a month…")
    assert look.texts("//label[@class='check']") == ["harbour.jpg", "red.jpg"]
    page = press(author, look, "Remove those that are ticked")
    assert "2 pictures removed." in page.words
    assert listed(page) == ["blue.jpg"]
    answer = page.send("//form[.//button[normalize-space()='Undo']]")
    assert "2 pictures are back in the library." in author.get(answer.response.location).words


def test_what_came_to_be_shown_since_the_look_stays(author: Browser, harbour: Media):
    age(31)
    look = author.get(f"{SHELF}unused/")
    stored(body=f"![]({harbour.address})")
    assert "Nothing was removed" in press(author, look, "Remove those that are ticked").words
    assert listed(author.get(SHELF)) == ["harbour.jpg"]


# The folder is tidied


@pytest.mark.parametrize("by", ["the command", "the site"])
def test_a_month_after_its_removal_the_file_goes(app: Flask, author: Browser, harbour: Media, by: str):
    path = app.config["KBLOG"].media / harbour.file_name
    press(author, author.get(f"{SHELF}{harbour.id}/"), "Remove it from the library")
    age(29)
    age_file(path, 29)
    tidied(app)
    assert path.exists()
    age(31)
    if by == "the site":
        db.session.rollback()
        background.of(app).do("pictures, tidied")
    else:
        assert f"{harbour.file_name}: harbour.jpg was removed" in tidied(app, "--dry-run")
        assert path.exists()
        assert "1 file taken away." in tidied(app)
    assert (kept(app), read(sa.select(Media.id))) == ([], [])


def test_a_removed_picture_that_a_text_shows_again_is_back(app: Flask, author: Browser, harbour: Media):
    press(author, author.get(f"{SHELF}{harbour.id}/"), "Remove it from the library")
    stored(body=f"![]({harbour.address})")
    age(31)
    assert "something shows it, so it is back" in tidied(app)
    assert listed(author.get(SHELF)) == ["harbour.jpg"]


def test_files_that_nothing_stands_for_and_halves_go_and_nothing_else(app: Flask, author: Browser, harbour: Media):
    folder = app.config["KBLOG"].media
    stray, young, half = folder / f"{1:064x}.jpg", folder / f"{2:064x}.jpg", folder / ".arriving-x"
    for path in (stray, young, half, folder / "notes.txt"):
        path.write_bytes(b"bytes")
    for path in (stray, half, folder / harbour.file_name, folder / "notes.txt"):
        age_file(path, 31)
    said = tidied(app)
    assert f"{stray.name}: nothing has stood for it in 30 days" in said
    assert "2 files taken away." in said
    assert kept(app) == sorted([young.name, harbour.file_name, "notes.txt"])


def test_a_file_that_comes_in_again_at_that_moment_stays(app: Flask, author: Browser, harbour: Media):
    """Whoever takes a file away has looked before: by then another one may lie under its name."""
    path = app.config["KBLOG"].media / harbour.file_name
    files = depot.of(path.parent)
    assert tidying.take_away(files, [path.name]) == 0
    assert kept(app) == [harbour.file_name]
    age_file(path, 1)
    assert tidying.take_away(files, [path.name]) == 1
    assert kept(app) == []


# Described before readers see them


def test_a_review_is_not_published_before_its_pictures_are_described(author: Browser, harbour: Media):
    review = stored(published_at=None, overview=WHOLE, kind="film", body=f"![]({harbour.address})")
    page = author.get(f"/studio/reviews/{review.id}/publish")
    assert "The picture harbour.jpg has no alt text." in " ".join(page.texts("//li[@class='error']"))
    page.send("//form[@id='release']", status=422)
    page = page.follow("Describe it in the library: " + page.texts("//li[@class='error']/p")[0])
    page.send("//ul[@id='media']//form", {"alt": "Boats in the harbour"})
    author.get(f"/studio/reviews/{review.id}/publish").send("//form[@id='release']")
    assert read(sa.select(Review.published_at))[0] is not None


def test_a_page_is_not_published_before_its_pictures_are_described(author: Browser, harbour: Media):
    page = author.get(author.post("/studio/pages/", {"csrf_token": token(author)}).response.location)
    answer = page.send("//form[@id='page-form']", {"title": "The trip", "body": f"![]({harbour.address})"})
    release = answer.response.location.partition("?")[0] + "publish"
    page = author.get(release)
    assert "The picture harbour.jpg has no alt text." in " ".join(page.texts("//li[@class='error']"))
    page.send("//form[@id='release']", status=422)
    say(author, harbour, is_decorative="y")
    author.get(release).send("//form[@id='release']")


def test_what_readers_saw_before_is_saved_whatever_its_pictures_say(author: Browser, harbour: Media):
    review = stored(body=f"Words. ![]({harbour.address})")
    author.get(f"/studio/reviews/{review.id}/").send("//form[@id='review-form']")


# What readers get of it


def test_a_text_says_what_the_library_says_and_prints_whose_it_is(author: Browser, harbour: Media):
    stored(body=f"![]({harbour.address})\n\n![The old pier]({harbour.address})")
    say(author, harbour, alt="Boats at dawn", credit="Yuna")
    page = author.get("/reviews/paper-boats/")
    assert page.all("//figure//img/@alt") == ["Boats at dawn", "The old pier"]
    assert page.texts("//figcaption") == ["Yuna", "Yuna"]
    say(author, harbour, is_decorative="y", alt="", credit="")
    page = author.get("/reviews/paper-boats/")
    assert (page.all("//figure//img/@alt"), page.texts("//figcaption")) == (["", "The old pier"], [])
    assert read(sa.select(Review.version)) == [1], "no text was changed"


def test_a_new_file_takes_the_place_of_a_picture_wherever_it_is_shown(app: Flask, author: Browser, harbour: Media):
    say(author, harbour, alt="Boats at dawn")
    stored(body=f"![]({harbour.address})")
    answer = upload(author, ("better.png", picture("PNG", size=(80, 60))), instead_of=str(harbour.id))
    assert answer.response.location == f"{SHELF}{harbour.id}/"
    new = read(sa.select(Media.hash + "." + Media.extension))[0]
    db.session.rollback()
    background.of(app).do("pictures")
    page = author.get("/reviews/paper-boats/")
    assert (page.one("//figure//img").get("src"), page.one("//figure//img").get("alt")) == (
        f"/media/{new}",
        "Boats at dawn",
    )
    assert Browser(app).ask(harbour.address).headers["Location"] == f"/media/{new}"
    assert listed(author.get(f"{SHELF}?show=unused")) == []
    assert read(sa.select(Review.body)) == [f"![]({harbour.address})"], "the words are their author's"
    back = upload(author, ("first.jpg", picture()), instead_of=str(harbour.id))
    assert back.status == 303
    assert Browser(app).ask(f"/media/{new}").headers["Location"] == harbour.address
    with Browser(app).ask(harbour.address) as file:
        assert file.status_code == 200


def test_what_cannot_take_its_place_is_said_on_its_page(app: Flask, author: Browser, harbour: Media):
    other = came_in(author, picture(colour="red"), "red.jpg")
    page = upload(author, ("notes.jpg", b"words"), instead_of=str(harbour.id))
    assert (page.status, "notes.jpg: it is no picture" in page.words) == (415, True)
    page = upload(author, ("again.jpg", picture(colour="red")), instead_of=str(harbour.id))
    assert (page.status, "That picture is here already, as red.jpg." in page.words) == (409, True)
    for number in ("99", "0", "x", str(2**70)):
        assert upload(author, ("a.jpg", picture()), instead_of=number).status == 404
    assert kept(app) == sorted([harbour.file_name, other.file_name])
    hidden = Browser(app).ask(f"/media/{harbour.file_name}")
    assert hidden.status_code == 404, "no live text shows it"


def test_a_picture_that_is_a_cover_stays_and_can_be_replaced(app: Flask, author: Browser, harbour: Media):
    stored(cover=harbour.address, cover_alt="Boats at dawn")
    assert "Used in Paper Boats (cover)" in author.get(SHELF).words
    page = press(author, author.get(f"{SHELF}{harbour.id}/"), "Remove it from the library")
    assert "it stays: “Paper Boats”, as its cover" in " ".join(page.texts("//*[@role='alert']"))
    upload(author, ("better.png", picture("PNG", size=(600, 800))), instead_of=str(harbour.id))
    (new,) = read(sa.select(Media.hash + "." + Media.extension))
    db.session.rollback()
    background.of(app).do("pictures")
    shown = author.get("/reviews/paper-boats/").all("//header//img[contains(@class, 'cover')]/@src")
    assert shown == [f"/media/{new}"]
    with Browser(app).ask(shown[0]) as file:
        assert file.status_code == 200, "it is used as before"
