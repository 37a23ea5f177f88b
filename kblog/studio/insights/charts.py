"""Where the bars, lines and numbers of a chart stand: across in percent of its width, down in pixels."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple

from kblog.language import ENGLISH, KOREAN, brief_day, brief_month, spoken

from .periods import Period, Step

MOST_LINES = 4  # above the ground
LEFT = 11.0  # percent of the width, for the numbers beside the lines
TOP, GROUND, BELOW = (
    14,
    176,
    196,
)  # pixels: where the highest line stands, the lowest, and what the words below stand on
HEIGHT = 204
GAP = 0.2  # of a step
NAMED = {"day": 5, "year": 5}  # steps with words below; of weeks and months fewer: theirs are longer
FEWER = 4
A_WEEK = 7
UNITS = {  # from a number on: its size and sign
    ENGLISH: ((10**9, 10**9, "bn"), (10**6, 10**6, "m"), (10**4, 10**3, "k")),
    KOREAN: ((10**8, 10**8, "억"), (10**4, 10**4, "만")),
}


class Bar(NamedTuple):
    """One bar, or a piece of one."""

    kind: str
    x: str
    y: str
    width: str
    height: str
    words: str


class Mark(NamedTuple):
    """A line with its number, or words below a step."""

    at: str
    words: str
    anchor: str = "middle"


@dataclass(frozen=True)
class Chart:
    """All that a template draws."""

    bars: Sequence[Bar]
    lines: Sequence[Mark]
    names: Sequence[Mark]
    kinds: Sequence[str]
    left: float = LEFT
    below: int = BELOW
    height: int = HEIGHT


def drawn(period: Period, series: Mapping[str, Sequence[int]], said: Callable[[int, str], str]) -> Chart:
    """Draw bars for each step of a period; of several series, one stands on the other.

    `said` writes a number of a series with its noun.
    """
    steps = period.steps
    totals = [sum(values) for values in zip(*series.values(), strict=True)]
    highest = lines_for(max(totals, default=0))[-1]
    wide = (100 - LEFT) / max(1, len(steps))
    bars = []
    for n, step in enumerate(steps):
        x, left, on = f"{LEFT + wide * (n + GAP / 2):.3f}%", f"{wide * (1 - GAP):.3f}%", float(GROUND)
        for kind, values in series.items():
            if values[n]:
                height = max(1.0, values[n] * (GROUND - TOP) / highest)  # one of ten thousand is seen, too
                on -= height
                words = f"{step.words}: {said(values[n], kind)}"
                bars.append(Bar(kind, x, f"{on:.1f}", left, f"{height:.1f}", words))
    lines = [Mark(f"{GROUND - line * (GROUND - TOP) / highest:.1f}", short(line)) for line in lines_for(highest)]
    return Chart(bars, lines, _names(period, steps, wide), list(series))


def lines_for(highest: int) -> list[int]:
    """Return the round numbers at which lines are drawn: from 0 to the first that is not below the highest value.

    >>> lines_for(0), lines_for(3), lines_for(34), lines_for(1204), lines_for(10**9 + 1)[-1]
    ([0, 1], [0, 1, 2, 3], [0, 10, 20, 30, 40], [0, 500, 1000, 1500], 1500000000)
    """
    step = next(
        each for each in (n * 10**power for power in count() for n in (1, 2, 5)) if each * MOST_LINES >= highest
    )
    return list(range(0, max(1, -(-highest // step)) * step + 1, step))


def short(number: int) -> str:
    """Write a number so that it fits beside a chart.

    >>> short(950), short(5000), short(25_000), short(1_500_000), short(2 * 10**9)
    ('950', '5,000', '25k', '1.5m', '2bn')
    >>> from kblog.language import speaking
    >>> with speaking(KOREAN):
    ...     short(9500), short(25_000), short(150_000_000)
    ('9,500', '2.5만', '1.5억')
    """
    for least, size, sign in UNITS[spoken()]:
        if number >= least:
            return f"{number / size:.4g}{sign}"
    return f"{number:,}"


def _names(period: Period, steps: Sequence[Step], wide: float) -> list[Mark]:
    """Name some of the steps below, the first and the last among them."""
    last = len(steps) - 1
    if last < 0:
        return []
    few = range(len(steps))
    if len(steps) > A_WEEK:
        number = NAMED.get(period.unit, FEWER)
        few = sorted({round(last * n / (number - 1)) for n in range(number)})
    marks = []
    for n in few:
        is_end = n == last and len(steps) > A_WEEK
        at = 100.0 if is_end else LEFT + wide * (n + 0.5)
        marks.append(Mark(f"{at:.3f}%", _name(steps, n, period.unit), "end" if is_end else "middle"))
    return marks


def _name(steps: Sequence[Step], n: int, unit: str) -> str:
    """Name a step in a few letters; of a week's days only the first of a month says which."""
    first = steps[n].first
    if unit == "year":
        return str(first.year)
    if unit != "day":
        return brief_month(first)
    is_near = len(steps) <= A_WEEK and n and steps[n - 1].first.month == first.month
    return str(first.day) if is_near else brief_day(first)
