"""A backup's own word on what is in it: every file with its hash, every table with its rows."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from .places import DATABASE, MEDIA

NAME = "manifest.json"
FORMAT = 1


class Unreadable(Exception):
    """This is no manifest, or one of a later program."""


class File(NamedTuple):
    """How long a file is, and its SHA-256."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a backup holds; `files` are paths within it, `media_at` is where the media lie that are not in it."""

    made_at: datetime
    kind: str
    program: str
    schema: str
    rows: dict[str, int]
    files: dict[str, File]
    media_at: str = ""

    def text(self) -> str:
        """Write it as JSON."""
        files = {path: file._asdict() for path, file in self.files.items()}
        told = asdict(self) | {"made_at": self.made_at.isoformat(), "files": files}
        if not self.media_at:  # an older K-Blog would not know it
            del told["media_at"]
        return json.dumps({"format": FORMAT} | told, indent=1) + "\n"

    @property
    def size(self) -> int:
        """How many bytes its files have."""
        return sum(file.size for file in self.files.values())

    @property
    def media(self) -> dict[str, File]:
        """Its media, by their paths in the media folder."""
        return {path.removeprefix(f"{MEDIA}/"): file for path, file in self.files.items() if path != DATABASE}


def read(folder: Path) -> Manifest:
    """Read the manifest of a backup; raise `Unreadable` where it makes no sense."""
    try:
        told = json.loads((folder / NAME).read_text(encoding="utf-8"))
        if told.pop("format") != FORMAT:
            raise Unreadable("its manifest was written by a newer K-Blog")
        told["files"] = {
            _within(path): File(int(file["size"]), str(file["sha256"])) for path, file in told["files"].items()
        }
        told["made_at"] = datetime.fromisoformat(told["made_at"]).astimezone(UTC)
        told["media_at"] = str(told.get("media_at", ""))
        told["rows"] = {str(table): int(number) for table, number in told["rows"].items()}
        return Manifest(**told)
    except FileNotFoundError:
        raise Unreadable("it has no manifest, so it was never finished") from None
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise Unreadable(f"its manifest cannot be read ({type(error).__name__})") from None


def files(folder: Path) -> Iterator[str]:
    """Name the plain files in a folder and below it; what begins with a dot is somebody's work on the way."""
    for path in sorted(folder.rglob("*")):  # nothing, where there is no folder
        inner = path.relative_to(folder)
        if not any(part.startswith(".") for part in inner.parts) and path.is_file() and not path.is_symlink():
            yield inner.as_posix()


def look(path: Path) -> File:
    """Measure and hash a file."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return File(file.tell(), digest)


def _within(path: str) -> str:
    """Let a manifest name nothing outside its backup."""
    parts = PurePosixPath(path).parts
    if path != DATABASE and (len(parts) < 2 or parts[0] != MEDIA or ".." in parts):
        raise ValueError(path)
    return path
