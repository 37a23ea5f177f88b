"""Reading Blogger's exports: both formats, everything in them, and files that are something else."""

import collections
import pathlib
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kblog import transfer
from kblog.transfer import blogger
from kblog.transfer.archive import MAX_FILE, MAX_MEMBERS
from kblog.transfer.records import Comment, Entry, NotAnExport, Record, Remark, Site, Skipped

EXPORTS = pathlib.Path(__file__).parent / "exports"
BACKUP = EXPORTS / "backup.xml"
TAKEOUT = EXPORTS / "Takeout"
FEED = TAKEOUT / "Blogger" / "Blogs" / "Salt Notes" / "feed.atom"
DATA = pathlib.Path(__file__).resolve().parents[2] / "shared" / "data"

ATOM = "xmlns='http://www.w3.org/2005/Atom'"


def read(path: pathlib.Path, **options: str) -> list[Record]:
    return list(transfer.FORMATS[transfer.detect(path)].read(path, **options))


def attempt(path: pathlib.Path) -> list[Record] | str:
    """Read a file that may be beyond reading; return the records or the sentence of refusal."""
    try:
        return read(path)
    except NotAnExport as refused:
        return str(refused)


def of(kind: type, records: list[Record]) -> dict[str, Record]:
    return {record.source_ref: record for record in records if isinstance(record, kind)}


def counts(records: list[Record]) -> dict[str, int]:
    def name(record: Record) -> str:
        match record:
            case Entry():
                return f"{record.state} {record.kind}"
            case Comment():
                return f"{record.state} {'reply' if record.parent_ref else 'comment'}"
            case _:
                return type(record).__name__.lower()

    return dict(collections.Counter(map(name, records)))


@pytest.fixture
def zipped(tmp_path: pathlib.Path) -> pathlib.Path:
    """The Takeout folder as the zip Google hands out, with what a Mac adds to it."""
    path = tmp_path / "takeout-20250101.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(TAKEOUT.rglob("*")):
            if file.is_file():
                archive.write(file, f"Takeout 2/{file.relative_to(TAKEOUT)}")
        archive.writestr("__MACOSX/Takeout 2/Blogger/Blogs/Salt Notes/._feed.atom", b"\x00\x05\x16\x07")
    return path


# The two formats


def test_a_backup_gives_everything_it_holds():
    assert counts(read(BACKUP)) == {
        "site": 1,
        "remark": 1,
        "live post": 2,
        "draft post": 1,
        "live page": 1,
        "visible comment": 2,
        "visible reply": 2,
        "removed comment": 1,
        "skipped": 1,
    }


def test_a_takeout_gives_everything_with_its_state():
    assert counts(read(TAKEOUT)) == {
        "site": 1,
        "live post": 2,
        "draft post": 1,
        "trashed post": 1,
        "scheduled post": 1,
        "hidden post": 1,
        "live page": 1,
        "visible comment": 2,
        "visible reply": 2,
        "spam comment": 2,
        "pending comment": 2,
        "skipped": 1,
        "remark": 1,
    }


def test_a_zip_a_folder_and_the_feed_alone_are_read_the_same(zipped: pathlib.Path):
    whole = [record for record in read(TAKEOUT) if not isinstance(record, Remark)]
    assert [record for record in read(zipped) if not isinstance(record, Remark)] == whole
    assert read(FEED) == whole
    assert read(FEED.parent) == whole


def test_both_formats_give_one_entry_the_same_reference():
    backup, takeout = read(BACKUP), read(TAKEOUT)
    assert set(of(Entry, backup)) < set(of(Entry, takeout))
    assert set(of(Comment, backup)) - {"blogger:77:210"} < set(of(Comment, takeout))
    assert set(of(Skipped, backup)) == set(of(Skipped, takeout)) == {"blogger:77:209"}
    for ref, entry in of(Entry, backup).items():
        twin = of(Entry, takeout)[ref]
        assert (entry.kind, entry.title, entry.html, entry.published_at, entry.path, entry.labels) == (
            (twin.kind, twin.title, twin.html, twin.published_at, twin.path, twin.labels)
        )


