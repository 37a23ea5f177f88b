"""Whoever asks for it gets replies by mail: once, confirmed first, without spoilers, until they have enough."""

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from kblog import background, backup
from kblog.db import db, now
from kblog.mail import links, subscribing
from kblog.models import Attempt, Comment, Follow, Mail, Subscription

from . import builders
from .browser import HTMX, Browser
from .commenting import URL, filled, moderated, post, stored
from .conftest import logged_in, read, state, with_author
from .mailing import Postbox, deliver, link, mailing, states, text

MINA = "mina@example.org"
NEW = f"{URL}/new"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def app(app: Flask, postbox: Postbox) -> Flask:
    """A site with a review, where every comment is published at once and mails are handed over."""
    with_author(app)
    builders.stored(headline="Paper Boats", overview=(("Title", "Paper Boats (종이배)"), ("Number of Episodes", "16")))
    return mailing(moderated(app, "none", guard=False), postbox)


@pytest.fixture
def reader(app: Flask) -> Browser:
    """A browser that somebody comments with."""
    return Browser(app)


def addresses() -> list[str]:
    return read(sa.select(Subscription.address))


def asked(reader: Browser, postbox: Postbox, address: str = MINA, **given) -> str:
    """Post a comment with an address, and return the path of the link that was mailed to it."""
    post(reader, email=address, **given)
    deliver(reader.app)
    return link(postbox.to(address)[-1], "/mail/confirm/")


def confirmed(reader: Browser, postbox: Postbox, address: str = MINA, **given) -> Comment:
    """Post a comment, and confirm the address that is given with it."""
    page = reader.get(asked(reader, postbox, address, **given))
    page.send("//main//form", status=200)
    postbox.came.clear()
    return stored()[-1]


def answered(app: Flask, parent: Comment, **given) -> Comment:
    """Let somebody else answer a comment, and the mails go out."""
    post(Browser(app), parent=parent.id, **{"name": "Ottilie", "body": "So did I.", **given})
    deliver(app)
    return stored()[-1]


# The form


def test_the_form_asks_for_an_address_only_where_mail_goes_out(reader: Browser):
    assert reader.get(NEW).one("//form//input[@name='email']").get("autocomplete") == "email"
    reader.app.config["KBLOG"] = replace(reader.app.config["KBLOG"], base_url="")
    assert not reader.get(NEW).all("//input[@name='email']"), "without its own address it can make no links"
    post(reader, email=MINA)
    assert addresses() == []


def test_what_is_no_address_is_said_beside_its_field_and_nothing_is_lost(reader: Browser):
    for typed in (
        "mina",
        "mina@",
        "@example.org",
        "mina@example",
        "a@b.example\r\nBcc: c@d.example",
        "mina@[127.0.0.1]",
        "=?utf-8?q?mina?=@example.org",
    ):
        page = post(reader, email=typed, body="Words I would miss.", status=422)
        assert page.texts("//p[@class='error']") == [
            "That is no mail address. It looks like mina@example.org, and you can leave it out."
        ]
        assert page.one("//textarea").text.strip() == "Words I would miss."
    assert stored() == []


def test_the_author_is_not_asked(app: Flask):
    author = logged_in(app)
    assert not author.get(NEW).all("//input[@name='email']")
    author.post(URL, filled(author, email=MINA))
    assert addresses() == []


# Asked twice


def test_an_address_is_asked_first_and_opening_its_link_changes_nothing(reader: Browser, postbox: Postbox):
    path = asked(reader, postbox)
    (mail,) = postbox.mails
    assert mail["Subject"] == "Confirm: replies to your comment on “Paper Boats”"
    assert "I liked the pier." not in text(mail), "nobody writes to strangers through this site"
    before = state()
    page = reader.get(path)
    assert page.response.headers["Cache-Control"] == "no-store"
    assert page.texts("//main//button") == ["Mail me replies"]
    Browser(reader.app).client.head(path)
    assert state() == before
    answered(reader.app, stored()[0])
    assert len(postbox.came) == 1, "and until then nothing else is sent"


def test_confirmed_by_the_button_replies_come_those_of_meanwhile_too(reader: Browser, postbox: Postbox):
    path = asked(reader, postbox)
    answered(reader.app, stored()[0], body="Before it was confirmed.")
    page = reader.get(path).send("//main//form", status=200)
    assert "Replies to your comments will come by mail." in page.words
    assert "will come by mail" in reader.get(path).words
    deliver(reader.app)
    answered(reader.app, stored()[0], body="After it.")
    first, second = postbox.to(MINA)[1:]
    assert "Before it was confirmed." in text(first)
    assert "After it." in text(second)
    reader.post(path, status=200)
    deliver(reader.app)
    assert len(postbox.came) == 3, "a second press tells of nothing again"


