"""Which comments wait, why, and who is trusted: the rules, the author's own lists, and the judge that learns."""

import re
from dataclasses import replace
from datetime import timedelta

import hypothesis
import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import strategies as st

from kblog.comments import bayes, decisions, reasons, spam
from kblog.comments.spam import Rules, Sent, judge
from kblog.db import db, now
from kblog.models import Attempt, Comment, Review, Setting, SpamWord

from . import builders
from .browser import HTMX, Browser
from .commenting import URL, filled, moderated, post, stored

REVIEW = "/reviews/paper-boats/"
PLAIN = Sent(name="Mina", website="", body="I liked the pier.", approvals=1)
LONG = "The same words about the pier and the lamp and the ferry, told at length."


@pytest.fixture
def app(app: Flask) -> Flask:
    """A site with one review, where the first comment of a name waits."""
    builders.stored()
    return app


def settings(**given: str) -> None:
    for name, value in given.items():
        db.session.merge(Setting(name=name, value=value))
    db.session.commit()


def decide(comment_id: int, state: str) -> None:
    decisions.decide(db.session(), db.session.get(Comment, comment_id), state, now())
    db.session.commit()


def uncounted() -> None:
    """Let the minutes pass in which only so many comments are taken."""
    db.session.execute(sa.delete(Attempt))
    db.session.commit()


# The rules


RULES = [
    ({}, {}, "visible", ""),
    ({"approvals": 0}, {}, "pending", "First comment under this name"),
    ({"approvals": 0}, {"mode": "links"}, "visible", ""),
    ({"trap": "http://spam.example"}, {"mode": "none"}, "spam", "A field that people do not see was filled in"),
    ({"seconds": 0}, {"mode": "none"}, "pending", "Sent 0 seconds after its form was opened"),
    ({"seconds": 1}, {"mode": "none"}, "pending", "Sent 1 second after its form was opened"),
    ({"seconds": 2}, {"mode": "none"}, "pending", "Sent 2 seconds after its form was opened"),
    ({"seconds": 3}, {}, "visible", ""),
    ({"seconds": None}, {}, "visible", ""),
    ({"links": 1}, {}, "visible", ""),
    ({"links": 2}, {}, "pending", "2 links"),
    ({"links": 2}, {"mode": "none"}, "visible", ""),
    ({"name": "Cheap-Pills.Com"}, {"mode": "links"}, "pending", "Its name is a web address"),
    ({"name": "www pills www.pills.example"}, {}, "pending", "Its name is a web address"),
    ({"name": "Online-Pills.SHOP"}, {}, "pending", "Its name is a web address"),
    ({"name": "pills.com"}, {"mode": "none"}, "visible", ""),
    ({"name": "Dr. No, J.K. Mina", "website": "https://mina.example.org"}, {}, "visible", ""),
    ({"repeats": 1}, {"mode": "links"}, "pending", "The same words were posted before"),
    ({"repeats": 1}, {"mode": "none"}, "visible", ""),
    ({"likeness": 0.97}, {}, "pending", "It resembles what was marked as spam (97%)"),
    ({"likeness": 0.89}, {}, "visible", ""),
    ({"approvals": 9}, {"mode": "all"}, "pending", "Every comment is read before it appears"),
    ({"body": "Cheap CASINO here"}, {"words": ("casino",), "mode": "none"}, "pending", "It says “casino”"),
    ({"name": "Casino"}, {"words": ("casino", "x")}, "pending", "It says “casino”"),
    ({"body": "A b c"}, {"words": ("a", "b")}, "pending", "It says “a”, “b”"),
    ({"website": "https://a.evil.example/x"}, {"blocked": ("evil.example",)}, "spam", "Blocked: evil.example"),
    ({"network": "203.0.113.0/24"}, {"blocked": ("203.0.113.0/24",)}, "spam", "Blocked: 203.0.113.0/24"),
    ({"network": "203.0.113.0/24"}, {"blocked": ("203.0.113.7",)}, "spam", "Blocked: 203.0.113.7"),
    ({"network": "203.0.113.0/24"}, {"blocked": ("203.0.0.0/16",)}, "spam", "Blocked: 203.0.0.0/16"),
    (
        {"network": "2001:db8:aa::/48"},
        {"blocked": ("2001:db8::/32", "203.0.113.0/24")},
        "spam",
        "Blocked: 2001:db8::/32",
    ),
    ({"network": "203.0.114.0/24"}, {"blocked": ("203.0.113.0/24", "::/0")}, "visible", ""),
    ({"network": ""}, {"blocked": ("0.0.0.0/0", " ", "")}, "visible", ""),
    ({"links": 3, "seconds": 1}, {}, "pending", "Sent 1 second after its form was opened\n3 links"),
    ({"links": 3, "trap": "x"}, {}, "spam", "A field that people do not see was filled in\n3 links"),
    ({"approvals": 2, "links": 9, "repeats": 9, "likeness": 1.0}, {}, "visible", ""),
    ({"approvals": 2, "links": 9, "is_rejected": True}, {}, "pending", "9 links"),
    ({"approvals": 1, "links": 9}, {}, "pending", "9 links"),
    ({"approvals": 2, "seconds": 0}, {}, "pending", "Sent 0 seconds after its form was opened"),
    ({"approvals": 2, "body": "casino"}, {"words": ("casino",)}, "pending", "It says “casino”"),
]


