"""A program of its own: it says of a font file how wide each of its signs is, in parts of the size, as JSON.

What reads a font takes much memory, and a process keeps what it once had: the site wants the numbers alone.
"""

import json
import sys

from fontTools.ttLib import TTFont


def main(path: str) -> None:
    signs: dict[float, str] = {}
    with TTFont(path, lazy=True) as file:
        unit, widths = file["head"].unitsPerEm, file["hmtx"].metrics  # pyright: ignore[reportAttributeAccessIssue]
        for code, glyph in (file.getBestCmap() or {}).items():
            width = widths[glyph][0] / unit
            signs[width] = signs.get(width, "") + chr(code)
    json.dump(list(signs.items()), sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
