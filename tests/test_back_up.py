"""Backups: made while the site is written to, listed, looked at, put back here and elsewhere, and made each day."""

import json
import logging
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from kblog import backup as backups
from kblog import schema
from kblog.backup import copying, daily, folder, making, manifest
from kblog.config import ROOT
from kblog.db import db, now
from kblog.models import AuthorSession, Comment, Review, site

from .browser import Browser
from .builders import comments, stored
from .conftest import NAME, PASSWORD, close, logged_in, make_app, read
from .reliability import backup as drill
from .test_size_pictures import came, grainy, make

pytestmark = pytest.mark.of_sqlite

MEDIA = {"ab/abcd.jpg": b"a picture", "cd/한국.png": b"another" * 1000}
BROKEN = "PRAGMA writable_schema = 1; DELETE FROM sqlite_schema WHERE name = 'ix_comment_key'"  # its pages are nobody's
A_MOMENT = now().replace(microsecond=0) - timedelta(hours=3)


def places(app: Flask) -> backups.Places:
    return backups.Places.of(app.config["KBLOG"])


def run(app: Flask, *arguments: str, status: int = 0) -> str:
    """Run `flask backup ...`; what it prints is a few sentences and never a traceback."""
    with app.app_context():
        db.session.remove()
        result: Result = app.test_cli_runner().invoke(args=["backup", *arguments])
        db.session.remove()
    assert result.exit_code == status, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.output


def lay(folder: Path, files: dict[str, bytes]) -> None:
    """Put files in a folder, each in one step, as an upload does: one that is there already is another file."""
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).unlink(missing_ok=True)
        (folder / path).write_bytes(content)


def lying(folder: Path) -> dict[str, bytes]:
    return {path: (folder / path).read_bytes() for path in manifest.files(folder)}


def made(app: Flask, kind: str = folder.BY_HAND, ago: timedelta = timedelta()) -> backups.Backup:
    db.session.remove()
    return backups.make(places(app), kind, now().replace(microsecond=0) - ago)


def say(slug: str, words: str) -> None:
    """Let somebody say something since."""
    review = db.session.scalars(sa.select(Review).where(Review.slug == slug)).one()
    db.session.add(Comment(review_id=review.id, name="Mina", body=words, posted_at=now(), state="visible"))
    review.comment_count += 1
    db.session.commit()


def words() -> list[str]:
    return read(sa.select(Comment.body).order_by(Comment.id))


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Flask]:
    """A site on a folder in which there is nothing yet."""
    app = make_app(tmp_path / "elsewhere")
    yield app
    with app.app_context():
        close(app)


# Making one


def test_a_backup_holds_the_database_the_media_and_their_hashes(app: Flask):
    stored(comments=comments(3))
    lay(places(app).media, MEDIA | {".arriving": b"half of a picture"})
    (places(app).media / "link.jpg").symlink_to("/etc/hostname")
    output = run(app, "create")
    (backup,) = backups.kept(places(app).folder)
    told = manifest.read(backup.path)
    assert f"{backup.name} is made: 1 review, 0 pages, 3 comments, 2 media files." in output
    assert lying(backup.path / "media") == MEDIA
    assert told.files.keys() == {"kblog.db", *(f"media/{path}" for path in MEDIA)}
    assert told.files["media/ab/abcd.jpg"] == (9, manifest.look(places(app).media / "ab/abcd.jpg").sha256)
    assert (told.schema, told.rows["comment"], told.kind) == (schema.head(), 3, "by-hand")
    assert backups.verify(backup) == []
    assert not list(backup.path.rglob("*secret*")), "the signing key lies elsewhere"