@pytest.mark.parametrize(("sent", "rules", "state", "reason"), RULES)
def test_a_rule_has_its_state_and_its_reason(sent: dict, rules: dict, state: str, reason: str):
    assert judge(replace(PLAIN, **sent), Rules(**rules)) == (state, reason)
    said = [pattern for pattern, _ in reasons.REASONS.patterns]
    assert all(any(each.fullmatch(line) for each in said) for line in reason.splitlines()), "no language can say it"


WORDS = [
    ("casino", "Casino!", True),
    ("casino", "casinos", False),
    ("casino", "ca\u200bsi\u00adno", True),
    ("casino", "ｃａｓｉｎｏ", True),
    ("casino", "cаsínо", True),
    ("casino", "c4s1n0", True),
    ("buy now", "BUY,\nnow.", True),
    ("buy now", "buy it now", False),
    ("ass", "a classic", False),
    ("카지노", "온라인카지노에서", True),
    ("카지노", "카 지 노", True),
    ("카지노", "ㅋㅏ지노", True),
    ("카지노", "\u110f\u1161\u110c\u1175\u1102\u1169", True),
    ("카지노", "카지", False),
    ("evil.example", "https://evil.example/x", True),
    ("evil.example", "https://evil.example.org/", True),
    ("evil.example", "https://devil.example/", False),
    ("🎰", "Play 🎰", True),
    ("", "anything", False),
    (" ", "anything at all", False),
    ("!!!", "wow!!!", True),
]


@pytest.mark.parametrize(("wanted", "text", "is_there"), WORDS)
def test_a_word_is_found_however_it_is_written(wanted: str, text: str, is_there: bool):
    assert spam.words_in(text, [wanted]) == ([wanted] if is_there else [])


@hypothesis.given(text=st.text(max_size=200), wanted=st.text(max_size=20), network=st.text(max_size=20))
def test_any_text_and_any_list_are_judged(text: str, wanted: str, network: str):
    sent = replace(PLAIN, body=text, name=text[:60], network=network)
    assert judge(sent, Rules(words=(wanted,), blocked=(wanted, network))).state in ("visible", "pending", "spam")


# From the form to the thread


def test_the_first_comment_of_a_name_waits_and_its_writer_is_told_why(reader: Browser):
    answer = post(reader)
    (comment,) = stored()
    assert (comment.state, comment.reason) == ("pending", "First comment under this name")
    assert answer.response.headers["Location"] == f"{URL}/new?held={comment.id}"
    page = reader.get(answer.response.headers["Location"])
    assert "Thank you. Your comment will appear once it has been read." in page.words
    assert "Why it waits: First comment under this name." in page.words
    assert "I liked the pier." in page.words
    for url in (REVIEW, URL, "/feeds/comments.atom", f"{URL}.atom"):
        assert "I liked the pier." not in Browser(reader.app).get(url).text
        assert "I liked the pier." not in reader.get(url).text
    reader.get(f"/comments/{comment.id}/", status=404)
    assert reader.get(REVIEW).one("//h2[@id='comments-title']").text == "0 comments"


