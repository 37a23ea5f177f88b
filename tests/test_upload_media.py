"""Pictures come in through the studio: which are taken, which are refused, and what is left of each."""

import io
import os
import pathlib
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask import Flask
from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from bench.server import ROOT
from kblog import background
from kblog.db import db, reads_only
from kblog.depot import ARRIVING
from kblog.media.store import LARGEST
from kblog.models import AuthorSession, Media
from kblog.studio.library.arriving import MOST_AT_ONCE, MOST_BYTES

from . import engines
from .browser import HTMX, Browser, Page, check
from .conftest import logged_in, read, state, with_author
from .test_bring_pictures import kept, moving, photograph, picture
from .test_import_in_studio import Unread

SHELF = "/studio/media/"
OWN = {"Origin": "http://localhost"}
NO_PICTURE = "it is no picture that can be taken: JPEG, PNG, WebP and GIF can."
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
Sent = tuple[str, bytes]


def token(author: Browser) -> str:
    return dict(author.get("/studio/").fields("//header//form"))["csrf_token"]


def upload(author: Browser, *files: Sent, headers: dict | None = None, **fields: str) -> Page:
    """Send files as the form of the shelf does."""
    own = {"csrf_token": fields.pop("csrf_token", None) or token(author)}
    sent = [FileStorage(io.BytesIO(content), name) for name, content in files]
    boundary, body = encode_multipart({**own, **fields, "file": sent})
    headers = OWN | {"Content-Type": f"multipart/form-data; boundary={boundary}"} | (headers or {})
    page = Page(author, author.ask(SHELF, "POST", data=body, headers=headers), SHELF)
    if page.status not in (303, 401):
        check(page)
    return page


def came_in(author: Browser, content: bytes, name: str = "harbour.jpg") -> Media:
    """Let a picture come in, and return its row as it is then."""
    page = upload(author, (name, content))
    assert page.status == 303
    with reads_only():
        row = db.session.get_one(Media, int(page.response.location.rpartition("-")[2]))
        db.session.expunge(row)
    return row


def names() -> list[str]:
    return read(sa.select(Media.name).order_by(Media.id))


# They come in


def test_a_picture_comes_in_and_stands_on_the_shelf(app: Flask, author: Browser):
    answer = upload(author, ("harbour.jpg", picture(size=(400, 300))))
    (row,) = read(sa.select(Media))
    assert answer.status == 303
    assert answer.response.location == f"/studio/media/#media-{row.id}"
    page = author.get(SHELF)
    tile = page.one(f"//li[@id='media-{row.id}']")
    assert (tile.get("data-address"), tile.get("data-name")) == (row.address, "harbour.jpg")
    assert "400 × 300" in page.words
    assert "No description" in page.words
    with author.ask(row.address) as file:
        assert file.mimetype == "image/jpeg"
    assert kept(app) == [row.file_name]


def test_htmx_gets_the_tiles_and_the_first_asks_what_it_shows(author: Browser):
    page = upload(author, ("a.jpg", picture()), ("b.png", picture("PNG", colour="red")), headers=HTMX)
    assert page.status == 201
    tiles = page.all("//li[starts-with(@id, 'media-')]")
    assert {tile.get("data-name") for tile in tiles} == {"a.jpg", "b.png"}
    assert all(tile.get("data-address").startswith("/media/") for tile in tiles)
    assert page.one("//*[@autofocus]") is page.all("//textarea[@name='alt']")[0]
    assert "2 pictures came in." in page.texts("//p[@id='announce']")


def test_the_same_picture_twice_is_one(app: Flask, author: Browser):
    first = came_in(author, picture(), "a.jpg")
    answer = upload(author, ("again.jpg", picture()))
    assert answer.response.location == f"/studio/media/#media-{first.id}"
    assert (names(), len(kept(app))) == (["a.jpg"], 1)
    tiles = upload(author, ("again.jpg", picture()), headers=HTMX)
    assert tiles.one("//li[@data-address]").get("id") == f"media-{first.id}"


def test_ten_at_once_come_in(app: Flask, author: Browser):
    files = [(f"{number}.png", picture("PNG", size=(20, 20 + number))) for number in range(10)]
    assert upload(author, *files).status == 303
    assert sorted(names()) == [name for name, _ in files]
    assert len(kept(app)) == 10


def test_what_a_photograph_tells_of_its_place_stays_out(app: Flask, author: Browser):
    row = came_in(author, photograph())
    file = (app.config["KBLOG"].media / row.file_name).read_bytes()
    assert (row.width, row.height) == (30, 40), "it stands upright"
    assert b"Camera of Somebody" not in file
    assert b"where I live" not in file


def test_a_name_is_kept_without_its_folders_and_signs_that_cannot_be_seen(author: Browser):
    upload(author, ("../photos/등대\x07.jpg", picture()), ("..", picture(colour="red")))
    assert names() == ["등대.jpg", "picture"]


