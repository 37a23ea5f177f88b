"""Bringing pictures in: from a Takeout's albums and from other sites; what they lose on the way, and who gets them."""

import contextlib
import http.server
import io
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from html import escape
from urllib.parse import quote, unquote

import pytest
import sqlalchemy as sa
from flask import Flask
from PIL import Image
from playwright.sync_api import Page as BrowserPage
from playwright.sync_api import expect

from kblog.db import db
from kblog.media import fetching, store
from kblog.media.fetching import NotFetched, Site, fetch
from kblog.models import Media, MediaAddress, Page, Review
from kblog.transfer import albums
from kblog.transfer.pictures import Bringing
from kblog.transfer.report import Report

from .browser import Browser
from .builders import stored
from .chromium import find_nothing, served
from .conftest import read, state
from .hostile_pictures import polyglots, truncated

OLD = "https://4.bp.blogspot.com/-x/s1600"  # where the old blog keeps its pictures
HERE = re.compile(r"/media/([0-9a-f]{64})\.(jpg|png|webp)")


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 30), colour: str = "teal", **given) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind, **given)
    return out.getvalue()


def photograph() -> bytes:
    """A photograph that tells where it was taken and lies on its side."""
    image = Image.new("RGB", (40, 30), "teal")
    exif = image.getexif()
    exif[0x010F], exif[0x0112] = "Camera of Somebody", 6
    exif.get_ifd(0x8825)[1], exif.get_ifd(0x8825)[2] = "N", (37.0, 33.0, 59.0)
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, comment=b"where I live")
    return out.getvalue()


def moving(kind: str = "GIF") -> bytes:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "green", "blue")]
    out = io.BytesIO()
    frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=[100, 200, 300], loop=0)
    return out.getvalue()


def takeout(folder: pathlib.Path, texts: list[str], pictures: dict[str, bytes], told: dict[str, str] | None = None):
    """Lay out a Takeout of a blog with these posts and this album; `told` are the names that JSON files tell."""
    blog, album = folder / "Takeout/Blogger/Blogs/Salt Notes", folder / "Takeout/Blogger/Albums/Salt Notes"
    blog.mkdir(parents=True)
    album.mkdir(parents=True)
    entries = "".join(
        f"""<entry><id>tag:blogger.com,1999:blog-5.post-{number}</id><blogger:type>POST</blogger:type>
        <blogger:status>LIVE</blogger:status><author><name>Yuna</name></author><title>Post {number}</title>
        <content type='html'>{escape(text)}</content><published>2024-01-0{number}T00:00:00Z</published>
        <blogger:filename>/2024/01/post-{number}.html</blogger:filename></entry>"""
        for number, text in enumerate(texts, 1)
    )
    (blog / "feed.atom").write_text(
        "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:blogger='http://schemas.google.com/blogger/2018'>"
        f"<id>tag:blogger.com,1999:blog-5</id><title>Salt Notes</title>{entries}</feed>",
        encoding="utf-8",
    )
    for name, given in pictures.items():
        (album / name).write_bytes(given)
    for name, original in (told or {}).items():
        (album / name).write_text(json.dumps({"filename": original, "mimeType": "image/*"}), encoding="utf-8")
    return folder


def shown(*names: str, alt: str = "") -> str:
    return "".join(f"<p>Words before.</p><p><img src='{OLD}/{name}' alt='{alt}'></p>" for name in names)


def bring_in(app: Flask, *arguments: object, code: int = 0) -> str:
    result = app.test_cli_runner().invoke(args=["transfer", *map(str, arguments)])
    assert result.exit_code == code, result.output
    return result.output


def kept(app: Flask) -> list[str]:
    """Name the files of the media folder, those on their way too."""
    folder = app.config["KBLOG"].media
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def body_of(slug: str) -> str:
    return read(sa.select(Review.body).where(Review.slug == slug))[0]


# Albums


def test_a_picture_of_an_album_is_shown_where_the_text_shows_it(app: Flask, tmp_path: pathlib.Path):
    export = takeout(tmp_path, [shown("harbour.jpg", alt="The harbour")], {"harbour.jpg": picture()})
    said = bring_in(app, "import", export)
    assert "1  pictures that came with the texts" in said
    assert "not here yet" not in said
    reader = Browser(app)
    page = reader.get("/reviews/post-1/")
    image = page.one("//article//figure/img")
    assert HERE.fullmatch(image.get("src"))
    assert (image.get("alt"), image.get("width"), image.get("height")) == ("The harbour", "40", "30")
    assert (image.get("loading"), image.get("decoding")) == ("lazy", "async")
    assert not page.all("//a[@class='picture']")
    assert image.get("src") in reader.get("/feeds/reviews.atom").text
    assert body_of("post-1").count(f"![The harbour]({OLD}/harbour.jpg)") == 1, "the text is as it was written"


