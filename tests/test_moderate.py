"""The author keeps the threads clean: what waits, decisions one by one and at once, undo, reports, and one writer's."""

import json
from datetime import timedelta

import hypothesis
import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import strategies as st

from kblog.comments import bayes, moderating
from kblog.db import db, now
from kblog.models import Attempt, Comment, ContentVersion, ImportedEntry, Report, Review, Revision, Setting, SpamWord
from kblog.models import Page as StandingPage
from kblog.studio.moderation import queries

from . import builders
from .browser import HTMX, Browser, Page
from .commenting import URL, counted, filled, moderated, post, stored
from .conftest import logged_in, read

QUEUE = "/studio/comments/"
FORM = "//form[contains(@action, '/comments/bulk')]"
SETTINGS = "//form[contains(@action, '/settings/comments')]"
REVIEW = "/reviews/paper-boats/"


@pytest.fixture
def app(app: Flask) -> Flask:
    """A site with one review, where the first comment of a name waits."""
    builders.stored(overview=[("Title", "Paper Boats"), ("Episodes", "12")])
    return moderated(app, "first", guard=False)


def waiting(app: Flask, *said: str) -> list[int]:
    """Let guests post, each from a browser of their own; return the numbers of their comments."""
    for number, words in enumerate(said, 1):
        post(Browser(app), name=f"Guest {number}", body=words)
    return [each.id for each in stored()][-len(said) :]


def press(author: Browser, comment_id: int, action: str, tab: str = "waiting", *, in_place: bool = False) -> Page:
    """Press a button of a comment in the queue, with htmx or without."""
    page = author.get(f"{QUEUE}?state={tab}")
    button = page.one(f"//li[@id='queued-{comment_id}']//button[contains(@formaction, '/{comment_id}/{action}')]")
    headers, status = (HTMX, 200) if in_place else ({}, 303)
    return author.post(button.get("formaction"), page.fields(FORM), status=status, headers=headers)


def tick(author: Browser, ids: list[int], action: str, tab: str = "waiting") -> Page:
    """Tick comments and press one of the buttons above them; return the queue after it."""
    page = author.get(f"{QUEUE}?state={tab}")
    sent = [*page.fields(FORM), *(("id", str(each)) for each in ids), ("action", action)]
    return author.get(author.post(page.one(FORM).get("action"), sent).response.location)


def states() -> list[str]:
    return [each.state for each in stored()]


def listed(author: Browser, tab: str = "waiting", **asked) -> list[int]:
    query = "&".join(f"{name}={value}" for name, value in {"state": tab, **asked}.items())
    return [
        int(each.removeprefix("queued-")) for each in author.get(f"{QUEUE}?{query}").all("//ol[@id='queue']/li/@id")
    ]


def tabs(page: Page) -> list[str]:
    return page.texts("//nav[@id='comment-tabs']/a")


def tally(page: Page) -> list[str]:
    return page.texts("//span[@class='tally']")


def kept_rules() -> dict[str, str]:
    """What the studio has saved about comments."""
    query = sa.select(Setting).where(Setting.name.startswith("comment_"))
    return {each.name: each.value for each in read(query)}


def visible() -> int:
    return sum(each.state == "visible" for each in stored())


# The queue


def test_what_waits_is_there_with_its_reason_and_its_review(app: Flask, author: Browser):
    waiting(app, "I liked the pier.", "See https://a.example and https://b.example")
    page = author.get(QUEUE)
    assert tabs(page) == ["Waiting 2", "Published 0", "Spam 0", "Removed 0"]
    assert tally(page) == ["2 waiting"]
    assert tally(author.get("/studio/settings/")) == ["2 waiting"]
    assert page.all("//ol[@id='queue']/li/@id") == ["queued-2", "queued-1"], "the newest first"
    assert page.texts("//li[@id='queued-2']//*[contains(@class, 'flag ') or @class='flag']") == [
        "2 links",
        "First comment under this name",
    ]
    assert page.texts("//li[@id='queued-2']//*[contains(@class, 'hot')]") == ["2 links"]
    assert page.all("//li[@id='queued-1']//a/@href")[0] == f"{REVIEW}#comments"
    assert page.texts("//li[@id='queued-1']//*[contains(@class, 'comment-body')]") == ["I liked the pier."]


