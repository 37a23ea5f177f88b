"""Hyphens, apostrophes and quotation marks of a review are written in one way: shown first, done once, undone whole."""

import re
from collections import Counter

import pytest
import sqlalchemy as sa
from hypothesis import example, given
from hypothesis import strategies as st

from kblog import overview
from kblog.db import db
from kblog.document import Document
from kblog.markup import render_review
from kblog.models import Review, Revision
from kblog.overview import Availability, Row
from kblog.studio import signs

from .browser import Browser, Page
from .builders import stored
from .conftest import read

SIGNS = {"hyphens": "-‐‑", "apostrophes": "'’", "quotation-marks": "\"“”„'‘’"}
FORM = "//form[contains(@action, '/unify/')]"
FACTS = [("Title", "Paper Boats"), ("Cast", "Seo Ha‑jin (Hana Seo), Gu Won-jae"), ("OTT", "Viki (checked May 3, 2026)")]
BODY = (
    '## Introduction\n\nSeo Ha-jin’s neon‑bright pop-up isn\'t open 9-12. “Hers,” she "says".\n\n'
    "`don't-touch` [a-b](/x-y 'it\\'s-so') <https://k.example/a-b> https://k.example/it's-a\n\n"
    '::: spoiler episodes 9-10\nThe boat-house.\n:::\n\n    code-block\'s "own"\n\n[^a-b]: A foot-note.\n'
)


# One text

WRITTEN = {
    ("hyphens", "plain"): {
        "neon‑bright and twenty‐one": "neon-bright and twenty-one",
        "9‑12, a‑b, 3‑D": "9‑12, a-b, 3-D",
        "`a‑b` [c‑d](/e‑f)": "`a‑b` [c-d](/e‑f)",
        "a – b — c -d- ‑": "a – b — c -d- ‑",
        "\\‑a‑b": "\\‑a-b",
        "a‑https://k.example/": "a‑https://k.example/",
    },
    ("hyphens", "unbroken"): {
        "pop-up\n- item\n\n---\n": "pop‑up\n- item\n\n---\n",
        "[x][a-b] a-b [a-b]\n\n[a-b]: /a-b\n": "[x][a-b] a‑b [a-b]\n\n[a-b]: /a-b\n",
        "::: spoiler episodes 9-10\na-b\n:::": "::: spoiler episodes 9-10\na‑b\n:::",
        "```\na-b\n```\na-b": "```\na-b\n```\na‑b",
        "#K-Drama me@a-b.example": "#K-Drama me@a-b.example",
    },
    ("apostrophes", "curly"): {
        "It's Jae-guk's, isn't it?": "It’s Jae-guk’s, isn’t it?",
        "the characters' worlds": "the characters’ worlds",
        "the '90s and 1990's": "the ’90s and 1990’s",
        "'the characters' worlds": "'the characters' worlds",
        "5'10 and rock 'n' roll": "5'10 and rock 'n' roll",
    },
    ("apostrophes", "straight"): {"don’t ‘say’ it’s": "don't ‘say’ it's"},
    ("quotation-marks", "curly"): {
        '"One," she said—"two".': "“One,” she said—“two”.",
        '("One") **"Two"** *"Three*"': "(“One”) **“Two”** *“Three*”",
        "Dive into 'Now, it's on,' a film": "Dive into ‘Now, it's on,’ a film",
        "the boats' and the birds' own": "the boats' and the birds' own",
        '[a "b"](/c "d") \\"e\\"': '[a “b”](/c "d") \\"e\\"',
    },
    ("quotation-marks", "straight"): {"“One,” ‘two’ „three” it’s": '"One," \'two\' "three" it’s'},
}


@pytest.mark.parametrize(
    ("kind", "way", "before", "after"),
    [(*key, before, after) for key, pairs in WRITTEN.items() for before, after in pairs.items()],
)
def test_a_text_is_written_in_one_way(kind: str, way: str, before: str, after: str):
    assert signs.rewritten(before, kind, way, is_markdown=True) == after
    assert signs.rewritten(after, kind, way, is_markdown=True) == after


PIECES = st.sampled_from(
    [
        *("a", "Bo", "s", "9", "비", " ", "\n", "\n\n", ".", "!", "—", "*", "    ", "> ", "- "),
        *("-", "‑", "‐", "'", "’", "‘", '"', "“", "”", "`", "```\n", "\\", "&quot;", "[", "]", "[^a-b]"),
        *("](/x-y 'z')", "[a-b]: /c'd\n", "::: spoiler episodes 9-12\n", ":::\n"),
        *("https://k.example/a-b'c", "<https://a-b>"),
    ]
)


@example("a[a-b]: /c'd\n> [a-b]: /c'd\n", ("apostrophes", "curly"))
@example("a[a-b]: /c'd\n- [a-b]: /c'd\n", ("apostrophes", "curly"))
@given(
    st.lists(PIECES, max_size=30).map("".join),
    st.sampled_from([(kind, way) for kind, ways in signs.KINDS.items() for way in ways]),
)
def test_only_the_chosen_signs_change_and_every_other_byte_stays(text: str, wanted: tuple[str, str]):
    kind, way = wanted
    after = signs.rewritten(text, kind, way, is_markdown=True)
    assert len(after) == len(text)
    changed = [(one, other) for one, other in zip(text, after, strict=True) if one != other]
    assert all(one in SIGNS[kind] and other in SIGNS[kind] for one, other in changed)
    links = re.compile(r'(?:href|src)="[^"]*"|<code>.*?</code>', re.DOTALL)
    before_html, after_html = render_review(text).html, render_review(after).html
    assert links.findall(after_html) == links.findall(before_html)


