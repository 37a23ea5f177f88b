"""What an export says of itself: which program wrote it, how much is in it, and the hash of each of its files."""

import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from kblog import schema
from kblog.transfer.archive import UNREADABLE, Member
from kblog.transfer.records import NotAnExport

NAME = "manifest.json"
FORMAT, VERSION = "kblog-site", 1
OPENING = f'{{\n "format": "{FORMAT}",'  # by its first words an export is known
MOST_LINES = 2**53
MAX_BYTES = 64 * 1024**2  # of a manifest: 200,000 files have 30 MB of hashes


class File(NamedTuple):
    """How long a file is, and its SHA-256."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What an export holds: `counts` are rows by table, `files` by their names in it."""

    program: str
    schema: str
    last_line: int  # the highest number a line had: none is given twice, for it is an address
    counts: dict[str, int]
    files: dict[str, File]

    def text(self) -> str:
        """Write it as JSON."""
        files = {name: file._asdict() for name, file in sorted(self.files.items())}
        told = {"format": FORMAT, "version": VERSION, "program": self.program, "schema": self.schema}
        told |= {"last_line": self.last_line, "counts": self.counts, "files": files}
        return json.dumps(told, indent=1, ensure_ascii=False) + "\n"


def is_site(path: Path) -> bool:
    """Whether a zip or folder says that it is a site's export."""
    head = len(OPENING)
    try:
        if path.is_dir():
            with (path / NAME).open("rb") as file:
                return file.read(head) == OPENING.encode()
        if not path.is_file():  # a pipe would be waited for
            return False
        with zipfile.ZipFile(path) as archive, archive.open(NAME) as file:
            return file.read(head) == OPENING.encode()
    except (*UNREADABLE, ValueError, KeyError, RuntimeError):  # it has no such file, or asks for a password
        return False


def read(files: Mapping[str, Member]) -> Manifest:
    """Read the manifest among an export's files; raise NotAnExport where it makes no sense."""
    try:
        with files[NAME].open() as stream:
            text = stream.read(MAX_BYTES + 1)
        if len(text) > MAX_BYTES:
            raise ValueError
        told = json.loads(text)
        if told["format"] != FORMAT or not 0 <= int(told["last_line"]) <= MOST_LINES:
            raise ValueError
        if told["version"] != VERSION:
            raise NotAnExport("It was written by a newer K-Blog: take it in with that one.")
        found = Manifest(
            str(told["program"]),
            str(told["schema"]),
            int(told["last_line"]),
            {str(name): int(number) for name, number in told["counts"].items()},
            {str(name): File(int(file["size"]), str(file["sha256"])) for name, file in told["files"].items()},
        )
    except NotAnExport:
        raise
    except (*UNREADABLE, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise NotAnExport(f"Its {NAME} cannot be read ({type(error).__name__}).") from None
    if schema.trouble(found.schema):
        raise NotAnExport(f"It was written by a newer program ({found.program}): take it in with that one.")
    return found
