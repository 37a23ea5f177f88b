"""The author writes a review: its fields, its sections, what is kept while they type."""

import re
import secrets
from dataclasses import fields, replace
from datetime import date

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from kblog.db import db
from kblog.document import Document
from kblog.ledger import Availability
from kblog.models import Autosave, Review, Revision
from kblog.overview import Row, understand
from kblog.studio.assistance import pairs
from kblog.studio.review_form import ReviewForm, clean
from kblog.studio.writing import typed, written
from kblog.transfer import rows

from .browser import HTMX, Browser, Page
from .builders import stored
from .test_document import documents

FORM = "//form[@id='review-form']"
FACTS = (
    ("Title", "Paper Boats (종이배)"),
    ("Released", "spring of 2021"),
    ("Genre", "Musical comedy, Romance"),
    ("Main Cast", "Seo Ha‑jin (Jin Seo), Gu Won-jae as the Ferryman"),
    ("Episodes", "16"),
    ("Mood", "Damp"),
    ("Streaming Platform", "Viki"),
)
BODY = (
    "## Introduction\n\nIt rains.\n## Overall Story\n\n\nA “boat” floats — 배가 뜬다.\n\n"
    "## Memorable Lines\n\n> Row.\n> — Jin, Episode 3\n"
)


def begun(author: Browser, kind: str = "drama") -> Page:
    """Begin a review, and return its editor."""
    page = author.get("/studio/reviews/new")
    answer = page.send("//form[.//button[@value='drama']]", button=f"kind={kind}")
    return author.get(answer.response.location)


def opened(author: Browser, **given) -> Page:
    """Open the editor of a stored review."""
    given = {"overview": FACTS, "body": BODY, **given}
    return author.get(f"/studio/reviews/{stored(**given).id}/")


def review() -> Review:
    db.session.expire_all()
    return db.session.scalars(sa.select(Review)).one()


# It works


def test_a_drama_begins_with_its_usual_sections(author: Browser):
    page = begun(author)
    headings = [each.get("value") for each in page.all("//input[contains(@class, 'heading-input')]")]
    assert headings[:3] == ["Introduction", "Overall Story", "Highlight Moments / Key Episodes"]
    assert len(headings) == 8
    assert review().state == "draft"
    assert page.texts("//nav[@id='steps']//a")[0].startswith("Overview")
    assert page.texts("//nav[@aria-label='Studio']//a[@aria-current]") == ["Reviews"]  # the room that it is in


def test_a_film_has_scenes_and_a_runtime(author: Browser):
    page = begun(author, "film")
    headings = [each.get("value") for each in page.all("//input[contains(@class, 'heading-input')]")]
    assert "Highlight Scenes / Unforgettable Moments" in headings
    assert page.texts("//label[@for='running_time']") == ["Runtime"]


def test_what_is_typed_is_saved_and_shown_again(author: Browser):
    page = begun(author)
    saved = page.send(
        FORM,
        {
            "title": "Salt Road",
            "native_title": "소금길",
            "other_titles": "Sogeumgil\r\nThe Road",
            "year": "2024",
            "genres": "Road movie, Romance",
            "cast-0-name": "Lee Hanee (Honey Lee)",
            "cast-0-character": "the widow",
            "director": "Lee Won‑suk",
            "episodes": "12",
            "running_time": "Approx. 70 minutes per episode",
            "platform": "Viki",
            "verdict": "Mixed",
            "tells": "episode",
            "tells_episode": "4",
            "headline": "“Salt Road”—two strangers",
            "description": "Two strangers, one coffin.",
            "hashtags": "#SaltRoad #KDrama",
            "notes": "ask about the coffin",
            "parts-0-text": "It is dry — 건조하다.\r\n\r\nVery.",
        },
        button="action=save",
    )
    made = review()
    assert (made.work_title, made.native_title, made.year, made.episodes) == ("Salt Road", "소금길", 2024, 12)
    assert made.other_titles == ["Sogeumgil", "The Road"]
    assert (made.minutes, made.minutes_per_episode, made.verdict, made.tells) == (70, True, "Mixed", "4")
    assert [(c.role, c.name, c.alias, c.character) for c in made.credits] == [
        ("cast", "Lee Hanee", "Honey Lee", "the widow"),
        ("director", "Lee Won‑suk", "", ""),
    ]
    assert [entry.platform.name for entry in made.availability if entry.platform] == ["Viki"]
    assert made.body.startswith("## Introduction\n\nIt is dry — 건조하다.\n\nVery.\n\n## Overall Story\n")
    assert made.slug == "salt-road"
    again = author.get(saved.response.location)
    assert dict(again.fields(FORM))["parts-0-text"] == "It is dry — 건조하다.\r\n\r\nVery."
    assert dict(again.fields(FORM))["cast-0-name"] == "Lee Hanee (Honey Lee)"
    assert "Saved at" in again.texts("//p[contains(@class, 'flash')]")[0]


