"""A whole review pasted as text: its fields are understood, and every word of it is kept."""

import contextlib
import pathlib
import re
from collections import Counter
from datetime import date

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kblog import document as documents
from kblog import markup, overview
from kblog.document import Document, DocumentError
from kblog.overview import Row
from kblog.studio.tags import suggested_hashtags
from kblog.transfer.pasted import NotAReview, Pasted, read

from . import builders

# A drama's page gives each paragraph a line of its own, a film's parts them by blank lines: in words of our own.
DRAMA = """Salt on the Sill: Why ‘The Salt Ledger’ Counts What It Cannot Weigh
Introduction
It begins with a scale. Nobody in it has ever been weighed & found *wanting*.
Overview
Title: The Salt Ledger (소금 장부)
Year: 2022
Genre: Slice of life, Mystery
Main Cast: Seo Ha‑jin, Moon Tae-o (Teddy Moon)
Episodes: 12
Running Time: Approx. 64 minutes per episode
Streaming Platform: Viki
Overall Story
Ok Bo-ra (Seo Ha‑jin) keeps the books of a salt works; her brother (Moon Tae-o) keeps the secrets.
1. The first loss is a small one. <Nobody> asks.
They count – twice.
Highlight Moments / Key Episodes
In Episode 3, the scale is stolen.
Memorable Lines
In Episode 2, Bo-ra tells her brother, “Count it again. You counted what you hoped.” The room is silent.
Why It’s Special
#1 reason: the weather.
Hashtags
#TheSaltLedger #SeoHaJin #소금장부
Popular Posts
Dive into ‘Paper Boats,’ a gentle film about an ungentle river.
- Get link
- X
- Other Apps
Comments
Post a Comment
"""

FILM = """“Paper Boats”—A river, a promise and a very small navy

“Paper Boats”—A river, a promise and a very small navy

Introduction

The river is the first to speak.

✨ OVERVIEW:

Title: Paper Boats (종이배)
Year: 2024
Genre: Musical comedy
Main Cast: Ok Bo‑ra (Bora Ok), Wi Ga-on
Runtime: 106 minutes
Streaming Platform: Not currently streaming on Netflix or Viki in the United States (checked March 2, 2026).
Rating: Nine boats of ten
Director: Noh Ga‑ram

Overall Story

The Launch: Ga-on folds a boat from a bill
and sends it off.

Memorable Lines

"Paper remembers." – Ga-on, to the ferryman It is the only joke he makes.

"Let it sink." – Bo-ra

Conclusion / Warm Reminders

Bring a bill of your own.


Hashtags

#PaperBoats #OkBoRa

Comments

Popular Posts"""


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text))


def kept(document: Document) -> Counter[str]:
    """Count every word that a document holds of what was pasted."""
    rows = " ".join(f"{row.label} {row.value}" for row in document.overview)
    html = str(markup.render_review(document.body).html)
    body = " ".join(lxml.html.fromstring(f"<div>{html}</div>").itertext())
    return words(" ".join((document.headline, rows, body, *document.hashtags)))


def shaped(text: str, blank_lines: int) -> str:
    """Give a text of one paragraph a line the other shape, its rows still together."""
    return re.sub(r"\n(?!Year|Genre|Main|Ep|Run|Str)", "\n" * (blank_lines + 1), text)


# It works


@pytest.mark.parametrize("text", [DRAMA, shaped(DRAMA, 1), shaped(DRAMA, 3), DRAMA.replace("\n", "\r\n")])
def test_a_drama_is_understood_whichever_way_its_paragraphs_are_parted(text: str):
    found = read(text)
    document = found.document
    assert document.headline == "Salt on the Sill: Why ‘The Salt Ledger’ Counts What It Cannot Weigh"
    assert document.kind == "drama"
    assert document.overview[3] == Row("Main Cast", "Seo Ha‑jin, Moon Tae-o (Teddy Moon)")
    assert [row.label for row in document.overview] == [
        "Title", "Year", "Genre", "Main Cast", "Episodes", "Running Time", "Streaming Platform",
    ]  # fmt: skip
    assert document.characters == (("Seo Ha‑jin", "Ok Bo-ra"),)
    assert document.hashtags == ("#TheSaltLedger", "#SeoHaJin", "#소금장부")
    assert document.body == (
        "## Introduction\n\n"
        "It begins with a scale. Nobody in it has ever been weighed & found \\*wanting\\*.\n\n"
        "## Overall Story\n\n"
        "Ok Bo-ra (Seo Ha‑jin) keeps the books of a salt works; her brother (Moon Tae-o) keeps the secrets.\n\n"
        "1\\. The first loss is a small one. \\<Nobody> asks.\n\n"
        "They count – twice.\n\n"
        "## Highlight Moments / Key Episodes\n\nIn Episode 3, the scale is stolen.\n\n"
        "## Memorable Lines\n\n"
        "In Episode 2, Bo-ra tells her brother, “Count it again. You counted what you hoped.” The room is silent.\n\n"
        "## Why It’s Special\n\n#1 reason: the weather.\n"
    )
    assert found.notes == (
        "Read as plain text: 7 overview rows, 1 character, 5 sections, 1 memorable line and 3 hashtags.",
        "Left out below the hashtags, as the page’s own words: “Popular Posts”, “Dive into ‘Paper Boats,’ a gentle film"
        " about an ungentle river.”, “- Get link”, “- X”, “- Other Apps”, “Comments”, “Post a Comment”.",
    )


