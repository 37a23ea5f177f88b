"""Several machines over one PostgreSQL: each has a folder and a port of its own, and together they are one site."""

import http.client
import random
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from bench import commenting
from bench.postgresql import Server
from bench.server import Site
from kblog import background, limits, postgres
from kblog.cache.of_postgresql import BOUND, OfPostgresql
from kblog.cache.version import Unknown
from kblog.comments import stamps
from kblog.db import alone_among_machines, db, now, reads_only, trouble, trouble_of
from kblog.models import Comment, Review
from kblog.transactions import _met

from . import builders, engines
from .browser import Browser
from .commenting import URL, filled, moderated, post
from .conftest import close, content, logged_in, make_app
from .mailing import Postbox, mailing
from .test_moderate import press
from .test_upkeep import found

pytestmark = [pytest.mark.of_postgresql]

PROMISED = 1.0  # seconds until a change is seen by every machine
KEY = "one key for all machines, of forty-odd letters"
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def started() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def machine(started: ExitStack, folder: Path, url: str, **settings: str) -> Site:
    """Start a machine of its own over a database that is there."""
    folder.mkdir(exist_ok=True)
    site = Site(folder, KBLOG_DATABASE_URL=url, KBLOG_SECRET_KEY=KEY, KBLOG_WORKERS="1", **settings)
    started.callback(lambda: site.process.poll() is None and site.kill())
    return site


def asked(site: Site, url: str, body: str | None = None) -> tuple[int, str]:
    with closing(http.client.HTTPConnection("127.0.0.1", site.port, timeout=20)) as connection:
        connection.request("POST" if body else "GET", url, body, FORM if body else {})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def seen_after(site: Site, url: str, words: str) -> float:
    """Return how many seconds it takes until a page has the words."""
    began = time.monotonic()
    while words not in asked(site, url)[1]:
        assert time.monotonic() - began < 10, "it is never seen"
        time.sleep(0.005)
    return time.monotonic() - began


@pytest.mark.server
def test_what_is_approved_on_one_machine_is_in_the_next_answer_of_the_other(
    app: Flask, author: Browser, tmp_path: Path, started: ExitStack
):
    builders.stored(slug="paper-boats", body="A boat floats.", comments=builders.comments(1))
    moderated(app, "all")
    site = machine(started, tmp_path / "other", app.config["KBLOG"].database_url)
    waited = []
    for number in range(5):
        words = f"The pier of evening {number}."
        post(Browser(app), "/reviews/paper-boats/comments", **filled(Browser(app), body=words))
        assert words not in asked(site, "/reviews/paper-boats/")[1], "it waits"
        comment = db.session.scalars(sa.select(Comment).where(Comment.body == words)).one().id
        db.session.rollback()
        press(author, comment, "approve")
        waited.append(seen_after(site, "/reviews/paper-boats/", words))
    assert max(waited) < PROMISED


@pytest.mark.server
def test_limits_are_those_of_the_whole_site(app: Flask, tmp_path: Path, started: ExitStack):
    builders.stored(slug="paper-boats", body="A boat floats.")
    url = app.config["KBLOG"].database_url
    sites = [machine(started, tmp_path / name, url, KBLOG_GUARD="on") for name in ("one", "two")]
    statuses = []
    for number in range(12):
        stamp = stamps.issue(KEY, now() - timedelta(minutes=1))
        body = urlencode({"name": "Mina", "body": f"Evening {number}.", "spoils": "none", "stamp": stamp})
        statuses.append(asked(sites[number % 2], "/reviews/paper-boats/comments", body)[0])
    stored = len(db.session.scalars(sa.select(Comment)).all())
    assert 429 in statuses
    assert stored == statuses.index(429), "the first one too many is refused, on whichever machine"


@pytest.mark.server
def test_a_machine_that_is_killed_loses_nothing_it_acknowledged(app: Flask, tmp_path: Path, started: ExitStack):
    folder = tmp_path / "one"
    folder.mkdir()
    url = app.config["KBLOG"].database_url
    commenting.prepare(folder, url)
    one, two = (machine(started, tmp_path / name, url) for name in ("one", "two"))
    with commenting.writing(one, 3) as of_one, commenting.writing(two, 3, first=3) as of_two:
        for _ in range(3):
            time.sleep(random.uniform(0.2, 0.6))
            one.kill()
            one.start()
        time.sleep(0.5)
    both = commenting.Written(of_one.sent + of_two.sent, of_one.errors + of_two.errors)
    found = commenting.compare(folder, both, url)
    assert of_one.sent
    assert of_two.sent
    assert both.errors == []
    assert (found.lost, found.twice) == (0, 0)
    assert found.counted == found.stored


