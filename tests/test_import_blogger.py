"""Importing a blog: what comes in, what stays out, and that nothing is lost."""

import fcntl
import itertools
import pathlib
import re
import signal
import subprocess
import sys
import time
import zipfile

import lxml.etree
import pytest
import sqlalchemy as sa
from flask import Flask

from bench.corpus import write_backup
from kblog.db import db
from kblog.document import CommentEntry
from kblog.models import Availability, Comment, Filing, ImportedEntry, Line, Page, Redirect, Review, Setting, Term
from kblog.search import matching
from kblog.transfer import records
from kblog.transfer.loader import Loader

from . import engines
from .browser import Browser
from .builders import document
from .conftest import close, make_app, running
from .faithful import check_every_word

FORMATS = ("blog-11-27-2025.xml", "Takeout")
KILLING_ROMANCE = "/reviews/killing-romance/"


def bring_in(app: Flask, *arguments: object) -> str:
    result = app.test_cli_runner().invoke(args=["transfer", "import", *map(str, arguments)])
    assert result.exit_code == 0, result.output
    return result.output


def number_of(model, *criteria) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model).where(*criteria)) or 0


def everything() -> dict[str, int]:
    models = (Review, Page, Comment, Line, Availability, Redirect, ImportedEntry, Setting)
    return {model.__tablename__: number_of(model) for model in models}


@pytest.mark.real_data
@pytest.mark.parametrize("name", FORMATS)
def test_nine_reviews_are_public(app: Flask, data: pathlib.Path, name: str):
    bring_in(app, data / "blog" / name)
    reader = Browser(app)
    assert reader.get("/reviews/").one("//section[@id='results']").get("data-total") == "9"
    assert number_of(Review, Review.is_live()) == 9
    assert number_of(Page, Page.is_live()) == 1


@pytest.mark.real_data
@pytest.mark.parametrize("name", FORMATS)
def test_killing_romance_comes_in_whole(app: Flask, data: pathlib.Path, name: str):
    bring_in(app, data / "blog" / name)
    reader = Browser(app)
    for old in ("/2025/11/killing-romance.html", "/2025/11/killing-romance.html?m=1"):
        assert reader.get(old, status=301).response.location == KILLING_ROMANCE
    page = reader.get(KILLING_ROMANCE)
    headings = page.texts("//article//h2")
    assert [each for each in headings if each not in ("Overview", "Hashtags")] == [
        "Introduction",
        "Overall Story",
        "Highlight Scenes / Unforgettable Moments",
        "Memorable Lines",
        "Why It's Special",
        "Popularity & Reception",
        "Cast & Fun Facts",
        "Conclusion / Warm Reminders",
    ]
    assert {"Overview", "Hashtags"} <= set(headings)
    assert page.h1 == "Killing Romance"
    assert "킬링 로맨스" in page.texts("//*[@lang='ko']")
    assert "Lee Won\u2011suk" in page.texts("//aside//dd//a")

    review = db.session.scalars(sa.select(Review).where(Review.slug == "killing-romance")).one()
    entries = [(each.platform.name, each.status, each.region) for each in review.availability if each.platform]
    names = ("Netflix", "Hulu", "Disney+", "Viki", "Kocowa")
    assert entries == [(platform, "not available", "US") for platform in names]
    sentence = "Not on Netflix, Hulu, Disney+, Viki or Kocowa in the United States, checked 24 Nov 2025"
    assert [each for each in page.texts("//aside//dd") if each.startswith(sentence)]
    assert page.all("//aside//time/@datetime") == ["2025-11-24"]

    assert len(page.all("//figure[@class='line']")) == 5
    assert [line.speaker for line in review.lines] == [
        "Jonathan Na",
        "Her fan club",
        "Kim Beom\u2011woo",
        "Yeo\u2011rae",
        "Jonathan",
    ]
    first = page.all("//figure[@class='line']")[0]
    assert first.xpath("string(.//figcaption)") == "Jonathan Na, purring his personal brand like a spell"
    assert first.getnext().text_content().startswith("On the surface it’s a harmless catchphrase;")
    assert {line.speaker_key for line in review.lines if line.speaker.startswith("Jonathan")} == {"jonathan na"}

    assert page.texts("//h2[@id='comments-title']") == ["3 comments"]
    threads = page.all("//ol[@id='thread']/li")
    assert len(threads) == 1
    assert len(threads[0].xpath(".//li")) == 2
    assert page.all("//*[@id='c2001']")