def test_a_film_is_understood():
    found = read(FILM)
    document = found.document
    assert document.headline == "“Paper Boats”—A river, a promise and a very small navy"
    understood = overview.understand(document.overview)
    assert (understood.work_title, understood.native_title, document.kind) == ("Paper Boats", "종이배", "film")
    assert [(each.platform, each.status, each.checked_on) for each in understood.availability] == [
        ("Netflix", "not available", date(2026, 3, 2)),
        ("Viki", "not available", date(2026, 3, 2)),
    ]
    assert document.body == (
        "## Introduction\n\nThe river is the first to speak.\n\n"
        "## Overall Story\n\nThe Launch: Ga-on folds a boat from a bill\\\nand sends it off.\n\n"
        '## Memorable Lines\n\n> "Paper remembers."\n> – Ga-on, to the ferryman\n\nIt is the only joke he makes.\n\n'
        '> "Let it sink."\n> – Bo-ra\n\n'
        "## Conclusion / Warm Reminders\n\nBring a bill of your own.\n"
    )
    lines = markup.render_review(document.body).lines
    assert [(line.speaker, line.context) for line in lines] == [("Ga-on", "to the ferryman"), ("Bo-ra", "")]
    assert found.notes == (
        "Read as plain text: 8 overview rows, 4 sections, 2 memorable lines and 2 hashtags.",
        "“Rating” is not a label known here; its row is kept as written.",
        "Left out below the hashtags, as the page’s own words: “Comments”, “Popular Posts”.",
    )


def test_html_is_understood_as_an_import_would():
    html = (
        "<h1>Salt &amp; sea</h1><h2>Overview</h2><b>Title:</b> Salt<br/><b>Cast:</b> Ok Bo-ra<br/>"
        "<h2>Overall Story</h2><p>Min (Ok Bo-ra) <i>waits</i>.<script>x()</script></p>"
        '<p>#Salt <a href="/x">#KMovie</a></p>'
    )
    found = read(f"\n {html}")
    assert found.document == Document(
        headline="Salt & sea",
        kind="film",
        overview=(Row("Title", "Salt"), Row("Cast", "Ok Bo-ra")),
        characters=(("Ok Bo-ra", "Min"),),
        hashtags=("#Salt", "#KMovie"),
        body="## Overall Story\n\nMin (Ok Bo-ra) *waits*.\n",
    )
    assert found.notes == (
        "Read as HTML: 2 overview rows, 1 character, 1 section and 2 hashtags.",
        "1 script removed.",
    )
    assert read("<p>It rains.</p>").notes[1] == "No headline was found. Type one."


def test_a_portable_document_is_taken_as_it_is():
    document = builders.document(body="## Story\n\nIt *floats*.\n", hashtags=("#PaperBoats",), tells="4")
    found = read(f"\ufeff\n\n{documents.write(document)}")
    assert found.document == document
    assert found.notes == ("Read as a portable document: 1 overview row, 1 section and 1 hashtag.",)


# Which shape it has

SHAPES = {
    "<p>x</p>": "HTML",
    "<!DOCTYPE html><p>x</p>": "HTML",
    "<b>Title:</b> Salt<br>": "HTML",
    "<3 this drama": "plain text",
    "<소금길>—A road": "plain text",
    "<Salt Road>: a walk": "plain text",
    "<b> is a bold headline": "plain text",
    "---\n---\n": "a portable document",
    "--- so it began": "plain text",
    "—— So it began": "plain text",
}


@pytest.mark.parametrize(("text", "shape"), SHAPES.items(), ids=SHAPES)
def test_the_shape_is_recognised_by_its_beginning(text: str, shape: str):
    assert re.match(r"Read as ([^:.]+)", read(text).notes[0])[1] == shape


# What is missing

