"""Importing a WordPress blog: every shape of its export, what stays out, and that no word is lost."""

import pathlib
import re
import zipfile
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from kblog.db import db
from kblog.models import Comment, ImportedEntry, Page, Review, Setting
from kblog.transfer.addresses import Neighbourhood
from kblog.transfer.loader import Loader
from kblog.transfer.records import Comment as CommentRecord
from kblog.transfer.records import Entry, Remark, Site, Skipped
from kblog.transfer.wordpress_blog import Blog, Media
from kblog.transfer.wordpress_text import written

from .browser import Browser
from .faithful import check_every_word
from .test_import_blogger import bring_in, everything, number_of
from .test_read_blogger import attempt, counts, of, read

EXPORT = pathlib.Path(__file__).parent / "exports" / "wordpress.xml"
SITE = "https://www.salt-notes.example"
UPLOADS = f"{SITE}/wp-content/uploads/2024/03"
NAME = "wordpress:salt-notes.example"


@pytest.fixture(scope="module")
def entries() -> dict[str, Entry]:
    return {ref.rpartition(":")[2]: entry for ref, entry in of(Entry, read(EXPORT)).items()}


@pytest.fixture(scope="module")
def comments() -> dict[str, CommentRecord]:
    return {comment.number: comment for comment in of(CommentRecord, read(EXPORT)).values()}


def saved(folder: pathlib.Path, text: str, name: str = "it.xml") -> pathlib.Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


# What the file says


def test_an_export_gives_everything_with_its_state():
    assert counts(read(EXPORT)) == {
        "site": 1,
        "live post": 4,
        "draft post": 5,
        "scheduled post": 1,
        "hidden post": 1,
        "live page": 2,
        "visible comment": 5,
        "visible reply": 2,
        "pending comment": 2,
        "spam comment": 1,
        "removed comment": 1,
        "skipped": 9,
        "remark": 1,
    }


def test_what_is_skipped_is_named_with_its_reason():
    reasons = {ref.removeprefix(f"{NAME}:"): skipped.reason for ref, skipped in of(Skipped, read(EXPORT)).items()}
    assert reasons == {
        "101:1007": "it is a pingback: another site's link, and no reader's words",
        "108": "it lay in the trash of the old blog",
        "108:1101": "it stands on an entry that is skipped",
        "301": "it is a pattern: its words stand in each text that shows it",
        "401": "it is a file of the media library: a link leads to it wherever a text shows it",
        "402": "it is a file of the media library: a link leads to it wherever a text shows it",
        "501": "it is an item of a menu: menus are not taken in",
        "502": "it is neither a post nor a page but “feedback”, of a plugin or theme",
        "503": "it is an older version of an entry: only the newest comes in",
    }


def test_the_site_is_described_in_words():
    site = next(iter(read(EXPORT)))
    assert site == Site("Salt Notes", "Dramas & the sea", "", "ko-KR", frozenset({"www.salt-notes.example"}))
    assert "/2024/04/02/소금/" in site.paths


def test_an_entry_keeps_what_the_old_blog_said(entries: dict[str, Entry]):
    road = entries["101"]
    assert road.title == "The Salt Road, counted “twice”"
    assert road.path == "/2024/03/15/the-salt-road/"
    assert road.labels == ("K-Drama", "R&B nights")
    assert road.author == "Yuna Notes"
    assert road.description == "A ledger & a promise."
    assert road.published_at == datetime(2024, 3, 15, 3, tzinfo=UTC)
    assert not road.comments_open
    assert entries["102"].comments_open
    assert entries["102"].path == "/2024/04/02/소금/"
    assert entries["202"].path == "/about/the-harbour/"
    assert entries["103"].path == ""


def test_what_was_not_public_is_not_and_says_why(entries: dict[str, Entry]):
    said = {number: (entry.state, entry.warnings[:1]) for number, entry in entries.items() if entry.state != "live"}
    assert said == {
        "103": ("draft", ()),
        "104": ("draft", ("it was private on the old blog: imported as a draft",)),
        "105": ("draft", ("it waited for approval on the old blog: imported as a draft",)),
        "106": ("scheduled", ()),
        "107": ("draft", ("it had a password on the old blog: imported as a draft",)),
        "109": ("draft", ()),
        "110": ("hidden", ("its status archived is not known: kept out of sight",)),
    }


