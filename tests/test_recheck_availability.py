"""The author checks again where works can be watched: the queue, decisions and their undo, and what a save keeps."""

from collections import Counter
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from kblog.db import db, now
from kblog.jinja import rfc3339
from kblog.ledger import STATUSES, Availability
from kblog.models import Availability as Row
from kblog.models import AvailabilityChange, ContentVersion, Review, ReviewViews
from kblog.reviews.routes import today
from kblog.studio import changes
from kblog.studio.writing import said_anew
from kblog.transfer import samples

from .browser import HTMX, Browser, Page
from .builders import comments, document, stored, stored_together
from .conftest import logged_in, read

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
    boats(seen(70), slug="talked about", comments=comments(3))
    boats(seen(300), seen(10), slug="old")
    boats(seen(None), slug="never")
    assert listed(author) == [5, 3, 2, 1]
    assert listed(author, "all") == [5, 3, 4, 2, 1], "all of one review stands together"
    quiet = read(sa.select(Review.id).where(Review.slug == "quiet"))[0]
    db.session.add(ReviewViews(review_id=quiet, day=today() - timedelta(days=40), views=900))
    db.session.add(ReviewViews(review_id=quiet, day=today() - timedelta(days=3), views=4))
    db.session.commit()
    assert listed(author) == [1, 5, 3, 2]
    assert author.get("/studio/").all("//section[@aria-labelledby='to-check']//a/@href")[1].endswith("#entry-1")
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
    (at,) = read(sa.select(AvailabilityChange.at))
    assert late.one("//*[@id='conflict-title']/time").get("datetime") == rfc3339(at), "not when its text was saved"
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


# Many at once


def test_many_are_still_true_at_once_and_taken_back_at_once(author: Browser):
    boats(VIKI, seen(None, "MUBI"))
    boats(seen(90, "Tving"), slug="rain")
    page = tick(author, [1, 3], "confirm")
    assert flash(page) == ["2 checked today."]
    assert listed(author) == [2]
    page = author.get(page.send("//form[contains(@action, '/availability/undo')]").response.location)
    assert flash(page) == ["2 are as before."]
    assert ledger()[0] == VIKI
    assert flash(tick(author, [2], "unknown")) == ["1 not known now."]
    assert flash(tick(author, [], "confirm")) == ["Choose something first."]
    assert flash(tick(author, [1], "nonsense")) == ["Choose something first."]


def test_the_page_is_where_one_was_after_a_decision(author: Browser):
    boats(VIKI)
    answer = press(author, 1, "confirm", show="unconfirmed")
    assert answer.response.location == f"{QUEUE}?show=unconfirmed"


# What came too late


def test_a_click_is_about_what_its_author_has_seen(author: Browser):
    boats(VIKI, seen(90, "MUBI"))
    page = author.get(QUEUE)
    seen_then = page.fields("//li[@id='entry-1']//form")
    boxes = [("entry", value) for value in page.all("//li/input[@name='entry']/@value")]
    press(author, 1, "unknown")
    refused = author.post(f"{QUEUE}1/confirm", seen_then, status=409, headers=HTMX)
    assert refused.texts("//li//b") == ["Not known whether by subscription on Viki in the United States"]
    assert refused.texts("//*[@id='announce']")[0].startswith("It was changed since you opened this page.")
    again = author.get(author.post(f"{QUEUE}1/confirm", seen_then).response.location)
    assert flash(again)[-1] == "It was changed since you opened this page. Look at it once more."
    sent = [*page.fields("//form[@id='many']"), *boxes, ("action", "confirm")]
    said = flash(author.get(author.post(f"{QUEUE}bulk", sent).response.location))
    assert said == ["1 checked today. 1 other changed since you opened the page: look once more."]
    assert [entry.status for entry in ledger()] == ["unknown", "available"]


def test_a_plain_request_without_a_mark_is_taken_at_its_word(author: Browser):
    boats(VIKI)
    token = dict(author.get(QUEUE).fields("//li//form"))["csrf_token"]
    assert author.post(f"{QUEUE}1/confirm", {"csrf_token": token}, status=200, headers=HTMX).texts("//li//b") == [
        "Checked today."
    ]
    author.post(f"{QUEUE}1/undo", {"csrf_token": token})
    assert ledger() == [VIKI]


def test_a_form_that_came_too_late_is_kept_and_says_what_there_is(author: Browser):
    boats(VIKI)
    form = author.get(f"{QUEUE}1/change")
    press(author, 1, "unknown")
    late = form.send("//li//form", {"entry-1-status": "left", "entry-1-note": "Gone."}, status=409)
    assert "it says now: Not known whether by subscription on Viki" in late.texts("//p[@role='alert']")[0]
    assert dict(late.fields("//li//form"))["entry-1-note"] == "Gone."
    late.send("//li//form")
    assert (ledger()[0].status, ledger()[0].note) == ("left", "Gone.")