def test_a_link_that_nobody_signed_or_that_is_too_old_confirms_nothing(reader: Browser, postbox: Postbox):
    path = asked(reader, postbox)
    for wrong in (path[:-3] + "aaa", "/mail/confirm/x", path.replace("confirm", "unsubscribe")):
        reader.get(wrong, status=None)
        reader.post(wrong, status=404 if "unsubscribe" in wrong else 410)
    assert read(sa.select(Subscription.confirmed_at)) == [None]
    end = links.unsubscribe(read(sa.select(Subscription.token))[0])
    reader.post(end.replace("unsubscribe", "confirm"), status=410)


def test_an_address_that_nobody_confirms_is_let_go_of(reader: Browser, postbox: Postbox):
    path = asked(reader, postbox)
    db.session.execute(sa.update(Subscription).values(asked_at=now() - subscribing.ASKED_FOR - timedelta(minutes=1)))
    db.session.commit()
    background.of(reader.app).do("old mail")
    assert addresses() == []
    assert "no longer good" in reader.get(path, status=410).text
    assert len(stored()) == 1


def test_nobody_bombs_a_stranger(app: Flask, postbox: Postbox):
    for number in range(5):
        typed = MINA.swapcase() if number % 2 else MINA
        post(Browser(app), email=typed, body=f"Comment {number}.")
    deliver(app)
    assert len(postbox.came) == 3
    assert len(stored()) == 5, "the comments are there all the same"


def test_nobody_bombs_a_stranger_by_taking_comments_back(app: Flask, postbox: Postbox):
    for number in range(5):
        writer = Browser(app)
        post(writer, email=MINA, body=f"Comment {number}.")
        deliver(app)
        writer.post(f"/comments/{stored()[-1].id}/delete", {}, status=303)
    assert len(postbox.came) == 3


def test_one_network_lets_us_write_to_so_many_addresses(reader: Browser, postbox: Postbox):
    """Ten in an hour: as if nine of the last minutes had been its."""
    moderated(reader.app, "none")
    for number in range(9):
        db.session.add(Attempt(bucket="mail 127.0.0.0/24", at=now() - timedelta(minutes=number)))
    db.session.commit()
    for number in range(3):
        post(Browser(reader.app), email=f"guest{number}@example.org", body=f"Comment {number}.")
    deliver(reader.app)
    assert [address for address, _ in postbox.came] == ["guest0@example.org"]
    assert len(stored()) == 3


def test_the_same_writer_is_asked_once_and_another_one_anew(reader: Browser, postbox: Postbox):
    first = confirmed(reader, postbox)
    post(reader, email=MINA, body="A second comment.")
    deliver(reader.app)
    assert postbox.came == []
    second = stored()[-1]
    post(Browser(reader.app), email=MINA, name="Somebody else", body="A third one.")
    deliver(reader.app)
    assert [mail["Subject"] for mail in postbox.mails] == ["Confirm: replies to your comment on “Paper Boats”"]
    postbox.came.clear()
    answered(reader.app, stored()[-1])
    assert postbox.came == [], "who types an address that is confirmed for another gets nothing sent to it"
    answered(reader.app, second)
    answered(reader.app, first)
    assert len(postbox.to(MINA)) == 2


def test_a_machine_that_fills_forms_in_lets_us_write_to_nobody(reader: Browser, postbox: Postbox):
    reader.post(URL, filled(reader, email=MINA, homepage_url="https://buy.example"), status=303)
    deliver(reader.app)
    assert (postbox.came, addresses()) == ([], [])


# Replies


def test_a_reply_is_mailed_once_with_its_words_its_place_and_a_way_out(reader: Browser, postbox: Postbox):
    comment = confirmed(reader, postbox)
    words = "정말 *그랬어요*.\n\n.A line that begins with a dot\n\n"
    reply = answered(reader.app, comment, name="하늘", body=words + "x" * 2000)
    deliver(reader.app)
    ((recipient, raw),) = postbox.came
    (mail,) = postbox.mails
    assert recipient == MINA
    assert mail["Subject"] == "A reply to your comment on “Paper Boats”"
    assert mail["From"].addresses[0].addr_spec == "blog@example.org"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert re.fullmatch(r"<[0-9a-f]{32}@localhost>", mail["Message-ID"])
    said = text(mail)
    assert "하늘 replied to your comment" in said
    assert "정말 그랬어요." in said
    assert "\n.A line that begins with a dot\n" in said
    assert "x" * 600 not in said
    assert reader.get(link(mail, f"/comments/{reply.id}/"), status=302)
    assert mail["List-Unsubscribe"] == f"<http://localhost{link(mail, '/mail/unsubscribe/')}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) < 998


