"""A blog comes in through the studio: sent, looked through, reported, taken in, stopped, gone on with after a kill."""

import contextlib
import fcntl
import io
import os
import pty
import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from bench.corpus import write_backup
from bench.server import ROOT, Site
from kblog.db import db, now
from kblog.models import Comment, ImportJob, Review
from kblog.studio.importing import starting
from kblog.transfer import decisions, jobs
from kblog.transfer.archive import MAX_FILE

from . import engines
from .browser import HTMX, Browser, Page, check
from .conftest import read, state, with_author
from .test_import_blogger import everything

EXPORTS = Path(__file__).parent / "exports"
BACKUP = (EXPORTS / "backup.xml").read_bytes()
OWN = {"Origin": "http://localhost"}


def folder(app: Flask) -> Path:
    return app.config["KBLOG"].instance / "imports"


def left(app: Flask) -> list[Path]:
    """Every file that lies among what was sent in."""
    return sorted(folder(app).rglob("*")) if folder(app).is_dir() else []


def send(author: Browser, content: bytes, name: str = "backup.xml", *, base_url: str = "") -> Page:
    """Send a file as the form does."""
    token = dict(author.get("/studio/").fields("//header//form"))["csrf_token"]
    fields = {"csrf_token": token, "base_url": base_url, "file": FileStorage(io.BytesIO(content), name)}
    boundary, body = encode_multipart(fields)
    headers = OWN | {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    answer = author.ask("/studio/import/", "POST", data=body, headers=headers)
    page = Page(author, answer, "/studio/import/")
    if page.status != 303:
        check(page)
    return page


def sent(author: Browser, content: bytes = BACKUP, name: str = "backup.xml") -> str:
    """Send a file, and return the address of its import."""
    page = send(author, content, name)
    assert page.status == 303, page.words
    return page.response.location


def work(app: Flask) -> None:
    """Do what the process does that the server starts."""
    db.session.remove()
    result = app.test_cli_runner().invoke(args=["transfer", "work"])
    assert result.exit_code == 0, (result.output, result.exception)
    db.session.remove()


def press(author: Browser, page: Page, words: str) -> Page:
    """Press a button of a page, and follow it."""
    (form,) = page.all(f"//main//form[.//button[normalize-space()='{words}']]/@action")
    return author.get(page.send(f"//form[@action='{form}']").response.location)


def imported(author: Browser, content: bytes = BACKUP, name: str = "backup.xml") -> tuple[Page, Page]:
    """Take a file in from beginning to end; return its report and its summary."""
    url = sent(author, content, name)
    work(author.app)
    report = author.get(url)
    press(author, report, "Import")
    work(author.app)
    return report, author.get(url)


def job() -> ImportJob:
    return read(sa.select(ImportJob).order_by(ImportJob.id.desc()))[0]


# It comes in


def test_a_file_is_looked_through_before_anything_is_written(app: Flask, author: Browser):
    before = everything()
    url = sent(author)
    assert "Looking through it" in author.get(url).words
    work(app)
    assert everything() == before
    page = author.get(url)
    assert "3 reviews found. 1 is complete, 2 need a decision from you. Nothing has been written yet." in page.words
    assert [path.name for path in left(app) if path.is_file()] == ["backup.xml"], "the trial's copy is gone"


def test_what_comes_in_is_what_was_reported(app: Flask, author: Browser):
    report, summary = imported(author)
    assert report.texts("//ul[contains(@class, 'numbers')]/li") == summary.texts("//ul[contains(@class, 'numbers')]/li")
    told = report.texts("//*[contains(@class, 'decided-for')]/li")
    assert told
    assert told == summary.texts("//*[contains(@class, 'decided-for')]/li")
    result = app.test_cli_runner().invoke(args=["transfer", "import", str(EXPORTS / "backup.xml"), "--dry-run"])
    (already,) = re.findall(r"(\d+)  entries that were here already", result.output)
    numbers = job().numbers
    assert int(already) == numbers["reviews"] + numbers["pages"] + numbers["comments"] > 5
    assert left(app) == []


def test_each_decision_says_how_it_is_read_and_leads_to_its_text_afterwards(author: Browser):
    report, summary = imported(author)
    assert not report.all("//*[contains(@class, 'decided-for')]//a"), "it is not here yet"
    readings = report.texts("//section[@aria-labelledby='without_overview']//p[@class='hint']")
    assert readings == [decisions.FACTLESS] * 2
    for link in {*summary.all("//*[contains(@class, 'decided-for')]//a/@href"), *summary.all("//ul//a/@href")}:
        author.get(link)
    assert len(summary.all("//section[@aria-labelledby='came']//li//a")) == 3


def test_the_same_file_adds_nothing_the_second_time(app: Flask, author: Browser):
    imported(author)
    before = everything()
    url = sent(author)
    work(app)
    page = author.get(url)
    assert "0 reviews found." in page.words
    assert "There is nothing new in this file" in page.words
    press(author, page, "Do not import it")
    assert everything() == before
    assert left(app) == []


def test_a_takeout_as_zip_comes_in_with_the_old_blogs_address(app: Flask, author: Browser, tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "takeout.zip", "w") as archive:
        for path in sorted((EXPORTS / "Takeout").rglob("*.*")):
            archive.write(path, path.relative_to(EXPORTS))
    page = send(author, (tmp_path / "takeout.zip").read_bytes(), "테이크아웃.zip", base_url="salt-notes.blogspot.com")
    work(app)
    page = author.get(page.response.location)
    assert "테이크아웃.zip" in page.words
    assert job().base_url == "https://salt-notes.blogspot.com"
    assert page.all("//section[@aria-labelledby='warnings']")
    (_, anything) = decisions.READINGS["warnings"][-1]
    assert anything not in page.words, "each warning is read for what it says"
    press(author, page, "Import")
    work(app)
    assert read(sa.select(Review.id))


def test_a_report_is_kept_until_the_author_comes_back(app: Flask, author: Browser):
    url = sent(author)
    work(app)
    assert "An import waits for you" in author.get("/studio/").words
    assert author.get("/studio/import/").follow("Go to it").url == url
    assert send(author, BACKUP).status == 409
    assert len(left(app)) == 2, "one folder, one file"


# How far it is


def test_the_polled_part_is_a_slice_of_the_page_and_ends_by_itself(app: Flask, author: Browser):
    url = sent(author)
    assert author.fragment(url).text.strip() in author.get(url).text
    work(app)
    answer = author.ask(url, headers=HTMX)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (200, url)
    press(author, author.get(url), "Import")
    db.session.execute(sa.update(ImportJob).values(done=job().total // 2 + 1, numbers={"reviews": 2, "comments": 1}))
    db.session.commit()
    page = author.get(url)
    bar = page.one("//progress")
    assert 0 < int(bar.get("value")) < int(bar.get("max")) == job().total
    assert "2 of 3 reviews, 0 of 1 pages, 1 of 5 comments imported" in page.words
    assert page.all("//noscript/meta[@http-equiv='refresh']"), "without JavaScript it is asked for again"
    assert "50 percent" in author.fragment(url).text
    assert "percent" not in author.fragment(f"{url}?seen=50").text, "what was said is not said again"


def test_to_ask_how_far_it_is_takes_few_queries(author: Browser, at_most):
    url = sent(author)
    with at_most(queries=4):
        author.fragment(url)


# Stopped, killed, gone on with


@pytest.fixture
def larger(tmp_path: Path) -> bytes:
    """An export of several batches."""
    write_backup(tmp_path / "larger.xml", reviews=55, comments=70, words=20)
    return (tmp_path / "larger.xml").read_bytes()


@contextlib.contextmanager
def at_the_first_batch(app: Flask, statement: str, least: int = 1) -> Iterator[None]:
    """Let another connection change an import once its first batch is in, or before that."""
    engine = db.engine

    def change(session) -> None:
        if session.in_nested_transaction():  # a savepoint is no commit
            return
        with engine.begin() as connection:
            connection.exec_driver_sql(f"UPDATE import_job SET {statement} WHERE state = 'running' AND done >= {least}")

    sa.event.listen(db.session, "after_commit", change)
    try:
        yield
    finally:
        sa.event.remove(db.session, "after_commit", change)


def test_what_was_stopped_stays_and_goes_on_with_the_same_file(app: Flask, author: Browser, larger: bytes):
    url = sent(author, larger)
    work(app)
    press(author, author.get(url), "Import")
    with at_the_first_batch(app, "is_unwanted = true"):
        work(app)
    page = author.get(url)
    assert "Stopped. 55 reviews, 44 comments and 0 pages had come in and stay." in page.words
    assert left(app) == []
    assert (len(read(sa.select(Review.id))), len(read(sa.select(Comment.id)))) == (55, 44)
    _, summary = imported(author, larger)
    assert "0 reviews imported." in summary.words
    assert "99 entries that were here already" in summary.texts("//ul[contains(@class, 'numbers')]/li")
    assert (len(read(sa.select(Review.id))), len(read(sa.select(Comment.id)))) == (55, 70)


def test_who_lost_an_import_to_another_process_writes_no_more(app: Flask, author: Browser, larger: bytes):
    url = sent(author, larger)
    work(app)
    press(author, author.get(url), "Import")
    with at_the_first_batch(app, "owner = 'another', beat_at = '2000-01-01 00:00:00.000000'"):
        work(app)
    assert (len(read(sa.select(Review.id))), job().state, job().owner) == (49, "running", "another")
    work(app)  # for the other one fell silent
    assert job().state == "done"
    assert (job().numbers["reviews"], job().numbers["comments"], job().numbers["already"]) == (55, 70, 0)
    assert "55 reviews imported." in author.get(url).words


def test_one_process_works_on_an_import_until_it_falls_silent(app: Flask, author: Browser):
    sent(author)
    session, moment = db.session(), now()
    claimed = jobs.claim(session, app.config["KBLOG"].instance, "one", moment)
    assert claimed is not None
    assert jobs.claim(session, app.config["KBLOG"].instance, "two", moment + jobs.SILENT / 2) is None
    jobs.note(session, claimed.id, "one", moment + jobs.SILENT / 2)
    assert jobs.claim(session, app.config["KBLOG"].instance, "two", moment + jobs.SILENT) is None
    assert jobs.claim(session, app.config["KBLOG"].instance, "two", moment + jobs.SILENT * 2) is not None
    with pytest.raises(jobs.Lost):
        jobs.note(session, claimed.id, "one", moment)
    for times in range(3, 9):
        jobs.claim(session, app.config["KBLOG"].instance, "again", moment + jobs.SILENT * 2 * times)
    assert (claimed.state, claimed.trouble) == ("failed", jobs.GAVE_UP), "it is not begun again and again for ever"


def test_an_import_waits_for_that_of_the_command_line_and_can_be_stopped_meanwhile(app: Flask, author: Browser):
    url = sent(author)
    work(app)
    press(author, author.get(url), "Import")
    with (folder(app).parent / "import.lock").open("w") as lock, at_the_first_batch(app, "is_unwanted = true", 0):
        fcntl.flock(lock, fcntl.LOCK_EX)
        work(app)
    assert "Stopped. Nothing was written." in author.get(url).words
    assert not read(sa.select(Review.id))


@pytest.mark.server
def test_a_server_that_is_killed_in_the_middle_goes_on_where_it_was(app: Flask, author: Browser, tmp_path: Path):
    write_backup(tmp_path / "larger.xml", reviews=110, comments=60, words=40)
    url = sent(author, (tmp_path / "larger.xml").read_bytes())
    site = Site(app.config["KBLOG"].instance, **engines.settings(app.config["KBLOG"].instance))
    try:
        until("state = 'ready'", app)
        found = job().found["counts"]
        press(author, author.get(url), "Import")
        until("done > 0", app)
        site.kill()
        there = len(read(sa.select(Review.id)))
        assert 0 < there < 110
        db.session.execute(sa.update(ImportJob).values(beat_at=now() - jobs.SILENT * 2))  # half a minute later
        db.session.commit()
        site.start()
        until("state NOT IN ('looking', 'running')", app)
    finally:
        site.stop()
    assert (job().state, job().trouble, left(app)) == ("done", "", [])
    zero_less = {name: number for name, number in job().numbers.items() if number}
    assert zero_less == {name: number for name, number in found.items() if number}
    assert (len(read(sa.select(Review.id))), len(read(sa.select(Comment.id)))) == (110, 60)


def until(what: str, app: Flask) -> None:
    """Wait until something holds for the import; what holds up the server is its log's to say."""
    deadline = time.monotonic() + 120
    while not read(sa.select(ImportJob.id).where(sa.text(what))):
        assert time.monotonic() < deadline, read(sa.select(ImportJob.state))
        time.sleep(0.02)


def test_a_file_that_is_not_wanted_after_all_goes_at_once(app: Flask, author: Browser):
    url = sent(author)
    page = press(author, author.get(url), "Stop")
    assert "Stopped. Nothing was written." in page.words
    assert left(app) == []
    assert not starting.waits(app)


def test_a_file_that_nobody_decides_about_for_a_day_is_removed(app: Flask, author: Browser):
    url = sent(author)
    work(app)
    assert not starting.waits(app)
    (folder(app) / "export-of-nobody").mkdir()
    for old in folder(app).iterdir():
        os.utime(old, (time.time() - 2 * 86400,) * 2)
    assert starting.waits(app)
    work(app)
    assert jobs.LEFT in author.get(url).words
    assert left(app) == []


# Refused


def a_bomb() -> bytes:
    return zip_of("Blogger/Blogs/x/feed.atom", b"<feed>" + b" " * 50_000_000)


def zip_of(name: str, content: bytes = BACKUP) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return packed.getvalue()


HOSTILE = {
    "nothing at all": (lambda: b"", "backup.xml is empty"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(100), "backup.xml is a picture"),
    "a letter": (lambda: b"Dear diary,", "neither XML nor a zip file"),
    "a web page": (lambda: b"<html><body>Hi</body></html>", "is a web page"),
    "cut before its first entry": (lambda: BACKUP[:150], "damaged"),
    "entities": (lambda: b"<!DOCTYPE feed [<!ENTITY a 'b'>]><feed>&a;</feed>", "declares a document type"),
    "a zip cut short": (lambda: zip_of("feed.atom")[:-30], "backup.xml"),
    "a zip that climbs": (lambda: zip_of("../../etc/cron.d/feed.atom"), "a file with an unsafe name"),
    "a bomb": (a_bomb, "unpacks to more than 100 times its size"),
    "a zip without an export": (lambda: zip_of("holiday.txt"), "holds no export"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_export_is_refused_in_a_sentence_and_nothing_stays(app: Flask, author: Browser, name: str):
    make, words = HOSTILE[name]
    before = state()
    page = send(author, make())
    assert page.status == 422
    (said,) = page.texts("//p[@id='file-error']")
    assert words in said
    assert said.endswith(".")
    assert state() == before
    assert left(app) == []


def test_what_shows_only_later_that_it_is_none_fails_in_a_sentence(app: Flask, author: Browser):
    """Comments alone: what somebody wrote on other people's blogs."""
    entries = re.findall(rb"<entry>.*?</entry>", BACKUP, re.DOTALL)
    comments = b"".join(entry for entry in entries if b"kind#comment" in entry)
    url = sent(author, BACKUP[: BACKUP.index(b"<entry>")] + comments + b"</feed>")
    before = everything()
    work(app)
    (said,) = author.get(url).texts("//*[@role='alert']")
    assert "holds comments only" in said
    assert (everything(), left(app)) == (before, [])


@pytest.mark.parametrize(
    ("name", "base_url", "words"),
    [("", "", "Choose the file"), ("backup.xml", "salt notes", "Give the old blog's address")],
)
def test_a_form_that_says_too_little_says_what_is_missing(
    app: Flask, author: Browser, name: str, base_url: str, words: str
):
    page = send(author, BACKUP if name else b"", name, base_url=base_url)
    assert (page.status, left(app)) == (422, [])
    assert words in " ".join(page.texts("//p[@class='error']"))


def test_a_file_that_is_too_large_is_refused_unread(app: Flask, author: Browser):
    token = dict(author.get("/studio/").fields("//header//form"))["csrf_token"]
    for length, status in ((250 * 1024**2, 413), (MAX_FILE + 65_537, 413)):
        headers = OWN | {"Content-Type": "multipart/form-data; boundary=x", "X-CSRFToken": token}
        given = {"environ_overrides": {"CONTENT_LENGTH": str(length), "wsgi.input": Unread()}}
        page = Page(author, author.ask("/studio/import/", "POST", headers=headers, **given), "/studio/import/")
        assert page.status == status
        assert "larger than 200 MB, the most that is taken in" in page.words
    assert left(app) == []


class Unread:
    """A body that nobody may read."""

    def read(self, _size: int = -1) -> bytes:
        raise AssertionError("it was read")


def test_a_stranger_sends_no_file(app: Flask, reader: Browser):
    with_author(app)
    for length in (5_000_000, 100_000_000):
        headers = OWN | {"Content-Type": "multipart/form-data; boundary=x"}
        given = {"environ_overrides": {"CONTENT_LENGTH": str(length), "wsgi.input": Unread()}}
        assert reader.ask("/studio/import/", "POST", headers=headers, **given).status_code == 401
    assert left(app) == []


def test_a_file_of_which_a_part_arrives_is_none(app: Flask, author: Browser):
    token = dict(author.get("/studio/").fields("//header//form"))["csrf_token"]
    body = f'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n'.encode()
    body += b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.xml"\r\n\r\n' + BACKUP
    headers = OWN | {"Content-Type": "multipart/form-data; boundary=x"}
    for ending in ("wsgi.input_terminated", "nothing.of.the.kind"):  # granian says so of every body
        given = {"CONTENT_LENGTH": "20000000", "wsgi.input": io.BytesIO(body), ending: True}
        answer = author.ask("/studio/import/", "POST", headers=headers, environ_overrides=given)
        assert answer.status_code == 400
    assert left(app) == []
    assert read(sa.select(ImportJob.id)) == []


def test_what_was_sent_in_is_at_no_address(app: Flask, author: Browser, reader: Browser):
    sent(author, name="../../../static/page.xml")
    (path,) = (each for each in left(app) if each.is_file())
    assert path.parent.parent == folder(app)
    for url in (f"/imports/{path.parent.name}/page.xml", "/static/page.xml", "/page.xml"):
        assert reader.ask(url).status_code == 404


# On a terminal


def test_a_terminal_shows_how_far_an_import_is(app: Flask):
    """What is piped gets the report alone: the other tests of the command see no bar."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "flask", "--app", "app", "transfer", "import", str(EXPORTS / "backup.xml")]
    environ = {**os.environ, "KBLOG_INSTANCE": str(app.config["KBLOG"].instance)}
    done = subprocess.run(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=theirs, check=True)
    os.close(theirs)
    shown = os.read(ours, 100_000).decode()
    os.close(ours)
    assert "Importing" in shown
    assert "100%" in shown
    assert "3  reviews" in done.stdout.decode()
    assert "%" not in done.stdout.decode()
