"""Posting a comment with a plain browser and by htmx: where it goes, what is refused, and that nothing is lost."""

import concurrent.futures
import json
import re
import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from kblog.comments import posting, stamps, typed
from kblog.db import db, now
from kblog.models import Attempt, Comment, ContentVersion, Redirect, Review, Setting

from . import builders
from .browser import HTMX, Browser, Page, check
from .commenting import URL, counted, fields, filled, moderated, post, stamp, stored
from .conftest import content

FORM = "//form[contains(@class, 'comment-form')]"
REVIEW = "/reviews/paper-boats/"


@pytest.fixture
def app(app: Flask) -> Flask:
    """A site with one review, where every comment is published at once."""
    builders.stored()
    return moderated(app, "none")


def rows(page: Page) -> list[str]:
    """The comments on a page, each as `name: words`."""
    heads = page.all("//li[@class='comment'][./div[@class='comment-head']]")
    return [f"{''.join(li.xpath('./div[1]/b')[0].itertext())}: {_words(li)}" for li in heads]


def _words(li) -> str:
    return " ".join("".join(li.xpath("./*[contains(@class, 'comment-body')]")[0].itertext()).split())


def trouble(page: Page) -> list[str]:
    return page.texts("//p[@class='error']")


# It works


def test_a_plain_browser_posts_a_comment_and_lands_on_it(reader: Browser):
    link = reader.get(REVIEW).one("//a[text()='Write a comment']")
    assert link.get("href") == link.get("hx-get") == f"{URL}/new"
    answer = post(reader, name="Marisol", body="The *fog* episode!\n\nI had to pause it.")
    (comment,) = stored()
    assert answer.response.headers["Location"] == f"{REVIEW}#comment-{comment.id}"
    page = reader.get(REVIEW)
    assert rows(page) == ["Marisol: The fog episode! I had to pause it."]
    assert page.one("//h2[@id='comments-title']").text == "1 comment"
    assert page.one(f"//li[@id='comment-{comment.id}']//em").text == "fog"
    assert "Marisol" in reader.get("/feeds/comments.atom").text
    assert (comment.state, comment.reason, comment.by_author) == ("visible", "", False)


def test_htmx_gets_the_comment_the_count_and_a_fresh_form(reader: Browser):
    sent = filled(reader, website="guest.example", spoils="3")
    answer = reader.post(URL, sent, status=201, headers=HTMX)
    assert answer.response.headers["Cache-Control"] == "no-store"
    assert "HX-Request-Type" in answer.response.headers["Vary"]
    into_thread, into_count = answer.all("//hx-partial")
    assert (into_thread.get("hx-target"), into_thread.get("hx-swap")) == ("#thread", "beforeend")
    assert (into_count.get("hx-target"), into_count.text) == (".comment-count", "1 comment")
    row = into_thread.xpath("./li")[0]
    there = reader.get(REVIEW).one(f"//li[@id='{row.get('id')}']")
    assert row.text_content().split() == there.text_content().split()
    fresh = answer.one(FORM)
    assert fresh.xpath(".//*[@autofocus]")[0].text_content().strip() == "Posted."
    values = {each.get("name"): each.get("value") for each in fresh.xpath(".//input")}
    assert (values["name"], values["website"]) == ("Mina", "https://guest.example")
    assert fresh.xpath(".//textarea")[0].text.strip() == ""
    assert values["key"] != sent["key"]
    assert values["stamp"] != sent["stamp"]


def test_the_form_is_a_page_and_a_fragment_that_nobody_keeps(reader: Browser):
    page, fragment = reader.get(f"{URL}/new"), reader.fragment(f"{URL}/new")
    for answer in (page, fragment):
        assert answer.response.headers["Cache-Control"] == "no-store"
        assert "ETag" not in answer.response.headers
        assert "HX-Request-Type" in answer.response.headers["Vary"]

    def same_each_time(form: str) -> str:
        return re.sub(r'name="(key|stamp)" value="[^"]+"', r'name="\1"', form)

    assert same_each_time(fragment.text.strip()) in same_each_time(page.text)