def test_a_reply_that_waits_is_told_of_when_it_is_approved_and_only_then(app: Flask, reader: Browser, postbox: Postbox):
    comment = confirmed(reader, postbox)
    reply = answered(moderated(app, "all", guard=False), comment)
    author = logged_in(app)
    assert reply.state == "pending"
    assert postbox.came == []
    for action in ("approve", "undo", "approve", "spam", "approve"):
        send(author, reply, action)
        deliver(app)
    assert len(postbox.to(MINA)) == 1


def send(author: Browser, comment: Comment, action: str) -> None:
    token = dict(author.get("/studio/").fields("//header//form"))
    author.post(f"/studio/comments/{comment.id}/{action}", token)


def test_one_that_is_removed_before_it_goes_is_not_sent_and_comes_back_with_undo(
    app: Flask, reader: Browser, postbox: Postbox
):
    comment, author = confirmed(reader, postbox), logged_in(app)
    post(Browser(app), parent=comment.id, name="Ottilie")
    reply = stored()[-1]
    send(author, reply, "remove")
    deliver(app)
    assert postbox.came == []
    assert states()[-1] == ("reply", "withdrawn")
    send(author, reply, "undo")
    deliver(app)
    assert len(postbox.to(MINA)) == 1


def test_the_authors_answer_is_told_of_and_an_own_one_is_not(app: Flask, reader: Browser, postbox: Postbox):
    comment, author = confirmed(reader, postbox), logged_in(app)
    post(reader, parent=comment.id, body="I forgot to say.")
    deliver(app)
    assert postbox.came == []
    author.get(f"/studio/comments/{comment.id}/reply").send("//main//form", {"body": "Thank you."})
    deliver(app)
    assert "Bae Harin, the author, replied" in text(postbox.to(MINA)[0])


def test_no_spoiler_is_mailed(reader: Browser, postbox: Postbox):
    comment = confirmed(reader, postbox)
    answered(reader.app, comment, body="The plumvessel sails. ||Zyxqhidden|| And ||Zyxqmore||.")
    answered(reader.app, comment, body="Zyxqwhole", spoils="13")
    answered(reader.app, comment, body="Zyxqend", spoils="all")
    answered(reader.app, comment, body="||Zyxqonly||")
    said = [text(mail) for mail in postbox.to(MINA)]
    assert len(said) == 4
    assert "zyxq" not in " ".join(said).lower()
    assert "The plumvessel sails." in said[0]
    assert "spoils up to episode 13, so its words are not in this mail." in said[1]
    assert "spoils the whole story" in said[2]
    assert "hidden as a spoiler" in said[3]


def test_nothing_that_is_typed_becomes_a_header(reader: Browser, postbox: Postbox):
    evil = "Mina\r\nBcc: all@example.org\r\n\r\nBuy"
    comment = confirmed(reader, postbox, name=evil)
    answered(reader.app, comment, name=evil, body="So did I.\r\n\r\n.\r\n\r\nMAIL FROM: evil")
    (mail,) = postbox.mails
    assert mail["Bcc"] is None
    assert [address for address, _ in postbox.came] == [MINA]
    assert set(mail.keys()) == {
        *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "List-Unsubscribe", "List-Unsubscribe-Post"),
        *("List-Id", "Content-Type", "Content-Transfer-Encoding", "MIME-Version"),
    }
    assert "\n.\nMAIL FROM: evil\n" in text(mail)


# Enough of it


def test_unsubscribing_is_shown_by_get_and_done_by_post(reader: Browser, postbox: Postbox):
    comment = confirmed(reader, postbox)
    answered(reader.app, comment)
    path = link(postbox.mails[0], "/mail/unsubscribe/")
    before = state()
    page = reader.get(path)
    reader.client.head(path)
    assert state() == before, "a program that follows links ends nothing"
    assert "No more replies" in page.send("//main//form", status=200).words
    assert addresses() == []
    assert read(sa.select(Follow.comment_id)) == []
    answered(reader.app, comment)
    assert len(postbox.came) == 1
    assert "No more replies" in reader.get(path).words
    reader.post(path, status=200)


