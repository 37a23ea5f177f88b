"""Mails go out: written down with what they tell of, handed over once, tried for days, told of where they are stuck."""

import itertools
import ssl
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from aiosmtpd.smtp import AuthResult
from flask import Flask

from kblog import background, mailbox
from kblog.cli.serve import warn
from kblog.comments import posting, receiving, spam
from kblog.config import Config
from kblog.db import db, now
from kblog.mail import delivering, outbox
from kblog.mail.letter import Letter
from kblog.mail.slip import alone
from kblog.models import Mail

from . import builders
from .browser import Browser
from .commenting import URL, filled, moderated, post, stored
from .conftest import logged_in, read, with_author
from .mailing import AUTHOR, Postbox, deliver, later, link, mailing, states, text
from .reliability import mailing as recipe
from .reliability.recipes import Figures

SETTINGS = "/studio/settings/"


@pytest.fixture
def app(app: Flask, postbox: Postbox) -> Flask:
    """A site whose author hears by mail of the comments that wait: of all."""
    with_author(app)
    builders.stored()
    return mailing(moderated(app, "all", guard=False), postbox, author=AUTHOR)


@pytest.fixture
def reader(app: Flask) -> Browser:
    return Browser(app)


def write_down(number: int) -> None:
    """Write so many mails down."""
    for _ in range(number):
        outbox.test(db.session(), now())
    db.session.commit()


def troubles() -> list[str]:
    return read(sa.select(Mail.trouble).order_by(Mail.id))


# To the author


def test_the_author_hears_of_a_comment_that_waits(reader: Browser, postbox: Postbox):
    post(reader, name="하늘", body="I liked the *pier*.")
    deliver(reader.app)
    (mail,) = postbox.to(AUTHOR)
    assert mail["Subject"] == "1 comment waits on K-Blog"
    said = text(mail)
    why = "First comment under this name; Every comment is read before it appears"
    assert f"하늘 on “Paper Boats”\nWhy it waits: {why}\nI liked the pier.\n" in said
    assert f"http://localhost/studio/comments/#queued-{stored()[0].id}" in said
    assert link(mail, "/studio/settings/")


def test_what_comes_within_ten_minutes_stands_in_one_mail(reader: Browser, postbox: Postbox):
    post(reader, body="The first.")
    deliver(reader.app)
    for number in range(3):
        post(reader, body=f"Another, {number}.")
        deliver(reader.app)
    assert len(postbox.came) == 1
    later(minutes=9)
    deliver(reader.app)
    assert len(postbox.came) == 1
    later(minutes=2)
    deliver(reader.app)
    second = postbox.mails[1]
    assert second["Subject"] == "4 comments wait on K-Blog"
    assert all(f"Another, {number}." in text(second) for number in range(3))
    later(minutes=30)
    deliver(reader.app)
    assert len(postbox.came) == 2, "nothing new, nothing sent"


def test_what_was_decided_meanwhile_is_told_of_to_nobody(app: Flask, reader: Browser, postbox: Postbox):
    post(reader)
    author = logged_in(app)
    token = dict(author.get("/studio/").fields("//header//form"))
    author.post(f"/studio/comments/{stored()[0].id}/approve", token)
    deliver(app)
    assert postbox.came == []
    assert states() == [("queue", "withdrawn")]


def test_a_report_is_told_of_and_no_spoiler_is(app: Flask, reader: Browser, postbox: Postbox):
    post(reader, body="Plumvessel. ||Zyxqbars||")
    post(reader, body="Zyxqwhole", spoils="all")
    moderated(app, "none", guard=False)
    post(reader, body="Zyxqseen")
    reader.post(f"/comments/{stored()[2].id}/report", {"reason": "It is rude."})
    deliver(app)
    (mail,) = postbox.mails
    said = text(mail)
    assert mail["Subject"] == "2 comments wait and 1 report waits on K-Blog"
    assert "zyxq" not in said.lower()
    assert "Plumvessel." in said
    assert "What a reader says of it: It is rude." in said


def test_spam_is_told_of_to_nobody(reader: Browser, postbox: Postbox):
    reader.post(URL, filled(reader, homepage_url="https://buy.example"))
    deliver(reader.app)
    assert postbox.came == []


def test_a_comment_that_is_edited_and_waits_again_is_told_of(app: Flask, reader: Browser, postbox: Postbox):
    moderated(app, "none", guard=False)
    post(reader)
    assert states() == []
    moderated(app, "all", guard=False)
    reader.post(f"/comments/{stored()[0].id}/edit", {"body": "Other words.", "spoils": "none"})
    deliver(app)
    assert "Other words." in text(postbox.mails[0])