def test_how_far_it_spoils_and_the_website_are_kept(reader: Browser):
    post(reader, spoils="13", website="HTTP://guest.example/~mina")
    post(reader, spoils="all", body="All of it.")
    post(reader, spoils="none", body="Nothing.")
    sent = filled(reader, body="Not said.")
    del sent["spoils"]
    reader.post(URL, sent)
    assert [each.spoils for each in stored()] == ["13", "all", "", ""]
    page = reader.get(REVIEW)
    assert page.texts("//summary[contains(text(), 'Spoils')]") == ["Spoils up to episode 13", "Spoils the whole story"]
    assert page.all("//bdi/a/@href")[0] == "HTTP://guest.example/~mina"


def test_the_form_offers_the_episodes_there_are(reader: Browser):
    builders.stored(slug="long", overview=(("Title", "Long"), ("Episodes", "20")))
    builders.stored(slug="film", overview=(("Title", "Film"), ("Runtime", "100 minutes")))
    offered = {
        slug: reader.get(f"/reviews/{slug}/comments/new").all("//select[@name='spoils']/option/@value")
        for slug in ("long", "film", "paper-boats")
    }
    assert offered["long"] == ["none", *map(str, range(1, 21)), "all"]
    assert offered["film"] == ["none", "all"]
    assert offered["paper-boats"][-2:] == ["16", "all"]


def test_a_preview_shows_what_would_be_posted_and_stores_nothing(reader: Browser):
    sent = filled(reader, body="**Bold**, ||he did it||.", spoils="2", name="")
    page = reader.post(f"{URL}/preview", sent, status=200)
    assert page.one("//div[@class='preview']//strong").text == "Bold"
    assert page.one("//textarea").text.strip() == "**Bold**, ||he did it||."
    assert page.one("//select/option[@selected]").get("value") == "2"
    assert page.one("//input[@name='key']").get("value") == sent["key"]
    assert not trouble(page), "a preview asks for no name"
    fragment = reader.post(f"{URL}/preview", sent, status=200, headers=HTMX)
    assert fragment.texts("//summary")[0] == "Spoils up to episode 2"
    assert not fragment.all("//form")
    assert stored() == []
    assert fragment.response.headers["Cache-Control"] == "no-store"


def test_a_preview_of_nothing_says_so(reader: Browser):
    for headers in ({}, HTMX):
        page = reader.post(f"{URL}/preview", filled(reader, body=" "), status=422, headers=headers)
        assert trouble(page) == ["Write a comment before posting it."]


def test_reading_is_the_same_for_everybody_whoever_has_posted(reader: Browser):
    post(reader)
    stranger = Browser(reader.app)
    for url in (REVIEW, URL, "/", "/feeds/comments.atom"):
        own, other = reader.ask(url), stranger.ask(url)
        assert own.data == other.data
        for answer in (own, other):
            assert "Set-Cookie" not in answer.headers
            assert "Cookie" not in answer.headers.get("Vary", "")
        assert b"stamp" not in own.data
        assert b'name="key"' not in own.data


def test_both_of_two_clients_that_read_the_same_page_can_post(reader: Browser):
    other = Browser(reader.app)
    post(reader, body="One.")
    post(other, body="Two.")
    assert rows(reader.get(REVIEW)) == ["Mina: One.", "Mina: Two."]


# The cookie


def cookie(answer: Page) -> str:
    return answer.response.headers["Set-Cookie"]


def test_posting_sets_a_cookie_that_scripts_cannot_read(reader: Browser):
    answer = post(reader)
    assert cookie(answer).startswith("kblog-writer=")
    for part in ("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=31536000"):
        assert part in cookie(answer)
    assert "Secure" not in cookie(answer)
    assert "Domain" not in cookie(answer)


def test_on_https_the_cookie_is_bound_to_the_host(reader: Browser):
    sent = {"body": "I liked it.", "name": "Mina", "stamp": stamp(reader.app), "key": "k"}
    secure = {"wsgi.url_scheme": "https"}
    own = {"Origin": "https://localhost"}
    answer = reader.ask(URL, "POST", data=sent, headers=own, environ_overrides=secure)
    assert answer.status_code == 303
    assert answer.headers["Set-Cookie"].startswith("__Host-kblog-writer=")
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in answer.headers["Set-Cookie"]
    assert "Domain" not in answer.headers["Set-Cookie"]


