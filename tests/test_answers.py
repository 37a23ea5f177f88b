"""What every answer carries, what a refusal says, and what a GET and the database promise."""

import concurrent.futures
import contextlib
import pathlib
import re
import threading
import time

import pytest
import sqlalchemy as sa
from flask import Flask, abort

from kblog.cache.of_sqlite import LOOKED_AFTER
from kblog.db import db, now
from kblog.headers import HEADERS, POLICY
from kblog.models import ContentVersion, ImportedEntry, Redirect, Review, Setting, Term
from kblog.models.site import mark_visible_change
from kblog.sqlite import PRAGMAS
from kblog.transactions import reading

from . import engines
from .browser import HTMX, Browser, Page, check
from .builders import comments, stored
from .commenting import filled
from .conftest import close, make_app

READABLE = (
    "/",
    "/reviews/",
    "/reviews/salt-road/",
    "/reviews/salt-road/comments",
    "/reviews/salt-road/cover.svg",
    "/genres/",
    "/people/ma-tae-sik/",
    "/archive/",
    "/pages/about/",
    "/feeds/reviews.atom",
    "/feeds/comments.atom",
    "/sitemap.xml",
    "/robots.txt",
)


def answered(browser: Browser, url: str, method: str = "GET", **given):
    return browser.ask(url, method, **given)


def broken(app: Flask) -> None:
    """Take the tables away under a running site."""
    db.session.remove()
    with db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE review RENAME TO review_gone")
        connection.exec_driver_sql("ALTER TABLE setting RENAME TO setting_gone")


# Headers


@pytest.fixture
def crossroads(sample_app: Flask) -> Browser:
    """The samples, one of them taken back, one moved, and a route that breaks."""
    sample_app.add_url_rule("/breaks", view_func=lambda: 1 / 0)
    moved, withdrawn = db.session.scalars(sa.select(Review).order_by(Review.id).limit(2)).all()
    db.session.add(Redirect(path="/reviews/old-name/", review_id=moved.id))
    withdrawn.withdrawn_at, withdrawn.slug = now(), "taken-back"
    db.session.commit()
    return Browser(sample_app)


STATUSES = [
    (200, "GET", "/", {}),
    (200, "HEAD", "/", {}),
    (200, "OPTIONS", "/", {}),
    (200, "GET", "/static/kblog.css", {}),
    (301, "GET", "/reviews/old-name/", {}),
    (301, "GET", "/?m=1", {}),
    (302, "GET", "/comments/20/", {}),
    (308, "GET", "/reviews", {}),
    (400, "GET", "/", {"headers": {"Host": "evil.example"}}),
    (404, "GET", "/nowhere", {}),
    (404, "GET", "/reviews/nothing/", {}),
    (404, "GET", "/static/nothing.css", {}),
    (405, "POST", "/", {}),
    (405, "DELETE", "/reviews/", {}),
    (410, "GET", "/reviews/taken-back/", {}),
    (500, "GET", "/breaks", {}),
]


def test_every_answer_is_protected(crossroads: Browser):
    for status, method, url, given in STATUSES:
        response = answered(crossroads, url, method, **given)
        assert response.status_code == status, url
        assert HEADERS.items() <= dict(response.headers).items()
        assert "Set-Cookie" not in response.headers
        assert "Traceback" not in response.text
        assert "ZeroDivisionError" not in response.text
        response.close()


def test_a_304_is_protected_too(samples: Browser):
    etag = answered(samples, "/").headers["ETag"]
    unchanged = answered(samples, "/", headers={"If-None-Match": etag})
    assert unchanged.status_code == 304
    assert not unchanged.data
    assert HEADERS.items() <= dict(unchanged.headers).items()


def test_the_policy_allows_no_script_of_anybody_else():
    rules = {name: values for name, *values in (rule.split() for rule in POLICY.split("; "))}
    assert rules["default-src"] == ["'none'"]
    assert rules["frame-ancestors"] == rules["base-uri"] == ["'none'"]
    assert {source for values in rules.values() for source in values} == {"'self'", "'none'"}