def test_an_approved_comment_is_on_the_review_at_once(app: Flask, author: Browser):
    waiting(app, "I liked the pier.")
    reader = Browser(app)
    before = reader.get(REVIEW)
    assert "I liked the pier." not in before.text
    press(author, 1, "approve")
    after = reader.get(REVIEW, headers={"If-None-Match": before.response.headers["ETag"]})
    assert after.texts("//li[@id='comment-1']//*[contains(@class, 'comment-body')]") == ["I liked the pier."]
    assert after.texts("//*[@id='comments-title']") == ["1 comment"]
    assert (counted(), states()) == (1, ["visible"])
    assert "I liked the pier." in reader.get("/feeds/comments.atom").text


def test_without_htmx_the_queue_says_what_was_done_and_how_to_undo_it(app: Flask, author: Browser):
    waiting(app, "One.", "Two.")
    page = author.get(press(author, 1, "spam").response.location)
    assert page.texts("//*[contains(@class, 'flash')]/span") == ["Marked as spam."]
    assert tabs(page)[:3] == ["Waiting 1", "Published 0", "Spam 1"]
    undone = author.get(page.send("//form[contains(@action, '/comments/undo')]").response.location)
    assert undone.texts("//*[contains(@class, 'flash')]") == ["1 comment is as before."]
    assert states() == ["pending", "pending"]


def test_with_htmx_one_line_takes_the_place_and_undo_brings_the_comment_back(app: Flask, author: Browser):
    waiting(app, "One.", "Two.")
    line = press(author, 1, "approve", in_place=True)
    assert line.texts("//li[@id='queued-1']") == ["Approved. Guest 1 on Paper Boats Undo"]
    assert line.texts("//button[@autofocus]") == ["Undo"]
    assert line.texts("//*[@id='announce']") == ["Approved. 1 waiting."]
    assert line.texts("//*[@hx-target='#comments-tally']") == ["1 waiting"]
    assert tabs(line)[:2] == ["Waiting 1", "Published 1"]
    undo = line.one("//button/@formaction")
    back = author.post(undo, author.get(QUEUE).fields(FORM), status=200, headers=HTMX)
    assert back.texts("//li[@id='queued-1']//*[contains(@class, 'comment-body')]") == ["One."]
    assert back.texts("//button[@autofocus]") == ["Approve"]
    assert back.texts("//*[@id='announce']") == ["It is as it was before. 2 waiting."]
    assert (states(), counted()) == (["pending", "pending"], 0)


def test_many_at_once_and_back(app: Flask, author: Browser):
    ids = waiting(app, "One.", "Two.", "Three.")
    page = tick(author, ids[:2], "approve")
    assert page.texts("//*[contains(@class, 'flash')]/span") == ["2 approved."]
    assert (states(), counted()) == (["visible", "visible", "pending"], 2)
    page.send("//form[contains(@action, '/comments/undo')]")
    assert (states(), counted()) == (["pending"] * 3, 0)
    tick(author, ids, "remove")
    assert listed(author, "removed") == ids[::-1]
    tick(author, ids, "spam", "removed")
    assert (listed(author, "spam"), counted()) == (ids[::-1], 0)


@pytest.mark.parametrize(
    ("tab", "action", "state"),
    [
        ("waiting", "approve", "visible"),
        ("waiting", "spam", "spam"),
        ("waiting", "remove", "removed"),
        ("published", "spam", "spam"),
        ("published", "remove", "removed"),
        ("spam", "approve", "visible"),
        ("spam", "remove", "removed"),
        ("removed", "approve", "visible"),
        ("removed", "spam", "spam"),
    ],
)
def test_every_button_of_every_tab_does_what_it_says(app: Flask, author: Browser, tab: str, action: str, state: str):
    waiting(app, "One.")
    first = {"published": "approve", "spam": "spam", "removed": "remove"}.get(tab)
    if first:
        press(author, 1, first)
    press(author, 1, action, tab)
    assert (states(), counted()) == ([state], int(state == "visible"))