def test_the_form_remembers_the_name(reader: Browser):
    post(reader, name="Marisol", website="https://guest.example/")
    page = reader.get(f"{URL}/new")
    assert page.one("//input[@name='name']").get("value") == "Marisol"
    assert page.one("//input[@name='website']").get("value") == "https://guest.example/"
    sent = filled(reader)
    del sent["name"]
    assert trouble(reader.post(URL, sent, status=422)) == ["Add a name. It can be a nickname."], "sent is what counts"


def test_the_database_holds_no_writers_id(reader: Browser):
    answer = post(reader)
    value = cookie(answer).partition("=")[2].partition(";")[0]
    (comment,) = stored()
    assert len(comment.writer_hash) == 64
    assert comment.writer_hash not in value
    assert value.split(".")[1] not in content()


# Twice is once


def test_the_same_form_sent_again_is_the_same_comment(reader: Browser):
    sent = filled(reader)
    first = reader.post(URL, sent)
    again = reader.post(URL, sent)
    assert first.response.headers["Location"] == again.response.headers["Location"]
    by_htmx = reader.post(URL, sent, status=200, headers=HTMX)
    assert by_htmx.one("//li[@class='comment']").get("id") == f"comment-{stored()[0].id}"
    assert len(stored()) == 1
    assert reader.get(REVIEW).one("//h2[@id='comments-title']").text == "1 comment"


def test_a_key_is_whatever_the_client_likes(reader: Browser):
    for number, key in enumerate(("1", "a" * 64, "열쇠 🔑", "x'; DROP TABLE comment; --", "{{7*7}}")):
        for _ in range(2):
            reader.post(URL, filled(reader, key=key, body=f"Words {number}.", stamp=stamp(reader.app)))
        assert len(stored()) == number + 1


def test_a_repeated_key_answers_with_the_first_comment_whatever_it_says_now(reader: Browser):
    builders.stored(slug="other")
    reader.post(URL, filled(reader, key="k", body="First."))
    for url, body in ((URL, "Second."), (URL, ""), ("/reviews/other/comments", "Third.")):
        answer = reader.post(url, filled(reader, key="k", body=body))
        assert answer.response.headers["Location"] == f"{REVIEW}#comment-1"
    assert [each.body for each in stored()] == ["First."]


def test_one_stamp_serves_any_number_of_posts(reader: Browser):
    one = stamp(reader.app)
    for number in range(4):
        reader.post(URL, filled(reader, stamp=one, key=f"k{number}", body=f"Words {number}."))
    assert [each.state for each in stored()] == ["visible"] * 4


def test_without_a_key_the_same_words_within_minutes_are_one_comment(reader: Browser):
    def send(**given) -> str:
        return reader.post(URL, filled(reader, **{"key": "", **given})).response.headers["Location"]

    assert send() == send()
    assert send(body="I liked the pier!") != send()
    db.session.execute(sa.update(Comment).values(posted_at=now() - timedelta(minutes=11)))
    db.session.execute(sa.delete(Attempt))
    db.session.commit()
    send()
    assert len(stored()) == 3
    reader.client.environ_base["REMOTE_ADDR"] = "203.0.113.77"
    send()
    assert len(stored()) == 4


def test_after_a_lost_answer_the_retry_makes_the_same_writer(reader: Browser):
    """The answer with the cookie never came; the same form sent again brings it, and a stranger's copy does not."""
    sent = filled(reader)
    lost = Browser(reader.app)
    lost.post(URL, sent)
    answer = reader.post(URL, sent)
    assert len(stored()) == 1
    assert cookie(answer)
    assert reader.get("/comments/1/edit").status == 200
    stranger = Browser(reader.app)
    answer = stranger.post(URL, sent | {"stamp": stamp(reader.app)})
    assert "Set-Cookie" not in answer.response.headers
    stranger.get("/comments/1/edit", status=403)


