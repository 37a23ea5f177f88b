"""A review leaves and comes back as one text without losing a character."""

from dataclasses import fields
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kblog.document import KINDS, MAX_BYTES, VERDICTS, CommentEntry, Document, DocumentError, parse, write
from kblog.overview import OFFERS, STATUSES, Availability, Row

REALISTIC = """---
headline: "“The Salt Road”: a slow walk home"
slug: the-salt-road
kind: drama
published: 2026-03-12T09:00:00Z
description: Sixteen hours of weather, debt and soup.
verdict: Recommended
tells: 4
featured: yes
other-titles: [The Salt Way, "Wait, Are You Salt?"]
overview:
  - Title: The Salt Road (소금길)
  - Year: 2021
  - Genre: Slice of life, Drama
  - Main Cast: Seo Ha‑jin (Hanna Seo), Moon Tae-o
  - Episodes: 16
  - Streaming Platform: "Viki, as of 9:30: unchecked"
characters:
  - Seo Ha‑jin: Ok Bo-ra
labels: [K-Drama, 2021]
hashtags: ["#TheSaltRoad", "#소금길"]
availability:
  - platform: Viki
    region: US
    checked: 2026-03-02
  - status: not available
    region: KR
notes: |-
  Ask about the second ending.

    - and the boat
comments:
  - id: c1
    name: Noh
    at: 2026-03-13T10:30:00Z
    body: |-
      I wept: twice.
      # not a comment of the file
  - id: c2
    parent: c1
    name: The author
    at: 2026-03-13T11:00:00Z
    author: yes
    spoils: 12
    body: So did I.
---
## Introduction

---
Salt.
"""


def document_of(front: str, body: str = "") -> Document:
    return parse(f"---\n{front}---\n{body}")


def test_a_written_document_is_pleasant_to_read():
    document = parse(REALISTIC)
    assert document.headline == "“The Salt Road”: a slow walk home"
    assert document.published_at == datetime(2026, 3, 12, 9, tzinfo=UTC)
    assert document.featured
    assert document.comments_open
    assert document.other_titles == ("The Salt Way", "Wait, Are You Salt?")
    assert document.overview[0] == Row("Title", "The Salt Road (소금길)")
    assert document.overview[5] == Row("Streaming Platform", "Viki, as of 9:30: unchecked")
    assert document.characters == (("Seo Ha‑jin", "Ok Bo-ra"),)
    assert document.labels == ("K-Drama", "2021")
    assert document.hashtags == ("#TheSaltRoad", "#소금길")
    assert document.availability == (
        Availability("Viki", "US", checked_on=date(2026, 3, 2)),
        Availability(region="KR", status="not available"),
    )
    assert document.notes == "Ask about the second ending.\n\n  - and the boat"
    assert document.comments[0].body == "I wept: twice.\n# not a comment of the file"
    assert document.comments[1].parent == "c1"
    assert document.comments[1].author
    assert document.body == "## Introduction\n\n---\nSalt.\n"


def test_a_pleasant_document_is_written_as_it_was_typed():
    ledger = "  - region: KR\n    status: not available\n"
    assert write(parse(REALISTIC)) == REALISTIC.replace("  - status: not available\n    region: KR\n", ledger)


def test_every_key_may_be_absent():
    assert parse("---\n---\n") == Document()
    assert write(Document()) == "---\n---\n"


