"""What every depot promises of the files in it, and how it says that it does not answer."""

import errno
from collections.abc import Collection
from contextlib import AbstractContextManager
from io import BufferedRandom, BytesIO
from pathlib import Path
from typing import NamedTuple, Protocol

from kblog.sharing import Bucket, Shared

Place = Path | Shared | Bucket


class OutOfReach(OSError):
    """What keeps the files does not answer, or lets nobody in; it says nothing of whether a file is there."""

    def __init__(self, words: str) -> None:
        super().__init__(errno.EIO, words)


class Lying(NamedTuple):
    """A file as it lies: how many bytes it has, and since when, in seconds."""

    size: int
    since: float


class Depot(Protocol):
    """Files under names that may have folders; each is there whole or not at all, and is never written to in place.

    Its verbs raise FileNotFoundError where a file is not there, and another OSError where that cannot be said.
    What begins with a dot, or lies in a folder that does, is on its way or somebody else's.
    """

    def coming(self) -> AbstractContextManager[BufferedRandom]:
        """Open a file that has no name yet; it is gone afterwards unless it was kept."""
        ...

    def keep(self, file: BufferedRandom, name: str) -> None:
        """Let what is on its way be under this name, also in the place of another, for good when this returns."""
        ...

    def read(self, name: str) -> bytes:
        """Return the bytes of a file."""
        ...

    def lent(self, name: str) -> Path | BytesIO:
        """Return a file to be sent: where it lies, or what was in it when this process last looked."""
        ...

    def lying(self) -> dict[str, Lying]:
        """Return all files that are here."""
        ...

    def missing(self, names: Collection[str]) -> set[str]:
        """Return which of these are not here."""
        ...

    def halves(self) -> dict[str, Lying]:
        """Return what is on its way, or was left there by a process that was killed."""
        ...

    def take_away(self, name: str, before: float) -> bool:
        """Take a file away if it has lain here since before a moment; False where it came in again, or is gone."""
        ...

    def look(self) -> str:
        """Try whether it can be reached, and say why it cannot; "" where it can."""
        ...

    def heard(self) -> str:
        """Say without asking why it was out of reach at the last try; "" where it was not."""
        ...
