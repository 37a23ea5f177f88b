"""Several machines share their pictures: in a folder, or in a bucket of a store that may be silent, or killed."""

import hashlib
import logging
import pathlib
import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask

from kblog import background, depot
from kblog import backup as backups
from kblog.backup import manifest
from kblog.cli.serve import warn
from kblog.db import db, now
from kblog.depot import Depot, OutOfReach, Place
from kblog.media import variants
from kblog.models import LinkPicture, Media
from kblog.reviews.link_pictures.job import NAME as DRAWING
from kblog.sharing import Bucket, Shared

from .browser import Browser
from .builders import stored
from .conftest import close, logged_in, make_app, read, running
from .storing import SECRET as KEPT_SECRET
from .storing import Gate, Server
from .test_bring_pictures import picture
from .test_size_pictures import came, choice, grainy, version
from .test_upload_media import SHELF, came_in, upload

SECRET = "one key for all machines of the site"


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A store that runs as long as the tests do."""
    with Server(tmp_path_factory.mktemp("store")) as server:
        yield server


@pytest.fixture(params=["a folder", "a bucket"])
def place(request: pytest.FixtureRequest, tmp_path: pathlib.Path) -> Place:
    """Where the pictures lie, with nothing in it yet."""
    if request.param == "a folder":
        (tmp_path / "shared").mkdir()
        return Shared(tmp_path / "shared")
    return request.getfixturevalue("store").bucket(tmp_path.name)


@pytest.fixture
def files(place: Place) -> Depot:
    return depot.of(place)


@pytest.fixture
def app(empty_instance: pathlib.Path, tmp_path: pathlib.Path, place: Place) -> Iterator[Flask]:
    """The first machine."""
    yield from running(empty_instance, tmp_path / "one", media_at=place, secret_key=SECRET)


@pytest.fixture
def other(app: Flask, tmp_path: pathlib.Path, place: Place) -> Iterator[Flask]:
    """Another machine, on the same database."""
    url = db.engine.url.render_as_string(hide_password=False)
    app = make_app(tmp_path / "two", database_url=url, media_at=place, secret_key=SECRET)
    yield app
    with app.app_context():
        close(app)


def put(files: Depot, name: str, given: bytes) -> None:
    with files.coming() as file:
        file.write(given)
        files.keep(file, name)


def done(app: Flask, job: str) -> None:
    """Let one machine do what waits."""
    with app.app_context():
        db.session.rollback()
        while background.of(app).do(job):
            pass


# What a depot promises


def test_what_is_kept_is_there_whole_and_what_is_not_is_nowhere(files: Depot):
    given = random.Random(3).randbytes(3_000_000)
    put(files, "variants/한국 1.png", given)
    put(files, "a.jpg", b"first")
    put(files, "a.jpg", b"second")
    with files.coming() as file:
        file.write(b"never kept")
    assert {name: file.size for name, file in files.lying().items()} == {"a.jpg": 6, "variants/한국 1.png": len(given)}
    assert files.read("variants/한국 1.png") == given
    assert files.read("a.jpg") == b"second"
    assert files.missing(["a.jpg", "b.jpg", "variants/a.jpg"]) == {"b.jpg", "variants/a.jpg"}
    assert abs(files.lying()["a.jpg"].since - time.time()) < 600
    assert not files.halves()
    for ask in (files.read, files.lent):
        with pytest.raises(FileNotFoundError):
            ask("b.jpg")


def test_what_came_in_since_is_not_taken_away(files: Depot):
    put(files, "a.jpg", b"a picture")
    assert not files.take_away("a.jpg", time.time() - 600)
    assert not files.take_away("b.jpg", time.time() + 600)
    assert files.lying()
    assert files.take_away("a.jpg", time.time() + 600)
    assert not files.lying()
    assert not files.take_away("a.jpg", time.time() + 600)


def test_many_are_asked_after_as_few_are(files: Depot):
    put(files, "a.jpg", b"a picture")
    names = [f"{number}.jpg" for number in range(250)]
    assert files.missing([*names, "a.jpg"]) == set(names)


# Two machines


def test_a_picture_of_one_machine_is_shown_by_the_other_at_once(app: Flask, other: Flask, files: Depot):
    row = came_in(logged_in(app), picture(size=(400, 300)))
    stored(body=f"![Boats]({row.address})")
    held = files.read(row.file_name)
    for machine in (app, other):
        with Browser(machine).ask(row.address) as answer:
            assert answer.data == held
            assert (answer.mimetype, answer.content_length) == ("image/jpeg", len(held))
            assert "immutable" in answer.headers["Cache-Control"]
            etag = answer.headers["ETag"]
        with Browser(machine).ask(row.address, headers={"If-None-Match": etag}) as answer:
            assert (answer.status_code, answer.data, answer.headers["ETag"]) == (304, b"", etag)
            assert "immutable" in answer.headers["Cache-Control"]
        with Browser(machine).ask(row.address, headers={"Range": "bytes=10-19"}) as answer:
            assert (answer.status_code, answer.data) == (206, held[10:20])
    assert not (app.config["KBLOG"].instance / "media").exists()


def test_the_picture_of_a_draft_is_nobody_elses_on_any_machine(app: Flask, other: Flask):
    row = came_in(logged_in(app), picture())
    stored(published_at=None, body=f"![Boats]({row.address})")
    for machine in (app, other):
        with Browser(machine).ask(row.address) as answer:
            assert answer.status_code == 404


def test_one_machine_makes_the_smaller_versions_of_what_came_to_another(app: Flask, other: Flask, files: Depot):
    kept = came(app, grainy(size=(400, 300)))
    stored(body=f"![The sea](/media/{kept.file_name})")
    done(other, variants.JOB)
    source = choice(Browser(app).get("/reviews/paper-boats/").one("//picture//img").get("srcset"))[320]
    name = f"variants/{source.rpartition('/')[2]}"
    with Browser(app).ask(source) as answer:
        assert answer.data == files.read(name)
    assert files.take_away(name, time.time() + 600)
    with Browser(other).ask(source) as answer:
        assert answer.data == files.read(kept.file_name), "until it is made anew the picture itself is sent"
        assert answer.headers["Cache-Control"] == "no-store"
    done(app, f"{variants.JOB}, looked over")
    done(app, variants.JOB)
    assert not files.missing([name])


def test_the_picture_that_a_link_shows_is_drawn_by_one_and_taken_for_lost_by_none(app: Flask, other: Flask):
    stored()
    done(app, DRAWING)
    (drawn,) = read(sa.select(LinkPicture.hash))
    assert drawn
    before = version()
    done(other, DRAWING)
    assert (version(), read(sa.select(LinkPicture.hash))) == (before, [drawn]), "it was drawn once more"
    for machine in (app, other):
        with Browser(machine).ask(f"/media/links/{drawn}.png") as answer:
            assert hashlib.sha256(answer.data).hexdigest() == drawn


def test_what_was_removed_a_month_ago_goes(app: Flask, files: Depot, monkeypatch: pytest.MonkeyPatch):
    author = logged_in(app)
    row, kept = came_in(author, picture()), came_in(author, picture(colour="red"))
    done(app, variants.JOB)
    monkeypatch.setattr("kblog.media.tidying.LEFT_BEHIND", -600)  # a store says by its own clock when something came
    monkeypatch.setattr("kblog.media.tidying.KEPT", -variants.SILENT)
    db.session.execute(sa.update(Media).where(Media.id == row.id).values(removed_at=now()))
    db.session.commit()
    put(files, f"{'0' * 64}.jpg", b"nobody's")
    put(files, "notes.txt", b"somebody's")
    result = app.test_cli_runner().invoke(args=["media", "tidy"])
    assert "2 files taken away." in result.output
    assert {name for name in files.lying() if "/" not in name} == {kept.file_name, "notes.txt"}


def test_an_export_has_the_pictures_and_brings_them_back(app: Flask, tmp_path: pathlib.Path, place: Place):
    kept = came(app, grainy(size=(400, 300)))
    stored(body=f"![The sea](/media/{kept.file_name})")
    done(app, variants.JOB)
    path = tmp_path / "site.zip"
    run = app.test_cli_runner().invoke
    db.session.rollback()
    assert "1 media file" in run(args=["transfer", "export", str(path)]).output
    result = run(args=["transfer", "verify", str(path)])
    assert result.exit_code == 0, result.output
    if isinstance(place, Bucket):
        second: Place = place.under("second")
    else:
        (tmp_path / "second").mkdir()
        second = Shared(tmp_path / "second")
    there = make_app(tmp_path / "there", media_at=second)
    with there.app_context():
        result = there.test_cli_runner().invoke(args=["transfer", "import", str(path)])
        assert result.exit_code == 0, result.output
        close(there)
    assert depot.of(second).read(kept.file_name) == depot.of(app.config["KBLOG"].media).read(kept.file_name)


# Backups


@pytest.mark.of_sqlite
def test_a_backup_of_a_site_with_a_bucket_says_that_the_pictures_are_not_in_it(app: Flask, place: Place):
    kept = came(app, grainy(size=(400, 300)))
    db.session.remove()
    said = app.test_cli_runner().invoke(args=["backup", "create"]).output
    (made,) = backups.kept(backups.Places.of(app.config["KBLOG"]).folder)
    told = manifest.read(made.path)
    if isinstance(place, Bucket):
        assert f"The pictures are not in it: they lie in {place.address}." in said
        assert (told.media, told.media_at) == ({}, place.address)
        assert place.secret not in (made.path / manifest.NAME).read_text(encoding="utf-8")
    else:
        assert "1 media file." in said
        assert (set(told.media), told.media_at) == ({kept.file_name}, "")
    assert app.test_cli_runner().invoke(args=["backup", "verify"]).exit_code == 0
    result = app.test_cli_runner().invoke(args=["backup", "restore", "--yes"])
    assert result.exit_code == 0, result.output
    assert not depot.of(place).missing([kept.file_name]), "nothing is taken away that no backup has"


@pytest.mark.of_sqlite
def test_a_backup_with_pictures_is_put_back_into_a_bucket(empty_instance: pathlib.Path, tmp_path: pathlib.Path, store):
    for before in running(empty_instance, tmp_path / "before"):
        kept = came(before, grainy(size=(400, 300)))
        db.session.remove()
        assert before.test_cli_runner().invoke(args=["backup", "create"]).exit_code == 0
    bucket = store.bucket(tmp_path.name)
    put(depot.of(bucket), f"{'0' * 64}.jpg", b"of another time")
    there = make_app(tmp_path / "there", media_at=bucket)
    with there.app_context():
        (made,) = backups.kept(tmp_path / "before/backups")
        result = there.test_cli_runner().invoke(args=["backup", "restore", str(made.path)])
        assert result.exit_code == 0, result.output
        close(there)
    assert set(depot.of(bucket).lying()) == {kept.file_name, f"{'0' * 64}.jpg"}


@pytest.mark.parametrize("place", ["a folder"], indirect=True)
@pytest.mark.of_sqlite
def test_without_the_folder_no_backup_is_made_and_none_put_back(app: Flask, tmp_path: pathlib.Path, place: Shared):
    came(app, grainy(size=(400, 300)))
    db.session.remove()
    assert app.test_cli_runner().invoke(args=["backup", "create"]).exit_code == 0
    place.folder.rename(tmp_path / "away")
    for arguments in (["create"], ["restore", "--yes"]):
        result = app.test_cli_runner().invoke(args=["backup", *arguments])
        assert result.exit_code == 1
        assert "the folder of the pictures is not there." in result.output
    assert not place.folder.exists()


@pytest.mark.parametrize("place", ["a folder"], indirect=True)
def test_a_folder_that_is_not_mounted_is_no_empty_one(app: Flask, tmp_path: pathlib.Path, place: Shared):
    row = came_in(logged_in(app), picture())
    stored(body=f"![Boats]({row.address})")
    place.folder.rename(tmp_path / "away")
    with Browser(app).ask(row.address) as answer:
        assert (answer.status_code, answer.headers["Cache-Control"]) == (503, "no-store")
    assert upload(logged_in(app), ("a.jpg", picture(colour="red"))).status == 503
    done(app, f"{variants.JOB}, looked over")
    assert not place.folder.exists()
    (tmp_path / "away").rename(place.folder)
    with Browser(app).ask(row.address) as answer:
        assert answer.status_code == 200


# A store that does not answer


@pytest.fixture
def dying(tmp_path: pathlib.Path) -> Iterator[Server]:
    """A store that a test may kill."""
    (tmp_path / "dying").mkdir()
    with Server(tmp_path / "dying") as server:
        yield server


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for nothing longer than a test should."""
    for name, seconds in {"READING": 2.0, "WRITING": 5.0, "CONNECTING": 0.5, "PAUSE": 0.0}.items():
        monkeypatch.setattr(f"kblog.depot.objects.{name}", seconds)