def test_opening_and_saving_changes_no_byte(author: Browser):
    page = opened(author)
    before = rows.document_of(review())
    page.send(FORM, button="action=save")
    after = rows.document_of(review())
    assert replace(after, updated_at=before.updated_at) == before
    assert after.body == BODY


def test_a_touched_row_keeps_its_label_and_the_others_their_words(author: Browser):
    opened(author).send(FORM, {"year": "2022"}, button="action=save")
    labels = [label for label, _ in review().overview]
    assert labels == [label for label, _ in FACTS]
    assert dict(review().overview) == dict(FACTS) | {"Released": "2022"}


def test_an_emptied_row_goes_and_a_new_one_comes(author: Browser):
    opened(author).send(
        FORM, {"episodes": "", "rows-1-label": "Music", "rows-1-value": "Ahn Jin"}, button="action=save"
    )
    assert "Episodes" not in dict(review().overview)
    assert review().overview[-1] == ["Music", "Ahn Jin"]


def test_a_changed_sentence_is_read_anew_and_changed_entries_win(author: Browser):
    page = opened(author)
    page.send(FORM, {"platform": "Netflix, Wavve"}, button="action=save")
    assert [entry.platform.name for entry in review().availability] == ["Netflix", "Wavve"]
    page = author.get(page.url)
    page.send(FORM, {"availability-0-region": "KR", "availability-0-checked_on": "2026-03-01"}, button="action=save")
    first, second = review().availability
    assert (first.platform.name, first.region, first.checked_on) == ("Netflix", "KR", date(2026, 3, 1))
    assert (second.region, second.checked_on) == ("", None)


def test_a_ticked_hashtag_joins_the_others(author: Browser):
    page = opened(author, hashtags=("#비",))
    suggested = page.all(f"{FORM}//input[@name='add_hashtags']/@value")
    assert "#PaperBoats" in suggested
    page.send(FORM, {"add_hashtags": "#PaperBoats"}, button="action=save")
    written_tags = [filing.written for filing in review().filings if filing.origin == "hashtag"]
    assert written_tags == ["#비", "#PaperBoats"]
    assert "#PaperBoats" not in author.get(page.url).all(f"{FORM}//input[@name='add_hashtags']/@value")


def test_a_ticked_genre_joins_the_others_also_after_a_refused_save(author: Browser):
    page = opened(author)
    assert "Romance" not in page.all(f"{FORM}//input[@name='add_genres']/@value")
    refused = page.send(FORM, {"add_genres": "Fantasy", "year": "x"}, button="action=save", status=422)
    assert refused.all(f"{FORM}//input[@name='add_genres' and @checked]/@value") == ["Fantasy"]
    refused.send(FORM, {"year": "2021"}, button="action=save")
    assert review().genres == ["Musical comedy", "Romance", "Fantasy"]
    assert dict(review().overview)["Genre"] == "Musical comedy, Romance, Fantasy"


def test_the_address_of_a_draft_follows_its_title_until_it_is_typed(author: Browser):
    page = begun(author)
    page.send(FORM, {"native_title": "킬링 로맨스"}, button="action=save")
    assert review().slug == "kilring-romaenseu"
    page = author.get(page.url)
    page.send(FORM, {"slug": "killing", "native_title": "킬링"}, button="action=save")
    assert review().slug == "killing"


def test_a_new_text_is_found_and_its_people_too(author: Browser):
    page = opened(author)
    page.send(FORM, {"cast-0-name": "Pyo Han-bi", "parts-0-text": "A xylophone."}, button="action=save")
    assert "Paper Boats" in author.get("/reviews/?q=xylophone").words
    assert "Paper Boats" in author.get("/people/pyo-han-bi/").words


def test_a_changed_fact_counts_as_an_update_too(author: Browser):
    opened(author).send(FORM, {"platform": "Netflix"}, button="action=save")
    assert "Updated" in author.get("/reviews/paper-boats/").words