def test_comments_are_found_by_name_and_by_words(app: Flask, author: Browser):
    waiting(app, "The pier.", "100 % of the ferry", "등대가 좋았어요")
    assert listed(author, q="guest+1") == [1]
    assert listed(author, q="FERRY") == [2]
    assert listed(author, q="등대") == [3]
    assert listed(author, q="100+%25") == [2]
    assert listed(author, q="%25") == [2], "a sign is no wildcard"
    assert "nobody here is called that" in author.get(f"{QUEUE}?q=lamp").words


def test_the_queue_has_pages_of_fifty(app: Flask, author: Browser, at_most):
    review = read(sa.select(Review.id))[0]
    for number in range(1, 121):
        moment = now() - timedelta(minutes=number)
        db.session.add(Comment(review_id=review, name=f"G{number}", body="Hm.", posted_at=moment, state="pending"))
    db.session.commit()
    assert listed(author) == list(range(1, 51))
    assert listed(author, page=3) == list(range(101, 121))
    assert "There is no such page" in author.get(f"{QUEUE}?page=9").words
    assert author.get(QUEUE).follow("Older").follow("Older").texts("//nav[@class='pager']//a") == ["Newer"]
    with at_most(queries=8):
        author.get(QUEUE)


@pytest.mark.of_sqlite
def test_counting_what_waits_looks_at_nothing_else(app: Flask):
    query = "SELECT count(*) FROM comment WHERE state <> 'visible' AND state = 'pending'"
    plan = " ".join(row.detail for row in db.session.execute(sa.text(f"EXPLAIN QUERY PLAN {query}")))
    assert "COVERING INDEX ix_comment_state" in plan
    db.session.rollback()
    assert db.session.scalar(sa.select(queries.waiting_number())) == 0
    db.session.rollback()


def test_nothing_waits(app: Flask, author: Browser):
    assert "Nothing is waiting." in author.get(QUEUE).words
    moderated(app, "none", guard=False)
    waiting(app, "One.", "Two.")
    assert "2 comments were published without you this week." in author.get(QUEUE).words
    words = [author.get(f"{QUEUE}?state={tab}").words for tab in ("spam", "removed", "reported")]
    assert ["Nothing is" in each for each in words] == [True] * 3


def test_the_desk_shows_what_waits_and_what_was_reported(app: Flask, author: Browser):
    builders.stored(slug="other", comments=builders.comments(1))
    waiting(app, *map(str, range(7)))
    Browser(app).post("/comments/1/report", {"reason": "Rude."})
    page = author.get("/studio/")
    assert page.texts("//h3[@id='waiting']/span") == ["7"]
    assert len(page.all("//section[@aria-labelledby='waiting']//li")) == 5
    assert "And 2 more." in page.texts("//section[@aria-labelledby='waiting']//p")
    assert page.texts("//section[@aria-labelledby='reported']//li/a") == ["Guest 1 on Paper Boats"]
    assert author.get(page.one("//section[@aria-labelledby='reported']//li/a").get("href").split("#")[0]).all(
        "//li[@id='queued-1']"
    )


# What the rules learn


def test_a_writer_who_was_approved_twice_is_trusted_with_links(app: Flask, author: Browser):
    guest, links = Browser(app), "See https://a.example and https://b.example"
    post(guest, body="One.")
    press(author, 1, "approve")
    post(guest, body=f"{links} now")
    assert states() == ["visible", "pending"], "one approval may have been won by a harmless word"
    press(author, 2, "approve")
    post(guest, body=f"{links} again")
    assert states() == ["visible", "visible", "visible"]
    press(author, 3, "spam", "published")
    post(guest, body=f"{links} once more")
    assert states()[-1] == "pending"


def test_the_judge_learns_from_decisions_and_forgets_what_is_undone(app: Flask, author: Browser):
    ids = waiting(app, "One ferry.", "Two lamps.")
    tick(author, [ids[0]], "approve")
    page = tick(author, [ids[1]], "spam")
    assert (read(sa.select(SpamWord.good).where(SpamWord.word == bayes.EVERY))) == [1]
    assert (read(sa.select(SpamWord.spam).where(SpamWord.word == "lamps"))) == [1]
    page.send("//form[contains(@action, '/comments/undo')]")
    assert (read(sa.select(SpamWord.spam).where(SpamWord.word == "lamps"))) == [0]


