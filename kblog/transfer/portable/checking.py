"""Whether an export is what was written: every file of its manifest, byte for byte, and no other."""

import hashlib
import re
from collections.abc import Iterator, Mapping

from kblog.transfer.archive import UNREADABLE, Member
from kblog.transfer.records import NotAnExport

from . import manifest, tables
from .manifest import File, Manifest

PIECE = 1024**2
ADVICE = (
    "To take changed texts in, remove manifest.json and import the folder: its documents come in as reviews and pages."
)


def check(files: Mapping[str, Member]) -> Manifest:
    """Return what an export says of itself, once all of it is true; else raise NotAnExport with one sentence."""
    told = manifest.read(files)
    if missing := sorted(told.files.keys() - files.keys()):
        raise NotAnExport(f"It is not whole: {missing[0]} is missing{_and_more(missing)}.")
    if strange := sorted(files.keys() - told.files.keys() - {manifest.NAME}):
        raise NotAnExport(f"{strange[0]} was put into it since it was written{_and_more(strange)}.")
    for name, file in told.files.items():
        if not _is_known(name):
            raise NotAnExport(f"It holds a file that no export has: {name[:80]}.")
        _look(files[name], file)
    return told


def pieces(member: Member) -> Iterator[bytes]:
    """Read a file piece by piece; raise NotAnExport where it breaks off."""
    try:
        with member.open() as stream:
            while piece := stream.read(PIECE):
                yield piece
    except UNREADABLE as error:
        raise NotAnExport(f"{member.name} cannot be read ({error}).") from error


def _look(member: Member, told: File) -> None:
    size, digest = 0, hashlib.sha256()
    for piece in pieces(member):
        size += len(piece)
        if size > told.size:
            break
        digest.update(piece)
    if (size, digest.hexdigest()) != told:
        raise NotAnExport(f"{member.name} is not the file that was written; nothing was taken in. {ADVICE}")


def _is_known(name: str) -> bool:
    """Whether a file may stand in an export; what is written to the disk stays within the media folder."""
    folder, _, path = name.partition("/")
    if folder == tables.MEDIA:
        return all(part and not part.startswith(".") and "\0" not in part for part in path.split("/"))
    return name in tables.FIXED or bool(re.fullmatch(tables.OF_SUBJECTS, name))


def _and_more(names: list[str]) -> str:
    return f" and {len(names) - 1:,} more" if names[1:] else ""
