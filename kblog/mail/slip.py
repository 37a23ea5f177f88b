"""One process at a time hands mail over, and a slip of paper beside it says which one the server has.

Between the dot that ends a mail and the note in the database lies a commit, long enough for a kill to fall into. The
slip is written right behind the dot, in one call of the system, and outlives the process that wrote it.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

HANDED = b"\n"
LONGEST = 200  # bytes


class Slip:
    """What the process that hands mail over writes down for whoever comes after it."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.length = 0

    def begin(self, token: str) -> None:
        """Say which mail is about to be handed over."""
        self.clear()
        self.length = os.pwrite(self.descriptor, token.encode(), 0)

    def hand_over(self) -> None:
        """Say that the server has the whole of it."""
        os.pwrite(self.descriptor, HANDED, self.length)

    def clear(self) -> None:
        """Say that no mail is on its way."""
        os.ftruncate(self.descriptor, 0)

    def handed(self) -> str:
        """Return the token of the mail that the server has by what is written here; "" where there is none."""
        text = os.pread(self.descriptor, LONGEST, 0)
        return text.removesuffix(HANDED).decode() if text.endswith(HANDED) else ""


class NoSlip(Slip):
    """The slip of a mail that nobody takes over."""

    def __init__(self) -> None:
        super().__init__(-1)

    def begin(self, token: str) -> None:
        pass

    def hand_over(self) -> None:
        pass

    def clear(self) -> None:
        pass


@contextlib.contextmanager
def alone(path: Path) -> Iterator[Slip | None]:
    """Hand mail over meanwhile, as the only process of this site; None where another one is at it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        yield Slip(descriptor)
    finally:
        os.close(descriptor)