def test_fifty_posts_at_once_with_one_key_are_one_comment(app: Flask):
    moderated(app, "none", guard=False)
    start = threading.Barrier(10)
    sent = {"name": "Mina", "body": "Once.", "key": "one"}

    def send(_number: int) -> list[int]:
        with app.app_context():
            browser = Browser(app)
            start.wait()
            return [browser.post(URL, sent, status=None, headers=HTMX).status for _ in range(5)]

    with concurrent.futures.ThreadPoolExecutor(10) as pool:
        statuses = [status for found in pool.map(send, range(10)) for status in found]
    assert sorted(statuses) == [200] * 49 + [201]
    assert len(stored()) == 1
    assert counted() == 1


# Who may not


CROSS = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"},
    {"Origin": ""},
]


def test_another_site_cannot_post(reader: Browser):
    post(reader)
    for headers in CROSS:
        for url in (URL, f"{URL}/preview", "/comments/1/edit", "/comments/1/delete"):
            answer = reader.ask(url, "POST", data=filled(reader, key=""), headers=headers)
            assert answer.status_code == 403, (url, headers)
    assert [each.state for each in stored()] == ["visible"]


def test_nothing_is_posted_under_what_is_not_public(reader: Browser):
    draft = builders.stored(slug="draft", state="draft")
    gone = builders.stored(slug="gone", state="withdrawn")
    assert draft.id
    assert gone.id
    db.session.rollback()
    for slug, status in (("draft", 404), ("gone", 410), ("never", 404)):
        url = f"/reviews/{slug}/comments"
        sent = {"name": "Mina", "body": "Hello.", "stamp": stamp(reader.app)}
        for headers in ({}, HTMX):
            reader.post(url, sent, status=status, headers=headers)
            reader.post(f"{url}/preview", sent, status=status, headers=headers)
            reader.get(f"{url}/new", status=status, headers=headers)
    assert stored() == []


def test_a_comment_on_its_way_follows_a_review_that_moved(reader: Browser):
    sent = filled(reader)
    review = db.session.scalars(sa.select(Review)).one()
    db.session.add(Redirect(path=REVIEW, review_id=review.id))
    review.slug = "boats"
    db.session.commit()
    answer = reader.post(URL, sent, status=308)
    assert answer.response.headers["Location"] == "/reviews/boats/comments"
    reader.post("/reviews/boats/comments", sent)
    assert len(stored()) == 1


def test_a_closed_thread_takes_nothing_in_and_loses_nothing(reader: Browser):
    sent = filled(reader, body="Too late?")
    db.session.execute(sa.update(Review).values(comments_open=False))
    db.session.commit()
    page = reader.post(URL, sent, status=403)
    assert "Comments on this review are closed." in page.words
    assert page.one("//textarea[@readonly]").text.strip() == "Too late?"
    fragment = reader.post(URL, sent, status=403, headers=HTMX)
    assert fragment.texts("//p") == ["Comments on this review are closed."]
    assert "Write a comment" not in reader.get(REVIEW).text
    assert "Comments on this review are closed." in reader.get(REVIEW).words
    assert not reader.get(f"{URL}/new").all(FORM)
    reader.fragment(f"{URL}/new", status=403)
    assert stored() == []


def test_comments_close_with_age_where_the_author_wants_that(reader: Browser):
    review = db.session.scalars(sa.select(Review)).one()
    review.published_at = now() - timedelta(days=29)
    db.session.add(Setting(name="comment_days", value="30"))
    db.session.commit()
    post(reader)
    db.session.execute(sa.update(Review).values(published_at=now() - timedelta(days=31)))
    db.session.commit()
    assert "Comments on this review are closed." in reader.get(REVIEW).words
    assert not reader.get(REVIEW).all("//a[contains(@href, 'parent=')]")
    reader.post(URL, {"name": "Mina", "body": "Late.", "stamp": stamp(reader.app)}, status=403)
    db.session.merge(Setting(name="comment_days", value="nonsense"))
    db.session.commit()
    assert reader.get(f"{URL}/new").one(FORM) is not None


# What is amiss


