"""The site goes out as one zip that anybody can read, comes in again as the same site, and shows that it is."""

import contextlib
import hashlib
import json
import random
import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import Phase, given, settings

from kblog import document as documents
from kblog import transfer
from kblog.comments import decisions
from kblog.db import SafeHtml, db, now
from kblog.document import CommentEntry, Document
from kblog.models import (
    Autosave,
    AvailabilityChange,
    Comment,
    FormerLine,
    IgnoredFinding,
    ImportedEntry,
    Line,
    Page,
    Report,
    Review,
    ReviewViews,
    Setting,
    Spelling,
    Term,
)
from kblog.models import Availability as Entry
from kblog.studio import changes, publishing, saving
from kblog.studio.terms import merging
from kblog.transfer import portable
from kblog.transfer.loader import Loader
from kblog.transfer.portable import tables
from kblog.transfer.records import NotAnExport

from . import engines
from .browser import Browser
from .builders import PUBLISHED, comments, document, stored, stored_together
from .conftest import close, make_app, read, state, with_author
from .test_bring_pictures import picture, shown, takeout
from .test_document import documents as any_document
from .test_draw_link_picture import address, draw
from .test_keep_documents import RICH
from .test_size_pictures import came, grainy, make

MEDIA = {"ab/abcd.jpg": b"a picture" * 500, "한국.png": b"another"}
BODY = """## Story

It floats. Lee Hanee (Aran) rows.

::: spoiler episode 3
It sinks.
:::

## Memorable Lines

> “Every boat is owed a harbour.”
> — Aran, Episode 3

> Row, {verb}.
> — Jin, Episode 4
"""


def run(app: Flask, *arguments: object, status: int = 0) -> str:
    """Run `flask transfer ...`; what it prints is a few sentences and never a traceback."""
    db.session.rollback()  # what the test has read holds the write lock
    with app.app_context():
        result = app.test_cli_runner().invoke(args=["transfer", *map(str, arguments)])
        db.session.remove()
    assert result.exit_code == status, (result.output, result.exception)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.output


def exported(app: Flask, path: Path) -> zipfile.ZipFile:
    run(app, "export", path)
    return zipfile.ZipFile(path)


def lines(archive: zipfile.ZipFile, name: str) -> list[dict]:
    return json.loads(archive.read(name))


