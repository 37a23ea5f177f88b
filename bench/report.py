"""Writes docs/performance.md and its chart from what the benches found.

python -m bench.report [--results docs/performance.jsonl]

Of each bench and size the last line counts.
"""

import argparse
import sys
from collections.abc import Iterable
from html import escape
from math import log10
from pathlib import Path
from typing import Any

from .results import read
from .server import ROOT

DOCS = ROOT / "docs"
COMMANDS = {
    "serving": "python -m bench.serving --reviews {reviews} --comments {comments}",
    "finding": "python -m bench.finding --reviews {reviews}",
    "commenting": "python -m bench.commenting",
    "importing": "python -m bench.importing --reviews {reviews} --comments {comments}",
}
PROMISED_AT = 300  # reviews: what is promised of single pages and of memory is promised at this size
HELD = ("memory", "start")  # how the names begin of what a row tells only as found against a bar
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 400, 64, 200, 24, 48
COLOURS = ("#b3261e", "#7a5cff", "#00696b", "#8a5300", "#3b6939", "#44546a")

Rows = list[dict[str, Any]]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--results", type=Path, default=DOCS / "performance.jsonl")
    rows = list({(row["bench"], row.get("reviews")): row for row in read(parser.parse_args().results)}.values())
    (DOCS / "performance.md").write_text(page(rows), encoding="utf-8")
    (DOCS / "performance.svg").write_text(chart(costs(rows)), encoding="utf-8")
    return 0


def page(rows: Rows) -> str:
    """Return the page: what is promised and what was found, every table with the command that makes it."""
    parts = [INTRODUCTION, _versions(rows), "## Promised and found\n", _bars(rows)]
    for row in rows:
        command = COMMANDS[row["bench"]].format(**row)
        parts += [
            f"## {TITLES[row['bench']].format(**_counted(row))}\n",
            f"`{command}`, {row['on']}\n",
            TABLES[row["bench"]](row),
        ]
    parts += ["## Cost against size\n", "![Cost of one request against the number of reviews](performance.svg)\n"]
    parts.append(_by_size(costs(rows)))
    return "\n".join(parts).rstrip() + "\n"


INTRODUCTION = """# How fast K-Blog is

Made by `make bench` and `python -m bench.report` from `performance.jsonl`; nothing here is typed in. "A core-second" is
a second of one core, counted by the kernel for the server's whole process tree, so what else the machine does weighs
little. nginx serves the same page as a file, plain Flask the same review from the same database as a tutorial would
write it, and "ready bytes" is K-Blog's own HTTP server (granian) sending one finished page: the most that any Python
application can reach behind it. All have one worker and one core. "Uncached" is what a page costs after a comment was
posted somewhere, which ends every kept page: comments and neighbours that did not change are not drawn again. "Nothing
drawn before" is the very first page after a start.

The server asks the kernel to let each of its threads finish its turn (`kblog/cli/serve.py`, `share_the_core`), and the
other Python servers here run under the same policy. Without it, each request crosses from the network thread to a
Python thread and back one at a time, and a kept page reached 30 % of nginx at 8 connections.

What is promised of single pages and of memory is promised among 300 reviews, the size at which other systems were
measured; the same figures among 5,000 stand further down.

p99 is held to its bar at 32 connections. At 8, and where bursts come at a steady pace, the two changes of thread weigh
more: ready bytes alone use up most of what the bar would allow there (the table of ratios has both). While the pictures
that links show are drawn on the same core, one in a hundred answers waits for the turn of what draws them.
"""
TITLES = {
    "serving": "A review's page among {reviews} reviews and {comments} comments",
    "finding": "Lists and searches among {reviews} reviews",
    "commenting": "Comments stored for good",
    "importing": "Import of {reviews} reviews with {comments} comments",
}


def table(heads: Iterable[str], lines: Iterable[Iterable[str]]) -> str:
    heads = list(heads)
    written = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    return "\n".join([*written, *("| " + " | ".join(line) + " |" for line in lines)]) + "\n"


def _counted(row: dict[str, Any]) -> dict[str, str]:
    return {name: f"{row[name]:,}" for name in ("reviews", "comments") if name in row}


def _versions(rows: Rows) -> str:
    used: dict[str, set[str]] = {}
    for row in rows:
        for name, value in row["with"].items():
            used.setdefault(name, set()).add(value)
    return "Measured with " + "; ".join(f"{name} {' and '.join(sorted(own))}" for name, own in used.items()) + ".\n"


