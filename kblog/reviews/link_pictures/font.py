"""What is read of font files to set a title with them: which signs each has, and how wide they are."""

import json
import unicodedata
from pathlib import Path
from typing import NamedTuple

from kblog.media import apart

FOLDER = Path(__file__).resolve().parents[3] / "vendor"  # `make` gets the files
FILES = {"NanumGothic": "NanumGothic-ExtraBold.ttf", "Gelasio": "Gelasio-SemiBold.ttf"}
KOREAN, LATIN = FILES
PROGRAM = Path(__file__).with_name("measuring.py")


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
        if not path.is_file():
            raise FileNotFoundError(path)
        told = apart.run(PROGRAM, str(path))
        told.check_returncode()
        self.advances = {sign: width for width, signs in json.loads(told.stdout) for sign in signs}