def everything(app: Flask) -> None:
    """Fill a site with all that one can hold."""
    session, moment = db.session(), now()
    with_author(app)
    shared = {"overview": [(row.label, row.value) for row in RICH.overview], "labels": RICH.labels}
    said = (
        *comments(2, spoils="3", website="https://boats.example/"),
        CommentEntry(id="3", parent="2", name="Mina", at=PUBLISHED, body="*Row!* ||It sinks.||", author=True),
        CommentEntry(id="4", parent="3", name="Spammer", at=PUBLISHED, body="Buy boats.", state="spam"),
        CommentEntry(id="5", parent="1", name="Held", at=PUBLISHED, body="Waiting.", state="pending"),
        CommentEntry(id="6", name="", at=PUBLISHED, state="removed"),
    )
    rich, one, two, draft, ahead, gone, away = stored_together(
        replace(RICH, comments=said, body=BODY.format(verb="row")),
        document(slug="one", overview=[("Title", "One"), ("Cast", "Gong Myoung (공명), Lee Hanee")]),
        document(
            slug="two", overview=[("Title", "Two"), ("Cast", "Gong Myung")], labels=("Gong Myoung",), featured=True
        ),
        document(slug="draft", published_at=None, state="draft", body="Not yet."),
        document(slug="ahead", published_at=moment + timedelta(days=9), body="Soon.", **shared),
        document(slug="gone", state="withdrawn", body="Once.", **shared),
        document(slug="away", published_at=None, state="draft"),
    )
    publishing.discard(away, moment)
    session.flush()
    text = saving.document_of(rich)
    saving.save(session, rich, replace(text, body=f"{text.body}\n> Gone for good.\n> — Jin, Episode 9\n"), moment)
    saving.save(session, rich, replace(saving.document_of(rich), body=BODY.format(verb="row")), moment)
    publishing.rename(session, one, "number-one")
    people = {term.slug: term for term in session.scalars(sa.select(Term).where(Term.facet == "person"))}
    people["gong-myoung"].spellings.append(Spelling(name="Kong Myeong", by_hand=True, origin="gong-myoung"))
    merging.merge(session, people["gong-myung"], people["gong-myoung"], moment)
    merging.tell_apart(session, people["gong-myoung"], people["lee-hanee"])
    entry = session.scalars(sa.select(Entry).where(Entry.status == "left")).one()
    back = replace(entry.entry, status="available", note="It is back.")
    changes.settle(session, [(entry, back)], moment)
    changes.undo(session, session.scalars(sa.select(AvailabilityChange)).all(), moment)
    changes.settle(session, [(entry, back)], moment)
    successor = Term(facet="platform", slug="boatflix", name="Boatflix")
    changes.end(session, entry.platform, [entry], date(2026, 4, 1), successor, date(2026, 4, 2), moment)
    page = Page(slug="imprint", title="Imprint", published_at=PUBLISHED, source_ref="blogger:1:2")
    page.body = "## Who\n\nMe."
    hidden = Page(slug="later", title="Later", published_at=None)
    session.add_all([page, hidden])
    session.flush()
    saving.save(session, page, replace(saving.document_of(page), body="## Who\n\nStill me."), moment)
    publishing.rename(session, page, "about-me")
    old = Comment(page_id=page.id, name="Ari", body="Hello.", posted_at=PUBLISHED, old_number="77", key="own-key")
    old.writer_hash, old.network, old.fingerprint, old.edited_at = "hash-of-ari", "203.0.113.0/24", "print", moment
    session.add(old)
    session.flush()
    decisions.decide(session, session.scalars(sa.select(Comment).where(Comment.name == "Held")).one(), "spam", moment)
    session.add_all(
        [
            Report(comment_id=old.id, reason="It is rude.", reported_at=moment),
            IgnoredFinding(review_id=rich.id, key="a-rule:a-thing", words="Look.", ignored_at=moment),
            ReviewViews(review_id=two.id, day=date.today() - timedelta(days=2), views=40),
            Setting(name="name", value="Boat Notes"),
            ImportedEntry(
                source_ref="blogger:1:2", outcome="page", raw="<entry>word for word</entry>", imported_at=moment
            ),
            Autosave(review_id=draft.id, tab="t", version=1, fields=[["body", "zyxq typed"]], saved_at=moment),
        ]
    )
    session.commit()
    for name, content in MEDIA.items():
        path = Path(app.instance_path) / "media" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    assert {rich.state, one.state, draft.state, ahead.state, gone.state, away.state} == {
        *("published", "draft", "scheduled", "withdrawn", "discarded")
    }


@pytest.fixture
def elsewhere(empty_instance: Path, tmp_path: Path) -> Iterator[Callable[[], Flask]]:
    """Makes empty sites beside the one at hand."""
    made: list[Flask] = []

    def another() -> Flask:
        folder = tmp_path / f"elsewhere-{len(made)}"
        engines.copy(empty_instance, folder)
        made.append(make_app(folder))
        return made[-1]

    yield another
    for app in made:
        with app.app_context():
            close(app)


# Out


