"""Answering a comment: where the answer stands, whom it names, and what cannot be answered; the author's too."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from kblog.db import db, now
from kblog.models import Comment, Setting

from . import builders
from .browser import HTMX, Browser
from .commenting import URL, counted, fields, filled, moderated, post, stamp, stored
from .conftest import logged_in

REVIEW = "/reviews/paper-boats/"


@pytest.fixture
def app(app: Flask) -> Flask:
    """A site with one review and two comments, where every comment is published at once."""
    builders.stored(comments=builders.comments(2))
    return moderated(app, "none")


# It works


def test_an_answer_stands_under_what_it_answers(reader: Browser):
    link = reader.get(REVIEW).one("//li[@id='comment-1']/a[@hx-get]")
    assert " ".join(link.text_content().split()) == "Reply to Guest 1"
    assert link.get("href") == link.get("hx-get") == f"{URL}/new?parent=1"
    page = reader.get(link.get("href"))
    assert page.h1 == "A reply on Paper Boats"
    assert "Words of guest 1." in page.words
    assert page.one("//input[@name='parent']").get("value") == "1"
    answer = post(reader, parent=1, body="So did I.")
    assert answer.response.headers["Location"] == f"{REVIEW}#comment-3"
    (root_of, parent_of) = (stored()[2].root_id, stored()[2].parent_id)
    assert (root_of, parent_of) == (1, 1)
    assert reader.get(REVIEW).texts("//li[@id='comment-1']/ol/li/div[@class='comment-head']/b") == ["Mina"]


def test_an_answer_to_an_answer_stays_one_level_in_and_names_it(reader: Browser):
    post(reader, parent=1, name="Seo")
    post(reader, parent=3, name="Han", body="To Seo.")
    post(reader, parent=4, name="Bae", body="To Han.")
    assert [(each.root_id, each.parent_id) for each in stored()][2:] == [(1, 1), (1, 3), (1, 4)]
    page = reader.get(REVIEW)
    assert page.texts("//li[@id='comment-1']/ol/li/div[@class='comment-head']/b") == ["Seo", "Han", "Bae"]
    assert page.texts("//li[@id='comment-1']/ol/li/p[@class='hint']") == ["to Seo", "to Han"]
    assert page.one("//h2[@id='comments-title']").text == "5 comments"


def test_htmx_gets_the_row_for_the_end_of_that_thread_and_only_a_word_for_the_form(reader: Browser):
    post(reader, parent=1, name="Seo")
    page = reader.post(URL, filled(reader, parent=3, body="To Seo."), status=201, headers=HTMX)
    row, count = page.all("//hx-partial")
    assert (row.get("hx-target"), row.get("hx-swap")) == ("#replies-1", "beforeend")
    assert count.text == "4 comments"
    there = reader.get(REVIEW).one("//li[@id='comment-4']")
    assert row.xpath("./li")[0].text_content().split() == there.text_content().split()
    assert "to Seo" in " ".join(there.text_content().split())
    assert not page.all("//form")
    assert page.one("//*[@autofocus]").text_content().strip() == "Posted."


def test_the_fragment_of_a_reply_form_puts_the_focus_on_the_text(reader: Browser):
    page = reader.fragment(f"{URL}/new?parent=1")
    form = page.one("//form")
    assert form.get("id") == "comment-form-1"
    assert form.xpath(".//*[@autofocus]")[0].tag == "textarea"
    assert "Replying to Guest 1" in " ".join(form.text_content().split())
    assert form.xpath(".//a[@class='cancel']/@href") == [f"{REVIEW}#comment-1"]


# What cannot be answered


@pytest.mark.parametrize("state", ["pending", "spam", "removed"])
def test_a_hidden_comment_cannot_be_answered_and_the_answer_is_not_lost(reader: Browser, state: str):
    sent = filled(reader, parent=1, body="Words I would miss.")
    db.session.execute(sa.update(Comment).where(Comment.id == 1).values(state=state))
    db.session.commit()
    for headers in ({}, HTMX):
        page = reader.post(URL, sent, status=422, headers=headers)
        said = "The comment you answer is no longer here. You can post yours on its own."
        assert page.texts("//p[@class='error']") == [said]
        assert page.one("//textarea").text.strip() == "Words I would miss."
    alone = fields(page.one("//form[contains(@class, 'comment-form')]"))
    assert "parent" not in alone
    reader.post(URL, alone)
    assert stored()[-1].parent_id is None
    reader.get(f"{URL}/new?parent=1", status=404)
    reader.fragment(f"{URL}/new?parent=1", status=404)


def test_a_comment_elsewhere_cannot_be_answered_here(reader: Browser):
    builders.stored(slug="other", comments=builders.comments(1, name="Elsewhere"))
    other = stored()[-1].id
    reader.get(f"{URL}/new?parent={other}", status=404)
    sent = {"name": "Mina", "body": "Hello.", "stamp": stamp(reader.app), "parent": str(other)}
    page = reader.post(URL, sent, status=422)
    assert "Elsewhere" not in page.text
    assert len(stored()) == 3


ODD = ["0", "-1", "99999", "9" * 19, "9" * 30, "x", "1.0", "1 or 1=1", "٣", "\x00", "1,2"]


@pytest.mark.parametrize("parent", ODD)
def test_a_parent_that_is_no_comment_is_refused_with_the_text_kept(reader: Browser, parent: str):
    sent = {"name": "Mina", "body": "Words I would miss.", "stamp": stamp(reader.app), "parent": parent}
    page = reader.post(URL, sent, status=None)
    assert page.status == (303 if not parent.strip("\x00") else 422)
    if page.status == 422:
        assert page.one("//textarea").text.strip() == "Words I would miss."
    reader.get(f"{URL}/new", headers=None)
    reader.get(f"{URL}/new?parent={parent.replace(chr(0), '%00')}", status=None)


# Deep and long


def test_a_chain_of_five_hundred_answers_is_stored_and_drawn(reader: Browser, at_most):
    moderated(reader.app, "none", guard=False)
    parent = 1
    for number in range(500):
        sent = {"name": f"Link {number}", "body": f"Words {number}.", "parent": str(parent), "key": str(number)}
        parent = int(reader.ask(URL, "POST", data=sent, headers={"Origin": "http://localhost"}).location.split("-")[-1])
    with at_most(queries=8):
        page = reader.get(REVIEW)
    replies = page.all("//li[@id='comment-1']/ol/li")
    assert len(replies) == 500
    assert not page.all("//ol//ol//ol")
    assert page.texts("//li[@id='comment-1']/ol/li[last()]/p[@class='hint']") == ["to Link 498"]
    assert len(page.response.get_data()) < 500_000
    assert reader.get(f"/comments/{parent}/", status=302).response.headers["Location"] == f"{REVIEW}#comment-{parent}"


# The author


@pytest.fixture
def author(app: Flask) -> Browser:
    """The author's browser."""
    db.session.add(Setting(name="author", value="Han Areum"))
    db.session.commit()
    return logged_in(app)