def test_the_site_is_described_in_words():
    assert next(iter(read(BACKUP))) == Site(
        "Salt Notes", "Dramas & the sea", "Asia/Seoul", "ko", frozenset({"salt-notes.blogspot.com"})
    )
    first = next(iter(read(TAKEOUT, base_url="https://www.salt-notes.example/")))
    assert first == Site(
        "Salt Notes",
        "Dramas & the sea, mostly",
        "Asia/Seoul",
        "ko",
        frozenset({"salt-notes.blogspot.com", "www.salt-notes.example"}),
    )


def test_an_entry_keeps_what_the_old_blog_said():
    entry = of(Entry, read(TAKEOUT))["blogger:77:101"]
    assert entry.title == "The Salt Road, counted twice"
    assert entry.path == "/2024/03/the-salt-road.html"
    assert entry.labels == ("K-Drama", "Viki")
    assert entry.author == "Yuna Notes"
    assert entry.description == "A ledger, a road, a promise."
    assert entry.published_at is not None
    assert entry.published_at.isoformat() == "2024-03-03T05:05:00+00:00"
    assert entry.raw.startswith("<entry")
    assert "blogger:filename" in entry.raw
    assert entry.warnings == ()


def test_an_unknown_status_is_never_public():
    takeout = read(TAKEOUT)
    odd, zapped = of(Entry, takeout)["blogger:77:107"], of(Comment, takeout)["blogger:77:208"]
    assert (odd.state, zapped.state) == ("hidden", "pending")
    assert "FROZEN" in odd.warnings[0]
    assert "ZAPPED" in zapped.warnings[0]


@pytest.mark.parametrize("path", [BACKUP, TAKEOUT], ids=["backup", "takeout"])
def test_parents_come_before_replies_and_entries_before_comments(path: pathlib.Path):
    given: set[str] = set()
    for record in read(path):
        if isinstance(record, Comment):
            assert record.entry_ref in given
            assert not record.parent_ref or record.parent_ref in given
        if isinstance(record, Entry | Comment):
            given.add(record.source_ref)
    replies = {ref: comment.parent_ref for ref, comment in of(Comment, read(path)).items() if comment.parent_ref}
    assert replies == {"blogger:77:202": "blogger:77:201", "blogger:77:203": "blogger:77:202"}


def test_a_comment_on_a_page_finds_it_by_number_alone():
    assert of(Comment, read(BACKUP))["blogger:77:204"].entry_ref == "blogger:77:104"


def test_only_the_author_is_the_author():
    for path in (BACKUP, TAKEOUT):
        comments = of(Comment, read(path))
        assert [ref for ref, comment in comments.items() if comment.by_author] == ["blogger:77:203"]


def test_line_breaks_names_and_anchors_of_comments_are_kept():
    for path in (BACKUP, TAKEOUT):
        comments = of(Comment, read(path))
        assert comments["blogger:77:202"].html == "그렇죠?<br>저도 울었어요."
        assert comments["blogger:77:202"].name == "Anonymous"
        assert comments["blogger:77:201"].html == "It stayed with me.<br />Thank you!"
        assert comments["blogger:77:201"].website == "https://mina.example/"
        assert comments["blogger:77:201"].number == "201"


def test_a_comment_without_its_post_is_skipped_with_the_reason():
    assert of(Skipped, read(BACKUP))["blogger:77:209"].reason == "its post blogger:77:999 is not in the export"


def test_remarks_name_what_was_left_aside(zipped: pathlib.Path):
    said = [record.text for record in read(zipped) if isinstance(record, Remark)]
    assert said == [
        "Comments/ holds what the account wrote on other blogs: 1 comment skipped.",
    ]
    backup = [record.text for record in read(BACKUP) if isinstance(record, Remark)]
    assert backup[0].startswith("The file also holds 5 settings and 1 template")


def test_a_folder_with_several_blogs_gives_all_of_them(tmp_path: pathlib.Path):
    for number in ("77", "78"):
        blog = tmp_path / "Blogger" / "Blogs" / number
        blog.mkdir(parents=True)
        (blog / "feed.atom").write_text(FEED.read_text(encoding="utf-8").replace("blog-77", f"blog-{number}"), "utf-8")
    records = read(tmp_path)
    assert counts(records)["site"] == 2
    assert {ref.split(":")[1] for ref in of(Entry, records)} == {"77", "78"}


# Odd and damaged exports