BAD = [
    ({"name": ""}, "name", "Add a name. It can be a nickname."),
    ({"name": " \t\u200b\u3164"}, "name", "Add a name. It can be a nickname."),
    ({"name": "\u0301\u0301"}, "name", "Add a name. It can be a nickname."),
    ({"name": "가" * 61}, "name", "A name has at most 60 characters; this one has 61."),
    ({"body": ""}, "body", "Write a comment before posting it."),
    ({"body": " \n\u200d\u00ad \t"}, "body", "Write a comment before posting it."),
    ({"body": "가" * 10_001}, "body", "A comment holds 10,000 characters; this one has 10,001."),
    ({"website": "javascript:alert(1)"}, "website", "That is no web address. It looks like https://example.org"),
    ({"website": "mailto:a@guest.example"}, "website", "That is no web address. It looks like https://example.org"),
    ({"website": "//guest.example"}, "website", "That is no web address. It looks like https://example.org"),
    (
        {"website": "https://bank.example@evil.example/"},
        "website",
        "That is no web address. It looks like https://example.org",
    ),
    ({"website": "https://guest.example/" + "a" * 200}, "website", "A web address has at most 200 characters."),
    ({"spoils": "some"}, "spoils", "Choose how far it spoils."),
    ({"spoils": "0"}, "spoils", "Choose how far it spoils."),
    ({"spoils": "-1"}, "spoils", "Choose how far it spoils."),
    ({"spoils": "1000"}, "spoils", "Choose how far it spoils."),
    ({"spoils": "٣"}, "spoils", "Choose how far it spoils."),
    ({"spoils": "9" * 90}, "spoils", "Choose how far it spoils."),
    ({"spoils": "9" * 5000}, "spoils", "Choose how far it spoils."),
]


@pytest.mark.parametrize(("given", "name", "said"), BAD, ids=[f"{n}-{i}" for i, (_, n, _) in enumerate(BAD)])
def test_what_is_amiss_stands_beside_its_field_and_nothing_is_lost(reader: Browser, given: dict, name: str, said: str):
    sent = (
        filled(reader, name="Mina Vega", body="Words I\nwould miss.", website="https://guest.example", spoils="7")
        | given
    )
    for headers in ({}, HTMX):
        page = reader.post(URL, sent, status=422, headers=headers)
        assert trouble(page) == [said]
        form = page.one(FORM)
        (field,) = form.xpath(f".//*[@name='{name}']")
        assert field.get("aria-invalid") == "true"
        assert f"{field.get('id')}-error" in field.get("aria-describedby").split()
        assert "autofocus" in field.attrib
        assert len(form.xpath(".//*[@autofocus]")) == 1
        again = fields(form)
        for kept in {"name", "body", "website", "key", "stamp"} - {name}:
            assert again[kept] == typed.text(sent[kept]), kept
        if name == "body":
            assert again["body"] == typed.text(sent["body"])
    assert stored() == []


def test_a_number_of_episodes_from_anywhere_makes_no_long_page(reader: Browser):
    builders.stored(slug="endless", overview=(("Title", "Endless"), ("Episodes", "99999999")))
    for url, sent in ((URL, {"spoils": "9" * 90}), ("/reviews/endless/comments", {"spoils": "9" * 90})):
        for where in (url, f"{url}/preview"):
            page = reader.post(where, filled(reader, url) | sent, status=422)
            assert len(page.all("//select[@name='spoils']/option")) < 1002


def test_ten_thousand_characters_of_any_script_are_taken(reader: Browser):
    for letter in ("a", "가", "🙂", "\u0301"):
        reader.post(URL, filled(reader, body="x" + letter * 9_999))
    assert [len(each.body) for each in stored()] == [10_000] * 4


def test_everything_amiss_is_said_at_once(reader: Browser):
    page = reader.post(URL, {}, status=422)
    assert len(trouble(page)) == 3, "stamp, name and body"
    assert stored() == []


STALE = [None, "", "x", "1.2.3", "가", "9" * 400]


def test_a_stamp_that_is_missing_or_old_costs_one_more_click_and_no_word(reader: Browser):
    old = stamp(reader.app, timedelta(hours=24, seconds=2))
    ahead = stamp(reader.app, timedelta(minutes=-5))
    for given in (*STALE, old, ahead):
        sent = filled(reader, body="Words I would miss.", key="")
        sent["stamp"] = given
        if given is None:
            del sent["stamp"]
        page = reader.post(URL, sent, status=422)
        assert trouble(page) == ["This form was open for too long. The text is kept: post it again."]
        again = fields(page.one(FORM))
        assert again["body"] == "Words I would miss."
        assert stamps.age(reader.app.config["SECRET_KEY"], again["stamp"], now()) is not None
    assert stored() == []
    good = stamp(reader.app, timedelta(hours=23, minutes=59))
    reader.post(URL, filled(reader, stamp=good))
    page = reader.post(URL, filled(reader, stamp=old, body="Sent at once again.", key="other"), status=422)
    reader.post(URL, fields(page.one(FORM)))
    assert [each.state for each in stored()] == ["visible", "visible"], "who was late is not too fast then"


