"""How an empty site becomes the one of an export: every row under its number, every text drawn anew."""

import itertools
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from kblog import depot
from kblog import document as documents
from kblog.depot import Place
from kblog.document import Document
from kblog.models import SearchEntry
from kblog.models.review import refold
from kblog.models.site import mark_visible_change
from kblog.transfer import links, rows, samples
from kblog.transfer.archive import UNREADABLE, Member
from kblog.transfer.records import NotAnExport

from . import queries, tables
from .manifest import Manifest
from .tables import OF_PAGES, OF_REVIEWS, TABLES, TERMS, Kept, Names, Values

CHUNK = 1000  # rows written at once
MAX_ROW = 32 * 1024**2  # bytes of one line: an imported entry, a text of before


def restore(session: Session, files: Mapping[str, Member], told: Manifest) -> None:
    """Make the site that stands in checked files of an empty one, or of one with nothing but samples.

    It is one transaction, which the caller commits. Raises NotAnExport with one sentence.
    """
    samples.remove(session)
    if any(there := queries.held(session).values()):
        reviews, pages, comments = there
        raise NotAnExport(
            f"There is a site here already ({reviews:,} reviews, {pages:,} pages, {comments:,} comments), and nothing"
            " was changed. An export goes into an empty site: start one with another KBLOG_INSTANCE."
        )
    try:
        _clear(session)
        _Restorer(session, files).restore(told)
    except (IntegrityError, DataError) as error:
        raise NotAnExport(f"Its tables contradict each other ({error.orig}); nothing was taken in.") from None


def bring_media(files: Mapping[str, Member], place: Place) -> int:
    """Let the export's media lie where the site's do, each there whole or not at all; return how many they are."""
    brought, there = 0, depot.of(place)
    for name, member in files.items():
        parts = PurePosixPath(name).parts
        if parts[0] != tables.MEDIA:
            continue
        with member.open() as stream, there.coming() as file:
            shutil.copyfileobj(stream, file)
            there.keep(file, "/".join(parts[1:]))
        brought += 1
    return brought


def _clear(session: Session) -> None:
    """Take away what the samples and the settings of an empty site left."""
    session.flush()
    session.execute(sa.delete(SearchEntry))
    for kept in (*tables.BY_SUBJECT, *reversed(TABLES)):
        session.execute(sa.delete(kept.table))
    session.expunge_all()


class _Restorer:
    """Reads one file after the other, and writes its rows."""

    def __init__(self, session: Session, files: Mapping[str, Member]) -> None:
        self.session = session
        self.files = files
        self.names = Names()

    def restore(self, told: Manifest) -> None:
        queries.let_rows_come_in_any_order(self.session)
        self._name()
        for kept in TABLES:
            self._write(kept, self._rows(kept, kept.member))
        for kept in tables.BY_SUBJECT:
            for table in ("review", "page"):
                for name, number in self.names.numbers[table].items():
                    member = tables.rows_of(kept, table, name)
                    owner = {"review_id": None, "page_id": None, f"{table}_id": number}
                    if member in self.files:
                        self._write(kept, (row | owner for row in self._rows(kept, member)))
        links.complete(self.session)
        self._say_reviews()
        self._say_pages()
        queries.count_comments(self.session)
        queries.number_rows(self.session, [kept.table for kept in (*TABLES, *tables.BY_SUBJECT)])
        queries.number_lines(self.session, told.last_line)
        if table := queries.dangling(self.session):
            raise NotAnExport(f"A row of its table {table} refers to one that is not in it; nothing was taken in.")
        mark_visible_change(self.session)

    def _name(self) -> None:
        """Learn what reviews, pages and terms are called before the first row that names one is read."""
        for kept, table, keys in (
            (TERMS, "term", ("facet", "slug")),
            (OF_REVIEWS, "review", ("slug",)),
            (OF_PAGES, "page", ("slug",)),
        ):
            for where, said in _lines(self.files, kept.member):
                with _told(where):
                    self.names.add(table, int(said["id"]), "/".join(str(said[key]) for key in keys))

    def _rows(self, kept: Kept, member: str) -> Iterator[Values]:
        for where, said in _lines(self.files, member):
            with _told(where):
                yield kept.read(said, self.names)

    def _write(self, kept: Kept, found: Iterator[Values]) -> None:
        while some := list(itertools.islice(found, CHUNK)):
            with _told(kept.name):  # a text that cannot be drawn
                drawn = [_drawn(kept, values) for values in some]
            self.session.execute(sa.insert(kept.table), drawn)

    def _say_reviews(self) -> None:
        """Let every review say what its document says: its lines find the numbers they had, and it is folded."""
        for some in queries.reviews(self.session):
            with self.session.no_autoflush:
                for review in some:
                    document = self._document(tables.REVIEWS, review.slug)
                    rows.say(review, document)
                    review.kind, review.featured = document.kind, document.featured
                    review.published_at, review.updated_at = document.published_at, document.updated_at
            self.session.flush()
            for review in some:
                if review.search_entry is None:  # it says nothing at all
                    refold(review)
            self.session.flush()
            self.session.expunge_all()

    def _say_pages(self) -> None:
        for page in list(queries.pages(self.session)):
            document = self._document(tables.PAGES, page.slug)
            rows.fill_page(page, document)
            page.published_at, page.updated_at = document.published_at, document.updated_at
        self.session.flush()
        self.session.expunge_all()

    def _document(self, folder: str, slug: str) -> Document:
        name = tables.document_of(folder, slug)
        if name not in self.files:
            raise NotAnExport(f"It is not whole: {name} is missing.")
        with _told(name), self.files[name].open() as stream:
            return documents.parse(stream.read(documents.MAX_BYTES + 1).decode())


def _drawn(kept: Kept, values: Values) -> Values:
    """Return a row with what its model makes of it: HTML and folded names are never read from a file."""
    if kept.model is None:
        return kept.unsaid | values
    made = kept.model(**values)
    return values | {name: getattr(made, name) for name in kept.drawn}


def _lines(files: Mapping[str, Member], name: str) -> Iterator[tuple[str, Any]]:
    """Read the rows of a table, one a line, each with the words for where it stands."""
    if name not in files:  # a table that is younger than the export
        return
    with files[name].open() as stream:
        for number in itertools.count(1):
            where = f"{name}, line {number}"
            with _told(where):
                line = stream.readline(MAX_ROW + 1)
                if len(line) > MAX_ROW:
                    raise ValueError(f"a row has at most {MAX_ROW // 1024**2} MB")
                words = line.strip().removesuffix(b",")
                said = json.loads(words) if words not in (b"", b"[", b"]") else None
            if not line:
                return
            if said is not None:
                yield where, said


@contextmanager
def _told(where: str) -> Iterator[None]:
    """Say where in an export it was that something could not be read."""
    try:
        yield
    except NotAnExport:
        raise
    except KeyError as error:
        raise NotAnExport(f"{where}: the row has no {error}; nothing was taken in.") from None
    except (*UNREADABLE, ValueError, TypeError, RecursionError) as error:
        raise NotAnExport(f"{where}: {error}; nothing was taken in.") from None