def _bars(rows: Rows) -> str:
    """Return each promise of the project with every figure found for it."""
    lines = []
    for row in rows:
        if row["bench"] == "serving" and row["reviews"] != PROMISED_AT:
            continue
        size = f" ({row['reviews']:,} reviews)" if "reviews" in row else ""
        for bar in row["bars"]:
            met = "yes" if bar["is_met"] else "**no**"
            lines.append((f"{bar['name']}{size}", bar["must"], bar["found"], met))
    return table(("what", "must", "found", "met"), lines)


def _serving(row: dict[str, Any]) -> str:
    points = [
        (name, f"{point['per_core']:,.0f}", f"{point['p50']:.2f}", f"{point['p99']:.2f}")
        for name, point in row["points"].items()
    ]
    ratios = [(name, f"{ratio:.2f}") for name, ratio in row["ratios"].items()]
    weighed = [(name, f"{size / 1000:.1f} kB", str(number)) for name, (size, number) in row["weighed"].items()]
    return "\n".join(
        (
            table(("server, connections", "requests a core-second", "p50 ms", "p99 ms"), points),
            table(("ratio", ""), ratios),
            table(("HTML, CSS and scripts of a first visit", "gzip", "requests"), weighed),
            table(("", ""), [(bar["name"], bar["found"]) for bar in row["bars"] if bar["name"].startswith(HELD)]),
        )
    )


def _figures(row: dict[str, Any]) -> str:
    return table(("", ""), [(name, str(value)) for name, value in row["figures"].items()])


TABLES = {"serving": _serving, "finding": _figures, "commenting": _figures, "importing": _figures}


def costs(rows: Rows) -> dict[str, dict[int, float]]:
    """Return ms of CPU for one request, by what is asked and the number of reviews."""
    found: dict[str, dict[int, float]] = {}
    for row in rows:
        for name, ms in row.get("costs", {}).items():
            found.setdefault(name, {})[row["reviews"]] = ms
    return found


def _by_size(costs: dict[str, dict[int, float]]) -> str:
    sizes = sorted({size for by in costs.values() for size in by})
    lines = [[name, *(f"{by[size]:.2g}" if size in by else "" for size in sizes)] for name, by in costs.items()]
    return table(("ms of CPU among so many reviews", *(f"{size:,}" for size in sizes)), lines)


def chart(costs: dict[str, dict[int, float]]) -> str:
    """Return an SVG of cost against size, both by powers of ten; the table beside it says the same in figures."""
    sizes = [size for by in costs.values() for size in by]
    values = [ms for by in costs.values() for ms in by.values()]
    if not values:
        return '<svg xmlns="http://www.w3.org/2000/svg"/>\n'
    low_x, high_x = log10(min(sizes)), log10(max(sizes))
    low_y, high_y = int(log10(min(values)) // 1), int(log10(max(values)) // 1) + 1

    def at(size: float, ms: float) -> tuple[float, float]:
        x = LEFT + (log10(size) - low_x) / ((high_x - low_x) or 1) * (WIDTH - LEFT - RIGHT)
        return x, HEIGHT - BOTTOM - (log10(ms) - low_y) / (high_y - low_y) * (HEIGHT - TOP - BOTTOM)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
        ' font-family="sans-serif" font-size="12">',
        "<title>Cost of one request in milliseconds of CPU against the number of reviews</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
    ]
    for power in range(low_y, high_y + 1):
        y = at(10**low_x, 10**power)[1]
        parts.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{10.0**power:g} ms</text>')
    for size in sorted(set(sizes)):
        x = at(size, 10**low_y)[0]
        parts.append(f'<path d="M{x:.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#eee"/>')
        parts.append(f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{size:,} reviews</text>')
    taken: list[float] = []
    for number, (name, by) in enumerate(sorted(costs.items(), key=lambda each: -each[1][max(each[1])])):
        colour, points = COLOURS[number % len(COLOURS)], [at(size, ms) for size, ms in sorted(by.items())]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in points]
        place = max([points[-1][1] + 4, *(each + 14 for each in taken[-1:])])  # no name upon another
        taken.append(place)
        parts.append(f'<text x="{WIDTH - RIGHT + 10}" y="{place:.1f}" fill="{colour}">{escape(name)}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


if __name__ == "__main__":
    sys.exit(main())
