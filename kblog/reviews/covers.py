"""Drawn covers for reviews without a picture: every choice comes from the slug, so it is the same for good."""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

WIDTH, HEIGHT = 600, 800
NOTES = {"drama": "드라마", "film": "영화", "special": "특집", "show": "예능"}
Choice = TypeVar("Choice")


class Shape(NamedTuple):
    """One element of the drawing: its SVG name and attributes."""

    name: str
    attributes: dict[str, str]


class Run(NamedTuple):
    """A run of lettering; in a column every syllable stands at its own height."""

    x: float
    ys: tuple[float, ...]
    size: float
    text: str


@dataclass(frozen=True)
class Palette:
    """Dark ground with cream lettering, or pale ground with ink lettering; shapes stay on the ground's side."""

    name: str  # Korean traditional colour words
    ground: str
    a: str  # the large quiet shape
    b: str  # the second quiet shape
    c: str  # one accent a picture
    ink: str

    @property
    def pale(self) -> bool:
        return self.ground > "#8"  # hex sorts by its leading digit, enough to tell night from day


@dataclass(frozen=True)
class Drawing:
    """What the template draws on a ground of 600 by 800."""

    palette: Palette
    shapes: Sequence[Shape]
    transform: str
    stroke: str
    lettering: Sequence[Run]
    korean: bool
    column: bool
    note: str


PALETTES = (
    Palette("indigo", "#1d2b3f", "#2c4059", "#3a5470", "#d9a05b", "#f6efe2"),
    Palette("pine", "#1f332d", "#2d4a41", "#3b5f54", "#d8b46a", "#f4efe3"),
    Palette("jujube", "#4a1f24", "#632c30", "#7b3a3b", "#e0a98a", "#fbefe4"),
    Palette("ink", "#232228", "#34323b", "#46434f", "#c7553f", "#f3eee6"),
    Palette("plum", "#3a2740", "#4e3756", "#63496c", "#dca7a0", "#f7eee9"),
    Palette("deep-sea", "#123a40", "#1b4e55", "#27646b", "#e3b35f", "#f1f0e4"),
    Palette("celadon", "#dfe8df", "#c5d6ca", "#a9c2b5", "#c8664a", "#1f2e2a"),
    Palette("hanji", "#efe6d6", "#e1d2b9", "#cfba98", "#a8432f", "#2d241b"),
    Palette("moonrise", "#e3e4ea", "#cdd0dc", "#b3b9cc", "#b4552f", "#22263a"),
    Palette("apricot", "#f4ddc6", "#ecc7a5", "#e0ab80", "#7c2f34", "#36201a"),
    Palette("young-leaf", "#e8e9cf", "#d5d9ac", "#bcc488", "#9a4a2b", "#272c17"),
    Palette("rose-ash", "#ecdcd8", "#dfc5bf", "#cca79f", "#6d2f45", "#33202a"),
)


class _Dice:
    """A tiny deterministic stream of numbers from a digest."""

    def __init__(self, seed: str) -> None:
        self._seed, self._n, self._pool = seed, 0, b""

    def byte(self) -> int:
        if not self._pool:
            self._pool = hashlib.sha256(f"{self._seed}/{self._n}".encode()).digest()
            self._n += 1
        value, self._pool = self._pool[0], self._pool[1:]
        return value

    def between(self, low: int, high: int) -> int:
        return low + (self.byte() * 256 + self.byte()) % (high - low + 1)

    def pick(self, items: Sequence[Choice]) -> Choice:
        return items[self.between(0, len(items) - 1)]


def draw(seed: str, native_title: str, title: str, note: str = "") -> Drawing:
    """Choose palette, composition and lettering for a cover; the same words always give the same picture."""
    dice = _Dice(seed)
    palette = dice.pick(PALETTES)
    compose = dice.pick(COMPOSITIONS)
    # a moon or a sun wants its title at the foot; patterns can carry a column of syllables
    native_title = native_title.strip()
    column = bool(native_title) and compose in IN_COLUMNS and max(map(len, _columns(native_title))) <= 6
    picture = compose(dice, palette, column)
    if not native_title:
        lettering = _latin(title or seed)
    elif column:
        lettering = _vertical(native_title)
    else:
        lettering = _horizontal(native_title)
    return Drawing(
        palette=palette,
        shapes=picture.shapes,
        transform=picture.transform,
        stroke=picture.stroke,
        lettering=lettering,
        korean=bool(native_title),
        column=column,
        note=note,
    )


def is_pale(seed: str) -> bool:
    """Whether a cover has a pale ground, which dark mode dims a little."""
    return _Dice(seed).pick(PALETTES).pale