def test_a_key_that_is_too_long_is_replaced(reader: Browser):
    page = reader.post(URL, filled(reader, key="k" * 65), status=422)
    assert trouble(page) == ["This form was not sent as it was made. The text is kept: post it again."]
    again = fields(page.one(FORM))
    assert 0 < len(again["key"]) <= 64
    reader.post(URL, again)
    assert len(stored()) == 1


def test_what_the_form_does_not_have_is_not_taken(reader: Browser):
    more = {
        "state": "visible",
        "by_author": "1",
        "id": "77",
        "posted_at": "2001-01-01",
        "reason": "x",
        "review_id": "9",
        "body_html": "<script>alert(1)</script>",
        "writer_hash": "x",
        "root_id": "5",
    }
    reader.post(URL, filled(reader) | more)
    (comment,) = stored()
    assert (comment.id, comment.by_author, comment.root_id) == (1, False, None)
    assert comment.posted_at.year > 2001
    assert "script" not in comment.body_html


def test_of_a_field_sent_twice_the_first_counts(reader: Browser):
    sent = filled(reader)
    reader.post(URL, [*sent.items(), ("name", "Other"), ("body", "Other words."), ("key", "other")])
    (comment,) = stored()
    assert (comment.name, comment.body) == ("Mina", "I liked the pier.")


def test_the_authors_name_is_the_authors(reader: Browser):
    db.session.add(Setting(name="author", value="Han Areum"))
    db.session.commit()
    for name in (
        "Han Areum",
        "han areum",
        " HAN\u200b AREUM ",
        "Hаn Аreum",
        "H\u0301an Areum.",
        "ＨａｎＡｒｅｕｍ",
        "Han Areum 🖋",
    ):
        page = reader.post(URL, filled(reader, name=name), status=422)
        assert trouble(page) == ["That is the name of this blog's author. Choose another one."]
    for name in ("Han", "Areum Han", "Han Areum's mother"):
        post(reader, name=name, body=f"It is me, {name}.")
    assert len(stored()) == 3


NAMES = [
    ("  Marisol \n Vega ", "Marisol Vega"),
    ("\u202eevil\u202c", "evil"),
    ("\u2067abc\u2069", "abc"),
    ("Ma\u200bri\ufeffsol", "Marisol"),
    ("드라마", "드라마"),
    ("e\u0301", "é"),
    ("Z\u0351\u0351\u0351\u0351\u0351\u0351algo", "Z\u0351\u0351\u0351algo"),
    ("👩\u200d🚀", "👩🚀"),
    ("שלום", "שלום"),
    ("<b>Bold</b>", "<b>Bold</b>"),
    ("a\x00b\x1bc\x7f", "abc"),
    ("{{7*7}}", "{{7*7}}"),
]


@pytest.mark.parametrize(("given", "kept"), NAMES)
def test_a_name_is_kept_as_it_is_seen(reader: Browser, given: str, kept: str):
    post(reader, name=given)
    assert stored()[0].name == kept
    page = reader.get(REVIEW)
    assert "".join(page.one("//li[@class='comment']//b/bdi").itertext()) == kept


BODIES = [
    ("드라마", "드라마"),
    ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
    ("a\x00b\x08c\x0bd\x1be\x7ff\x85g", "abcdefg"),
    ("a\tb", "a\tb"),
    ("👩\u200d👩\u200d👧", "👩\u200d👩\u200d👧"),
    ("\u202eabc", "abc"),
    ("a\ud800b", "a?b"),
    ("a\ufdd0b\uffffc", "abc"),
    ("\n\n  indented\n\n", "  indented"),
]