MISSING = {
    "the headline": ("Introduction\nIt rains.", "No headline was found. Type one."),
    "a headline above rows": ("Title: Salt\nYear: 2021\n\nIt rains.", "No headline was found. Type one."),
    "a headline above a long paragraph": ("It rains and rains. " * 20, "No headline was found. Type one."),
    "the text": ("Salt & sea", "No text was found below the headline."),
    "headings": ("Salt\n\nIt rains.", "No usual heading was found, so the text is one section."),
    "the overview": (
        "Salt\nIntroduction\nIt rains.",
        "No Overview was found: no line says so above rows such as “Year: 2021”. Fill its fields in.",
    ),
    "the hashtags": ("Salt\nIntroduction\nIt rains.\nComments", "No hashtags were found."),
}


@pytest.mark.parametrize(("text", "note"), MISSING.values(), ids=MISSING)
def test_what_is_missing_is_said(text: str, note: str):
    found = read(text)
    assert note in found.notes
    assert kept(found.document) == words(text)


def test_a_headline_may_look_like_a_row():
    assert read("Movie: the art of it\n\nIntroduction\n\nIt rains.").document.headline == "Movie: the art of it"


# What belongs to the page

BELOW = {
    "buttons": "Get link\nFacebook\nX\nPinterest\nEmail\nOther Apps",
    "buttons as a list": "- Get link\n- X",
    "comments": "3 comments:\nRune said: I wept.",
    "Korean": "댓글 3개\n좋아요\n이 블로그의 인기 게시물",
    "other reviews": "\n\nPopular Posts\n\nA film about rain.",
}


@pytest.mark.parametrize("below", BELOW.values(), ids=BELOW)
@pytest.mark.parametrize("tags", ["Hashtags\n#Salt #Sea", "#Salt #Sea", "#Salt\n#Sea", "Hashtags\n\n#Salt, #Sea"])
def test_what_the_page_says_below_the_hashtags_is_left_out_and_named(below: str, tags: str):
    found = read(f"A headline\nIntroduction\nIt rains.\n{tags}\n{below}")
    assert found.document.hashtags == ("#Salt", "#Sea")
    assert found.document.body == "## Introduction\n\nIt rains.\n"
    assert words(found.notes[-1]) >= words(below)


STAYING = {
    "no hashtags above": "Introduction\nIt rains.\nComments\nX",
    "hashtags in a sentence": "Introduction\nWe watched #Salt twice.\nShare",
    "a section below": "#Salt\nComments\nX\nConclusion\nBring soup.",
    "other words below": "#Salt\nThanks to everybody who wrote.",
}


@pytest.mark.parametrize("text", STAYING.values(), ids=STAYING)
def test_everything_else_stays(text: str):
    found = read(f"A headline\n{text}")
    assert kept(found.document) == words(f"A headline\n{text}")
    assert not any(note.startswith("Left out") for note in found.notes)


def test_a_section_below_the_hashtags_is_kept_and_the_page_below_it_left_out():
    found = read("A headline\nHashtags\n#Salt\nConclusion\nBring soup.\nComments\nNice.")
    assert found.document.hashtags == ("#Salt",)
    assert found.document.body == "## Conclusion\n\nBring soup.\n"
    assert found.notes[-1].endswith(": “Comments”, “Nice.”.")


# Every word

PROSE = st.lists(
    st.sampled_from(
        re.findall(
            r"\S+", "salt Rain *a* _b_ [c](d) <e> &amp; “f” – 1. # > ||g|| `h` 소금 Bo‑ra (Ok) : ::: --- !x ~~y~~ a#b"
        )
    ),
    min_size=1,
    max_size=8,
).map(" ".join)
HEADING = st.sampled_from(["Introduction", "✨ Overall Story ✨", "MEMORABLE LINES", "Why It's Special:", "명대사"])
ROWS = st.lists(
    st.sampled_from(["Title: Salt", "Year: 2021", "Main Cast: Ok Bo‑ra, Min", "Mood: wet", "· Episodes: 12"]),
    min_size=1, unique=True,
)  # fmt: skip
SECTION = st.tuples(HEADING, st.lists(PROSE, max_size=4))


@settings(max_examples=150)
@given(
    st.booleans(), st.sampled_from(["Salt & <sea>", "“Salt”—a road", ""]), st.none() | ROWS,
    st.lists(SECTION, max_size=4), st.booleans(), st.sampled_from(["", "Comments\nX"]),
)  # fmt: skip
def test_every_word_of_a_review_is_in_its_document(
    is_parted: bool, headline: str, rows: list[str] | None, sections: list, has_tags: bool, below: str
):
    blocks = [headline or "Introduction"]
    if rows:
        blocks += ["Overview", "\n".join(rows)]
    for heading, paragraphs in sections:
        blocks += [heading, *paragraphs]
    if has_tags:
        blocks += ["Hashtags", "#Salt #소금길"]
    text = ("\n\n" if is_parted else "\n").join(blocks)
    found = read(f"{text}\n\n{below}")
    expected = words(text) + (words(below) if not has_tags else Counter())
    heads = words("Overview " * bool(found.document.overview) + "Hashtags " * bool(found.document.hashtags))
    assert kept(found.document) == expected - heads


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused_in_a_sentence(text: str):
    with contextlib.suppress(NotAReview, DocumentError):
        found = read(text)
        assert found.notes
        assert documents.parse(documents.write(found.document)) == found.document