def test_of_a_comment_that_waits_htmx_gets_the_reason_and_no_row(reader: Browser):
    page = reader.post(URL, filled(reader), status=202, headers=HTMX)
    assert not page.all("//hx-partial")
    note = page.one("//*[@autofocus]")
    assert "Thank you. Your comment will appear once it has been read." in note.text_content()
    assert "Why it waits: First comment under this name." in note.text_content()
    assert page.one("//textarea").text.strip() == ""


def test_nobody_else_learns_why_a_comment_waits(reader: Browser):
    sent = filled(reader)
    reader.post(URL, sent)
    stranger = Browser(reader.app)
    page = stranger.get(f"{URL}/new?held=1")
    assert "Thank you." in page.words
    assert "Why it waits" not in page.text
    assert "I liked the pier." not in page.text
    from_key = stranger.post(URL, {"key": sent["key"], "body": "x"}, status=202, headers=HTMX)
    for words in ("Why it waits", "I liked the pier.", "First comment under"):
        assert words not in from_key.text
    for odd in ("x", "-1", "99999", "9" * 30, ""):
        stranger.get(f"{URL}/new?held={odd}")


def test_an_approved_comment_is_there_at_once_and_its_writer_sees_that(reader: Browser):
    post(reader)
    decide(1, "visible")
    assert "I liked the pier." in reader.get(REVIEW).words
    assert reader.get(REVIEW).one("//h2[@id='comments-title']").text == "1 comment"
    assert "I liked the pier." in reader.get("/feeds/comments.atom").text
    page = reader.get(f"{URL}/new?held=1")
    assert "Your comment has been read and is published." in page.words
    assert "Why it waits" not in page.words
    assert page.texts("//*[@id='own-1']//b") == ["Published"]


def test_after_one_approval_a_name_is_published_and_after_two_it_is_trusted(reader: Browser):
    two_links = "See https://a.example/ and https://b.example/ {}."
    post(reader)
    decide(1, "visible")
    post(reader, body="Published at once.")
    post(reader, body=two_links.format(1))
    assert [each.state for each in stored()] == ["visible", "visible", "pending"]
    decide(2, "visible")
    post(reader, body=two_links.format(2))
    assert stored()[-1].state == "visible", "two were approved"
    decide(3, "spam")
    uncounted()
    post(reader, body=two_links.format(3))
    assert stored()[-1].state == "pending", "one was spam"


def test_trust_belongs_to_the_browser_and_the_name_together(reader: Browser):
    post(reader, name="Marisol")
    decide(1, "visible")
    for browser, name in ((Browser(reader.app), "Marisol"), (reader, "Other")):
        post(browser, name=name, body=f"It is {name}.")
        assert stored()[-1].reason == "First comment under this name"
    forger = Browser(reader.app)
    forger.client.set_cookie("kblog-writer", "WyJ4IiwiTWFyaXNvbCIsIiJd.aaaaaa.forged")
    post(forger, name="Marisol", body="It is me again.")
    assert stored()[-1].state == "pending"


COOKIES = ["", "x", "a.b.c", "e30.e30.e30", "[]", "\x7f", "." * 500, "é", "1" * 4000]


def test_a_cookie_that_is_none_of_ours_is_nobodys(reader: Browser):
    post(reader)
    good = reader.client.get_cookie("kblog-writer").value
    body, _, signature = good.rpartition(".")
    stranger = Browser(reader.app)
    stranger.client = reader.app.test_client(use_cookies=False)  # headers go as they are
    for value in (*COOKIES, body, f"{body}.{signature[::-1]}", f"x{good}", good[:-1]):
        headers = {"Cookie": f"kblog-writer={value}"}
        page = stranger.get(f"{URL}/new", headers=headers)
        assert not page.all("//*[@class='comment own-comment']")
        stranger.get("/comments/1/edit", status=403, headers=headers)
    page = stranger.get(f"{URL}/new", headers={"Cookie": f"kblog-writer={good}"})
    assert page.one("//*[@class='comment own-comment']").get("id") == "own-1"


