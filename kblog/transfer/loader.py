"""The one way in which the records of an export become rows."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import PurePosixPath
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from kblog import document as documents
from kblog import markup, overview
from kblog.db import now
from kblog.document import Document
from kblog.models import Comment, Page, Redirect, Review, Setting
from kblog.slugs import slug, unique

from . import prose, records, samples
from .storing import Storer

BATCH = 50  # records between two commits: a killed import loses no more, and the write lock is never held long
FIRST_WORDS = 60  # characters: about a line of a heading
COUNTED = {"published": "public", "scheduled": "scheduled", "draft": "drafts", "withdrawn": "withdrawn"}  # by state
OWN_NAMES = ("blog-post",)  # what Blogger calls a post without a Latin title; also blog-post_12


class Subject(NamedTuple):
    """What a comment stands under."""

    model: type[Review] | type[Page]
    id: int
    published_at: datetime | None


class Loader(Storer):
    """Takes records in, one by one; whoever holds it commits."""

    def __init__(self, session: Session) -> None:
        self.old_blog = records.Site()
        self.samples_checked = False
        super().__init__(session)

    def _look_around(self) -> None:
        super()._look_around()
        self.subjects: dict[str, Subject] = {}

    def load(self, found: Iterable[records.Record]) -> Iterator[None]:
        """Take every record in; yields after each batch and at the end, when the caller commits.

        Raises NotAnExport at the end where there was nothing to take in.
        """
        is_empty = True
        # a commit would let go of what is known of each of thousands of terms, to be read anew one by one
        self.session.expire_on_commit = False
        for number, record in enumerate(found, 1):
            is_empty = is_empty and not isinstance(record, records.Entry | records.Comment | records.Text)
            match record:
                case records.Site():
                    self._site(record)
                case records.Remark():
                    self.report.remarks.append(record.text)
                case records.Skipped():
                    self._skip(record.source_ref, record.reason, record.raw)
                case records.Entry():
                    self._entry(record)
                case records.Comment():
                    self._comment(record)
                case records.Text():
                    self._text(record)
            if number % BATCH == 0:
                self._settle()
                yield
                if not self.terms.is_current():  # the author merged somebody meanwhile
                    self._look_around()
        if is_empty:
            raise records.NotAnExport("The export holds no post, page or comment that can be read.")
        self._settle()
        self.terms.relabel()
        yield

    def _text(self, record: records.Text) -> None:
        """Take a portable document in; one that is none, or cannot be stored, is skipped, and the rest goes on."""
        if not self._is_new(record.source_ref):
            return
        self._make_room()
        try:
            document = documents.parse(record.text)
            document = replace(document, slug=slug(document.slug, ""))  # anybody may have written it
            with self.session.begin_nested():
                if record.kind == "page":
                    stored: Review | Page = self.store_page(document, record.source_ref)
                else:
                    stored = self.store(document, record.source_ref)
        except documents.DocumentError as error:
            self._skip(record.source_ref, str(error), record.text)
            return
        except (ValueError, IntegrityError, DataError) as error:
            self._look_around()
            self._skip(record.source_ref, f"it cannot be stored: {error}".splitlines()[0], record.text)
            return
        self._remember(record.source_ref, "page" if record.kind == "page" else "review", "", record.text)
        if document.slug and stored.slug != document.slug:
            what = f"its address {document.slug} is another one's: it lives at {stored.slug}"
            self.report.warnings.append((record.source_ref, what))
        self._count(document, stored)

    def _count(self, document: Document, stored: Review | Page) -> None:
        said = document.comments
        self.report.counts.update(entry.state or "visible" for entry in said)
        self.report.counts.update(comments=len(said), replies=sum(bool(entry.parent) for entry in said))
        if isinstance(stored, Page):
            self.report.counts["pages"] += 1
            return
        self.report.counts.update(
            {"reviews": 1, COUNTED[stored.state]: 1},
            lines=len(stored.lines),
            availability=len(stored.availability),
        )
        if not document.overview:
            self.report.without_overview.append((stored.source_ref or "", stored.headline or stored.slug))

    def _entry(self, entry: records.Entry) -> None:
        """Take a post or a page in; one that cannot be stored is skipped, and the rest goes on."""
        if not self._is_new(entry.source_ref):
            return
        self._make_room()
        for is_last in (False, True):
            try:
                with self.session.begin_nested():
                    outcome = self._page(entry) if entry.kind == "page" else self._review(entry)
            except (ValueError, IntegrityError, DataError) as error:
                self._look_around()
                if is_last or not isinstance(error, IntegrityError):  # else the studio wrote the same meanwhile
                    self._skip(entry.source_ref, f"it cannot be stored: {error}".splitlines()[0], entry.raw)
                    return
            else:
                self._remember(entry.source_ref, outcome, "", entry.raw)
                self.report.warnings += [(entry.source_ref, warning) for warning in entry.warnings]
                return

    def _site(self, site: records.Site) -> None:
        """Take over the old blog's name, description and time zone where this site has none of its own yet."""
        self.old_blog = site
        for name in ("name", "description", "time_zone"):
            value = getattr(site, name)
            kept = self.session.get(Setting, name)
            if value and kept is None:
                self.session.add(Setting(name=name, value=value))
            elif value and kept and kept.value != value:
                self.report.remarks.append(
                    f"The site keeps its own {name.replace('_', ' ')}; the export says “{value}”."
                )
        self.session.flush()

    def _make_room(self) -> None:
        """Take the untouched samples away before the first entry of a real blog."""
        if not self.samples_checked:
            self.samples_checked = True
            removed, kept = samples.remove(self.session)
            self.report.counts.update(samples_removed=removed, samples_kept=kept)
            if removed:
                self._look_around()

    def _review(self, entry: records.Entry) -> str:
        own = self.old_blog
        made = prose.convert(entry.html, own_hosts=own.hosts, own_paths=own.paths, headline=entry.title)
        is_ahead = bool(entry.published_at and entry.published_at > now())
        # what was public keeps its date; what was to appear appears when its time comes, and never because of an import
        is_dated = entry.state in ("live", "trashed") or (entry.state == "scheduled" and is_ahead)
        state = "draft" if not is_dated or not entry.published_at else "withdrawn" if entry.state == "trashed" else ""
        headline, warnings = entry.title, []
        if not headline and not overview.understand(made.rows).work_title:
            headline = _first_words(made.markdown, entry.published_at)
            warnings.append(f"it has no title: “{headline}” stands for one")
        document = Document(
            headline=headline,
            slug=_old_slug(entry.path),
            published_at=entry.published_at if is_dated else None,
            updated_at=entry.updated_at,
            state=state,
            description=entry.description,
            comments_open=entry.comments_open,
            labels=entry.labels,
        )
        review = self.store(made.into(document), entry.source_ref)
        self.subjects[entry.source_ref] = Subject(Review, review.id, review.published_at)
        self._redirect(entry, review_id=review.id)
        self._author(entry.author)
        self.report.losses += [(entry.source_ref, loss) for loss in made.lost]
        if not made.rows:
            self.report.without_overview.append((entry.source_ref, entry.title or review.slug))
        if state == "draft" and entry.state in ("live", "scheduled"):
            why = "its date has passed" if entry.published_at else "it has no date"
            warnings.append(f"{why}: imported as a draft")
        self.report.warnings += [(entry.source_ref, warning) for warning in warnings]
        self.report.counts.update(
            reviews=1,
            public=int(state == "" and not is_ahead),
            scheduled=int(state == "" and is_ahead),
            drafts=int(state == "draft"),
            withdrawn=int(state == "withdrawn"),
            lines=len(review.lines),
            availability=len(review.availability),
            pictures=made.pictures,
            embeds=made.embeds,
        )
        return "review"

    def _page(self, entry: records.Entry) -> str:
        own = self.old_blog
        made = prose.convert(entry.html, own_hosts=own.hosts, own_paths=own.paths, headline=entry.title, is_page=True)
        page = Page(
            slug=unique(_old_slug(entry.path) or slug(entry.title, "page"), self.page_slugs.__contains__),
            title=entry.title,
            published_at=entry.published_at if entry.state in ("live", "trashed") else None,
            updated_at=entry.updated_at,
            withdrawn_at=entry.updated_at or now() if entry.state == "trashed" else None,
            source_ref=entry.source_ref,
        )
        page.body = made.markdown
        self.page_slugs.add(page.slug)
        self.session.add(page)
        self.session.flush()
        self.subjects[entry.source_ref] = Subject(Page, page.id, page.published_at)
        self._redirect(entry, page_id=page.id)
        self.report.losses += [(entry.source_ref, loss) for loss in made.lost]
        self.report.counts.update(pages=1, pictures=made.pictures, embeds=made.embeds)
        return "page"

    def _comment(self, record: records.Comment) -> None:
        if not self._is_new(record.source_ref):
            return
        subject = self._subject(record.entry_ref)
        if subject is None:
            self._skip(record.source_ref, f"its post {record.entry_ref} is not here", record.raw)
            return
        comment = Comment(
            review_id=subject.id if subject.model is Review else None,
            page_id=subject.id if subject.model is Page else None,
            name=record.name or "Anonymous",
            website=record.website,
            state=record.state,
            reason="" if record.state == "visible" else "so it was on the old blog",
            by_author=record.by_author,
            posted_at=record.posted_at or subject.published_at or now(),
            source_ref=record.source_ref,
            old_number=record.number,
        )
        try:
            comment.body = "" if record.state == "removed" else prose.comment_markdown(record.html)
        except ValueError as error:
            self._skip(record.source_ref, str(error), record.raw)
            return
        if not comment.body.strip() and record.state == "visible":
            self._skip(record.source_ref, "it has no text", record.raw)
            return
        is_reply = self._answer(comment, record.parent_ref)
        self.session.add(comment)
        self.pending[record.source_ref] = comment
        self._remember(record.source_ref, "comment", "", record.raw)
        self.report.warnings += [(record.source_ref, warning) for warning in record.warnings]
        self.report.counts.update({"comments": 1, record.state: 1, "replies": int(is_reply)})
        if comment.review_id:
            self.touched.add(comment.review_id)

    def _subject(self, ref: str) -> Subject | None:
        if ref not in self.subjects:
            for model in (Review, Page):
                query = sa.select(model.id, model.published_at).where(model.source_ref == ref)
                if row := self.session.execute(query).first():
                    self.subjects[ref] = Subject(model, row.id, row.published_at)
        return self.subjects.get(ref)

    def _redirect(self, entry: records.Entry, **target: int) -> None:
        if not entry.path:
            return
        if self.session.get(Redirect, entry.path):
            self.report.warnings.append((entry.source_ref, f"another entry has its old address {entry.path} already"))
            return
        self.session.add(Redirect(path=entry.path, **target))
        self.report.counts["redirects"] += 1

    def _author(self, name: str) -> None:
        if name and self.session.get(Setting, "author") is None:
            self.session.add(Setting(name="author", value=name))
            self.session.flush()

    def _skip(self, source_ref: str, reason: str, raw: str) -> None:
        if (source_ref, reason) in self.report.skipped:
            return  # a folder may hold the same blog in both formats
        if self.outcomes.get(source_ref, "skipped") != "skipped":
            self.report.counts["already"] += 1  # a damaged copy of what came in whole before takes nothing away
            return
        self.report.skipped.append((source_ref, reason))
        self.report.counts["skipped"] += 1
        if source_ref:
            self._remember(source_ref, "skipped", reason, raw)


def _first_words(text: str, published_at: datetime | None) -> str:
    """Give what a post without a title is known by: how its text begins, else its day."""
    words = markup.render_review(text).excerpt[:FIRST_WORDS].rsplit(" ", 1)[0].rstrip(" .,;:…")
    day = f"{published_at.day} {published_at:%B %Y}" if published_at else ""
    return f"{words}…" if words else day or "Without a title"


def _old_slug(path: str) -> str:
    """Return the last part of an old address, unless Blogger made it up.

    >>> _old_slug("/2025/11/killing-romance.html"), _old_slug("/2025/11/blog-post_12.html")
    ('killing-romance', '')
    """
    name = PurePosixPath(path).name.removesuffix(".html")
    invented = name.partition("_")[0] in OWN_NAMES and name.partition("_")[2].isdigit() | (name in OWN_NAMES)
    return "" if invented or not name else slug(name, "")