def test_undo_leaves_alone_what_was_said_since(author: Browser):
    review = boats(VIKI)
    line = press(author, 1, "unknown", in_place=True)
    author.get(f"/studio/reviews/{review.id}/").send(EDITOR, {"availability-0-note": "Ask."}, button="action=save")
    author.post(f"{QUEUE}1/undo", line.fields("//li//form"))
    assert flash(author.get(QUEUE))[-1] == "There was nothing to undo: it has been changed since."
    assert (ledger()[0].status, ledger()[0].note) == ("unknown", "Ask.")


def test_an_entry_that_is_gone_is_not_found(author: Browser):
    review = boats(VIKI)
    fields = author.get(QUEUE).fields("//li//form")
    author.get(f"/studio/reviews/{review.id}/").send(EDITOR, {"availability-0-platform": "MUBI"}, button="action=save")
    gone = read(sa.select(sa.func.min(Row.id)))[0] - 1
    for url in (f"{QUEUE}{gone}/confirm", f"{QUEUE}{gone}/unknown", f"{QUEUE}99/change"):
        author.post(url, fields, status=404)
    author.get(f"{QUEUE}99/change", status=404)
    author.get(f"{QUEUE}{2**63}/change", status=404)


# Bad input


WRONG = [
    ({"status": "perhaps"}, "Choose one from the list."),
    ({"offer": "gift"}, "Choose one from the list."),
    ({"region": "Atlantis"}, "Choose a country from the list."),
    ({"checked_on": "soon"}, "Write the day as 2026-03-12."),
    ({"checked_on": "2999-01-01"}, "That day has not come yet."),
    ({"link": "javascript:alert(1)"}, "A link begins with http:// or https://."),
    ({"note": "x" * 2001}, "This is longer than 2000 characters."),
]


@pytest.mark.parametrize("in_place", [True, False])
def test_nonsense_is_refused_in_words_and_kept(author: Browser, in_place: bool):
    boats(VIKI)
    page = author.fragment(f"{QUEUE}1/change") if in_place else author.get(f"{QUEUE}1/change")
    for wrong, said in WRONG:
        sent = {"entry-1-offer": "free", **{f"entry-1-{name}": value for name, value in wrong.items()}}
        refused = page.send("//li//form", sent, status=422, headers=HTMX if in_place else {})
        assert said in refused.texts("//p[@class='error']")
        assert refused.one("//*[@autofocus]").get("name") == f"entry-1-{next(iter(wrong))}"
        if "offer" not in wrong:
            assert dict(refused.fields("//li//form"))["entry-1-offer"] == "free"
    assert ledger() == [VIKI]


def test_hostile_addresses_of_the_queue_show_a_page(author: Browser):
    boats(VIKI)
    for asked in ("show=x", "show=%00", "page=0", "page=-1", "page=x", f"page={10**30}", "show=all&page=7"):
        assert author.get(f"{QUEUE}?{asked}").h1 == "Availability"
    sent = [*author.get(QUEUE).fields("//form[@id='many']"), ("action", "confirm")]
    for value in ("", ".", "1", "x.y", f"{2**70}.a", "1.aaaaaaaaaaaa", "²."):
        author.post(f"{QUEUE}bulk", [*sent, ("entry", value)])
    assert ledger() == [VIKI]


def test_who_is_not_logged_in_decides_nothing(app: Flask):
    boats(VIKI)
    Browser(app).post(f"{QUEUE}1/confirm", {"was": "x"}, status=None)
    assert ledger() == [VIKI]


def test_a_sample_that_was_checked_again_stays_with_its_platforms(sample_app: Flask):
    author = logged_in(sample_app)
    press(author, 1, "confirm")
    page = author.get("/studio/availability/platforms/viki/")
    page.send("//form[.//input[@name='active_to']]", {"active_to": "2026-03-03", "successor": "Kino Lumen"})
    author.get("/studio/availability/platforms/viki/").send("(//form[contains(@action, '/go-on')])[1]")
    _, kept = samples.remove(db.session())
    db.session.commit()
    assert kept > 1, "also those whose platform was said to have ended"
    assert author.get(f"{QUEUE}log/").all("//ol/li")


# The log


