"""Readers' pages are made once and sent until something changes them; then the very next request sees the change."""

import contextlib
import gc
import gzip
import random
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextvars import Context
from datetime import datetime, timedelta
from pathlib import Path

import brotli
import pytest
import sqlalchemy as sa
from flask import Flask, g
from werkzeug.test import Client

from kblog import cache
from kblog.cache import of_sqlite, version
from kblog.cache.answers import Answer
from kblog.cache.of_sqlite import OfSqlite
from kblog.cache.pages import MOST_UNKEPT, UNTIL, PageCache
from kblog.comments import posting
from kblog.db import db, now
from kblog.models import Comment, Review, Setting

from . import engines
from .browser import HTMX, Browser
from .builders import comments, document, stored, stored_together
from .commenting import post
from .conftest import counted, running

REVIEW = "/reviews/paper-boats/"
ASKED = {
    "REQUEST_METHOD": "GET",
    "PATH_INFO": "/",
    "QUERY_STRING": "",
    "HTTP_HOST": "x",
    "wsgi.url_scheme": "http",
}


def kept(app: Flask) -> PageCache:
    return app.extensions["kblog.pages"]


def cost(browser: Browser, url: str, **given) -> int:
    """How many statements of SQL the site needed for an answer; the version is read past SQLAlchemy."""
    with counted() as statements:
        browser.get(url, **given)
    return len(statements)


def test_a_page_is_made_once(reader: Browser):
    stored()
    for url in ("/", "/reviews/", REVIEW, "/reviews/paper-boats/comments", "/feeds/reviews.atom", "/archive/"):
        assert cost(reader, url) > 0
        assert cost(reader, url) == 0, f"{url} was made twice"


