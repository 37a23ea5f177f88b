"""How an export is written: beside its place, under another name, until it is whole; the same site, the same bytes."""

import hashlib
import json
import os
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

from sqlalchemy.orm import Session

from kblog import document as documents
from kblog import schema
from kblog.config import VERSION
from kblog.transfer import rows
from kblog.transfer.records import NotAnExport

from . import manifest, queries, tables
from .manifest import File, Manifest
from .tables import Names, Values

EPOCH = (1980, 1, 1, 0, 0, 0)  # of every file: a moment would make each export another one
PIECE = 1024**2
ABOUT = Path(__file__).with_name("README.txt")


def write(session: Session, target: Path, media: Iterable[tuple[str, Path | BytesIO]] = ()) -> Manifest:
    """Write the site that a transaction sees, and its media, as (name, file), into a zip; return what is in it.

    The file appears whole or not at all. Raises NotAnExport where another file stands in its place.
    """
    if target.exists() and not manifest.is_site(target):
        raise NotAnExport(f"{target.name} is there already, and is no export of a site: choose another name.")
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent or ".")  # mode 600
    coming = Path(name)
    try:
        with os.fdopen(handle, "w+b") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                told = _Writer(archive, queries.names(session)).write(session, media)
            file.flush()
            os.fsync(file.fileno())
        coming.replace(target)
    finally:
        coming.unlink(missing_ok=True)
    return told


class _Writer:
    """Puts one file after the other into a zip, and remembers their hashes."""

    def __init__(self, archive: zipfile.ZipFile, names: Names) -> None:
        self.archive = archive
        self.names = names
        self.files: dict[str, File] = {}
        self.counts: Counter[str] = Counter()

    def write(self, session: Session, media: Iterable[tuple[str, Path | BytesIO]]) -> Manifest:
        self._put(tables.README, [ABOUT.read_bytes()])
        for kept in tables.TABLES:
            said = (kept.told(row, self.names) for row in queries.rows(session, kept))
            self._put(kept.member, self._lines(kept.name, said), is_large=True)
        for some in queries.reviews(session):
            for review in some:
                text = documents.write(rows.document_of(review))
                self._put(tables.document_of(tables.REVIEWS, review.slug), [text.encode()])
            session.expunge_all()
        for page in queries.pages(session):
            self._put(tables.document_of(tables.PAGES, page.slug), [rows.text_of(page).encode()])
        session.expunge_all()
        for kept in tables.BY_SUBJECT:
            self.counts[kept.name] = 0
            for table, number, found in queries.by_subject(session, kept):
                said = (kept.told(row, self.names) for row in found)
                name = tables.rows_of(kept, table, self.names.names[table][number])
                self._put(name, self._lines(kept.name, said))
        self.counts[tables.MEDIA] = 0
        for name, file in media:
            size = file.stat().st_size if isinstance(file, Path) else file.getbuffer().nbytes
            self._put(f"{tables.MEDIA}/{name}", _pieces(file), packs=False, is_large=size > 2**30)
            self.counts[tables.MEDIA] += 1
        last_line = queries.last_line(session)
        told = Manifest(f"K-Blog {VERSION}", schema.head(), last_line, dict(self.counts), dict(self.files))
        self._put(manifest.NAME, [told.text().encode()])
        return told

    def _lines(self, counted: str, said: Iterable[Values]) -> Iterator[bytes]:
        """Write rows as JSON, one a line."""
        self.counts[counted] += 0
        before = b"[\n"
        for row in said:
            yield before + json.dumps(row, ensure_ascii=False).encode()
            before = b",\n"
            self.counts[counted] += 1
        yield b"[\n]\n" if before == b"[\n" else b"\n]\n"

    def _put(self, name: str, pieces: Iterable[bytes], *, packs: bool = True, is_large: bool = False) -> None:
        entry = zipfile.ZipInfo(name, EPOCH)
        entry.compress_type = zipfile.ZIP_DEFLATED if packs else zipfile.ZIP_STORED
        entry.create_system, entry.external_attr = 3, 0o100644 << 16  # as Unix has it, wherever it is written
        size, digest = 0, hashlib.sha256()
        with self.archive.open(entry, "w", force_zip64=is_large) as member:
            for piece in pieces:
                member.write(piece)
                digest.update(piece)
                size += len(piece)
        self.files[name] = File(size, digest.hexdigest())


def _pieces(given: Path | BytesIO) -> Iterator[bytes]:
    with given.open("rb") if isinstance(given, Path) else given as file:
        while piece := file.read(PIECE):
            yield piece
