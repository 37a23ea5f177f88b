"""A review's text in one textarea a section: nothing an author did not touch changes by a byte."""

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kblog import document
from kblog.document import KINDS
from kblog.markup import render_review, section_kind
from kblog.studio.sections import Part, join, skeleton, split, without_empty, words

SAMPLES = sorted((Path(__file__).parent.parent / "kblog" / "demo").glob("*.md"))
REVIEW = """Before any heading.

## Introduction

A ferry, nine passengers.

## Overall Story
No blank line above this one.
## Memorable Lines

> “I only ask in order.”
> — Bae Jong-man


## Conclusion

Bring a coat."""


def through_a_form(parts: list[Part]) -> list[Part]:
    """Send each text through a textarea as a browser does: drop one first line break, then break lines with CR LF."""
    sent = []
    for part in parts:
        text = part.text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\n")
        sent.append(Part(part.heading, text.replace("\n", "\r\n")))
    return sent


# It works


def test_each_heading_begins_a_part():
    assert split(REVIEW) == [
        Part("", "Before any heading."),
        Part("Introduction", "A ferry, nine passengers."),
        Part("Overall Story", "No blank line above this one."),
        Part("Memorable Lines", "> “I only ask in order.”\n> — Bae Jong-man"),
        Part("Conclusion", "Bring a coat."),
    ]


def test_a_changed_part_leaves_its_neighbours_as_they_were():
    parts = split(REVIEW)
    parts[3] = Part("Lines", "> “No.”\r\n> — Hae-in")
    assert join(parts, base=REVIEW) == REVIEW.replace(
        "## Memorable Lines\n\n> “I only ask in order.”\n> — Bae Jong-man\n\n\n",
        "## Lines\n\n> “No.”\n> — Hae-in\n\n",
    )


def test_a_new_body_is_written_plainly():
    parts = [Part("", "One."), Part("Story", "Two.\n\nThree."), Part("Cast", "")]
    body = join(parts)
    assert body == "One.\n\n## Story\n\nTwo.\n\nThree.\n\n## Cast\n"
    assert split(body) == parts


def test_a_part_without_its_heading_continues_the_one_above():
    parts = split(REVIEW)
    parts[2] = Part("  ", parts[2].text)
    assert split(join(parts, base=REVIEW))[1] == Part(
        "Introduction", "A ferry, nine passengers.\n\nNo blank line above this one."
    )
    assert join([Part("A", "x"), Part("", "")], base="## A\nx") == "## A\nx"


def test_a_heading_typed_in_a_text_makes_a_part_the_next_time():
    body = join([Part("Story", "It rains.\r\n## Cast\r\nNine people.")])
    assert split(body) == [Part("Story", "It rains."), Part("Cast", "Nine people.")]


def test_parts_can_change_places():
    one, two, three = split("## A\nx\n## B\ny\n## C\nz")
    assert join([three, one, two], base="## A\nx\n## B\ny\n## C\nz") == "## C\nz\n\n## A\nx\n## B\ny\n"


def test_there_is_always_a_part_to_write_in():
    for body in ("", "\n\n", " \n"):
        assert split(body) == [Part("", "")]
        assert join([Part("", "")], base=body) == body
    assert join([Part("", ""), *split("\n## A\n")], base="\n## A\n") == "\n## A\n"
    assert join([]) == ""


@pytest.mark.parametrize("kind", ["", *KINDS])
def test_the_skeleton_has_each_usual_section_once_and_no_text(kind: str):
    parts = skeleton(kind)
    kinds = ["introduction", "story", "highlights", "lines", "special", "reception", "cast", "conclusion"]
    assert [section_kind(part.heading) for part in parts] == kinds
    assert ("Episodes" in parts[2].heading) == (kind not in ("film", "special"))
    assert split(join(parts)) == parts
    assert without_empty(join(parts)) == ""


def test_empty_sections_leave_when_a_review_is_published():
    body = "\n## A\n\n## B\r\n\r\nText.\r\n## C\n  \n\n### Within\n## D\n\t\n## E\n\n<!-- -->"
    assert without_empty(body) == "## B\r\n\r\nText.\r\n## C\n  \n\n### Within\n## E\n\n<!-- -->"
    assert without_empty(REVIEW) == REVIEW


def test_words_are_counted_as_a_reader_sees_them():
    assert words("One *two* [three](https://four.example/five).\n\n::: spoiler episode 9\nsix\n:::\n") == 4
    for path in SAMPLES:
        body = document.parse(path.read_text(encoding="utf-8")).body
        parts = split(body)
        assert sum(words(part.text) + words(part.heading) for part in parts) == render_review(body).words > 400


# What begins no part