def test_every_change_is_in_the_log_with_what_was_there_before(author: Browser):
    review = boats(VIKI)
    boats(seen(90, "Tving"), slug="rain")
    press(author, 1, "unknown")
    press(author, 2, "confirm")
    author.get(f"/studio/reviews/{review.id}/").send(EDITOR, {"availability-0-status": "left"}, button="action=save")
    page = author.get(f"{QUEUE}log/")
    lines = page.texts("//ol/li/p[last()]")
    assert [each.count("Before: ") for each in lines] == [1, 1, 1]
    assert lines[0].startswith("No longer by subscription on Viki in the United States, checked")
    assert "Before: Not known whether by subscription on Viki in the United States, checked" in lines[0]
    assert ["Saved in the editor" in each for each in page.texts("//ol/li/p[1]")] == [True, False, False]
    of_one = author.get(f"{QUEUE}log/{review.id}/")
    assert of_one.h1 == "What changed for “Paper Boats”"
    assert len(of_one.all("//ol/li")) == 2
    undone = author.post(f"{QUEUE}2/undo", page.fields("//form[contains(@action, 'logout')]"))
    assert undone.status == 303
    assert "Undone" in author.get(f"{QUEUE}log/").texts("//ol/li/p[1]")[1]
    author.get(f"{QUEUE}log/99/", status=404)
    assert (
        author.get(f"/studio/reviews/{review.id}/revisions/").follow("Where to watch: what changed").url == of_one.url
    )


def test_a_draft_and_an_import_make_no_entry_of_the_log(author: Browser):
    review = boats(VIKI, slug="draft", state="draft", published_at=None)
    author.get(f"/studio/reviews/{review.id}/").send(EDITOR, {"availability-0-status": "left"}, button="action=save")
    assert log() == []
    assert "Nothing has changed yet." in author.get(f"{QUEUE}log/").words


def test_entries_that_come_go_and_move_are_told_apart(author: Browser):
    review = stored(overview=[("Title", "Paper Boats"), ("Platform", "Viki")], availability=(seen(9), VIKI))
    url = f"/studio/reviews/{review.id}/"
    new = {"availability-2-platform": "MUBI", "availability-2-status": "available"}
    author.get(url).send(
        EDITOR, {"availability-0-region": "KR", "availability-1-platform": "", **new}, button="action=save"
    )
    changed = read(sa.select(AvailabilityChange).order_by(AvailabilityChange.id))
    assert (changed[0].old_region, changed[0].new_region) == ("", "KR")
    assert {(each.old_status, each.new_status) for each in changed[1:]} == {("available", ""), ("", "available")}


def an_entry() -> st.SearchStrategy[Availability]:
    names, places = st.sampled_from(["", "Viki", "MUBI"]), st.sampled_from(["", "US", "KR", "WORLD"])
    offers, days = st.sampled_from(["", "rent"]), st.sampled_from([None, date(2026, 1, 2), date(2026, 3, 1)])
    return st.builds(Availability, names, places, offers, st.sampled_from(STATUSES), days)


@given(st.lists(an_entry(), max_size=5), st.lists(an_entry(), max_size=5))
def test_whatever_a_save_does_every_entry_is_told_once(before: list[Availability], after: list[Availability]):
    pairs = changes.differences(before, after)
    gone, come = (Counter(filter(None, side)) for side in (zip(*pairs, strict=True) if pairs else ((), ())))
    assert Counter(before) - gone == Counter(after) - come, "what is not told did not change"
    assert gone <= Counter(before)
    assert come <= Counter(after)
    assert all(old != new for old, new in pairs)


@given(*[st.lists(an_entry(), max_size=4, unique=True)] * 3)
def test_a_sentence_written_anew_takes_effect_and_leaves_the_rest(old: list, new: list, own: list):
    assert set(said_anew(old, new, old)) == set(new)
    assert said_anew(old, old, own) == tuple(own)


# However much there is


def test_the_queue_its_log_and_its_form_take_few_queries(sample_app: Flask, at_most):
    author = logged_in(sample_app)
    stored_together(*(document(slug=f"boat-{n}", availability=(seen(90), seen(None, "MUBI"))) for n in range(30)))
    page = author.get(f"{QUEUE}?show=all")
    author.post(f"{QUEUE}{page.all('//li/@id')[0].split('-')[1]}/confirm", page.fields("(//li//form)[1]"))
    for url in (QUEUE, f"{QUEUE}?show=all&page=2", f"{QUEUE}log/", f"{QUEUE}1/change", f"{QUEUE}platforms/"):
        with at_most(queries=7):
            author.get(url)
    assert len(author.get(QUEUE).all("//section[@class='of-review']")) == 20
    assert author.get(QUEUE).follow("Less urgent").texts("//nav[@class='pager']//a") == ["More urgent"]


def test_confirming_a_page_at_once_reads_no_entry_by_itself(author: Browser, at_most):
    stored_together(*(document(slug=f"boat-{n}", availability=(seen(90), seen(90, "MUBI"))) for n in range(20)))
    page = author.get(QUEUE)
    boxes = [("entry", value) for value in page.all("//li/input[@name='entry']/@value")]
    assert len(boxes) == 40
    with at_most(queries=40 + 8):  # a note for each, and a handful for all
        author.post(f"{QUEUE}bulk", [*page.fields("//form[@id='many']"), *boxes, ("action", "confirm")])
