"""The picture that a link to a review shows elsewhere: what is on it, who sees it, and when it is drawn anew."""

import hashlib
import io
import logging
import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from PIL import Image, ImageChops
from werkzeug.wrappers import Response

from kblog import background
from kblog.config import ROOT
from kblog.db import db, now, reads_only
from kblog.models import LinkPicture, Review
from kblog.reviews import link_pictures
from kblog.reviews.link_pictures import queries
from kblog.reviews.link_pictures.drawing import Subject, drawn
from kblog.reviews.link_pictures.font import FILES, KOREAN, LATIN, Fonts
from kblog.reviews.link_pictures.job import NAME, Draughtsman
from kblog.reviews.link_pictures.setting import BOTTOM, RISE, TOP, WIDE, set_titles
from kblog.reviews.link_pictures.store import rastered

from . import engines
from .browser import Browser
from .builders import document, stored, stored_together
from .conftest import read
from .covering import hung

FACTS = [("Title", "Paper Boats (종이배)"), ("Year", "2021"), ("Episodes", "8")]
TEXT = (0, 0, 640, 630)  # where the titles stand; right of it is the cover
PANEL = (690, 0, 1200, 630)


@pytest.fixture(scope="session")
def fonts() -> Fonts:
    return Fonts()


def draw(app: Flask) -> None:
    """Let the job do all that is due."""
    db.session.rollback()
    while background.of(app).do(NAME):
        pass


def address(app: Flask, slug: str = "paper-boats") -> str:
    """The picture that a review's page names, without its host; "" where it names none."""
    found = Browser(app).get(f"/reviews/{slug}/").all("//meta[@property='og:image']/@content")
    return found[0].removeprefix("http://localhost") if found else ""


def picture(app: Flask, at: str) -> Image.Image:
    return Image.open(io.BytesIO(sent(app, at).get_data())).convert("RGB")


def sent(app: Flask, at: str, status: int = 200) -> Response:
    """What a reader gets at the address of a picture."""
    with Browser(app).ask(at) as answer:
        answer.get_data()
    assert answer.status_code == status
    return answer


def change(**given) -> None:
    """Change the one review, and commit."""
    review = db.session.query(Review).one()
    for name, value in given.items():
        setattr(review, name, value)
    db.session.commit()


def row() -> sa.Row:
    with reads_only():
        columns = (LinkPicture.hash, LinkPicture.trouble, LinkPicture.tries, LinkPicture.claimed_at)
        return db.session.execute(sa.select(*columns)).one()


def subject(**given) -> Subject:
    said = {"slug": "boats", "cover_seed": "", "headline": "", "kind": "film", "year": 2021}
    return Subject(**said, **{"cover_files": None, "cover_focus": "", **given})


def inked(image: Image.Image, box: tuple[int, int, int, int]) -> int:
    """How many points of a part differ from the ground, which the upper left corner shows."""
    part = image.crop(box)
    ground = Image.new("RGB", part.size, image.getpixel((0, 0)))
    return sum(ImageChops.difference(part, ground).convert("L").histogram()[60:])


def test_a_review_that_is_published_gets_a_picture_and_its_page_names_it(app: Flask):
    stored(overview=FACTS)
    assert not address(app)
    page = Browser(app).get("/reviews/paper-boats/")
    assert page.one("//meta[@name='twitter:card']/@content") == "summary"
    draw(app)
    page = Browser(app).get("/reviews/paper-boats/")
    told = {
        each.get("property"): each.get("content") for each in page.all("//meta[starts-with(@property, 'og:image')]")
    }
    assert re.fullmatch(r"http://localhost/media/links/[0-9a-f]{64}\.png", told.pop("og:image"))
    assert told == {
        "og:image:type": "image/png",
        "og:image:width": "1200",
        "og:image:height": "630",
        "og:image:alt": "Paper Boats, 종이배",
    }
    assert page.one("//meta[@name='twitter:card']/@content") == "summary_large_image"
    assert f'"image":["http://localhost{address(app)}"]' in page.text
    assert f"http://localhost{address(app)}" in Browser(app).get("/feeds/reviews.json").text
    assert f'<media:thumbnail url="http://localhost{address(app)}"/>' in Browser(app).get("/feeds/reviews.atom").text
    drawn = picture(app, address(app))
    assert drawn.size == (1200, 630)
    assert inked(drawn, TEXT) > 4_000  # three syllables and two words
    assert len(drawn.crop(PANEL).getcolors(1_000_000) or ()) > 2


def test_others_may_show_it_and_keep_it_for_good(app: Flask):
    stored(overview=FACTS)
    draw(app)
    answer = sent(app, address(app))
    assert answer.mimetype == "image/png"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    with Browser(app).ask(address(app), headers={"If-None-Match": answer.headers["ETag"]}) as again:
        assert again.status_code == 304