# Lone surrogates are no text: no file or request can hold one.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.lists(
    st.sampled_from(
        [
            "---",
            "\n",
            "\r\n",
            "\r",
            "\x85",
            "\u2028",
            "\u2029",
            "\ufeff",
            "\x00",
            "\x7f",
            "\t",
            " ",
            "  ",
            ": ",
            " #",
            "- ",
            "? ",
            "&a",
            "*a",
            "!x",
            "|",
            ">",
            "%",
            "@",
            "`",
            '"',
            "'",
            "\\",
            "{",
            "}",
            "[",
            "]",
            ",",
            "<<",
            "...",
            "~",
            "null",
            "true",
            "1e3",
            "2021-11-12",
            "소금길",
            "소",
            "👩\u200d🚀",
            "🧂",
            "‑",
            "\xa0",
            "\u3000",
        ]
    ),
    max_size=8,
).map("".join)
moments = st.datetimes(timezones=st.just(UTC))
some_texts = st.lists(texts, max_size=3).map(tuple)
episodes = st.integers(1, 9999).map(str)
ledger_entries = st.builds(
    Availability,
    platform=texts,
    region=st.sampled_from(["", "US", "KR", "WORLD", "SOME", "ZZ"]),
    offer=st.sampled_from(["", *OFFERS]),
    status=st.sampled_from(STATUSES),
    checked_on=st.none() | st.dates(),
    link=texts,
    note=texts,
)
comment_entries = st.builds(
    CommentEntry,
    id=texts,
    parent=texts,
    name=texts,
    website=texts,
    at=st.none() | moments,
    author=st.booleans(),
    spoils=st.sampled_from(["", "all"]) | episodes,
    state=st.sampled_from(["", "pending", "spam", "removed"]),
    body=texts,
)
documents = st.builds(
    Document,
    headline=texts,
    slug=texts,
    kind=st.sampled_from(["", *KINDS]),
    published_at=st.none() | moments,
    updated_at=st.none() | moments,
    state=st.sampled_from(["", "draft", "withdrawn"]),
    description=texts,
    verdict=st.sampled_from(["", *VERDICTS]),
    tells=st.sampled_from(["", "nothing", "ending"]) | episodes,
    featured=st.booleans(),
    comments_open=st.booleans(),
    other_titles=some_texts,
    overview=st.lists(st.builds(Row, texts, texts), max_size=3).map(tuple),
    characters=st.lists(st.tuples(texts, texts), max_size=2).map(tuple),
    labels=some_texts,
    hashtags=some_texts,
    availability=st.none() | st.lists(ledger_entries, max_size=2).map(tuple),
    cover_seed=texts,
    cover=st.sampled_from(["", f"/media/{'0a' * 32}.jpg", f"/media/{'f' * 64}.webp"]),
    cover_focus=st.sampled_from(["", "0 100", "50 7"]),
    cover_alt=texts,
    cover_credit=texts,
    notes=texts,
    comments=st.lists(comment_entries, max_size=2).map(tuple),
    body=texts,
)


@settings(max_examples=300, deadline=None)
@given(documents)
def test_every_document_comes_back_as_it_was(document: Document):
    assert parse(write(document)) == document


def test_the_property_covers_every_field():
    assert parse(REALISTIC) != Document()
    drawn = {
        "headline",
        "slug",
        "kind",
        "published_at",
        "updated_at",
        "state",
        "description",
        "verdict",
        "tells",
        "featured",
    }
    drawn |= {
        "comments_open",
        "other_titles",
        "overview",
        "characters",
        "labels",
        "hashtags",
        "availability",
        "cover_seed",
        "cover",
        "cover_focus",
        "cover_alt",
        "cover_credit",
    }
    assert {field.name for field in fields(Document)} == drawn | {"notes", "comments", "body"}


HOSTILE_TEXTS = [
    "",
    " ",
    "---",
    "---\nslug: stolen\n---\n",
    "a\n---\nb",
    "\n leading line break",
    "trailing line break\n",
    "  indented first line\nsecond",
    "line\n   \nline of blanks",
    "line\r\nline",
    "a\x85b\u2028c\u2029d",
    "\ufeffmark",
    "\x00\x1f\x7f\x80\x9f\ufffe\uffff",
    "no",
    "2021",
    "2021-11-12",
    "~",
    "null",
    "<<",
    "=",
    "a: b",
    "a:",
    ":a",
    "a #b",
    "#a",
    "*a*",
    "&a",
    "!a",
    "[a]",
    "{a}",
    "- a",
    "? a",
    "a?",
    "'a'",
    '"a"',
    "%YAML 1.1",
    "...",
    "back\\slash",
    "tab\tin it",
    "x" * 5000,
    "é " * 2000,
]


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_a_hostile_text_comes_back_from_every_place(text: str):
    document = Document(
        headline=text,
        other_titles=(text, text),
        overview=(Row(text, text),),
        characters=((text, text),),
        hashtags=(text,),
        availability=(Availability(text, note=text),),
        notes=text,
        comments=(CommentEntry(name=text, body=text),),
        body=text,
    )
    assert parse(write(document)) == document