def test_a_picture_is_sent_for_good_and_as_nothing_else(app: Flask, tmp_path: pathlib.Path):
    bring_in(app, "import", takeout(tmp_path, [shown("a.jpg")], {"a.jpg": picture()}))
    client, (name,) = app.test_client(), kept(app)
    with client.get(f"/media/{name}") as answer:
        assert answer.mimetype == "image/jpeg"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert "Set-Cookie" not in answer.headers
        etag = answer.headers["ETag"]
        whole = answer.data
    assert whole == (app.config["KBLOG"].media / name).read_bytes()
    assert not app.extensions["kblog.pages"].pages, "the memory is for pages"
    with client.get(f"/media/{name}", headers={"If-None-Match": etag}) as unchanged:
        assert (unchanged.status_code, unchanged.data) == (304, b"")
    with client.get(f"/media/{name}", headers={"Range": "bytes=2-5"}) as part:
        assert (part.status_code, part.data) == (206, whole[2:6])


@pytest.mark.parametrize("name", ["a.jpg", f"{'0' * 64}.jpg", f"{'0' * 64}.svg", "..%2Fkblog.db", ".arriving-x"])
def test_what_is_no_picture_of_the_site_is_not_found(app: Flask, reader: Browser, name: str):
    app.config["KBLOG"].media.mkdir()
    (app.config["KBLOG"].media / "a.jpg").write_bytes(b"somebody's file")
    assert reader.get(f"/media/{name}", status=404).h1


def test_a_page_whose_picture_is_lost_says_its_words(app: Flask, tmp_path: pathlib.Path):
    bring_in(app, "import", takeout(tmp_path, [shown("a.jpg", alt="The sea")], {"a.jpg": picture()}))
    (name,) = kept(app)
    (app.config["KBLOG"].media / name).unlink()
    reader = Browser(app)
    assert reader.get("/reviews/post-1/").one("//figure/img").get("alt") == "The sea"
    assert "That picture is not here." in reader.get(f"/media/{name}", status=404).words


NAMES = {
    "as it is": ("harbour.jpg", "harbour.jpg", {}),
    "in capitals": ("HARBOUR.JPG", "harbour.jpg", {}),
    "with spaces as plus signs": ("my+harbour.jpg", "my harbour.jpg", {}),
    "encoded twice": ("my%252Bharbour.jpg", "my harbour.jpg", {}),
    "Korean": ("%EB%B0%94%EB%8B%A4.jpg", "바다.jpg", {}),
    "decomposed Korean": ("%E1%84%87%E1%85%A1%E1%84%83%E1%85%A1.jpg", "바다.jpg", {}),
    "told by the JSON": ("harbour%3F.jpg", "harbour_.jpg", {"harbour_.jpg.json": "harbour?.jpg"}),
    "numbered by itself": ("harbour(1).jpg", "harbour(1).jpg", {}),
    "a second of its name": ("harbour.jpg", "harbour(1).jpg", {"harbour.jpg(1).json": "harbour.jpg"}),
}


@pytest.mark.parametrize(("asked", "name", "told"), NAMES.values(), ids=NAMES)
def test_an_address_finds_its_picture_by_name(tmp_path: pathlib.Path, asked: str, name: str, told: dict[str, str]):
    held = albums.pictures(takeout(tmp_path, [], {name: picture()}, told))
    found = albums.match(held, [f"{OLD}/{asked}"]).found
    assert [(each.member.parts[-1], addresses) for each, addresses in found] == [(name, (f"{OLD}/{asked}",))]


def test_other_sites_pictures_are_not_taken_for_those_of_the_album(tmp_path: pathlib.Path):
    held = albums.pictures(takeout(tmp_path, [], {"a.jpg": picture()}))
    matched = albums.match(held, ["https://notblogspot.com/a.jpg", "https://i.example/a.jpg", "https://[/a.jpg"])
    assert matched.found == ()
    assert matched.unused == 1


def test_the_library_says_of_a_picture_what_the_first_text_says(app: Flask, tmp_path: pathlib.Path):
    texts = [shown("a.jpg"), shown("a.jpg", alt="The sea"), shown("a.jpg", alt="Waves")]
    bring_in(app, "import", takeout(tmp_path, texts, {"a.jpg": picture()}))
    assert read(sa.select(Media.alt)) == ["The sea"]