def test_the_environment_says_which_comments_wait_until_the_author_does(reader: Browser):
    expected = {"none": "visible", "links": "visible", "first": "pending", "all": "pending"}
    for mode, state in expected.items():
        moderated(reader.app, mode)
        post(Browser(reader.app), body=f"In {mode}.")
        assert stored()[-1].state == state
    settings(comment_mode="none")
    uncounted()
    post(Browser(reader.app), body="The author said none.")
    assert stored()[-1].state == "visible"
    settings(comment_mode="nonsense")
    post(Browser(reader.app), body="All, as the environment says.")
    assert stored()[-1].state == "pending"


def test_the_form_says_beforehand_what_will_be_read(reader: Browser):
    said = {"none": [], "links": [], "first": ["First comments are read before they appear."]}
    said["all"] = ["Comments are read before they appear."]
    for mode, expected in said.items():
        moderated(reader.app, mode)
        found = reader.get(f"{URL}/new").texts("//form[contains(@class, 'comment-form')]/div/span[@class='hint']")
        assert found == expected


def test_what_fills_in_the_hidden_field_is_set_aside(reader: Browser):
    moderated(reader.app, "none")
    answer = post(reader, homepage_url="http://spam.example/")
    assert (stored()[0].state, stored()[0].reason) == ("spam", "A field that people do not see was filled in")
    assert "held=1" in answer.response.headers["Location"], "never dropped"
    page = reader.get(f"{URL}/new")
    assert page.texts("//*[@id='own-1']//b") == ["Set aside as spam"]


def test_a_form_that_is_sent_too_fast_waits_with_its_text(reader: Browser):
    moderated(reader.app, "none")
    post(reader, age=timedelta(seconds=1))
    post(reader, age=timedelta(seconds=3), body="Slow enough.")
    first, second = stored()
    assert first.state == "pending"
    assert re.fullmatch("Sent (1 second|2 seconds) after its form was opened", first.reason), "a busy machine is slower"
    assert second.state == "visible"


def test_the_same_words_by_somebody_else_wait(reader: Browser):
    moderated(reader.app, "links")
    for number, body in enumerate((LONG, LONG.upper().replace(",", " - "), f"**{LONG}**")):
        post(Browser(reader.app), name=f"Guest {number}", body=body)
    assert [each.reason for each in stored()] == ["", *["The same words were posted before"] * 2]
    for number in range(2):
        post(Browser(reader.app), name=f"Other {number}", body="Thank you so much!")
    assert [each.state for each in stored()][3:] == ["visible"] * 2, "many people say that"


def test_the_authors_lists_are_asked(reader: Browser):
    moderated(reader.app, "none")
    settings(comment_words="casino\n카지노\n", comment_blocked="evil.example\n203.0.113.0/24\nSeo Bad")
    post(reader, body="A casino by the sea.")
    post(reader, body="온라인카지노")
    post(reader, body="Look at https://evil.example/.")
    post(reader, name="SEO bad", body="Words.")
    away = Browser(reader.app)
    away.client.environ_base["REMOTE_ADDR"] = "203.0.113.77"
    post(away, body="From afar.")
    assert [(each.state, each.reason) for each in stored()] == [
        ("pending", "It says “casino”"),
        ("pending", "It says “카지노”"),
        ("spam", "Blocked: evil.example"),
        ("spam", "Blocked: Seo Bad"),
        ("spam", "Blocked: 203.0.113.0/24"),
    ]


# The judge that learns


def train(number: int, state: str, body: str) -> None:
    review = db.session.scalars(sa.select(Review)).one()
    for each in range(number):
        comment = Comment(review_id=review.id, name=f"Guest {each}", posted_at=now(), state="pending")
        comment.body = body.format(each)
        db.session.add(comment)
        db.session.flush()
        decisions.decide(db.session(), comment, state, now())
    db.session.commit()


SPAM = "Cheap replica watches, order number {} today, free shipping"
HAM = "The ferry scene in episode {} made me cry, what a lovely drama"


def test_with_fewer_than_thirty_decisions_of_each_class_it_keeps_still(reader: Browser):
    moderated(reader.app, "links")
    train(40, "spam", SPAM)
    train(29, "visible", HAM)
    post(reader, body="Cheap replica watches with free shipping")
    assert stored()[-1].state == "visible"
    train(1, "visible", HAM)
    post(reader, body="Order cheap replica watches, free shipping")
    assert stored()[-1].state == "pending"
    assert stored()[-1].reason.startswith("It resembles what was marked as spam (")
    post(reader, body="What a lovely scene, the ferry in this drama")
    assert stored()[-1].state == "visible"
    post(reader, body="전혀 다른 이야기입니다")
    assert stored()[-1].state == "visible", "words nobody has seen say nothing"