@hypothesis.settings(max_examples=15, suppress_health_check=list(hypothesis.HealthCheck))
@hypothesis.given(
    steps=st.lists(
        st.tuples(
            st.sets(st.integers(1, 5), min_size=1),
            st.sampled_from(("visible", "spam", "removed", "undo", "report", "erase", "spoil")),
        ),
        max_size=12,
    )
)
def test_the_count_is_that_of_the_visible_whatever_the_author_does(app: Flask, steps: list[tuple[set[int], str]]):
    review = read(sa.select(Review.id))[0]
    db.session.execute(sa.delete(Report))
    db.session.execute(sa.delete(Comment))
    db.session.execute(sa.delete(SpamWord))
    db.session.execute(sa.update(Review).values(comment_count=1))
    for number, state in enumerate(("visible", "pending", "pending", "spam", "removed"), 1):
        one = Comment(id=number, review_id=review, name="Guest", posted_at=now(), state=state, writer_hash=f"w{number}")
        one.body = f"Words of guest {number}."
        db.session.add(one)
    db.session.commit()
    for ids, step in steps:
        chosen = queries.comments(ids)
        if step == "undo":
            moderating.undo(db.session(), chosen, now())
        elif step == "report":
            for each in ids:
                moderating.report(db.session(), each, "Rude.", now())
        elif step == "erase":
            moderating.erase(db.session(), [each for each in chosen if each.body], now())
        elif step == "spoil":
            for each in chosen:
                moderating.spoil(each, "7")
        else:
            moderating.decide(db.session(), chosen, step, now())
        db.session.commit()
        assert counted() == visible()
    lessons = [each.lesson for each in stored() if each.body]
    learnt = read(sa.select(SpamWord).where(SpamWord.word == bayes.EVERY))
    if learnt and len(lessons) == 5:
        assert (learnt[0].good, learnt[0].spam) == (lessons.count("good"), lessons.count("spam"))


# An answer


def test_approve_and_reply_puts_the_authors_answer_in_the_thread(app: Flask, author: Browser):
    waiting(app, "Which pier is it?")
    page = author.get(QUEUE).follow("Approve and reply to Guest 1")
    sent = page.send("//form[@aria-label='Your answer']", {"body": "The *north* one."})
    assert "Approved, and your answer is published." in author.get(sent.response.location).words
    question, answer = stored()
    assert (question.state, answer.state, answer.by_author, answer.parent_id) == ("visible", "visible", True, 1)
    thread = Browser(app).get(REVIEW)
    assert thread.texts("//ol[@id='replies-1']/li//*[@class='verdict']") == ["Author"]
    assert thread.texts("//ol[@id='replies-1']/li//em") == ["north"]
    assert (counted(), listed(author)) == (2, [])


def test_the_same_answer_sent_twice_is_one(app: Flask, author: Browser):
    waiting(app, "Which pier is it?")
    page = author.get(f"{QUEUE}1/reply")
    for _ in range(2):
        page.send("//form[@aria-label='Your answer']", {"body": "The north one."})
    assert len(stored()) == 2


@pytest.mark.parametrize("words", ["", " \n ", "x" * 10_001])
def test_an_answer_that_will_not_do_is_kept_and_approves_nothing(app: Flask, author: Browser, words: str):
    waiting(app, "Which pier is it?")
    page = author.get(f"{QUEUE}1/reply")
    refused = page.send("//form[@aria-label='Your answer']", {"body": words}, status=422)
    assert refused.texts("//p[@class='error']")
    assert len(refused.one("//textarea").text.strip()) == len(words.strip())
    assert states() == ["pending"]


def test_what_is_not_public_cannot_be_answered(app: Flask, author: Browser):
    waiting(app, "Which pier is it?")
    db.session.execute(sa.update(Review).values(withdrawn_at=now()))
    db.session.commit()
    assert not author.get(QUEUE).all("//a[contains(@href, '/reply')]")
    author.get(f"{QUEUE}1/reply", status=410)
    press(author, 1, "approve")
    assert states() == ["visible"]


# How far it spoils