def test_what_is_not_public_has_none_that_anybody_sees(app: Flask, author: Browser):
    stored(overview=FACTS, state="draft", published_at=None)
    draw(app)
    with reads_only():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(LinkPicture)) == 0
    change(published_at=now() + timedelta(days=1))
    draw(app)
    at = f"/media/links/{row().hash}.png"  # ready for its moment
    assert sent(app, at, 404)
    change(published_at=now())
    assert sent(app, at)
    change(withdrawn_at=now())
    assert sent(app, at, 404)


@pytest.mark.parametrize("name", ["x", "..%2f..%2fkblog", "0" * 64, "A" * 64, "0" * 5000])
def test_a_name_that_is_none_finds_nothing(app: Flask, name: str):
    Browser(app).get(f"/media/links/{name}.png", status=404)


def test_it_is_drawn_anew_when_what_it_shows_changes_and_only_then(app: Flask, author: Browser):
    review = stored(overview=FACTS, body="It floats.").id
    draw(app)
    first = address(app)
    author.get(f"/studio/reviews/{review}/").send(
        "//form[@id='review-form']", {"description": "x"}, button="action=save"
    )
    draw(app)
    assert address(app) == first
    author.get(f"/studio/reviews/{review}/").send("//form[@id='review-form']", {"title": "Boats"}, button="action=save")
    draw(app)
    second = address(app)
    assert second not in ("", first)
    author.get(f"/studio/reviews/{review}/cover/").send("//form[@id='drawn-cover']", {"number": "2"})
    draw(app)
    assert address(app) not in ("", first, second)
    assert sent(app, second, 404)


def test_a_picture_that_is_the_cover_stands_beside_the_title_with_its_focus_in_sight(app: Flask):
    at = hung(app).address
    stored(overview=FACTS, cover=at, cover_focus="0 50", cover_alt="A harbour")
    draw(app)
    page = Browser(app).get("/reviews/paper-boats/")
    assert page.one("//meta[@property='og:image:alt']/@content") == "Paper Boats, 종이배. A harbour"
    shown = picture(app, address(app))
    assert [shown.getpixel((x, 300)) for x in (700, 1190)] == [(255, 0, 0), (0, 128, 0)]
    change(cover_focus="100 50")
    draw(app)
    shown = picture(app, address(app))
    assert [shown.getpixel((x, 300)) for x in (700, 1190)] == [(0, 128, 0), (0, 0, 255)]


@pytest.mark.parametrize(
    ("native", "title"),
    [
        ("봄", "Spring"),
        ("", "The Extraordinarily Long Afternoon of Madame Gwak and Her Seven Unreliable Umbrellas, Told Twice"),
        ("아무도 찾지 않는 바닷가의 여름 호텔에서 보낸 마지막 일주일 그리고 그 다음 날의 긴 이야기", ""),
        ("슬기로운의사생활시즌둘의마지막회를보고나서쓰는아주긴글", "Café Émile’s Señor: “Dazzling”"),
        ("", "Pneumonoultramicroscopicsilicovolcanoconiosisandsoonforever"),
        ("", 'Tom & "Jerry" <b>\'s</b>'),
        ("스물다섯 스물하나 2521", "Twenty‑Five Twenty‑One — 스물다섯"),
    ],
)
def test_a_title_of_any_length_stays_in_its_place(app: Flask, fonts: Fonts, native: str, title: str):
    lines = set_titles(native, title, fonts)
    assert lines[0].y - lines[0].size * RISE >= TOP - 1
    assert lines[-1].y <= BOTTOM
    for line in lines:
        assert sum(fonts.width(run.text, run.family) for run in line.runs) * line.size <= WIDE
    with app.test_request_context():
        drawn_one = rastered(drawn(subject(native_title=native, work_title=title), fonts, Path()), fonts)
    image = Image.open(io.BytesIO(drawn_one)).convert("RGB")
    assert image.size == (1200, 630)
    assert inked(image, TEXT) > 1_500
    assert inked(image, (0, 0, 55, 630)) == 0  # the left margin


def test_signs_that_no_font_has_are_left_out_and_never_drawn_as_boxes(fonts: Fonts):
    assert fonts.shown(" Boats 😀 千と \u202e종이배\tCafe\u0301 ") == "Boats 종이배 Café"
    assert [run.family for run in fonts.runs("소금 Salt", KOREAN)] == [KOREAN]
    assert [run.family for run in fonts.runs("Salt 소금 é", LATIN)] == [LATIN, KOREAN, LATIN]
    assert set_titles("千と千尋", "😀", fonts) == []


def test_every_syllable_and_the_letters_of_romanised_names_can_be_drawn(fonts: Fonts):
    assert all(chr(code) in fonts.fonts[KOREAN].advances for code in range(0xAC00, 0xD7A4))
    assert not [sign for sign in "ŏŭŎŬéñçøßşğāł“”‘’—–…‑&" if sign not in fonts.fonts[LATIN].advances]