def test_a_backup_holds_all_sizes_of_a_picture_and_gives_them_back(app: Flask):
    kept = came(app, grainy(size=(400, 300)))
    stored(body=f"![The harbour](/media/{kept.file_name})")
    make(app)
    page, held = Browser(app).get("/reviews/paper-boats/"), lying(places(app).media)
    assert sorted(path.partition("/")[0] for path in held) == sorted([kept.file_name, *["variants"] * 3])
    run(app, "create")
    shutil.rmtree(places(app).media)
    run(app, "restore", "--yes")
    assert lying(places(app).media) == held
    assert Browser(app).get("/reviews/paper-boats/").text == page.text
    source = page.one("//picture/source").get("srcset").split(" ")[0]
    with Browser(app).ask(source) as answer:
        assert answer.headers["Cache-Control"].startswith("public")


def test_nobody_else_on_the_machine_can_read_it(app: Flask):
    stored()
    backup = made(app)
    assert [path.stat().st_mode & 0o077 for path in (places(app).folder, backup.path)] == [0, 0]
    assert (backup.path / "kblog.db").stat().st_mode & 0o077 == 0


def test_media_cost_no_place_and_are_copied_where_they_cannot_be_linked(app: Flask, monkeypatch: pytest.MonkeyPatch):
    stored()
    lay(places(app).media, MEDIA)
    linked = made(app).path / "media/ab/abcd.jpg"
    assert linked.samefile(places(app).media / "ab/abcd.jpg")

    def another_disk(*_given, **_named) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(copying.os, "link", another_disk)
    copied = made(app)
    assert not (copied.path / "media/ab/abcd.jpg").samefile(linked)
    assert backups.verify(copied) == []


def test_two_backups_of_one_second_are_two(app: Flask):
    stored()
    first, second = (backups.make(places(app), folder.BY_HAND, A_MOMENT) for _ in range(2))
    assert second.name == f"{first.name}.2"
    assert backups.find(places(app).folder) == second


def test_a_half_made_backup_is_none_and_goes_with_the_next(app: Flask):
    stored()
    half = places(app).folder / ".making-x"
    unfinished = places(app).folder / "2026-03-12-090500-by-hand"
    for path in (half, unfinished):
        lay(path, {"kblog.db": b"half of a database"})
    assert "There is no backup" in run(app, "list")
    assert "There is no backup" in run(app, "restore", status=1)
    run(app, "create")
    assert not half.exists()
    assert len(backups.kept(places(app).folder)) == 1


def test_a_backup_that_cannot_be_made_says_why_and_leaves_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch):
    stored()
    monkeypatch.setattr(making, "SPARE", 10**18)
    assert "Make room, or name a folder on another disk" in run(app, "create", status=1)
    monkeypatch.undo()
    db.session.execute(sa.text("PRAGMA foreign_keys = 0"))
    close(app)
    with sqlite3.connect(places(app).database) as connection:
        connection.execute("INSERT INTO report (comment_id, reason, reported_at) VALUES (99, '', '2026-03-12')")
    connection.close()
    assert "of report refers to nothing in comment" in run(app, "create", status=1)
    assert [path.name for path in places(app).folder.iterdir()] == [".lock"]
    places(app).folder.joinpath(".lock").unlink()
    places(app).folder.rmdir()
    places(app).folder.write_text("a file in its place")
    assert "No backup could be made" in run(app, "create", status=1)
    assert "There is no backup" in run(app, "list")


def test_a_site_that_was_never_started_has_nothing_to_back_up(elsewhere: Flask):
    assert "There is no database" in run(elsewhere, "create", status=1)
    assert "There is no backup" in run(elsewhere, "verify", status=1)
    assert "There is no backup" in run(elsewhere, "verify", "--all", status=1)


def test_litestreams_own_tables_are_nobodys_content(app: Flask):
    stored()
    for name in ("_litestream_lock", "_litestream_seq"):
        db.session.execute(sa.text(f"CREATE TABLE {name} (id INTEGER PRIMARY KEY, seq INTEGER)"))
    db.session.commit()
    backup = made(app)
    assert not [table for table in manifest.read(backup.path).rows if "litestream" in table]
    assert backups.verify(backup) == []


# Looking at one


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _retell(folder: Path, **changes) -> None:
    """Let the manifest say something else, of a database whose hash it knows."""
    told = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(told | changes))