@pytest.mark.real_data
@pytest.mark.parametrize("name", FORMATS)
def test_the_drama_keeps_its_words_and_gives_five_lines(app: Flask, data: pathlib.Path, name: str):
    bring_in(app, data / "blog" / name)
    page = Browser(app).get("/reviews/now-we-are-breaking-up/")
    rows = dict(zip(page.texts("//aside//dt"), page.texts("//aside//dt/following-sibling::dd[1]"), strict=True))
    assert rows["Running Time"] == "Approx. 70 minutes per episode"
    assert rows["Episodes"] == "16"
    review = db.session.scalars(sa.select(Review).where(Review.slug == "now-we-are-breaking-up")).one()
    assert (review.work_title, review.kind, review.minutes) == ("Now, We Are Breaking Up", "drama", 70)
    assert [(line.speaker, line.episode) for line in review.lines] == [
        ("Yoon Jae-guk", 2),
        ("Young-eun", 4),
        ("Young-eun", 6),
        ("Jae-guk", 10),
        ("Chi-sook", 14),
    ]
    assert {credit.name: credit.character for credit in review.credits} == {
        "Song Hye-kyo": "Ha Young-eun",
        "Jang Ki-yong": "Yoon Jae-guk",
        "Choi Hee-seo": "Hwang Chi-sook",
        "Kim Joo-hun": "Seok Do-hoon",
    }


@pytest.mark.real_data
def test_what_was_not_public_shows_nowhere(imported: Browser):
    hidden = ("I Don’t Fire Myself", "Thrown away", "cheap-pills", "Held for the author", "Shown to its writer")
    addresses = lxml.etree.fromstring(imported.get("/sitemap.xml").text.encode()).xpath("//*[local-name()='loc']")
    urls = [re.sub(r"^https?://[^/]+", "", each.text or "") for each in addresses]
    assert len(urls) > 60
    feeds = ["/sitemap.xml", "/feeds/reviews.atom", "/feeds/comments.atom"]
    feeds += [f"{url}comments.atom" for url in urls if re.fullmatch(r"/reviews/[^/]+/", url)]
    for url in [*urls, *feeds, "/reviews/?q=fire", "/reviews/?q=thrown"]:
        text = imported.get(url).text
        assert not [words for words in hidden if words in text], url
    imported.get("/2025/01/thrown-away.html", status=410)
    imported.get("/reviews/thrown-away/", status=410)


@pytest.mark.real_data
@pytest.mark.parametrize("name", FORMATS)
def test_a_second_run_adds_nothing(app: Flask, data: pathlib.Path, name: str):
    bring_in(app, data / "blog" / name)
    first = everything()
    assert "entries that were here already" in bring_in(app, data / "blog" / name)
    assert everything() == first


@pytest.mark.real_data
def test_both_formats_name_the_same_entries(app: Flask, data: pathlib.Path):
    bring_in(app, data / "blog" / "Takeout")
    first = everything()
    bring_in(app, data / "blog" / "blog-11-27-2025.xml")
    assert everything() == first