@pytest.mark.parametrize(("chosen", "kept"), [("7", "7"), ("all", "all"), ("none", "")])
def test_how_far_a_comment_spoils_is_set_in_one_step(app: Flask, author: Browser, chosen: str, kept: str):
    waiting(app, "She drowns.")
    press(author, 1, "approve")
    page = author.get(f"{QUEUE}?state=published")
    sent = [(name, chosen if name == "spoils-1" else value) for name, value in page.fields(FORM)]
    said = author.post(f"{QUEUE}1/spoils", sent, status=200, headers=HTMX)
    assert [each.spoils for each in stored()] == [kept]
    assert bool(said.all("//details")) == bool(kept)
    assert bool(Browser(app).get(REVIEW).all(f"//li[@id='comment-1']//details[@data-until='{kept}']")) == bool(kept)
    author.post(f"{QUEUE}1/spoils", sent)
    assert stored()[0].body == "She drowns."


def test_an_episode_that_is_none_is_refused(app: Flask, author: Browser):
    waiting(app, "She drowns.")
    token = author.get(QUEUE).fields(FORM)
    for value in ("-1", "0", "x", "9" * 30):
        author.post(f"{QUEUE}1/spoils", [*token[:1], ("spoils-1", value)], status=422)
    assert stored()[0].spoils == ""


# Closing a thread


def test_a_reviews_comments_are_closed_from_the_queue_and_opened_from_its_publishing_page(app: Flask, author: Browser):
    waiting(app, "One.")
    page = author.get(QUEUE)
    address = page.one("//button[contains(@formaction, '/close')]").get("formaction")
    closed = author.get(author.post(address, page.fields(FORM)).response.location)
    assert "Comments on “Paper Boats” are closed." in closed.words
    assert "Comments on this review are closed." in Browser(app).get(REVIEW).words
    Browser(app).get(f"{URL}/new", status=200)
    Browser(app).post(URL, {"name": "Mina", "body": "Hm."}, status=403)
    assert read(sa.select(Revision.occasion)) == ["saved"], "the change is kept"
    assert read(sa.select(Review.version)) == [2], "an editor that is open elsewhere is told"
    assert read(sa.select(Review.updated_at)) == [None], "readers are told of no new text"
    release = author.get("/studio/reviews/1/publish")
    opened = release.one("//button[contains(@formaction, '/open')]").get("formaction")
    sent = author.post(opened, release.fields("//form[contains(@action, '/withdraw')]"))
    assert sent.response.location == "/studio/reviews/1/publish"
    assert Browser(app).get(REVIEW).follow("Write a comment")


# Reports


def test_a_reader_reports_a_comment_and_the_author_sees_why(app: Flask, author: Browser):
    waiting(app, "You are a fool.")
    press(author, 1, "approve")
    reader = Browser(app)
    before = reader.get(REVIEW)
    form = before.follow("Report the comment by Guest 1")
    assert form.response.headers["Cache-Control"] == "no-store"
    thanks = reader.get(form.send("//form[contains(@action, '/report')]", {"reason": "It is rude."}).response.location)
    assert "The author will look at this comment." in thanks.words
    assert reader.get(REVIEW).text == before.text, "it stays, and nobody else learns of it"
    page = author.get(f"{QUEUE}?state=reported")
    assert tabs(page)[-1] == "Reported 1"
    assert page.texts("//li[@id='queued-1']//*[contains(@class, 'hot')]") == ["Reported: It is rude."]
    assert page.texts("//li[@id='queued-1']//button")[:3] == ["Keep", "Spam", "Remove"]


def test_keeping_a_reported_comment_settles_it_and_undo_opens_it_again(app: Flask, author: Browser):
    waiting(app, "You are a fool.")
    press(author, 1, "approve")
    Browser(app).post("/comments/1/report", {"reason": "It is rude."})
    kept = author.get(press(author, 1, "keep", "reported").response.location)
    assert kept.texts("//*[contains(@class, 'flash')]/span") == ["Kept."]
    assert (states(), listed(author, "reported")) == (["visible"], [])
    kept.send("//form[contains(@action, '/comments/undo')]")
    assert (states(), listed(author, "reported"), counted()) == (["visible"], [1], 1)
    removed = author.get(press(author, 1, "remove", "reported").response.location)
    assert (states(), counted()) == (["removed"], 0)
    removed.send("//form[contains(@action, '/comments/undo')]")
    assert (states(), listed(author, "reported"), counted()) == (["visible"], [1], 1)