def test_a_time_is_read_by_the_blogs_own_clock_where_utc_is_missing(entries: dict[str, Entry], comments):
    assert entries["111"].published_at == datetime(2024, 4, 30, 23, 30, tzinfo=UTC)
    assert entries["112"].published_at is None
    assert comments["1010"].posted_at == datetime(2024, 3, 16, 1, tzinfo=UTC)


def test_replies_keep_their_parent_and_only_the_author_is_the_author(comments: dict[str, CommentRecord]):
    assert comments["1002"].parent_ref == f"{NAME}:101:1001"
    assert comments["1003"].parent_ref == f"{NAME}:101:1002"
    assert comments["1008"].parent_ref == ""
    assert comments["1008"].warnings == ("the comment it answers is not in the export",)
    assert [number for number, comment in comments.items() if comment.by_author] == ["1002"]
    assert comments["1009"].warnings == ("it has no state: held for moderation",)
    assert comments["1001"].website == "https://mina.example/"


def test_nothing_personal_of_a_commenter_is_kept(app: Flask):
    bring_in(app, EXPORT)
    kept = "".join(db.session.scalars(sa.select(ImportedEntry.raw)))
    kept += "".join(map(str, db.session.execute(sa.select(Comment.name, Comment.website, Comment.body)).all()))
    assert "I counted, too." in kept
    assert "<wp:post_password>harbour" not in kept
    assert "follower@" not in kept
    for personal in ("@example.org", "@example.net", "203.0.113.", "198.51.100.", "192.0.2."):
        assert personal not in kept


# The text


def blog() -> Blog:
    found = Blog(home=SITE)
    found.media = {
        "401": Media(f"{UPLOADS}/harbour.jpg", "Harbour", "At noon", "", 2),
        "402": Media(f"{UPLOADS}/nets.jpg", "Nets", "", "Nets & ropes", 1),
        "404": Media(f"{UPLOADS}/map.pdf", "Map", "", "", 0),
    }
    found.uploads = {"7": ["401", "402", "404"]}
    found.media_pages = {"/harbour-at-noon/": "401"}
    found.patterns = {"301": "<p>Shown twice</p>", "302": '<!-- wp:block {"ref":302} /-->' * 9}
    return found