def test_while_somebody_changes_templates_each_page_is_made_anew(
    empty_instance: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("FLASK_DEBUG", "1")  # as `make dev` starts it
    for app in running(empty_instance, tmp_path / "instance"):
        stored()
        assert min(cost(Browser(app), REVIEW) for _ in range(2)) > 0


def test_a_fragment_is_kept_apart_from_its_page(reader: Browser):
    stored()
    page = reader.get("/reviews/")
    fragment = reader.fragment("/reviews/")
    assert cost(reader, "/reviews/", headers=HTMX) == 0
    assert reader.get("/reviews/").text == page.text
    assert reader.fragment("/reviews/").text == fragment.text != page.text


def test_the_order_of_arguments_makes_no_other_page(reader: Browser, app: Flask):
    stored()
    reader.get("/reviews/?genre=romance&kind=film&genre=comedy")
    assert cost(reader, "/reviews/?kind=film&genre=romance&genre=comedy&utm_source=letter") == 0
    assert cost(reader, "/reviews/?kind=drama&genre=romance&genre=comedy") > 0


def test_another_host_has_a_page_of_its_own(reader: Browser):
    stored()
    here = reader.get(REVIEW)
    there = reader.get(REVIEW, headers={"Host": "127.0.0.1:8000"})
    assert "http://localhost" in here.text
    assert "http://localhost" not in there.text
    assert "http://127.0.0.1:8000" in there.text


def test_what_must_not_be_stored_is_not(reader: Browser, app: Flask):
    stored()
    for url in ("/reviews/paper-boats/comments/new", "/healthz"):
        reader.get(url)
    reader.get("/nothing/", status=404)
    assert not kept(app).pages


def test_a_commenters_cookie_changes_no_page(reader: Browser, app: Flask):
    stored()
    post(reader)
    assert reader.client.get_cookie("kblog-writer")
    mine = reader.get(REVIEW)
    theirs = Browser(app).get(REVIEW)
    assert mine.text == theirs.text
    assert mine.response.headers["ETag"] == theirs.response.headers["ETag"]


def test_the_authors_session_neither_fills_nor_reads_what_is_kept(author: Browser, app: Flask):
    stored()
    assert not kept(app).pages
    author.get(REVIEW)
    assert not kept(app).pages
    Browser(app).get(REVIEW)
    assert len(kept(app).pages) == 1
    assert cost(author, REVIEW) > 0


CHANGES: dict[str, Callable[[Review], object]] = {
    "its headline": lambda review: setattr(review, "headline", "Paper Boats in the rain"),
    "its withdrawal": lambda review: setattr(review, "withdrawn_at", now()),
    "the site's name": lambda _: db.session.add(Setting(name="name", value="Another Blog")),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_next_request_sees(reader: Browser, change: str):
    stored()
    before = reader.get(REVIEW)
    review = db.session.scalars(sa.select(Review)).one()
    CHANGES[change](review)
    db.session.commit()
    after = reader.get(REVIEW, status=None, headers={"If-None-Match": before.response.headers["ETag"]})
    assert after.status == (410 if change == "its withdrawal" else 200)


def test_a_scheduled_review_appears_at_its_moment(reader: Browser):
    stored(slug="now")
    stored(slug="soon", published_at=now() + timedelta(seconds=1.5))
    assert "/reviews/soon/" not in reader.get("/").text
    assert cost(reader, "/") == 0, "the page was not kept meanwhile"
    deadline = time.monotonic() + 10
    while "/reviews/soon/" not in reader.get("/").text:
        assert time.monotonic() < deadline, "a kept page outlived its moment"
        time.sleep(0.1)
    assert reader.get("/reviews/soon/")


def test_comments_close_at_their_moment(reader: Browser):
    stored(published_at=now() - timedelta(days=30) + timedelta(seconds=1.5))
    db.session.add(Setting(name="comment_days", value="30"))
    db.session.commit()
    assert "/comments/new" in reader.get(REVIEW).text
    deadline = time.monotonic() + 10
    while "/comments/new" in reader.get(REVIEW).text:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_no_page_outlives_its_day(reader: Browser, app: Flask):
    stored()
    db.session.add(Setting(name="time_zone", value="Asia/Seoul"))
    db.session.commit()
    reader.get(REVIEW)
    (page,) = kept(app).pages.values()
    zone = cache.site().zone
    assert datetime.fromtimestamp(page.until, zone).strftime("%H:%M:%S") == "00:00:00"
    assert 0 < page.until - time.time() <= 25 * 3600


def test_what_is_asked_for_longest_ago_goes_first(app: Flask, reader: Browser):
    stored_together(*(document(slug=f"work-{n}") for n in range(6)))
    pages = kept(app)
    for n in range(3):
        reader.get(f"/reviews/work-{n}/")
    pages.most_bytes = pages.size
    reader.get("/reviews/work-0/")
    reader.get("/reviews/work-3/")
    assert pages.size <= pages.most_bytes
    assert pages.size == sum(page.answer.size for page in pages.pages.values())
    paths = [key[2] for key in pages.pages]
    assert "/reviews/work-0/" in paths
    assert "/reviews/work-1/" not in paths


def test_many_at_once_make_a_page_once(app: Flask):
    calls: list[int] = []

    def slow(environ, start_response):
        calls.append(1)
        time.sleep(0.2)
        environ["kblog.until"] = time.time() + 60
        start_response("200 OK", [("Content-Type", "text/plain"), ("Cache-Control", "public")])
        return [b"made"]

    pages = PageCache(slow, lambda: version.Version(1, 1))
    got: list[bytes] = []

    def ask() -> None:
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": "/",
            "QUERY_STRING": "",
            "HTTP_HOST": "x",
            "wsgi.url_scheme": "http",
        }
        got.append(b"".join(pages(environ, lambda *_: None)))  # type: ignore[arg-type]

    readers = [threading.Thread(target=ask) for _ in range(16)]
    for each in readers:
        each.start()
    for each in readers:
        each.join()
    assert got == [b"made"] * 16
    assert len(calls) == 1


def test_a_page_that_cannot_be_made_leaves_nobody_waiting(app: Flask):
    def broken(environ, start_response):
        raise ZeroDivisionError

    pages = PageCache(broken, lambda: version.Version(1, 1))
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            pages(dict(ASKED), lambda *_: None)  # type: ignore[arg-type]
    assert not pages.making


@pytest.mark.parametrize(("header", "is_kept"), [("Set-Cookie", False), ("X-Other", True)])
def test_what_sets_a_cookie_is_kept_for_nobody(header: str, is_kept: bool):
    def answering(environ, start_response):
        environ[UNTIL] = time.time() + 60
        start_response("200 OK", [("Content-Type", "text/html"), (header, "of=one reader")])
        return [b"of one reader"]

    pages = PageCache(answering, lambda: version.Version(1, 1))
    assert pages(dict(ASKED), lambda *_: None) == [b"of one reader"]  # type: ignore[arg-type]
    assert bool(pages.pages) is is_kept


def test_a_request_with_a_body_is_kept_for_nobody_and_hinders_no_other(reader: Browser, app: Flask):
    stored()
    assert reader.client.get(REVIEW, data="words").status_code == 200
    assert not kept(app).pages
    assert cost(reader, REVIEW) > 0
    assert cost(reader, REVIEW) == 0


def test_of_what_is_made_each_time_only_so_many_addresses_are_remembered(reader: Browser, app: Flask):
    stored()
    kept(app).unkept |= {(f"/made-up-{number}/", False) for number in range(MOST_UNKEPT + 1)}
    reader.get(f"{REVIEW}comments/new")
    assert kept(app).unkept == {(f"{REVIEW}comments/new", False)}


def test_what_befalls_a_comment_that_nobody_sees_ends_no_page(reader: Browser):
    review = stored(comments=comments(1))
    hidden = Comment(review_id=review.id, name="Guest", body="It floats.", state="pending", posted_at=now())
    db.session.add(hidden)
    db.session.commit()
    reader.get(REVIEW)
    posting.take_back(db.session(), hidden, now())
    db.session.commit()
    assert cost(reader, REVIEW) == 0
    posting.take_back(
        db.session(), db.session.scalars(sa.select(Comment).where(Comment.state == "visible")).one(), now()
    )
    db.session.commit()
    assert cost(reader, REVIEW) > 0


def test_of_several_moments_that_change_a_page_the_first_to_come_ends_it(app: Flask):
    soon, late = now() + timedelta(hours=1), now() + timedelta(hours=2)
    with app.test_request_context():
        for moment in (late, soon, None, late, now() - timedelta(hours=1)):
            cache.ends_at(moment)
        assert g.ends_at == soon


def test_each_form_of_a_page_has_its_own_etag(reader: Browser):
    stored(body="A long text about paper boats. " * 60)
    plain = reader.client.get(REVIEW)
    packed = reader.client.get(REVIEW, headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data)
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert "Accept-Encoding" in packed.headers["Vary"]
    for answer, asked in ((plain, ""), (packed, "gzip")):
        own = {"If-None-Match": answer.headers["ETag"], "Accept-Encoding": asked}
        unchanged = reader.client.get(REVIEW, headers=own)
        assert unchanged.status_code == 304
        assert unchanged.data == b""
        assert unchanged.headers["ETag"] == answer.headers["ETag"]
    crossed = reader.client.get(REVIEW, headers={"If-None-Match": plain.headers["ETag"], "Accept-Encoding": "gzip"})
    assert crossed.status_code == 200
    assert reader.client.get(REVIEW, headers={"Accept-Encoding": "gzip;q=0"}).data == plain.data


def test_a_kept_page_has_every_header_of_a_fresh_one(reader: Browser):
    stored()
    fresh = dict(reader.client.get(REVIEW).headers)
    again = dict(reader.client.get(REVIEW).headers)
    assert fresh == again
    assert "Content-Security-Policy" in again
    head = reader.client.head(REVIEW)
    assert head.data == b""
    assert dict(head.headers) == again


def test_static_files_are_named_by_their_content_and_sent_for_good(reader: Browser):
    page = reader.get("/")
    address = page.one("//link[@rel='stylesheet']").get("href")
    for asked, unpack in (("", bytes), ("gzip", gzip.decompress), ("gzip, deflate, br", brotli.decompress)):
        answer = reader.client.get(address, headers={"Accept-Encoding": asked})
        assert unpack(answer.data) == (Path(reader.app.static_folder or "") / "kblog.css").read_bytes()
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        unchanged = {"If-None-Match": answer.headers["ETag"], "Accept-Encoding": asked}
        assert reader.client.get(address, headers=unchanged).status_code == 304
    bare = reader.client.get("/static/kblog.css")
    assert "immutable" not in bare.headers["Cache-Control"]
    for wrong in ("/static/kblog.00000000.css", "/static/../app.py", "/static/%2e%2e/app.py", "/static/"):
        assert reader.client.get(wrong).status_code == 404


def test_small_answers_and_pictures_are_not_packed():
    small = Answer([("Content-Type", "text/html"), ("ETag", '"x"')], b"a")
    picture = Answer([("Content-Type", "image/png"), ("ETag", '"x"')], b"a" * 5000)
    for answer in (small, picture):
        assert answer.form("gzip", {"gzip": gzip.compress}) is answer.plain


WRITER = """
import sys, random
from datetime import timedelta
from pathlib import Path
import sqlalchemy as sa
from kblog import create_app
from kblog.config import Config
from kblog.db import db, now
from kblog.models import Comment, Review, Setting

app = create_app(Config(instance=Path(sys.argv[1]), database_url=sys.argv[2], guard=False))
with app.app_context():
    for line in sys.stdin:
        what, number = line.split()
        reviews = db.session.scalars(sa.select(Review).order_by(Review.id)).all()
        review = reviews[int(number) % len(reviews)]
        if what == "publish":
            review.published_at, review.withdrawn_at = now(), None
        elif what == "schedule":
            review.published_at, review.withdrawn_at = now() + timedelta(milliseconds=40), None
        elif what == "withdraw":
            review.withdrawn_at = now()
        elif what == "edit":
            review.headline = f"Headline {number}"
        elif what == "approve":
            comment = db.session.scalars(sa.select(Comment).where(Comment.review_id == review.id)).first()
            comment.state = "pending" if comment.state == "visible" else "visible"
            comment.name = f"Guest {number}"
        else:
            db.session.merge(Setting(name="name", value=f"Blog {number}"))
        db.session.commit()
        print("done", flush=True)
"""


LATE = 1.0 if engines.IS_POSTGRESQL else 0.0  # seconds: there it may have been another machine, here it is at once


def test_no_page_is_ever_older_than_what_was_acknowledged(app: Flask, reader: Browser, tmp_path: Path):
    """Another process changes things at random; after each word that it is done, kept pages are those made anew."""
    stored_together(*(document(slug=f"work-{n}", comments=comments(2)) for n in range(4)))
    db.session.rollback()
    urls = [
        "/",
        "/reviews/",
        "/archive/",
        "/feeds/reviews.atom",
        "/sitemap.xml",
        *(f"/reviews/work-{n}/" for n in range(4)),
    ]
    dice = random.Random(20261126)
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(app.config["KBLOG"].instance), app.config["KBLOG"].database_url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parents[1],
    )
    assert writer.stdin
    assert writer.stdout
    fresh = reader.app.extensions["kblog.pages"].app  # the site without what is kept
    hits = 0
    try:
        for turn in range(60):
            what = dice.choice(["publish", "schedule", "withdraw", "edit", "approve", "name", *["wait"] * 4])
            if what == "wait":
                time.sleep(0.05)
            else:
                writer.stdin.write(f"{what} {dice.randrange(1000)}\n")
                writer.stdin.flush()
                assert writer.stdout.readline() == "done\n"
            for url in dice.sample(urls, 5):
                with counted() as statements:
                    sent = reader.ask(url)
                hits += not statements
                made = bare(fresh, url)
                again = reader.ask(url)  # a scheduled review may have come between the two
                promised = time.monotonic() + LATE
                while made not in ((sent.status_code, sent.data), (again.status_code, again.data)):
                    assert time.monotonic() < promised, (turn, what, url)
                    again, made = reader.ask(url), bare(fresh, url)
    finally:
        writer.stdin.close()
        writer.stdout.close()
        writer.wait(30)
    assert hits > 15, "nothing was ever kept, so nothing was shown"