def feed(*entries: str, root: str = ATOM) -> str:
    return f"<feed {root}><id>tag:blogger.com,1999:blog-5.archive</id>{''.join(entries)}</feed>"


def entry(number: int, inner: str = "", kind: str = "post") -> str:
    return (
        f"<entry><id>tag:blogger.com,1999:blog-5.post-{number}</id><published>2024-01-01T00:00:00Z</published>"
        "<category scheme='http://schemas.google.com/g/2005#kind'"
        f" term='http://schemas.google.com/blogger/2008/kind#{kind}'/><title>t</title>{inner}</entry>\n"
    )


def answer(number: int, post: int, parent: int | None = None) -> str:
    link = f"<link rel='related' href='http://x.example/feeds/{post}/comments/default/{parent}'/>" if parent else ""
    return entry(number, f"<thr:in-reply-to xmlns:thr='t' ref='post-{post}'/>{link}<content>hm</content>", "comment")


def saved(folder: pathlib.Path, text: str | bytes, name: str = "blog.xml") -> pathlib.Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_undeclared_prefixes_are_understood(tmp_path: pathlib.Path):
    path = saved(tmp_path, feed(entry(1, "<app:control><app:draft>yes</app:draft></app:control>"), entry(2)))
    records = read(path)
    assert counts(records) == {"site": 1, "remark": 1, "draft post": 1, "live post": 1}
    assert not any(record.warnings for record in of(Entry, records).values())


REPAIRED = {
    "raw ampersand": ("rain & salt", "rain & salt"),
    "HTML entity": ("rain&nbsp;&mdash; salt &amp; &#8209;", "rain\u00a0— salt & \u2011"),
    "unknown entity": ("rain &salty;", "rain &salty;"),
    "control character": ("rain \x01salt", "rain salt"),
}


@pytest.mark.parametrize(("written", "meant"), REPAIRED.values(), ids=REPAIRED)
def test_a_damaged_entry_is_repaired_and_said(written: str, meant: str, tmp_path: pathlib.Path):
    hurt = entry(2, f"<content type='html'>{written}</content>")
    records = read(saved(tmp_path, feed(entry(1), hurt, entry(3), entry(4))))
    found = of(Entry, records)
    assert [int(ref.rpartition(":")[2]) for ref in found] == [1, 2, 3, 4]
    assert found["blogger:5:2"].html == meant
    assert "line 2" in found["blogger:5:2"].warnings[0]
    assert [ref for ref, record in found.items() if record.warnings] == ["blogger:5:2"]
    assert "line 2" in next(record.text for record in records if isinstance(record, Remark))


@pytest.mark.parametrize("hurt", ["<content>salt <<< rain</content>", "<content>salt", "<b>", "<x", "\x00"])
def test_damage_in_one_entry_leaves_the_others_whole(hurt: str, tmp_path: pathlib.Path):
    records = read(saved(tmp_path, feed(entry(1), entry(2, hurt), entry(3), entry(4))))
    found = {**of(Entry, records), **of(Skipped, records)}
    assert set(found) == {f"blogger:5:{n}" for n in (1, 2, 3, 4)}
    assert set(of(Entry, records)) >= {f"blogger:5:{n}" for n in (1, 3, 4)}


def test_an_entry_without_its_end_is_skipped_alone(tmp_path: pathlib.Path):
    records = read(saved(tmp_path, feed(entry(1), entry(2).replace("</entry>", ""), entry(3))))
    assert list(of(Entry, records)) == ["blogger:5:1", "blogger:5:3"]
    assert of(Skipped, records)["blogger:5:2"].reason == "it breaks off: its end is missing"


@pytest.mark.parametrize("path", [BACKUP, FEED], ids=["backup", "takeout"])
def test_a_truncated_file_gives_what_stands_before_the_cut(path: pathlib.Path, tmp_path: pathlib.Path):
    whole, refs = path.read_bytes(), {**of(Entry, read(path)), **of(Comment, read(path))}
    for cut in range(0, len(whole) - 30, 211):
        records = attempt(saved(tmp_path, whole[:cut]))
        if isinstance(records, str):
            assert records.endswith(".")
            continue
        given = {**of(Entry, records), **of(Comment, records)}
        assert given.keys() <= refs.keys()
        assert all(record.raw == refs[ref].raw for ref, record in given.items())
        assert any("repaired" in record.text for record in records if isinstance(record, Remark))