HARBOUR = f'<figure><img src="{UPLOADS}/harbour.jpg" alt="Harbour"><figcaption>At noon</figcaption></figure>'
NETS = f'<figure><img src="{UPLOADS}/nets.jpg" alt="Nets &amp; ropes"></figure>'
PLAYER = '<iframe src="https://v.example/a.mp4"></iframe>'
TEXTS = {
    "lines and paragraphs": ("One\ntwo.\n\nThree.\r\n", "One<br>two.<br><br>Three."),
    "a line end in a tag": ("<a\nhref='/x'>One</a>", "<a\nhref='/x'>One</a>"),
    "a break and a line end": ("One<br />\nTwo<br/>\n\nThree", "One<br />Two<br/><br>Three"),
    "what is kept as written": ("<pre>a\nb</pre>\nc", "<pre>a\nb</pre><br>c"),
    "a sign that begins no tag": ("1 < 2\n3 > 2", "1 < 2<br>3 > 2"),
    "more": ("One.\n<!--more Read on-->\nTwo.", "One.<br><br>Two."),
    "pages": ("One.<!--nextpage-->Two.", "One.<br><br>Two."),
    "a block": (
        '<!-- wp:paragraph {"a":"b\\u003e"} -->\n<p>One\ntwo</p>\n<!-- /wp:paragraph -->',
        "\n<p>One\ntwo</p>\n",
    ),
    "text among blocks": ("One\ntwo\n<!-- wp:spacer /-->\nThree", "One<br>two<br><br>Three"),
    "a pattern": ('<!-- wp:block {"ref":301} /-->', "<p>Shown twice</p>"),
    "a cover": (
        '<!-- wp:cover {"url":"https://x.example/a.jpg"} --><p>Upon</p><!-- /wp:cover -->',
        '<img src="https://x.example/a.jpg" alt=""><p>Upon</p>',
    ),
    "a link of a menu": ('<!-- wp:navigation-link {"label":"Home","url":"/"} /-->', '<p><a href="/">Home</a></p>'),
    "a caption": (
        "[caption id='a']<img src='x'> Said[/caption]",
        "<figure><img src='x'><figcaption>Said</figcaption></figure>",
    ),
    "a caption of old": (
        "[caption caption='Said']<a href='y'><img src='x'></a>[/caption]",
        "<figure><a href='y'><img src='x'></a><figcaption>Said</figcaption></figure>",
    ),
    "a caption without its picture": (
        "[caption id='attachment_402']Said[/caption]",
        NETS.replace("</figure>", "<figcaption>Said</figcaption></figure>"),
    ),
    "a caption that is never closed": ("[caption id='a'] Said", "[caption id='a'] Said"),
    "a gallery": ('[gallery ids="401,402"]', HARBOUR + NETS),
    "a gallery of what was uploaded": ("[gallery columns=2]", NETS + HARBOUR),
    "a gallery without some": ("[gallery exclude='401']", NETS),
    "a film": ('[video mp4="https://v.example/a.mp4"][/video]', PLAYER),
    "two films": (
        "[embed]https://v.example/a.mp4[/embed] [embed]https://v.example/a.mp4[/embed]",
        f"{PLAYER} {PLAYER}",
    ),
    "a film with words": ("[video src='https://v.example/a.mp4']Words[/video]", f"{PLAYER}Words"),
    "a word like a film": ("[video of https://v.example/a.mp4]", "[video of https://v.example/a.mp4]"),
    "a sound": ("[audio https://v.example/a.mp4]", PLAYER),
    "an address alone": (
        "One\nhttps://v.example/?a=1&b=2\nTwo",
        'One<br><a href="https://v.example/?a=1&amp;b=2">https://v.example/?a=1&amp;b=2</a><br>Two',
    ),
    "a word in brackets": ("As he said [sic], [[gallery]].", "As he said [sic], &#91;gallery&#93;."),
    "what nobody knows": ("[box a='b']Kept [gallery ids='9'][/box]", "[box a='b']Kept [gallery ids='9'][/box]"),
    "a file of the blog": ("<img src='/wp-content/a.png'>", f"<img src='{SITE}/wp-content/a.png'>"),
    "a link to a picture's page": (
        f"<a href='{SITE}/harbour-at-noon/'>1</a> <a href=\"/?attachment_id=402\">2</a> <a href='https://x.example/harbour-at-noon/'>3</a>",
        f'<a href="{UPLOADS}/harbour.jpg">1</a> <a href="{UPLOADS}/nets.jpg">2</a> <a href=\'https://x.example/harbour-at-noon/\'>3</a>',
    ),
    "a file to download": (
        "<a href='/x.pdf'>Map</a><a href='/x.pdf' class='wp-block-file__button'>Download</a>",
        "<a href='/x.pdf'>Map</a> <a href='/x.pdf' class='wp-block-file__button'>Download</a>",
    ),
    "CDATA": ("A <![CDATA[ b ]]> c", "A &lt;![CDATA[ b ]]> c"),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_is_written_as_its_blog_showed_it(name: str):
    source, wanted = TEXTS[name]
    assert written(source, blog(), "7").html == wanted


def test_links_to_the_blog_lead_here_and_those_to_its_files_stay():
    here = Neighbourhood(frozenset({"salt-notes.example"}))
    assert here.followed(f"{SITE}/2024/03/15/the-salt-road/#comment-1002") == "/2024/03/15/the-salt-road/#c1002"
    assert here.followed(f"{SITE}/?p=201") == "/?p=201"
    assert here.followed(f"{UPLOADS}/map.pdf") == f"{UPLOADS}/map.pdf"
    assert here.followed(f"{SITE}/harbour.JPG") == f"{SITE}/harbour.JPG"
    assert here.followed(f"{SITE}/atom.xml") == "/atom.xml"


def test_what_cannot_be_shown_is_named():
    source = "<!-- wp:archives /--><!-- wp:block {\"ref\":9} /-->[box a='b'] [gallery ids='401,9']"
    assert written(source, blog(), "7").notes == [
        "blocks that only WordPress can fill are left out: archives",
        "patterns it shows are not in the export: 9",
        "shortcodes stand in the text as they are written: [box]",
        "its gallery shows pictures that are not in the export: 9",
    ]


def test_a_text_that_shows_itself_without_end_comes_to_one():
    made = written('<!-- wp:block {"ref":302} /-->' + "[gallery]" * 3_000, blog(), "7")
    assert made.html.count("<img") <= 2_000
    assert made.notes[0] == "patterns it shows are not in the export: 302"
    assert len(made.html) < 500_000


# The pages


def test_every_word_of_the_text_is_on_the_page(app: Flask):
    bring_in(app, EXPORT)
    assert check_every_word(app) == 13


def test_the_review_is_made_as_from_any_other_blog(app: Flask):
    bring_in(app, EXPORT)
    page = Browser(app).get("/reviews/the-salt-road/")
    assert page.h1 == "The Salt Road"
    rows = dict(zip(page.texts("//aside//dt"), page.texts("//aside//dt/following-sibling::dd[1]"), strict=True))
    assert (rows["Year"], rows["Episodes"]) == ("2022", "12")
    assert "Two sisters count the same road, and never arrive at one number." in [
        " ".join(text.split()) for text in page.texts("//div[contains(@class, 'prose')]//p")
    ]
    links = page.all("//div[contains(@class, 'prose')]//a/@href")
    assert links.count(f"{UPLOADS}/nets.jpg") == 3
    assert {"/2024/04/02/%ec%86%8c%ea%b8%88/", "/?p=201", f"{SITE}/wp-content/uploads/map.pdf"} <= set(links)
    assert page.texts("//h2[@id='comments-title']") == ["5 comments"]


def test_every_old_address_leads_to_the_new_place(app: Flask):
    bring_in(app, EXPORT)
    reader = Browser(app)
    for old, new in {
        "/2024/03/15/the-salt-road/": "/reviews/the-salt-road/",
        "/2024/03/15/the-salt-road": "/reviews/the-salt-road/",
        "/2024/03/15/the-salt-road/comment-page-2/": "/reviews/the-salt-road/",
        "/2024/03/15/the-salt-road/feed/": "/reviews/the-salt-road/comments.atom",
        "/2024/04/02/%ec%86%8c%ea%b8%88/": "/reviews/sogeum/",
        "/2024/04/02/%e1%84%89%e1%85%a9%e1%84%80%e1%85%b3%e1%86%b7/": "/reviews/sogeum/",
        "/clock.html": "/reviews/clock/",
        "/about/the-harbour/": "/pages/the-harbour/",
        "/?p=101": "/reviews/the-salt-road/",
        "/?page_id=201": "/pages/about/",
        "/feed/": "/feeds/reviews.atom",
        "/comments/feed/": "/feeds/comments.atom",
    }.items():
        assert reader.get(old, status=301).response.location == new, old
    for hidden in ("/mine-alone/", "/next-century/", "/guarded/", "/timeless/", "/2024/03/15/nothing/"):
        reader.get(hidden, status=404)
    reader.get("/?p=104")


def test_nothing_hidden_shows_anywhere(app: Flask):
    bring_in(app, EXPORT)
    reader = Browser(app)
    hidden = ("Private words", "Pending words", "Scheduled words", "Guarded words", "Half words", "Archived words")
    hidden += ("Is this held?", "cheap pills", "Thrown away here", "Nothing says what I am", "Timeless words")
    hidden += ("Said behind the password",)
    for address in (
        "/",
        "/reviews/",
        "/reviews/the-salt-road/",
        "/feeds/reviews.atom",
        "/feeds/comments.atom",
        "/sitemap.xml",
    ):
        text = reader.get(address).text
        assert not [words for words in hidden if words in text], address


def test_a_dry_run_says_the_same_and_a_second_run_adds_nothing(app: Flask):
    before = everything()
    dry = bring_in(app, EXPORT, "--dry-run")
    assert everything() == before
    wet = bring_in(app, EXPORT)
    assert dry.splitlines()[1:] == wet.splitlines()[1:]
    first = everything()
    assert "entries that were here already" in bring_in(app, EXPORT)
    assert everything() == first


def test_the_parts_of_an_export_are_one_blog(app: Flask, tmp_path: pathlib.Path):
    """WordPress cuts a large export: the pictures of a gallery may be in another file."""
    whole = EXPORT.read_text(encoding="utf-8")
    items = re.findall(r"\t<item>.*?</item>\n", whole, re.DOTALL)
    head, tail = whole[: whole.index("\t<item>")], "</channel>\n</rss>\n"
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        archive.writestr("salt.000.xml", head + "".join(items[:5]) + tail)
        archive.writestr("salt.001.xml", head + "".join(items[5:]) + tail)
    parts, one = read(tmp_path / "export.zip"), read(EXPORT)
    assert of(Entry, parts) == of(Entry, one)
    assert [record for record in parts if isinstance(record, Site)] == one[:1]


# Files that are damaged, or written otherwise


def test_a_state_in_the_place_of_a_type_publishes_nothing(tmp_path: pathlib.Path):
    whole = EXPORT.read_text(encoding="utf-8")
    before, after = whole.split("<wp:post_id>111</wp:post_id>")
    after = after.replace("<wp:post_type>post<", "<wp:post_type>draft:publish<", 1)
    found = of(Entry, read(saved(tmp_path, f"{before}<wp:post_id>111</wp:post_id>{after}")))[f"{NAME}:111"]
    assert isinstance(found, Entry)
    assert (found.kind, found.state) == ("post", "draft")
    assert found.warnings == ("its type is a state, draft:publish: imported as a draft",)


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_every_version_is_read_the_same(tmp_path: pathlib.Path, version: str, scheme: str):
    text = EXPORT.read_text(encoding="utf-8").replace(
        "https://wordpress.org/export/1.2/", f"{scheme}://wordpress.org/export/{version}/"
    )
    assert counts(read(saved(tmp_path, text))) == counts(read(EXPORT))


def test_prefixes_that_were_never_declared_are_understood(tmp_path: pathlib.Path):
    text = re.sub(r"\n\txmlns:\w+=\"[^\"]*\"", "", EXPORT.read_text(encoding="utf-8"))
    found = read(saved(tmp_path, text))
    assert of(Entry, found).keys() == of(Entry, read(EXPORT)).keys()
    assert [record.text for record in found if isinstance(record, Remark) and "repaired" in record.text]


def test_damage_in_one_entry_leaves_the_others_whole(tmp_path: pathlib.Path):
    text = EXPORT.read_text(encoding="utf-8")
    hurt = text.replace("<wp:ping_status>open", "<wp:ping_status>R&D &nbsp;", 1)
    hurt = hurt.replace("Who counts here.", "Who <![CDATA[counts]]> here.")
    found, whole = of(Entry, read(saved(tmp_path, hurt))), of(Entry, read(EXPORT))
    assert found.keys() == whole.keys()
    changed = {ref for ref, entry in found.items() if entry.html != whole[ref].html}
    assert changed == {f"{NAME}:201"}
    assert found[f"{NAME}:201"].html == "Who &lt;![CDATA[counts]]> here."


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("<rss xmlns:wp='http://wordpress.org/export/1.2/'><notachannel/></rss>", "without its <channel>"),
        ("<rss xmlns:wp='http://wordpress.org/export/1.2/'><channel><title>x", "is damaged at line 1"),
        ("<!DOCTYPE rss><rss xmlns:wp='http://wordpress.org/export/1.2/'><channel/></rss>", "declares a document type"),
    ],
    ids=["no channel", "cut", "document type"],
)
def test_a_file_with_nothing_in_it_gets_one_clear_sentence(tmp_path: pathlib.Path, content: str, sentence: str):
    refused = attempt(saved(tmp_path, content))
    assert isinstance(refused, str)
    assert refused.startswith("it.xml ")
    assert sentence in refused