def test_the_row_stands_or_falls_with_the_comment(app: Flask):
    """In one transaction: neither a mail of a comment that is not there, nor a comment that nobody is told of."""
    draft = posting.draft(review_id=1, name="Mina", body="I liked the pier.", network="203.0.113.0/24")
    sender = posting.Sender(moment=now(), rules=spam.Rules("all"), tells_author=True)
    receiving.take_in(db.session(), draft, sender, slug="paper-boats", answered=None, is_limited=False)
    db.session.rollback()
    assert states() == []
    assert stored() == []


# The studio


def test_the_author_says_where_and_sees_that_it_works(app: Flask, postbox: Postbox):
    author = logged_in(app)
    form = "//form[contains(@action, '/settings/mail')]"
    page = author.get(SETTINGS).send(form, {"address": "Harin@Example.com "})
    assert "A mail is on its way to you" in author.get(page.response.location).words
    deliver(app)
    (mail,) = postbox.to("Harin@example.com")
    assert mail["Subject"] == "Mail from K-Blog arrives"
    assert "The last mail to you went out" in author.get(SETTINGS).words
    page = author.get(SETTINGS).send(form, {"address": "no address"}, status=422)
    assert page.texts("//p[@class='error']") == ["That is no mail address. It looks like mina@example.org"]
    author.get(SETTINGS).send(form, {"address": ""})
    post(Browser(app))
    deliver(app)
    assert len(postbox.came) == 1


def test_the_desk_says_when_mail_does_not_go_out(app: Flask, postbox: Postbox):
    author = logged_in(app)
    write_down(1)
    postbox.close()
    deliver(app)
    assert "Mail is not going out" not in author.get("/studio/").words, "a server that starts anew is no trouble yet"
    later(minutes=5)
    deliver(app)
    desk = author.get("/studio/").words
    assert "Mail is not going out 1" in desk
    assert "Connection refused" in desk
    postbox.open()
    later(minutes=5)
    deliver(app)
    assert "Mail is not going out" not in author.get("/studio/").words
    postbox.refusals[AUTHOR] = f"550 5.1.1 <{AUTHOR}> is unknown here"
    write_down(1)
    deliver(app)
    assert "Mail that did not arrive 1" in (desk := author.get("/studio/").words)
    assert "550 5.1.1 <the address> is unknown here" in desk
    postbox.refusals.clear()
    write_down(1)
    deliver(app)
    assert "Mail that did not arrive" not in author.get("/studio/").words


def test_a_reader_who_mistypes_an_address_is_no_trouble_of_the_authors(app: Flask, postbox: Postbox):
    author = logged_in(app)
    moderated(app, "none", guard=False)
    for number, is_told in enumerate((False, False, True)):
        postbox.refusals[f"guest{number}@example.org"] = "550 No such user"
        post(Browser(app), email=f"guest{number}@example.org", body=f"Comment {number}.")
        deliver(app)
        assert ("Mail that did not arrive" in author.get("/studio/").words) == is_told


# Handed over


def test_a_server_that_is_down_loses_nothing_and_gets_nothing_twice(app: Flask, postbox: Postbox):
    postbox.close()
    write_down(5)
    deliver(app)
    assert states() == [("test", "waiting")] * 5
    postbox.open()
    later(minutes=1, seconds=1)
    deliver(app)
    deliver(app)
    assert len({mail["Message-ID"] for mail in postbox.mails}) == len(postbox.came) == 5
    assert states() == [("test", "sent")] * 5


def test_the_pauses_grow_and_after_five_days_it_is_given_up(app: Flask, postbox: Postbox):
    postbox.close()
    write_down(1)
    pauses = []
    for _ in range(30):
        deliver(app)
        if states() != [("test", "waiting")]:
            break
        pauses.append((read(sa.select(Mail.due_at))[0] - now()).total_seconds())
        later(seconds=pauses[-1] + 1)
    assert [round(each / 60) for each in pauses[:4]] == [1, 2, 5, 10]
    assert max(pauses) <= 86400
    assert all(after > before - 1 for before, after in itertools.pairwise(pauses))
    assert 4.5 * 86400 < sum(pauses) < 6.5 * 86400
    assert states() == [("test", "failed")]
    assert troubles() == ["Nobody took it within five days."]