def test_readers_see_a_save_at_once_and_the_day_of_it_later(author: Browser):
    page = opened(author)
    page.send(FORM, {"parts-0-text": "It pours."}, button="action=save")
    shown = author.get("/reviews/paper-boats/")
    assert "It pours." in shown.words
    assert "Updated" in shown.words


# Helping while one types


def test_the_preview_is_what_readers_will_get_and_stores_nothing(author: Browser, at_most):
    page = opened(author)
    version = review().version
    drawn = author.post(
        f"{page.url}preview", changed(page, {"parts-0-text": "It *pours*.\r\n\r\n<b>x</b>"}), status=200, headers=HTMX
    )
    assert drawn.all("//em[text()='pours']")
    assert "&lt;b&gt;" in drawn.text
    assert "<html" not in drawn.text
    assert review().version == version
    assert review().body == BODY
    assert db.session.scalar(sa.select(sa.func.count(Revision.id))) == 0


def changed(page: Page, changes: dict[str, str]) -> list[tuple[str, str]]:
    return [(name, changes.get(name, value)) for name, value in page.fields(FORM)]


def test_an_autosave_that_the_save_of_the_same_text_overtook_is_no_other_window(author: Browser):
    page = opened(author)
    typed = changed(page, {"parts-0-text": "It pours."})
    page.send(FORM, {"parts-0-text": "It pours."}, button="action=save")
    late = author.post(f"{page.url}autosave", typed, status=200, headers=HTMX)
    assert "Saved at" in late.text
    assert "never saved" not in author.get(page.url).words


def test_the_preview_is_a_whole_page_without_htmx(author: Browser):
    page = opened(author)
    drawn = author.post(f"{page.url}preview", changed(page, {"parts-0-text": "It pours."}), status=200)
    assert drawn.h1 == "Paper Boats"
    assert "It pours." in drawn.words
    assert "Only you can see it" in drawn.words
    assert drawn.response.headers["Cache-Control"] == "no-store"
    assert not drawn.all("//*[@id='comments']")
    cover = drawn.all("//img[contains(@class, 'cover')]/@src")[0]
    assert author.get(cover).response.mimetype == "image/svg+xml"


@pytest.mark.parametrize("group", ["cast", "availability", "rows", "parts"])
def test_one_more_row_comes_without_losing_what_is_typed(author: Browser, group: str):
    page = opened(author)
    number = len(page.all(f"//*[starts-with(@id, '{group}-') and contains(@class, '{WRAPPED[group]}')]"))
    fragment = author.post(f"{page.url}rows", [*page.fields(FORM), ("add", group)], status=200, headers=HTMX)
    assert fragment.one(f"//*[@id='{group}-{number}']") is not None
    answer = page.send(FORM, {"parts-0-text": "Typed, not saved."}, button=f"add={group}")
    again = author.get(answer.response.location)
    assert again.one(f"//*[@id='{group}-{number}']") is not None
    assert dict(again.fields(FORM))["parts-0-text"] == "Typed, not saved."
    assert review().body == BODY


WRAPPED = {"cast": "row", "availability": "entry", "rows": "row", "parts": "part"}


def test_the_usual_sections_are_added_to_those_there_are(author: Browser):
    page = opened(author)
    answer = (
        page.send(FORM, {"kind": "drama"}, button="add=skeleton") if page.all("//button[@value='skeleton']") else None
    )
    assert answer
    headings = author.get(answer.response.location).all("//input[contains(@class, 'heading-input')]/@value")
    assert headings[:3] == ["Introduction", "Overall Story", "Memorable Lines"]
    assert len(headings) == 8


def test_another_spelling_of_a_known_person_is_named_and_never_merged(author: Browser):
    stored(slug="old", overview=[("Title", "Old"), ("Cast", "Gong Myung")])
    page = author.get(f"/studio/reviews/{stored(slug='new', overview=[('Title', 'New')], state='draft').id}/")
    hints = author.post(f"{page.url}people", changed(page, {"cast-0-name": "Gong Myoung"}), status=200, headers=HTMX)
    assert "Gong Myoung may be Gong Myung, who has 1 review here." in hints.text.replace("\n", " ") or hints.all("//a")
    page.send(FORM, {"cast-0-name": "Gong Myoung"}, button="action=save")
    assert "Gong Myoung may be" in " ".join(author.get(page.url).texts("//*[@id='people-hints']"))
    assert not author.post(
        f"{page.url}people", changed(page, {"cast-0-name": "Gong Myung"}), status=200, headers=HTMX
    ).all("//p")


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("free-one", "/reviews/free-one/ is free."),
        ("Not An Address!", "not-an-address"),
        ("other", "is the address of “Other”"),
        ("once-other", "is the address of “Other”"),
    ],
)
def test_an_address_is_checked_while_it_is_typed(author: Browser, wanted: str, said: str):
    page = opened(author)
    other = author.get(f"/studio/reviews/{stored(slug='once-other', overview=[('Title', 'Other')]).id}/")
    other.send(FORM, {"slug": "other"}, button="action=save")
    answer = author.post(f"{page.url}slug", changed(page, {"slug": wanted}), status=200, headers=HTMX)
    assert said in " ".join(answer.text.split())


