"""A line keeps its address while the author edits the review around it."""

from dataclasses import replace

import flask_migrate
import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from kblog import fold
from kblog.db import db, now
from kblog.models import FormerLine, Line, Review
from kblog.models.line import MOST_WORDS, successors
from kblog.studio import saving

from .browser import Browser
from .builders import stored
from .conftest import close, read

ROW, SALT, TIDE, LATE = "Row, or be rowed.", "Salt keeps.", "The tide owes us nothing.", "Nobody is late in the sea."


def body(*quotes: str) -> str:
    return "## Memorable Lines\n\n" + "\n\n".join(f"> {quote}\n> — Jin, Episode 3" for quote in quotes)


def save(*quotes: str) -> None:
    """Save the review with these lines, as the editor does."""
    review = db.session.scalars(sa.select(Review)).one()
    saving.save(db.session(), review, replace(saving.document_of(review), body=body(*quotes)), now())
    db.session.commit()
    db.session.expire_all()


def numbers() -> dict[str, int]:
    """Return the id of each line there is, by what it says."""
    db.session.rollback()
    return {line.quote: line.id for line in db.session.scalars(sa.select(Line).order_by(Line.position))}


EDITS = {
    "nothing changed": ([ROW, SALT], [ROW, SALT], {0: 0, 1: 1}),
    "another order": ([ROW, SALT, TIDE], [TIDE, ROW, SALT], {0: 2, 1: 0, 2: 1}),
    "a new one before all": ([ROW, SALT], [TIDE, ROW, SALT], {1: 0, 2: 1}),
    "the first one gone": ([ROW, SALT, TIDE], [SALT, TIDE], {0: 1, 1: 2}),
    "other marks": ([ROW, SALT], ["“Row, or be rowed”", "salt keeps"], {0: 0, 1: 1}),
    "a word put right": ([ROW, TIDE], ["The tide owes you nothing.", ROW], {0: 1, 1: 0}),
    "translated below": ([ROW, TIDE], [LATE, TIDE + " 파도는 빚이 없다."], {0: 0, 1: 1}),
    "another one in its place": ([ROW, SALT, TIDE], [ROW, LATE, TIDE], {0: 0, 1: 1, 2: 2}),
    "all of them new": ([ROW, SALT], [TIDE, LATE], {0: 0, 1: 1}),
    "one gone here, another come there": ([ROW, SALT, TIDE], [ROW, TIDE, LATE], {0: 0, 1: 2}),
    "in Korean": (["그 사람이 늦는 게 아니에요.", "가요."], ["와요.", "그 사람이 늦은 게 아니에요."], {1: 0}),
    "twice the same": ([ROW, SALT, ROW], [ROW, ROW, SALT], {0: 0, 1: 2, 2: 1}),
    "no word in it": (["…", "!"], ["!", "…"], {0: 0, 1: 1}),
    "none before": ([], [ROW], {}),
    "none after": ([ROW], [], {}),
}


@pytest.mark.parametrize(("before", "after", "wanted"), EDITS.values(), ids=EDITS.keys())
def test_a_line_is_known_again(before: list[str], after: list[str], wanted: dict[int, int]):
    assert successors(before, after) == wanted


LISTS = st.lists(st.text(max_size=12), max_size=9, unique_by=fold.fold)


@given(LISTS.flatmap(lambda quotes: st.tuples(st.just(quotes), st.permutations(quotes))))
def test_in_any_order_every_line_is_itself(orders: tuple[list[str], list[str]]):
    before, after = orders
    assert {here: before[there] for here, there in successors(before, after).items()} == dict(enumerate(after))


@given(LISTS, LISTS)
def test_no_two_lines_become_one(before: list[str], after: list[str]):
    found = successors(before, after)
    assert len(set(found.values())) == len(found) <= min(len(before), len(after))
    assert set(found) <= set(range(len(after)))
    assert set(found.values()) <= set(range(len(before)))


