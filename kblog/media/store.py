"""The folder of the pictures: each is drawn anew by a process of its own and lies under the hash of its bytes."""

import contextlib
import hashlib
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from io import BufferedRandom
from pathlib import Path
from typing import IO, Any, NamedTuple

from kblog.storage import settle

from . import apart

LARGEST = 20 * 1024**2  # bytes of a picture as it comes in
PROGRAM = Path(__file__).with_name("redrawing.py")
ARRIVING = ".arriving-"  # what begins with a dot is in no backup
VARIANTS = "variants"  # the folder in the folder for what is made of the others, and what the program is asked for
LEFT_BEHIND = 600  # seconds: nothing arrives for so long


class NotAPicture(ValueError):
    """It cannot be taken; the message says why and ends a sentence that begins with the picture's name."""


class Kept(NamedTuple):
    """A picture as it lies in the folder; `note` says what of it could not be kept."""

    hash: str
    extension: str
    width: int
    height: int
    size: int
    note: str

    @property
    def file_name(self) -> str:
        return f"{self.hash}.{self.extension}"


def path_of(file_name: str, *, is_variant: bool = False) -> str:
    """Return where a file lies, as seen from the media folder."""
    return f"{VARIANTS}/{file_name}" if is_variant else file_name


class Store:
    """Keeps pictures in one folder. A file has its name only when it is whole and on the disk."""

    def __init__(self, folder: Path, program: Path = PROGRAM) -> None:
        self.folder, self.program = folder, program

    def keep(self, given: bytes) -> Kept:
        """Draw a picture anew and keep it; raise NotAPicture, and leave nothing behind, if it cannot be.

        It takes a moment: no transaction should be open.
        """
        self.folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        with self._arriving() as path:
            with path.open("r+b") as file:
                kept = _redrawn(given, file, self.program)
                os.fsync(file.fileno())
            path.chmod(0o644)
            path.rename(self.folder / kept.file_name)
            settle(self.folder)
        return kept

    def vary(self, file_name: str) -> list[Kept]:
        """Draw the smaller versions of a picture that lies here, and keep them; raise NotAPicture if it cannot be.

        Where its own file cannot be read that is NotAPicture, too; what cannot be written is an OSError.
        """
        try:
            given = (self.folder / file_name).read_bytes()
        except OSError as error:
            raise NotAPicture(f"its file cannot be read: {error.strerror}") from None
        folder = self.folder / VARIANTS
        folder.mkdir(mode=0o755, exist_ok=True)
        made = []
        with tempfile.TemporaryFile() as drawn:
            told = _run(given, drawn, self.program, VARIANTS)["variants"]
            drawn.seek(0)
            for each in told:
                piece = drawn.read(each["size"])
                kept = Kept(hashlib.sha256(piece).hexdigest(), **each, note="")
                if (path := folder / kept.file_name).exists():
                    path.touch()  # it belongs to somebody again, whoever takes old ones away
                else:
                    self._write(path, piece)
                made.append(kept)
        settle(folder)
        return made

    def variants(self) -> dict[str, float]:
        """Name the smaller versions that lie here, and since when."""
        found = {}
        for path in (self.folder / VARIANTS).glob("[!.]*"):
            with contextlib.suppress(FileNotFoundError):
                found[path.name] = path.stat().st_mtime
        return found

    def forget_variants(self, names: Iterable[str]) -> None:
        """Take smaller versions away."""
        for name in names:
            (self.folder / VARIANTS / name).unlink(missing_ok=True)

    def tidy(self) -> None:
        """Take away what a killed process left half there, and nothing that another may be at."""
        for path in [*self.folder.glob(f"{ARRIVING}*"), *self.folder.glob(f"{VARIANTS}/{ARRIVING}*")]:
            with contextlib.suppress(FileNotFoundError):
                if time.time() - path.stat().st_mtime > LEFT_BEHIND:
                    path.unlink()

    def _write(self, path: Path, given: bytes) -> None:
        """Let a file lie there whole or not at all."""
        with self._arriving(path.parent) as arriving:
            with arriving.open("r+b") as file:
                file.write(given)
                file.flush()
                os.fsync(file.fileno())
            arriving.chmod(0o644)
            arriving.rename(path)

    @contextlib.contextmanager
    def _arriving(self, folder: Path | None = None) -> Iterator[Path]:
        handle, name = tempfile.mkstemp(prefix=ARRIVING, dir=folder or self.folder)
        os.close(handle)
        path = Path(name)
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)


def look(given: bytes) -> Kept:
    """Say what a picture would be if it were kept; raise NotAPicture if it cannot be."""
    with tempfile.TemporaryFile() as file:
        return _redrawn(given, file)


def _redrawn(given: bytes, target: BufferedRandom, program: Path = PROGRAM) -> Kept:
    """Let a process of its own draw a picture into an open file."""
    if len(given) > LARGEST:
        raise NotAPicture(f"it has more than {LARGEST // 1024**2} MB")
    if not given:
        raise NotAPicture("it is empty")
    told = _run(given, target, program)
    target.seek(0)
    found = hashlib.file_digest(target, "sha256").hexdigest()
    return Kept(found, told["extension"], told["width"], told["height"], target.tell(), told["note"])


def _run(given: bytes, target: IO[bytes], program: Path, *asked: str) -> dict[str, Any]:
    """Let a process of its own write into an open file, and return what it tells; raise NotAPicture if it refuses."""
    try:
        ended = apart.run(program, *asked, given=given, out=target)
    except subprocess.TimeoutExpired:
        raise NotAPicture("it takes too long to draw") from None
    told: dict[str, Any] = (
        _told(ended.stderr) if ended.returncode == 0 else {"refused": "it broke off what was to draw it"}
    )
    if "errno" in told:
        raise OSError(told["errno"], os.strerror(told["errno"]))
    if "refused" in told:
        raise NotAPicture(told["refused"])
    return told


def _told(lines: bytes) -> dict[str, Any]:
    try:
        return json.loads(lines.splitlines()[-1])
    except (ValueError, IndexError):
        return {"refused": "it broke off what was to draw it"}