COUNTS = {
    "blog/Takeout": {"reviews": 11, "live": 9, "pages": 1, "comments": 8, "visible": 5, "replies": 2},
    "blog/blog-11-27-2025.xml": {"reviews": 10, "live": 9, "pages": 1, "comments": 5, "visible": 5, "replies": 2},
    "blogger-old/google-converters-blogger-sample.xml": {"reviews": 3, "live": 3, "comments": 2, "visible": 2},
    "blogger-old/blog-parser-blogger-sample.xml": {"reviews": 1, "live": 1, "pages": 1, "comments": 1},
    "blogger-old/blogger2md-complete.xml": {"reviews": 11, "live": 10, "pages": 0, "comments": 0},
    "blogger-takeout": {"reviews": 6, "live": 6, "comments": 6, "visible": 1},
}


@pytest.mark.real_data
@pytest.mark.parametrize("name", COUNTS)
def test_every_export_comes_in_with_its_counts(app: Flask, data: pathlib.Path, name: str):
    bring_in(app, data / name)
    found = {
        "reviews": number_of(Review),
        "live": number_of(Review, Review.is_live()),
        "pages": number_of(Page),
        "comments": number_of(Comment),
        "visible": number_of(Comment, Comment.state == "visible"),
        "replies": number_of(Comment, Comment.parent_id.is_not(None)),
    }
    assert COUNTS[name].items() <= found.items()


@pytest.mark.real_data
@pytest.mark.parametrize("name", COUNTS)
def test_the_page_of_every_entry_holds_every_word_of_it(app: Flask, data: pathlib.Path, name: str):
    bring_in(app, data / name)
    assert check_every_word(app) == COUNTS[name]["reviews"] + COUNTS[name].get("pages", 0)


def test_the_first_import_takes_the_untouched_samples_away(sample_app: Flask, tmp_path: pathlib.Path):
    review = db.session.scalars(sa.select(Review).where(Review.slug == "salt-road")).one()
    reply = Comment(name="Mina", posted_at=review.published_at, review_id=review.id)
    reply.body = "Seen it twice."
    db.session.add(reply)
    db.session.commit()
    write_backup(tmp_path / "blog.xml", reviews=2, comments=3)
    report = bring_in(sample_app, tmp_path / "blog.xml")
    assert "11  untouched sample reviews taken away" in report
    assert "1  sample reviews kept" in report
    left = db.session.scalars(sa.select(Review.slug).where(Review.source_ref.startswith("demo:"))).all()
    assert left == ["salt-road"]
    Browser(sample_app).get("/reviews/salt-road/")


def test_a_dry_run_says_what_would_happen_and_writes_nothing(sample_app: Flask, tmp_path: pathlib.Path):
    write_backup(tmp_path / "blog.xml", reviews=3, comments=8)
    before = everything()
    dry = bring_in(sample_app, tmp_path / "blog.xml", "--dry-run")
    assert dry.startswith("Nothing was written")
    assert everything() == before
    wet = bring_in(sample_app, tmp_path / "blog.xml")
    assert dry.splitlines()[1:] == wet.splitlines()[1:]


def test_a_zip_of_a_takeout_is_read(app: Flask, tmp_path: pathlib.Path):
    feed = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:blogger="http://schemas.google.com/blogger/2018">'
        "<id>tag:blogger.com,1999:blog-9</id><title>Zipped</title><entry><id>tag:blogger.com,1999:blog-9.post-1</id>"
        "<blogger:type>POST</blogger:type><blogger:status>LIVE</blogger:status><title>One</title>"
        '<content type="html">&lt;p&gt;Words.&lt;/p&gt;</content><published>2020-01-01T00:00:00Z</published>'
        "<blogger:filename>/2020/01/one.html</blogger:filename></entry></feed>"
    )
    with zipfile.ZipFile(tmp_path / "takeout.zip", "w") as archive:
        archive.writestr("Takeout 2/Blogger/Blogs/Zipped/feed.atom", feed)
    bring_in(app, tmp_path / "takeout.zip")
    assert Browser(app).get("/2020/01/one.html", status=301).response.location == "/reviews/one/"
    assert Browser(app).get("/").title.startswith("Zipped")