@given(st.integers(0, 8000), st.binary(min_size=1, max_size=3))
def test_damage_anywhere_is_never_more_than_a_refusal(tmp_path_factory, position: int, junk: bytes):
    whole = BACKUP.read_bytes()
    path = saved(tmp_path_factory.getbasetemp(), whole[:position] + junk + whole[position + len(junk) :], "hurt.xml")
    records = attempt(path)
    assert records
    assert not isinstance(records, str) or records.endswith(".")


def test_replies_in_a_circle_or_to_nothing_become_comments(tmp_path: pathlib.Path):
    path = saved(tmp_path, feed(entry(1), answer(11, 1, 12), answer(12, 1, 11), answer(13, 1, 99), answer(14, 1, 14)))
    comments = of(Comment, read(path))
    assert {ref: comment.parent_ref for ref, comment in comments.items()} == {
        "blogger:5:11": "",
        "blogger:5:12": "blogger:5:11",
        "blogger:5:13": "",
        "blogger:5:14": "",
    }
    assert all(comments[f"blogger:5:{n}"].warnings for n in (11, 13, 14))


BAD_ENTRIES = {
    "without an id": ("<entry><title>t</title></entry>", "it has no id"),
    "with a foreign id": ("<entry><id>urn:1</id></entry>", "its id is not one of Blogger's"),
    "of no kind": (
        "<entry><id>tag:blogger.com,1999:blog-5.post-8</id></entry>",
        "it is neither a post nor a page nor a comment",
    ),
    "given twice": (entry(1), "another entry in this file has the same id"),
    "a comment on nothing": (entry(9, kind="comment"), "it names no post"),
}


@pytest.mark.parametrize(("bad", "reason"), BAD_ENTRIES.values(), ids=BAD_ENTRIES)
def test_a_bad_entry_is_skipped_and_the_rest_goes_on(bad: str, reason: str, tmp_path: pathlib.Path):
    records = read(saved(tmp_path, feed(entry(1), bad, entry(2))))
    assert list(of(Entry, records)) == ["blogger:5:1", "blogger:5:2"]
    assert [skipped.reason for skipped in of(Skipped, records).values()] == [reason]


@pytest.mark.parametrize("date", ["", "yesterday", "0001-01-01T00:00:00+14:00", "2024-02-30T00:00:00Z"])
def test_a_nonsense_date_is_a_warning(date: str, tmp_path: pathlib.Path):
    path = saved(tmp_path, feed(entry(1).replace("2024-01-01T00:00:00Z", date)))
    found = of(Entry, read(path))["blogger:5:1"]
    assert found.published_at is None
    assert found.warnings == ("it has no readable date",)


def test_a_public_feed_is_read_as_what_it_is(tmp_path: pathlib.Path):
    post = (
        "<entry><id>tag:blogger.com,1999:blog-5.post-1</id><title>t</title><category term='Viki'/>"
        "<content type='html'>&lt;p&gt;x&lt;/p&gt;</content></entry>"
    )
    path = saved(tmp_path, f"<feed {ATOM}><title>Salt Notes</title>{post}</feed>", "default.atom")
    assert transfer.detect(path) == "feed"
    site, remark, found = read(path)
    assert site == Site("Salt Notes")
    assert remark == Remark("This is a reading feed, not a backup: comments and drafts are missing.")
    assert (found.source_ref, found.html, found.labels, found.state) == ("blogger:5:1", "<p>x</p>", ("Viki",), "live")
    with pytest.raises(NotAnExport, match="reading feed"):
        list(blogger.read(path))


# What is no export


