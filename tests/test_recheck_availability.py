"""The author checks again where works can be watched: the queue, decisions and their undo, and what a save keeps."""

from datetime import date, timedelta

import sqlalchemy as sa
from flask import Flask

from kblog.db import db, now
from kblog.ledger import Availability
from kblog.models import Availability as Row
from kblog.models import AvailabilityChange, ContentVersion, Review
from kblog.reviews.routes import today

from .browser import HTMX, Browser, Page
from .builders import comments, stored
from .conftest import read

QUEUE = "/studio/availability/"
REVIEW = "/reviews/paper-boats/"
EDITOR = "//form[@id='review-form']"
VIKI = Availability("Viki", "US", "subscription", checked_on=date(2026, 3, 1), link="https://viki.example/boats")


def seen(days: int | None, platform: str = "Viki", **given) -> Availability:
    """Describe an entry that was checked so many days ago, or never."""
    return Availability(platform, checked_on=today() - timedelta(days=days) if days is not None else None, **given)


def boats(*entries: Availability, **given) -> Review:
    return stored(overview=[("Title", "Paper Boats")], availability=entries, **given)


def press(author: Browser, entry: int, action: str, *, show: str = "all", in_place: bool = False, **given) -> Page:
    """Press a button of an entry in the queue, with htmx or without."""
    page = author.get(f"{QUEUE}?show={show}")
    form = f"//li[@id='entry-{entry}']//form"
    button = page.one(f"{form}//button[contains(@formaction, '/{entry}/{action}')]").get("formaction")
    status = given.pop("status", 200 if in_place else 303)
    return author.post(button, page.fields(form), status=status, headers=HTMX if in_place else {})


def tick(author: Browser, ids: list[int], action: str) -> Page:
    """Tick entries and press one of the buttons above them; return the queue after it."""
    page = author.get(f"{QUEUE}?show=all")
    boxes = [page.one(f"//li[@id='entry-{each}']/input[@form='many']").get("value") for each in ids]
    sent = [*page.fields("//form[@id='many']"), *(("entry", each) for each in boxes), ("action", action)]
    return author.get(author.post(page.one("//form[@id='many']").get("action"), sent).response.location)


def ledger(slug: str = "paper-boats") -> list[Availability]:
    query = sa.select(Row).join(Review, Review.id == Row.review_id).where(Review.slug == slug)
    with db.session.no_autoflush:
        db.session.rollback()
        found = [row.entry for row in db.session.scalars(query.order_by(Row.position))]
        db.session.rollback()
    return found


def log() -> list[tuple[str, str, str]]:
    return [(each.cause, each.old_status, each.new_status) for each in read(sa.select(AvailabilityChange))]


def listed(author: Browser, show: str = "due") -> list[int]:
    ids = author.get(f"{QUEUE}?show={show}").all("//ol[@class='queue']/li/@id")
    return [int(each.removeprefix("entry-")) for each in ids]


def flash(page: Page) -> list[str]:
    return page.texts("//*[contains(@class, 'flash')]/span")


def card(app: Flask) -> list[str]:
    return Browser(app).get(REVIEW).texts("//aside//dl/div[1]/dd")


# The queue


def test_what_is_due_is_there_with_its_age_link_and_review(author: Browser):
    boats(VIKI, seen(3, "Netflix"), seen(None, "MUBI", status="not available", note="Ask again in May."))
    page = author.get(QUEUE)
    assert page.texts("//nav[@id='ledger-tabs']/a") == ["Due 2", "Never checked 1", "Unconfirmed 1", "All 3"]
    assert page.texts("//span[@class='tally']") == ["2 due to be checked"]
    assert page.texts("//section[@class='of-review']//h2") == ["Paper Boats"]
    viki, mubi = page.texts("//ol[@class='queue']/li/div")
    age = (today() - VIKI.checked_on).days if VIKI.checked_on else 0
    assert viki.startswith(f"By subscription on Viki in the United States Checked 1 Mar 2026, {age} days agoLook there")
    assert mubi == "Not on MUBI Never checked Ask again in May."
    assert page.one("//li[@id='entry-1']//a[@target]").get("href") == "https://viki.example/boats"
    assert author.get("/studio/settings/").texts("//span[@class='tally']") == ["2 due to be checked"]


def test_only_an_address_of_the_web_is_a_link(author: Browser):
    boats(Availability("Viki", link="javascript:alert(1)"))
    assert not author.get(QUEUE).all("//li//a[@target]")


def test_age_times_readers_says_what_comes_first(author: Browser):
    boats(seen(90), slug="quiet")
    boats(seen(70), slug="read", comments=comments(3))
    boats(seen(300), seen(10), slug="old")
    boats(seen(None), slug="never")
    assert listed(author) == [5, 3, 2, 1]
    assert listed(author, "all") == [5, 3, 4, 2, 1], "all of one review stands together"
    assert listed(author, "undated") == [5]
    assert listed(author, "unconfirmed") == [3]


def test_only_what_readers_see_is_to_be_checked(author: Browser):
    boats(seen(None), slug="draft", state="draft", published_at=None)
    boats(seen(None), slug="later", published_at=now() + timedelta(days=1))
    boats(seen(None), slug="gone", state="withdrawn")
    page = author.get(QUEUE)
    assert "Everything was checked within 60 days." in page.words
    assert not page.texts("//span[@class='tally']")


# By one click