def note(kind: str, year: int | None) -> str:
    """Return the small print at a cover's foot, in Korean.

    >>> note("drama", 2024)
    '드라마 2024'
    """
    return " ".join(filter(None, (NOTES.get(kind), str(year or ""))))


def version(seed: str, native_title: str, title: str, note: str) -> str:
    """Return what changes when the picture does, for its address."""
    return hashlib.sha256("\0".join((seed, native_title, title, note)).encode()).hexdigest()[:8]


class Picture(NamedTuple):
    shapes: list[Shape]
    transform: str = ""
    stroke: str = ""


def _circle(x: float, y: float, r: float, fill: str) -> Shape:
    return Shape("circle", {"cx": f"{x:g}", "cy": f"{y:g}", "r": f"{r:g}", "fill": fill})


def _rect(x: float, y: float, width: float, height: float, fill: str, **more: str) -> Shape:
    size = {"x": f"{x:.1f}", "y": f"{y:.1f}", "width": f"{width:.1f}", "height": f"{height:.1f}", "fill": fill}
    return Shape("rect", size | more)


def _path(d: str, fill: str, **more: str) -> Shape:
    return Shape("path", {"d": d, "fill": fill, **more})


def moon(d: _Dice, p: Palette, column: bool) -> Picture:
    r = d.between(105, 160)
    shapes = [_circle(d.between(170, 430), d.between(180, 270), r, p.c)]
    base = d.between(430, 500)
    for i, tone in enumerate((p.a, p.b)):
        top = base + i * d.between(80, 120)
        k = d.between(60, 130) * (1 if i % 2 else -1)
        hill = f"M0 {top}C150 {top - k} 220 {top + k} 360 {top}S560 {top - k} 600 {top - k // 2}V800H0Z"
        shapes.append(_path(hill, tone))
    return Picture(shapes)


def horizon(d: _Dice, p: Palette, column: bool) -> Picture:
    y, r, x = d.between(380, 470), d.between(170, 230), d.between(220, 380)
    shapes = [
        _path(f"M{x - r} {y}a{r} {r} 0 0 1 {2 * r} 0Z", p.c),
        _rect(0, y, WIDTH, HEIGHT - y, p.a),
    ]
    for i in range(6):
        half = r * math.cos(i / 6 * math.pi / 2) * 0.92
        shapes.append(_rect(x - half, y + 18 + i * 26, 2 * half, 9 - i, p.b if i else p.c, rx="4"))
    return Picture(shapes)


def saekdong(d: _Dice, p: Palette, column: bool) -> Picture:
    """The striped sleeve: bands of unequal width, one of them bright."""
    tones = (p.a, p.ground, p.b, p.a, p.ground)
    bright, turn = d.between(4, 6), d.pick((0, 0, -14) if column else (0, 90, 90))
    shapes, x, i = [], 0, 0
    while x < 900:
        width = d.pick((22, 34, 46, 58, 74))
        shapes.append(_rect(x - 150, -200, width + 0.5, 1200, p.c if i == bright else tones[i % 5]))
        x, i = x + width, i + 1
    return Picture(shapes, transform=f"rotate({turn} 300 400)")


def patchwork(d: _Dice, p: Palette, column: bool) -> Picture:
    """Jogakbo: a wrapping cloth pieced from left-over rectangles."""
    cells: list[tuple[int, int, int, int]] = []

    def split(x: int, y: int, w: int, h: int, depth: int) -> None:
        if depth == 0 or min(w, h) < 110:
            cells.append((x, y, w, h))
            return
        at = d.between(32, 68) / 100
        if w * 1.15 > h:
            k = int(w * at)
            split(x, y, k, h, depth - 1)
            split(x + k, y, w - k, h, depth - 1)
        else:
            k = int(h * at)
            split(x, y, w, k, depth - 1)
            split(x, y + k, w, h - k, depth - 1)

    split(0, 0, WIDTH, HEIGHT, 4)
    clear = [c for c in cells if (c[0] + c[2] <= 310 if column else c[1] + c[3] <= 480)]
    bright = d.pick(clear) if clear else None
    shapes = [_rect(*c, p.c if c == bright else d.pick((p.a, p.b, p.ground, p.a))) for c in cells]
    return Picture(shapes, stroke=p.ground)