def test_a_report_answers_htmx_with_a_fragment(app: Flask, author: Browser):
    waiting(app, "You are a fool.")
    press(author, 1, "approve")
    reader = Browser(app)
    assert reader.fragment("/comments/1/report").one("//form[@hx-post='/comments/1/report']") is not None
    reader.post("/comments/1/report", {"reason": ""}, status=422, headers=HTMX)
    thanks = reader.post("/comments/1/report", {"reason": "Rude."}, status=201, headers=HTMX)
    assert thanks.all("//p[@autofocus]")


@pytest.mark.parametrize("reason", ["", "  ", "\u200b", "x" * 501])
def test_a_report_without_a_reason_is_refused_and_kept(app: Flask, author: Browser, reason: str):
    waiting(app, "One.")
    press(author, 1, "approve")
    page = Browser(app).post("/comments/1/report", {"reason": reason}, status=422)
    assert page.texts("//*[@class='error']")
    assert page.one("//textarea").get("aria-invalid") == "true"
    assert not read(sa.select(Report))


def test_only_what_can_be_read_can_be_reported(app: Flask, author: Browser):
    waiting(app, "One.")
    reader = Browser(app)
    reader.get("/comments/1/report", status=404)
    reader.post("/comments/1/report", {"reason": "Rude."}, status=404)
    reader.get("/comments/99/report", status=404)
    press(author, 1, "approve")
    press(author, 1, "remove", "published")
    reader.get("/comments/1/report", status=410)
    reader.post("/comments/1/report", {"reason": "Rude."}, status=403, headers={"Origin": "https://evil.example"})


def test_reports_are_limited_and_the_same_words_count_once(app: Flask, author: Browser):
    waiting(app, "One.")
    press(author, 1, "approve")
    moderated(app, "first")
    reader = Browser(app)
    for _ in range(5):
        reader.post("/comments/1/report", {"reason": "Rude."})
    late = reader.post("/comments/1/report", {"reason": "Very rude."}, status=429)
    assert int(late.response.headers["Retry-After"]) > 0
    assert late.one("//textarea").text.strip() == "Very rude."
    assert len(read(sa.select(Report))) == 1
    db.session.execute(sa.delete(Attempt))
    db.session.commit()


def test_a_report_changes_no_page_that_is_kept(app: Flask, author: Browser):
    waiting(app, "One.")
    press(author, 1, "approve")
    before = read(sa.select(ContentVersion.version))
    Browser(app).post("/comments/1/report", {"reason": "Rude."})
    assert read(sa.select(ContentVersion.version)) == before


# One writer


def test_one_writers_comments_are_listed_downloaded_and_erased(app: Flask, author: Browser):
    guest = Browser(app)
    post(guest, name="Mina", body="I live in Mokpo.")
    post(guest, name="Mina K", body="And I sail.", website="https://mina.example")
    waiting(app, "Somebody else.")
    press(author, 1, "approve")
    press(author, 3, "approve")
    answer = author.get(f"{QUEUE}1/reply")
    answer.send("//form[@aria-label='Your answer']", {"body": "How is it there?"})
    page = author.get(QUEUE).follow("All by this writer, Mina K")
    assert page.texts("//ol/li//b") == ["Mina K", "Mina"]
    file = author.get(page.one("//a[@download]").get("href"))
    assert file.response.mimetype == "application/json"
    assert "attachment" in file.response.headers["Content-Disposition"]
    told = json.loads(file.text)
    assert [(each["name"], each["body"], each["state"]) for each in told] == [
        ("Mina K", "And I sail.", "pending"),
        ("Mina", "I live in Mokpo.", "visible"),
    ]
    assert told[0]["website"] == "https://mina.example"
    confirm = page.follow("Erase them…")
    assert len(stored()) == 4, "asking erases nothing"
    after = author.get(confirm.send("//main//form").response.location)
    assert "2 comments erased." in after.words
    everything = [f"{each.name} {each.website} {each.body} {each.body_html}" for each in stored()]
    assert not [each for each in everything if "Mina" in each or "Mokpo" in each or "sail" in each]
    thread = Browser(app).get(REVIEW)
    assert thread.texts("//li[@id='comment-1']/p") == ["This comment was removed."]
    assert "How is it there?" in thread.text
    assert counted() == visible() == 2
    assert (listed(author), listed(author, "removed")) == ([], [])
    author.get(f"{QUEUE}writers/1/", status=404)


