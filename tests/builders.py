"""Reviews and comments for the tests that need particular ones."""

from datetime import UTC, datetime, timedelta
from typing import Any

from kblog.db import db
from kblog.document import CommentEntry, Document
from kblog.models import Review
from kblog.overview import Row
from kblog.transfer.loader import Loader

PUBLISHED = datetime(2026, 3, 12, 9, tzinfo=UTC)


def document(**given: Any) -> Document:
    """Describe a review of "Paper Boats" that is live; `overview` may be pairs of (label, value)."""
    given["overview"] = tuple(Row(*pair) for pair in given.get("overview", (("Title", "Paper Boats"),)))
    return Document(**{"slug": "paper-boats", "headline": "Paper Boats", "published_at": PUBLISHED, **given})


def stored(**given: Any) -> Review:
    """Store such a review, as an import or the samples would, and commit."""
    described = document(**given)
    review = Loader(db.session()).store(described, f"test:{described.slug}")
    db.session.commit()
    return review


def stored_together(*documents: Document) -> list[Review]:
    """Store many reviews in one transaction, as one batch of an import would."""
    loader = Loader(db.session())
    reviews = [loader.store(described, f"test:{described.slug}") for described in documents]
    db.session.commit()
    return reviews


def comments(number: int, **given: Any) -> tuple[CommentEntry, ...]:
    """Describe so many comments, a minute apart, numbered from 1 in time."""
    return tuple(
        CommentEntry(
            **{
                "id": str(each),
                "name": f"Guest {each}",
                "at": PUBLISHED + timedelta(minutes=each),
                "body": f"Words of guest {each}.",
                **given,
            }
        )
        for each in range(1, number + 1)
    )
