"""A review of the database is a document again, word for word: what revisions and exports stand on."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from flask import Flask

from kblog import document as documents
from kblog.db import db
from kblog.document import Document
from kblog.ledger import Availability
from kblog.models import Review
from kblog.overview import Row
from kblog.transfer import rows, samples
from kblog.transfer.filing import PassingTerms, Terms

from .browser import Browser
from .builders import stored

RICH = Document(
    headline="“Paper Boats”—Two boats, one puddle",
    slug="paper-boats",
    kind="drama",
    published_at=datetime(2026, 3, 12, 9, tzinfo=UTC),
    description="Two boats.",
    verdict="Mixed",
    tells="4",
    comments_open=False,
    other_titles=("The Boats",),
    overview=(
        Row("Title", "Paper Boats (종이배)"),
        Row("Genre", "Musical comedy, Romance"),
        Row("Main Cast", "Seo Ha‑jin (Jin Seo), Gu Won-jae as the Ferryman"),
        Row("Episodes", "16"),
        Row("Mood", "Damp"),
        Row("Streaming Platform", "Viki"),
    ),
    characters=(("Seo Ha‑jin", "Boat One"),),
    labels=("K-Drama", "Rain"),
    hashtags=("#PaperBoats", "#비"),
    availability=(Availability("Netflix", "US", "subscription", "left", date(2026, 1, 2), "", "gone"),),
    cover_seed="seed",
    notes="for me",
    body="## Story\n\nIt floats.\n\n> Row.\n> — Jin, Episode 3\n",
)


def kept(document: Document) -> Document:
    stored(
        **{key: getattr(document, key) for key in document.__dataclass_fields__ if key != "overview"},
        overview=[(row.label, row.value) for row in document.overview],
    )
    db.session.expunge_all()
    review = db.session.query(Review).filter_by(slug=document.slug).one()
    return rows.document_of(review)


def test_a_review_is_the_document_it_was_made_from(app: Flask):
    assert kept(RICH) == RICH


def test_every_sample_is_its_document(sample_app: Flask):
    for ref, text in samples.documents():
        document = documents.parse(text)
        review = db.session.query(Review).filter_by(source_ref=ref).one()
        made = rows.document_of(review)
        assert set(made.characters) <= set(document.characters)  # what the prose says by itself is not said again
        known = replace(document, comments=(), slug=review.slug, kind=review.kind, characters=made.characters)
        assert made == known, ref
        assert {credit.name: credit.character for credit in review.credits}.items() >= set(document.characters)


@pytest.mark.real_data
def test_every_imported_review_survives_being_filled_from_its_own_document(imported: Browser):
    for review in db.session.query(Review):
        before = rows.document_of(review)
        html, filings = review.body_html, [(f.term.slug, f.origin, f.position, f.written) for f in review.filings]
        rows.fill(review, before, Terms(db.session(), is_whole=False))
        db.session.flush()
        assert rows.document_of(review) == before, review.slug
        assert review.body_html == html
        assert [(f.term.slug, f.origin, f.position, f.written) for f in review.filings] == filings


def test_a_character_the_author_takes_away_stays_away(app: Flask):
    played = replace(RICH, body="## Story\n\nJang (Gu Won-jae) rows.", characters=(("Gu Won-jae", ""),))
    assert kept(played).characters == (("Gu Won-jae", ""),)


def test_filling_again_keeps_the_rows_of_terms_and_ledger(app: Flask):
    stored(overview=[("Title", "Salt"), ("Genre", "Comedy"), ("Platform", "Viki")], slug="salt")
    review = db.session.query(Review).filter_by(slug="salt").one()
    entry = review.availability[0].id
    document = replace(
        rows.document_of(review),
        overview=(Row("Title", "Salt"), Row("Genre", "Drama"), Row("Platform", "Netflix, Viki")),
    )
    rows.fill(review, document, Terms(db.session(), is_whole=False))
    db.session.commit()
    assert [filing.term.name for filing in review.filings] == ["Drama"]
    assert {row.platform.name: row.id for row in review.availability if row.platform}["Viki"] == entry
    assert len(review.availability) == 2


def test_what_is_only_drawn_leaves_nothing_behind(app: Flask):
    before = db.session.query(Review).count()
    review = Review(slug="passing")
    rows.fill(review, RICH, PassingTerms())
    assert review.title == "Paper Boats"
    assert [filing.term.slug for filing in review.filings][:3] == ["musical-comedy", "comedy", "musical"]
    db.session.commit()
    assert db.session.query(Review).count() == before