def test_an_imported_writers_words_are_erased_from_what_was_imported_too(app: Flask, author: Browser):
    review = builders.stored(slug="other", comments=builders.comments(1, name="Old Friend"))
    comment = read(sa.select(Comment).where(Comment.name == "Old Friend"))[0]
    reference = comment.source_ref or "blog:1"
    db.session.execute(sa.update(Comment).where(Comment.id == comment.id).values(source_ref=reference))
    db.session.add(ImportedEntry(source_ref=reference, outcome="comment", raw="Words of guest 1.", imported_at=now()))
    db.session.commit()
    page = author.get(f"{QUEUE}writers/{comment.id}/")
    assert "told apart by this name alone" in page.words
    page.follow("Erase them…").send("//main//form")
    assert read(sa.select(ImportedEntry.raw)) == [""]
    assert counted(review.slug) == 0


def test_the_authors_own_comments_have_no_writers_page(app: Flask, author: Browser):
    waiting(app, "One.")
    author.get(f"{QUEUE}1/reply").send("//form[@aria-label='Your answer']", {"body": "Two."})
    author.get(f"{QUEUE}writers/2/", status=404)


# The settings


def test_the_studios_rules_win_over_the_environments(app: Flask, author: Browser):
    moderated(app, "all", guard=False)
    assert author.get("/studio/settings/").one(f"{SETTINGS}//input[@checked]").get("value") == "all"
    lists = {"words": "casino\r\n\r\n 카지노 \r\ncasino", "blocked": "198.51.100.0/24", "days": " 030 "}
    sent = author.get("/studio/settings/").send(SETTINGS, {"mode": "none", **lists})
    assert "These rules hold for every comment from now on." in author.get(sent.response.location).words
    kept = kept_rules()
    assert kept == {
        "comment_mode": "none",
        "comment_words": "casino\n카지노",
        "comment_blocked": "198.51.100.0/24",
        "comment_days": "30",
    }
    db.session.execute(sa.update(Review).values(published_at=now()))
    db.session.commit()
    waiting(app, "One.", "A casino!")
    assert states() == ["visible", "pending"]
    assert "Comments are published at once." in author.get(QUEUE).words


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"mode": "sometimes"}, "Choose what waits."),
        ({"mode": None}, "Choose what waits."),
        ({"days": "-1"}, "Give a number of days from 1 to 9,999, or nothing for never."),
        ({"days": "0"}, "Give a number of days from 1 to 9,999, or nothing for never."),
        ({"days": "٣"}, "Give a number of days from 1 to 9,999, or nothing for never."),
        ({"words": "x" * 20_001}, "Use at most 20000 characters."),
        ({"blocked": "x" * 20_001}, "Use at most 20000 characters."),
    ],
)
def test_rules_that_will_not_do_are_said_and_nothing_is_saved(author: Browser, changes: dict, said: str):
    page = author.get("/studio/settings/").send(SETTINGS, {"words": "lamp", **changes}, status=422)
    assert said in " ".join(page.texts("//*[@class='error']"))
    assert not kept_rules()
    if "words" not in changes:
        assert page.one("//*[@id='words']").get("value") or page.one("//*[@id='words']").text.strip() == "lamp"


# Bad input, and what is gone meanwhile


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ([("action", "approve")], "Choose a comment first."),
        ([("id", "1")], "Choose a comment first."),
        ([("id", "1"), ("action", "eat")], "Choose a comment first."),
        ([("id", "x"), ("id", "-1"), ("id", "9" * 40), ("id", "²"), ("action", "approve")], "Choose a comment first."),
        ([("id", "99"), ("action", "approve")], "Nothing was changed: it was so already."),
        ([("id", str(2**63)), ("action", "approve")], "Choose a comment first."),
    ],
)
def test_a_strange_choice_changes_nothing_and_says_so(app: Flask, author: Browser, fields: list, said: str):
    waiting(app, "One.")
    token = author.get(QUEUE).fields(FORM)[:1]
    page = author.get(author.post(f"{QUEUE}bulk", [*token, *fields]).response.location)
    assert said in page.words
    assert states() == ["pending"]