def trouble(app: Flask) -> str:
    with app.app_context():
        return Browser(app).ask("/healthz").get_json().get("trouble", "")


def test_while_the_store_is_away_readers_read_on_and_the_author_is_told(
    empty_instance: pathlib.Path, tmp_path: pathlib.Path, dying: Server, impatient: None, caplog, capsys
):
    for app in running(empty_instance, tmp_path / "one", media_at=dying.bucket("")):
        author, reader = logged_in(app), Browser(app)
        row = came_in(author, picture(size=(400, 300)))
        stored(body=f"![Boats]({row.address})")
        assert trouble(app) == ""
        dying.kill()
        with caplog.at_level(logging.ERROR), reader.ask(row.address) as answer:
            assert answer.status_code == 503
            assert answer.headers["Retry-After"] == "60"
            assert answer.headers["Cache-Control"] == "no-store"
        noted = [each for each in caplog.records if each.levelno >= logging.ERROR]
        assert [each.message for each in noted] == ["the store of the pictures does not answer"]
        assert KEPT_SECRET not in str(noted[0].__dict__)
        reader.get("/reviews/paper-boats/")
        assert trouble(app) == "the store of the pictures does not answer"
        page = upload(author, ("b.jpg", picture(colour="red")))
        assert page.status == 503
        assert "b.jpg: it cannot be stored (the store of the pictures does not answer)." in page.words
        assert read(sa.select(Media.id)) == [row.id]
        shelf = author.get(SHELF)
        assert "just now: the store of the pictures does not answer." in shelf.words
        assert "Its file is missing" not in shelf.words
        came_before = read(sa.select(Media.variants_claimed_at))
        done(app, variants.JOB)
        assert read(sa.select(Media.variants_claimed_at)) != came_before == [None]
        assert read(sa.select(Media.variants_tries)) == [0], "it was not the picture"
        assert "nothing can be stored: the store" in read(sa.select(Media.variants_trouble))[0]
        warn(app.config["KBLOG"])
        assert "No picture can be shown or taken in: the store of the" in capsys.readouterr().err
        db.session.rollback()
        said = app.test_cli_runner().invoke(args=["media", "tidy"])
        assert (said.exit_code, said.output) == (
            1,
            "Error: The pictures cannot be looked at: the store of the pictures does not answer.\n",
        )
        dying.start()
        with reader.ask(row.address) as answer:
            assert answer.status_code == 200
        assert trouble(app) == ""
        dying.kill()
        with reader.ask(row.address) as answer:
            assert answer.status_code == 200, "what was just fetched is held"