def test_of_two_pictures_with_one_name_none_is_guessed(app: Flask, tmp_path: pathlib.Path):
    red, blue, teal = (picture(colour=each) for each in ("red", "blue", "teal"))
    two = {"a.jpg": red, "a(1).jpg": blue, "b.jpg": teal, "b(1).jpg": teal}
    told = {"a.jpg.json": "a.jpg", "a.jpg(1).json": "a.jpg", "b.jpg.json": "b.jpg", "b.jpg(1).json": "b.jpg"}
    said = bring_in(app, "import", takeout(tmp_path, [shown("a.jpg", "b.jpg", "c.jpg")], two, told))
    assert f"{OLD}/a.jpg: 2 different pictures in Albums/ have its name: none is taken" in said
    assert "1  pictures that came with the texts" in said, "two copies of one picture are no riddle"
    assert "2  pictures that are not here yet" in said
    assert "Albums/ holds 4 pictures, 3 of them for no text that waits for one." in said
    page = Browser(app).get("/reviews/post-1/")
    assert page.texts("//a[@class='picture']") == ["Picture on the old blog"] * 2
    assert len(page.all("//figure/img")) == 1


def test_a_zip_brings_the_same_and_a_second_run_adds_nothing(app: Flask, tmp_path: pathlib.Path):
    album = {"a.jpg": picture(), "b.png": picture("PNG")}
    folder = takeout(tmp_path / "x", [shown("a.jpg", "b.png"), shown("a.jpg")], album)
    archive = tmp_path / "takeout.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for path in folder.rglob("*"):
            packed.write(path, path.relative_to(folder))
    wanted = bring_in(app, "import", archive, "--dry-run")
    assert kept(app) == []
    said = bring_in(app, "import", archive)
    assert said.splitlines()[1:] == wanted.splitlines()[1:]
    assert "3  pictures that came with the texts" in said
    before, files = state(), kept(app)
    assert len(files) == 2
    bring_in(app, "import", archive)
    bring_in(app, "import", folder)
    assert (state(), kept(app)) == (before, files)


def test_the_part_of_a_takeout_that_holds_pictures_alone_comes_in_afterwards(app: Flask, tmp_path: pathlib.Path):
    texts = takeout(tmp_path / "1", [shown("a.jpg")], {})
    pictures = takeout(tmp_path / "2", [], {"a.jpg": picture()})
    shutil.rmtree(pictures / "Takeout/Blogger/Blogs")
    assert "1  pictures that are not here yet" in bring_in(app, "import", texts)
    said = bring_in(app, "import", pictures)
    assert "1  pictures that came with the texts" in said
    assert "0  reviews" in said
    assert len(Browser(app).get("/reviews/post-1/").all("//figure/img")) == 1


def test_a_killed_run_leaves_no_half_picture_and_the_next_one_goes_on(app: Flask, tmp_path: pathlib.Path):
    export = takeout(tmp_path, [shown("a.jpg", "b.png")], {"a.jpg": picture(), "b.png": picture("PNG", colour="red")})
    bring_in(app, "import", export)
    with db.engine.begin() as connection:  # as if nothing had been committed after the files were there
        connection.execute(sa.delete(MediaAddress))
        connection.execute(sa.delete(Media))
    files = kept(app)
    for name, age in ((".arriving-left", 3600), (".arriving-now", 0)):
        half = app.config["KBLOG"].media / name
        half.write_bytes(b"half a picture")
        os.utime(half, (time.time() - age,) * 2)
    assert "2  pictures that came" in bring_in(app, "import", export)
    assert kept(app) == [".arriving-now", *files], "another process may be at it"
    assert len(read(sa.select(Media))) == 2


def test_a_broken_picture_is_named_and_the_others_come_in(app: Flask, tmp_path: pathlib.Path):
    given = {"a.jpg": picture(), "b.jpg": picture()[:200], "c.jpg": b"<svg onload='alert(1)'/>", "d.jpg": b""}
    said = bring_in(app, "import", takeout(tmp_path, [shown(*given)], given))
    assert "1  pictures that came with the texts" in said
    assert "3  pictures that are not here yet" in said
    assert "b.jpg: it is damaged or breaks off" in said
    assert "c.jpg: it is no picture that can be taken: JPEG, PNG, WebP and GIF can" in said
    assert "d.jpg: it is empty" in said
    assert len(kept(app)) == 1


def test_where_pictures_cannot_be_stored_the_command_says_so_and_the_texts_are_in(app: Flask, tmp_path: pathlib.Path):
    app.config["KBLOG"].media.write_text("in the way")
    export = takeout(tmp_path, [shown("a.jpg")], {"a.jpg": picture()})
    assert "No more pictures can be stored: File exists. What is in stays" in bring_in(app, "import", export, code=1)
    assert Browser(app).get("/reviews/post-1/").texts("//a[@class='picture']") == ["Picture on the old blog"]
    app.config["KBLOG"].media.unlink()
    assert "1  pictures that came" in bring_in(app, "import", export)