def test_a_wrong_extension_does_not_matter(author: Browser):
    assert came_in(author, picture("PNG"), "page.html").extension == "png"
    assert came_in(author, moving(), "film.exe").extension == "webp"


# They are refused


REFUSED = {
    "SVG": ("drawing.svg", SVG, 415, f"drawing.svg: {NO_PICTURE}"),
    "SVG by another name": ("drawing.jpg", SVG, 415, f"drawing.jpg: {NO_PICTURE}"),
    "a page": ("a.jpg", b"<!doctype html><script>alert(1)</script>", 415, f"a.jpg: {NO_PICTURE}"),
    "half of one": ("half.png", picture("PNG", size=(300, 300))[:200], 422, "half.png: it is damaged or breaks off."),
    "nothing": ("empty.jpg", b"", 422, "empty.jpg: it is empty."),
    "20 MB and a byte": ("large.jpg", picture() + bytes(LARGEST), 413, "large.jpg: it has more than 20 MB."),
}


@pytest.mark.parametrize(("name", "content", "status", "words"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_picture_is_refused_in_a_sentence(
    app: Flask, author: Browser, name: str, content: bytes, status: int, words: str
):
    page = upload(author, (name, content))
    assert page.status == status
    assert words in " ".join(page.texts("//main//*[@role='alert']"))
    fragment = upload(author, (name, content), headers=HTMX)
    assert fragment.status == status
    assert fragment.response.headers["HX-Retarget"] == "#refused"
    assert words in " ".join(fragment.texts("//*[@id='refused']/p"))
    assert (kept(app), names()) == ([], [])


def test_no_file_at_all_is_asked_for(app: Flask, author: Browser):
    page = upload(author, ("", b""))
    assert page.status == 422
    assert "Choose a picture first." in page.words


def test_the_others_still_come_in(app: Flask, author: Browser):
    files = (("a.jpg", picture()), ("b.svg", SVG), ("c.png", picture("PNG", colour="red")))
    page = upload(author, *files, headers=HTMX)
    assert page.status == 201
    assert page.texts("//*[@id='refused']/p") == [
        "b.svg: it is no picture that can be taken: JPEG, PNG, WebP and GIF can."
    ]
    assert (names(), len(kept(app))) == (["a.jpg", "c.png"], 2)
    assert upload(author, *files).status == 303
    assert "b.svg: it is no picture" in author.get(SHELF).words


def test_forty_at_once_are_enough(author: Browser, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("kblog.studio.library.arriving.MOST_AT_ONCE", 2)
    page = upload(
        author, *((f"{number}.png", picture("PNG", size=(9, 9 + number))) for number in range(5)), headers=HTMX
    )
    assert len(page.all("//li[@data-address]")) == 2
    assert "Send at most 2 pictures at once: 3 are left out." in page.texts("//*[@id='refused']/p")
    assert MOST_AT_ONCE == 40


def test_a_body_of_forty_megabytes_leaves_nothing(app: Flask, author: Browser):
    page = upload(author, ("large.jpg", picture() + bytes(2 * LARGEST)))
    assert (page.status, kept(app)) == (413, [])
    assert not list(app.config["KBLOG"].instance.glob("tmp*")), "what arrived has no name"


def test_more_than_two_hundred_megabytes_are_refused_unread(app: Flask, author: Browser):
    headers = OWN | {"Content-Type": "multipart/form-data; boundary=x", "X-CSRFToken": token(author)}
    given = {"CONTENT_LENGTH": str(MOST_BYTES + 65_537), "wsgi.input": Unread()}
    page = Page(author, author.ask(SHELF, "POST", headers=headers, environ_overrides=given), SHELF)
    assert page.status == 413
    assert "That is more than 200 MB, the most that is taken in at once." in page.words


def test_where_nothing_can_be_stored_it_is_said_and_nothing_is_there(app: Flask, author: Browser):
    app.config["KBLOG"].media.write_text("A file stands where the folder should be.")
    page = upload(author, ("a.jpg", picture()))
    assert page.status == 503
    assert "a.jpg: it cannot be stored (File exists)." in page.words
    assert names() == []


def test_a_stranger_sends_no_picture(app: Flask, reader: Browser):
    with_author(app)
    headers = OWN | {"Content-Type": "multipart/form-data; boundary=x"}
    given = {"CONTENT_LENGTH": "30000000", "wsgi.input": Unread()}
    assert reader.ask(SHELF, "POST", headers=headers, environ_overrides=given).status_code == 401


def test_where_the_session_ended_meanwhile_nothing_is_kept(app: Flask, author: Browser):
    own = token(author)
    db.session.execute(sa.delete(AuthorSession))
    db.session.commit()
    for headers in ({}, HTMX):
        assert upload(author, ("a.jpg", picture()), headers=headers, csrf_token=own).status == 401
    assert (kept(app), names()) == ([], [])


def test_a_wrong_token_is_refused(app: Flask, author: Browser):
    before = state()
    assert upload(author, ("a.jpg", picture()), csrf_token="another").status == 403
    assert (kept(app), state()) == ([], before)


def test_a_picture_of_which_a_part_arrives_is_none(app: Flask, author: Browser):
    body = f'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token(author)}\r\n'.encode()
    body += b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n' + picture()
    headers = OWN | {"Content-Type": "multipart/form-data; boundary=x"}
    for ending in ("wsgi.input_terminated", "nothing.of.the.kind"):  # granian says so of every body
        given = {"CONTENT_LENGTH": "9000000", "wsgi.input": io.BytesIO(body), ending: True}
        assert author.ask(SHELF, "POST", headers=headers, environ_overrides=given).status_code == 400
    assert (kept(app), names()) == ([], [])


# Hostile ones


def noise(kind: str) -> bytes:
    """A picture that no coder makes small, so that each cut goes through its points."""
    return drawn(Image.effect_noise((120, 90), 80).convert("RGB"), kind)


def drawn(image: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def truncated() -> Iterable[Sent]:
    """Twenty pictures that break off somewhere."""
    cut = random.Random(7)
    for number, kind in enumerate(("JPEG", "PNG", "WEBP", "GIF") * 5):
        whole = noise(kind)
        yield f"{number}.{kind.lower()}", whole[: cut.randrange(12, len(whole) * 9 // 10)]


def polyglots() -> Iterable[Sent]:
    """Ten pictures that are something else, too: a page, a script, an archive behind their end or in a comment."""
    tails = (b"<script>alert(1)</script>", b"PK\x05\x06evil" + bytes(18), b"<?php evil(); ?>")
    for tail in tails:
        for kind in ("JPEG", "PNG", "WEBP"):
            yield f"evil-{tail[1:4].decode()}-{kind}", noise(kind) + tail
    yield "GIF", b"GIF89a/*" + noise("GIF")[8:] + b"*/=1;alert(1)//evil"


def test_twenty_pictures_that_break_off_leave_no_file_and_no_row(app: Flask, author: Browser):
    files = list(truncated())
    page = upload(author, *files)
    said = page.texts("//main//*[@role='alert']/p")
    assert 400 <= page.status < 500
    assert len(said) == len(files) == 20, said
    assert (kept(app), names()) == ([], [])


def test_ten_polyglots_lose_their_tail_or_are_refused(app: Flask, author: Browser):
    files = list(polyglots())
    assert len(files) == 10
    page = upload(author, *files, headers=HTMX)
    taken = names()
    assert len(taken) + len(page.texts("//*[@id='refused']/p")) == 10
    assert len(taken) >= 9, "those with a tail are pictures"
    for name in kept(app):
        file = (app.config["KBLOG"].media / name).read_bytes()
        assert not any(each in file for each in (b"script", b"evil", b"alert", b"<?php"))


@pytest.mark.real_data
def test_hostile_pictures_of_others_leave_nothing(app: Flask, author: Browser, data: pathlib.Path):
    files = [(path.name, path.read_bytes()) for path in sorted((data / "images-bad").iterdir())]
    page = upload(author, *files, headers=HTMX)
    assert names() == ["own-polyglot-png-html.png"], "its tail is gone"
    assert len(page.texts("//*[@id='refused']/p")) == len(files) - 1
    (name,) = kept(app)
    assert b"script" not in (app.config["KBLOG"].media / name).read_bytes()


# Several at once, and none to the end


def test_four_windows_send_the_same_picture_at_once(app: Flask):
    windows = [logged_in(app) for _ in range(4)]

    def send(window: Browser) -> str:
        with app.app_context():
            return upload(window, ("a.jpg", picture())).response.location

    with ThreadPoolExecutor(len(windows)) as pool:
        assert len(set(pool.map(send, windows))) == 1
    assert (names(), len(kept(app))) == (["a.jpg"], 1)


UPLOADING = """
import sys
from pathlib import Path
from tests.conftest import logged_in, make_app
from tests.test_bring_pictures import picture
from tests.test_upload_media import upload

app = make_app(Path(sys.argv[1]), database_url=sys.argv[2])
with app.app_context():
    upload(logged_in(app), ("large.jpg", picture(size=(6000, 4000))))
"""


def test_a_kill_while_a_picture_is_drawn_leaves_no_row_and_nothing_that_passes_for_one(app: Flask):
    instance = app.config["KBLOG"].instance
    child = subprocess.Popen([sys.executable, "-c", UPLOADING, instance, engines.database_url(instance)], cwd=ROOT)
    while child.poll() is None and not kept(app):
        time.sleep(0.01)
    child.kill()
    assert child.wait() == -signal.SIGKILL, "it was over before it could be killed"
    (half,) = kept(app)
    assert half.startswith(ARRIVING)
    assert names() == []
    path = app.config["KBLOG"].media / half
    os.utime(path, (0, 0))
    background.of(app).do("pictures, tidied")
    assert kept(app) == []