def takeout(tmp_path: pathlib.Path, *entries: str) -> pathlib.Path:
    """Write a Takeout feed of these posts, given as (status and the like in XML)."""
    body = "".join(
        f"<entry><id>tag:blogger.com,1999:blog-9.post-{number}</id><blogger:type>POST</blogger:type><title>{number}</title>"
        f'<content type="html">Words.</content>{entry}</entry>'
        for number, entry in enumerate(entries, 1)
    )
    names = 'xmlns="http://www.w3.org/2005/Atom" xmlns:blogger="http://schemas.google.com/blogger/2018"'
    path = tmp_path / "feed.atom"
    path.write_text(f"<feed {names}><id>tag:blogger.com,1999:blog-9</id>{body}</feed>", encoding="utf-8")
    return path


def test_a_scheduled_post_keeps_its_time_and_is_never_published_by_the_import(app: Flask, tmp_path: pathlib.Path):
    ahead, past = ("<published>2099-01-01T00:00:00Z</published>", "<published>2019-01-01T00:00:00Z</published>")
    status = "<blogger:status>{}</blogger:status>"
    scheduled, live = status.format("SCHEDULED"), status.format("LIVE")
    report = bring_in(app, takeout(tmp_path, scheduled + ahead, scheduled + past, live, live + past, live + ahead))
    found = {review.headline: review for review in db.session.scalars(sa.select(Review))}
    assert found["1"].published_at is not None
    assert found["2"].published_at is None
    assert found["3"].published_at is None
    assert db.session.scalars(sa.select(Review.headline).where(Review.is_live())).all() == ["4"]
    assert "2  of them scheduled" in report
    assert "its date has passed: imported as a draft" in report
    assert "it has no date: imported as a draft" in report


POSTS = {  # overview, labels and hashtags
    "cast": ("<b>Main Cast:</b> Gil Aram<br />", (), ""),
    "labelled": ("<b>Genre:</b> Comedy<br />", ("Gil Aram", "Rainy days", "Comedy", "Gil aram"), "#Rain #GilAram"),
    "sageuk": ("<b>Genre:</b> Court intrigue<br />", (), ""),
    "tagged": ("", ("Court intrigue", "Viki", "Aram", "Gugak"), "#Snow #Gugak #Aram"),
    "aram": ("<b>Genre:</b> Gugak<br /><b>Director:</b> Aram<br />", ("Gil Aram", "Gugak"), "#Gugak"),
}


def post(name: str) -> records.Entry:
    overview, labels, tags = POSTS[name]
    html = f"<h2>Overview</h2><b>Title:</b> {name}<br />{overview}<h2>Story</h2><p>Words.</p>"
    html += f"<h2>Hashtags</h2><p>{tags}</p>" if tags else ""
    return records.Entry(source_ref=name, kind="post", title=name, html=html, state="draft", labels=labels)


def filings() -> dict[str, list[tuple[str, ...]]]:
    query = sa.select(Review.slug, Term.facet, Term.slug, Filing.origin, Filing.written).select_from(Filing)
    query = query.join(Review, Review.id == Filing.review_id).join(Term, Term.id == Filing.term_id)
    rows = db.session.execute(query.order_by(Review.slug, Filing.position)).all()
    return {name: [tuple(row[1:]) for row in group] for name, group in itertools.groupby(rows, lambda row: row.slug)}


def load(*names: str, batches: bool = False) -> None:
    for found in [[post(name)] for name in names] if batches else [[post(name) for name in names]]:
        for _ in Loader(db.session()).load(found):
            db.session.commit()