def test_a_picture_in_a_draft_a_page_and_a_spoiler_is_drawn_there(app: Flask, tmp_path: pathlib.Path):
    stored(slug="boats", body=f"::: spoiler 3\n![Sunk]({OLD}/a.jpg)\n:::\n\nWords ![inline]({OLD}/a.jpg) go on.")
    db.session.add(Page(slug="crew", title="Crew", body=f'![We]({OLD}/a.jpg "All of us")', published_at=None))
    db.session.commit()
    bring_in(app, "import", takeout(tmp_path, ["<p>Words.</p>"], {"a.jpg": picture()}))
    review = Browser(app).get("/reviews/boats/")
    assert len(review.all("//details[@class='spoiler']//figure/img")) == 1
    assert len(review.all("//p/img[@width='40']")) == 1
    (page,) = read(sa.select(Page.body_html).where(Page.slug == "crew"))
    assert re.fullmatch(
        r'<figure class="picture"><img src="/media/\S+" .*><figcaption>All of us</figcaption>\s*</figure>\s*', page
    )


def test_an_open_editor_stays_in_step_and_a_saved_text_keeps_its_picture(app: Flask, author: Browser, tmp_path):
    review = stored(slug="boats", body=f"![Sea]({OLD}/a.jpg)\n")
    version, editor = review.version, author.get(f"/studio/reviews/{review.id}/")
    bring_in(app, "import", takeout(tmp_path, ["<p>Words.</p>"], {"a.jpg": picture()}))
    assert read(sa.select(Review.version).where(Review.slug == "boats")) == [version]
    editor.send("//form[@id='review-form']", {"year": "2022"}, button="action=save")
    assert read(sa.select(Review.year).where(Review.slug == "boats")) == [2022]
    page = Browser(app).get("/reviews/boats/")
    assert HERE.fullmatch(page.one("//figure/img").get("src"))


@pytest.mark.browser
def test_a_picture_is_seen_under_the_policy(app: Flask, page: BrowserPage, complaints: list[str], tmp_path):
    bring_in(app, "import", takeout(tmp_path, [shown("a.jpg", alt="The sea")], {"a.jpg": picture(size=(900, 600))}))
    with served(app) as address:
        page.set_viewport_size({"width": 390, "height": 800})
        page.goto(f"{address}/reviews/post-1/")
        image = page.get_by_role("img", name="The sea")
        image.scroll_into_view_if_needed()
        expect(image).to_have_js_property("naturalWidth", 900)
        box = image.bounding_box()
        assert box is not None
        assert box["width"] <= 390
        assert abs(box["width"] / box["height"] - 1.5) < 0.02
        find_nothing(page)
        assert complaints == []
        page.goto(f"{address}{image.get_attribute('src')}")
        expect(page.locator("img")).to_have_js_property("naturalWidth", 900)
        complaints.clear()  # alone it is shown with a style and a script of the browser's own: neither may run


# What a picture loses on its way


def kept_of(given: bytes, folder: pathlib.Path) -> tuple[store.Kept, bytes]:
    found = store.Store(folder).keep(given)
    return found, (folder / found.file_name).read_bytes()


def test_a_photograph_loses_its_place_and_camera_and_stands_upright(tmp_path: pathlib.Path):
    given = photograph()
    assert b"Camera of Somebody" in given
    found, file = kept_of(given, tmp_path)
    assert (found.extension, found.width, found.height) == ("jpg", 30, 40)
    for told in (b"Camera", b"Exif", b"where I live", b"http"):
        assert told not in file
    with Image.open(io.BytesIO(file)) as image:
        assert dict(image.getexif()) == {}
        assert image.size == (30, 40)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_what_stands_behind_or_beside_a_picture_stays_behind(tmp_path: pathlib.Path, kind: str):
    tail = b"<script>alert(document.domain)</script>PK\x03\x04"
    found, file = kept_of(picture(kind, comment=b"<!--beside-->", exif=b"") + tail, tmp_path)
    assert b"script" not in file
    assert b"beside" not in file
    assert found.extension == {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "GIF": "png"}[kind]
    assert [path.name for path in tmp_path.iterdir()] == [found.file_name]


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_a_picture_that_moves_goes_on_moving(tmp_path: pathlib.Path, kind: str):
    found, file = kept_of(moving(kind), tmp_path)
    assert (found.extension, found.note) == ("webp", "")
    with Image.open(io.BytesIO(file)) as image:
        assert image.n_frames == 3
        assert image.info["loop"] == 0
        durations = []
        for number in range(3):
            image.seek(number)
            image.load()
            durations.append(image.info["duration"])
    assert durations == [100, 200, 300]


def test_what_moves_with_too_many_points_keeps_its_first_frame(tmp_path: pathlib.Path):
    out, frames = io.BytesIO(), [Image.new("P", (4000, 3000), number) for number in range(4)]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    found, _ = kept_of(out.getvalue(), tmp_path)
    assert (found.extension, found.note) == (
        "png",
        "it moves, with too many points for that: only its first frame is kept",
    )