def lattice(d: _Dice, p: Palette, column: bool) -> Picture:
    """A paper door at night with one pane lit."""
    n, m = d.pick(((4, 5), (5, 6), (3, 4)))
    cw, ch = 480 / n, 520 / m
    lit = (d.between(0, n - 1), d.between(0, m - 1))
    bars = [f"M{60 + i * cw:.1f} 60v520" for i in range(n + 1)]
    bars += [f"M60 {60 + j * ch:.1f}h480" for j in range(m + 1)]
    if d.between(0, 1):
        bars += [f"M{60 + (i + 0.5) * cw:.1f} {60 + ch * (m // 2):.1f}v{ch:.1f}" for i in range(n)]
    return Picture(
        [
            _rect(60, 60, 480, 520, p.a),
            _rect(60 + lit[0] * cw, 60 + lit[1] * ch, cw, ch, p.c),
            _path("".join(bars), "none", stroke=p.b, **{"stroke-width": "7"}),
        ]
    )


def arcs(d: _Dice, p: Palette, column: bool) -> Picture:
    """Quarter circles on a 2 x 3 board, a memory of 1960s book jackets."""
    shapes = []
    for row in range(3):
        for col in range(2):
            x, y = col * 300, row * 267
            fill = d.pick((p.a, p.b))
            quarters = (
                f"M{x} {y}h300a300 267 0 0 1-300 267Z",
                f"M{x + 300} {y}v267a300 267 0 0 1-300-267Z",
                f"M{x} {y + 267}v-267a300 267 0 0 1 300 267Z",
                f"M{x} {y + 267}a300 267 0 0 1 300-267v267Z",
            )
            shapes.append(_path(d.pick(quarters), fill))
    shapes.append(_circle(150, d.pick((134, 400)), 62, p.c))
    return Picture(shapes)


def rain(d: _Dice, p: Palette, column: bool) -> Picture:
    x, y = d.between(120, 190) if column else d.between(150, 450), d.between(170, 300)
    shapes = [_circle(x, y, d.between(88, 120), p.c)]
    drops = []
    for i in range(30):
        length = d.between(120, 460)
        drops.append(f"M{i * 34 - 200} {d.between(-60, 520)}l{length * 0.28:.0f} {length}")
    shapes.append(_path("".join(drops), "none", stroke=p.b, **{"stroke-width": "5", "stroke-linecap": "round"}))
    return Picture(shapes)


def waves(d: _Dice, p: Palette, column: bool) -> Picture:
    shapes = [_circle(d.between(140, 460), d.between(150, 230), d.between(70, 110), p.c)]
    top, step = d.between(330, 400), d.between(54, 66)
    for i in range(10):
        wave = f"M{-150 + (i % 2) * 75} {top + i * step}" + "q37.5-46 75 0t75 0" * 6
        shapes.append(_path(f"{wave}V{HEIGHT}H-150Z", (p.a, p.b)[i % 2]))
    return Picture(shapes)


COMPOSITIONS = (moon, horizon, saekdong, patchwork, lattice, arcs, rain, waves)
IN_COLUMNS = (saekdong, patchwork, arcs, rain)


def _columns(title: str) -> list[str]:
    """Words become columns, read right to left in the old way; one long word is cut in two."""
    words = title.split()
    if len(words) == 1 and len(words[0]) > 6:
        cut = math.ceil(len(words[0]) / 2)
        words = [words[0][:cut], words[0][cut:]]
    while len(words) > 3:  # fold the shortest neighbours together
        i = min(range(len(words) - 1), key=lambda k: len(words[k]) + len(words[k + 1]))
        words[i : i + 2] = [words[i] + words[i + 1]]
    return words


def _vertical(title: str) -> list[Run]:
    """Every Hangul syllable is one em square, so columns are laid out without measuring fonts."""
    columns = _columns(title)
    size = min(128, 620 / max(map(len, columns)), 430 / len(columns))
    return [
        Run(
            x=round(WIDTH - 52 - size / 2 - i * size * 1.06),
            ys=tuple(round(44 + size * (0.9 + 1.03 * j)) for j in range(len(word))),
            size=round(size),
            text=word,
        )
        for i, word in enumerate(columns)
    ]


def _horizontal(title: str) -> list[Run]:
    return _rows(_columns(title), widest=500, most=150, leading=1.1)


def _latin(title: str) -> list[Run]:
    """No Hangul title on file: set the other one, wrapped at about eleven characters."""
    rows: list[str] = []
    for word in title.split():
        if rows and len(rows[-1]) + len(word) < 11:
            rows[-1] += f" {word}"
        else:
            rows.append(word)
    return _rows(rows[:5], widest=750, most=92, leading=1.06)


def _rows(rows: list[str], *, widest: float, most: float, leading: float) -> list[Run]:
    size = min(most, widest / max(map(len, rows), default=1))
    top = HEIGHT - 96 - (len(rows) - 1) * size * leading
    return [Run(46, (round(top + i * size * leading),), round(size), row) for i, row in enumerate(rows)]
