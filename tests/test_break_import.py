"""Exports that somebody cut, bent or made to do harm: a clear sentence, or what can be had of them; nothing half."""

import random
import re
import struct
import zipfile
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from kblog import transfer
from kblog.db import db
from kblog.models import Comment, Review
from kblog.transfer.records import NotAnExport

from .browser import Browser
from .conftest import is_sound, state

EXPORTS = Path(__file__).parent / "exports"
FEED = EXPORTS / "Takeout" / "Blogger" / "Blogs" / "Salt Notes" / "feed.atom"
BACKUP = EXPORTS / "backup.xml"
WORDPRESS = EXPORTS / "wordpress.xml"
DICE = random.Random(7)
CONTENT = re.compile(rb"(<content[^>]*>)")


def cut(whole: bytes) -> bytes:
    return whole[: DICE.randrange(len(whole))]


def flip(whole: bytes) -> bytes:
    bent = bytearray(whole)
    for _ in range(DICE.choice([1, 5, 200])):
        bent[DICE.randrange(len(bent))] ^= 1 << DICE.randrange(8)
    return bytes(bent)


def take_out(whole: bytes) -> bytes:
    start = DICE.randrange(len(whole))
    return whole[:start] + whole[start + DICE.randrange(2000) :]


def repeat(whole: bytes) -> bytes:
    start = DICE.randrange(len(whole))
    return whole[:start] + whole[start : start + 3000] * 3 + whole[start:]


def shuffle(whole: bytes) -> bytes:
    lines = whole.splitlines(keepends=True)
    DICE.shuffle(lines)
    return b"".join(lines)


def into_content(words: bytes):
    return lambda whole: CONTENT.sub(lambda tag: tag[1] + words, whole)


def instead(pattern: bytes, words: bytes):
    return lambda whole: re.sub(pattern, words.replace(b"\\", b"\\\\"), whole)


MUTATIONS = {
    **{f"cut {n}": cut for n in range(3)},
    **{f"flipped {n}": flip for n in range(5)},
    **{f"taken out {n}": take_out for n in range(3)},
    **{f"repeated {n}": repeat for n in range(3)},
    "shuffled": shuffle,
    "nested": into_content(b"&lt;div&gt;" * 5_000 + b"&lt;blockquote&gt;&lt;ul&gt;&lt;li&gt;" * 500),
    "nested for real": into_content(b"<div>" * 300),
    "a table in a table": into_content(b"&lt;table&gt;&lt;tr&gt;&lt;td&gt;" * 300),
    "a script": into_content(
        b"&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;&lt;svg onload=x&gt;"
    ),
    "signs that are none": into_content(b"&#0;&#xd800;&#xffff;&#8238;&amp;#0;&amp;#xD800;&amp;#x202e;\x00\xff"),
    "and in the name of a namespace": lambda whole: re.sub(rb"(xmlns:?\w*=.)", rb"\1&#xd800;", whole, count=1),
    "and beside text as it stands": into_content(b"<![CDATA[ &#xd800; ]]>&#xd800;&#55296;"),
    "one long word": into_content(b"x" * 600_000),
    "one long line of brackets": into_content(b"[" * 30_000 + b"![](" * 10_000),
    "dates of no calendar": instead(rb"\d{4}-\d\d-\d\dT[\d:.]+", b"9999-12-31T25:61:61"),
    "dates before all time": instead(rb"\d{4}-\d\d-\d\dT", b"0001-01-01T"),
    "numbers beyond all": instead(rb"(?<=post-)\d+", b"9" * 5_000),
    "one id for all": instead(rb"(?<=post-)\d+", b"7"),
    "addresses of elsewhere": instead(rb"https?://[^'\"<]+", b"javascript:alert(1)"),
    "paths that climb": instead(rb"(?<=filename>)[^<]*", b"/../../../etc/passwd"),
    "labels without end": instead(rb"term='[^']*'", b"term='" + "사랑 ".encode() * 3_000 + b"'"),
    "another encoding": lambda whole: whole.decode("utf-8").encode("utf-16"),
    "another encoding's name": lambda whole: re.sub(rb"^", b"<?xml version='1.0' encoding='utf-7'?>", whole, count=1),
}