def test_a_colour_profile_stays_and_what_poses_as_one_does_not(tmp_path: pathlib.Path):
    profile = (132).to_bytes(4, "big") + bytes(32) + b"acsp" + bytes(92)
    assert profile in kept_of(picture(icc_profile=profile), tmp_path)[1]
    assert b"GPS here" not in kept_of(picture(icc_profile=b"GPS here" * 20), tmp_path)[1]


def test_transparency_stays(tmp_path: pathlib.Path):
    for kind, mode in (("PNG", "RGBA"), ("PNG", "P"), ("GIF", "P"), ("WEBP", "RGBA")):
        out, image = io.BytesIO(), Image.new(mode, (9, 9), 0)
        image.save(out, kind, **({"transparency": 0} if mode == "P" else {}))
        _, file = kept_of(out.getvalue(), tmp_path)
        with Image.open(io.BytesIO(file)) as kept_image:
            assert kept_image.convert("RGBA").getpixel((4, 4))[3] == 0, (kind, mode)


def test_a_large_photograph_is_read_smaller_and_what_is_larger_is_refused(tmp_path: pathlib.Path):
    found, _ = kept_of(picture(size=(8000, 4000)), tmp_path)
    assert (found.width, found.height) == (4000, 2000)
    out = io.BytesIO()
    Image.new("1", (8000, 4000)).save(out, "PNG")
    with pytest.raises(store.NotAPicture, match="more than 24 million points"):
        kept_of(out.getvalue(), tmp_path)
    with pytest.raises(store.NotAPicture, match="more than 8 million points"):
        kept_of(picture("WEBP", size=(2900, 2800), method=0), tmp_path)
    with pytest.raises(store.NotAPicture, match="more than 16,383"):
        kept_of(picture("PNG", size=(20_000, 2)), tmp_path)


@pytest.mark.real_data
def test_hostile_pictures_are_refused_or_made_harmless(app: Flask, data: pathlib.Path, tmp_path: pathlib.Path):
    outcome, given = {}, sorted((data / "images-bad").iterdir())
    for path in given:
        try:
            found, file = kept_of(path.read_bytes(), tmp_path / "media")
            assert b"script" not in file
            assert b"alert" not in file
            outcome[path.name] = found.extension
        except store.NotAPicture as refused:
            outcome[path.name] = str(refused)
    taken = {name for name, what in outcome.items() if what in ("jpg", "png", "webp")}
    assert taken == {"own-polyglot-png-html.png"}, outcome
    assert len(list((tmp_path / "media").iterdir())) == 1, "a refused picture left a file"
    assert taken_and_memory(given)[1] < 300


KEEPING = """
import json, pathlib, resource, sys
from kblog.media.store import NotAPicture, Store
store, outcome = Store(pathlib.Path(sys.argv[1])), {}
for path in map(pathlib.Path, sys.argv[2:]):
    try:
        outcome[path.name] = store.keep(path.read_bytes()).file_name
    except NotAPicture as refused:
        outcome[path.name] = str(refused)
print(json.dumps([outcome, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024]))
"""


def test_what_breaks_off_is_refused_and_what_is_something_else_too_is_a_picture_alone(tmp_path: pathlib.Path):
    given = truncated() | polyglots()
    assert len(given) == 30
    for name, content in given.items():
        (tmp_path / name).write_bytes(content)
    command = [sys.executable, "-c", KEEPING, tmp_path / "media", *(tmp_path / name for name in given)]
    outcome, most = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    files = {path.name: path.read_bytes() for path in (tmp_path / "media").iterdir()}
    taken = {name: what for name, what in outcome.items() if what in files}
    assert set(taken.values()) == set(files), "a refused picture left a file"
    for name, file in files.items():
        assert not [each for each in (b"script", b"alert", b"PK\x03\x04", b"index.html") if each in file], name
        with Image.open(io.BytesIO(file)) as image:
            image.load()
    refused = {name: what for name, what in outcome.items() if name not in taken}
    assert not [name for name in taken if name.startswith("cut-")], taken
    assert set(refused) <= {*truncated(), "gif-and-script"}, refused
    assert most < 300, "megabytes"


MEASURE = """
import resource, subprocess, sys
taken = 0
for path in sys.argv[3:]:
    with open(path, "rb") as given:
        command = [sys.executable, "-I", sys.argv[1], *sys.argv[2].split()]
        ended = subprocess.run(command, stdin=given, capture_output=True)
    taken += b"extension" in ended.stderr
print(taken, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
"""


def taken_and_memory(given: list[pathlib.Path], asked: str = "") -> tuple[int, int]:
    """Say how many of these are taken (`asked` for what), and how many megabytes the worst of them needs.

    It is asked of a small process, for a child begins with the memory of its parent.
    """
    command = [sys.executable, "-c", MEASURE, store.PROGRAM, asked, *given]
    taken, most = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return int(taken), int(most)


