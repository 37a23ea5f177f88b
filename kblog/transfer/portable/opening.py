"""An export's files, opened within limits: out of its zip, or out of the folder that somebody unpacked it into."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kblog.transfer import archive
from kblog.transfer.archive import Member
from kblog.transfer.records import NotAnExport

MAX_MEMBERS = 200_000  # four files for each of 20,000 reviews, and their pictures
MAX_UNZIPPED = 50 * 1024**3  # it is read piece by piece, and only the pictures go to the disk


@contextmanager
def opened(path: Path) -> Iterator[dict[str, Member]]:
    """Give an export's files by their names; raise NotAnExport for what is not safe to open."""
    if path.is_dir():
        found = archive.unpacked(path, MAX_MEMBERS)
        yield {member.name: member for member in found if not member.parts[-1].startswith(".")}  # of the desktop's
        return
    try:
        whole = zipfile.ZipFile(path)
    except (*archive.UNREADABLE, ValueError) as error:
        raise NotAnExport(f"{path.name} is a damaged zip file ({error}).") from error
    with whole:
        yield _listed(whole, path.name)


def _listed(whole: zipfile.ZipFile, name: str) -> dict[str, Member]:
    entries = [entry for entry in whole.infolist() if not entry.is_dir()]
    if len(entries) > MAX_MEMBERS:
        raise NotAnExport(f"{name} holds more than {MAX_MEMBERS:,} files, the most that is taken in.")
    if sum(entry.file_size for entry in entries) > MAX_UNZIPPED:
        raise NotAnExport(f"{name} would unpack to more than {MAX_UNZIPPED // 1024**3} GB.")
    found: dict[str, Member] = {}
    for entry in entries:
        archive.check(entry, name)
        if entry.filename in found:
            raise NotAnExport(f"{name} holds two files of the name {entry.filename[:80]} and is refused.")
        found[entry.filename] = Member(entry.filename, entry.file_size, lambda entry=entry: whole.open(entry))
    return found
