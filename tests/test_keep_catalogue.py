"""What lists are made of follows every change, of whatever process, and is made anew only where it changed."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from kblog.db import db, now, reads_only
from kblog.models import ContentVersion, Filing, ListedChange, Review, Setting
from kblog.models.site import KEPT_CHANGES, MOST_NAMED, mark_visible_change
from kblog.reviews.catalogue import Catalogue, queries

from . import engines
from .builders import document, stored, stored_together
from .changing import CHANGES, SOON, change
from .conftest import counted, read

ROOT = Path(__file__).resolve().parents[1]


def listed(app: Flask, *, anew: bool = False) -> Catalogue:
    """The catalogue as a request finds it, or as it is made from nothing."""
    with app.app_context(), reads_only():
        return queries.read_catalogue(now()) if anew else queries.catalogue()


@pytest.fixture
def elsewhere(app: Flask) -> Iterator[Callable[[str, int], None]]:
    """Do one of `CHANGES` in another process, and return when it is committed."""
    folder = app.config["KBLOG"].instance
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.changing", str(folder)],
        env=os.environ | engines.settings(folder),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    told, answers = process.stdin, process.stdout
    assert told
    assert answers

    def do(what: str, seed: int) -> None:
        told.write(f"{what} {seed}\n")
        told.flush()
        assert answers.readline() == "done\n", (what, seed)

    yield do
    told.close()
    answers.close()
    process.wait(30)


def test_whatever_changes_in_two_processes_it_is_what_would_be_made_from_nothing(app: Flask, elsewhere: Callable):
    dice, woven = random.Random(20261126), 0
    change("take in", 0)
    for turn in range(80):
        last, what = listed(app), dice.choice(CHANGES)
        for doing in (what, *dice.choices(CHANGES, k=dice.choice((0, 0, 1, 3)))):
            dice.choice((change, elsewhere))(doing, dice.randrange(10**6))
            db.session.remove()
            if doing == "schedule":
                listed(app) if dice.random() < 0.5 else None  # before its moment
                time.sleep(SOON.total_seconds() * 1.2)
        made = listed(app)
        assert made == listed(app, anew=True), (turn, what)
        woven += bool(last.reviews and made.reviews and made.reviews[-1] is last.reviews[-1])
    assert woven > 25, "it was nearly always made from nothing, so nothing was shown"


def test_what_only_time_makes_public_is_woven_in(app: Flask):
    stored_together(document(slug="one"), document(slug="two"))
    comes = now() + timedelta(seconds=0.4)
    stored(slug="three", published_at=comes)
    before = listed(app)
    while now() <= comes:
        time.sleep(0.02)
    after = listed(app)
    assert len(after.reviews) == 3
    assert after == listed(app, anew=True)
    assert after.reviews[-1] is before.reviews[-1]


def test_an_edit_is_read_alone_and_the_rest_is_shared(app: Flask):
    stored_together(
        *(
            document(slug=f"work-{n}", overview=[("Title", f"Work {n}"), ("Genre", "Comedy" if n else "Food")])
            for n in range(30)
        )
    )
    db.session.rollback()
    before = listed(app)
    review = db.session.scalars(sa.select(Review).where(Review.slug == "work-0")).one()
    review.year = 1998
    db.session.commit()
    with counted() as statements:
        after = listed(app)
    assert len(statements) <= 4, "the settings, what changed, the review, and what it is filed under"
    assert after.sets["year"] == {"1998": 1 << after.place[review.id]}
    assert after.sets["genre"]["comedy"] is before.sets["genre"]["comedy"]
    assert sum(one is not other for one, other in zip(after.reviews, before.reviews, strict=True)) == 1


def test_what_no_list_shows_leaves_it_as_it_is(app: Flask):
    review = stored()
    before = listed(app)
    db.session.add(Setting(name="name", value="Another name"))
    db.session.commit()
    assert listed(app) is before
    review.tells = "all"
    db.session.commit()
    assert listed(app) is not before


def test_what_nobody_names_makes_it_from_nothing(app: Flask):
    stored_together(*(document(slug=f"work-{n}") for n in range(3)))
    assert listed(app).sets["kind"] == {}
    db.session.execute(sa.update(Review).values(kind="film"))
    mark_visible_change(db.session())
    stored(slug="last")  # in the same transaction, and named
    assert listed(app).sets["kind"] == {"film": 0b1110}


def test_a_version_that_another_program_raised_makes_it_from_nothing(app: Flask):
    """An older K-Blog beside this one, or a backup in the place of the database."""
    stored_together(*(document(slug=f"work-{n}") for n in range(3)))
    assert len(listed(app).reviews) == 3
    with db.engine.begin() as connection:
        connection.execute(sa.update(Review).where(Review.slug == "work-1").values(withdrawn_at=now()))
        connection.execute(sa.update(ContentVersion).values(version=ContentVersion.version + 1, listed=90))
    stored(slug="work-3")
    assert [review.title for review in listed(app).reviews] == ["Paper Boats"] * 3
    assert listed(app) == listed(app, anew=True)


def test_what_is_remembered_of_changes_has_an_end(app: Flask):
    def remembered() -> list[tuple[int, int]]:
        with reads_only():
            rows = db.session.execute(sa.select(ListedChange.listed, ListedChange.review_id))
            return [(listed, review_id) for listed, review_id in rows]

    ids = [review.id for review in stored_together(document(slug="one"), document(slug="two"))]
    (version,) = read(sa.select(ContentVersion.listed))
    assert remembered() == [(version, each) for each in ids]
    mark_visible_change(db.session(), of_reviews=range(1, MOST_NAMED + 2))
    db.session.commit()
    assert len(remembered()) == 2, "so many are as dear as all"
    db.session.execute(sa.update(ContentVersion).values(listed=version + KEPT_CHANGES))
    db.session.add(Setting(name="name", value="Another name"))
    db.session.commit()
    assert remembered() == [(version + KEPT_CHANGES + 1, 0)]


def test_what_was_rolled_back_is_not_remembered(app: Flask):
    review = stored()
    listed(app)
    review.kind = "film"
    db.session.flush()
    db.session.rollback()
    before = read(sa.select(ListedChange.listed))
    db.session.execute(sa.delete(Filing))
    db.session.commit()  # nothing that anybody sees, as far as the session was told
    assert read(sa.select(ListedChange.listed)) == before
