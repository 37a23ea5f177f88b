"""A blog of Ghost's comes in: what its export says, what it holds back, and what is no such export."""

import copy
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from kblog import transfer
from kblog.models import Page, Review
from kblog.transfer.ghost import MOST_BYTES
from kblog.transfer.records import Entry, NotAnExport, Remark, Site, Skipped

from .browser import Browser
from .conftest import read

EXPORT = Path(__file__).parent / "exports" / "ghost.json"
WHOLE = json.loads(EXPORT.read_text(encoding="utf-8"))
HOME = "https://www.salt-notes.example/"


def records(path: Path, **given: str) -> list:
    return list(transfer.FORMATS[transfer.detect(path)].read(path, **given))


def changed(folder: Path, **tables: Any) -> Path:
    """Write the export with other tables."""
    whole = copy.deepcopy(WHOLE)
    whole["db"][0]["data"] |= tables
    path = folder / "changed.json"
    path.write_text(json.dumps(whole), encoding="utf-8")
    return path


def test_an_export_says_its_blog_and_its_texts():
    site, *found = records(EXPORT, base_url=HOME)
    assert (site.name, site.description, site.time_zone) == ("Salt Notes", "Dramas by the sea", "Asia/Seoul")
    assert site.hosts == {"www.salt-notes.example"}
    assert [each.state for each in found if isinstance(each, Entry)] == ["live", "draft", "draft", "live", "draft"]
    first = found[0]
    assert (first.labels, first.author) == (("Mystery", "Rainy days"), "Harin")
    assert (first.path, first.description) == ("/salt-road/", "A lorry driver and a widow.")
    assert first.html.startswith('<p><img src="https://www.salt-notes.example/content/images/2024/02/scale.jpg"')
    assert "__GHOST_URL__" not in first.html
    assert [each.reason for each in found if isinstance(each, Skipped)] == ["it has no text"]


def test_what_was_for_few_is_public_for_nobody():
    held = {each.title: each.warnings for each in records(EXPORT) if isinstance(each, Entry) and each.warnings}
    assert held == {
        "Night Ferry": ("it was for members alone: imported as a draft",),
        "A letter": ("it was sent by mail alone: imported as a draft",),
    }


def test_the_blog_comes_in_with_its_old_addresses_and_not_twice(app: Flask, reader: Browser):
    given = ["transfer", "import", str(EXPORT), "--base-url", HOME]
    said = [app.test_cli_runner().invoke(args=given).output for _ in range(2)]
    assert "4  reviews" in said[0]
    assert "5  entries that were here already" in said[1]
    assert reader.get("/salt-road/", status=301).response.location == "/reviews/salt-road/"
    assert reader.get("/about/", status=301).response.location == "/pages/about/"
    page = reader.get("/reviews/salt-road/")
    assert page.h1 == "Salt Road"
    assert page.one("//a[.='the other one']").get("href") == "/night-ferry/"
    assert read(sa.select(Page.title)) == ["About"]
    assert len(read(sa.select(Review.id).where(Review.is_live()))) == 1


def test_without_its_address_an_export_says_what_that_costs():
    (remark,) = [each for each in records(EXPORT) if isinstance(each, Remark)]
    assert remark.text.startswith("The export does not tell the old blog's address")


def test_it_is_known_in_a_zip_beside_other_files(tmp_path: Path):
    path = tmp_path / "ghost.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(EXPORT, "salt-notes.ghost.2025-11-27.json")
        archive.writestr("pictures/lorry.jpg.json", '{"title": "lorry.jpg"}')
    assert isinstance(records(path)[0], Site)


NONSENSE = [None, 7, "x", {}, [None, 7, "x", [], {}, {"id": []}, {"id": {}}, {"id": "a", "post_id": [], "tag_id": {}}]]


@pytest.mark.parametrize("table", ["tags", "posts_tags", "users", "posts_authors", "settings"])
def test_a_table_may_hold_anything(tmp_path: Path, table: str):
    for nonsense in NONSENSE:
        assert len(records(changed(tmp_path, **{table: nonsense}))) > 5


def test_a_post_may_hold_anything(tmp_path: Path):
    first = WHOLE["db"][0]["data"]["posts"][0]
    for name in first.keys() - {"id", "html"}:
        for nonsense in (None, 7, "9999-99-99", [], {"a": 1}):
            found = records(changed(tmp_path, posts=[first | {name: nonsense}, first]))
            assert [type(each) for each in found if not isinstance(each, Remark)] == [Site, Entry, Skipped], name


def test_what_is_no_export_is_refused_in_a_sentence(tmp_path: Path):
    wrong = {
        '{"db": [': "wrong.json is damaged",
        '{"db": []}': "wrong.json is an export of Ghost's without any post or page.",
        '{"db": [{"data": {"posts": []}}]}': "wrong.json is an export of Ghost's without any post or page.",
        '{"db": [' + "[" * 100_000: "wrong.json is damaged",
        '{"posts": []}': "wrong.json is not an export",
    }
    path = tmp_path / "wrong.json"
    for text, said in wrong.items():
        path.write_text(text, encoding="utf-8")
        with pytest.raises(NotAnExport, match=said):
            records(path)
    with path.open("wb") as file:
        file.write(b'{"db": [')
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(NotAnExport, match="larger than 64 MB"):
        records(path)