# Kept while one types


def test_what_is_typed_is_kept_apart_from_what_is_saved(author: Browser):
    page = opened(author)
    sent = changed(page, {"parts-0-text": "Half a sent", "year": "nonsense"})
    state = author.post(f"{page.url}autosave", sent, status=200, headers=HTMX)
    assert state.one("//*[@id='save-state']") is not None
    assert "It rains." in author.get("/reviews/paper-boats/").words
    assert review().body == BODY
    tab = dict(sent)["tab"]
    again = author.get(f"{page.url}?tab={tab}")
    assert dict(again.fields(FORM))["parts-0-text"] == "Half a sent"
    assert dict(again.fields(FORM))["year"] == "nonsense"
    assert "csrf_token" not in str(db.session.scalars(sa.select(Autosave)).one().fields)


def test_another_window_is_told_of_what_was_never_saved(author: Browser):
    page = opened(author)
    author.post(f"{page.url}autosave", changed(page, {"parts-0-text": "Half."}), status=200, headers=HTMX)
    other = author.get(page.url)
    assert "was never saved" in other.words
    going_on = author.get(other.all("//a[text()='Go on with it']/@href")[0])
    assert dict(going_on.fields(FORM))["parts-0-text"] == "Half."
    tab = dict(page.fields(FORM))["tab"]
    kept = other.send(FORM, {"parts-0-text": "Mine."}, button=f"discard={tab}")
    after = author.get(kept.response.location)
    assert "was never saved" not in after.words
    assert dict(after.fields(FORM))["parts-0-text"] == "Mine."


def test_a_save_lets_go_of_what_its_tab_had_kept(author: Browser):
    page = opened(author)
    author.post(f"{page.url}autosave", page.fields(FORM), status=200, headers=HTMX)
    page.send(FORM, button="action=save")
    assert db.session.scalar(sa.select(sa.func.count(Autosave.id))) == 0


def test_an_old_review_with_many_windows_takes_thirteen_queries(author: Browser, at_most):
    page = opened(author)
    for number in range(6):
        kept = changed(page, {"tab": f"window-{number}", "parts-0-text": f"Window {number}."})
        author.post(f"{page.url}autosave", kept, status=200, headers=HTMX)
    for number in range(3):
        author.get(page.url).send(FORM, {"parts-0-text": f"Save {number}."}, button="action=save")
    author.get(page.url)  # what may be linked is read once for each change that readers see
    with at_most(queries=13):
        author.get(page.url)
    with at_most(queries=8):
        author.get(f"{page.url}revisions/")


# Two windows


def test_a_late_save_changes_nothing_and_loses_nothing(author: Browser):
    one = opened(author)
    two = author.get(one.url)
    one.send(FORM, {"parts-0-text": "From the first."}, button="action=save")
    late = two.send(FORM, {"parts-0-text": "From the second."}, button="action=save", status=409)
    assert "was saved in another window" in late.words
    assert "From the first." in late.words
    assert dict(late.fields(FORM))["parts-0-text"] == "From the second."
    assert "From the first." in review().body
    aside = db.session.scalars(sa.select(Revision).where(Revision.occasion == "set aside")).one()
    assert "From the second." in aside.text
    late.send(FORM, button="action=save")
    assert "From the second." in review().body
    assert any("From the first." in each.text for each in db.session.scalars(sa.select(Revision)))


def test_a_save_that_is_sent_twice_is_no_conflict(author: Browser):
    page = opened(author)
    for _ in range(2):  # the button pressed twice, or again because the answer to the first never came
        page.send(FORM, {"parts-0-text": "Once."}, button="action=save")
    again = author.post(page.url, changed(page, {"parts-0-text": "Once."}), status=200, headers=HTMX)
    assert f'value="{review().version}"' in again.text
    revisions = db.session.scalars(sa.select(Revision)).all()
    assert [each.occasion for each in revisions] == ["imported", "saved"]