def test_very_many_lines_are_matched_by_word_and_place_alone():
    before = [f"line {number} of very many" for number in range(500)]
    after = [f"sentence {number} of quite a few" for number in range(500)]
    assert MOST_WORDS < 500 * 500 * 5
    assert successors(before, after) == {number: number for number in range(500)}


def test_the_address_of_a_line_stays_through_edits(reader: Browser):
    stored(body=body(ROW, SALT, TIDE))
    first = numbers()
    save(TIDE, ROW, SALT)
    assert numbers() == first
    save(LATE, TIDE, "Row, or be rowed, Jin.", SALT)
    second = numbers()
    assert second[TIDE] == first[TIDE]
    assert second["Row, or be rowed, Jin."] == first[ROW]
    assert second[LATE] > max(first.values())
    page = reader.get(f"/lines/{first[ROW]}/")
    assert page.texts("//blockquote") == ["Row, or be rowed, Jin."]
    assert page.one("//figure//cite/a").get("href") == "/reviews/paper-boats/#line-3"


def test_a_line_that_is_gone_says_so_and_comes_back_at_its_address(reader: Browser):
    stored(body=body(ROW, SALT, TIDE))
    first = numbers()
    save(ROW, SALT)
    page = reader.get(f"/lines/{first[TIDE]}/", status=410)
    assert TIDE not in page.text
    save(ROW, SALT, LATE)
    assert numbers()[LATE] > first[TIDE], "no address is given twice"
    reader.get(f"/lines/{first[TIDE]}/", status=410)
    save(ROW, SALT, LATE, TIDE)
    assert numbers()[TIDE] == first[TIDE]
    reader.get(f"/lines/{first[TIDE]}/")
    assert read(sa.select(FormerLine)) == []


def test_a_line_that_comes_back_in_the_place_of_another_is_itself(reader: Browser):
    stored(body=body(ROW, SALT, TIDE))
    first = numbers()
    save(ROW, SALT)
    save(ROW, TIDE)
    assert numbers() == {ROW: first[ROW], TIDE: first[TIDE]}
    reader.get(f"/lines/{first[SALT]}/", status=410)


def test_what_a_draft_lost_was_never_anywhere(reader: Browser):
    stored(body=body(ROW, SALT), state="draft")
    first = numbers()
    save(ROW)
    assert read(sa.select(FormerLine)) == []
    reader.get(f"/lines/{first[SALT]}/", status=404)
    save(ROW, TIDE)
    assert numbers()[TIDE] > first[SALT]


def test_a_line_that_left_what_is_withdrawn_is_gone_and_one_of_a_removed_review_is_nowhere(reader: Browser):
    review = stored(body=body(ROW, SALT))
    first = numbers()
    save(ROW)
    db.session.get(Review, review.id).withdrawn_at = now()
    db.session.commit()
    for quote in (ROW, SALT):
        reader.get(f"/lines/{first[quote]}/", status=410)
    db.session.execute(sa.delete(Review))
    db.session.commit()
    for quote in (ROW, SALT):
        reader.get(f"/lines/{first[quote]}/", status=404)


def test_drawing_all_texts_anew_changes_no_address(app: Flask):
    stored(body=body(ROW, SALT, TIDE))
    first = numbers()
    save(ROW, SALT)
    assert app.test_cli_runner().invoke(args=["rerender"]).exit_code == 0
    assert numbers() == {quote: first[quote] for quote in (ROW, SALT)}
    assert read(sa.select(FormerLine.id)) == [first[TIDE]]


@pytest.mark.of_sqlite
def test_the_migration_keeps_every_line_up_and_down(app: Flask):
    stored(body=body(ROW, SALT, TIDE))
    first = numbers()
    save(ROW, TIDE)
    for step in (lambda: flask_migrate.downgrade(revision="0004"), flask_migrate.upgrade):
        close(app)
        step()
        assert numbers() == {quote: first[quote] for quote in (ROW, TIDE)}
    save(ROW, TIDE, LATE)
    assert numbers()[LATE] > first[TIDE]
