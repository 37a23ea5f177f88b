"""Marking what was searched for: on the words as they were written, whatever they are written with."""

from hypothesis import given
from hypothesis import strategies as st

from kblog.asking import ask
from kblog.fold import fold, terms
from kblog.passages import LENGTH, Marker

from .test_fold import TEXTS, holds


def shown(text: str, query: str) -> str:
    """Write what is marked of a text between brackets."""
    return "".join(f"[{run.text}]" if run.is_match else run.text for run in Marker(ask(query, {})).marked(text))


@given(text=TEXTS, start=st.integers(0, 40), length=st.integers(1, 20), other=TEXTS)
def test_marks_change_no_letter_and_stand_where_the_words_are(text: str, start: int, length: int, other: str):
    query = text[start : start + length] or other
    marker = Marker(ask(query, {}))
    runs = marker.marked(text)
    assert "".join(run.text for run in runs) == text
    assert all(run.text for run in runs)
    if terms(query) and holds(fold(text), terms(query)):
        assert marker.holds(text)
        assert any(run.is_match for run in runs)


@given(text=TEXTS)
def test_a_passage_is_short_whatever_it_is_made_of(text: str):
    excerpt = Marker(ask(text[:40], {})).excerpt([("", "", text * 9)])
    assert excerpt is None or sum(len(run.text) for run in excerpt.runs) < 2 * LENGTH


def test_a_mark_covers_the_whole_word_and_no_sign_beside_it():
    assert shown("“Sun\u2011kyun,” he said.", "sunkyun") == "“[Sun\u2011kyun],” he said."
    assert shown("cafe\u0301s!", "cafe") == "[cafe\u0301s]!"
    assert shown("(doesn’t)", "doesnt") == "([doesn’t])"
    assert shown("a ferry, a ferry", "fer") == "a [ferry], a [ferry]"


def test_in_korean_a_mark_covers_the_syllables_that_were_asked_for():
    assert shown("미생물이라고 했다", "생물") == "미[생물]이라고 했다"
    assert shown("이선균은", "이선균") == "[이선균]은"
    assert shown("킬링 로맨스를", '"킬링 로맨스"') == "[킬링 로맨스를]"
    assert shown("킬링 로맨스를", "킬링 로맨") == "[킬링] [로맨]스를"


def test_words_that_follow_each_other_are_one_mark():
    assert shown("The salt, road and salt.", '"salt road"') == "The [salt, road] and salt."
    assert shown("Killing Romance", "KillingRomance") == "[Killing Romance]"


def test_of_several_passages_the_first_with_most_of_it_is_shown():
    passages = [("a", "Sea", "A pier."), ("b", "Pier", "No sea here."), ("c", "End", "A pier and the sea.")]
    for query, anchor in (("pier", "a"), ("sea pier", "c"), ("sea", "b"), ("end", "c"), ("pier end", "a")):
        excerpt = Marker(ask(query, {})).excerpt(passages)
        assert excerpt is not None
        assert excerpt.anchor == anchor, query
    assert Marker(ask("quay", {})).excerpt(passages) is None


def test_paragraphs_are_not_run_together():
    excerpt = Marker(ask("pier", {})).excerpt([("", "", "A quay\nA pier\n\nA dock")])
    assert excerpt is not None
    assert "".join(run.text for run in excerpt.runs) == "A quay … A pier … A dock"