@pytest.mark.parametrize("source", [BACKUP, FEED, WORDPRESS], ids=["backup", "takeout", "wordpress"])
def test_what_is_broken_is_told_and_nothing_is_left_half(app: Flask, tmp_path: Path, source: Path):
    outcomes = set()
    for name, bend in MUTATIONS.items():
        path = tmp_path / f"{name.replace(' ', '-')}{source.suffix}"
        path.write_bytes(bend(source.read_bytes()))
        before = state()
        result = app.test_cli_runner().invoke(args=["transfer", "import", str(path)])
        assert result.exception is None or isinstance(result.exception, SystemExit), (name, result.exception)
        assert "Traceback" not in result.output, name
        outcomes.add(result.exit_code)
        if result.exit_code:
            assert re.fullmatch(r"Error: .+\.\n", result.output), (name, result.output)
            assert state() == before, name
        sound(name)
    assert outcomes == {0, 1}
    reader = Browser(app)
    slugs = db.session.scalars(sa.select(Review.slug).where(Review.is_live())).all()
    db.session.rollback()
    assert slugs
    for slug in slugs:
        page = reader.get(f"/reviews/{slug}/")
        assert not page.all(
            "//main//script | //main//svg[@onload] | //*[@onerror] | //a[starts-with(@href, 'javascript')]"
        )


def sound(name: str) -> None:
    """Assert that every row leads somewhere, and that each review's number of comments is theirs."""
    db.session.rollback()
    assert is_sound(), name
    seen = sa.select(sa.func.count(Comment.id)).where(Comment.review_id == Review.id, Comment.state == "visible")
    wrong = sa.select(Review.slug).where(Review.comment_count != seen.scalar_subquery())
    assert db.session.scalars(wrong).all() == [], name
    db.session.rollback()


def zipped(path: Path, name: str = "Blogger/Blogs/x/feed.atom", content: bytes | None = None) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, FEED.read_bytes() if content is None else content)
    return path


def records_of(path: Path) -> list | str:
    try:
        return list(transfer.FORMATS[transfer.detect(path)].read(path))
    except NotAnExport as refused:
        return str(refused)


def test_a_zip_that_lies_about_its_size_is_read_no_further(tmp_path: Path):
    """It says that it unpacks to little, so that the limits pass it; no more than that is then unpacked."""
    feed = FEED.read_bytes().replace(b"</feed>", b"<!--" + b" " * 60_000_000 + b"--></feed>")
    path = zipped(tmp_path / "lies.zip", content=feed)
    packed = bytearray(path.read_bytes())
    del feed
    directory = packed.rindex(b"PK\x01\x02")
    packed[directory + 24 : directory + 28] = struct.pack("<I", 20_000)  # in the directory, which is what is believed
    packed[22:26] = struct.pack("<I", 20_000)
    path.write_bytes(packed)
    found = records_of(path)
    assert isinstance(found, str) or any("repaired" in getattr(each, "text", "") for each in found)


def test_a_zip_whose_bytes_are_not_those_of_its_checksum_is_told(tmp_path: Path):
    path = zipped(tmp_path / "checksum.zip")
    packed = bytearray(path.read_bytes())
    directory = packed.rindex(b"PK\x01\x02")
    packed[directory + 16] ^= 0xFF
    path.write_bytes(packed)
    found = records_of(path)
    said = found if isinstance(found, str) else " ".join(getattr(each, "text", "") for each in found)
    assert "Bad CRC" in said


def test_a_zip_in_a_zip_is_no_export_and_is_not_opened(tmp_path: Path):
    inner = zipped(tmp_path / "inner.zip").read_bytes()
    assert "holds no export" in records_of(zipped(tmp_path / "outer.zip", "inner.zip", inner))
    assert "neither XML nor a zip file" in records_of(zipped(tmp_path / "named.zip", "feed.atom", inner))


def test_a_link_in_a_folder_leads_nowhere(tmp_path: Path):
    """A folder that was unpacked from somebody else's archive may hold links to what is not theirs."""
    (tmp_path / "secret.atom").write_bytes(FEED.read_bytes())
    folder = tmp_path / "Takeout"
    folder.mkdir()
    (folder / "feed.atom").symlink_to(tmp_path / "secret.atom")
    assert "holds no export" in records_of(folder)