def test_a_late_autosave_is_kept_and_told(author: Browser):
    one = opened(author)
    two = author.get(one.url)
    one.send(FORM, {"parts-0-text": "First."}, button="action=save")
    answer = author.post(f"{two.url}autosave", changed(two, {"parts-0-text": "Second."}), status=409, headers=HTMX)
    assert "Saved in another window" in answer.text
    assert "Second." in str(db.session.scalars(sa.select(Autosave)).one().fields)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(st.sampled_from("AB"), st.sampled_from(["save", "autosave", "open again", "keep mine"])),
        min_size=2,
        max_size=6,
    )
)
def test_no_word_of_two_windows_is_ever_lost(author: Browser, steps: list[tuple[str, str]]):
    """30 random interleavings: whatever either window ever sent is in the review, a revision or an autosave."""
    author.is_strict = False
    number = stored(slug=f"boats-{secrets.token_hex(8)}", overview=FACTS, body=BODY).id
    url = f"/studio/reviews/{number}/"
    windows = {name: author.get(url) for name in "AB"}
    sent: list[str] = []
    for count, (name, step) in enumerate(steps):
        page, words = windows[name], f"Window {name} wrote this {count}th."
        if step == "open again":
            windows[name] = author.get(url)
        elif step == "autosave":
            author.post(f"{url}autosave", changed(page, {"parts-0-text": words}), status=None, headers=HTMX)
            sent.append(words)
        else:
            answer = page.send(FORM, {"parts-0-text": words}, button="action=save", status=None)
            assert answer.status in (303, 409)
            sent.append(words)
            if answer.status == 409 and step == "keep mine":
                answer.send(FORM, button="action=save")
            windows[name] = author.get(url) if answer.status == 303 or step == "keep mine" else answer
    db.session.expire_all()
    autosaves = db.session.scalars(sa.select(Autosave).where(Autosave.review_id == number)).all()
    latest = {each.tab: str(each.fields) for each in autosaves}
    kept = [each.text for each in db.session.scalars(sa.select(Revision).where(Revision.review_id == number))]
    for words in sent:
        in_tab = any(words in text for text in latest.values())
        assert in_tab or any(words in text for text in kept) or is_typed_over(words, steps, sent)


def is_typed_over(words: str, steps: list[tuple[str, str]], sent: list[str]) -> bool:
    """Whether an autosave was followed by a later one or a save of the same window: its author typed over it."""
    at = int(re.search(r"(\d+)th", words)[1])  # type: ignore[index]
    name, step = steps[at]
    return step == "autosave" and any(f"Window {name}" in later for later in sent[sent.index(words) + 1 :])


# Bad input

# what is chosen from a list, or stands in the page: nothing that was typed
NOT_TYPED = ("kind", "availability-0-region", "availability-0-status", "availability-0-offer", "version")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"year": "next year"}, "Give the year with four digits"),
        ({"episodes": "many"}, "Give the number of episodes"),
        ({"running_time": "long"}, "Give the minutes"),
        ({"slug": "No Slug!"}, "An address has small letters"),
        ({"slug": "-a--b"}, "An address has small letters"),
        ({"tells": "episode", "tells_episode": ""}, "Up to which episode?"),
        ({"tells": "episode", "tells_episode": "0"}, "Up to which episode?"),
        ({"tells_episode": "x"}, "Write a number."),
        ({"kind": "opera"}, "Choose one from the list."),
        ({"availability-0-status": "rumoured"}, "Choose one from the list."),
        ({"availability-0-offer": "stolen"}, "Choose one from the list."),
        ({"availability-0-checked_on": "yesterday"}, "Write the day as 2026-03-12."),
        ({"availability-0-checked_on": "2999-01-01"}, "That day has not come yet."),
        ({"availability-0-link": "javascript:alert(1)"}, "A link begins with http"),
        ({"availability-0-region": "Narnia"}, "Choose a country"),
        ({"headline": "x" * 301}, "longer than 300"),
        ({"version": ""}, "which version it began from"),
        ({"parts-0-text": "& " * 60_000}, "A review holds at most"),
    ],
)
def test_what_will_not_do_is_said_beside_its_field_and_nothing_is_lost(author: Browser, changes: dict, said: str):
    page = opened(author)
    before = rows.document_of(review())
    answer = page.send(FORM, {**changes, "notes": "not lost"}, button="action=save", status=422)
    assert said in answer.words
    assert "Everything you typed is still here" in answer.words
    shown = dict(answer.fields(FORM))
    assert shown["notes"] == "not lost"
    for name, value in changes.items():
        if name not in NOT_TYPED:
            assert shown[name].strip() == value.strip()
    assert rows.document_of(review()) == before


