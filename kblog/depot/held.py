"""Files that a process holds in memory for a while: under one name there are always the same bytes."""

from collections import OrderedDict
from threading import Lock

MOST = 32 * 1024**2  # bytes of a process
LARGEST = 1024**2  # bytes of one file: what lists and texts show is smaller


class Held:
    """The files that were asked for last.

    >>> held = Held(most=5)
    >>> for name in "ab", "cd", "ef":
    ...     held.hold(name, name.encode())
    >>> held.get("ab"), held.get("cd")
    (None, b'cd')
    """

    def __init__(self, most: int = MOST) -> None:
        self.most, self.size = most, 0
        self.files: OrderedDict[str, bytes] = OrderedDict()
        self.lock = Lock()

    def get(self, name: str) -> bytes | None:
        """Return a file's bytes; None where they are not held."""
        with self.lock:
            if name in self.files:
                self.files.move_to_end(name)
            return self.files.get(name)

    def hold(self, name: str, given: bytes) -> None:
        """Hold a file, and let go of those that nobody has asked for longest."""
        if len(given) > LARGEST:
            return
        with self.lock:
            self._drop(name)
            self.files[name] = given
            self.size += len(given)
            while self.size > self.most:
                self._drop(next(iter(self.files)))

    def drop(self, name: str) -> None:
        """Hold a file no longer."""
        with self.lock:
            self._drop(name)

    def _drop(self, name: str) -> None:
        self.size -= len(self.files.pop(name, b""))