@pytest.mark.parametrize("batches", [False, True], ids=["one import", "an import each"])
@pytest.mark.parametrize("order", list(itertools.permutations(POSTS))[::17], ids=" ".join)
def test_labels_are_filed_alike_in_every_order(app: Flask, order: tuple[str, ...], batches: bool):
    load(*order, batches=batches)
    found = filings()
    assert found["labelled"] == [
        ("genre", "comedy", "overview", "Comedy"),
        ("person", "gil-aram", "label", "Gil Aram"),
        ("hashtag", "rainy-days", "label", "Rainy days"),
        ("hashtag", "rain", "hashtag", "#Rain"),
        ("hashtag", "gilaram", "hashtag", "#GilAram"),
    ]
    assert found["tagged"] == [
        ("genre", "court-intrigue", "label", "Court intrigue"),
        ("platform", "viki", "label", "Viki"),
        ("person", "aram", "label", "Aram"),
        ("genre", "gugak", "label", "Gugak"),
        ("hashtag", "snow", "hashtag", "#Snow"),
        ("hashtag", "gugak", "hashtag", "#Gugak"),
        ("hashtag", "aram", "hashtag", "#Aram"),
    ]
    assert found["aram"] == [
        ("genre", "gugak", "overview", "Gugak"),
        ("person", "aram", "overview", "Aram"),
        ("person", "gil-aram", "label", "Gil Aram"),
        ("hashtag", "gugak", "hashtag", "#Gugak"),
    ]
    terms = set(db.session.execute(sa.select(Term.facet, Term.slug)).all())
    assert terms == {row[:2] for rows in found.values() for row in rows}  # none is left with nothing under it
    searched = matching("court intrigue")
    assert searched is not None
    slugs = sa.select(Review.slug).where(Review.id.in_(searched)).order_by(Review.slug)
    assert db.session.scalars(slugs).all() == ["sageuk", "tagged"]


def test_a_label_filed_as_a_hashtag_too_goes_where_its_review_stands_already(app: Flask):
    load("cast", "labelled")
    wanted = filings()
    stray = Term(facet="hashtag", slug="gil-aram", name="Gil Aram")
    for review in db.session.scalars(sa.select(Review).where(Review.slug == "labelled")):
        review.filings.append(Filing(term=stray, origin="label", position=9, written="Gil Aram"))
    db.session.commit()
    assert filings() != wanted
    load("cast")
    assert filings() == wanted
    assert number_of(Term, Term.facet == "hashtag", Term.slug == "gil-aram") == 0


def test_a_look_at_the_labels_that_finds_nothing_costs_one_query(sample_app: Flask, at_most):
    loader = Loader(db.session())
    with at_most(queries=1):
        loader.terms.relabel()


def entry(own: str, parent: str = "") -> CommentEntry:
    return CommentEntry(id=own, parent=parent, name="Guest", body=f"{own} answers {parent}")


ALONE = "the comment it answers is not here: it stands alone"
THREADS = {  # the comments of a document; then what each answers and which thread it is in; then who is warned of
    "no ids": ([entry(""), entry(""), entry("")], {"1": ("", ""), "2": ("", ""), "3": ("", "")}, []),
    "a number taken": ([entry(""), entry("1")], {"1-2": ("", ""), "1": ("", "")}, []),
    "an id twice": ([entry("a"), entry("a"), entry("b", "a")], {"a": ("", ""), "a-2": ("", ""), "b": ("a", "a")}, []),
    "replies first": (
        [entry("c", "b"), entry("b", "a"), entry("a")],
        {"c": ("b", "a"), "b": ("a", "a"), "a": ("", "")},
        [],
    ),
    "no such parent": ([entry("b", "z"), entry("c", "b")], {"b": ("", ""), "c": ("b", "b")}, ["b"]),
    "a parent like a number": ([entry(""), entry("b", "1")], {"1-2": ("", ""), "b": ("", "")}, ["b"]),
    "its own parent": ([entry("a", "a")], {"a": ("", "")}, ["a"]),
    "a circle": (
        [entry("a", "b"), entry("b", "c"), entry("c", "a")],
        {"a": ("b", "c"), "b": ("c", "c"), "c": ("", "")},
        ["c"],
    ),
}


