"""The folder of the pictures that links show: a process of its own draws each, and it lies under its hash."""

import contextlib
import hashlib
import os
import subprocess
import tempfile
import time
from collections.abc import Collection
from pathlib import Path

from kblog.media import apart

from .font import Fonts

PROGRAM = Path(__file__).with_name("rasterising.py")
BEGINS = b"\x89PNG\r\n\x1a\n"
ENDS = b"IEND\xaeB`\x82"
ARRIVING = ".arriving-"
LEFT_BEHIND = 3600  # seconds, after which a file that no review has is taken away


class NotDrawn(Exception):
    """The program drew nothing; the message says what it said last."""


def rastered(svg: str, fonts: Fonts) -> bytes:
    """Return an SVG as PNG, its lettering in these fonts; raise NotDrawn if it cannot be. It takes a moment."""
    try:
        ended = apart.run(PROGRAM, *map(str, fonts.paths), given=svg.encode())
    except subprocess.TimeoutExpired:
        raise NotDrawn("it took too long") from None
    if ended.returncode or not (ended.stdout.startswith(BEGINS) and ended.stdout.endswith(ENDS)):
        said = ended.stderr.decode(errors="replace").strip().splitlines()
        raise NotDrawn(said[-1][:300] if said else f"its program ended with {ended.returncode}")
    return ended.stdout


class Store:
    """Keeps pictures in one folder. A file has its name only when it is whole."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, png: bytes) -> str:
        """Keep a picture, and return its hash."""
        found = hashlib.sha256(png).hexdigest()
        self.folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=ARRIVING, dir=self.folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(png)
            Path(name).chmod(0o644)
            Path(name).rename(self.path(found))
        finally:
            Path(name).unlink(missing_ok=True)
        return found

    def path(self, file_hash: str) -> Path:
        """Return where a picture lies."""
        return self.folder / f"{file_hash}.png"

    def there(self) -> set[str]:
        """Return the hashes of the pictures that are here."""
        return {path.stem for path in self.folder.glob("*.png")}

    def tidy(self, wanted: Collection[str]) -> None:
        """Take away what no review has any more, and what a killed process left; nothing that may just be made."""
        paths = [path for path in self.folder.glob("*.png") if path.stem not in wanted]
        for path in (*paths, *self.folder.glob(f"{ARRIVING}*")):
            with contextlib.suppress(FileNotFoundError):
                if time.time() - path.stat().st_mtime > LEFT_BEHIND:
                    path.unlink()