def test_the_largest_pictures_that_are_taken_need_less_than_300_megabytes(tmp_path: pathlib.Path):
    turned = Image.Exif()
    turned[0x0112] = 6
    (tmp_path / "turned.jpg").write_bytes(picture(size=(6000, 4000), exif=turned))
    (tmp_path / "progressive.jpg").write_bytes(picture(size=(8000, 8000), progressive=True))
    (tmp_path / "a.webp").write_bytes(picture("WEBP", size=(3200, 2500), method=0))
    taken, most = taken_and_memory(list(tmp_path.iterdir()))
    assert taken == 3
    assert most < 300


def test_the_process_that_draws_has_none_of_the_sites_settings(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch):
    seen = tmp_path / "seen.json"
    program = tmp_path / "program.py"
    program.write_text(
        "import json, os, sys\n"
        f"open({str(seen)!r}, 'w').write(json.dumps([dict(os.environ), os.getcwd(), sys.flags.isolated]))"
    )
    monkeypatch.setenv("KBLOG_SECRET_KEY", "x" * 40)
    with pytest.raises(store.NotAPicture, match="it broke off what was to draw it"):
        store.Store(tmp_path / "media", program).keep(b"x")
    environment, folder, isolated = json.loads(seen.read_text())
    assert not {name for name in environment if name.startswith("KBLOG")}
    assert (folder, isolated) == ("/", 1)
    assert list((tmp_path / "media").iterdir()) == []


# Fetching


class Answers(http.server.BaseHTTPRequestHandler):
    """Answers as the path wants it, and notes who asked for what."""

    asked: list[tuple[str, dict]]

    def do_GET(self) -> None:
        type(self).asked.append((self.path, dict(self.headers)))
        given = picture(colour="navy")
        match self.path.split("/")[1]:
            case "to":
                self.reply(302, b"", Location=unquote(self.path.removeprefix("/to/")).encode().decode("latin-1"))
            case "round":
                self.reply(302, b"", Location="/round")
            case "page":
                self.reply(200, b"<h1>Sign in</h1>", **{"Content-Type": "text/html"})
            case "packed":
                self.reply(200, given, **{"Content-Encoding": "gzip"})
            case "huge":
                self.reply(200, given, **{"Content-Length": str(fetching.LARGEST + 1)})
            case "endless":
                self.reply(200, None)
                with contextlib.suppress(OSError):
                    while True:
                        self.wfile.write(bytes(1024**2))
            case "short":
                self.reply(200, given, **{"Content-Length": str(len(given) + 9)})
            case "gone":
                self.reply(404, b"")
            case "busy":
                self.reply(503, b"")
            case "junk":
                self.wfile.write(b"\x00\x01 what is this\r\n\r\n")
            case _:
                self.reply(200, given, **{"Content-Type": "image/jpeg"})

    def reply(self, status: int, body: bytes | None, **headers: str) -> None:
        self.send_response(status)
        if body is not None:
            headers = {"Content-Length": str(len(body)), **headers}
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_args) -> None:
        pass


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """The address of another site, on this machine."""
    Answers.asked = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


TESTING = Site("K-Blog/test", lambda _address: True, None)  # may ask this machine, at any port
PUBLIC = Site("K-Blog/test", fetching.is_public, None)


@pytest.fixture
def get() -> Callable[[str], bytes]:
    return lambda url: fetch(url, TESTING)


def fetched(app: Flask, get: Callable[[str], bytes]) -> Report:
    report = Report()
    for _ in Bringing(db.session(), app.config["KBLOG"].media, report).fetch(get, pause=0):
        db.session.commit()
    return report


def test_pictures_are_fetched_drawn_and_not_asked_for_again(app: Flask, elsewhere: str, get):
    stored(slug="boats", body=f"![Sea]({elsewhere}/sea.jpg)\n\n![Again]({elsewhere}/to/{elsewhere}/sky.jpg)\n")
    report = fetched(app, get)
    assert report.counts["pictures_fetched"] == 2
    assert report.counts["pictures"] == 0
    page = Browser(app).get("/reviews/boats/")
    assert [image.get("alt") for image in page.all("//figure/img")] == ["Sea", "Again"]
    assert len(kept(app)) == 1, "the same picture lies there once"
    assert {headers["User-Agent"] for _, headers in Answers.asked} == {"K-Blog/test"}
    assert not {"Cookie", "Referer", "Authorization"} & {name for _, headers in Answers.asked for name in headers}
    before = len(Answers.asked)
    assert fetched(app, get).counts["pictures_fetched"] == 0
    assert len(Answers.asked) == before


def test_others_may_write_while_a_picture_is_on_its_way(app: Flask):
    stored(slug="boats", body="![A](https://o.example/a.jpg)\n\n![B](https://o.example/b.jpg)\n")
    asked = []

    def get(url: str) -> bytes:
        with db.engine.begin() as other:
            other.exec_driver_sql("UPDATE review SET headline = headline || '!'")
        asked.append(url)
        return picture(size=(9, 9 * len(asked)))

    assert fetched(app, get).counts["pictures_fetched"] == 2
    assert read(sa.select(Review.headline)) == ["Paper Boats!!"]