@pytest.mark.parametrize("number", ["²", "١", "9" * 5000, "-1", "1e3", "", "x"])
@pytest.mark.parametrize("step", ["", "autosave", "autosave/discard", "preview", "people", "slug"])
def test_a_row_without_a_number_of_ours_is_no_row(author: Browser, number: str, step: str):
    page = opened(author)
    sent = {**dict(page.fields(FORM)), f"cast-{number}-name": "Nobody", f"-{number}-name": "Nobody"}
    answer = author.post(f"/studio/reviews/{review().id}/{step}", sent, status=None)
    assert answer.response.status_code in (200, 303)
    assert [credit.name for credit in review().credits] == ["Seo Ha‑jin", "Gu Won-jae"]


def test_a_taken_address_is_refused(author: Browser):
    stored(slug="other", overview=[("Title", "Other")])
    page = author.get(f"/studio/reviews/{stored(overview=FACTS).id}/")
    answer = page.send(FORM, {"slug": "other"}, button="action=save", status=422)
    assert "“other” is the address of “Other”" in answer.words


def test_what_is_no_review_is_not_there(author: Browser):
    token = author.get("/studio/").all("//input[@name='csrf_token']/@value")[0]
    for number in ("7", "9223372036854775807"):
        author.get(f"/studio/reviews/{number}/", status=404)
        for verb in ("", "autosave", "preview", "rows", "slug", "publish", "withdraw", "feature", "discard"):
            author.post(f"/studio/reviews/{number}/{verb}", {"csrf_token": token, "add": "cast"}, status=404)
    author.get("/studio/reviews/9223372036854775808/", status=404)


def test_signs_that_cannot_be_seen_are_left_out_and_line_breaks_are_one(author: Browser):
    opened(author).send(FORM, {"title": "Pa\x00per\x1b", "parts-0-text": "a\rb\r\nc\x07"}, button="action=save")
    assert review().work_title == "Paper"
    assert "a\nb\nc\n" in review().body


# The form and the document


def sendable(value):
    """Write a document's texts as a browser could send them back: line breaks are one, some signs are dropped."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, tuple):
        return tuple(map(sendable, value))
    if hasattr(value, "__dataclass_fields__"):
        return replace(value, **{field.name: sendable(getattr(value, field.name)) for field in fields(value)})
    return value


@settings(max_examples=400)
@given(documents)
def test_a_document_that_nobody_touches_stays_as_it_is(document: Document):
    assert written(typed(document), document) == document


@settings(max_examples=200)
@given(documents.map(sendable))
def test_it_survives_the_way_through_a_form(document: Document):
    sent = MultiDict(pairs(ReviewForm(data=typed(document) | {"version": 1, "tab": "t"})))
    assert written(ReviewForm(sent).data, document) == document


@given(documents, st.sampled_from(["title", "year", "genres", "director", "episodes", "running_time", "platform"]))
def test_one_changed_field_leaves_every_other_row_alone(document: Document, name: str):
    changed = written(typed(document) | {name: "Changed 2020"}, document)
    kept = [row for row in changed.overview if row.value != "Changed 2020" and row.field is None]
    assert kept == [row for row in document.overview if row.field is None]
    assert changed.body == document.body


def test_titles_that_would_be_misread_together_get_a_row_each():
    base = Document()
    made = written(typed(base) | {"title": "Love (Not Marriage)", "native_title": "사랑"}, base)
    assert understand(made.overview).native_title == "사랑"


def test_an_entry_that_only_says_nowhere_is_kept():
    base = Document(availability=(Availability("", "US", "", "not available"),))
    assert written(typed(base), base) == base
    blank = {
        "platform": "",
        "region": "",
        "offer": "",
        "status": "available",
        "checked_on": None,
        "link": "",
        "note": "",
    }
    assert written(typed(base) | {"availability": [*typed(base)["availability"], blank]}, base) == base


def test_rows_of_one_meaning_each_stay():
    base = Document(overview=(Row("Year", "2020"), Row("Released", "2021"), Row("Year", "2020")))
    assert written(typed(base), base) == base
