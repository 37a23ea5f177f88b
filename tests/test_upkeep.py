"""The site's own upkeep: what is understood of the texts can be made anew from them."""

import pytest
import sqlalchemy as sa
from flask import Flask
from markupsafe import Markup

from kblog import search
from kblog.cli.site import complete_index
from kblog.db import db
from kblog.models import Comment, Page, Review, SearchEntry
from kblog.transfer import samples

from .browser import Browser
from .builders import comments, document, stored, stored_together

BODY = "## Story\n\nA pier.\n\n> Tides owe us nothing.\n> — Mina\n\n::: spoiler\nIt burned.\n:::\n"


def run(app: Flask, name: str) -> str:
    result = app.test_cli_runner().invoke(args=[name])
    assert result.exit_code == 0, result.output
    db.session.expire_all()
    return result.output


def entries() -> list[tuple[str, ...]]:
    return [tuple(row) for row in db.session.execute(sa.select(SearchEntry.__table__).order_by(SearchEntry.review_id))]


def found(words: str) -> list[str]:
    query = search.matching(words)
    assert query is not None
    return list(db.session.scalars(sa.select(Review.slug).where(Review.id.in_(query)).order_by(Review.slug)))


def test_reindex_folds_every_review_anew(sample_app: Flask):
    wanted = entries()
    assert len(wanted) == len(samples.documents())
    blank = dict.fromkeys(search.COLUMNS, "zugzwang")
    db.session.execute(sa.update(SearchEntry).values(blank))
    db.session.commit()
    assert len(found("zugzwang")) == len(wanted)
    run(sample_app, "reindex")
    assert entries() == wanted
    assert found("zugzwang") == []
    assert found("salt road") == ["salt-road"]


@pytest.mark.of_sqlite
@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM search_entry WHERE review_id > 3",
        "INSERT INTO search_index(search_index) VALUES ('delete-all')",
        "INSERT INTO search_index(rowid, body) VALUES (9999, 'ghost')",
        "UPDATE search_entry SET body = 'zugzwang'; INSERT INTO search_index(search_index) VALUES ('delete-all')",
    ],
)
def test_reindex_mends_what_is_lost(sample_app: Flask, damage: str):
    wanted = entries()
    for statement in damage.split("; "):
        db.session.execute(sa.text(statement))
    db.session.commit()
    run(sample_app, "reindex")
    assert entries() == wanted
    assert found("salt road") == ["salt-road"]
    db.session.execute(sa.text("INSERT INTO search_index(search_index, rank) VALUES ('integrity-check', 1)"))


def test_reindex_reads_many_reviews_with_a_handful_of_queries(app: Flask, at_most):
    stored_together(*(document(slug=f"boat-{n}", overview=(("Main Cast", f"Guest {n}"),)) for n in range(40)))
    db.session.expunge_all()
    with at_most(queries=15):
        run(app, "reindex")


def test_the_start_folds_what_an_older_database_has_not(sample_app: Flask):
    wanted = entries()
    db.session.execute(sa.update(SearchEntry).where(SearchEntry.review_id > 5).values(passages=None))
    db.session.execute(sa.delete(SearchEntry).where(SearchEntry.review_id == 2))
    db.session.commit()
    assert complete_index() == len(wanted) - 4
    db.session.expire_all()
    assert entries() == wanted
    assert complete_index() == 0


def test_rerender_draws_every_text_anew_and_keeps_the_search_right(app: Flask):
    review = stored(body=BODY, comments=comments(2))
    page = Page(slug="about", title="About", published_at=review.published_at)
    page.body = "Who *we* are."
    db.session.add(page)
    db.session.commit()
    texts = [sa.select(model.body_html).order_by(model.id) for model in (Review, Page, Comment)]
    wanted, folded = [db.session.scalars(text).all() for text in texts], entries()
    for model in (Review, Page, Comment):  # as an older policy left it
        db.session.execute(sa.update(model).values(body_html=Markup("<p>An older policy.</p>")))
    db.session.execute(sa.update(SearchEntry).values(body="zugzwang"))
    db.session.commit()
    assert run(app, "rerender") == "4 texts drawn anew.\n"
    assert [db.session.scalars(text).all() for text in texts] == wanted
    assert entries() == folded
    assert (found("pier tides"), found("zugzwang"), found("burned")) == (["paper-boats"], [], [])
    assert "An older policy" not in Browser(app).get("/reviews/paper-boats/").text


def test_rerender_folds_a_text_that_is_drawn_as_before_and_understands_its_overview_anew(app: Flask):
    stored(body="A pier.", overview=(("Title", "Paper Boats"), ("Year", "2021")))
    db.session.execute(sa.update(Review).values(year=None))  # as if nobody had known the label
    db.session.execute(sa.update(SearchEntry).values(body="zugzwang"))
    db.session.commit()
    run(app, "rerender")
    assert db.session.scalars(sa.select(Review.year)).all() == [2021]
    assert (found("pier"), found("zugzwang")) == (["paper-boats"], [])