# Real files

COUNTS = {
    "wpi-theme-unit-test-data.xml": {
        "reviews": 58,
        "live": 55,
        "pages": 21,
        "comments": 29,
        "visible": 26,
        "pending": 3,
        "replies": 10,
        "skipped": 111,
    },
    "wpi-small-export.xml": {"reviews": 6, "live": 5, "pages": 5, "comments": 1, "visible": 1, "skipped": 0},
    "wpi-valid-wxr-1.0.xml": {"reviews": 3, "live": 3, "pages": 3, "comments": 1, "skipped": 0},
    "wpi-crazy-cdata.xml": {"reviews": 1, "live": 1, "pages": 0, "comments": 0, "skipped": 0},
    "wpi-crazy-cdata-escaped.xml": {"reviews": 1, "live": 1, "pages": 0, "comments": 0, "skipped": 0},
    "isso-wordpress.xml": {"reviews": 3, "live": 1, "comments": 8, "replies": 3, "skipped": 0},
    "ghostmigrate-sample.xml": {"reviews": 3, "live": 2, "pages": 1, "comments": 0, "skipped": 2},
    "nikola-wordpress_unicode_export.xml": {"reviews": 1, "live": 1, "pages": 1, "comments": 0, "skipped": 0},
}


@pytest.mark.real_data
@pytest.mark.parametrize("name", COUNTS)
def test_every_export_comes_in_with_its_counts_and_all_its_words(app: Flask, data: pathlib.Path, name: str):
    report = bring_in(app, data / "wxr" / name)
    found = {
        "reviews": number_of(Review),
        "live": number_of(Review, Review.is_live()),
        "pages": number_of(Page),
        "comments": number_of(Comment),
        "visible": number_of(Comment, Comment.state == "visible"),
        "pending": number_of(Comment, Comment.state == "pending"),
        "replies": number_of(Comment, Comment.parent_id.is_not(None)),
        "skipped": int("".join(re.findall(r"(\d+)  entries skipped", report)) or 0),
    }
    assert COUNTS[name].items() <= found.items()
    first = everything()
    bring_in(app, data / "wxr" / name)
    assert everything() == first
    assert check_every_word(app) == COUNTS[name]["reviews"] + COUNTS[name].get("pages", 0)