STAYING = {
    "a fence": "```\n## Not this\n```",
    "a longer fence": "~~~~\n## Not this\n~~~\n## Nor this\n~~~~",
    "an open fence": "```\n## Not this",
    "a spoiler": "::: spoiler episodes 9-12\n## Not this\nHe goes.\n\n## Nor this\n:::",
    "an open spoiler": "::: spoiler\n## Not this",
    "a quotation": "> ## Not this",
    "an item": "- ## Not this",
    "an indented block": "    ## Not this",
    "an indented heading": " ## Not this",
    "two blanks": "##  Not this",
    "closing signs": "## Not this ##",
    "a blank at the end": "## Not this ",
    "no words": "##",
    "signs only": "## ##",
    "no blank": "##Not this",
    "another level": "# Not this\n\n### Nor this",
    "an underlined heading": "Not this\n--------",
    "a paragraph": "It has ## in it",
}


@pytest.mark.parametrize("text", STAYING.values(), ids=STAYING)
def test_what_is_no_plain_heading_stays_in_the_text(text: str):
    assert split(f"## One\n\n{text}") == [Part("One", text)]


BEGINNING = {
    "after a list": "- one\n  - two\n",
    "after a fence in a list": "- ```\n  one\n",
    "after a fence": "```\none\n```\n",
    "after a fence in a quotation": "> ```\n> one\n",
    "after a lazy quotation": "> one\ntwo\n",
    "after a table": "| a |\n| - |\n| b |\n",
    "after a note": "[^1]: one\n\n    two\n",
    "after a spoiler": "::: spoiler\n```\n:::\n```\n:::\n",
    "after a lone end of a spoiler": ":::\n",
    "after other line ends": "one\r\ntwo\rthree\r\n",
    "after a form feed": "one\x0c## two\u2028## three\n",
}


@pytest.mark.parametrize("text", BEGINNING.values(), ids=BEGINNING)
def test_a_plain_heading_begins_a_part_whatever_stands_above_it(text: str):
    assert [part.heading for part in split(f"{text}## Here\nx")] == ["", "Here"]


HEADINGS = ["C#", "C #", "#", "## x", "# #", "a\r\nb", " a ", "*a*", "해시태그 / #", "\\", "::: spoiler", "x" * 5000]


@pytest.mark.parametrize("heading", HEADINGS)
def test_any_heading_an_author_types_is_one_heading(heading: str):
    body = join([Part(heading, "Text.")])
    (part,) = split(body)
    assert part.text == "Text."
    assert join([part]) == body
    assert len(render_review(body).outline) == 1


# To the byte

LINES = [
    "## A", "## A", "## B", "## 가 나", "##  B", "## B ##", " ## B", "##", "### C", "# D", "E\n---", "text", "", " ",
    "   ", "\t", "```", "~~~", "::: spoiler", ":::", "> q", "> ## q", "- i", "- ## i", "    ## code", "| a |", "| - |",
    "\x0b", "x\x0cy", "\x85", "\u2028## Z", "\x00", "[^1]: n", "[a]: /b", "\\", "<b>",
]  # fmt: skip
SHAPED = st.lists(
    st.tuples(st.sampled_from(LINES), st.sampled_from(["\n", "\n", "\r\n", "\r", "\n\n", "\n\n\n"])), max_size=12
).map(lambda lines: "".join(line + end for line, end in lines))
BODY = st.one_of(
    SHAPED,
    st.builds(lambda body, cut: body[: len(body) - cut], SHAPED, st.integers(0, 3)),
    st.text(max_size=40),
    st.text("#\r\n `:", max_size=40),
)


@settings(max_examples=1000)
@given(BODY)
@example("## A\r\r\n## A\r\n\r")
@example("## A\n```\n## B\n```\n::: spoiler\n## C\n:::\n## D")
def test_what_is_not_changed_stays_byte_for_byte(body: str):
    parts = split(body)
    assert join(parts, base=body) == body
    assert join(through_a_form(parts), base=body) == body
    assert join([Part("", ""), *through_a_form(parts)], base=body) == body
    assert all(part.text == part.text.strip("\n") and "\r" not in part.text for part in parts)
    assert all(part.heading for part in parts[1:])


@settings(max_examples=500)
@given(BODY, st.data())
def test_only_the_changed_part_changes(body: str, data: st.DataObject):
    parts = split(body)
    at = data.draw(st.integers(0, len(parts) - 1))
    changed = [*parts[:at], Part(parts[at].heading, "Quite another text."), *parts[at + 1 :]]
    again = split(join(changed, base=body))
    assert again[: len(changed)] == changed


@given(BODY)
def test_parts_are_the_outline_readers_see(body: str):
    headings = iter(section.heading for section in render_review(body).outline)
    shown = [render_review(f"## {part.heading}").outline[0].heading for part in split(body) if part.heading]
    assert all(heading in headings for heading in shown)


@given(BODY)
def test_dropping_empty_sections_leaves_every_word_of_the_others(body: str):
    left = without_empty(body)
    assert [part for part in split(left) if part.text.strip()] == [part for part in split(body) if part.text.strip()]
    assert without_empty(left) == left


def test_a_very_long_text_is_cut_in_no_time():
    for body in ("## A\n\ntext\n\n" * 20_000, "::: spoiler\n" * 20_000, "> " * 50_000, "```\n" * 20_001, "#" * 200_000):
        assert join(split(body), base=body) == body