# Refusals


def test_a_refusal_comes_as_a_page_and_as_a_fragment(crossroads: Browser):
    refusals = ((404, "/nowhere"), (404, "/reviews/nothing/"), (410, "/reviews/taken-back/"), (500, "/breaks"))
    for status, url in refusals:
        page = Page(crossroads, answered(crossroads, url), url)
        fragment = Page(crossroads, answered(crossroads, url, headers=HTMX), url)
        for answer in (page, fragment):
            assert answer.status == status
            assert answer.response.headers["Vary"] == "HX-Request-Type"
            check(answer)
        assert page.response.headers["Cache-Control"] == "no-store"
        assert "<html" in page.text
        assert "<html" not in fragment.text
        assert fragment.texts("//p")[0].partition(".")[0] in page.words
        assert str(status) in page.words
        assert len(page.all("//article[@class='card']")) == (3 if status in (404, 410) else 0)
        assert page.follow("The newest reviews").status == 200


def test_a_strange_host_name_is_refused_on_a_plain_page(samples: Browser):
    for host in ("evil.example", "evil.example:8000", "localhost.evil.example", "127.0.0.1.nip.io"):
        for url in ("/", "/?m=1", "/?q=salt", "/reviews/", "/nowhere", "/static/kblog.css", "/healthz"):
            page = Page(samples, answered(samples, url, headers={"Host": host}), url)
            assert page.status == 400
            check(page)
            assert "KBLOG_TRUSTED_HOSTS" in page.words
            assert "evil" not in page.text
            assert "Location" not in page.response.headers


def test_the_loopback_names_are_trusted_and_nonsense_breaks_nothing(samples: Browser):
    for host in ("localhost", "localhost:8000", "127.0.0.1", "127.0.0.1:9"):
        assert answered(samples, "/", headers={"Host": host}).status_code == 200
    for host in ("", "a b", "<script>", "localhost/x", "localhost@evil.example", "é", "x" * 3000):
        response = answered(samples, "/", environ_overrides={"HTTP_HOST": host})
        assert response.status_code == 400
        assert "<script>" not in response.text


def test_without_its_tables_the_site_says_so_plainly(samples: Browser):
    broken(samples.app)
    for url in ("/", "/reviews/", "/reviews/salt-road/", "/feeds/reviews.atom", "/nowhere"):
        page = Page(samples, answered(samples, url), url)
        assert page.status == 500
        check(page)
        assert "OperationalError" not in page.text
        assert "Something broke on our side." in page.words
    fragment = Page(samples, answered(samples, "/reviews/", headers=HTMX), "/reviews/")
    assert fragment.status == 500
    check(fragment)
    assert fragment.texts("//p") == ["Something broke on our side. Go back and try again in a minute."]


@pytest.mark.of_sqlite
def test_without_its_database_file_the_site_says_so_plainly(sample_instance: pathlib.Path, tmp_path: pathlib.Path):
    folder = tmp_path / "lost"
    folder.mkdir()
    (folder / "kblog.db").write_bytes((sample_instance / "kblog.db").read_bytes())
    app = make_app(folder)
    with app.app_context():
        browser = Browser(app)
        assert browser.get("/").status == 200
        close(app)
        (folder / "kblog.db").rename(folder / "elsewhere.db")
        time.sleep(LOOKED_AFTER)
        for url in ("/", "/reviews/salt-road/", "/healthz", "/p/x.html"):
            page = Page(browser, answered(browser, url), url)
            assert page.status == 503
            assert "The site cannot read that just now." in page.words
            check(page)
        close(app)
        (folder / "kblog.db").write_bytes(b"this is no database at all" * 100)
        assert answered(browser, "/").status_code == 503
        close(app)


