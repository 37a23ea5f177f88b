"""Smaller versions of a picture: made in the background, chosen by the browser, made once, and made anew if lost."""

import html
import io
import os
import pathlib
import re
import subprocess
import sys
import time
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from PIL import Image
from playwright.sync_api import Page as BrowserPage
from playwright.sync_api import Route

from kblog import background, markup
from kblog.db import db, now
from kblog.markup.policy import SIZES
from kblog.media import keeping, queries, variants
from kblog.media.store import Kept, Store
from kblog.models import ContentVersion, Media, MediaVariant, Review

from . import engines
from .browser import Browser
from .builders import stored
from .chromium import find_nothing, served
from .conftest import logged_in, read
from .test_bring_pictures import moving, picture, taken_and_memory

NAMED = re.compile(r"/media/[0-9a-f]{64}\.(?:jpg|png|webp)")


def grainy(kind: str = "JPEG", size: tuple[int, int] = (1800, 1200), mode: str = "RGB") -> bytes:
    """Draw something that does not pack well, as photographs do not."""
    out = io.BytesIO()
    Image.effect_noise((size[0] // 4, size[1] // 4), 60).resize(size).convert(mode).save(out, kind)
    return out.getvalue()


def came(app: Flask, given: bytes, address: str = "") -> Kept:
    """Bring a picture in, as the import and the studio do."""
    kept = Store(app.config["KBLOG"].media).keep(given)
    arrival = keeping.Arrival(kept, "sea.jpg", (address,) if address else ())
    keeping.add(db.session(), [arrival], queries.shown(db.session()), now())
    db.session.commit()
    return kept


def make(app: Flask) -> None:
    """Let the background do what waits."""
    db.session.rollback()
    background.of(app).do(variants.JOB)


def choice(srcset: str) -> dict[int, str]:
    """Read a srcset: addresses by width."""
    return {int(width[:-1]): address for address, width in (each.split(" ") for each in srcset.split(", "))}


def lying(app: Flask) -> list[pathlib.Path]:
    return sorted((app.config["KBLOG"].media / "variants").iterdir())


def version() -> int:
    return read(sa.select(ContentVersion.version))[0]


def test_a_photograph_is_shown_in_the_size_that_a_browser_needs(app: Flask):
    kept = came(app, grainy())
    review = stored(body=f'## Story\n\n![The sea](/media/{kept.file_name} "At dawn")\n')
    before, saved = version(), review.version
    make(app)
    assert version() == before + 1
    page = Browser(app).get("/reviews/paper-boats/")
    image, source = page.one("//figure[@class='picture']/picture//img"), page.one("//picture/source")
    assert (image.get("alt"), image.get("width"), image.get("height")) == ("The sea", "1800", "1200")
    assert (image.get("loading"), image.get("decoding")) == ("lazy", "async")
    assert image.get("src") == f"/media/{kept.file_name}"
    assert page.texts("//figure[@class='picture']/figcaption") == ["At dawn"]
    assert source.get("type") == "image/webp"
    assert (image.get("sizes"), source.get("sizes")) == (SIZES, SIZES)
    own, webp = choice(image.get("srcset")), choice(source.get("srcset"))
    assert list(own) == [320, 640, 960, 1600, 1800]
    assert list(webp) == [320, 640, 960, 1600]
    assert own[1800] == image.get("src")
    for width, address in {**own, **{-each: webp[each] for each in webp}}.items():
        with Browser(app).ask(address) as answer:
            assert answer.mimetype == ("image/webp" if width < 0 else "image/jpeg")
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
            with Image.open(io.BytesIO(answer.data)) as drawn:
                assert drawn.size == (abs(width), round(abs(width) * 1200 / 1800))
    assert read(sa.select(Review.version)) == [saved], "an editor that is open stays in step"
    make(app)
    assert version() == before + 1, "what is made is not made again"


def test_a_text_written_later_shows_all_sizes_at_once_in_feeds_too(app: Flask):
    kept = came(app, grainy("PNG", (700, 500), "RGBA"))
    make(app)
    stored(body=f"## Story\n\n![The sea](/media/{kept.file_name}) Words around it.\n")
    image = Browser(app).get("/reviews/paper-boats/").one("//article//p/picture//img")
    assert list(choice(image.get("srcset"))) == [320, 640, 700]
    feed = html.unescape(Browser(app).get("/feeds/reviews.atom").text)
    addresses = re.findall(r'(?:src|srcset)="([^"]+)"', feed)
    assert len(addresses) == 3
    assert all(each.startswith("http://localhost/media/") for given in addresses for each in given.split(", "))
    assert "srcset" not in read(sa.select(Review.excerpt))[0] + str(read(sa.select(Review.body))[0])


def test_whoever_writes_the_address_of_a_smaller_version_means_the_picture(app: Flask):
    kept = came(app, grainy())
    make(app)
    (name, *_) = read(sa.select(MediaVariant.hash).order_by(MediaVariant.width, MediaVariant.extension.desc()))
    stored(body=f"![The sea](/media/{name}.webp)")
    image = Browser(app).get("/reviews/paper-boats/").one("//article//picture//img")
    assert image.get("src") == f"/media/{kept.file_name}"


@pytest.mark.parametrize(
    ("given", "made"),
    [
        (picture(size=(300, 200)), {(300, "webp")}),
        (grainy(size=(320, 200)), {(320, "webp")}),
        (grainy(size=(321, 200)), {(320, "webp"), (320, "jpg"), (321, "webp")}),
        (grainy("WEBP", (900, 600)), {(320, "webp"), (640, "webp")}),
        (grainy("PNG", (700, 400), "L"), {(320, "webp"), (320, "png"), (640, "webp"), (640, "png"), (700, "webp")}),
        (moving(), set()),
    ],
    ids=["narrow", "small", "a little larger", "webp", "grey", "moving"],
)
def test_what_is_made_is_smaller_and_lighter(tmp_path: pathlib.Path, given: bytes, made: set):
    store = Store(tmp_path)
    kept = store.keep(given)
    found = store.vary(kept.file_name)
    assert {(each.width, each.extension) for each in found} == made
    assert all(each.size < kept.size for each in found)


def test_transparency_and_colours_stay_in_every_size(tmp_path: pathlib.Path):
    profile = (132).to_bytes(4, "big") + bytes(32) + b"acsp" + bytes(92)
    image = Image.effect_noise((700, 500), 80).convert("P")
    out, store = io.BytesIO(), Store(tmp_path)
    image.save(out, "PNG", transparency=image.getpixel((0, 0)), icc_profile=profile)
    found = store.vary(store.keep(out.getvalue()).file_name)
    assert found
    for each in found:
        file = (tmp_path / "variants" / each.file_name).read_bytes()
        with Image.open(io.BytesIO(file)) as drawn:
            assert drawn.info["icc_profile"] == profile
            assert min(drawn.convert("RGBA").getchannel("A").tobytes()) < 255, each


def test_all_sizes_of_the_largest_picture_need_less_than_300_megabytes(tmp_path: pathlib.Path):
    Image.new("P", (6000, 4000), 7).save(tmp_path / "clear.png", transparency=0)
    (tmp_path / "photograph.jpg").write_bytes(picture(size=(6000, 4000)))
    taken, most = taken_and_memory(list(tmp_path.iterdir()), "variants")
    assert taken == 2
    assert most < 300


# Whoever is killed, and what cannot be drawn


def test_a_picture_is_claimed_by_one_and_taken_over_from_one_who_fell_silent(app: Flask):
    came(app, grainy(size=(400, 300)))
    (media_id,), moment = read(sa.select(Media.id)), now()
    assert variants.claim(db.session(), media_id, moment)
    assert not variants.claim(db.session(), media_id, moment)
    db.session.commit()
    make(app)
    assert read(sa.select(Media.variants_at)) == [None], "it is somebody else's"
    with db.session.begin():
        db.session.execute(sa.update(Media).values(variants_claimed_at=moment - variants.SILENT - timedelta(seconds=1)))
    make(app)
    assert read(sa.select(Media.variants_at)) != [None]


KILLED = """
import os
from kblog import background, create_app
from kblog.media import variants
variants.draw_anew = lambda _: os.kill(os.getpid(), 9)  # all is made, and no page shows it yet
background.of(create_app(has_commands=False)).do(variants.JOB)
"""


def test_who_is_killed_is_followed_by_another_and_nothing_is_there_twice(app: Flask):
    kept = came(app, grainy())
    stored(body=f"![The sea](/media/{kept.file_name})")
    environ = {"KBLOG_INSTANCE": str(app.config["KBLOG"].instance), "PATH": "/usr/bin:/bin"}
    environ |= engines.settings(app.config["KBLOG"].instance)
    killed = subprocess.run([sys.executable, "-c", KILLED], env=environ, cwd=pathlib.Path(__file__).parents[1])
    assert killed.returncode == -9
    assert read(sa.select(Media.variants_at)) == [None]
    assert read(sa.select(Media.variants_tries)) == [0], "it was not the picture"
    assert len(lying(app)) == 8
    with db.session.begin():
        db.session.execute(sa.update(Media).values(variants_claimed_at=now() - 2 * variants.SILENT))
    make(app)
    assert read(sa.select(Media.variants_at)) != [None]
    names = {f"{each.hash}.{each.extension}" for each in read(sa.select(MediaVariant))}
    assert {path.name for path in lying(app)} == names
    assert len(names) == 8
    assert Browser(app).get("/reviews/paper-boats/").one("//picture//img").get("srcset")


def test_what_cannot_be_drawn_is_tried_three_times_and_its_trouble_kept(app: Flask):
    kept = came(app, grainy(size=(400, 300)))
    file = app.config["KBLOG"].media / kept.file_name
    whole = file.read_bytes()
    file.write_bytes(whole[:200])
    for _ in range(5):
        make(app)
        with db.session.begin():
            db.session.execute(sa.update(Media).values(variants_claimed_at=now() - 2 * variants.SILENT))
    assert read(sa.select(Media.variants_tries)) == [3]
    assert read(sa.select(Media.variants_trouble)) == ["it is damaged or breaks off"]
    assert "Shown in one size alone: it is damaged or breaks off." in logged_in(app).get("/studio/media/").words
    file.write_bytes(whole)
    assert app.test_cli_runner().invoke(args=["rerender"]).exit_code == 0
    make(app)
    assert read(sa.select(Media.variants_trouble)) == [""]
    assert len(read(sa.select(MediaVariant))) == 3


def test_a_text_that_cannot_be_drawn_is_in_no_others_way(app: Flask):
    kept = came(app, grainy(size=(400, 300)))
    for slug in ("long", "short"):
        stored(slug=slug, body=f"![The sea](/media/{kept.file_name})")
    with db.session.begin():
        longer = sa.update(Review).where(Review.slug == "long")
        db.session.execute(longer.values(body="a " * markup.REVIEW_LIMIT, body_html=Review.body_html))
    make(app)
    assert read(sa.select(Media.variants_at)) != [None]
    assert "srcset" in read(sa.select(Review.body_html).where(Review.slug == "short"))[0]
    assert "srcset" not in read(sa.select(Review.body_html).where(Review.slug == "long"))[0]


def test_a_full_disk_is_no_fault_of_the_picture(app: Flask):
    kept = came(app, grainy(size=(400, 300)))
    in_the_way = app.config["KBLOG"].media / "variants"
    in_the_way.write_text("a file where the folder should be")
    make(app)
    assert read(sa.select(Media.variants_tries)) == [0]
    assert "nothing can be stored: File exists" in read(sa.select(Media.variants_trouble))[0]
    assert (app.config["KBLOG"].media / kept.file_name).exists()


@pytest.mark.of_sqlite  # on PostgreSQL it may lie on another machine
def test_a_version_that_is_lost_is_replaced_by_the_picture_and_made_anew(app: Flask):
    kept = came(app, grainy(size=(400, 300)))
    stored(body=f"![The sea](/media/{kept.file_name})")
    make(app)
    names = [path.name for path in lying(app)]
    stray, fresh = f"{'0' * 64}.webp", f"{'1' * 64}.webp"
    for name in (stray, fresh):
        (app.config["KBLOG"].media / "variants" / name).write_bytes(b"of a picture that is gone")
    os.utime(app.config["KBLOG"].media / "variants" / stray, (time.time() - 3600, time.time() - 3600))
    lying(app)[0].with_name(names[0]).unlink()
    with Browser(app).ask(f"/media/{names[0]}") as answer:
        assert answer.data == (app.config["KBLOG"].media / kept.file_name).read_bytes()
        assert answer.headers["Cache-Control"] == "no-store"
    background.of(app).do(f"{variants.JOB}, looked over")
    make(app)
    assert [path.name for path in lying(app)] == sorted([*names, fresh]), "what was just written may be on its way"


def test_a_page_whose_picture_is_lost_shows_what_is_left_of_it(app: Flask):
    kept = came(app, grainy(size=(400, 300)))
    stored(body=f"![The sea](/media/{kept.file_name})")
    make(app)
    (app.config["KBLOG"].media / kept.file_name).unlink()
    image = Browser(app).get("/reviews/paper-boats/").one("//picture//img")
    assert (image.get("alt"), image.get("width"), image.get("height")) == ("The sea", "400", "300")
    Browser(app).get(image.get("src"), status=404)
    with Browser(app).ask(choice(image.get("srcset"))[320]) as answer:
        assert answer.status_code == 200
    for path in lying(app):
        path.unlink()
    Browser(app).get(choice(image.get("srcset"))[320], status=404)


# In the browser

SHIFTS = """
new PerformanceObserver(list => {
  for (const shift of list.getEntries()) window.shifted = (window.shifted || 0) + shift.value;
}).observe({ type: "layout-shift", buffered: true });
"""


def later(route: Route) -> None:
    """Let a picture come after the words around it."""
    time.sleep(0.3)
    route.continue_()


@pytest.mark.browser
def test_a_telephone_gets_a_small_picture_and_nothing_moves(app: Flask, page: BrowserPage, complaints: list[str]):
    kept = came(app, grainy())
    words = "The boat leaves at nine, whoever is late. " * 5
    stored(body=f'## Story\n\n![The sea](/media/{kept.file_name} "At dawn")\n\n{words}\n\n## Ending\n\n{words}\n')
    make(app)
    with served(app) as address:
        page.add_init_script(SHIFTS)
        page.route("**/media/*", later)
        for wide, most in ((390, 640), (1440, 640)):
            page.set_viewport_size({"width": wide, "height": 800})
            page.goto(f"{address}/reviews/paper-boats/")
            image = page.get_by_role("img", name="The sea")
            image.scroll_into_view_if_needed()
            page.wait_for_function("image => image.naturalWidth > 0", arg=image.element_handle())
            chosen = image.evaluate("image => image.currentSrc").removeprefix(address)
            (row,) = [each for each in read(sa.select(MediaVariant)) if each.address == chosen]
            assert (row.width <= most, row.extension) == (True, "webp")
            box = image.bounding_box()
            assert box is not None
            assert abs(box["width"] / box["height"] - 1.5) < 0.02
            assert page.evaluate("window.shifted || 0") == 0
        find_nothing(page)
        assert complaints == []
