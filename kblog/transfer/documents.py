"""A folder or zip of portable documents, as records: each a review, or a page where its folder is called so."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from kblog.document import MAX_BYTES

from . import records
from .archive import UNREADABLE, Member, members

ENDING = ".md"
PAGES = "pages"  # the folder of those that are no reviews
MANIFEST, WHOLE = "manifest.json", b'"format": "kblog-site"'  # of a whole site, which `portable` writes
HEAD = 100  # bytes that tell what a file is
OPENING = (b"---", b"\xef\xbb\xbf---")


def there_are(path: Path) -> bool:
    """Whether a file, or one of a folder or zip, begins as a portable document does.

    Raises NotAnExport for a whole site: its texts are not all of it.
    """
    found = members(path)
    if any(member.name == MANIFEST and WHOLE in _head(member) for member in found):
        raise records.NotAnExport(f"{path.name} is a whole site: `flask transfer import` makes one of it.")
    return any(_head(member).startswith(OPENING) for member in found if member.name.lower().endswith(ENDING))


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


def _head(member: Member) -> bytes:
    try:
        with member.open() as stream:
            return stream.read(HEAD)
    except UNREADABLE:
        return b""