def test_while_every_connection_is_taken_a_page_says_so_and_a_form_comes_back(app: Flask, monkeypatch):
    stored(slug="salt-road")
    words = "Words I would miss."
    browser, pool = Browser(app), db.engine.pool
    sent = filled(browser, "/reviews/salt-road/comments", body=words)
    db.session.remove()
    monkeypatch.setattr(pool, "_timeout", 0.01)  # seconds; there is no other way to set it once it is made
    with contextlib.ExitStack() as taken:
        for _ in range(pool.size() + pool._max_overflow):
            taken.enter_context(db.engine.connect())
        page = browser.get("/archive/", status=503)
        assert "The site is busy." in page.words
        assert page.response.headers["Retry-After"] == "60"
        back = browser.post("/reviews/salt-road/comments", sent, status=503)
        assert words in back.text
    assert browser.post("/reviews/salt-road/comments", sent).status == 303


def test_a_site_that_was_broken_recovers_by_itself(samples: Browser):
    broken(samples.app)
    assert answered(samples, "/").status_code == 500
    with db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE review_gone RENAME TO review")
        connection.exec_driver_sql("ALTER TABLE setting_gone RENAME TO setting")
    assert samples.get("/").status == 200


def test_a_page_takes_nothing_in(samples: Browser):
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        for url in READABLE:
            if method == "POST" and url.endswith("/comments"):
                continue  # where comments are posted
            response = answered(samples, url, method)
            assert response.status_code == 405
            assert {"GET", "HEAD"} <= {each.strip() for each in response.headers["Allow"].split(",")}


LARGE = ["9" * 19, "9223372036854775807", "9223372036854775808", "9" * 30, "9" * 5000, "-1", "0", "٣", "1e3", "%00"]


def test_a_number_beyond_every_column_breaks_nothing(samples: Browser):
    paths = "/comments/{}/ /archive/{}/ /archive/2026/{}/ /feeds/{}/comments/default /{}/ /{}/01/"
    pages = "/reviews/?page={} /reviews/salt-road/comments?page={} /people/ma-tae-sik/?page={} /pages/about/?page={}"
    for place in f"{paths} {pages}".split():
        for number in LARGE:
            assert samples.get(place.format(number), status=None).status in (200, 301, 302, 308, 404)


HOSTILE = [
    "%00",
    "%ff%fe",
    "..%2f..%2fetc%2fpasswd",
    "%0d%0aSet-Cookie:x=1",
    "a" * 5000,
    "';--",
    "{{7*7}}",
    "%ED%A0%80",
]


def test_a_hostile_name_breaks_nothing(samples: Browser):
    places = "/{} /reviews/{}/ /reviews/{}/comments /pages/{}/ /genres/{}/ /people/{}/ /feeds/genre/{}.atom /static/{}"
    for name in HOSTILE:
        for place in places.split():
            assert samples.get(place.format(name), status=None).status in (301, 302, 308, 404)
        for query in ("page", "sort", "v", "m"):
            assert samples.get(f"/reviews/salt-road/comments?{query}={name}").status == 200


# Asking again


def test_who_has_a_page_already_is_told_so(samples: Browser):
    for url in READABLE:
        first, second = answered(samples, url), answered(samples, url)
        etag = first.headers["ETag"]
        assert re.fullmatch(r'"[^"]+"', etag), "a strong one"
        assert first.data == second.data
        assert etag == second.headers["ETag"]
        for asked, status in ((etag, 304), (f'"other", {etag}', 304), ('"other"', 200)):
            assert answered(samples, url, headers={"If-None-Match": asked}).status_code == status


def test_page_and_fragment_are_told_apart_by_every_cache(samples: Browser):
    for url in ("/reviews/", "/reviews/salt-road/comments"):
        page, fragment = answered(samples, url), answered(samples, url, headers=HTMX)
        assert page.headers["ETag"] != fragment.headers["ETag"]
        for answer, headers in ((page, {}), (fragment, HTMX)):
            assert "HX-Request-Type" in answer.headers["Vary"]
            again = answered(samples, url, headers=headers | {"If-None-Match": answer.headers["ETag"]})
            assert again.status_code == 304
            assert "HX-Request-Type" in again.headers["Vary"]
        assert fragment.headers["Cache-Control"] == "private, no-cache"
        crossed = answered(samples, url, headers=HTMX | {"If-None-Match": page.headers["ETag"]})
        assert crossed.status_code == 200


