"""Folders, zip files and single files of unknown origin, opened within limits."""

import lzma
import re
import stat
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from .records import NotAnExport

MAX_FILE = 200 * 1024**2  # the limit of an upload
MAX_MEMBERS = 20_000  # a Takeout of one blog with every picture stays well below
MAX_UNZIPPED = 2 * 1024**3
MAX_RATIO = 100  # prose packs about 1:4, a page of spaces 1:1000
ZIPPED = b"PK\x03\x04"  # first bytes
RATIO_FROM = 1024**2  # smaller members may pack as tightly as they like

# What a damaged or exotic member of a zip may raise, and a file that cannot be opened.
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    UnicodeDecodeError,
    NotImplementedError,
)


@dataclass(frozen=True)
class Member:
    """One file of a folder or archive; `name` is relative, with forward slashes."""

    name: str
    size: int
    open: Callable[[], IO[bytes]] = field(repr=False)

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(self.name.split("/"))


def members(path: Path) -> list[Member]:
    """List the files of a folder or zip, or the one file itself.

    Raises NotAnExport for what is missing, too large, encrypted, or not safe to open.
    """
    if path.is_dir():
        return unpacked(path, MAX_MEMBERS)
    if not path.exists():
        raise NotAnExport(f"There is no file or folder named {path.name}.")
    if not stat.S_ISREG(path.stat().st_mode):
        raise NotAnExport(f"{path.name} is not an ordinary file.")
    if path.stat().st_size > MAX_FILE:
        raise NotAnExport(f"{path.name} is larger than {MAX_FILE // 1024**2} MB, the most that is taken in.")
    if zipfile.is_zipfile(path):
        return _zipped(path)
    with path.open("rb") as file:
        if file.read(4) == ZIPPED:
            raise NotAnExport(f"{path.name} is a zip file that is damaged, or was not copied whole.")
    return [_on_disk(path, path.name)]


def unpacked(folder: Path, most: int) -> list[Member]:
    """List the files of a folder; raise NotAnExport where they are too many."""
    files = sorted(file for file in folder.rglob("*") if file.is_file() and not file.is_symlink())
    if len(files) > most:
        raise NotAnExport(f"The folder {folder.name} holds more than {most:,} files; choose the blog's own.")
    found = [_on_disk(file, file.relative_to(folder).as_posix()) for file in files]
    return [member for member in found if not _is_litter(member.name)]


def _on_disk(file: Path, name: str) -> Member:
    return Member(name, file.stat().st_size, lambda: file.open("rb"))


def _is_litter(name: str) -> bool:
    """Tell what a Mac leaves beside the real files."""
    parts = name.split("/")
    return "__MACOSX" in parts or parts[-1].startswith("._")


def _zipped(path: Path) -> list[Member]:
    try:
        archive = zipfile.ZipFile(path)  # once: its list, read anew for each of thousands of files, takes minutes
        listed = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError) as error:
        raise NotAnExport(f"{path.name} is a damaged zip file ({error}).") from error
    if len(listed) > MAX_MEMBERS:
        raise NotAnExport(f"{path.name} holds more than {MAX_MEMBERS:,} files, the most that is taken in.")
    if sum(entry.file_size for entry in listed) > MAX_UNZIPPED:
        raise NotAnExport(f"{path.name} would unpack to more than {MAX_UNZIPPED // 1024**3} GB.")
    for entry in listed:
        check(entry, path.name)
    return [
        Member(entry.filename, entry.file_size, lambda entry=entry: archive.open(entry))
        for entry in listed
        if not entry.is_dir() and not _is_litter(entry.filename)
    ]


def check(entry: zipfile.ZipInfo, archive: str) -> None:
    """Refuse a file of a zip whose name or size says that somebody meant harm."""
    # Nothing is ever unpacked to disk; such a name still says that somebody meant harm.
    name = entry.filename
    if name.startswith("/") or "\\" in name or ".." in name.split("/") or re.match(r"[A-Za-z]:", name):
        raise NotAnExport(f"{archive} holds a file with an unsafe name ({name[:80]!r}) and is refused.")
    if entry.flag_bits & 1:
        raise NotAnExport(f"{archive} is protected by a password; unpack it first.")
    if entry.file_size > RATIO_FROM and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
        raise NotAnExport(f"{archive} is refused: a file in it unpacks to more than {MAX_RATIO} times its size.")