def test_the_fields_about_the_text_change_with_it_and_stay_the_same_people():
    document = Document(
        headline="A pop‑up",
        description="It’s-a",
        overview=tuple(Row(*pair) for pair in FACTS),
        other_titles=("Pop‑Up",),
        characters=(("Seo Ha‑jin", "Bo‑ra"),),
        availability=(Availability("U‑NEXT", note="Two‑day"),),
        hashtags=("#K‑Drama",),
        notes="Mine‑own",
        body=BODY,
    )
    unified = signs.unified(document, "hyphens", "plain")
    assert signs.counted(unified, "hyphens").keys() == {"plain"}
    assert (unified.headline, unified.other_titles) == ("A pop-up", ("Pop-Up",))
    assert unified.overview[1].value == "Seo Ha-jin (Hana Seo), Gu Won-jae"
    names = [credit.name for credit in overview.understand(unified.overview).credits]
    assert unified.characters == ((names[0], "Bo-ra"),)
    assert unified.availability == (Availability("U‑NEXT", note="Two-day"),)
    assert (unified.hashtags, unified.notes, unified.slug) == (document.hashtags, document.notes, document.slug)
    assert signs.usual(document, "hyphens") == "unbroken"


# In the studio


def page_of(author: Browser, kind: str = "hyphens", way: str = "") -> Page:
    (number,) = read(sa.select(Review.id))
    return author.get(f"/studio/reviews/{number}/unify/{kind}/{'?way=' + way if way else ''}")


def body() -> str:
    return read(sa.select(Review.body))[0]


def test_the_difference_is_shown_and_nothing_changed_before_the_button_is_pressed(author: Browser):
    stored(overview=FACTS, body=BODY)
    page = page_of(author, way="unbroken")
    assert any("pop‑up" in words for words in page.texts("//ins"))
    assert any("pop-up" in words for words in page.texts("//del"))
    assert page.texts("//nav[@class='tabs']/a") == ["Plain ones 5", "Ones that do not break 2"]
    assert body() == BODY
    assert read(sa.select(Revision)) == []


def test_one_step_unifies_and_restoring_the_revision_undoes_it(author: Browser):
    review = stored(overview=FACTS, body=BODY)
    answer = page_of(author, way="unbroken").send(FORM)
    page = author.get(answer.response.location)
    assert "5 changed. The text before is among the revisions" in page.words
    assert body() == signs.rewritten(BODY, "hyphens", "unbroken", is_markdown=True) != BODY
    assert "Gu Won‑jae" in author.get("/reviews/paper-boats/").words
    listed = author.get(f"/studio/reviews/{review.id}/revisions/")
    author.get(listed.all("//ol//a/@href")[-1]).send("//form[contains(@action, '/restore')]")
    assert body() == BODY
    db.session.expire_all()
    assert [credit.name for credit in db.session.get_one(Review, review.id).credits] == ["Seo Ha‑jin", "Gu Won-jae"]


def test_the_more_frequent_way_is_proposed_and_one_way_needs_no_button(author: Browser):
    stored(overview=FACTS, body=BODY)
    assert page_of(author).one(f"{FORM}//input[@name='way']").get("value") == "plain"
    page_of(author).send(FORM)
    page = page_of(author)
    assert not page.all(FORM)
    assert "All hyphens are plain ones already" in page.words
    assert "pop‑up" in page_of(author, way="unbroken").words


def test_a_text_that_was_saved_meanwhile_is_looked_at_again(author: Browser):
    review = stored(overview=FACTS, body=BODY)
    page = page_of(author)
    editor = author.get(f"/studio/reviews/{review.id}/")
    editor.send("//form[@id='review-form']", {"parts-0-text": "A new‑born."}, button="action=save")
    answer = page.send(FORM, status=409)
    assert "saved since you opened this page" in answer.words
    assert "A new‑born." in body()
    answer.send(FORM)
    assert "A new-born." in body()


def test_what_cannot_be_unified_is_refused(author: Browser):
    review = stored(overview=FACTS, body=BODY)
    author.get(f"/studio/reviews/{review.id}/unify/commas/", status=404)
    author.get("/studio/reviews/99/unify/hyphens/", status=404)
    page = page_of(author)
    refused: list[dict[str, str | None]] = [{"way": "curly"}, {"way": "bold"}, {"way": None}, {"version": "x"}]
    for changes in refused:
        assert page.send(FORM, changes, status=None).status in (400, 409)
    Browser(author.app).get(page.url, status=302)
    assert body() == BODY
    assert Counter(read(sa.select(Revision.occasion))) == {}


def test_the_editor_saves_before_it_leads_there(author: Browser):
    review = stored(overview=FACTS, body=BODY)
    editor = author.get(f"/studio/reviews/{review.id}/")
    answer = editor.send("//form[@id='review-form']", {"year": "2021"}, button="action=hyphens")
    assert answer.response.location == f"/studio/reviews/{review.id}/unify/hyphens/"
    assert read(sa.select(Review.year)) == [2021]
    assert f"/studio/reviews/{review.id}/unify/hyphens/" in author.get(f"/studio/reviews/{review.id}/publish").text