def test_head_answers_as_get_does_without_the_body(samples: Browser):
    for url in READABLE:
        got, head = answered(samples, url), answered(samples, url, "HEAD")
        assert not head.data
        for name in ("Content-Length", "ETag", "Content-Type", "Cache-Control"):
            assert head.headers.get(name) == got.headers.get(name)


def test_only_a_partial_request_gets_a_fragment(samples: Browser):
    for kind in ("full", "", "PARTIAL", "partial, full"):
        response = answered(samples, "/reviews/", headers={"HX-Request": "true", "HX-Request-Type": kind})
        assert "<html" in response.text


def test_a_change_gives_the_page_a_new_etag(reader: Browser):
    review = stored()
    before = answered(reader, "/reviews/paper-boats/").headers["ETag"]
    review.description = "Other words."
    db.session.commit()
    changed = answered(reader, "/reviews/paper-boats/", headers={"If-None-Match": before})
    assert changed.status_code == 200
    assert "Other words." in changed.text


# Reading writes nothing


def test_a_get_cannot_write(reader: Browser):
    def write():
        db.session.add(Setting(name="name", value="written by a GET"))
        db.session.commit()
        return "written"

    reader.app.add_url_rule("/writes", view_func=write, methods=["GET", "POST"])
    for method in ("GET", "HEAD"):
        assert answered(reader, "/writes", method).status_code == 500
        assert db.session.get(Setting, "name") is None
        db.session.rollback()
    assert reader.post("/writes", status=200).response.data == b"written"
    assert answered(reader, "/").status_code == 200


def test_a_get_cannot_write_past_the_session_either(reader: Browser):
    def write():
        db.session.execute(sa.text("DELETE FROM content_version"))
        return "deleted"

    reader.app.add_url_rule("/deletes", view_func=write)
    assert answered(reader, "/deletes").status_code == 500
    assert db.session.scalar(sa.select(ContentVersion.version)) is not None


def test_a_get_that_ended_leaves_a_connection_that_writes(app: Flask):
    token = reading.set(True)
    db.session.execute(sa.select(Setting)).all()
    db.session.rollback()
    reading.reset(token)
    db.session.add(Setting(name="name", value="Written"))
    db.session.commit()
    assert db.session.get(Setting, "name") is not None


def test_an_error_in_a_get_does_not_leave_the_process_reading(reader: Browser):
    reader.app.add_url_rule("/aborts", view_func=lambda: abort(404))
    answered(reader, "/aborts")
    assert not reading.get()


@pytest.mark.of_sqlite
def test_reading_every_kind_of_page_leaves_the_file_as_it_was(samples: Browser):
    def written() -> list[tuple]:
        with db.engine.connect() as connection:
            dump = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
            return [(name, *connection.exec_driver_sql(f'SELECT count(*) FROM "{name}"').one()) for name in dump]

    before = written()
    for url in READABLE:
        answered(samples, url)
    assert written() == before


# The database


@pytest.mark.of_sqlite
def test_every_connection_has_the_settings_that_were_asked_for(app: Flask, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(engines, "HURRIES", False)
    db.engine.dispose()
    asked = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 15000, "temp_store": 2}
    assert asked.items() <= PRAGMAS.items()
    token = reading.set(True)  # readers do not wait for each other
    connections = [db.engine.connect() for _ in range(4)]
    for connection in connections:
        for name, value in PRAGMAS.items():
            assert connection.exec_driver_sql(f"PRAGMA {name}").scalar() == value, name
        assert connection.exec_driver_sql("PRAGMA query_only").scalar() == 1
        connection.close()
    reading.reset(token)
    with db.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA query_only").scalar() == 0


