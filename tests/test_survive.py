"""What befalls a disk or a file: the site goes on as far as it can, says so, and nothing typed or stored is lost."""

import contextlib
import os
import pathlib
import shutil
import sqlite3
import time

import flask_migrate
import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DatabaseError

from kblog import storage
from kblog.cache.of_sqlite import LOOKED_AFTER
from kblog.cli.serve import look_over
from kblog.cli.upgrading import bring_to_head
from kblog.db import db, trouble, trouble_of
from kblog.models import Review
from kblog.traffic import Gatherer

from . import builders
from .browser import HTMX, Browser
from .commenting import URL, filled, moderated, stored
from .conftest import close, logged_in, make_app, read_only, with_author

pytestmark = pytest.mark.of_sqlite

REVIEW = "/reviews/paper-boats/"
PAGES = ("/", "/reviews/", "/reviews/?q=boats", REVIEW, URL, "/archive/", "/feeds/reviews.atom", "/sitemap.xml")
WORDS = "Words I would miss."
EDITOR = "//form[@id='review-form']"
BOATS = {"comments": builders.comments(3), "body": "A boat floats. " * 40}


@pytest.fixture
def app(app: Flask) -> Flask:
    """A site with one review and its comments, where every comment is published at once."""
    builders.stored(**BOATS)
    return moderated(app, "none", guard=False)


@pytest.fixture
def folder(app: Flask) -> pathlib.Path:
    return app.config["KBLOG"].instance


def file(app: Flask) -> pathlib.Path:
    return app.config["KBLOG"].instance / "kblog.db"


def refused(browser: Browser, sentence: str) -> dict:
    """Post a comment that cannot be stored: the form comes back with its text; return what it would send."""
    sent = filled(browser, body=WORDS)
    page = browser.post(URL, sent, status=503)
    assert page.one("//textarea").text.strip() == WORDS
    assert page.texts("//p[@class='error']") == [f"{sentence}. The text is kept: post it again in a few minutes."]
    assert page.response.headers["Retry-After"] == "60"
    return sent


def health(browser: Browser) -> dict:
    return browser.client.get("/healthz").get_json()


def put_into(path: pathlib.Path, there: pathlib.Path) -> None:
    """Copy a database, as a backup does; an older one there is replaced while it may be open."""
    beside = there.with_name("beside.db")
    with contextlib.closing(sqlite3.connect(path)) as source, contextlib.closing(sqlite3.connect(beside)) as target:
        source.backup(target)
    beside.replace(there)
    for rest in ("-wal", "-shm"):
        pathlib.Path(f"{there}{rest}").unlink(missing_ok=True)


def keep_free(megabytes: int) -> None:
    """Let so much of the disk be left alone."""
    db.engine.update_execution_options(keep_free=megabytes * storage.MEGABYTE)


def damage(path: pathlib.Path, table: str = "review_views") -> None:
    """Turn one byte of a table over, as a failing disk does: the one that says what kind of page it is."""
    db.session.rollback()
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        (root,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)).fetchone()
    db.engine.dispose()
    with path.open("r+b") as database:
        database.seek((root - 1) * size)
        database.write(b"\x63")


# A full disk


def test_below_the_room_that_is_left_alone_nothing_is_taken_in_and_all_is_read(
    reader: Browser, caplog: pytest.LogCaptureFixture
):
    keep_free(10**9)
    for url in PAGES:
        reader.get(url)
    assert health(reader) == {"status": "degraded", "trouble": "the disk is full, or nearly"}
    assert "cannot be posted yet" in reader.get(f"{URL}/new").words
    caplog.clear()
    sent = refused(reader, "There is no room to store anything just now")
    (line,) = caplog.records
    assert line.getMessage() == "the disk is full, or nearly"
    assert line.exc_info is None
    assert WORDS not in line.getMessage()
    keep_free(0)
    assert health(reader) == {"status": "ok"}
    reader.post(URL, sent)
    assert [each.body for each in stored()][3:] == [WORDS]


def test_a_save_that_finds_no_room_keeps_the_text_and_is_finished_later(app: Flask):
    author = logged_in(app)
    review = db.session.scalars(sa.select(Review)).one()
    page = author.get(f"/studio/reviews/{review.id}/")
    db.session.rollback()
    keep_free(10**9)
    assert "Make room on it" in author.get("/studio/").words
    typed = {"headline": "Typed on a full disk"}
    page = page.send(EDITOR, typed, status=503)
    assert "There is no room to store anything just now. What you sent is kept on this page" in page.words
    page = page.send("//main//form", status=503)  # pressed at once: it is carried on
    signed = typed | {"csrf_token": dict(page.fields("//main//form"))["csrf_token"]}
    author.post(f"/studio/reviews/{review.id}/autosave", signed, status=503, headers=HTMX)
    settings = author.get("/studio/settings/")
    settings.send("//form[.//input[@name='name']]", {"name": "Ours & theirs"}, status=503)
    keep_free(0)
    page.send("//main//form")
    db.session.expire_all()
    assert db.session.scalars(sa.select(Review.headline)).one() == "Typed on a full disk"