def test_a_mail_is_sent_by_one_machine_of_two(app: Flask, postbox: Postbox, tmp_path: Path):
    """Both look at the same moment, again and again."""
    builders.stored(slug="paper-boats", body="A boat floats.")
    mailing(moderated(app, "all", guard=False), postbox, author="harin@example.org")
    other = mailing(make_app(tmp_path / "other", database_url=app.config["KBLOG"].database_url), postbox)
    for number in range(6):
        post(Browser(app), "/reviews/paper-boats/comments", **filled(Browser(app), body=f"Evening {number}."))
        barrier = threading.Barrier(2)

        def deliver(machine: Flask, barrier: threading.Barrier = barrier) -> None:
            with machine.app_context():
                barrier.wait()
                background.of(machine).do("mail")

        workers = [threading.Thread(target=deliver, args=(each,)) for each in (app, other)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    keys = [mail["Message-ID"] for mail in postbox.mails]
    assert keys
    assert len(keys) == len(set(keys))
    other.extensions["kblog.versions"].close()


def test_while_the_server_is_away_no_word_is_lost_and_afterwards_nothing_has_to_be_started_anew(tmp_path: Path):
    own = Server()
    try:
        own.make("kblog")
        app = make_app(tmp_path, database_url=own.url("kblog"))
        with app.app_context():
            assert app.test_cli_runner().invoke(args=["db", "upgrade"]).exit_code == 0
            builders.stored()
            moderated(app, "none", guard=False)
            author, reader = logged_in(app), Browser(app)
            editor = author.get("/studio/reviews/1/")
            text = {**dict(editor.fields("//form[@id='review-form']")), "notes": "Notes I would miss."}
            sent = filled(reader, body="Words I would miss.")
            own.stop()
            time.sleep(BOUND)
            assert reader.ask("/reviews/paper-boats/").status_code == 503
            page = reader.post(URL, sent, status=503)
            assert page.one("//input[@name='body']").get("value") == "Words I would miss."
            assert page.response.headers["Retry-After"] == "60"
            kept = author.post("/studio/reviews/1/", text, status=503)
            assert kept.one("//input[@name='notes']").get("value") == "Notes I would miss."
            own.start()
            time.sleep(BOUND)
            answer = reader.post(URL, dict(page.fields("//form[.//input[@name='body']]")))
            assert "Words I would miss." in reader.get(answer.response.location).words
            close(app)
    finally:
        own.remove()


def test_a_write_that_a_full_disk_refused_does_not_make_the_site_read_only_for_ever(app: Flask, reader: Browser):
    """What is met is remembered for a while, and what comes of that is no new trouble."""
    builders.stored()
    moderated(app, "none", guard=False)
    with reads_only():
        sent = filled(reader, body="Words I would miss.")

    class Full(Exception):
        sqlstate = "53100"

    assert trouble_of(DatabaseError("INSERT", None, Full())) == "the disk is full, or nearly"
    reader.post(URL, sent, status=503)
    assert trouble() == "the disk is full, or nearly", "and not that it takes no writes"
    _met.clear()
    reader.post(URL, sent)
    assert trouble() is None


def test_a_trial_of_an_import_keeps_nobody_waiting(app: Flask):
    builders.stored(comments=builders.comments(2))
    before = content()
    with Session(db.engine.execution_options(takes_turn=False)) as trial:
        postgres.copy_tables(trial.connection(), db.metadata.sorted_tables)
        trial.execute(sa.delete(Comment))
        trial.execute(sa.update(Review).values(slug="elsewhere"))
        assert trial.scalars(sa.select(Review.slug)).all() == ["elsewhere"]
        db.session.execute(sa.text("SET LOCAL lock_timeout = '1s'"))
        db.session.execute(sa.update(Review).values(notes="written meanwhile"))
        db.session.rollback()
    assert content() == before


def test_a_lock_of_all_machines_is_held_by_one_and_given_up_with_it(app: Flask):
    with alone_among_machines("import.lock") as first, alone_among_machines("import.lock") as second:
        assert (first, second) == (True, False)
        with alone_among_machines("mail.slip") as other:
            assert other
    with alone_among_machines("import.lock") as again:
        assert again


def test_a_version_is_known_at_once_to_whoever_changed_it_and_soon_to_all(app: Flask, author: Browser):
    url = sa.engine.make_url(app.config["KBLOG"].database_url)
    own, other = app.extensions["kblog.versions"], OfPostgresql(url)
    before = own.read(), other.read()
    assert before[0] == before[1]
    builders.stored(slug="paper-boats")
    assert own.read().all > before[0].all
    began = time.monotonic()
    while other.read() == before[1]:
        assert time.monotonic() - began < PROMISED
    other.close()


def test_a_version_holds_for_half_a_second_where_nothing_is_heard(app: Flask, monkeypatch: pytest.MonkeyPatch):
    """The listening connection is cut off without a word: what was asked last is not believed for long."""
    monkeypatch.setattr(OfPostgresql, "_listen", lambda self: self.is_ended.wait())
    deaf = OfPostgresql(sa.engine.make_url(app.config["KBLOG"].database_url))
    before = deaf.read()
    with db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE content_version SET version = version + 1")
    began = time.monotonic()
    while deaf.read() == before:
        time.sleep(0.01)
    assert 0 < time.monotonic() - began < BOUND + 0.3
    deaf.close()


def test_without_a_server_there_is_no_version(tmp_path: Path):
    gone = OfPostgresql(sa.engine.make_url(f"postgresql+psycopg://kblog@/kblog?host={tmp_path}"))
    with pytest.raises(Unknown):
        gone.read()
    gone.close()


def test_writers_take_turns_and_readers_wait_for_none(app: Flask):
    """A limit is counted and noted in one turn: of twenty tries at once, just so many get through."""
    limit, passed, barrier = limits.Limit(5, 60), [], threading.Barrier(10)

    def try_it() -> None:
        with app.app_context():
            barrier.wait()
            for _ in range(2):
                passed.append(not limits.take(db.session(), {"here": [limit]}, now()))
                db.session.commit()
            db.session.remove()

    threads = [threading.Thread(target=try_it) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (passed.count(True), len(passed)) == (5, 20)


@pytest.mark.parametrize(
    ("making", "sentence"),
    [
        ("LOCALE_PROVIDER libc LOCALE 'C' ENCODING 'UTF8'", "knows no letters but ASCII's"),
        ("LOCALE_PROVIDER libc LOCALE 'C' ENCODING 'LATIN1'", "keeps its texts as LATIN1"),
    ],
)
def test_a_database_that_cannot_hold_a_site_is_refused_in_a_sentence(
    making: str, sentence: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    engines.server().execute(f"CREATE DATABASE unfit TEMPLATE template0 {making}")
    try:
        app = make_app(tmp_path, database_url=engines.server().url("unfit"))
        assert app.test_cli_runner().invoke(args=["db", "upgrade"]).exit_code == 1
        assert sentence in caplog.text
        assert "CREATE DATABASE" in caplog.text
        with app.app_context(), db.engine.connect() as connection:
            assert not sa.inspect(connection).get_table_names()
            db.engine.dispose()
    finally:
        engines.server().drop("unfit")


def test_the_first_schema_is_that_of_the_models(app: Flask, caplog: pytest.LogCaptureFixture):
    db.session.remove()
    result = app.test_cli_runner().invoke(args=["db", "check"])
    assert result.exit_code == 0, (result.output, caplog.text)


def test_a_dump_that_is_put_back_is_the_same_site(app: Flask):
    """As docs/backups.md says it."""
    builders.stored(slug="boats", body="A boat floats. 미생", comments=builders.comments(3))
    before, server, name = content(), engines.server(), sa.engine.make_url(app.config["KBLOG"].database_url).database
    where = [f"--host={server.folder}", "--username=kblog"]
    dump = str(server.folder / "kblog.dump")
    server.run("pg_dump", *where, "--format=custom", f"--file={dump}", str(name))
    server.make("again")
    try:
        server.run("pg_restore", *where, "--no-owner", "--dbname=again", dump)
        again = make_app(app.config["KBLOG"].instance, database_url=server.url("again"))
        with again.app_context():
            assert content() == before
            assert found("boat floats") == ["boats"]
            close(again)
    finally:
        server.drop("again")


def test_every_reference_may_be_looked_at_last(app: Flask):
    found = db.session.execute(sa.text("SELECT conname FROM pg_constraint WHERE contype = 'f' AND NOT condeferrable"))
    assert found.all() == [], "an export's rows come in any order: see kblog/migrations/postgresql.py"