@pytest.mark.real_data
def test_nothing_of_the_test_data_is_lost_silently(app: Flask, data: pathlib.Path):
    path = data / "wxr" / "wpi-theme-unit-test-data.xml"
    report = bring_in(app, path)
    outcomes = db.session.execute(
        sa.select(ImportedEntry.source_ref, ImportedEntry.outcome, ImportedEntry.reason)
    ).all()
    entries = [row for row in outcomes if row.source_ref.count(":") == 2]
    assert len(entries) == 186 - 18  # so many items of menus have the number of another one
    assert "18 entries, wordpress:wpthemetestdata.wordpress.com:1643" in report
    assert "menus are not taken in; another entry has the same number" in report
    assert len(outcomes) - len(entries) == 33
    skipped = [row for row in outcomes if row.outcome == "skipped"]
    for row in skipped:
        assert row.reason in report
        assert re.search(rf"\b{row.source_ref.rpartition(':')[2]}\b", report), row.source_ref
    assert "it is a file of the media library" in report
    parents = dict(db.session.execute(sa.select(Comment.id, Comment.parent_id)).all())

    def depth(comment: int) -> int:
        above = parents[comment]
        return 1 + depth(above) if above else 1

    assert max(map(depth, parents)) == 10


@pytest.mark.real_data
def test_an_import_that_broke_off_goes_on(app: Flask, data: pathlib.Path):
    path = data / "wxr" / "wpi-theme-unit-test-data.xml"
    batches = Loader(db.session()).load(read(path))
    for _ in range(2):
        next(batches)
        db.session.commit()
    db.session.rollback()
    assert 0 < number_of(Review) < 58
    bring_in(app, path)
    assert (number_of(Review), number_of(Page), number_of(Comment)) == (58, 21, 29)
    assert number_of(Comment, Comment.parent_id.is_not(None)) == 10


@pytest.mark.real_data
def test_a_malformed_file_gets_one_clear_sentence(app: Flask, data: pathlib.Path):
    before = everything()
    result = app.test_cli_runner().invoke(args=["transfer", "import", str(data / "wxr" / "wpi-malformed.xml")])
    assert result.exit_code == 1
    assert re.fullmatch(
        r"Error: wpi-malformed\.xml is damaged at line 90: no post or page of it can be read\.\n", result.output
    )
    assert everything() == before
    assert number_of(Setting) == 0