def test_a_decision_made_twice_is_one_and_can_still_be_undone(app: Flask, author: Browser):
    waiting(app, "One.")
    page = author.get(QUEUE)
    for _ in range(2):
        author.post(f"{QUEUE}1/approve", page.fields(FORM), status=200, headers=HTMX)
    assert read(sa.select(SpamWord.good).where(SpamWord.word == bayes.EVERY)) == [1]
    author.post(f"{QUEUE}1/undo", page.fields(FORM), status=200, headers=HTMX)
    assert states() == ["pending"]
    assert (
        "There was nothing to undo." in author.post(f"{QUEUE}1/undo", page.fields(FORM), status=200, headers=HTMX).text
    )


def test_what_its_writer_took_back_stays_taken_back(app: Flask, author: Browser):
    guest = Browser(app)
    post(guest, body="One.")
    page = author.get(QUEUE)
    guest.post("/comments/1/delete")
    author.post(f"{QUEUE}1/approve", page.fields(FORM))
    assert (states(), counted()) == (["removed"], 0)
    author.post(f"{QUEUE}1/approve", page.fields(FORM), status=410, headers=HTMX)
    for action in ("approve", "undo", "spoils"):
        author.post(f"{QUEUE}99/{action}", page.fields(FORM), status=404)
    assert listed(author, "removed") == []


def test_a_comment_on_a_page_is_decided_like_any_other(app: Flask, author: Browser):
    db.session.add(StandingPage(id=7, slug="colophon", title="Colophon", body="Hm.", published_at=now()))
    db.session.flush()
    db.session.add(Comment(page_id=7, name="Old Friend", body="Hello.", posted_at=now(), state="visible"))
    db.session.commit()
    number = stored()[0].id
    assert author.get(f"{QUEUE}?state=published").texts(f"//li[@id='queued-{number}']//a")[0] == "Colophon"
    press(author, number, "spam", "published")
    press(author, number, "approve", "spam")
    assert states() == ["visible"]
    Browser(app).post(f"/comments/{number}/report", {"reason": "Rude."})
    assert listed(author, "reported") == [number]


HOSTILE = [
    "<script>alert(1)</script>",
    "{{ 7 * 7 }}",
    '"><img src=x onerror=alert(1)>',
    "</li></ol></form>",
    "<hx-partial hx-target='body'>",
    "\u202egnp.exe",
    "𝔘𝔫𝔦 첫 눈 🎰",
]


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_stay_words_everywhere(app: Flask, author: Browser, words: str):
    post(Browser(app), name=words[:60], body=words)
    for url in (QUEUE, f"{QUEUE}1/reply", f"{QUEUE}writers/1/", f"{QUEUE}writers/1/erase", "/studio/"):
        page = author.get(url)
        assert not page.all("//script[not(@src)] | //img[@onerror] | //main//hx-partial")
    press(author, 1, "approve", in_place=True)
    Browser(app).post("/comments/1/report", {"reason": words})
    assert author.get(f"{QUEUE}?state=reported&q={words[:3]}").status == 200
    assert not author.get(f"{QUEUE}?state=reported").all("//script[not(@src)] | //img[@onerror]")


def test_a_session_that_ended_takes_the_answer_past_the_log_in(app: Flask, author: Browser):
    waiting(app, "Which pier is it?")
    page = author.get(f"{QUEUE}1/reply")
    author.client.delete_cookie("kblog")
    late = page.send("//form[@aria-label='Your answer']", {"body": "The north one."}, status=401)
    assert "The north one." in " ".join(late.all("//input[@name='resume_form']/@value")).replace("+", " ")
    assert len(stored()) == 1
    assert logged_in(app).get(QUEUE).status == 200
    assert filled(Browser(app))["name"] == "Mina"