def test_still_true_is_dated_today_and_readers_see_it(app: Flask, author: Browser):
    boats(VIKI)
    before = read(sa.select(ContentVersion.version))
    page = author.get(press(author, 1, "confirm").response.location)
    assert flash(page) == ["Checked today."]
    (entry,) = ledger()
    assert entry == Availability("Viki", "US", "subscription", checked_on=today(), link=VIKI.link)
    assert listed(author) == []
    assert "checked " in card(app)[0]
    assert card(app)[0].endswith("(today) Open on Viki")
    assert read(sa.select(ContentVersion.version)) > before
    page.send("//form[contains(@action, '/availability/undo')]")
    assert ledger() == [VIKI]
    assert flash(author.get(QUEUE)) == ["1 is as before."]


def test_with_htmx_one_line_takes_the_place_and_undo_brings_it_back(author: Browser):
    boats(VIKI, seen(None, "MUBI"))
    line = press(author, 1, "confirm", in_place=True)
    assert line.texts("//li[@id='entry-1']") == ["Checked today. By subscription on Viki in the United States Undo"]
    assert line.one("//button[@autofocus]").text == "Undo"
    assert line.texts("//*[@id='announce']") == ["Checked today. 1 due."]
    assert line.texts("//*[@class='tally']") == ["1 due to be checked"]
    undo = line.one("//li//button").get("formaction")
    back = author.post(undo, line.fields("//li//form"), status=200, headers=HTMX)
    assert back.texts("//li[@id='entry-1']//button") == ["Still true", "Unknown"]
    assert back.texts("//*[@id='announce']") == ["It is as it was before. 2 due."]
    assert ledger()[0] == VIKI
    again = author.post(undo, line.fields("//li//form"), status=200, headers=HTMX)
    assert "There was nothing to undo" in again.texts("//*[@id='announce']")[0]


def test_unknown_says_so_on_the_card(app: Flask, author: Browser):
    boats(VIKI)
    press(author, 1, "unknown")
    assert card(app)[0].startswith("Not known whether by subscription on Viki in the United States, checked")
    assert Browser(app).get("/reviews/?platform=viki").texts("//*[@id='count']") == ["0 reviews"]
    assert log() == [("checked", "available", "unknown")]


def test_changed_opens_a_small_form_in_place(app: Flask, author: Browser):
    boats(VIKI)
    form = author.fragment(f"{QUEUE}1/change")
    assert form.one("//select[@autofocus]").get("name") == "entry-1-status"
    assert dict(form.fields("//form"))["entry-1-checked_on"] == today().isoformat()
    line = form.send("//form", {"entry-1-status": "left", "entry-1-region": "KR"}, status=200, headers=HTMX)
    assert line.texts("//li") == ["Changed. No longer by subscription on Viki in South Korea Undo"]
    assert (ledger()[0].status, ledger()[0].region, ledger()[0].checked_on) == ("left", "KR", today())
    assert card(app)[0].startswith("No longer by subscription on Viki in South Korea, checked")
    press_undo = author.post(f"{QUEUE}1/undo", line.fields("//li//form"))
    assert flash(author.get(press_undo.response.location)) == ["It is as it was before."]
    assert ledger() == [VIKI]


# What a save keeps


def test_an_editor_that_was_opened_before_is_told_and_loses_nothing(author: Browser):
    review = boats(VIKI, body="It floats.")
    editor = author.get(f"/studio/reviews/{review.id}/")
    press(author, 1, "unknown")
    late = editor.send(EDITOR, {"parts-0-text": "It sinks."}, button="action=save", status=409)
    assert "status: unknown" in " ".join(late.texts("//del"))
    assert ledger()[0].status == "unknown"
    late.send(EDITOR, button="action=save")
    assert ledger() == [VIKI], "whoever saw both texts may put theirs in place"
    assert log()[-1] == ("edited", "unknown", "available")


def test_a_form_opened_after_it_keeps_what_was_found(author: Browser):
    review = boats(VIKI, body="It floats.")
    press(author, 1, "unknown")
    author.get(f"/studio/reviews/{review.id}/").send(EDITOR, {"parts-0-text": "It sinks."}, button="action=save")
    assert ledger()[0].status == "unknown"
    assert len(log()) == 1


def test_a_sentence_that_says_more_does_not_take_back_what_was_found(author: Browser):
    review = stored(overview=[("Title", "Paper Boats"), ("Platform", "Viki, Netflix")])
    press(author, 1, "confirm")
    page = author.get(f"/studio/reviews/{review.id}/")
    page.send(EDITOR, {"platform": "Viki, MUBI"}, button="action=save")
    assert ledger() == [Availability("Viki", checked_on=today()), Availability("MUBI")]
    assert log()[1:] == [("edited", "available", ""), ("edited", "", "available")]


def test_an_old_text_comes_back_without_its_old_checks(author: Browser):
    review = boats(VIKI, body="It floats.")
    author.get(f"/studio/reviews/{review.id}/").send(EDITOR, {"parts-0-text": "It sinks."}, button="action=save")
    press(author, 1, "unknown")
    listed = author.get(f"/studio/reviews/{review.id}/revisions/")
    author.get(listed.all("//ol//a/@href")[-1]).send("//form[contains(@action, '/restore')]")
    assert read(sa.select(Review.body)) == ["It floats."]
    assert ledger()[0].status == "unknown"