BOMB = "<!DOCTYPE b [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;'>]>" + feed("<entry><title>&b;</title></entry>")
NOT_EXPORTS = {
    "empty": (b"", "it.xml is empty."),
    "blank": (b" \n ", "it.xml is empty."),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(40), "it.xml is a picture, not an export."),
    "tgz": (b"\x1f\x8b\x08" + bytes(9), "it.xml is a .tgz archive: unpack it first"),
    "prose": (b"Dear diary,", "it.xml is not an export: it is neither XML nor a zip file."),
    "binary": (bytes(range(256)), "it.xml is not an export: it is neither XML nor a zip file."),
    "web page": (b"<!DOCTYPE html><html><body>hi</body></html>", "it.xml is a web page, not an export of the posts."),
    "theme": (b"<html b:version='2' xmlns:b='b'><head/></html>", "it.xml is a Blogger theme, not an export"),
    "other XML": (b"<svg xmlns='s'/>", "it.xml is XML of another kind (<svg>), not an export of a blog."),
    "wordpress": (
        b"<rss xmlns:wp='https://wordpress.org/export/1.2/'><channel/></rss>",
        "it.xml is a WordPress export without any post or page.",
    ),
    "rss": (b"<rss version='2.0'><channel/></rss>", "it.xml is an RSS reading feed, not a backup"),
    "bomb": (BOMB.encode(), "it.xml declares a document type (DOCTYPE), which no export does; it is refused."),
    "bomb in UTF-16": (BOMB.encode("utf-16"), "it.xml declares a document type (DOCTYPE)"),
    "endless prologue": (b"<!DOCTYPE b [" + b"<!ENTITY a 'x'>" * 9000, "it.xml declares a document type (DOCTYPE)"),
    "cut at once": (b"<feed xmlns='http://www.w3.org/2005/Atom'><title>Sa", "it.xml is damaged at line 1"),
    "cut in its first entry": (feed(entry(1))[:-60].encode(), "it.xml is damaged at line 1"),
}


@pytest.mark.parametrize(("content", "sentence"), NOT_EXPORTS.values(), ids=NOT_EXPORTS)
def test_a_file_that_is_no_export_is_named(content: bytes, sentence: str, tmp_path: pathlib.Path):
    with pytest.raises(NotAnExport) as refused:
        read(saved(tmp_path, content, "it.xml"))
    assert str(refused.value).startswith(sentence)
    assert str(refused.value).endswith(".")


def test_a_missing_or_empty_folder_is_named(tmp_path: pathlib.Path):
    with pytest.raises(NotAnExport, match="There is no file or folder named nowhere"):
        transfer.detect(tmp_path / "nowhere")
    with pytest.raises(NotAnExport, match="holds no export"):
        transfer.detect(tmp_path)
    with pytest.raises(NotAnExport, match="not an ordinary file"):
        transfer.detect(pathlib.Path("/dev/null"))


def test_what_the_account_wrote_elsewhere_is_no_export_of_a_blog():
    with pytest.raises(NotAnExport, match="holds comments only"):
        read(TAKEOUT / "Blogger" / "Comments")


def test_a_damaged_file_beside_a_good_one_is_named(tmp_path: pathlib.Path):
    saved(tmp_path, feed(entry(1)), "good.xml")
    saved(tmp_path, feed(entry(2))[:-60], "worse.xml")
    saved(tmp_path, "Dear diary", "diary.xml")
    said = [record.text for record in read(tmp_path) if isinstance(record, Remark)]
    assert [text.split()[0] for text in said] == ["worse.xml", "diary.xml"]


# Zip files


def make_zip(path: pathlib.Path, name: str, content: bytes) -> pathlib.Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Blogger/Blogs/x/feed.atom", FEED.read_bytes())
        archive.writestr(name, content)
    return path


@pytest.mark.parametrize("name", ["../evil.atom", "/etc/evil", "a/../../evil", "C:/evil", "..\\evil"])
def test_a_zip_with_an_unsafe_name_is_refused(name: str, tmp_path: pathlib.Path):
    with pytest.raises(NotAnExport, match="unsafe name"):
        transfer.detect(make_zip(tmp_path / "x.zip", name, b""))


def test_a_zip_that_unpacks_out_of_proportion_is_refused(tmp_path: pathlib.Path):
    with pytest.raises(NotAnExport, match="more than 100 times its size"):
        transfer.detect(make_zip(tmp_path / "x.zip", "spaces.txt", b" " * 3_000_000))


def test_a_zip_with_too_many_files_is_refused(tmp_path: pathlib.Path):
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(MAX_MEMBERS + 1):
            archive.writestr(str(number), b"")
    with pytest.raises(NotAnExport, match="more than 20,000 files"):
        transfer.detect(path)