def test_hangul_and_emoji_are_written_as_they_are():
    text = write(Document(headline="소금길 👩‍🚀", labels=("한국",), overview=(Row("제목", "소금길\n둘째 줄"),)))
    assert "headline: 소금길 👩‍🚀\n" in text
    assert "labels: [한국]" in text
    assert "  - 제목: |-\n      소금길\n      둘째 줄\n" in text


def test_a_list_of_availability_may_be_empty_on_purpose():
    assert "availability: []" in write(Document(availability=()))
    assert document_of("availability: []\n").availability == ()
    assert document_of("slug: x\n").availability is None


def test_what_looks_like_a_number_or_a_boolean_stays_a_text():
    document = document_of("headline: 1987\ndescription: true\nslug: 2021-11-12\nnotes: null\nlabels: [1.0, no]\n")
    assert (document.headline, document.description, document.slug) == ("1987", "true", "2021-11-12")
    assert document.notes == "null"
    assert document.labels == ("1.0", "no")


def test_a_file_with_windows_line_ends_is_read_and_its_body_kept():
    document = parse("---\r\nheadline: Salt\r\nlabels: [a, b]\r\n---\r\nOne\r\nTwo\r\n")
    assert document == Document(headline="Salt", labels=("a", "b"), body="One\r\nTwo\r\n")


def test_a_byte_order_mark_before_the_document_is_passed_over():
    assert parse("\ufeff---\nslug: x\n---\n") == Document(slug="x")


def test_a_time_is_turned_into_universal_time():
    assert document_of("published: 2026-03-12T18:00:00+09:00\n").published_at == datetime(2026, 3, 12, 9, tzinfo=UTC)
    assert document_of("published: 2026-03-12\n").published_at == datetime(2026, 3, 12, tzinfo=UTC)


def test_a_region_may_be_given_by_its_name():
    ledger = document_of("availability:\n  - platform: Viki\n    region: South Korea\n").availability
    assert ledger == (Availability("Viki", "KR"),)


def test_labels_of_the_overview_may_repeat():
    assert document_of("overview:\n  - Cast: A\n  - Cast: B\n").overview == (Row("Cast", "A"), Row("Cast", "B"))


