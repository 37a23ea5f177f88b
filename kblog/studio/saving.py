"""How a text is saved: each version stays as a revision, what is typed as an autosave, and nothing is lost."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from kblog import document as documents
from kblog.document import Document
from kblog.models import Autosave, Page, Review, Revision, media
from kblog.transfer import rows
from kblog.transfer.filing import Terms

from . import changes, queries

Subject = Review | Page


def document_of(subject: Subject) -> Document:
    """Return the document that a review or page is."""
    return rows.document_of(subject) if isinstance(subject, Review) else rows.document_of_page(subject)


def draw(document: Document) -> None:
    """Draw a text before the transaction that saves it begins: there it is found, drawn already.

    Raises ValueError with a sentence for the author where it cannot be drawn.
    """
    media.drawn(document.body)


def is_saved(subject: Subject, document: Document) -> bool:
    """Whether a review or page says word for word what a document says: sent twice, or saved alike in two windows."""
    saved = document_of(subject)
    return saved == replace(document, slug=document.slug or saved.slug)


def save(
    session: Session,
    subject: Subject,
    document: Document,
    moment: datetime,
    occasion: str = "saved",
    *,
    is_news: bool = True,
) -> None:
    """Let a review or page say what a document says, and keep it as a revision.

    The caller has seen that nobody saved it meanwhile, and commits. A text that was taken in and never edited is
    kept as its first revision, so that it can be had back. What is no news leaves the day of the last change alone.
    """
    before = document_of(subject)
    if queries.latest_revision(subject) is None and before.body:
        keep(session, subject, before, moment, "imported")
    if isinstance(subject, Review):
        terms = Terms(session, is_whole=False)
        ledger = changes.held(subject)
        with session.no_autoflush:  # one flush: each one folds the whole text
            rows.fill(subject, document, terms)
        subject.edited_at = moment
        session.flush()
        terms.respell()
        changes.note(session, subject, ledger, moment)
    else:
        rows.fill_page(subject, document)
    if is_news and subject.state == "published" and document_of(subject) != before:
        subject.updated_at = moment
    subject.version += 1
    keep(session, subject, document_of(subject), moment, occasion)


def keep(session: Session, subject: Subject, document: Document, moment: datetime, occasion: str) -> None:
    """Keep a text as a revision, unless the latest one says the same on the same occasion. The caller commits."""
    text = documents.write(document)
    latest = queries.latest_revision(subject)
    if latest is None or (latest.text, latest.occasion) != (text, occasion):
        session.add(Revision(**_of(subject), text=text, occasion=occasion, made_at=moment))
        session.flush()


def autosave(
    session: Session, subject: Subject, tab: str, version: int, fields: Iterable[tuple[str, str]], moment: datetime
) -> Autosave:
    """Keep what one tab holds, field by field, in place of what it held before. The caller commits."""
    kept = queries.autosave(subject, tab) or Autosave(**_of(subject), tab=tab)
    kept.version, kept.saved_at = version, moment
    kept.fields = [[name, value] for name, value in fields]
    session.add(kept)
    return kept


def forget_autosave(session: Session, subject: Subject, tab: str) -> None:
    """Let go of what a tab held: it is saved now, or its author does not want it. The caller commits."""
    if kept := queries.autosave(subject, tab):
        session.delete(kept)


def _of(subject: Subject) -> dict[str, int]:
    return {"review_id" if isinstance(subject, Review) else "page_id": subject.id}
