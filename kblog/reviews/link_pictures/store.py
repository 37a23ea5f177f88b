"""What the pictures that links show are kept by: a process of its own draws each, and it lies under its hash."""

import hashlib
import subprocess
import time
from collections.abc import Collection
from pathlib import Path

from kblog import depot
from kblog.depot import Place
from kblog.media import apart

from .font import Fonts

PROGRAM = Path(__file__).with_name("rasterising.py")
BEGINS = b"\x89PNG\r\n\x1a\n"
ENDS = b"IEND\xaeB`\x82"
KIND = ".png"
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


def file_name(file_hash: str) -> str:
    """Return under which name a picture lies."""
    return f"{file_hash}{KIND}"


class Store:
    """Keeps pictures at one place, which all machines of a site share: a row names what any of them has drawn."""

    def __init__(self, place: Place) -> None:
        self.depot = depot.of(place)

    def keep(self, png: bytes) -> str:
        """Keep a picture, and return its hash."""
        found = hashlib.sha256(png).hexdigest()
        with self.depot.coming() as file:
            file.write(png)
            self.depot.keep(file, file_name(found))
        return found

    def there(self) -> set[str]:
        """Return the hashes of the pictures that are here."""
        return {name.removesuffix(KIND) for name in self.depot.lying() if name.endswith(KIND)}

    def tidy(self, wanted: Collection[str]) -> None:
        """Take away what no review has any more, and what a killed process left; nothing that may just be made."""
        idle = [file_name(each) for each in self.there() - set(wanted)]
        for name in (*idle, *self.depot.halves()):
            self.depot.take_away(name, time.time() - LEFT_BEHIND)