def test_a_zip_with_a_password_is_refused(tmp_path: pathlib.Path):
    path = make_zip(tmp_path / "x.zip", "secret", b"x")
    content = bytearray(path.read_bytes())
    content[content.rindex(b"PK\x01\x02") + 8] |= 1  # the flag of the last file in the directory
    path.write_bytes(content)
    with pytest.raises(NotAnExport, match="password"):
        transfer.detect(path)


def test_a_file_larger_than_an_upload_is_refused(tmp_path: pathlib.Path):
    path = tmp_path / "large.xml"
    with path.open("wb") as sparse:
        sparse.truncate(MAX_FILE + 1)
    with pytest.raises(NotAnExport, match="larger than 200 MB"):
        transfer.detect(path)


def test_a_zip_with_nothing_to_read_says_so(tmp_path: pathlib.Path):
    path = tmp_path / "holiday.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("beach.jpg", b"x")
    with pytest.raises(NotAnExport, match=r"The zip file holiday\.zip holds no export"):
        transfer.detect(path)


def test_a_damaged_zip_gives_what_can_be_unpacked_or_a_sentence(zipped: pathlib.Path, tmp_path: pathlib.Path):
    whole = zipped.read_bytes()
    outcomes = [
        attempt(saved(tmp_path, whole[:position] + b"\xff\x00\xff" + whole[position + 3 :], "hurt.zip"))
        for position in range(0, len(whole), 101)
    ]
    assert all(sentence.endswith(".") for sentence in outcomes if isinstance(sentence, str))
    assert {type(outcome) for outcome in outcomes} == {str, list}


# Real files


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "blog/Takeout",
            {
                "site": 1,
                "live post": 9,
                "draft post": 1,
                "trashed post": 1,
                "live page": 1,
                "visible comment": 3,
                "visible reply": 2,
                "spam comment": 2,
                "pending comment": 1,
                "skipped": 1,
            },
        ),
        (
            "blog/blog-11-27-2025.xml",
            {
                "site": 1,
                "remark": 1,
                "live post": 9,
                "draft post": 1,
                "live page": 1,
                "visible comment": 3,
                "visible reply": 2,
                "skipped": 1,
            },
        ),
        ("blogger-old/google-converters-blogger-sample.xml", {"site": 1, "live post": 3, "visible comment": 2}),
        (
            "blogger-old/blog-parser-blogger-sample.xml",
            {"site": 1, "remark": 1, "live post": 1, "draft page": 1, "visible comment": 1},
        ),
        ("blogger-old/blogger2md-complete.xml", {"site": 1, "remark": 1, "live post": 10, "draft post": 1}),
        (
            "blogger-takeout",
            {"site": 2, "remark": 1, "live post": 6, "visible comment": 1, "pending comment": 5},
        ),
    ],
)
def test_real_exports_give_their_counts(name: str, expected: dict[str, int]):
    assert counts(read(DATA / name)) == expected


@pytest.mark.real_data
def test_googles_own_sample_joins_its_bare_ids():
    comments = of(Comment, read(DATA / "blogger-old" / "google-converters-blogger-sample.xml"))
    assert {ref: comment.entry_ref for ref, comment in comments.items()} == {
        "blogger:post-17.comment-8": "blogger:post-17",
        "blogger:post-20.comment-9": "blogger:post-20",
    }


@pytest.mark.real_data
def test_the_backup_after_the_takeout_adds_nothing():
    takeout, backup = read(DATA / "blog" / "Takeout"), read(DATA / "blog" / "blog-11-27-2025.xml")
    assert of(Entry, backup).keys() <= of(Entry, takeout).keys()
    assert of(Comment, backup).keys() <= of(Comment, takeout).keys()


@pytest.mark.real_data
def test_labels_and_settings_of_a_real_backup_are_all_seen():
    records = read(DATA / "blogger-old" / "blogger2md-complete.xml")
    assert len({label for found in of(Entry, records).values() for label in found.labels}) == 13
    assert "52 settings and 1 template" in next(record.text for record in records if isinstance(record, Remark))


@pytest.mark.real_data
@pytest.mark.parametrize("folder", ["xmlbombs", "images-bad", "xss", "unicode"])
def test_nothing_hostile_or_foreign_is_taken_for_an_export(folder: str):
    for path in sorted((DATA / folder).iterdir()):
        with pytest.raises(NotAnExport) as refused:
            transfer.detect(path)
        assert len(str(refused.value)) < 300
