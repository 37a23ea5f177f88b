"""Two versions of a text side by side: every difference is shown, and both texts are in it to the byte."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kblog import document
from kblog.studio.difference import Block, difference

DEMO = Path(__file__).parent.parent / "kblog" / "demo"
STORY = [f"The {word} is a {word}, and {word * 2} no more.\n\n" for word in ("sea", "rain", "rope", "lamp", "salt")]


def body(name: str) -> str:
    return document.parse((DEMO / f"{name}.md").read_text(encoding="utf-8")).body


def checked(old: str, new: str) -> list[Block]:
    """Compare two texts, and check all that holds for every difference."""
    blocks = difference(old, new)
    runs = [run for block in blocks for run in block.runs]
    assert "".join(run.text for run in runs if run.kind != "added") == old
    assert "".join(run.text for run in runs if run.kind != "removed") == new
    assert all(run.text for run in runs)
    for block in blocks:
        if block.kind == "changed":
            assert all(one.kind != other.kind for one, other in pairwise(block.runs))
        else:
            assert [run.kind for run in block.runs] == ["same" if block.kind == "gap" else block.kind]
    assert all(one.kind != other.kind or one.kind == "changed" for one, other in pairwise(blocks))
    return blocks


def shown(old: str, new: str) -> list[str]:
    """Write a difference so that a person can read it: [removed], {added}, (same)."""
    signs = {"same": "()", "removed": "[]", "added": "{}"}
    return [
        f"{block.lines} lines"
        if block.kind == "gap"
        else "".join(run.text.join(signs[run.kind]).replace("\n", "¶") for run in block.runs)
        for block in checked(old, new)
    ]


# It works

SHOWN = {
    "one word": ("Two is here.", "Two was here.", ["(Two )[is]{was}( here.)"]),
    "a word more": ("a b c\n", "a b x c\n", ["(a b ){x }(c¶)"]),
    "a sentence more": ("It ends.\n", "It ends. Really.\n", ["(It ends.){ Really.}(¶)"]),
    "a word less": ("a b c\n", "b c\n", ["[a ](b c¶)"]),
    "two words of many": ("a b c d e f", "a x c d y f", ["(a )[b]{x}( c d )[e]{y}( f)"]),
    "blanks": ("a  b c", "a b c", ["(a)[  ]{ }(b c)"]),
    "an indent": ("  a b", "a b", ["[  ](a b)"]),
    "a line break at the end": ("a b", "a b\n", ["(a b){¶}"]),
    "another hyphen": ("Lee Sun‑kyun sings.", "Lee Sun-kyun sings.", ["(Lee )[Sun‑kyun]{Sun-kyun}( sings.)"]),
    "a Korean word": ("나는 오늘 집에 갔다.", "나는 어제 집에 갔다.", ["(나는 )[오늘]{어제}( 집에 갔다.)"]),
    "everything": ("It rains.", "Nobody sings.", ["[It rains.]", "{Nobody sings.}"]),
    "nothing before": ("", "It rains.", ["{It rains.}"]),
    "nothing after": ("It rains.", "", ["[It rains.]"]),
    "nothing at all": ("", "", []),
    "one line that stays": ("It rains.", "It rains.", ["(It rains.)"]),
    "two lines that stay": ("It rains.\n\nStill.\n", "It rains.\n\nStill.\n", ["2 lines"]),
}


@pytest.mark.parametrize(("old", "new", "blocks"), SHOWN.values(), ids=SHOWN)
def test_a_change_is_shown_where_it_is(old: str, new: str, blocks: list[str]):
    assert shown(old, new) == blocks


def test_one_line_stays_in_sight_on_either_side_of_a_change():
    new = [*STORY[:2], STORY[2].replace("more", "less"), *STORY[3:]]
    assert shown("".join(STORY), "".join(new)) == [
        "(The sea is a sea, and seasea no more.¶¶The rain is a rain, and rainrain no more.¶¶)",
        "(The rope is a rope, and roperope no )[more.]{less.}(¶)",
        "(¶The lamp is a lamp, and lamplamp no more.¶¶The salt is a salt, and saltsalt no more.¶¶)",
    ]
    folded = checked("".join(STORY * 2), "".join([*STORY * 2, "The end.\n"]))
    assert [(block.kind, block.lines) for block in folded] == [("gap", 9), ("same", 1), ("added", 1)]


def test_a_paragraph_that_comes_or_goes_leaves_its_neighbours_alone():
    fewer = [*STORY[:1], *STORY[2:]]
    assert [block.kind for block in checked("".join(STORY), "".join(fewer))] == ["same", "removed", "same", "gap"]
    assert [block.kind for block in checked("".join(fewer), "".join(STORY))] == ["same", "added", "same", "gap"]


def test_each_rewritten_paragraph_stands_beside_its_old_version():
    old = body("second-violin")
    blocks = checked(old, old.replace("‑", "-").replace("’", "'"))
    assert {block.kind for block in blocks} == {"same", "changed", "gap"}
    removed = [run.text for block in blocks for run in block.runs if run.kind == "removed"]
    assert all("‑" in text or "’" in text for text in removed)
    assert max(len(text.split()) for text in removed) <= 3


def test_a_paragraph_cut_to_its_first_sentence_is_still_the_same_one():
    long = body("salt-road").split("\n\n")[1]
    first = long[: long.index(". ") + 1]
    assert [run.kind for run in checked(long, first)[0].runs] == ["same", "removed"]


def test_texts_that_have_nothing_to_do_with_each_other_are_not_shredded():
    blocks = checked(body("salt-road"), body("paper-umbrella"))
    assert sum(block.kind == "changed" for block in blocks) <= 3
    assert all(len(block.runs) <= 12 for block in blocks)


# To the byte

WORD = st.sampled_from(["a", "b", "c", "the", "rain", "비", "‑", "’", "##", ">", ":::", "\u00a0", "x.", "“y”"])
BLANK = st.sampled_from([" ", " ", " ", "  ", "\n", "\n\n", "\t", "\r\n", "\x0b", "\u2028", "\u3000"])
TEXT = st.lists(WORD | BLANK, max_size=30).map("".join) | st.text(max_size=30)


@settings(max_examples=500)
@given(TEXT, TEXT)
def test_both_texts_are_in_their_difference(old: str, new: str):
    checked(old, new)


@settings(max_examples=500)
@given(st.lists(WORD | BLANK, max_size=60), st.data())
def test_both_versions_of_an_edited_text_are_in_their_difference(words: list[str], data: st.DataObject):
    edited = list(words)
    for _ in range(data.draw(st.integers(0, 4))):
        start = data.draw(st.integers(0, len(edited)))
        end = data.draw(st.integers(start, min(len(edited), start + 5)))
        edited[start:end] = data.draw(st.lists(WORD | BLANK, max_size=4))
    checked("".join(words), "".join(edited))


@given(TEXT)
def test_a_text_does_not_differ_from_itself(text: str):
    assert {block.kind for block in checked(text, text)} <= {"same", "gap"}


# What could take long

NUMBERS = [f"n{number * 7919 % 25_000}" for number in range(25_000)]
LONG = {
    "unrelated": (" ".join(NUMBERS), " ".join(f"m{number}" for number in range(25_000))),
    "turned round": (" ".join(NUMBERS), " ".join(reversed(NUMBERS))),
    "sorted lines": ("\n".join(NUMBERS), "\n".join(sorted(NUMBERS))),
    "lines made a paragraph": ("\n".join(NUMBERS), " ".join(NUMBERS)),
    "two words over and over": ("a b " * 12_500, "b a " * 12_500),
    "two lines over and over": ("a\nb\n" * 12_500, "b\nb\na\n" * 8_000),
    "every other word": (" ".join(NUMBERS), " ".join(NUMBERS[::2])),
    "blank lines": ("\n" * 100_000, "a" + "\n" * 100_000 + "b"),
}


@pytest.mark.parametrize(("old", "new"), LONG.values(), ids=LONG)
def test_long_texts_of_any_shape_are_compared(old: str, new: str):
    checked(old, new)
