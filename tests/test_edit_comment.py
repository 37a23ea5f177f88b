"""What a writer may still do with an own comment: see its state, change it for a day, take it back for good."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from kblog.comments import decisions
from kblog.db import db, now
from kblog.models import Attempt, Comment, Review, Setting

from . import builders
from .browser import HTMX, Browser, Page
from .commenting import URL, counted, fields, filled, moderated, post, stored

REVIEW = "/reviews/paper-boats/"
EDIT, DELETE = "/comments/1/edit", "/comments/1/delete"


@pytest.fixture
def app(app: Flask) -> Flask:
    """A site with one review, where every comment is published at once."""
    builders.stored()
    return moderated(app, "none")


@pytest.fixture
def writer(app: Flask) -> Browser:
    """The browser from which comment 1 was posted."""
    browser = Browser(app)
    post(browser, body="The pear.")
    return browser


def grow_old(**age: int) -> None:
    db.session.execute(sa.update(Comment).values(posted_at=now() - timedelta(**age)))
    db.session.commit()


def own(page: Page) -> list[str]:
    return page.texts("//*[contains(@class, 'own-comment')]/p[@class='comment-head']/b")


def trouble(page: Page) -> list[str]:
    return page.texts("//p[@class='error']")


# It works


def test_a_writer_sees_own_comments_and_what_became_of_them(writer: Browser):
    moderated(writer.app, "all")
    post(writer, body="This one waits.")
    builders.stored(slug="other")
    post(writer, "/reviews/other/comments", body="Elsewhere.")
    page = writer.get(f"{URL}/new")
    assert own(page) == ["Published", "Waiting to be read"]
    assert "Why: First comment under this name; Every comment is read before it appears." in page.words
    assert "Elsewhere." not in page.words
    until = page.one("//*[@id='own-1']//a[@href='/comments/1/edit']/following-sibling::span")
    assert until.text_content().startswith("until ")
    stranger = Browser(writer.app).get(f"{URL}/new")
    assert own(stranger) == []
    assert "The pear." not in stranger.text


def test_of_very_many_own_comments_the_last_are_shown_and_lead_to_the_others(writer: Browser):
    moderated(writer.app, "none", guard=False)
    for number in range(54):
        writer.post(URL, {"name": "Mina", "body": f"Words {number}.", "key": str(number)})
    page = writer.get(f"{URL}/new")
    shown = page.all("//*[contains(@class, 'own-comment')]/@id")
    assert shown == [f"own-{number}" for number in range(6, 56)]
    older = page.follow("Show older ones")
    assert older.all("//*[contains(@class, 'own-comment')]/@id") == [f"own-{number}" for number in range(1, 6)]
    assert "Show older ones" not in older.text


def test_a_comment_is_changed_and_says_so(writer: Browser):
    page = writer.get(EDIT)
    form = page.one("//form[contains(@class, 'comment-form')]")
    assert fields(form)["body"] == "The pear."
    answer = writer.post(EDIT, fields(form) | {"body": "The *pier*.", "spoils": "4"})
    assert answer.response.headers["Location"] == f"{REVIEW}#comment-1"
    page = Browser(writer.app).get(REVIEW)
    assert page.one("//li[@id='comment-1']//em").text == "pier"
    assert "(edited)" in page.words
    assert page.texts("//li[@id='comment-1']//summary") == ["Spoils up to episode 4"]
    assert "pear" not in page.text
    assert "pier" in writer.get(EDIT).one("//textarea").text
    assert writer.get(EDIT).one("//option[@selected]").get("value") == "4"


def test_htmx_changes_it_in_place(writer: Browser):
    fragment = writer.fragment(EDIT)
    form = fragment.one("//form")
    assert form.get("hx-target") == "closest .own-comment"
    assert form.xpath(".//textarea[@autofocus]")
    page = writer.post(EDIT, {"body": "The pier.", "spoils": "none"}, status=200, headers=HTMX)
    head, body = page.all("//hx-partial")
    assert head.get("hx-target") == "#comment-1 > .comment-head"
    assert body.get("hx-target") == "#comment-1 > .comment-body"
    assert "(edited)" in head.text_content()
    assert "The pier." in body.text_content()
    assert page.one("//a[@autofocus]").text == "Edit"


def test_a_comment_is_deleted_for_good(writer: Browser):
    answer = writer.post(DELETE)
    assert answer.response.headers["Location"] == f"{REVIEW}#comments"
    (left,) = stored()
    assert (left.name, left.website, left.body, left.body_html) == ("", "", "", "")
    assert (left.writer_hash, left.network, left.fingerprint) == ("", "", "")
    assert left.state == "removed"
    page = writer.get(REVIEW)
    assert "comment-1" not in page.text
    assert page.one("//h2[@id='comments-title']").text == "0 comments"
    writer.get("/comments/1/", status=410)
    assert own(writer.get(f"{URL}/new")) == []
    writer.get(EDIT, status=403)
    writer.post(DELETE, status=403)
    post(writer, body="Another one.")
    assert stored()[-1].id == 2, "no number is given twice"


def test_htmx_is_sent_on_after_a_deletion(writer: Browser):
    page = writer.post(DELETE, status=200, headers=HTMX)
    assert page.response.headers["HX-Redirect"] == f"{REVIEW}#comments"


def test_a_deleted_comment_with_answers_leaves_its_place(writer: Browser):
    reader = Browser(writer.app)
    post(reader, parent=1, name="Seo", body="So did I.")
    grow_old(days=300)
    writer.post(DELETE)
    page = reader.get(REVIEW)
    assert page.texts("//li[@id='comment-1']/p") == ["This comment was removed."]
    assert page.texts("//li[@id='comment-1']/ol/li/div[@class='comment-head']/b") == ["Seo"]
    assert page.one("//h2[@id='comments-title']").text == "1 comment"
    assert "pear" not in page.text


def test_the_form_sent_again_after_a_deletion_brings_nothing_back(reader: Browser):
    sent = filled(reader, body="The pear.")
    reader.post(URL, sent)
    reader.post(DELETE)
    answer = reader.post(URL, sent)
    assert "held=1" in answer.response.headers["Location"]
    assert len(stored()) == 1
    assert stored()[0].body == ""


def test_what_waits_can_be_changed_and_deleted(writer: Browser):
    moderated(writer.app, "all")
    post(writer, body="This one waits.")
    answer = writer.post("/comments/2/edit", {"body": "This one waits, better."})
    assert answer.response.headers["Location"] == f"{URL}/new?held=2"
    assert [(each.state, each.body) for each in stored()][1] == ("pending", "This one waits, better.")
    writer.post("/comments/2/delete")
    assert stored()[1].body == ""
    assert counted() == 1


# Who may not


def test_a_stranger_changes_nothing(writer: Browser):
    stranger = Browser(writer.app)
    other = Browser(writer.app)
    post(other, body="By somebody else.")
    for browser in (stranger, other):
        for headers in ({}, HTMX):
            browser.get(EDIT, status=403, headers=headers)
            browser.post(EDIT, {"body": "Mine now."}, status=403, headers=headers)
            browser.post(DELETE, status=403, headers=headers)
    assert [each.body for each in stored()] == ["The pear.", "By somebody else."]
    assert stored()[0].state == "visible"


def test_what_is_not_there_cannot_be_changed(writer: Browser):
    for number in ("99", "0", "9" * 19, "9" * 30, "x"):
        writer.get(f"/comments/{number}/edit", status=404)
        for what in ("edit", "delete"):
            assert writer.post(f"/comments/{number}/{what}", {"body": "x"}, status=None).status in (404, 405)
    db.session.execute(sa.update(Review).values(withdrawn_at=now()))
    db.session.commit()
    writer.get(EDIT, status=410)
    writer.post(DELETE, status=410)


def test_a_get_deletes_nothing(writer: Browser):
    writer.get(DELETE, status=405)
    assert stored()[0].state == "visible"


def test_imported_comments_are_nobodys(reader: Browser):
    builders.stored(slug="old", comments=builders.comments(1))
    post(reader, "/reviews/old/comments")
    assert stored()[0].writer_hash == ""
    reader.get(EDIT, status=403)
    reader.post(DELETE, status=403)


# When it is too late


def test_an_answered_comment_stays_as_it_is_and_what_was_typed_is_handed_back(writer: Browser):
    sent = {"body": "Words I would miss.", "spoils": "none"}
    post(Browser(writer.app), parent=1, body="So did I.")
    page = writer.get(EDIT)
    assert "Somebody has answered this comment, so it stays as it is." in page.words
    assert not page.all("//form[contains(@class, 'comment-form')]")
    for headers in ({}, HTMX):
        page = writer.post(EDIT, sent, status=403, headers=headers)
        assert page.one("//textarea[@readonly]").text.strip() == "Words I would miss."
    assert stored()[0].body == "The pear."
    assert "Edit" not in writer.get(f"{URL}/new").texts("//*[@id='own-1']//a")
    assert writer.get(f"{URL}/new").texts("//*[@id='own-1']//summary") == ["Delete"]


def test_an_own_answer_and_one_that_nobody_sees_end_nothing(writer: Browser):
    post(writer, parent=1, body="I mean the pier.")
    moderated(writer.app, "all")
    post(Browser(writer.app), parent=1, body="This one waits.")
    writer.post(EDIT, {"body": "The pier."})
    assert stored()[0].body == "The pier."


def test_the_day_ends_after_a_day(writer: Browser):
    grow_old(hours=23, minutes=59)
    writer.post(EDIT, {"body": "The pier."})
    grow_old(hours=24)
    page = writer.post(EDIT, {"body": "The pierce."}, status=403)
    assert "The day in which this comment could be changed is over." in page.words
    assert page.one("//textarea[@readonly]").text.strip() == "The pierce."
    assert stored()[0].body == "The pier."
    writer.post(DELETE)
    assert stored()[0].body == ""


def test_what_the_author_removed_can_only_be_deleted(writer: Browser):
    decisions.decide(db.session(), db.session.get(Comment, 1), "removed", now())
    db.session.commit()
    writer.post(EDIT, {"body": "Back again."}, status=403)
    assert own(writer.get(f"{URL}/new")) == ["Removed by the author"]
    writer.post(DELETE)
    assert stored()[0].body == ""
    writer.get("/comments/1/", status=410)


# What is amiss


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"body": ""}, "Write a comment before posting it."),
        ({"body": "x" * 10_001}, "A comment holds 10,000 characters; this one has 10,001."),
        ({"spoils": "some"}, "Choose how far it spoils."),
    ],
)
def test_what_is_amiss_is_said_and_the_text_kept(writer: Browser, given: dict, said: str):
    sent = {"body": "Words I would miss.", "spoils": "none"} | given
    for headers in ({}, HTMX):
        page = writer.post(EDIT, sent, status=422, headers=headers)
        assert trouble(page) == [said]
        assert page.one("//textarea").text.strip() == sent["body"]
    assert stored()[0].body == "The pear."


def test_changes_are_counted_like_comments(writer: Browser):
    for number in range(5):
        writer.post(EDIT, {"body": f"Words {number}."})
    for headers in ({}, HTMX):
        page = writer.post(EDIT, {"body": "One too many."}, status=429, headers=headers)
        assert 0 < int(page.response.headers["Retry-After"]) <= 60
        assert page.one("//textarea").text.strip() == "One too many."
    assert stored()[0].body == "Words 4."
    post(writer, body="A comment is counted apart.")


# A change is judged too


def test_a_change_that_would_have_waited_waits(writer: Browser):
    moderated(writer.app, "links")
    answer = writer.post(EDIT, {"body": "https://a.example/ https://b.example/"})
    assert answer.response.headers["Location"] == f"{URL}/new?held=1"
    (changed,) = stored()
    assert (changed.state, changed.reason, changed.decided_at) == ("pending", "2 links", None)
    assert counted() == 0
    assert "a.example" not in Browser(writer.app).get(REVIEW).text
    writer.post(EDIT, {"body": "The pier."})
    assert stored()[0].state == "pending", "what waits goes on waiting"
    assert stored()[0].reason == "2 links"


def test_an_approved_first_comment_may_be_mended(reader: Browser):
    moderated(reader.app, "first")
    post(reader, body="The pear.")
    decisions.decide(db.session(), db.session.get(Comment, 1), "visible", now())
    db.session.commit()
    reader.post(EDIT, {"body": "The pier."})
    assert [(each.state, each.body) for each in stored()] == [("visible", "The pier.")]
    db.session.add(Setting(name="comment_blocked", value="casino"))
    db.session.commit()
    page = reader.post(EDIT, {"body": "A casino."}, status=200, headers=HTMX)
    assert stored()[0].state == "spam"
    assert "This comment waits to be read again." in page.text


def test_a_change_to_the_same_words_is_no_repetition(writer: Browser):
    moderated(writer.app, "links")
    db.session.execute(sa.delete(Attempt))
    db.session.commit()
    words = "The same words about the pier and the lamp and the ferry, told at length."
    post(writer, body=words)
    writer.post("/comments/2/edit", {"body": words + "!"})
    assert stored()[1].state == "visible"