def test_one_that_is_refused_for_good_stops_no_other(app: Flask, postbox: Postbox):
    postbox.refusals[AUTHOR] = "550 No such user"
    write_down(1)
    deliver(app)
    postbox.refusals.clear()
    write_down(2)
    deliver(app)
    later(days=1)
    deliver(app)
    assert states() == [("test", "refused"), ("test", "sent"), ("test", "sent")]
    assert troubles() == ["550 No such user", "", ""]


def test_a_server_that_hangs_up_after_each_mail_gets_all_of_them(app: Flask, postbox: Postbox):
    postbox.is_rude = True
    write_down(3)
    deliver(app)
    assert states() == [("test", "sent")] * 3
    assert len({mail["Message-ID"] for mail in postbox.mails}) == len(postbox.came) == 3
    postbox.refusals[AUTHOR] = "550 No such user"
    write_down(2)
    deliver(app)
    assert states()[3:] == [("test", "refused")] * 2


@pytest.mark.parametrize(
    ("answer", "state"), [("451 Later", "waiting"), ("421 Going down", "waiting"), ("554 No spam", "refused")]
)
def test_what_is_refused_after_the_last_dot_is_not_counted_as_sent(
    app: Flask, postbox: Postbox, answer: str, state: str
):
    postbox.after_the_dot.append(answer)
    write_down(1)
    deliver(app)
    assert states() == [("test", state)]
    later(minutes=2)
    deliver(app)
    assert len(postbox.came) == (1 if state == "waiting" else 0)


def test_one_that_cannot_be_drawn_stops_no_other(app: Flask, postbox: Postbox):
    write_down(2)
    db.session.execute(sa.update(Mail).where(Mail.id == 1).values(kind="nonsense"))
    db.session.commit()
    deliver(app)
    assert states() == [("nonsense", "waiting"), ("test", "sent")]


# Killed in between


def killed(app: Flask, *, has_dot: bool) -> None:
    """Leave things as a process leaves them that is killed with a mail in hand."""
    write_down(1)
    with alone(app.config["KBLOG"].instance / delivering.SLIP) as slip:
        assert slip is not None
        mail = delivering._claim(db.session(), now())
        db.session.commit()
        slip.begin(mail.token)
        if has_dot:
            slip.hand_over()


@pytest.mark.parametrize(("has_dot", "came"), [(False, 1), (True, 0)])
def test_what_was_in_hand_is_sent_unless_the_server_has_it(app: Flask, postbox: Postbox, has_dot: bool, came: int):
    killed(app, has_dot=has_dot)
    # another machine that has it in hand is given time
    db.session.execute(sa.update(Mail).values(claimed_at=now() - delivering.SILENT - timedelta(minutes=1)))
    db.session.commit()
    deliver(app)
    assert len(postbox.came) == came
    assert states() == [("test", "sent")]


def test_while_one_process_hands_mails_over_another_leaves_them_alone(app: Flask, postbox: Postbox):
    killed(app, has_dot=False)
    with alone(app.config["KBLOG"].instance / delivering.SLIP):
        deliver(app)
    assert postbox.came == []


def test_what_one_process_wrote_down_another_sends_without_being_asked(app: Flask):
    assert background.of(app).jobs["mail"].every <= 60


def test_old_mails_are_let_go_of_but_not_that_a_reply_was_told_of(app: Flask, postbox: Postbox):
    write_down(2)
    deliver(app)
    db.session.execute(sa.update(Mail).where(Mail.id == 2).values(kind="reply"))
    db.session.commit()
    later(days=31)
    write_down(1)
    background.of(app).do("old mail")
    assert states() == [("reply", "sent"), ("test", "waiting")]


# Over the wire