def test_a_row_that_points_nowhere_is_refused(app: Flask):
    db.session.add(Redirect(path="/2020/01/x.html", review_id=12345))
    with pytest.raises(sa.exc.IntegrityError):
        db.session.commit()


def test_writers_wait_for_each_other(app: Flask):
    """Four threads read and then write in one transaction: the order in which SQLite likes to give up."""
    writers, rounds = 4, 15
    start = threading.Barrier(writers)

    def write(number: int) -> int:
        start.wait()
        with app.app_context():
            for turn in range(rounds):
                db.session.execute(sa.select(Setting)).all()
                db.session.add(Setting(name=f"{number}-{turn}", value="x"))
                db.session.commit()
                with db.session.begin_nested():
                    db.session.add(Term(facet="hashtag", slug=f"{number}-{turn}", name="x"))
                db.session.commit()
            db.session.remove()
        return rounds

    before = db.session.scalar(sa.select(ContentVersion.version))
    db.session.rollback()
    with concurrent.futures.ThreadPoolExecutor(writers) as pool:
        assert sum(pool.map(write, range(writers))) == writers * rounds
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Setting)) == writers * rounds
    assert db.session.scalar(sa.select(ContentVersion.version)) >= before + 2 * writers * rounds


def test_readers_are_answered_while_somebody_writes(samples: Browser):
    db.session.add(Setting(name="name", value="Not yet"))
    db.session.flush()  # holds the write lock
    page = samples.get("/")
    assert "Not yet" not in page.title
    db.session.commit()
    assert "Not yet" in samples.get("/").title


# The content version


def version() -> int:
    found = db.session.scalar(sa.select(ContentVersion.version))
    db.session.rollback()
    return found


def change_a_review():
    db.session.scalars(sa.select(Review)).first().description = "Other words."


def remove_a_review():
    db.session.delete(db.session.scalars(sa.select(Review)).first())


def add_a_setting():
    db.session.add(Setting(name="name", value="New name"))


def name_a_term():
    db.session.scalars(sa.select(Term)).first().name = "Renamed"


def write_past_the_session():
    db.session.execute(sa.update(Review).values(featured=True))
    mark_visible_change(db.session())


def change_then_undo_a_part():
    """A failed part of a transaction does not make the rest of it invisible."""
    add_a_setting()
    db.session.flush()
    with pytest.raises(sa.exc.IntegrityError), db.session.begin_nested():
        db.session.add(Redirect(path="/2020/01/x.html", review_id=12345))


@pytest.mark.parametrize(
    "change",
    [
        change_a_review,
        remove_a_review,
        add_a_setting,
        name_a_term,
        write_past_the_session,
        change_then_undo_a_part,
    ],
)
def test_what_readers_see_raises_the_version(sample_app: Flask, change):
    before = version()
    change()
    db.session.commit()
    assert version() > before


def nothing():
    pass


def read_only():
    assert db.session.scalars(sa.select(Review)).all()


def assign_the_same():
    review = db.session.scalars(sa.select(Review)).first()
    review.slug = str(review.slug)


def keep_a_raw_entry():
    db.session.add(ImportedEntry(source_ref="x:1", outcome="skipped", raw="", imported_at=now()))


def change_and_roll_back():
    change_a_review()
    db.session.flush()
    db.session.rollback()


def mark_and_roll_back():
    mark_visible_change(db.session())
    db.session.execute(sa.update(Review).values(featured=True))
    db.session.rollback()


@pytest.mark.parametrize(
    "change",
    [nothing, read_only, assign_the_same, keep_a_raw_entry, change_and_roll_back, mark_and_roll_back],
)
def test_what_nobody_sees_does_not_raise_the_version(sample_app: Flask, change):
    before = version()
    change()
    db.session.commit()
    assert version() == before


def test_a_stored_review_raises_the_version_in_its_own_transaction(app: Flask):
    before = version()
    stored(comments=comments(3))
    after = version()
    assert after > before
    assert version() == after
