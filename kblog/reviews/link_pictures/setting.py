"""How a title is set beside the picture of a cover: in the largest letters in which it fits."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from kblog.hangul import has_hangul

from .font import KOREAN, LATIN, Fonts, Run

LEFT, WIDE = 64, 572  # where lines begin, and how long they may be
TOP, BOTTOM = 60, 500  # between these stands the title; below it the small print
LEADING = 1.16
MAIN, SECOND = (136, 120, 104, 92, 80, 70, 62, 54, 46, 40), (46, 40, 36)  # sizes
MOST_LARGE, MOST_SMALL = 5, 3  # lines
LONG_WORD = 6  # syllables; as on covers, a longer one may be parted
BETWEEN = 34  # from the one title to the other
RISE = 0.86  # of a size: from the foot of a line to its head


class Line(NamedTuple):
    """A line of lettering and where its foot stands."""

    y: int
    size: int
    runs: list[Run]


def set_titles(native_title: str, title: str, fonts: Fonts) -> list[Line]:
    """Set a work's titles, the native one first and larger; nothing where the font has no sign of either."""
    titles = list(dict.fromkeys(filter(None, (fonts.shown(native_title), fonts.shown(title)))))
    if not titles:
        return []
    small = _set(titles[1], fonts, SECOND, MOST_SMALL, BOTTOM - TOP) if len(titles) > 1 else _Set(0, [])
    taken = small.height + BETWEEN if small.lines else 0
    large = _set(titles[0], fonts, MAIN, MOST_LARGE, BOTTOM - TOP - taken)
    y, lines = TOP + (BOTTOM - TOP - taken - large.height) / 2, []
    for block in (large, small):
        for number, text in enumerate(block.lines):
            foot = y + block.size * (RISE + number * LEADING)
            lines.append(Line(round(foot), block.size, fonts.runs(text, _family(text))))
        y += block.height + BETWEEN
    return lines


class _Set(NamedTuple):
    size: int
    lines: list[str]

    @property
    def height(self) -> float:
        return self.size * (1 + (len(self.lines) - 1) * LEADING) if self.lines else 0


def _family(text: str) -> str:
    return KOREAN if has_hangul(text) else LATIN


def _set(text: str, fonts: Fonts, sizes: Sequence[int], most: int, high: float) -> _Set:
    """Choose the largest size in which a text fits; at the smallest what does not fit is cut off."""
    family = _family(text)

    def within(wide: float) -> Callable[[str], bool]:
        return lambda line: fonts.width(line, family) <= wide

    for size in sizes:
        fits = within(WIDE / size)
        for lines in _ways(text, fits):
            found = _Set(size, lines)
            if len(lines) <= most and found.height <= high and all(map(fits, lines)):
                return found
    size = sizes[-1]
    fits = within(WIDE / size)
    found = _Set(size, list(_wrapped(list(_broken(text.split(), fits)), fits)))
    room = max(1, min(most, int((high - size) / size / LEADING) + 1))
    if len(found.lines) > room:
        del found.lines[room:]
        while not fits(found.lines[-1] + "…"):
            found.lines[-1] = found.lines[-1][:-1].rstrip()
        found.lines[-1] += "…"
    return found


def _ways(text: str, fits: Callable[[str], bool]) -> Iterator[list[str]]:
    """Yield the lines that a text may be set in: parted between words, or one long word of Hangul in two."""
    yield list(_wrapped(text.split(), fits))
    if has_hangul(text) and " " not in text and len(text) > LONG_WORD:
        half = -(-len(text) // 2)
        yield [text[:half], text[half:]]


def _wrapped(words: Sequence[str], fits: Callable[[str], bool]) -> Iterator[str]:
    line = ""
    for word in words:
        longer = f"{line} {word}" if line else word
        if line and not fits(longer):
            yield line
            line = word
        else:
            line = longer
    yield line


def _broken(words: Sequence[str], fits: Callable[[str], bool]) -> Iterator[str]:
    """Break words that are longer than a line."""
    for word in words:
        piece = ""
        for sign in word:
            if piece and not fits(piece + sign):
                yield piece
                piece = ""
            piece += sign
        yield piece