NONSENSE = [
    ("verdict: Great\n", "line 2: 'verdict' is 'Great'; choose Essential, Recommended, Mixed or Skip"),
    ("slug: x\n\n\nkind: movie\n", "line 5: 'kind' is 'movie'; choose drama, film, special or show"),
    ("state: live\n", "line 2: 'state' is 'live'; choose draft or withdrawn"),
    ("tells: all\n", "line 2: 'tells' is 'all'; choose nothing, ending or an episode number"),
    ("tells: 0\n", "line 2: 'tells' is '0'; choose nothing, ending or an episode number"),
    ("featured: maybe\n", "line 2: 'featured' is 'maybe'; choose yes or no"),
    ("published: yesterday\n", "line 2: 'published' is 'yesterday'; write a time as 2026-03-12T09:00:00Z"),
    ("published: 0001-01-01T00:00:00+09:00\n", "line 2: 'published' is '0001-01-01T00:00:00+09:00'; write a time as"),
    ("verdit: Mixed\n", "line 2: 'verdit' is no known key; perhaps 'verdict'"),
    ("xyzzy: 1\n", "line 2: 'xyzzy' is no known key"),
    ("slug: a\nslug: b\n", "line 3: 'slug' is here a second time"),
    ("headline: Salt: a road\n", "line 2: mapping values are not allowed here; a text with punctuation"),
    (
        "slug: x\noverview:\n  - Title: Salt: a road\n",
        "line 4: mapping values are not allowed here; a text with punctuation",
    ),
    ("slug: a\nheadline: 'open\nkind: film\n", "line 3: found unexpected end of stream; a text with punctuation"),
    ('headline: "Salt" road\n', "line 2: expected <block end>, but found '<scalar>'; a text with punctuation"),
    ("headline: *Great* film\n", "line 2: expected alphabetic or numeric character, but found '*'; a text with punct"),
    ("headline: &a b\n", "line 2: a text that begins with &, * or ! stands in double quotes"),
    ("headline: !!python/object:os.system x\n", "line 2: a text that begins with &, * or ! stands in double quotes"),
    ("labels: &a [*a, *a]\n", "line 2: a text that begins with &, * or ! stands in double quotes"),
    ("headline: @home\n", "line 2: found character '@' that cannot start any token"),
    ("headline: [a]\n", "line 2: 'headline' must be one text, not a list"),
    ("labels: K-Drama\n", "line 2: 'labels' must be a list"),
    ("hashtags:\n  - #Salt\n", "line 3: 'hashtags' has an empty member; write a hashtag in quotes: \"#Name\""),
    ("overview:\n  Title: Salt\n", "line 3: 'overview' must be a list"),
    ("overview:\n  - Salt\n", "line 3: expected lines of the form 'key: value'"),
    ("overview:\n  - Title: Salt\n    Year: 2021\n", "line 3: each member of 'overview' is one line '- Label: value'"),
    ("overview:\n  - Title: [Salt]\n", "line 3: 'Title' must be one text, not a list"),
    ("just words\n", "line 2: expected lines of the form 'key: value'"),
    ("- a\n- b\n", "line 2: expected lines of the form 'key: value'"),
    ("[a]: b\n", "line 2: 'a key' must be one text, not a list"),
    ("availability:\n  - platform: Viki\n    status: maybe\n", "line 4: 'status' is 'maybe'; choose available"),
    ("availability:\n  - region: Atlantis\n", "line 3: 'region' is 'Atlantis'; choose a two-letter country code"),
    ("availability:\n  - checked: soon\n", "line 3: 'checked' is 'soon'; write a date as 2026-03-12"),
    ("comments:\n  - spoils: lots\n", "line 3: 'spoils' is 'lots'; choose all or an episode number"),
    ("comments:\n  - email: a@b\n", "line 3: 'email' is no known key"),
    ("slug: x\nnotes: \x07\n", "line 3: the character 0x7 cannot stand here"),
    ("slug: a\n--- b\n", "line 3: but found another document"),
    ("headline: " + "[" * 90 + "\n", "line 2: lists within lists go too deep here"),
    ("headline:\n" + "".join("  " * n + "- \n" for n in range(1, 90)), "line 7: lists within lists go too deep here"),
]


@pytest.mark.parametrize(("front", "sentence"), NONSENSE)
def test_nonsense_is_named_with_its_line(front: str, sentence: str):
    with pytest.raises(DocumentError) as refusal:
        document_of(front)
    assert str(refusal.value).startswith(sentence)
    assert sentence.startswith(f"line {refusal.value.line}: ")


NO_DOCUMENTS = [
    ("", "line 1: a document begins with a line of three hyphens"),
    ("# Salt\n", "line 1: a document begins with a line of three hyphens"),
    (" ---\n---\n", "line 1: a document begins with a line of three hyphens"),
    ("---\nslug: x\n", "line 1: the front matter is not closed by a second line of three hyphens"),
    ("---\nnotes: |-\n  ---\n", "line 1: the front matter is not closed by a second line of three hyphens"),
    ("---\n---\n" + "소" * (MAX_BYTES // 3), "line 1: a document has at most 2,000,000 bytes"),
]


@pytest.mark.parametrize(("text", "sentence"), NO_DOCUMENTS)
def test_a_text_that_is_no_document_is_refused(text: str, sentence: str):
    with pytest.raises(DocumentError) as refusal:
        parse(text)
    assert str(refusal.value) == sentence


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from([*HOSTILE_TEXTS[:37], "\n", "  ", "overview:", "labels: ", "- ", "slug: "])).map("".join)
)
def test_any_front_matter_is_read_or_refused(front: str):
    try:
        document = document_of(front + "\n")
    except DocumentError:
        return
    assert parse(write(document)) == document