def test_a_site_is_written_as_texts_and_tables_that_plain_tools_read(app: Flask, tmp_path: Path):
    everything(app)
    archive = exported(app, tmp_path / "site.zip")
    assert archive.testzip() is None
    text = archive.read("reviews/paper-boats.md").decode()
    assert text.startswith("---\n")
    assert documents.parse(text).body == BODY.format(verb="row")
    assert "Still me." in archive.read("pages/about-me.md").decode()
    told = {row["name"]: row for row in lines(archive, "comments/paper-boats.json") if "name" in row}
    assert told["Spammer"]["state"] == told["Held"]["state"] == "spam"
    assert told["Spammer"]["parent_id"] == told["Mina"]["id"]
    assert lines(archive, "comments/pages/about-me.json")[0]["old_number"] == "77"
    merged = [row for row in lines(archive, "moved-terms.json") if "merged_at" in row]
    assert [(row["slug"], row["term"]) for row in merged] == [("gong-myung", "person/gong-myoung")]
    assert {row["review"] for row in lines(archive, "ledger-log.json")} == {"paper-boats"}
    assert {row["path"] for row in lines(archive, "redirects.json")} == {"/reviews/one/", "/pages/imprint/"}
    assert [row["occasion"] for row in lines(archive, "revisions/paper-boats.json")] == ["imported", "saved", "saved"]
    assert archive.read("media/ab/abcd.jpg") == MEDIA["ab/abcd.jpg"]
    manifest = json.loads(archive.read("manifest.json"))
    assert manifest["counts"] | {"reviews": 7, "pages": 2, "comments": 7, "media": 2} == manifest["counts"]
    assert manifest["files"].keys() == set(archive.namelist()) - {"manifest.json"}
    for name, file in manifest["files"].items():
        assert hashlib.sha256(archive.read(name)).hexdigest() == file["sha256"], name


def test_no_secret_leaves_and_nobody_else_on_the_machine_reads_the_rest(app: Flask, tmp_path: Path):
    everything(app)
    archive = exported(app, tmp_path / "site.zip")
    whole = b"".join(archive.read(name) for name in archive.namelist())
    secrets = [app.config["SECRET_KEY"], "argon2", "own-key", "hash-of-ari", "203.0.113", "fingerprint", "zyxq typed"]
    assert [each for each in secrets if each.encode() in whole] == []
    assert (tmp_path / "site.zip").stat().st_mode & 0o077 == 0


def test_a_whole_site_is_not_taken_for_its_texts(app: Flask, tmp_path: Path):
    stored()
    exported(app, tmp_path / "site.zip")
    with pytest.raises(NotAnExport, match="is a whole site"):
        transfer.detect(tmp_path / "site.zip")


def test_every_table_goes_along_or_is_left_out_by_name(app: Flask):
    kept = [each.table.name for each in (*tables.TABLES, *tables.BY_SUBJECT)]
    left_out = [model.__tablename__ for model in tables.LEFT_OUT]
    assert sorted([*kept, *left_out]) == sorted(db.metadata.tables)
    html = [c for each in (*tables.TABLES, *tables.BY_SUBJECT) for c in each.columns if isinstance(c.type, SafeHtml)]
    assert not html, "HTML of a file is never believed: it is drawn anew"


def test_an_export_takes_no_other_files_place_and_a_failed_one_leaves_nothing(app: Flask, tmp_path: Path):
    stored()
    (tmp_path / "notes.zip").write_text("mine")
    assert "choose another name" in run(app, "export", tmp_path / "notes.zip", status=1)
    assert (tmp_path / "notes.zip").read_text() == "mine"
    assert "could not be written" in run(app, "export", tmp_path / "nowhere" / "site.zip", status=1)
    exported(app, tmp_path / "site.zip")
    exported(app, tmp_path / "site.zip")
    assert {each.name for each in tmp_path.iterdir()} == {"notes.zip", "site.zip", "instance"}


# And in again


def test_a_site_with_everything_is_the_same_site_again(app: Flask, tmp_path: Path, elsewhere):
    everything(app)
    first = exported(app, tmp_path / "site.zip")
    other = elsewhere()
    output = run(other, "import", tmp_path / "site.zip")
    assert "The whole site: 7 reviews, 2 pages, 7 comments, 2 media files." in output
    exported(other, tmp_path / "again.zip")
    again = zipfile.ZipFile(tmp_path / "again.zip")
    assert {name: again.read(name) for name in again.namelist()} == {
        name: first.read(name) for name in first.namelist()
    }
    assert (tmp_path / "again.zip").read_bytes() == (tmp_path / "site.zip").read_bytes()
    output = run(app, "verify", tmp_path / "site.zip")
    assert "answer with the same bytes as here" in output
    with other.app_context():
        anchors = [Browser(site).get("/reviews/paper-boats/").all("//*[@id]/@id") for site in (app, other)]
        assert anchors[0] == anchors[1]
        assert len([each for each in anchors[0] if each.startswith("comment-")]) == 3
        assert "c77" in Browser(other).get("/pages/about-me/").all("//@id")
        assert read(sa.select(Comment.id).where(Comment.writer_hash + Comment.network != "")) == []