def test_the_log_in_on_a_full_disk_says_what_is_in_the_way(app: Flask):
    with_author(moderated(app, "none"))
    keep_free(10**9)
    page = Browser(app).post("/studio/login", {"name": "A", "password": "b"}, status=503)
    assert "There is no room to store anything just now" in page.words


def test_a_command_ends_with_a_sentence_where_there_is_no_room(app: Flask):
    keep_free(10**9)
    result = app.test_cli_runner().invoke(args=["rerender"])
    assert result.exit_code == 1
    assert result.output.startswith("Error: Nothing more could be stored: the disk is full, or nearly (")
    assert app.test_cli_runner().invoke(args=["lint"]).exit_code == 0, "what only reads is done"


def test_views_that_cannot_be_written_are_kept_and_said_once(app: Flask, caplog: pytest.LogCaptureFixture):
    gatherer: Gatherer = app.extensions["kblog.traffic"]
    keep_free(10**9)
    reader = Browser(app)
    for _ in range(3):
        reader.client.get(REVIEW, headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"})
        assert gatherer.write() == 0
    assert [record.exc_info for record in caplog.records if record.name == "kblog.traffic"] == [None]
    keep_free(0)
    assert gatherer.write() == 3


# A disk that takes no writes


@pytest.mark.makes_read_only
def test_what_can_only_be_read_is_read_whole_and_takes_in_again_without_a_new_start(app: Flask, folder: pathlib.Path):
    before = {url: Browser(app).client.get(url).data for url in PAGES}
    close(app)
    folder = folder.with_name("closed")
    folder.mkdir()
    shutil.copy(file(app).with_name("secret_key"), folder)
    put_into(file(app), folder / "kblog.db")  # all in one file, as after a stop in order
    again = moderated(make_app(folder), "none", guard=False)
    reader = Browser(again)
    with again.app_context():
        with read_only(folder):
            assert {url: reader.client.get(url).data for url in PAGES} == before
            assert health(reader) == {
                "status": "degraded",
                "trouble": "the disk or the database's folder takes no writes",
            }
            sent = refused(reader, "The site can only be read just now")
            assert "cannot be posted yet" in reader.get(f"{URL}/new").words
            assert look_over() == storage.Trouble.READ_ONLY
            bring_to_head()  # there it is already
            db.session.remove()
            result = again.test_cli_runner().invoke(args=["reindex"])
            assert "takes no writes" in result.output
            assert result.exit_code == 1
        reader.post(URL, sent)
        assert "Words I would miss." in reader.get(REVIEW).words
        assert health(reader) == {"status": "ok"}
        close(again)


@pytest.mark.makes_read_only
def test_what_was_taken_back_is_never_shown_again_where_its_file_cannot_be_read(app: Flask, folder: pathlib.Path):
    """What is in the WAL alone can only be read with an index beside it; the file without it is a former state."""
    copy = pathlib.Path(f"{file(app)}.copy")
    holder = sqlite3.connect(file(app))  # while somebody has it open, the WAL stays
    holder.execute("SELECT 1 FROM review").fetchone()
    db.session.execute(sa.text("UPDATE review SET withdrawn_at = '2026-01-01 00:00:00'"))
    db.session.commit()
    copy.with_name("kblog.db.copy-wal").write_bytes(pathlib.Path(f"{file(app)}-wal").read_bytes())
    copy.write_bytes(file(app).read_bytes())
    holder.close()
    close(app)
    copy.replace(file(app))
    copy.with_name("kblog.db.copy-wal").replace(f"{file(app)}-wal")
    pathlib.Path(f"{file(app)}-shm").unlink(missing_ok=True)
    with read_only(folder):
        reader = Browser(make_app(folder))
        assert reader.client.get(REVIEW).status_code == 503
    assert reader.client.get(REVIEW).status_code == 410


@pytest.mark.makes_read_only
def test_an_older_database_on_such_a_disk_is_refused_in_a_sentence(
    app: Flask, tmp_path: pathlib.Path, folder: pathlib.Path
):
    db.session.rollback()
    flask_migrate.downgrade(revision="-1")
    older = tmp_path / "older"
    older.mkdir()
    shutil.copy(folder / "secret_key", older)
    put_into(file(app), older / "kblog.db")
    close(app)
    old = make_app(older)
    with read_only(older), old.app_context():
        result = old.test_cli_runner().invoke(args=["transfer", "import", str(older)])
        close(old)
    assert result.exit_code == 1
    assert "cannot be brought to schema" in result.output
    assert "the disk or the database's folder takes no writes" in result.output


# A file that is damaged, lost or another one


def test_a_damaged_database_is_read_as_far_as_it_can_be_and_takes_nothing_in(app: Flask, tmp_path: pathlib.Path):
    author = logged_in(app)
    put_into(file(app), tmp_path / "whole.db")
    damage(file(app))
    assert storage.check(str(file(app)))
    reader = Browser(app)
    for url in PAGES:
        reader.get(url)
    assert health(reader) == {"status": "degraded", "trouble": "the database is damaged"}
    assert "flask backup restore" in author.get("/studio/").words
    sent = refused(reader, "The site can only be read just now")
    put_into(tmp_path / "whole.db", file(app))
    reader.post(URL, sent)
    assert health(reader) == {"status": "ok"}
    assert storage.check(str(file(app))) == []
    assert not pathlib.Path(f"{file(app)}-damaged").exists()


def test_damage_that_a_page_meets_is_said_and_stops_every_write(app: Flask):
    reader = Browser(app)
    damage(file(app), "comment")
    assert health(reader) == {"status": "ok"}
    page = reader.get(REVIEW, status=503)
    assert page.h1 == "The site cannot read that just now."
    assert health(reader) == {"status": "degraded", "trouble": "the database is damaged"}
    reader.get("/")


def test_a_lost_file_is_said_and_no_empty_one_takes_its_place(app: Flask):
    reader = Browser(app)
    before = reader.client.get(REVIEW).data
    away = file(app).with_name("away.db")
    close(app)
    file(app).rename(away)
    time.sleep(LOOKED_AFTER)
    for url in ("/", REVIEW, "/healthz"):
        page = reader.get(url, status=503)
        assert page.h1 == "The site cannot read that just now."
    assert not file(app).exists()
    away.rename(file(app))
    assert reader.client.get(REVIEW).data == before


def test_once_another_file_stands_there_nothing_is_written_into_the_old_one(app: Flask):
    reader = Browser(app)
    sent = filled(reader, body=WORDS)
    put_into(file(app), file(app))
    reader.post(URL, sent)
    close(app)
    with sqlite3.connect(file(app)) as now_there:
        assert now_there.execute("SELECT count(*) FROM comment WHERE body = ?", (WORDS,)).fetchone() == (1,)
    now_there.close()


def test_a_torn_wal_loses_no_whole_transaction_and_a_lost_index_is_made_anew(app: Flask):
    reader = Browser(app)
    holder = sqlite3.connect(file(app))  # while somebody has it open, the WAL stays
    holder.execute("SELECT 1 FROM review").fetchone()
    reader.post(URL, filled(reader, body="Before the cut."))
    wal = pathlib.Path(f"{file(app)}-wal")
    kept = wal.stat().st_size
    reader.post(URL, filled(reader, body="Cut in two."))
    torn = wal.read_bytes()[: kept + (wal.stat().st_size - kept) // 2]
    copy = file(app).with_name("copy.db")
    copy.write_bytes(file(app).read_bytes())
    holder.close()
    close(app)
    copy.replace(file(app))
    wal.write_bytes(torn)
    pathlib.Path(f"{file(app)}-shm").unlink(missing_ok=True)
    words = reader.get(REVIEW).words
    assert "Before the cut." in words
    assert "Cut in two." not in words
    assert "4 comments" in words
    assert storage.check(str(file(app))) == []


def test_many_requests_leave_no_descriptor_open(app: Flask):
    reader = Browser(app)
    counts = []
    for number in range(60):
        reader.client.get(f"{REVIEW}?reader={number}")
        reader.client.post(
            URL, data={"name": "Mina", "body": f"Words {number}."}, headers={"Origin": "http://localhost"}
        )
        counts.append(len(os.listdir("/proc/self/fd")))  # noqa: PTH208
    assert counts[-1] <= counts[10]


def test_the_server_starts_for_nothing_that_is_no_database(app: Flask):
    close(app)
    file(app).write_bytes(b"Not a database at all. " * 500)
    result = app.test_cli_runner().invoke(args=["serve"])
    assert result.exit_code == 1
    assert "cannot be read as a database" in result.output
    assert "flask backup restore" in result.output


def test_what_a_failing_disk_said_stands_until_it_takes_something_in(app: Flask, reader: Browser):
    class Failed(sqlite3.OperationalError):
        sqlite_errorcode = sqlite3.SQLITE_IOERR

    assert trouble_of(DatabaseError("COMMIT", None, Failed())) == "the disk answers with errors"
    assert trouble() == "the disk answers with errors"
    assert "cannot be posted yet" in reader.get(f"{URL}/new").words
    reader.post(URL, filled(reader, body=WORDS))  # it is tried all the same
    assert trouble() is None