def bare(wsgi: Callable, url: str) -> tuple[int, bytes]:
    """Ask the site itself, past what is kept."""
    answer = Context().run(Client(wsgi).get, url, base_url="http://localhost")
    return answer.status_code, answer.data


@pytest.mark.of_sqlite
class TestVersion:
    """What a process knows of the version without asking the database, and when it asks again."""

    @pytest.fixture
    def known(self, app: Flask) -> OfSqlite:
        stored()
        return app.extensions["kblog.versions"]

    def test_it_is_read_from_memory_while_nothing_is_committed(self, known: OfSqlite):
        first = known.read()
        statements: list[str] = []
        assert known.connection
        known.connection.set_trace_callback(statements.append)
        assert {known.read() for _ in range(100)} == {first}
        assert statements == []
        db.session.add(Setting(name="title", value="Another name"))
        db.session.commit()
        assert known.read() > first
        assert len(statements) == 1

    def test_a_commit_is_seen_whatever_becomes_of_the_log(self, known: OfSqlite, tmp_path: Path):
        # another process, for SQLite's files look otherwise to it
        program = "import sqlite3, sys; sqlite3.connect(sys.argv[1], 5, 0, None).execute(sys.argv[2]).fetchall()"
        path, add = known.path, "UPDATE content_version SET version = version + 1"
        db.session.remove()
        for statement in (add, "PRAGMA wal_checkpoint(TRUNCATE)", add, add, "PRAGMA wal_checkpoint(RESTART)", add):
            before = known.read()
            subprocess.run([sys.executable, "-c", program, path, statement], check=True, capture_output=True)
            assert known.read().all == before.all + (statement == add), statement

    def test_another_database_in_its_place_is_seen(self, known: OfSqlite, tmp_path: Path, monkeypatch):
        monkeypatch.setattr(of_sqlite, "LOOKED_AFTER", 0)
        known.read()
        db.session.remove()
        db.engine.dispose()
        other = tmp_path / "other.db"
        with contextlib.closing(sqlite3.connect(other)) as connection:
            connection.executescript(
                "CREATE TABLE content_version (version, listed); INSERT INTO content_version VALUES (7001, 7)"
            )
        other.replace(known.path)
        known.read()  # what was known may still be good for its second
        assert known.read() == (7001, 7)

    def test_without_a_wal_index_it_asks_each_time(self, tmp_path: Path):
        path = tmp_path / "plain.db"
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.executescript(
                "CREATE TABLE content_version (version, listed); INSERT INTO content_version VALUES (1, 1)"
            )
            read = OfSqlite(str(path)).read
            assert read() == (1, 1)
            connection.execute("UPDATE content_version SET version = 2")
            assert read() == (2, 1)

    def test_readers_of_one_file_come_and_go_without_letting_go_of_its_locks(self, known: OfSqlite):
        """To close a file that SQLite has locked lets go of the locks of the whole process (howtocorrupt.html, 2.2)."""
        connection = sqlite3.connect(known.path, isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        for _ in range(3):
            OfSqlite(known.path).read()
        gc.collect()
        program = "import sqlite3, sys; sqlite3.connect(sys.argv[1], 0, 0, None).execute('BEGIN IMMEDIATE')"
        other = subprocess.run([sys.executable, "-c", program, known.path], capture_output=True, text=True)
        connection.close()
        assert "database is locked" in other.stderr


def test_the_settings_are_read_again_when_something_but_comments_changed(reader: Browser, app: Flask):
    """Every page needs them, and every comment ends every page."""
    stored()

    def reads_settings() -> bool:
        kept(app).clear()
        with counted() as statements:
            reader.get(REVIEW)
        return any("FROM setting" in statement for statement in statements)

    reads_settings()
    assert not reads_settings()
    post(reader)
    assert not reads_settings()
    db.session.add(Setting(name="name", value="Another Blog"))
    db.session.commit()
    assert reads_settings()
    assert not reads_settings()
    stored(slug="soon", published_at=now() + timedelta(seconds=1))
    reader.get("/")
    assert not reads_settings()
    time.sleep(1)  # until it is public: the settings tell that moment beforehand
    assert reads_settings()
    assert not reads_settings()


def test_a_kept_page_tells_no_old_time(reader: Browser):
    """The server dates each answer itself."""
    stored()
    for _ in range(2):
        assert "Date" not in reader.get("/").response.headers
