"""The author's desk: what needs them, what is under way, what came of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from kblog import backup
from kblog.backup import daily, making
from kblog.db import db, now
from kblog.jinja import short_day
from kblog.ledger import Availability
from kblog.models import Author, Review, Setting
from kblog.models import Page as StandingPage
from kblog.reviews.routes import today

from .browser import HTMX, Browser, Page
from .builders import comments, document, stored, stored_together
from .conftest import logged_in

DESK = "/studio/"
EDITOR = "//form[@id='review-form']"


def draft(**given) -> Review:
    """Store a draft that was last touched at some moment."""
    touched = given.pop("touched", now())
    review = stored(**{"state": "draft", "published_at": None, **given})
    review.edited_at = touched
    db.session.commit()
    return review


def listed(page: Page, section: str) -> list[str]:
    return page.texts(f"//section[@aria-labelledby='{section}']//li")


def count(page: Page, section: str) -> str:
    return page.texts(f"//*[@id='{section}']/*[@class='count']")[0]


def autosaved(author: Browser, url: str, form: str, **changes: str) -> None:
    """Type something and do not save it."""
    typed = [(name, changes.get(name, value)) for name, value in author.get(url).fields(form)]
    author.post(f"{url}autosave", typed, status=200, headers=HTMX)


def seen(days: int | None, platform: str = "Viki", **given) -> Availability:
    """Describe an entry that was checked so many days ago, or never."""
    return Availability(platform, checked_on=today() - timedelta(days=days) if days is not None else None, **given)


# What is under way


def test_drafts_scheduled_and_published_reviews_lie_apart(author: Browser):
    draft(slug="salt-road", overview=[("Title", "Salt Road")], body="It is dry.")
    stored(slug="boats", overview=[("Title", "Paper Boats")], published_at=now() + timedelta(days=2))
    stored(slug="rain", overview=[("Title", "Rain")], comments=comments(3))
    page = author.get(DESK)
    assert [listed(page, name)[0].split()[0] for name in ("drafts", "scheduled", "published")] == [
        "Salt",
        "Paper",
        "Rain",
    ]
    assert "3 words" in listed(page, "drafts")[0]
    assert "3 comments" in listed(page, "published")[0]
    assert "12 Mar 2026" in listed(page, "published")[0]
    assert [count(page, name) for name in ("drafts", "scheduled", "published")] == ["1", "1", "1"]
    assert page.follow("All scheduled reviews").url == "/studio/reviews/?state=scheduled"
    assert page.follow("Salt Road").h1 == "Edit “Salt Road”"
    assert page.follow("3 comments on Rain").url == "/reviews/rain/#comments"
    assert page.follow("New review").h1 == "New review"


def test_when_is_told_in_the_sites_time_zone(author: Browser):
    db.session.add(Setting(name="time_zone", value="Asia/Seoul"))
    stored(slug="later", published_at=datetime(2099, 12, 31, 16, 5, tzinfo=UTC))
    stored(published_at=datetime(2026, 3, 31, 23, 30, tzinfo=UTC))
    page = author.get(DESK)
    assert "for 1 Jan 2100, 01:05" in listed(page, "scheduled")[0]
    assert "1 Apr 2026" in listed(page, "published")[0]


def test_each_list_has_five_and_tells_how_many_there_are(author: Browser):
    for number in range(7):
        title = [("Title", f"Boat {number}")]
        draft(slug=f"draft-{number}", overview=title, touched=now() - timedelta(days=number))
        stored(slug=f"later-{number}", overview=title, published_at=now() + timedelta(days=number + 1))
        stored(slug=f"live-{number}", overview=title, published_at=now() - timedelta(days=number))
    page = author.get(DESK)
    for name in ("drafts", "scheduled", "published"):
        assert [each.split()[1] for each in listed(page, name)] == ["0", "1", "2", "3", "4"]
        assert count(page, name) == "7"


def test_what_was_put_away_or_withdrawn_does_not_lie_here(author: Browser):
    review = draft(slug="away", overview=[("Title", "Put Away")])
    review.withdrawn_at = now()
    stored(slug="back", overview=[("Title", "Taken Back")], state="withdrawn")
    page = author.get(DESK)
    assert "Put Away" not in page.words
    assert "Taken Back" not in page.words
    assert "No drafts." in page.words
    assert "Nothing is published yet." in page.words
    assert "Nothing is scheduled." in page.words


def test_a_draft_without_a_title_can_be_found(author: Browser):
    answer = author.get("/studio/reviews/new").send("//form[.//button[@value='film']]", button="kind=film")
    page = author.get(DESK)
    assert listed(page, "drafts")[0].startswith("Untitled")
    assert page.follow("Untitled").url == answer.response.location


# What needs the author


def test_what_was_typed_and_never_saved_is_named_and_gone_on_with(author: Browser):
    url = f"/studio/reviews/{stored(overview=[('Title', 'Paper Boats')]).id}/"
    autosaved(author, url, EDITOR, **{"parts-0-text": "Half a sent"})
    page = author.get(DESK)
    assert listed(page, "unsaved")[0].startswith("Paper Boats")
    assert count(page, "unsaved") == "1"
    editor = author.get(page.one("//section[@aria-labelledby='unsaved']//li/a").get("href"))
    assert dict(editor.fields(EDITOR))["parts-0-text"] == "Half a sent"
    editor.send(EDITOR, button="action=save")
    assert not author.get(DESK).all("//*[@id='unsaved']")


def test_a_page_that_was_never_saved_is_named_too(author: Browser):
    page = StandingPage(slug="colophon", title="판권", body="Set in stone.")
    db.session.add(page)
    db.session.commit()
    autosaved(author, f"/studio/pages/{page.id}/", "//form[@id='page-form']", body="Half.")
    found = author.get(DESK)
    assert listed(found, "unsaved")[0].startswith("판권")
    editor = author.get(found.one("//section[@aria-labelledby='unsaved']//li/a").get("href"))
    assert dict(editor.fields("//form[@id='page-form']"))["body"] == "Half."


def test_more_than_five_texts_are_counted(author: Browser):
    url = f"/studio/reviews/{stored().id}/"
    for _ in range(7):
        autosaved(author, url, EDITOR)
    page = author.get(DESK)
    assert len(listed(page, "unsaved")) == 5
    assert count(page, "unsaved") == "7"
    assert "And 2 more." in page.words


@pytest.mark.parametrize(("days", "is_due"), [(0, False), (60, False), (61, True), (400, True), (None, True)])
def test_a_platform_is_due_after_sixty_days_or_when_nobody_looked(author: Browser, days: int | None, is_due: bool):
    stored(overview=[("Title", "Paper Boats")], availability=(seen(days),))
    page = author.get(DESK)
    assert bool(page.all("//*[@id='to-check']")) is is_due
    assert ("Nothing needs you." in page.words) is not is_due
    if is_due:
        told = f"checked {(today() - timedelta(days=days)).day} " if days is not None else "never checked"
        assert "Viki" in listed(page, "to-check")[0]
        assert told in listed(page, "to-check")[0]
        queue = page.follow("Paper Boats")
        assert queue.url.endswith("/availability/#entry-1")
        assert queue.all("//li[@id='entry-1']")
        assert page.follow("All that is due to be checked").h1 == "Availability"


def test_what_nobody_looked_at_comes_first_then_the_oldest(author: Browser):
    entries = seen(90, "Viki"), seen(300, "Netflix", status="not available"), seen(61, "Wavve"), seen(200, "Tving")
    stored(slug="old", overview=[("Title", "Old")], availability=entries)
    stored(slug="new", overview=[("Title", "New")], availability=(seen(None, "Hulu"), seen(10, "Watcha")))
    page = author.get(DESK)
    assert [each.split()[0] for each in listed(page, "to-check")] == ["New", "Old", "Old"]
    assert [name for name in ("Hulu", "Netflix", "Tving") if name in " ".join(listed(page, "to-check"))] == [
        "Hulu",
        "Netflix",
        "Tving",
    ]
    assert count(page, "to-check") == "5"
    assert "And 2 more." in page.words


def test_only_what_readers_see_is_to_be_checked(author: Browser):
    due = (seen(None),)
    draft(slug="draft", availability=due)
    stored(slug="later", availability=due, published_at=now() + timedelta(days=1))
    stored(slug="gone", availability=due, state="withdrawn")
    page = author.get(DESK)
    assert not page.all("//*[@id='to-check']")
    assert "Nothing needs you." in page.words


# The first time


def test_an_empty_desk_says_how_to_begin(author: Browser):
    page = author.get(DESK)
    assert "No drafts. Start a review or import your old blog" in page.words
    assert page.follow("Start a review").url == "/studio/reviews/new"
    assert page.texts("//h2") == ["Drafts"]


def test_the_samples_go_with_one_button_but_for_those_that_were_touched(sample_app):
    author = logged_in(sample_app)
    review = db.session.scalars(sa.select(Review).where(Review.slug == "salt-road")).one()
    review.edited_at = now()
    db.session.commit()
    page = author.get(DESK)
    assert "11 sample reviews of works that do not exist" in page.words
    assert "Start a review or import your old blog" in page.words
    page.send("//form[contains(@action, 'samples')]")
    page = author.get(DESK)
    assert "11 sample reviews taken away." in page.words
    assert "of works that do not exist" not in page.words
    assert count(page, "published") == "1"
    assert listed(page, "published")[0].startswith("Salt Road")


# Edges


def test_markup_in_a_title_stays_words(author: Browser):
    words = "<b>Boats</b> & co."
    draft(slug="a", overview=[("Title", words)])
    stored(slug="b", overview=[("Title", words)], availability=(seen(None),))
    page = author.get(DESK)
    assert len([each for each in page.texts("//main//li") if each.startswith(words)]) == 3
    assert not page.all("//main//li//b")


def test_however_much_there_is_it_takes_few_queries(sample_app, at_most):
    author = logged_in(sample_app)
    stored_together(
        *(
            document(slug=f"boat-{number}", overview=[("Title", f"Boat {number}"), ("Platform", "Viki")])
            for number in range(40)
        )
    )
    for _ in range(3):
        autosaved(author, f"/studio/reviews/{db.session.scalar(sa.select(Review.id).limit(1))}/", EDITOR)
    with at_most(queries=10):
        page = author.get(DESK)
    assert count(page, "published") == "52"


# Backups


def aged(author: Browser, days: float) -> None:
    """Let the blog be so old."""
    db.session.execute(sa.update(Author).values(created_at=now() - timedelta(days=days)))
    db.session.commit()


def backed_up(author: Browser, days: float) -> backup.Backup:
    db.session.remove()
    return backup.make(backup.Places.of(author.app.config["KBLOG"]), "daily", now() - timedelta(days=days))


@pytest.mark.of_sqlite
def test_a_blog_without_a_backup_says_so_once_it_is_older_than_two_days(author: Browser):
    aged(author, 1.9)
    assert not author.get(DESK).all("//*[@id='backups']")
    aged(author, 2.1)
    page = author.get(DESK)
    assert page.texts("//*[@id='backups']") == ["No backup yet"]
    assert "flask backup create makes one now" in page.words
    backed_up(author, 0)
    assert not author.get(DESK).all("//*[@id='backups']")


@pytest.mark.of_sqlite
@pytest.mark.parametrize(("days", "is_late"), [(0, False), (1.9, False), (2.1, True), (400, True)])
def test_the_author_is_told_when_the_last_backup_is_older_than_two_days(author: Browser, days: float, is_late: bool):
    stored()
    aged(author, 500)
    for ago in (600, days):
        backed_up(author, ago)
    page = author.get(DESK)
    assert bool(page.all("//*[@id='backups']")) is is_late
    assert ("Nothing needs you." in page.words) is not is_late
    if is_late:
        assert f"No backup since {short_day(now() - timedelta(days=days))}" in page.texts("//*[@id='backups']")[0]


@pytest.mark.of_postgresql
def test_the_desk_knows_nothing_of_a_servers_backups(author: Browser):
    stored()
    assert not author.get(DESK).all("//*[@id='backups']")
    said = author.app.test_cli_runner().invoke(args=["backup", "create"])
    assert said.exit_code == 1
    assert "docs/backups.md" in said.output


@pytest.mark.of_sqlite
def test_a_half_made_backup_is_no_comfort(author: Browser):
    aged(author, 3)
    (backed_up(author, 0).path / "manifest.json").unlink()
    assert "No backup yet" in author.get(DESK).words


@pytest.mark.of_sqlite
def test_the_desk_says_why_backups_fail(author: Browser, monkeypatch: pytest.MonkeyPatch):
    aged(author, 3)
    db.session.remove()
    monkeypatch.setattr(making, "SPARE", 10**18)
    assert daily.make_if_due(backup.Places.of(author.app.config["KBLOG"]), now()) is None
    page = author.get(DESK)
    assert "No backup was made: it needs" in page.words
    assert "Make room, or name a folder on another disk" in page.words


@pytest.mark.of_sqlite
def test_the_desk_says_that_backups_are_off(author: Browser):
    aged(author, 3)
    author.app.config["KBLOG"] = replace(author.app.config["KBLOG"], backup_daily=False)
    assert "The daily backup is off" in author.get(DESK).words
