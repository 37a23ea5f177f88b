"""A folder or zip of portable documents, as records: each a review, or a page where its folder is called so."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from kblog.document import MAX_BYTES

from . import records
from .archive import UNREADABLE, Member, members

ENDING = ".md"
PAGES = "pages"  # the folder of those that are no reviews
OPENING = (b"---", b"\xef\xbb\xbf---")


def there_are(path: Path) -> bool:
    """Whether a file, or one of a folder or zip, begins as a portable document does."""
    return any(_begins_as_one(member) for member in members(path) if member.name.lower().endswith(ENDING))


def read(path: Path, *, base_url: str = "") -> Iterator[records.Record]:
    """Yield a record for each document, known by its name: moved to another folder, it is the same one."""
    known: dict[str, str] = {}
    for member in members(path):
        name = PurePosixPath(member.name)
        if name.suffix.lower() != ENDING:
            continue
        kind = "page" if name.parent.name == PAGES else "post"
        source_ref = f"document:{PAGES + '/' if kind == 'page' else ''}{name.stem}"
        if source_ref in known:
            yield records.Skipped(f"document:{member.name}", f"{known[source_ref]} has the same name")
            continue
        known[source_ref] = member.name
        try:
            text = _text(member)
        except (*UNREADABLE, ValueError) as error:
            yield records.Skipped(source_ref, f"it cannot be read: {error}")
        else:
            yield records.Text(source_ref, kind, text)


def _text(member: Member) -> str:
    with member.open() as stream:
        text = stream.read(MAX_BYTES + 1)
    if len(text) > MAX_BYTES:
        raise ValueError(f"a document has at most {MAX_BYTES:,} bytes")
    return text.decode()


def _begins_as_one(member: Member) -> bool:
    try:
        with member.open() as stream:
            return stream.read(8).startswith(OPENING)
    except UNREADABLE:
        return False