def many_documents() -> list[Document]:
    """Make up documents with whatever can stand in one."""
    found: list[Document] = []

    @settings(max_examples=80, derandomize=True, database=None, phases=[Phase.generate])
    @given(any_document)
    def gather(each: Document) -> None:
        found.append(replace(each, slug=f"text-{len(found)}"))

    gather()
    return found


def test_whatever_stands_in_a_text_is_the_same_again(app: Flask, tmp_path: Path, elsewhere):
    loader, number = Loader(db.session()), 0
    for each in many_documents():
        with contextlib.suppress(ValueError, OverflowError), db.session.begin_nested():
            loader.store(each, f"test:{each.slug}")
            number += 1
    db.session.commit()
    assert number > 50
    exported(app, tmp_path / "site.zip")
    other = elsewhere()
    run(other, "import", tmp_path / "site.zip")
    exported(other, tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == (tmp_path / "site.zip").read_bytes()


def test_new_lines_and_comments_get_numbers_that_nobody_had(app: Flask, tmp_path: Path, elsewhere):
    review = stored(body=BODY.format(verb="row"), comments=comments(1))
    saving.save(db.session(), review, replace(saving.document_of(review), body="Nothing."), now())
    db.session.commit()
    assert len(former := read(sa.select(FormerLine.id))) == 2
    exported(app, tmp_path / "site.zip")
    other = elsewhere()
    run(other, "import", tmp_path / "site.zip")
    with other.app_context():
        stored(slug="new", body=BODY.format(verb="wait"))
        assert not set(read(sa.select(Line.id))) & set(former)


def test_an_export_takes_the_samples_place_and_no_real_site_s(app: Flask, sample_app: Flask, tmp_path: Path):
    with app.app_context():
        stored(slug="own", comments=comments(1))
    exported(app, tmp_path / "site.zip")
    with sample_app.app_context():
        run(sample_app, "import", tmp_path / "site.zip", "--dry-run")
        assert len(read(sa.select(Review.id))) == 12
        run(sample_app, "import", tmp_path / "site.zip")
        assert read(sa.select(Review.slug)) == ["own"]
        before = state()
        output = run(sample_app, "import", tmp_path / "site.zip", status=1)
        assert "There is a site here already (1 reviews, 0 pages, 1 comments), and nothing was changed." in output
        assert state() == before


def test_verify_says_in_words_what_differs(app: Flask, tmp_path: Path):
    review = stored(comments=comments(1))
    exported(app, tmp_path / "site.zip")
    saving.save(db.session(), review, replace(saving.document_of(review), body="It sinks."), now())
    stored(slug="new")
    (Path(app.instance_path) / "media").mkdir()
    (Path(app.instance_path) / "media" / "late.jpg").write_bytes(b"a picture")
    output = run(app, "verify", tmp_path / "site.zip", status=1)
    assert "/reviews/new/ answers 200 here and 404 there" in output
    assert "/reviews/paper-boats/ differs in line" in output
    assert "media/late.jpg is not in the export" in output
    assert "Error: It is not this site: " in output


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["blog-11-27-2025.xml", "Takeout"])
def test_the_imported_blog_is_the_same_site_again(app: Flask, data: Path, tmp_path: Path, elsewhere, name: str):
    run(app, "import", data / "blog" / name)
    first = exported(app, tmp_path / "site.zip")
    other = elsewhere()
    run(other, "import", tmp_path / "site.zip")
    exported(other, tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == (tmp_path / "site.zip").read_bytes()
    assert "same bytes" in run(app, "verify", tmp_path / "site.zip")
    assert "already" in run(other, "import", data / "blog" / name), "what was imported there is known here"
    assert len(first.namelist()) > 30


def test_pictures_go_along_and_are_shown_where_they_were(app: Flask, tmp_path: Path, elsewhere):
    run(app, "import", takeout(tmp_path / "old", [shown("harbour.jpg", alt="The harbour")], {"harbour.jpg": picture()}))
    exported(app, tmp_path / "site.zip")
    other = elsewhere()
    run(other, "import", tmp_path / "site.zip")
    with other.app_context():
        image = Browser(other).get("/reviews/post-1/").one("//article//figure/img")
        with Browser(other).ask(image.get("src")) as answer:
            assert answer.mimetype == "image/jpeg"
    assert "same bytes" in run(app, "verify", tmp_path / "site.zip")
    hostile = instead("pictures.json", b'"extension": "jpg"', b'"extension": "x/.."')
    harmful = rewritten(tmp_path / "site.zip", tmp_path / "bad.zip", hostile)
    assert "is no extension of a picture" in run(elsewhere(), "import", harmful, status=1)


def test_smaller_versions_of_pictures_stay_here_and_are_made_anew_there(app: Flask, tmp_path: Path, elsewhere):
    kept = came(app, grainy(size=(700, 500)))
    shown_twice = {
        "body": f"## Story\n\n![The harbour](/media/{kept.file_name})\n",
        "cover": f"/media/{kept.file_name}",
    }
    stored(**shown_twice, cover_alt="The harbour")
    make(app)
    archive = exported(app, tmp_path / "site.zip")
    assert [name for name in archive.namelist() if name.startswith("media/")] == [f"media/{kept.file_name}"]
    assert not {key for row in lines(archive, "pictures.json") for key in row if key.startswith("variants")}
    assert "same bytes" in run(app, "verify", tmp_path / "site.zip"), "the choice of sizes is no difference"
    other = elsewhere()
    run(other, "import", tmp_path / "site.zip")
    with other.app_context():
        image = Browser(other).get("/reviews/paper-boats/").one("//article//figure//img")
        assert image.get("srcset") is None
        with Browser(other).ask(image.get("src")) as answer:
            assert answer.status_code == 200, "what shows it is known at once"
        make(other)
        assert Browser(other).get("/reviews/paper-boats/").one("//figure/picture/source").get("srcset")


def test_a_picture_that_links_show_is_no_difference(app: Flask, tmp_path: Path):
    stored_together(document(), document(slug="draft", published_at=None, state="draft"))
    draw(app)
    assert address(app)
    exported(app, tmp_path / "site.zip")
    assert "same bytes" in run(app, "verify", tmp_path / "site.zip"), "the other site will draw it too"
    stored(slug="since")
    draw(app)
    assert "/reviews/since/" in run(app, "verify", tmp_path / "site.zip", status=1)


# What is damaged or made to do harm


def rewritten(source: Path, target: Path, change: Callable[[dict[str, bytes]], None], *, hashes: bool = True) -> Path:
    """Write an export with other files in it; its manifest agrees with them where somebody took the trouble."""
    with zipfile.ZipFile(source) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    if hashes:
        told = json.loads(files["manifest.json"])
        told["files"] = {
            name: {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in files.items()
            if name != "manifest.json"
        }
        files["manifest.json"] = json.dumps(told, indent=1).encode()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target


def with_(name: str, content: bytes) -> Callable[[dict[str, bytes]], None]:
    return lambda files: files.update({name: content})


def instead(name: str, old: bytes, new: bytes) -> Callable[[dict[str, bytes]], None]:
    def change(files: dict[str, bytes]) -> None:
        assert old in files[name]
        files[name] = files[name].replace(old, new)

    return change


COMMENTS = "comments/paper-boats.json"
# (what was done to it, whether the manifest agrees, what is said)
HARM = {
    "a changed text": (
        instead("reviews/paper-boats.md", b"Boats", b"Ships"),
        False,
        "is not the file that was written",
    ),
    "a missing file": (lambda files: files.pop("lines.json"), False, "lines.json is missing"),
    "one more file": (with_("reviews/x.md", b"---\n---\n"), False, "was put into it"),
    "a file of no export": (with_("evil.sh", b"rm"), True, "a file that no export has: evil.sh"),
    "a path that climbs": (with_("media/../../evil", b"x"), True, "unsafe name"),
    "a hidden file": (with_("media/.evil", b"x"), True, "no export has"),
    "a bomb": (with_("media/bomb", b"\0" * 9_000_000), True, "more than 100 times its size"),
    "half a row": (instead(COMMENTS, b'"id"', b'"id'), True, "comments/paper-boats.json, line 2"),
    "a row of nothing": (with_(COMMENTS, b"[\nnull,\n7\n]\n"), True, "a row is an object"),
    "an unknown key": (instead(COMMENTS, b'"name"', b'"nome"'), True, "it knows no 'nome'"),
    "a number that is a word": (instead(COMMENTS, b'"id": 1', b'"id": "one"'), True, "'id' cannot be 'one'"),
    "a number beyond all": (instead(COMMENTS, b'"id": 1', b'"id": 1' + b"0" * 30), True, "'id' cannot be"),
    "half a character": (instead(COMMENTS, b"Guest 1", b"\\ud800"), True, "'name' cannot be"),
    "a nest": (with_(COMMENTS, b"[\n" + b"[" * 100_000 + b"\n]\n"), True, "line 2"),
    "a stranger's review": (instead("lines.json", b'"paper-boats"', b'"nobody"'), True, "which is not here"),
    "a state of no comment": (instead(COMMENTS, b'"visible"', b'"shouting"'), True, "contradict each other"),
    "one number twice": (instead(COMMENTS, b'"id": 2', b'"id": 1'), True, "contradict each other"),
    "a parent that is none": (instead(COMMENTS, b'"id": 2,', b'"id": 2, "parent_id": 99,'), True, "refers to one"),
    "a text that is none": (with_("reviews/paper-boats.md", b"words"), True, "reviews/paper-boats.md: line 1"),
    "no manifest to speak of": (instead("manifest.json", b'"counts"', b'"count"'), False, "cannot be read"),
    "a newer program's": (instead("manifest.json", b'"version": 1', b'"version": 2'), False, "newer K-Blog"),
    "a newer schema": (instead("manifest.json", b'"schema": "0', b'"schema": "9'), False, "newer program"),
}


def test_what_was_changed_or_means_harm_is_told_in_a_sentence_and_nothing_is_written(
    app: Flask, tmp_path: Path, elsewhere
):
    stored(comments=comments(2), body=BODY.format(verb="row"))
    exported(app, tmp_path / "site.zip")
    other = elsewhere()
    with other.app_context():
        before = state()
        for name, (change, hashes, said) in HARM.items():
            path = rewritten(tmp_path / "site.zip", tmp_path / "bad.zip", change, hashes=hashes)
            output = run(other, "import", path, status=1)
            assert output.startswith("Error: "), name
            assert output.count("\n") == 1, name
            assert said in output, (name, output)
            assert state() == before, name
            assert not (Path(other.instance_path) / "media").exists(), name
        assert "evil" not in {each.name for each in tmp_path.rglob("*")}
        whole = (tmp_path / "site.zip").read_bytes()
        (tmp_path / "cut.zip").write_bytes(whole[: len(whole) // 2])
        for command in ("import", "verify"):
            output = run(other, command, tmp_path / "cut.zip", status=1)
            assert "damaged, or was not copied whole" in output or "no export of a site" in output
        assert state() == before


def test_whatever_byte_is_another_the_files_are_the_ones_that_were_written_or_refused(app: Flask, tmp_path: Path):
    stored(comments=comments(2), body=BODY.format(verb="row"))
    first = exported(app, tmp_path / "site.zip")
    whole, dice, bent = (tmp_path / "site.zip").read_bytes(), random.Random(7), tmp_path / "bent.zip"
    outcomes = set()
    for n in range(400):
        changed = bytearray(whole)
        for _ in range(dice.choice([1, 1, 20])):
            changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
        bent.write_bytes(changed[: dice.randrange(len(changed))] if n % 20 == 0 else changed)
        try:
            with portable.opened(bent) as files:
                told = portable.check(files)
                same = {name: files[name].open().read() == first.read(name) for name in told.files}
        except NotAnExport:
            outcomes.add("refused")
        else:
            assert all(same.values())
            assert same.keys() == set(first.namelist()) - {"manifest.json"}
            outcomes.add("the same")
    assert "refused" in outcomes


def test_a_comment_of_a_file_is_drawn_anew_and_leads_nowhere_harmful(app: Flask, tmp_path: Path, elsewhere):
    stored(comments=comments(1, website="https://boats.example/"))
    exported(app, tmp_path / "site.zip")

    def change(files: dict[str, bytes]) -> None:
        files[COMMENTS] = files[COMMENTS].replace(b"https://boats.example/", b"javascript:alert(1)")
        files[COMMENTS] = files[COMMENTS].replace(b"Words of guest", b"<script>alert(1)</script>")

    path = rewritten(tmp_path / "site.zip", tmp_path / "bad.zip", change)
    other = elsewhere()
    run(other, "import", path)
    with other.app_context():
        page = Browser(other).get("/reviews/paper-boats/")
        assert not page.all("//main//script | //a[starts-with(@href, 'javascript')]")
        assert "<script>" in page.one("//*[@id='comment-1']").text_content()


def test_an_unpacked_export_comes_in_as_its_zip_does(app: Flask, tmp_path: Path, elsewhere):
    stored(comments=comments(2), body=BODY.format(verb="row"))
    exported(app, tmp_path / "site.zip").extractall(tmp_path / "unpacked")
    (tmp_path / "unpacked" / ".DS_Store").write_bytes(b"of the desktop")
    other = elsewhere()
    run(other, "import", tmp_path / "unpacked")
    exported(other, tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == (tmp_path / "site.zip").read_bytes()


# A folder of documents


def lay(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        path = folder / f"{name.replace('__', '/')}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def test_a_folder_of_documents_comes_in_once(app: Flask, tmp_path: Path):
    said = tuple(replace(each, parent="1" if each.id == "2" else "") for each in comments(2))
    folder = lay(
        tmp_path / "texts",
        boats=documents.write(document(comments=said, overview=[("Title", "Paper Boats")], body="It floats.")),
        drafts__later=documents.write(document(slug="../Later & more", published_at=None, state="draft")),
        pages__imprint=documents.write(document(slug="imprint", overview=(), headline="Imprint", body="Me.")),
        drafts__boats=documents.write(document()),
        README="# My texts",
        broken="---\nheadlin: x\n---\n",
    )
    output = run(app, "import", folder)
    for words in (
        "2  reviews",
        "1  of them public",
        "1  of them drafts",
        "1  pages",
        "2  comments",
        "1  of them replies",
    ):
        assert words in output
    assert "document:broken: line 2: 'headlin' is no known key; perhaps 'headline'" in output
    assert "document:README: line 1" in output
    assert "has the same name" in output
    reader = Browser(app)
    assert "It floats." in reader.get("/reviews/paper-boats/").words
    assert "Me." in reader.get("/pages/imprint/").words
    again = run(app, "import", folder)
    assert "3  entries that were here already" in again
    assert set(read(sa.select(Review.slug))) == {"paper-boats", "later-and-more"}
    zipped = shutil.make_archive(str(tmp_path / "texts"), "zip", folder)
    assert "3  entries that were here already" in run(app, "import", zipped)


def test_the_texts_of_an_export_come_in_as_documents_without_its_manifest(app: Flask, tmp_path: Path, elsewhere):
    everything(app)
    exported(app, tmp_path / "site.zip").extractall(tmp_path / "texts")
    (tmp_path / "texts" / "manifest.json").unlink()
    other = elsewhere()
    output = run(other, "import", tmp_path / "texts")
    assert "7  reviews" in output
    assert "2  pages" in output
    with other.app_context():
        reader = Browser(other)
        assert reader.get("/reviews/paper-boats/").h1
        for hidden in ("draft", "ahead", "away"):
            reader.get(f"/reviews/{hidden}/", status=404)