def test_any_words_arrive_as_they_were(postbox: Postbox, tmp_path: Path):
    letter = Letter(
        sender="blog@example.org",
        sender_name="느린 배\r\nBcc: all@example.org",
        recipient="mina@xn--or3bi2d.example",
        message_id="<1@localhost>",
        moment=now(),
        subject="킬링 로맨스 " * 9 + "\r\nBcc: all@example.org",
        text="정말\n.\n..\nFrom here\n" + "long " * 400 + "\n",
    )
    carrier = delivering.Carrier(mailbox.server(f"smtp://127.0.0.1:{postbox.port}"), "blog.example.org")
    with carrier, alone(tmp_path / "slip") as slip:
        assert slip is not None
        assert carrier.carry(letter, "1", slip) == ("sent", "250 Kept")
        assert slip.handed() == "1"
    ((_, raw),) = postbox.came
    (mail,) = postbox.mails
    assert text(mail) == letter.text
    assert mail["Subject"].startswith("킬링 로맨스 킬링 로맨스")
    assert "Bcc" not in mail
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 78


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate of a server called localhost, which nobody has to trust."""
    made = tmp_path / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2"]
    subprocess.run([*command, "-keyout", tmp_path / "key.pem", "-out", made], check=True, capture_output=True)
    made.write_text(made.read_text() + (tmp_path / "key.pem").read_text())
    return made


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # it does not see the TLS around it all
@pytest.mark.parametrize("name", ["smtp", "smtps"])
def test_a_password_goes_over_tls_alone_to_a_server_that_is_who_it_says(
    app: Flask, postbox: Postbox, certificate: Path, monkeypatch: pytest.MonkeyPatch, name: str
):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    seen = []

    def log_in(_server, _session, _envelope, _mechanism, given) -> AuthResult:
        seen.append((given.login, given.password))
        return AuthResult(success=given.password == b"p@ss/word", handled=False)

    postbox.close()
    given = {"authenticator": log_in, "auth_required": True, "hostname": "localhost"}
    given |= {"tls_context": context, "require_starttls": True} if name == "smtp" else {"ssl_context": context}
    postbox.open(**given, auth_require_tls=name == "smtp")
    url = f"{name}://blog%40example.org:{{}}@localhost:{postbox.port}" + ("?tls=starttls" if name == "smtp" else "")
    app.config["KBLOG"] = replace(app.config["KBLOG"], mail_url=url.format("p%40ss%2Fword"))
    write_down(1)
    deliver(app)
    assert "certificate" in troubles()[0].lower()
    assert seen == [], "nothing is told to a stranger"
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    later(minutes=2)
    deliver(app)
    assert states() == [("test", "sent")]
    assert (seen, postbox.senders) == ([(b"blog@example.org", b"p@ss/word")], ["blog@example.org"])
    app.config["KBLOG"] = replace(app.config["KBLOG"], mail_url=url.format("wrong"))
    write_down(1)
    deliver(app)
    assert troubles()[1].startswith("535 ")
    assert states()[1] == ("test", "waiting"), "which the author can mend"


# From the server's shell


def test_the_start_says_when_mail_stays_off_for_want_of_an_address(capsys: pytest.CaptureFixture):
    asked = Config(mail_url="smtp://mail.example.org")
    warn(asked)
    assert "Mail stays off" in capsys.readouterr().err
    warn(replace(asked, base_url="https://blog.example.org"))
    warn(Config())
    assert capsys.readouterr().err == ""


def run(app: Flask, *arguments: str):
    db.session.rollback()
    return app.test_cli_runner().invoke(args=["mail", *arguments])


def test_a_mail_is_sent_to_try_it_and_the_servers_answer_told(app: Flask, postbox: Postbox):
    result = run(app, "test", "somebody@example.org")
    assert (result.exit_code, result.output) == (0, f"127.0.0.1:{postbox.port} took it: 250 Kept\n")
    assert "Mail from K-Blog arrives" in str(postbox.mails[0]["Subject"])
    postbox.refusals["nobody@example.org"] = "550 No such user"
    result = run(app, "test", "nobody@example.org")
    assert (result.exit_code, "did not take it: 550 No such user" in result.output) == (1, True)
    postbox.close()
    assert "Connection refused" in run(app, "test", "somebody@example.org").output
    assert "That is no mail address." in run(app, "test", "nonsense").output
    app.config["KBLOG"] = replace(app.config["KBLOG"], mail_url="")
    assert "Mail is off" in run(app, "test", "somebody@example.org").output


def test_what_is_not_sent_is_listed_and_tried_again_on_command(app: Flask, postbox: Postbox):
    postbox.refusals[AUTHOR] = "550 Full"
    write_down(1)
    deliver(app)
    write_down(1)
    listed = run(app, "list").output
    assert "refused  550 Full" in listed
    assert "tried 0 times" in listed
    assert listed.endswith("2 mails not sent.\n")
    postbox.refusals.clear()
    assert run(app, "retry").output == "2 mails will be tried again within a minute.\n"
    deliver(app)
    assert len(postbox.came) == 2
    assert run(app, "list").output == "0 mails not sent.\n"


@pytest.mark.server
@pytest.mark.makes_database
def test_a_kill_while_mails_go_out_loses_and_doubles_none(tmp_path: Path):
    """The short form of `tests/reliability/mailing.py`, which kills the real server twenty times."""
    figures = Figures()
    recipe.kill(figures, tmp_path, kills=2, ready=30)
    assert figures.missed == []
