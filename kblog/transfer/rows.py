"""How a document becomes a review or a page of the database, and what the row holds a document again."""

from kblog import document as documents
from kblog import overview
from kblog.characters import characters
from kblog.db import now
from kblog.document import Document
from kblog.models import Page, Review
from kblog.overview import Overview, Row

from .filing import Terms

STATES = {"draft": "draft", "discarded": "draft", "withdrawn": "withdrawn"}  # a document names no other


def fill(review: Review, document: Document, terms: Terms) -> None:
    """Let a review say what a document says; its address and whether it is public are not touched.

    What it said before is replaced. A review that is in no session, with `PassingTerms`, is drawn and never stored.
    """
    terms.file(review, document, say(review, document))


def say(review: Review, document: Document) -> Overview:
    """Let a review's own columns say what a document says; return what its overview is understood as.

    What the review is filed under stays as it is, and so does its ledger.
    """
    understood = overview.understand(document.overview)
    review.headline = document.headline
    review.work_title, review.native_title = understood.work_title, understood.native_title
    review.other_titles = list(dict.fromkeys((*understood.other_titles, *document.other_titles)))
    review.year, review.episodes = understood.year, understood.episodes
    review.genres = list(understood.genres)
    time = understood.running_time or overview.RunningTime("")
    review.running_time, review.minutes = time.words, time.minutes
    review.minutes_approximate, review.minutes_per_episode = time.approximate, time.per_episode
    review.overview = [[row.label, row.value] for row in document.overview]
    review.labels, review.hashtags = list(document.labels), list(document.hashtags)
    review.verdict, review.description, review.tells = document.verdict, document.description, document.tells
    review.comments_open = document.comments_open
    review.cover_seed, review.notes = document.cover_seed, document.notes
    review.cover_focus, review.cover_alt = document.cover_focus, document.cover_alt
    review.cover_credit = document.cover_credit
    if review.cover != document.cover:
        review.cover = document.cover
    if review.id is None or review.body != document.body:  # what is the same need not be drawn again
        review.body = document.body
    return understood


def document_of(review: Review) -> Document:
    """Return the document that a review is, without its comments; filled from it, the review is the same."""
    rows = tuple(Row(label, value) for label, value in review.overview)
    understood = overview.understand(rows)
    entries = tuple(entry.as_written for entry in review.availability)
    played = characters(review.body, [credit.name for credit in understood.credits])
    said = {credit.name: credit.character or played.get(credit.name, "") for credit in understood.credits}
    return Document(
        headline=review.headline,
        slug=review.slug,
        kind=review.kind,
        published_at=review.published_at,
        updated_at=review.updated_at,
        state=STATES.get(review.state, ""),
        description=review.description,
        verdict=review.verdict,
        tells=review.tells,
        featured=review.featured,
        comments_open=review.comments_open,
        other_titles=tuple(name for name in review.other_titles if name not in understood.other_titles),
        overview=rows,
        characters=tuple(
            (credit.name, credit.character) for credit in review.credits if credit.character != said.get(credit.name)
        ),
        labels=tuple(review.labels),
        hashtags=tuple(review.hashtags),
        availability=None if entries == understood.availability else entries,
        cover_seed=review.cover_seed,
        cover=review.cover,
        cover_focus=review.cover_focus,
        cover_alt=review.cover_alt,
        cover_credit=review.cover_credit,
        notes=review.notes,
        body=review.body,
    )


def fill_page(page: Page, document: Document) -> None:
    """Let a page say what a document says."""
    page.title = document.headline
    page.body = document.body


def document_of_page(page: Page) -> Document:
    """Return the document that a page is: a headline and a body."""
    return Document(
        headline=page.title,
        slug=page.slug,
        published_at=page.published_at,
        updated_at=page.updated_at,
        state=STATES.get(page.state, ""),
        body=page.body,
    )


def text_of(text: Review | Page) -> str:
    """Write a review or page as one portable text, as revisions keep it."""
    return documents.write(document_of(text) if isinstance(text, Review) else document_of_page(text))


def dates(document: Document) -> dict:
    """Return the columns that say whether and since when a review made from this document is public."""
    return {
        "published_at": None if document.state == "draft" else document.published_at,
        "updated_at": document.updated_at,
        "withdrawn_at": (document.updated_at or now()) if document.state == "withdrawn" else None,
    }