def _other_database(folder: Path, statement: str) -> None:
    with sqlite3.connect(folder / "kblog.db") as connection:
        connection.executescript(statement)
    connection.close()
    files = json.loads((folder / "manifest.json").read_text())["files"]
    _retell(folder, files=files | {"kblog.db": manifest.look(folder / "kblog.db")._asdict()})


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda folder: _flip(folder / "kblog.db"), "kblog.db is not the file that was kept: its bytes differ"),
        (lambda folder: _flip(folder / "media/ab/abcd.jpg"), "media/ab/abcd.jpg is not the file that was kept"),
        (lambda folder: (folder / "media/ab/abcd.jpg").unlink(), "media/ab/abcd.jpg cannot be read"),
        (lambda folder: (folder / "kblog.db").write_bytes(b""), "0 bytes in place of"),
        (lambda folder: lay(folder, {"media/new.jpg": b"new"}), "media/new.jpg was put there since"),
        (lambda folder: (folder / "manifest.json").write_text("{"), "its manifest cannot be read"),
        (lambda folder: (folder / "manifest.json").write_text("[]"), "its manifest cannot be read"),
        (lambda folder: _retell(folder, format=2), "written by a newer K-Blog"),
        (lambda folder: _retell(folder, files={}), "kblog.db was put there since"),
        (lambda folder: _retell(folder, files={"../../x": {"size": 1, "sha256": ""}}), "its manifest cannot be read"),
        (lambda folder: _retell(folder, schema="0001"), "not 0001"),
        (lambda folder: _other_database(folder, "DELETE FROM comment"), "comment has 0 rows where 3 were counted"),
        (
            lambda folder: _other_database(folder, "UPDATE comment SET review_id = 99"),
            "of comment refers to nothing in review",
        ),
        (
            lambda folder: _other_database(folder, BROKEN),
            "the database is damaged",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_not_as_it_was_made_is_found_and_never_put_back(app: Flask, damage, said: str):
    stored(comments=comments(3))
    lay(places(app).media, MEDIA)
    backup = made(app)
    assert f"{backup.name} is good." in run(app, "verify")
    damage(backup.path)
    assert said in run(app, "verify", status=1)
    assert f"{backup.name} is no good" in run(app, "verify", "--all", status=1)
    assert f"{backup.name} is not put back" in run(app, "restore", "--yes", status=1)
    assert len(backups.kept(places(app).folder)) == 1, "nothing was touched"
    assert len(words()) == 3


@pytest.mark.parametrize("name", ["", "nothing", "../instance", "2026-03-12-090500-by-hand", "/etc", "x" * 300])
def test_a_backup_that_is_not_there_is_not_found(app: Flask, name: str):
    stored()
    made(app)
    for command in ("verify", "restore"):
        assert "is no finished backup" in run(app, command, name, status=1)


def test_looking_at_a_backup_leaves_no_file_in_it(app: Flask):
    stored()
    backup = made(app)
    before = sorted(path.name for path in backup.path.rglob("*"))
    run(app, "verify")
    run(app, "list")
    assert sorted(path.name for path in backup.path.rglob("*")) == before


# Putting one back


def test_nothing_is_overwritten_unless_it_is_said(app: Flask):
    stored(comments=comments(2))
    made(app)
    say("paper-boats", "Said since.")
    refused = run(app, "restore", status=1)
    assert "1 review, 0 pages, 3 comments" in refused
    assert "say --yes" in refused
    assert words()[-1] == "Said since."


def test_a_running_site_shows_what_is_put_back_at_once(app: Flask):
    """Its connections stay open, its kept pages end, what was there lies in a backup of its own."""
    stored(comments=comments(2), body="## Story\n\nA pier.")
    lay(places(app).media, MEDIA)
    reader, before = Browser(app), site().version
    shown = reader.get("/reviews/paper-boats/").text
    backup = made(app)
    lay(places(app).media, {"ef/new.jpg": b"came since", "ab/abcd.jpg": b"changed since"})
    say("paper-boats", "Said since.")
    assert "Said since." in reader.get("/reviews/paper-boats/").text
    held = db.engine.connect()  # of a server that is running
    held.execute(sa.text("SELECT count(*) FROM comment")).scalar()
    held.rollback()
    output = run(app, "restore", "--yes", backup.name)
    assert "If the site is running, it shows this already." in output
    assert held.execute(sa.text("SELECT count(*) FROM comment")).scalar() == 2
    held.close()
    assert reader.get("/reviews/paper-boats/").text == shown
    assert site().version > before + 1, "no page of before is taken for one of now"
    assert reader.get("/reviews/?q=pier").all("//a[contains(@href, '/reviews/paper-boats/')]")
    assert lying(places(app).media) == MEDIA
    db.session.remove()
    aside = backups.find(places(app).folder)
    assert aside.kind == "before-restore"
    run(app, "restore", "--yes")
    assert words()[-1] == "Said since."
    assert lying(places(app).media) == {**MEDIA, "ef/new.jpg": b"came since", "ab/abcd.jpg": b"changed since"}
    assert db.session.execute(sa.text("PRAGMA journal_mode")).scalar() == "wal"


def test_a_backup_becomes_a_site_on_another_path(app: Flask, elsewhere: Flask):
    stored(comments=comments(3))
    lay(places(app).media, MEDIA)
    logged_in(app)
    shown = Browser(app).get("/reviews/paper-boats/").text
    copied = elsewhere.config["KBLOG"].instance.parent / "a copy, as somebody called it"
    made(app).path.rename(copied)
    output = run(elsewhere, "restore", str(copied))
    assert "`flask serve` starts the site with it." in output
    with elsewhere.app_context():
        assert Browser(elsewhere).get("/reviews/paper-boats/").text == shown
        assert lying(places(elsewhere).media) == MEDIA
        assert read(sa.select(AuthorSession.id)) == [], "a session that was ended does not come back"
        author = Browser(elsewhere)
        author.post("/studio/login", {"name": NAME, "password": PASSWORD})
        assert author.get("/studio/").h1 == "Desk"


@pytest.mark.parametrize("damage", ["garbage", "flipped", "short"])
def test_a_damaged_database_is_put_aside_as_it_is(app: Flask, damage: str):
    stored(comments=comments(2))
    backup = made(app)
    close(app)
    database = places(app).database
    content = bytearray(database.read_bytes())
    if damage == "garbage":
        database.write_bytes(b"no database at all" * 1000)
    elif damage == "short":
        database.write_bytes(content[: len(content) // 2])
    else:
        content[100:4096] = bytes(3996)
        database.write_bytes(content)
    bad = database.read_bytes()
    database.with_name("kblog.db-wal").write_bytes(b"of the damaged one")
    assert "it cannot be read" in run(app, "restore", status=1)
    output = run(app, "restore", "--yes")
    assert "restart it now" in output
    (aside,) = places(app).folder.glob("set-aside-*")
    assert (aside / "kblog.db").read_bytes() == bad
    assert (
        not database.with_name("kblog.db-wal").exists()
        or b"damaged" not in database.with_name("kblog.db-wal").read_bytes()
    )
    assert len(words()) == 2
    assert backups.kept(places(app).folder) == [backup]


def test_a_backup_of_a_newer_version_is_refused(app: Flask, elsewhere: Flask):
    stored()
    db.session.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    db.session.commit()
    backup = made(app)
    refused = run(elsewhere, "restore", str(backup.path), status=1)
    assert "schema 9999" in refused
    assert "a newer version made it" in refused
    assert not places(elsewhere).database.exists()


@pytest.mark.server
def test_comments_that_came_before_the_backup_are_in_it_whoever_writes_meanwhile(tmp_path: Path):
    """The drill of `tests/reliability/backup.py`, short: another process writes, the copy becomes a site elsewhere."""
    found = drill.drill(tmp_path, pause=0.5, writers=4, workers=1)
    assert found.acknowledged > 5
    assert found.since > 0, "nobody wrote while the backup was made"
    assert (found.lost, found.media_differ, found.pages_differ, found.pages) == (0, 0, 0, 50)
    assert found.is_sound


# Each day


def test_each_day_makes_one_and_ten_are_kept(app: Flask):
    stored()
    by_hand = made(app, ago=timedelta(days=30))
    changed = made(app, "before-0009", ago=timedelta(days=29))
    for day in range(14, 0, -1):
        moment = now() - timedelta(days=day)
        assert daily.make_if_due(places(app), moment)
        assert daily.make_if_due(places(app), moment + timedelta(hours=23)) is None
    there = backups.kept(places(app).folder)
    assert [each.kind for each in there] == ["daily"] * 10 + ["before-0009", "by-hand"]
    assert there[-2:] == [changed, by_hand]
    assert (now() - there[0].moment).days == 1


def test_one_process_of_several_makes_it(app: Flask):
    stored()
    db.session.remove()
    found = []
    barrier = threading.Barrier(4)

    def look() -> None:
        barrier.wait()
        found.append(daily.make_if_due(places(app), A_MOMENT))

    threads = [threading.Thread(target=look) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len([each for each in found if each]) == 1
    assert len(backups.kept(places(app).folder)) == 1
    assert backups.health(places(app), now(), None).trouble == ""


def test_a_clock_that_went_wrong_stops_no_backup(app: Flask):
    stored()
    made(app, folder.DAILY, ago=-timedelta(days=300))
    assert daily.is_due(places(app), now())
    assert backups.health(places(app), now(), now() - timedelta(days=3)).is_late


def test_what_goes_wrong_is_logged_once_and_tried_again(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    stored()
    db.session.remove()
    moment = now()
    with caplog.at_level(logging.ERROR):
        for hours in (0, 0.5, 2, 4):
            monkeypatch.setattr(making, "SPARE", 10**18 + int(hours * 10**9))  # another number is no other trouble
            assert daily.make_if_due(places(app), moment + timedelta(hours=hours)) is None
    assert [record.message.split(".")[0] for record in caplog.records] == ["The daily backup failed"]
    assert "Make room" in backups.health(places(app), moment, None).trouble
    assert "The daily backup failed at" in run(app, "list")
    monkeypatch.undo()
    assert daily.make_if_due(places(app), moment + timedelta(hours=4, minutes=30)) is None, "an hour is not over"
    assert daily.make_if_due(places(app), moment + timedelta(hours=6))
    assert backups.health(places(app), moment + timedelta(hours=6), None).trouble == ""


def test_a_server_makes_it_by_itself_and_a_command_does_not(app: Flask, monkeypatch: pytest.MonkeyPatch):
    stored()
    db.session.remove()
    monkeypatch.setattr(daily, "FIRST_LOOK", 0.01)
    monkeypatch.setattr(daily, "EACH_LOOK", 0.01)
    ended = backups.make_daily(places(app))
    until = time.monotonic() + 30
    while not backups.kept(places(app).folder):
        assert time.monotonic() < until
        time.sleep(0.01)
    ended.set()
    time.sleep(0.05)
    assert [each.kind for each in backups.kept(places(app).folder)] == ["daily"]
    asked = "import app, threading; print([each.name for each in threading.enumerate()])"
    for cli, wanted in (({}, True), ({"FLASK_RUN_FROM_CLI": "true"}, False)):
        own = {**os.environ, "KBLOG_INSTANCE": str(places(app).database.parent), **cli}
        done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, env=own, capture_output=True, text=True)
        assert ("'backup'" in done.stdout) is wanted, done.stderr


def test_a_server_does_not_start_on_a_newer_database(app: Flask):
    db.session.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    db.session.commit()
    close(app)
    own = {**os.environ, "KBLOG_INSTANCE": str(places(app).database.parent)}
    done = subprocess.run([sys.executable, "-c", "import app"], cwd=ROOT, env=own, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("The database has schema 9999")
    assert len(done.stderr.splitlines()) == 1
