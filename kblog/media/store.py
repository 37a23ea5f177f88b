"""What the pictures are kept by: each is drawn anew by a process of its own and lies under the hash of its bytes."""

import hashlib
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterable
from io import BufferedRandom
from pathlib import Path
from typing import IO, Any, NamedTuple

from kblog import depot
from kblog.depot import Place

from . import apart

LARGEST = 20 * 1024**2  # bytes of a picture as it comes in
PROGRAM = Path(__file__).with_name("redrawing.py")
VARIANTS = "variants"  # the folder for what is made of the others, and what the program is asked for
LEFT_BEHIND = 600  # seconds: nothing arrives for so long


class NotAPicture(ValueError):
    """It cannot be taken; the message says why and ends a sentence that begins with the picture's name."""


class Kept(NamedTuple):
    """A picture as it lies here; `note` says what of it could not be kept."""

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
    """Return under which name a file lies among the pictures."""
    return f"{VARIANTS}/{file_name}" if is_variant else file_name


class Store:
    """Keeps pictures at one place. A file has its name only when it is whole and kept for good."""

    def __init__(self, place: Place, program: Path = PROGRAM) -> None:
        self.depot, self.program = depot.of(place), program

    def keep(self, given: bytes) -> Kept:
        """Draw a picture anew and keep it; raise NotAPicture, and leave nothing behind, if it cannot be.

        It takes a moment: no transaction should be open.
        """
        with self.depot.coming() as file:
            kept = _redrawn(given, file, self.program)
            self.depot.keep(file, kept.file_name)
        return kept

    def vary(self, file_name: str) -> list[Kept]:
        """Draw the smaller versions of a picture that lies here, and keep them; raise NotAPicture if it cannot be.

        Where its own file cannot be read that is NotAPicture, too; what cannot be written, or asked for, is an OSError.
        """
        try:
            given = self.depot.read(file_name)
        except depot.OutOfReach:
            raise
        except OSError as error:
            raise NotAPicture(f"its file cannot be read: {error.strerror}") from None
        made = []
        with tempfile.TemporaryFile() as drawn:
            told = _run(given, drawn, self.program, VARIANTS)["variants"]
            drawn.seek(0)
            for each in told:
                piece = drawn.read(each["size"])
                kept = Kept(hashlib.sha256(piece).hexdigest(), **each, note="")
                with self.depot.coming() as file:  # also one that is here: it came just now, to who takes old ones away
                    file.write(piece)
                    self.depot.keep(file, path_of(kept.file_name, is_variant=True))
                made.append(kept)
        return made

    def variants(self) -> dict[str, float]:
        """Name the smaller versions that lie here, and since when."""
        begins = path_of("", is_variant=True)
        lying = self.depot.lying().items()
        return {name.removeprefix(begins): file.since for name, file in lying if name.startswith(begins)}

    def forget_variants(self, names: Iterable[str]) -> None:
        """Take smaller versions away, but none that came a moment ago."""
        for name in names:
            self.depot.take_away(path_of(name, is_variant=True), time.time() - LEFT_BEHIND)

    def tidy(self) -> None:
        """Take away what a killed process left half there, and nothing that another may be at."""
        for name in self.depot.halves():
            self.depot.take_away(name, time.time() - LEFT_BEHIND)


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