def test_what_cannot_be_fetched_is_named_and_tried_last_the_next_time(app: Flask, elsewhere: str, get):
    stored(slug="boats", body=f"![A]({elsewhere}/gone/a.jpg)\n\n![B]({elsewhere}/b.jpg)\n")
    report = fetched(app, get)
    assert report.losses == [(f"{elsewhere}/gone/a.jpg", "its server answers 404")]
    assert (report.counts["pictures_fetched"], report.counts["pictures"]) == (1, 1)
    stored(slug="ships", body=f"![C]({elsewhere}/c.jpg)\n")
    Answers.asked.clear()
    fetched(app, get)
    assert [path for path, _ in Answers.asked] == ["/c.jpg", "/gone/a.jpg"]


def test_a_run_that_is_stopped_goes_on_where_it_was(app: Flask, elsewhere: str, get):
    stored(slug="boats", body="".join(f"![{n}]({elsewhere}/{n}.jpg)\n\n" for n in range(4)))
    steps = Bringing(db.session(), app.config["KBLOG"].media, Report()).fetch(get, pause=0)
    for _ in range(3):
        next(steps)
        db.session.commit()
    steps.close()
    db.session.rollback()
    assert len(Answers.asked) == 2
    assert fetched(app, get).counts["pictures_fetched"] == 2
    assert sorted(path for path, _ in Answers.asked) == ["/0.jpg", "/1.jpg", "/2.jpg", "/3.jpg"]


def test_a_server_that_fails_is_left_in_peace(app: Flask, elsewhere: str, get):
    stored(slug="boats", body="".join(f"![{n}]({elsewhere}/busy/{n}.jpg)\n\n" for n in range(5)))
    report = fetched(app, get)
    assert len(Answers.asked) == 2
    assert report.remarks == ["127.0.0.1 failed 2 times and was asked for nothing more."]
    assert report.counts["pictures"] == 5


REFUSED = {
    "page/x.jpg": "there is something else than a picture at its address",
    "packed/x.jpg": "its server sends it packed",
    "huge/x.jpg": "it has more than 20 MB",
    "endless/x.jpg": "it has more than 20 MB",
    "short/x.jpg": "it broke off on the way|its server cannot be asked",
    "round": "it is led on too often",
    "junk/x.jpg": "its server cannot be asked",
    "to/ftp://x.example/a.jpg": "its address is not one of http or https",
    "to/file:///etc/passwd": "its address is not one of http or https",
    "to/http://user:word@x.example/a.jpg": "its address makes no sense",
    "to/http://[": "its address makes no sense",
    "to/http://a..b/x.jpg": "its server has no address",
}


def test_a_picture_behind_a_korean_address_is_fetched(elsewhere: str):
    assert fetch(f"{elsewhere}/to//바다 1.jpg?a=b&c=%20", TESTING)
    assert Answers.asked[-1][0] == f"/{quote('바다')}%201.jpg?a=b&c=%20"


def test_a_server_that_speaks_no_https_is_not_asked_without(elsewhere: str):
    with pytest.raises(NotFetched, match="its server cannot be asked"):
        fetch(elsewhere.replace("http:", "https:"), TESTING)


@pytest.mark.parametrize(("path", "why"), REFUSED.items(), ids=REFUSED)
def test_what_another_site_may_answer_is_refused_in_a_sentence(elsewhere: str, path: str, why: str):
    with pytest.raises(NotFetched, match=why):
        fetch(f"{elsewhere}/{path}", TESTING)


def test_a_server_that_drips_is_left_when_its_time_is_over():
    """However it spreads its bytes: each one would come within the patience of a socket."""
    with socket.create_server(("127.0.0.1", 0)) as listening, contextlib.ExitStack() as stack:
        ended = threading.Event()

        def drip() -> None:
            with contextlib.suppress(OSError):
                connection = stack.enter_context(listening.accept()[0])
                connection.sendall(b"HTTP/1.1 200 OK\r\n")
                while not ended.wait(0.05):
                    connection.sendall(b"X: x\r\n")

        thread = threading.Thread(target=drip)
        thread.start()
        with pytest.raises(NotFetched, match="it took more than"):
            fetch(f"http://127.0.0.1:{listening.getsockname()[1]}/a.jpg", TESTING._replace(patience=0.5))
        ended.set()
        thread.join()