def test_what_it_learnt_is_in_the_database_and_a_decision_that_changes_is_learnt_anew(app: Flask):
    train(3, "spam", SPAM)
    train(2, "visible", HAM)

    def count(word: str) -> tuple[int, int]:
        db.session.expire_all()
        found = db.session.get(SpamWord, word)
        return (found.good, found.spam)

    assert (count(bayes.EVERY), count("cheap"), count("ferry")) == ((2, 3), (0, 3), (2, 0))
    decide(1, "visible")
    assert (count(bayes.EVERY), count("cheap")) == ((3, 2), (1, 2))
    decide(1, "visible")
    assert count(bayes.EVERY) == (3, 2), "twice is once"
    decide(1, "removed")
    assert (count(bayes.EVERY), count("cheap")) == ((2, 2), (0, 2))


# What the author decides


def states() -> list[str]:
    return [each.state for each in stored()]


def count() -> int:
    db.session.expire_all()
    return db.session.scalar(sa.select(Review.comment_count))


def test_a_decision_can_be_undone(reader: Browser):
    post(reader)
    for state in ("visible", "spam", "removed"):
        decide(1, state)
        assert (states(), count()) == ([state], int(state == "visible"))
        decisions.undo(db.session(), db.session.get(Comment, 1), now())
        db.session.commit()
        assert (states(), count()) == (["pending"], 0)
        assert stored()[0].reason == "First comment under this name"
        assert stored()[0].lesson == ""
        assert stored()[0].decided_at is None
    decide(1, "visible")
    decide(1, "removed")
    decisions.undo(db.session(), db.session.get(Comment, 1), now())
    db.session.commit()
    assert (states(), count(), stored()[0].lesson) == (["visible"], 1, "good")
    decisions.undo(db.session(), db.session.get(Comment, 1), now())
    db.session.commit()
    assert states() == ["visible"], "there is one step back"


def test_what_was_public_and_is_removed_answers_410(reader: Browser):
    moderated(reader.app, "none")
    post(reader)
    decide(1, "removed")
    reader.get("/comments/1/", status=410)
    page = reader.get(f"{URL}/new")
    assert page.texts("//*[@id='own-1']//b") == ["Removed by the author"]
    assert "The author decided so" in page.words
    moderated(reader.app, "all")
    post(reader, body="Never public.")
    decide(2, "removed")
    reader.get("/comments/2/", status=404)


@hypothesis.settings(max_examples=20, suppress_health_check=list(hypothesis.HealthCheck))
@hypothesis.given(
    steps=st.lists(st.tuples(st.integers(1, 4), st.sampled_from(("visible", "spam", "removed", "undo"))), max_size=20)
)
def test_the_count_and_the_lessons_are_right_after_any_decisions(app: Flask, steps: list[tuple[int, str]]):
    db.session.execute(sa.delete(Comment))
    db.session.execute(sa.delete(SpamWord))
    db.session.execute(sa.update(Review).values(comment_count=0))
    review = db.session.scalars(sa.select(Review.id)).one()
    for number in range(1, 5):
        comment = Comment(id=number, review_id=review, name=f"Guest {number}", posted_at=now(), state="pending")
        comment.body = f"Words of guest {number}."
        db.session.add(comment)
    db.session.commit()
    for number, step in steps:
        comment = db.session.get(Comment, number)
        if step == "undo":
            decisions.undo(db.session(), comment, now())
        else:
            decisions.decide(db.session(), comment, step, now())
        db.session.commit()
    kept = stored()
    assert count() == sum(each.state == "visible" for each in kept)
    learnt = db.session.get(SpamWord, bayes.EVERY)
    lessons = [each.lesson for each in kept]
    counted = (learnt.good, learnt.spam) if learnt else (0, 0)
    assert counted == (lessons.count("good"), lessons.count("spam"))
    for each in kept:
        assert each.lesson in ("", {"visible": "good", "spam": "spam"}.get(each.state, ""))
    db.session.rollback()