def test_a_kill_of_the_store_in_the_middle_of_an_upload_leaves_nothing(
    empty_instance: pathlib.Path, tmp_path: pathlib.Path, dying: Server, impatient: None
):
    large = grainy("PNG", size=(900, 700))
    gate = Gate(dying.port, 100_000)
    for app in running(empty_instance, tmp_path / "one", media_at=dying.bucket("", gate.port)):
        author = logged_in(app)

        def send(app: Flask = app, author: Browser = author) -> int:
            with app.app_context():
                return upload(author, ("large.png", large)).status

        with ThreadPoolExecutor(1) as pool:
            sent = pool.submit(send)
            assert gate.is_shut.wait(60), "it was over before half of it was there"
            dying.kill()
            gate.close()
            assert sent.result() == 503
        assert read(sa.select(Media.id)) == []
        dying.start()
        files = depot.of(dying.bucket(""))
        assert not files.lying()
        app.config["KBLOG"] = replace(app.config["KBLOG"], media_at=dying.bucket(""))
        row = came_in(author, large)
        assert not files.missing([row.file_name])


def test_where_the_store_says_nothing_one_waits_and_the_others_do_not(store: Server, impatient: None):
    gate = Gate(store.port, 0)
    files = depot.of(store.bucket("", gate.port))

    def ask(_number: int) -> str:
        with pytest.raises(OutOfReach) as refused:
            files.read("a.jpg")
        return str(refused.value.strerror)

    ask(0)
    came = gate.came
    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(ask, range(20))) == {"the store of the pictures does not answer"}
    assert 1 <= gate.came - came <= 4, "one asks, and asks once more"
    gate.close()


@pytest.mark.parametrize(
    ("bucket", "words"),
    [
        ({"name": "another"}, "the store of the pictures has no such bucket"),
        ({"secret": "wrong"}, "the store of the pictures does not let us in"),
    ],
    ids=["no such bucket", "a wrong key"],
)
def test_what_is_wrong_with_a_bucket_is_no_missing_picture(store: Server, bucket: dict, words: str):
    files = depot.of(replace(store.bucket("mistaken"), **bucket))
    assert files.look() == words
    with pytest.raises(OutOfReach, match=words):
        files.read("a.jpg")
    with pytest.raises(OutOfReach, match=words):
        put(files, "a.jpg", b"a picture")
