"""What is read of font files to set a title with them: which signs each has, and how wide they are.

A file is an OpenType font: https://learn.microsoft.com/en-us/typography/opentype/spec/otff
"""

import struct
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).resolve().parents[3] / "vendor"  # `make` gets the files
FILES = {"NanumGothic": "NanumGothic-ExtraBold.ttf", "Gelasio": "Gelasio-SemiBold.ttf"}
KOREAN, LATIN = FILES


class Run(NamedTuple):
    """Signs that stand side by side and are set in one font."""

    family: str
    text: str


class Fonts:
    """The fonts with which titles are set: each sign in the first of them that has it."""

    def __init__(self, folder: Path = FOLDER) -> None:
        """Read them; raise FileNotFoundError where one is missing."""
        self.fonts = {family: Font(folder / name) for family, name in FILES.items()}
        self.paths = [folder / name for name in FILES.values()]

    def shown(self, text: str) -> str:
        """Return what of a text can be drawn, with single spaces: a box in the place of a sign helps nobody."""
        known = [font.advances for font in self.fonts.values()]
        signs = (
            sign for sign in unicodedata.normalize("NFC", text) if sign.isspace() or any(sign in each for each in known)
        )
        return " ".join("".join(signs).split())

    def runs(self, text: str, family: str) -> list[Run]:
        """Part a text that can be drawn by the font of each sign; spaces go along with what stands before them."""
        order = sorted(self.fonts, key=lambda each: each != family)
        runs: list[Run] = []
        for sign in text:
            found = next((each for each in order if sign in self.fonts[each].advances), family)
            if runs and (sign == " " or found == runs[-1].family):
                runs[-1] = Run(runs[-1].family, runs[-1].text + sign)
            else:
                runs.append(Run(found, sign))
        return runs

    def width(self, text: str, family: str) -> float:
        """Return how wide a text is at a size of 1, for the most part in one font."""
        return sum(self.fonts[run.family].advances[sign] for run in self.runs(text, family) for sign in run.text)


class Font:
    """One font file: how wide each of its signs is, in parts of the size."""

    def __init__(self, path: Path) -> None:
        self.data = path.read_bytes()
        self.tables = dict(self._tables())
        (unit,) = self._read(">H", "head", 18)
        (number,) = self._read(">H", "hhea", 34)
        wide = [advance / unit for advance, _ in struct.iter_unpack(">Hh", self._part("hmtx", 4 * number))]
        self.advances = {chr(code): wide[min(glyph, number - 1)] for code, glyph in self._glyphs()}
        del self.data

    def _tables(self) -> Iterator[tuple[str, int]]:
        (number,) = struct.unpack_from(">H", self.data, 4)
        for each in range(number):
            tag, _, offset, _ = struct.unpack_from(">4sIII", self.data, 12 + 16 * each)
            yield tag.decode("latin-1"), offset

    def _read(self, layout: str, table: str, at: int) -> tuple:
        return struct.unpack_from(layout, self.data, self.tables[table] + at)

    def _part(self, table: str, length: int) -> bytes:
        return self.data[self.tables[table] : self.tables[table] + length]

    def _glyphs(self) -> Iterator[tuple[int, int]]:
        """Yield each character with its glyph, as the font's map of all of Unicode says, or that of its first plane."""
        (number,) = self._read(">H", "cmap", 2)
        maps = [self._read(">HHI", "cmap", 4 + 8 * each) for each in range(number)]
        known = {(platform, kind): at for platform, kind, at in maps}
        if (3, 10) in known:
            yield from self._by_groups(known[3, 10])
        else:
            yield from self._by_segments(known[3, 1])

    def _by_groups(self, at: int) -> Iterator[tuple[int, int]]:
        (number,) = self._read(">I", "cmap", at + 12)
        for each in range(number):
            first, last, glyph = self._read(">III", "cmap", at + 16 + 12 * each)
            yield from ((first + step, glyph + step) for step in range(last - first + 1))

    def _by_segments(self, at: int) -> Iterator[tuple[int, int]]:
        (double,) = self._read(">H", "cmap", at + 6)
        for each in range(0, double, 2):
            (last,) = self._read(">H", "cmap", at + 14 + each)
            (first,) = self._read(">H", "cmap", at + 16 + double + each)
            (delta,) = self._read(">h", "cmap", at + 16 + 2 * double + each)
            place = at + 16 + 3 * double + each
            (offset,) = self._read(">H", "cmap", place)
            for code in range(first, min(last, 0xFFFE) + 1):
                glyph = code
                if offset:
                    (glyph,) = self._read(">H", "cmap", place + offset + 2 * (code - first))
                if glyph and (glyph := (glyph + delta) & 0xFFFF if offset or delta else glyph):
                    yield code, glyph