def test_a_title_without_a_letter_that_can_be_drawn_has_no_picture_and_is_not_tried_for_ever(app: Flask, caplog):
    stored(overview=[("Title", "千と千尋")], headline="千と千尋")
    for _ in range(3):
        draw(app)
    assert (row().hash, row().tries) == ("", 1)
    assert "none of its title's letters" in row().trouble
    for _ in range(9):
        db.session.query(LinkPicture).update({"claimed_at": now() - timedelta(hours=1)})
        db.session.commit()
        background.of(app).do(NAME)
        app.extensions["kblog.link-pictures"].done = (-1, 0.0)
    assert row().tries == queries.MOST_TRIES
    change(work_title="Spirited")
    draw(app)
    assert (len(row().hash), row().trouble) == (64, "")


def test_two_processes_never_draw_one_twice_and_one_that_was_killed_is_followed(app: Flask):
    number = stored(overview=FACTS).id
    db.session.rollback()
    assert queries.claim(number, "x", now())
    assert not queries.claim(number, "x", now())
    assert queries.claim(number, "y", now())  # something else is wanted by now
    queries.note([(number, "x", "0" * 64)], [])  # whoever had claimed it first comes late
    assert row().hash == ""
    assert queries.claim(number, "y", now() + queries.SILENT + timedelta(seconds=1))
    assert row().tries == 0, "a process that was killed says nothing against the picture"


KILLED = """
import sys
from pathlib import Path
from kblog import background, create_app
from kblog.config import Config
app = create_app(Config(instance=Path(sys.argv[1]), database_url=sys.argv[3]))
while background.of(app).do(sys.argv[2]):
    pass
"""


def test_a_process_that_is_killed_while_it_draws_leaves_nothing_half_done(app: Flask):
    stored_together(*(document(slug=f"boat-{n}", overview=[("Title", f"Boat {n}")]) for n in range(6)))
    db.session.rollback()
    folder = app.config["KBLOG"].instance
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(folder), NAME, engines.database_url(folder)], cwd=ROOT
    ) as process:
        while not read(sa.select(LinkPicture.review_id)):
            assert process.poll() is None
        process.kill()
    db.session.query(LinkPicture).update({"claimed_at": now() - timedelta(hours=1)})
    db.session.commit()
    draw(app)
    named = {Path(address(app, f"boat-{n}")).name for n in range(6)}
    lying = list(app.config["KBLOG"].link_pictures.glob("[!.]*"))
    assert named <= {each.name for each in lying}
    assert {hashlib.sha256(each.read_bytes()).hexdigest() + ".png" for each in lying} == {each.name for each in lying}


def test_what_is_claimed_by_another_is_left_to_them(app: Flask):
    stored(overview=FACTS)
    draw(app)
    db.session.query(LinkPicture).update({"shows": "", "claimed_at": now(), "hash": ""})
    db.session.commit()
    app.extensions["kblog.link-pictures"].done = (-1, 0.0)
    draw(app)
    assert row().hash == ""


def test_many_are_drawn_a_few_at_a_time_and_their_pages_change_together(app: Flask):
    documents = (document(slug=f"boat-{n}", overview=[("Title", f"Boat {n}")]) for n in range(10))
    stored_together(*documents)
    db.session.rollback()
    assert background.of(app).do(NAME)
    with reads_only():
        hashes = list(db.session.scalars(sa.select(LinkPicture.hash)))
    assert len(hashes) == len(set(hashes)) == 8
    draw(app)
    assert all(address(app, f"boat-{n}") for n in range(10))


@pytest.mark.of_sqlite  # on PostgreSQL it may lie on another machine
def test_a_file_that_is_gone_is_drawn_again_and_one_that_nobody_has_goes(app: Flask):
    stored(overview=FACTS)
    draw(app)
    at, folder = address(app), app.config["KBLOG"].link_pictures
    (file,) = folder.iterdir()
    file.unlink()
    (folder / f"{'0' * 64}.png").write_bytes(b"old")
    os.utime(folder / f"{'0' * 64}.png", (1, 1))
    assert sent(app, at, 404)
    app.extensions["kblog.link-pictures"].done = (-1, 0.0)
    draw(app)
    assert sent(app, at)
    assert [each.name for each in folder.iterdir()] == [file.name]


def test_without_the_fonts_there_is_no_picture_and_one_line_in_the_log(app: Flask, tmp_path: Path, caplog):
    stored(overview=FACTS)
    db.session.rollback()
    job = Draughtsman(app, tmp_path)
    with caplog.at_level(logging.WARNING):
        assert not job.work()
        assert not job.work()
    assert [record.message for record in caplog.records] == [
        "links to reviews show no picture: a font is not here; `make setup` gets it"
    ]
    assert not address(app)


def test_what_is_no_drawing_is_told_and_leaves_nothing(app: Flask, fonts: Fonts):
    with pytest.raises(link_pictures.NotDrawn):
        rastered("<svg", fonts)
    assert set(FILES) == {KOREAN, LATIN}