# Bad input

REFUSED = {
    "": "There is nothing to read yet. Paste the text of a review.",
    "\ufeff \r\n\t": "There is nothing to read yet. Paste the text of a review.",
    "a" * 500_001: "A review holds at most 500,000 bytes of text; this one has 500,001.",
    f"---\n---\n{'a' * 500_001}": "A review holds at most 500,000 bytes of text; this one has 500,001.",
    "x\n\n" + "a\n\n" * 10_001: "A review holds at most 10,000 paragraphs or items; this one has 10,002.",
}


@pytest.mark.parametrize(("text", "sentence"), REFUSED.items(), ids=["nothing", "blank", "long", "portable", "many"])
def test_what_cannot_be_a_review_is_refused_in_a_sentence(text: str, sentence: str):
    with pytest.raises(NotAReview) as refused:
        read(text)
    assert str(refused.value) == sentence


BROKEN = {
    "---\nheadline: a\nkind: opera\n---\n": 3,
    "---\nheadline: a\n": 1,
    "\n\n\n---\r\nkinds: film\r\n---\r\n": 5,
    "---": 1,
}


@pytest.mark.parametrize(("text", "line"), BROKEN.items(), ids=["value", "unclosed", "blank lines above", "bare"])
def test_a_broken_portable_document_names_its_line(text: str, line: int):
    with pytest.raises(DocumentError, match=f"^line {line}: ") as refused:
        read(text)
    assert refused.value.line == line


# The two real pages


def pasted(data: pathlib.Path, name: str, headline: str) -> tuple[str, Pasted]:
    """Copy a page from its headline to its end."""
    (path,) = (data / "pages").glob(f"{name}_*.txt")
    text = path.read_text(encoding="utf-8")
    text = text[text.index(f"\n{headline}") + 1 :]
    return text, read(text)


def check_words(text: str, found: Pasted, twice: str = "") -> None:
    """Check that a page's words are in its document, or in the note that says what was left out."""
    left_out = words(found.notes[-1].partition(": ")[2]) if found.notes[-1].startswith("Left out") else Counter()
    assert kept(found.document) + left_out + words(f"Overview Hashtags {twice}") == words(text)


@pytest.mark.real_data
def test_the_real_drama_is_understood(data: pathlib.Path):
    text, found = pasted(data, "000", "Behind the Runway")
    document = found.document
    understood = overview.understand(document.overview)
    assert document.headline == text.split("\n")[0]
    assert len(document.overview) == 7
    assert (understood.episodes, document.kind) == (16, "drama")
    assert [credit.name for credit in understood.credits] == [person for person, _ in document.characters]
    assert len(document.characters) == 4
    assert [(each.platform, each.checked_on) for each in understood.availability] == [("Viki", None)]
    rendered = markup.render_review(document.body)
    kinds = ["introduction", "story", "highlights", "lines", "special", "reception", "cast"]
    assert [section.kind for section in rendered.outline] == kinds
    assert [line.episode for line in rendered.lines] == [2, 4, 6, 10, 14]
    assert len(document.hashtags) == 10
    assert found.notes[1].startswith("Left out below the hashtags, as the page’s own words: “Popular Posts”, ")
    assert found.notes[0].endswith(": 7 overview rows, 4 characters, 7 sections, 5 memorable lines and 10 hashtags.")
    check_words(text, found)


@pytest.mark.real_data
def test_the_real_film_is_understood(data: pathlib.Path):
    text, found = pasted(data, "002", "“Killing Romance”")
    document = found.document
    understood = overview.understand(document.overview)
    assert document.headline == text.split("\n")[0]
    assert understood.running_time is not None
    assert (understood.running_time.minutes, document.kind) == (106, "film")
    assert len(understood.availability) == 5
    assert {(each.region, each.status, each.checked_on) for each in understood.availability} == {
        ("US", "not available", date(2025, 11, 24))
    }
    assert not {"#Netflix", "#Hulu", "#DisneyPlus", "#Viki", "#Kocowa"} & set(suggested_hashtags(document))
    rendered = markup.render_review(document.body)
    kinds = ["introduction", "story", "highlights", "lines", "special", "reception", "cast", "conclusion"]
    assert [section.kind for section in rendered.outline] == kinds
    assert len(rendered.lines) == 5
    assert all(line.speaker and line.context for line in rendered.lines)
    assert len(document.hashtags) == 9
    assert found.notes[-1] == "Left out below the hashtags, as the page’s own words: “Comments”, “Popular Posts”."
    check_words(text, found, twice=document.headline)