PRIVATE = {
    "loopback": "127.0.0.1",
    "the rest of loopback": "127.8.9.1",
    "a name for it": "localhost",
    "decimal": "2130706433",
    "hexadecimal": "0x7f000001",
    "octal": "0177.0.0.1",
    "short": "127.1",
    "nothing": "0.0.0.0",
    "IPv6": "[::1]",
    "IPv6 of nothing": "[::]",
    "mapped": "[::ffff:127.0.0.1]",
    "mapped, in hexadecimal": "[::ffff:7f00:1]",
    "6to4": "[2002:7f00:1::]",
    "NAT64": "[64:ff9b::7f00:1]",
    "link-local": "169.254.169.254",
    "link-local of IPv6": "[fe80::1]",
    "unique local": "[fd00::1]",
    "ten": "10.0.0.1",
    "172": "172.16.0.1",
    "192": "192.168.0.1",
    "a carrier's": "100.64.0.1",
    "multicast": "224.0.0.1",
    "everybody": "255.255.255.255",
    "with a full stop": "localhost.",
}


@pytest.mark.parametrize("host", PRIVATE.values(), ids=PRIVATE)
def test_nothing_but_the_public_internet_is_asked(elsewhere: str, host: str):
    port = elsewhere.rpartition(":")[2]
    with pytest.raises(NotFetched, match=r"its server is not on the public internet|its server has no address"):
        fetch(f"http://{host}:{port}/a.jpg", PUBLIC)
    assert Answers.asked == []


class Names:
    """A list of names and where they lead; it notes which are looked up."""

    def __init__(self, *answers: str) -> None:
        self.answers, self.asked = answers, []

    def __call__(self, host: str, port: int, **_given) -> list:
        self.asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (answer, port)) for answer in self.answers]


def test_a_name_that_leads_here_is_judged_by_where_it_leads(elsewhere: str):
    names = Names("93.184.215.14", "127.0.0.1")
    with pytest.raises(NotFetched, match="not on the public internet"):
        fetch(elsewhere.replace("127.0.0.1", "rebound.example") + "/a.jpg", PUBLIC._replace(look_up=names))
    assert Answers.asked == []


def test_the_connection_goes_to_the_address_that_was_judged(elsewhere: str):
    """Looked up once: a name could lead elsewhere the second time."""
    names = Names("127.0.0.1")
    assert fetch(elsewhere.replace("127.0.0.1", "pictures.example") + "/a.jpg", TESTING._replace(look_up=names))
    assert names.asked == ["pictures.example"]
    assert Answers.asked[0][1]["Host"].startswith("pictures.example")


def test_each_redirect_is_judged(elsewhere: str):
    """The first address may be reached, and what it leads to not."""
    first = []

    def may_reach(_address) -> bool:
        first.append(_address)
        return len(first) == 1

    with pytest.raises(NotFetched, match="not on the public internet"):
        fetch(f"{elsewhere}/to/{elsewhere}/a.jpg", Site("K-Blog/test", may_reach, None))
    assert [path.split("/")[1] for path, _ in Answers.asked] == ["to"]


def test_an_unusual_port_is_not_asked():
    with pytest.raises(NotFetched, match="its address names the unusual port 6379"):
        fetch("http://127.0.0.1:6379/", fetching.public("1", ""))


def test_the_commands_ask_nothing_of_this_machine(app: Flask, elsewhere: str, tmp_path: pathlib.Path):
    bare = elsewhere.replace("http://127.0.0.1", "http://0x7f.1")
    stored(slug="boats", body=f"![A]({elsewhere}/a.jpg)\n\n![B]({bare}/b.jpg)\n\n![C](http://127.0.0.1/c.jpg)\n")
    said = bring_in(app, "fetch-images")
    assert "0  pictures fetched" in said
    assert "3  pictures that are not here yet" in said
    assert "its address names the unusual port" in said
    assert "http://127.0.0.1/c.jpg: its server is not on the public internet" in said
    said = bring_in(app, "import", takeout(tmp_path, [shown()], {}), "--fetch-images")
    assert "not here yet" in said
    assert Answers.asked == []
    assert kept(app) == []


@pytest.mark.real_data
def test_a_real_takeout_without_albums_counts_what_is_missing(app: Flask, data: pathlib.Path, tmp_path: pathlib.Path):
    said = bring_in(app, "import", data / "blogger-takeout")
    assert "Albums/" not in said
    texts = read(sa.select(Review.body).where(Review.body.contains("![")))
    addresses = [each for text in texts for each in re.findall(r"!\[[^\]]*\]\((\S+?)\)", text)]
    album = tmp_path / "Takeout/Blogger/Albums/Invented"
    shutil.copytree(data / "blogger-takeout", tmp_path, dirs_exist_ok=True)
    album.mkdir(parents=True)
    names = {address.rpartition("/")[2] for address in addresses if albums.HOSTS.search(address.split("/")[2])}
    for name in names:
        (album / albums.called(name)).write_bytes(picture())
    said = bring_in(app, "import", tmp_path)
    assert len(read(sa.select(MediaAddress))) == len({a for a in addresses if a.rpartition("/")[2] in names})