def test_the_author_answers_in_place_without_a_name(author: Browser, reader: Browser):
    moderated(author.app, "all")
    form = author.fragment(f"{URL}/new?parent=1").one("//form")
    assert not form.xpath(".//input[@name='name']")
    assert not form.xpath(".//input[@name='website']")
    assert "You write as Han Areum, the author." in " ".join(form.text_content().split())
    page = author.post(URL, fields(form) | {"body": "Thank you."}, status=201, headers=HTMX)
    assert "Author" in page.one("//li[@class='comment']").text_content()
    comment = stored()[-1]
    assert (comment.name, comment.by_author, comment.state) == ("Han Areum", True, "visible")
    assert (comment.writer_hash, comment.parent_id) == ("", 1)
    assert "Set-Cookie" not in page.response.headers
    badge = reader.get(REVIEW).texts("//li[@id='comment-3']/div/span[@class='verdict']")
    assert badge == ["Author"]


def test_the_author_is_neither_timed_nor_counted(author: Browser):
    for number in range(12):
        answer = author.post(URL, {"body": f"Words {number}.", "key": str(number)})
        assert "#comment-" in answer.response.headers["Location"]
    assert all(each.by_author for each in stored()[2:])


def test_nobody_else_becomes_the_author_by_saying_so(reader: Browser, author: Browser):
    reader.post(URL, filled(reader) | {"by_author": "1", "author": "1", "state": "visible"})
    assert not stored()[-1].by_author
    assert not reader.get(REVIEW).all("//li[@id='comment-3']//span[@class='verdict']")
    page = reader.post(URL, filled(reader, name="Han Areum"), status=422)
    assert "That is the name of this blog's author." in page.words


def test_the_page_is_the_same_for_the_author(author: Browser, reader: Browser):
    author.post(URL, {"body": "Mine."})
    assert author.ask(REVIEW).data == reader.ask(REVIEW).data


def test_the_author_changes_an_own_comment_at_any_time_and_no_other(author: Browser, reader: Browser):
    author.post(URL, {"body": "Mine."})
    post(reader, parent=3, body="An answer.")
    db.session.execute(sa.update(Comment).values(posted_at=now() - timedelta(days=400)))
    db.session.commit()
    page = author.get(f"{URL}/new")
    assert page.all("//*[contains(@class, 'own-comment')]/@id") == ["own-3"]
    author.post("/comments/3/edit", {"body": "Mine, better.", "spoils": "2"})
    changed = stored()[2]
    assert (changed.body, changed.spoils, changed.state) == ("Mine, better.", "2", "visible")
    for number in (1, 4):
        author.get(f"/comments/{number}/edit", status=403)
        author.post(f"/comments/{number}/edit", {"body": "Yours."}, status=403)
        author.post(f"/comments/{number}/delete", status=403)
    reader.get("/comments/3/edit", status=403)
    assert stored()[3].body == "An answer."


# One select, whatever the size


def test_the_form_and_the_answer_take_few_statements_in_a_thread_of_any_size(reader: Browser, at_most):
    moderated(reader.app, "none", guard=False)
    builders.stored(slug="big", comments=builders.comments(600))
    db.session.remove()
    url = "/reviews/big/comments"
    with at_most(queries=4):
        reader.fragment(f"{url}/new?parent=300")
    with at_most(queries=10):
        reader.post(url, {"name": "Mina", "body": "Late.", "parent": "300", "key": "k"})
    assert counted("big") == 601
