"""How a review begins: blank with its usual sections, or read from a post that was pasted."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from kblog import markup, overview
from kblog.document import Document
from kblog.language import gettext as _
from kblog.language import noted
from kblog.ledger import ledger_sentences
from kblog.models import Page, Review
from kblog.slugs import slug, unique
from kblog.transfer import rows
from kblog.transfer.filing import Terms

from . import queries, saving
from .sections import join, skeleton

UNNAMED = "untitled"  # the address of a draft that has no title yet


def blank(kind: str) -> Document:
    """Return an empty document with the sections that a work of this kind usually gets."""
    return Document(kind=kind, body=join(skeleton(kind)))


def with_notes(document: Document, notes: Sequence[str]) -> Document:
    """Write into a document's own notes, which only its author sees, what was left out or not understood."""
    return replace(document, notes="\n".join(filter(None, (document.notes, *notes))))


def begin(session: Session, document: Document, moment: datetime, occasion: str = "saved") -> Review:
    """Make a draft of a document, under an address of its own. The caller commits."""
    understood = overview.understand(document.overview)
    title = document.slug or understood.work_title or understood.native_title or document.headline
    review = Review(slug=unique(slug(title, UNNAMED), lambda wanted: queries.slug_is_taken(Review, wanted)))
    session.add(review)
    with session.no_autoflush:
        rows.fill(review, document, Terms(session, is_whole=False))
    review.edited_at = moment
    session.flush()
    saving.keep(session, review, saving.document_of(review), moment, occasion)
    return review


def begin_page(session: Session, document: Document, moment: datetime) -> Page:
    """Make a draft of a standing page. The caller commits."""
    wanted = document.slug or slug(document.headline, UNNAMED)
    page = Page(slug=unique(wanted, lambda name: queries.slug_is_taken(Page, name)))
    rows.fill_page(page, document)
    session.add(page)
    session.flush()
    saving.keep(session, page, saving.document_of(page), moment, "saved")
    return page


def understood(document: Document) -> Iterator[tuple[str, str]]:
    """Say what was understood of a document, as (what it is, what was found), for its author to confirm.

    >>> list(understood(Document(headline="Salt Road", overview=(overview.Row("Episodes", "16"),))))[:3]
    [('Headline', 'Salt Road'), ('Kind', 'drama'), ('Episodes', '16')]
    """
    facts = overview.understand(document.overview)
    text = markup.render_review(document.body)
    entries = document.entries(facts)
    people = {role: [credit.name for credit in facts.credits if credit.role == role] for role in overview.ROLES}
    found = {
        noted("Headline"): document.headline,
        noted("Title"): facts.work_title,
        noted("Title in Hangul"): facts.native_title,
        noted("Other titles"): ", ".join((*facts.other_titles, *document.other_titles)),
        noted("Kind"): document.kind or facts.kind,
        noted("Year"): str(facts.year or ""),
        noted("Genres"): ", ".join(facts.genres),
        noted("Cast"): ", ".join(people["cast"]),
        noted("Director"): ", ".join(people["director"]),
        noted("Writer"): ", ".join(people["writer"]),
        noted("Episodes"): str(facts.episodes or ""),
        noted("Running time"): facts.running_time.words if facts.running_time else "",
        noted("Where to watch"): "; ".join(map(str, ledger_sentences(entries))),
        noted("Sections"): ", ".join(section.heading for section in text.outline),
        noted("Lines"): _("%(number)s, the first: %(line)s", number=len(text.lines), line=text.lines[0].quote)
        if text.lines
        else "0",
        noted("Hashtags"): " ".join(document.hashtags),
        noted("Words"): f"{text.words:,}",
    }
    yield from ((name, words) for name, words in found.items() if words)
