"""Every text that was saved is kept, can be compared with the one there is, and comes back."""

import sqlalchemy as sa

from kblog.db import db, now
from kblog.models import Page as StandingPage
from kblog.models import Redirect, Review, Revision
from kblog.studio import saving
from kblog.transfer import rows

from .browser import Browser, Page
from .builders import stored

EDITOR = "//form[@id='review-form']"
FACTS = [("Title", "Paper Boats"), ("Year", "2021"), ("Platform", "Viki")]
BODY = "## Introduction\n\nIt rains.\n\n## Memorable Lines\n\n> Row.\n> — Jin, Episode 3\n"


def edited(author: Browser, *texts: str) -> Page:
    """Store a review, save each of these texts as its introduction, and return the list of its revisions."""
    review = stored(overview=FACTS, body=BODY)
    for text in texts:
        author.get(f"/studio/reviews/{review.id}/").send(EDITOR, {"parts-0-text": text}, button="action=save")
    return author.get(f"/studio/reviews/{review.id}/revisions/")


def review() -> Review:
    db.session.expire_all()
    return db.session.scalars(sa.select(Review)).one()


def restore(author: Browser, listed: Page, number: int) -> Page:
    """Open the revision of this number in the list, the newest is 0, and restore it."""
    page = author.get(listed.all("//ol//a/@href")[number])
    return page.send("//form[contains(@action, '/restore')]")


def test_each_save_is_kept_and_the_text_as_it_came_is_the_first(author: Browser):
    listed = edited(author, "It pours.", "It snows.")
    assert listed.texts("//ol//span[contains(@class, 'flag')]") == ["Saved", "Saved", "Imported"]
    lengths = [len(text) for text in db.session.scalars(sa.select(Revision.text).order_by(Revision.id.desc()))]
    assert listed.texts("//ol//span[@class='meta']") == [f"{length:,} characters" for length in lengths]
    assert "It rains." in author.get(listed.all("//ol//a/@href")[2]).words


def test_a_revision_shows_what_differs(author: Browser):
    listed = edited(author, "It rains, and it pours.", "It snows.")
    page = author.get(listed.all("//ol//a/@href")[2])
    assert page.texts("//del") != []
    assert "rains" in " ".join(page.texts("//ins"))
    same = author.get(listed.all("//ol//a/@href")[0])
    assert "the saved text says the same" in same.words


def test_an_old_text_comes_back_whole_and_the_newer_one_stays_a_revision(author: Browser):
    listed = edited(author, "It pours.")
    before = db.session.scalars(sa.select(Revision).order_by(Revision.id)).first()
    assert before is not None
    answer = restore(author, listed, 1)
    assert author.get(answer.response.location).h1 == "Edit “Paper Boats”"
    assert review().body == BODY
    assert [line for line in rows.text_of(review()).splitlines() if not line.startswith("updated:")] == (
        before.text.splitlines()
    )
    assert "It rains." in Browser(author.app).get("/reviews/paper-boats/").words
    listed = author.get(listed.url)
    assert listed.texts("//ol//span[contains(@class, 'flag')]") == ["Restored", "Saved", "Imported"]
    restore(author, listed, 1)
    assert "It pours." in review().body


def test_an_old_text_changes_neither_address_nor_whether_it_is_public(author: Browser):
    listed = edited(author, "It pours.")
    token = listed.all("//input[@name='csrf_token']/@value")[0]
    page = author.get(f"/studio/reviews/{review().id}/")
    page.send(EDITOR, {"slug": "boats"}, button="action=save")
    author.post(f"/studio/reviews/{review().id}/withdraw", {"csrf_token": token})
    restore(author, author.get(listed.url), -1)
    assert (review().slug, review().state) == ("boats", "withdrawn")
    assert db.session.scalars(sa.select(Redirect.path)).all() == ["/reviews/paper-boats/"]


def test_a_save_from_before_a_restore_is_late(author: Browser):
    listed = edited(author, "It pours.")
    page = author.get(f"/studio/reviews/{review().id}/")
    restore(author, listed, 1)
    page.send(EDITOR, {"parts-0-text": "It hails."}, button="action=save", status=409)
    assert review().body == BODY


def test_an_untouched_save_makes_no_second_revision(author: Browser):
    listed = edited(author, "It pours.", "It pours.")
    assert len(listed.all("//ol/li")) == 2


def test_a_page_keeps_its_revisions_as_a_review_does(author: Browser):
    page = StandingPage(slug="about", title="About", body="Old words.")
    db.session.add(page)
    db.session.commit()
    saving.save(db.session(), page, rows.document_of_page(page), now())
    db.session.commit()
    listed = author.get(f"/studio/pages/{page.id}/revisions/")
    assert "Old words." in author.get(listed.all("//ol//a/@href")[0]).words


def test_what_is_not_there_cannot_be_restored(author: Browser):
    listed = edited(author, "It pours.")
    other = stored(slug="other", overview=[("Title", "Other")])
    number = db.session.scalars(sa.select(Revision.id)).first()
    token = listed.all("//input[@name='csrf_token']/@value")[0]
    for url in (
        f"/studio/reviews/{other.id}/revisions/{number}",
        "/studio/reviews/99/revisions/1",
        "/studio/pages/1/revisions/1",
    ):
        author.get(f"{url}/", status=404)
        author.post(f"{url}/restore", {"csrf_token": token}, status=404)
    author.get("/studio/comments/1/revisions/", status=404)
