"""Files that lie in a folder, which several machines may share."""

import contextlib
import logging
import os
import tempfile
from collections.abc import Collection, Iterator
from io import BufferedRandom
from pathlib import Path

from kblog.storage import settle

from .interface import Lying, OutOfReach

ARRIVING = ".arriving-"
AWAY = "the folder of the pictures is not there"

log = logging.getLogger(__name__)


class Folder:
    """A depot that is a folder; it is made when the first file is kept.

    `shared` is a folder that has to be there: where a disk of others is not mounted, nothing is to be put in its place,
    and nothing is lost.
    """

    def __init__(self, path: Path, shared: Path | None = None) -> None:
        self.path, self.shared, self.is_away = path, shared, False

    @contextlib.contextmanager
    def coming(self) -> Iterator[BufferedRandom]:
        self._reach()
        self.path.mkdir(mode=0o755, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=ARRIVING, dir=self.path)
        try:
            os.close(handle)
            with Path(name).open("r+b") as file:
                yield file
        finally:
            Path(name).unlink(missing_ok=True)

    def keep(self, file: BufferedRandom, name: str) -> None:
        path, target = Path(str(file.name)), self.path / name
        file.flush()
        os.fsync(file.fileno())
        path.chmod(0o644)
        target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        path.rename(target)
        settle(target.parent)

    def read(self, name: str) -> bytes:
        self._reach()
        return (self.path / name).read_bytes()

    def lent(self, name: str) -> Path:
        self._reach()
        path = self.path / name
        path.stat()  # else whoever sends it would find out
        return path

    def lying(self) -> dict[str, Lying]:
        return self._found(lambda inner: not any(part.startswith(".") for part in inner.parts))

    def missing(self, names: Collection[str]) -> set[str]:
        self._reach()
        return {name for name in names if not (self.path / name).is_file()}

    def halves(self) -> dict[str, Lying]:
        return self._found(lambda inner: inner.name.startswith(ARRIVING))

    def take_away(self, name: str, before: float) -> bool:
        """Put a file aside in one step and look at what was got: somebody may have put a new one in its place."""
        path = self.path / name
        if not path.is_file():
            return False
        handle, aside = tempfile.mkstemp(prefix=ARRIVING, dir=self.path)
        os.close(handle)
        try:
            path.rename(aside)
            if Path(aside).stat().st_mtime < before:
                return True
            Path(aside).rename(path)  # whatever lies there by now has the same bytes, for it has the same name
            return False
        except FileNotFoundError:
            return False
        finally:
            Path(aside).unlink(missing_ok=True)

    def look(self) -> str:
        return AWAY if self.shared and not self.shared.is_dir() else ""

    def heard(self) -> str:
        return self.look()

    def _reach(self) -> None:
        was_away, self.is_away = self.is_away, bool(words := self.look())
        if words and not was_away:
            log.error(words, extra={"facts": {"folder": str(self.shared)}})
        if words:
            raise OutOfReach(words)

    def _found(self, is_wanted) -> dict[str, Lying]:
        self._reach()
        found = {}
        for path in sorted(self.path.rglob("*")):
            inner = path.relative_to(self.path)
            with contextlib.suppress(FileNotFoundError):
                if is_wanted(inner) and path.is_file() and not path.is_symlink():
                    there = path.stat()
                    found[inner.as_posix()] = Lying(there.st_size, there.st_mtime)
        return found