@pytest.mark.parametrize(("given", "kept"), BODIES)
def test_a_text_is_kept_without_what_is_no_text(reader: Browser, given: str, kept: str):
    sent = {name: value.encode("utf-8", "replace") for name, value in filled(reader, body=given).items()}
    reader.post(URL, sent)
    assert stored()[0].body == kept
    reader.get(REVIEW)


def test_bytes_that_are_no_text_break_nothing(reader: Browser):
    for number, raw in enumerate((b"%ED%A0%80", b"%FF%FE", b"%00", b"%C0%AF", b"%", b"%zz", b"+%F0%9F")):
        head = f"name=Mina&key=k{number}&stamp={stamp(reader.app)}&body=".encode()
        own = {"Origin": "http://localhost", "Content-Type": "application/x-www-form-urlencoded"}
        for data in (head + b"a" + raw, head.replace(b"Mina", raw) + b"a", head.replace(b"key=", b"key=" + raw) + b"b"):
            assert reader.ask(URL, "POST", data=data, headers=own).status_code in (303, 422, 429)
    reader.get(REVIEW)


def test_other_shapes_of_a_body_are_no_form(reader: Browser):
    own = {"Origin": "http://localhost"}
    for kind, data in (("application/json", b'{"body": "x"}'), ("text/plain", b"body=x"), ("", b"body=x")):
        assert reader.ask(URL, "POST", data=data, content_type=kind, headers=own).status_code == 422
    multipart = {"name": "Mina", "body": "By parts.", "stamp": stamp(reader.app), "key": "m"}
    answer = reader.ask(URL, "POST", data=multipart, content_type="multipart/form-data", headers=own)
    assert answer.status_code == 303


def test_what_is_too_large_is_refused_before_it_is_read(reader: Browser):
    for headers in ({}, HTMX):
        page = reader.post(URL, filled(reader, body="a" * 1_000_000), status=413, headers=headers)
        assert "That is too large to take in." in page.text
    assert stored() == []


# Too many


def test_the_sixth_comment_of_a_minute_is_asked_to_wait_and_keeps_its_text(reader: Browser):
    for number in range(5):
        post(reader, body=f"Words {number}.")
    for headers in ({}, HTMX):
        page = post(reader, body="One too many.", status=429, headers=headers)
        assert 0 < int(page.response.headers["Retry-After"]) <= 60
        assert trouble(page) == [
            "You have posted several comments in a minute. Wait a little and post this one again; the text is kept."
        ]
        assert page.one("//textarea").text.strip() == "One too many."
        assert page.one(f"{FORM}//*[@autofocus]").text == trouble(page)[0]
    assert len(stored()) == 5
    elsewhere = Browser(reader.app)
    elsewhere.client.environ_base["REMOTE_ADDR"] = "203.0.113.9"
    post(elsewhere, body="From another network.")
    neighbour = Browser(reader.app)
    neighbour.client.environ_base["REMOTE_ADDR"] = "127.0.0.200"
    post(neighbour, body="From the same network.", status=429)


def later(minutes: int) -> None:
    """Let time pass: what was counted moves into the past."""
    for attempt in db.session.scalars(sa.select(Attempt)):
        attempt.at -= timedelta(minutes=minutes)
    db.session.commit()


def test_after_the_wait_it_goes_on_until_the_hour_is_full(reader: Browser):
    for number in range(30):
        if number % 5 == 0:
            later(2)
        post(reader, body=f"Words {number}.")
    later(2)
    page = post(reader, body="One too many.", status=429)
    assert re.search(r"many comments in an hour. Wait \d+ minutes", trouble(page)[0])
    assert int(page.response.headers["Retry-After"]) > 60


def test_the_whole_site_takes_sixty_a_minute(reader: Browser):
    for number in range(60):
        browser = Browser(reader.app)
        browser.client.environ_base["REMOTE_ADDR"] = f"203.0.{number}.7"
        sent = {"name": "Mina", "body": f"Words {number}.", "key": f"k{number}", "stamp": stamp(reader.app)}
        browser.post(URL, sent)
    page = post(reader, status=429)
    assert "Many comments are arriving just now." in trouble(page)[0]
    assert len(stored()) == 60


