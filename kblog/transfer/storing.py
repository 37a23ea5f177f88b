"""How documents become rows: reviews and pages with their terms, ledgers, lines and comments."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from kblog import document as documents
from kblog import overview
from kblog.db import now
from kblog.document import CommentEntry, Document
from kblog.models import Comment, ImportedEntry, Page, Review
from kblog.models.site import mark_visible_change
from kblog.slugs import slug, unique

from . import rows
from .filing import Terms
from .report import Report

REMEMBERED = ("source_ref", "outcome", "reason", "raw", "imported_at")
IMPORTED = cast(sa.Table, ImportedEntry.__table__)


class Stored(NamedTuple):
    """A comment that has its row, and the root of its thread."""

    id: int
    root_id: int


class Storer:
    """Stores documents, one by one, and remembers each; whoever holds it commits.

    Re-runnable: what has the same `source_ref` as something that is here already is counted and left alone.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.report = Report()
        self.touched: set[int] = set()  # reviews that got a comment
        self.remembered: dict[str, dict[str, object]] = {}  # by source_ref: rows that are still to be written
        self._look_around()

    def _look_around(self) -> None:
        """Read what is in the database; again after a part of it was rolled back, removed or changed by others."""
        self._write_remembered()
        self.session.flush()  # or what is not written yet would be forgotten, too
        self.session.expire_all()
        known = self.session.execute(sa.select(ImportedEntry.source_ref, ImportedEntry.outcome))
        self.outcomes = dict(known.all())
        self.terms = Terms(self.session)
        self.slugs = set(self.session.scalars(sa.select(Review.slug)))
        self.page_slugs = set(self.session.scalars(sa.select(Page.slug)))
        self.comments: dict[str, Stored] = {}
        self.pending: dict[str, Comment] = {}  # added, but without an id until the batch is flushed

    def take_document(self, source_ref: str, text: str) -> bool:
        """Take a portable document in, and remember it word for word; False where it is here already."""
        if not self._is_new(source_ref):
            return False
        self._remember(source_ref, "review", "", text)
        self.store(documents.parse(text), source_ref)
        return True

    def store(self, document: Document, source_ref: str) -> Review:
        """Add a review made from a document, with its terms, ledger, lines and comments."""
        understood = overview.understand(document.overview)
        wanted = document.slug or slug(understood.work_title or document.headline, "review")
        review = Review(
            slug=unique(wanted, self.slugs.__contains__),
            source_ref=source_ref,
            featured=document.featured,
            **rows.dates(document),
        )
        self.slugs.add(review.slug)
        self.session.add(review)
        with self.session.no_autoflush:  # one flush a review: each one folds its whole text
            rows.fill(review, document, self.terms)
            for entry in _parents_first(document.comments):
                self._document_comment(review, entry, source_ref)
        review.comment_count = sum(entry.state in ("", "visible") for entry in document.comments)
        self._settle()
        return review

    def store_page(self, document: Document, source_ref: str) -> Page:
        """Add a page made from a document, with its comments."""
        wanted = document.slug or slug(document.headline, "page")
        page = Page(slug=unique(wanted, self.page_slugs.__contains__), source_ref=source_ref, **rows.dates(document))
        rows.fill_page(page, document)
        self.page_slugs.add(page.slug)
        self.session.add(page)
        self.session.flush()
        for entry in _parents_first(document.comments):
            self._document_comment(page, entry, source_ref)
        self._settle()
        return page

    def _document_comment(self, subject: Review | Page, entry: CommentEntry, source_ref: str) -> None:
        comment = Comment(
            name=entry.name or "Anonymous",
            website=entry.website,
            state=entry.state or "visible",
            spoils=entry.spoils,
            by_author=entry.author,
            posted_at=entry.at or subject.published_at or now(),
            source_ref=f"{source_ref}:{entry.id}",
        )
        comment.body = entry.body
        if isinstance(subject, Page):
            comment.page_id = subject.id
        else:
            comment.review = subject
        self._answer(comment, f"{source_ref}:{entry.parent}" if entry.parent else "")
        self.session.add(comment)
        self.pending[f"{source_ref}:{entry.id}"] = comment

    def _answer(self, comment: Comment, parent_ref: str) -> bool:
        """Stand a comment under the one it answers; False where it answers none, or one that is not here."""
        if parent := self.pending.get(parent_ref):
            comment.parent = parent
            if parent.root_id:
                comment.root_id = parent.root_id
            else:
                comment.root = parent.root or parent
            return True
        if parent_ref and parent_ref not in self.comments:
            query = sa.select(Comment.id, Comment.root_id).where(Comment.source_ref == parent_ref)
            if row := self.session.execute(query).first():
                self.comments[parent_ref] = Stored(row.id, row.root_id or row.id)
        if stored := self.comments.get(parent_ref):
            comment.parent_id, comment.root_id = stored
            return True
        if parent_ref:
            what = "the comment it answers is not here: it stands alone"
            self.report.warnings.append((comment.source_ref or "", what))
        return False

    def _is_new(self, source_ref: str) -> bool:
        if self.outcomes.get(source_ref, "skipped") == "skipped":
            return True
        self.report.counts["already"] += 1
        return False

    def _remember(self, source_ref: str, outcome: str, reason: str, raw: str) -> None:
        if source_ref in self.outcomes and source_ref not in self.remembered:  # skipped once, and taken in now
            self.session.execute(sa.delete(ImportedEntry).where(ImportedEntry.source_ref == source_ref))
        values = (source_ref, outcome, reason, raw, now())
        self.remembered[source_ref] = dict(zip(REMEMBERED, values, strict=True))
        self.outcomes[source_ref] = outcome

    def _write_remembered(self) -> None:
        """Write down what became of each entry: past the session's objects, for there is one for each comment."""
        if self.remembered:
            self.session.execute(sa.insert(IMPORTED), list(self.remembered.values()))
            self.remembered.clear()

    def _settle(self) -> None:
        """Write what is pending, and bring kept counts and folded names up to date with it."""
        self.session.flush()
        self._write_remembered()
        self.terms.respell()
        self.comments |= {ref: Stored(each.id, each.root_id or each.id) for ref, each in self.pending.items()}
        self.pending.clear()
        counted = sa.select(sa.func.count(Comment.id)).where(Comment.review_id == Review.id, Comment.state == "visible")
        if self.touched:
            self.session.execute(
                sa.update(Review)
                .where(Review.id.in_(self.touched))
                .values(comment_count=counted.scalar_subquery())
                .execution_options(synchronize_session=False)
            )
            mark_visible_change(self.session, of_comments=True)
        self.touched.clear()