def test_a_mail_programs_button_ends_it_in_one_click(reader: Browser, postbox: Postbox):
    """RFC 8058: no cookie, from wherever, and no redirect."""
    comment = confirmed(reader, postbox)
    answered(reader.app, comment)
    path = postbox.mails[0]["List-Unsubscribe"].strip("<>").removeprefix("http://localhost")
    stranger = Browser(reader.app)
    for headers in ({}, {"Origin": "https://mail.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = stranger.ask(path, "POST", data=ONE_CLICK, headers=headers)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
    assert addresses() == []
    forged = path[:-2] + "xx"
    assert stranger.ask(forged, "POST", data=ONE_CLICK).status_code == 404


def test_it_ends_everything_that_goes_to_that_address_and_nothing_else(app: Flask, postbox: Postbox):
    for number, address in enumerate((MINA, MINA, "dal@example.org")):
        confirmed(Browser(app), postbox, address, body=f"Comment {number}.")
    answered(app, stored()[0])
    path = link(postbox.to(MINA)[0], "/mail/unsubscribe/")
    post(Browser(app), parent=stored()[1].id, body="Written down, and not sent yet.")
    Browser(app).post(path, status=200)
    deliver(app)
    assert addresses() == ["dal@example.org"]
    assert len(postbox.to(MINA)) == 1


@pytest.mark.of_sqlite
def test_a_backup_that_is_put_back_brings_no_ended_mail_back(app: Flask, reader: Browser, postbox: Postbox):
    confirmed(reader, postbox)
    confirmed(Browser(app), postbox, "dal@example.org")
    end = links.unsubscribe(read(sa.select(Subscription.token).where(Subscription.address == MINA))[0])
    answer = post(Browser(app), parent=stored()[0].id, name="Ottilie", body="So did I.")
    assert answer.status == 303
    db.session.remove()
    places = backup.Places.of(app.config["KBLOG"])
    kept = backup.make(places, "by-hand", now().replace(microsecond=0))
    deliver(app)
    reader.post(end, status=200)
    assert (len(postbox.came), addresses()) == (1, ["dal@example.org"])
    db.session.remove()
    backup.restore(kept, places, now())
    assert addresses() == ["dal@example.org"]
    deliver(app)
    assert len(postbox.came) == 1, "it went out already"


# Whose address it is


def test_an_address_goes_with_the_comment_it_was_given_for(reader: Browser, postbox: Postbox):
    first = confirmed(reader, postbox)
    post(reader, email=MINA, body="A second comment.")
    second = stored()[-1]
    reader.post(f"/comments/{first.id}/delete")
    assert addresses() == [MINA], "the other one still needs it"
    reader.post(f"/comments/{second.id}/delete")
    assert addresses() == []


def test_the_writers_file_has_it_and_erasing_erases_it(app: Flask, reader: Browser, postbox: Postbox):
    comment, author = confirmed(reader, postbox), logged_in(app)
    file = json.loads(author.get(f"/studio/comments/writers/{comment.id}/comments.json").text)
    assert [each["replies_go_to"] for each in file] == [MINA]
    author.get(f"/studio/comments/writers/{comment.id}/erase").send("//main//form")
    assert addresses() == []


def test_erasing_erases_an_address_that_has_not_answered_yet(app: Flask, reader: Browser, postbox: Postbox):
    asked(reader, postbox)
    author = logged_in(app)
    author.get(f"/studio/comments/writers/{stored()[0].id}/erase").send("//main//form")
    assert addresses() == []


def test_no_page_feed_or_log_shows_an_address(app: Flask, reader: Browser, postbox: Postbox, caplog):
    postbox.refusals[MINA] = f"550 <{MINA}> is unknown here"
    post(reader, email=MINA)
    deliver(app)
    author = logged_in(app)
    urls = ("/reviews/paper-boats/", URL, NEW, "/feeds/comments.atom", "/comments/1/edit")
    told = "".join(reader.get(url).text for url in urls)
    told += author.get("/studio/").text + author.get("/studio/comments/?state=published").text + caplog.text
    told += repr(read(sa.select(Mail.trouble)))
    assert MINA not in told
    assert "550 <the address> is unknown here" in told


def test_the_reply_form_says_that_a_mail_is_on_its_way(reader: Browser, postbox: Postbox):
    page = post(reader, email=MINA, status=201, headers=HTMX)
    assert "look for a mail with a link" in page.text
    assert MINA not in page.text
    assert "look for a mail" not in post(reader, status=201, headers=HTMX, body="Without one.").text