def test_a_repeated_key_is_answered_beyond_the_limit_too(reader: Browser):
    sent = [filled(reader, body=f"Words {number}.") for number in range(5)]
    for each in sent:
        reader.post(URL, each)
    for each in sent:
        reader.post(URL, each)
    assert len(stored()) == 5


def test_without_the_guard_nothing_is_counted_or_timed(reader: Browser):
    moderated(reader.app, "none", guard=False)
    for number in range(12):
        reader.post(URL, {"name": "Mina", "body": f"Words {number}.", "key": str(number)})
    assert [each.state for each in stored()] == ["visible"] * 12
    assert not db.session.scalars(sa.select(Attempt)).all()


# What is kept of a sender


def test_of_an_address_only_the_network_is_stored(reader: Browser, caplog: pytest.LogCaptureFixture):
    for number, (address, network) in enumerate(
        (("203.0.113.77", "203.0.113.0/24"), ("2001:db8:aa:bb:cc:dd:ee:77", "2001:db8:aa::/48"))
    ):
        reader.client.environ_base["REMOTE_ADDR"] = address
        post(reader, body=f"Words {number}.")
        post(reader, body=" ", status=422)
        assert stored()[-1].network == network
        files = [each.read_bytes() for each in reader.app.config["KBLOG"].instance.iterdir() if each.is_file()]
        assert files
        assert not [each for each in files if address.encode() in each]
        assert address not in caplog.text


def test_networks_are_let_go_of_after_thirty_days(reader: Browser):
    for days in (31, 29):
        post(reader, body=f"Words of {days} days ago.")
        newest = stored()[-1].id
        db.session.execute(
            sa.update(Comment).where(Comment.id == newest).values(posted_at=now() - timedelta(days=days))
        )
        db.session.commit()
    post(reader, body="Words of today.")
    assert [bool(each.network) for each in stored()] == [False, True, True]
    posting.forget_networks(db.session(), now() + timedelta(days=31))
    db.session.commit()
    assert not any(each.network for each in stored())


# The database


def version() -> int:
    found = db.session.scalar(sa.select(ContentVersion.version))
    db.session.rollback()
    return found


def test_a_visible_comment_raises_the_content_version_and_a_held_one_does_not(reader: Browser):
    before = version()
    post(reader)
    visible = version()
    assert visible > before
    moderated(reader.app, "all")
    post(reader, body="This one waits.")
    assert version() == visible
    assert [each.state for each in stored()] == ["visible", "pending"]


def test_a_post_takes_few_statements(reader: Browser, at_most):
    sent = filled(reader)
    with at_most(queries=16):
        reader.post(URL, sent)
    moderated(reader.app, "none", guard=False)
    sent = filled(reader, body="Other words.")
    with at_most(queries=9):
        reader.post(URL, sent)


@pytest.mark.of_sqlite
def test_when_the_disk_is_full_the_text_stays_in_the_form(reader: Browser, caplog: pytest.LogCaptureFixture):
    pages = db.session.execute(sa.text("PRAGMA page_count")).scalar()
    db.session.rollback()

    def make_small(connection, _record) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}")

    sa.event.listen(db.engine, "connect", make_small)
    db.engine.dispose()
    words = "Words I would miss. " * 400
    for _ in range(50):  # until what was free is used up
        sent = filled(reader, body=words)
        page = Page(reader, reader.ask(URL, "POST", data=sent, headers={"Origin": "http://localhost"}), URL)
        if page.status == 503:
            break
        later(2)
    assert page.status == 503
    check(page)
    assert page.response.headers["Retry-After"] == "60"
    assert page.one("//textarea").text.strip() == words.strip()
    sentence = "There is no room to store anything just now. The text is kept: post it again in a few minutes."
    assert trouble(page) == [sentence]
    assert "the disk is full, or nearly" in caplog.text
    assert "Words I would miss" not in caplog.text
    reader.get(REVIEW)
    sa.event.remove(db.engine, "connect", make_small)
    db.engine.dispose()
    later(60)
    reader.post(URL, sent)


def test_the_count_is_kept_with_every_post(reader: Browser):
    for number in range(3):
        post(reader, body=f"Words {number}.")
    moderated(reader.app, "all")
    post(reader, body="This one waits.")
    assert counted() == 3
    assert json.dumps(rows(reader.get(REVIEW))).count("Words") == 3