def load_documents(session: Session, texts: Iterable[tuple[str, str]]) -> int:
    """Take in portable documents, given as (source_ref, text), that are not here yet; return how many."""
    storer = Storer(session)
    taken = sum(storer.take_document(source_ref, text) for source_ref, text in texts)
    storer.terms.relabel()
    return taken


def _parents_first(entries: Sequence[CommentEntry]) -> Iterator[CommentEntry]:
    """Yield each comment with an id of its own, and after the one it answers; else in the order given.

    >>> [each.id for each in _parents_first([CommentEntry(id="2", parent="1"), CommentEntry(), CommentEntry(id="1")])]
    ['1', '2', '2-2']
    """
    named = {name for entry in entries for name in (entry.id, entry.parent)}
    known: dict[str, CommentEntry] = {}
    for number, entry in enumerate(entries, 1):
        is_own = entry.id and entry.id not in known
        own = entry.id if is_own else unique(entry.id or str(number), lambda taken: taken in named or taken in known)
        known[own] = replace(entry, id=own)
    placed: set[str] = set()
    for entry in known.values():
        line: list[CommentEntry] = []
        above: CommentEntry | None = entry
        while above and above.id not in placed:  # a circle ends where it began: the last of it stands alone
            placed.add(above.id)
            line.append(above)
            above = known.get(above.parent)
        yield from reversed(line)