@pytest.mark.parametrize("name", THREADS)
def test_the_comments_of_a_document_find_their_threads(app: Flask, name: str):
    entries, wanted, warned = THREADS[name]
    loader = Loader(db.session())
    loader.store(document(comments=tuple(entries)), "d")
    db.session.commit()
    comments = db.session.scalars(sa.select(Comment)).all()
    names = {None: ""} | {comment.id: (comment.source_ref or "").removeprefix("d:") for comment in comments}
    assert {names[each.id]: (names[each.parent_id], names[each.root_id]) for each in comments} == wanted
    assert loader.report.warnings == [(f"d:{own}", ALONE) for own in warned]
    (heading,) = Browser(app).get("/reviews/paper-boats/").texts("//h2[@id='comments-title']")
    assert heading.split()[0] == str(len(entries))


def test_a_document_comes_in_once(app: Flask):
    loader = Loader(db.session())
    text = "---\nheadline: One\ncomments:\n  - name: Ann\n    body: Hi\n  - name: Bo\n    body: Ho\n---\nWords.\n"
    assert [loader.take_document("d", text) for _ in range(2)] == [True, False]
    db.session.commit()
    assert (number_of(Review), number_of(Comment), loader.report.counts["already"]) == (1, 2, 1)
    assert db.session.scalars(sa.select(ImportedEntry.raw)).all() == [text]


def test_what_the_studio_writes_meanwhile_makes_no_entry_fail(app: Flask):
    loader = Loader(db.session())
    db.session.rollback()  # as between two batches
    with sa.orm.Session(db.engine) as studio:  # after the import has looked around
        Loader(studio).store(document(slug="cast", overview=(("Starring", "Gil Aram"),)), "studio")
        studio.commit()
    for _ in loader.load([post("cast")]):
        db.session.commit()
    assert loader.report.counts["skipped"] == 0
    assert sorted(db.session.scalars(sa.select(Review.slug))) == ["cast", "cast-2"]
    assert db.session.scalars(sa.select(ImportedEntry.outcome)).all() == ["review"]
    assert number_of(Term, Term.slug == "gil-aram") == 1


def test_a_cut_off_copy_takes_nothing_away(app: Flask, tmp_path: pathlib.Path):
    write_backup(tmp_path / "whole.xml", reviews=3, comments=6, words=200)
    text = (tmp_path / "whole.xml").read_text(encoding="utf-8")
    (tmp_path / "cut.xml").write_text(text[: text.index("post-3</id>") + 600], encoding="utf-8")
    bring_in(app, tmp_path / "whole.xml")
    before = everything()
    outcomes = db.session.scalars(sa.select(ImportedEntry.outcome)).all()
    for name in ("cut.xml", "whole.xml"):
        assert "cannot be stored" not in bring_in(app, tmp_path / name)
        assert everything() == before
        assert db.session.scalars(sa.select(ImportedEntry.outcome)).all() == outcomes


@pytest.mark.makes_database
def test_an_import_needs_no_database_beforehand_and_runs_alone(tmp_path: pathlib.Path):
    write_backup(tmp_path / "blog.xml", reviews=1, comments=1, words=50)
    app = make_app(tmp_path / "new")
    with app.app_context():
        with (tmp_path / "new" / "import.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            result = app.test_cli_runner().invoke(args=["transfer", "import", str(tmp_path / "blog.xml")])
            assert result.exit_code == 1
            assert result.output == "Error: Another import is running; start this one when it has finished.\n"
        bring_in(app, tmp_path / "blog.xml")
        assert number_of(Review) == 1
        close(app)


def test_what_has_no_words_or_no_title_is_named(app: Flask, tmp_path: pathlib.Path):
    entry = (
        "<entry><id>tag:blogger.com,1999:blog-9.post-{}</id><published>2020-01-0{}T00:00:00Z</published>"
        "<blogger:type>{}</blogger:type><blogger:status>LIVE</blogger:status>{}</entry>"
    )
    names = 'xmlns="http://www.w3.org/2005/Atom" xmlns:blogger="http://schemas.google.com/blogger/2018"'
    filename = "<blogger:filename>/2020/01/{}.html</blogger:filename>"
    entries = (
        entry.format(1, 1, "POST", "<content>A quiet beginning. Then more.</content>" + filename.format("blog-post"))
        + entry.format(2, 2, "POST", "<content/>" + filename.format("%EB%93%9C%EB%9D%BC"))
        + entry.format(
            3, 3, "COMMENT", "<blogger:parent>blog-9.post-1</blogger:parent><author><name/></author><content/>"
        )
    )
    (tmp_path / "feed.atom").write_text(f"<feed {names}><id>x:blog-9</id>{entries}</feed>", encoding="utf-8")
    report = bring_in(app, tmp_path / "feed.atom")
    assert "it has no text" in report
    reader = Browser(app)
    first = reader.get("/2020/01/blog-post.html", status=301).response.location
    assert reader.get(first).h1.startswith("A quiet beginning")
    second = reader.get("/2020/01/%EB%93%9C%EB%9D%BC.html", status=301).response.location
    assert reader.get(second).h1 == "2 January 2020"


NO_EXPORTS = {
    "picture.png": b"\x89PNG\r\n\x1a\n....",
    "empty.xml": b"",
    "page.html": b"<!doctype html><title>x</title>",
    "bomb.xml": b'<!DOCTYPE b [<!ENTITY a "1"><!ENTITY c "&a;&a;">]><feed>&c;</feed>',
    "cut.xml": b"<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'><entry><id>tag:blog",
    "broken.zip": b"PK\x03\x04 this is no zip",
    "words.txt": b"Dear diary",
}


@pytest.mark.parametrize("name", NO_EXPORTS)
def test_a_file_that_is_no_export_gets_one_clear_sentence(app: Flask, tmp_path: pathlib.Path, name: str):
    (tmp_path / name).write_bytes(NO_EXPORTS[name])
    before = everything()
    result = app.test_cli_runner().invoke(args=["transfer", "import", str(tmp_path / name)])
    assert result.exit_code == 1
    assert re.fullmatch(rf"Error: .*{re.escape(name)}.*\.\n", result.output), result.output
    assert "Traceback" not in result.output
    assert everything() == before


def test_a_killed_import_goes_on_where_it_was(empty_instance: pathlib.Path, tmp_path: pathlib.Path):
    """Kill -9 at several moments, then run again: the same rows as without a kill."""
    write_backup(tmp_path / "blog.xml", reviews=60, comments=400, words=200)
    wanted: dict[str, int] = {}
    for app in running(empty_instance, tmp_path / "whole"):
        bring_in(app, tmp_path / "blog.xml")
        wanted = everything()
    app = make_app(tmp_path / "killed")
    for app in running(empty_instance, tmp_path / "killed" / "instance"):
        environment = {"KBLOG_INSTANCE": str(tmp_path / "killed" / "instance"), "PATH": "/usr/bin:/bin"}
        environment |= engines.settings(tmp_path / "killed" / "instance")
        command = [sys.executable, "-m", "flask", "--app", "app", "transfer", "import", str(tmp_path / "blog.xml")]
        root = pathlib.Path(__file__).resolve().parents[1]
        kills = 0
        for rows in (1, 60, 200):
            with subprocess.Popen(command, env=environment, cwd=root, stdout=subprocess.DEVNULL) as process:
                while process.poll() is None and sum(everything().values()) < rows:
                    db.session.rollback()
                    time.sleep(0.01)
                kills += process.poll() is None
                process.send_signal(signal.SIGKILL)
            db.session.rollback()
        assert kills
        bring_in(app, tmp_path / "blog.xml")
        assert everything() == wanted
