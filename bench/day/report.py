"""Writes the tables and the chart of docs/scaling.md from docs/scaling.jsonl; the words between are written by hand."""

import re
from collections.abc import Callable, Iterable
from dataclasses import fields
from html import escape
from typing import Any

from bench.report import COLOURS, table
from bench.server import ROOT

from .assumptions import Day

DOCS = ROOT / "docs"
PLACE = re.compile(r"(<!-- table: ([a-z ]+) -->\n).*?(<!-- end -->)", re.DOTALL)
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 320, 64, 210, 24, 40

Rows = list[dict[str, Any]]


def write(rows: Rows) -> None:
    path = DOCS / "scaling.md"
    path.write_text(filled(path.read_text(encoding="utf-8"), rows), encoding="utf-8")
    (DOCS / "scaling.svg").write_text(chart(_days(rows, 5_000, 100_000_000)), encoding="utf-8")


def filled(page: str, rows: Rows) -> str:
    """Return the page with every table made anew; what stands outside of them stays."""

    def fill(place: re.Match[str]) -> str:
        return f"{place[1]}{TABLES[place[2]](rows).strip()}\n{place[3]}"

    return PLACE.sub(fill, page)


def line(found: dict[str, Any]) -> str:
    """Return one line that says what came of a day."""
    peak = found["peak"]
    return (
        f"{found['page_views']:>11,} views, {found['reviews']:>7,} reviews, {found['setup']}: "
        f"peak {peak['asked']:,.0f}/s, "
        f"edge {_percent(_hits(peak))}, origin {peak['origin']:,.0f}/s, kept {_percent(_kept(peak))}, "
        f"{peak['cores']:.2f} cores (rush {found['rush']['cores']:.2f}), {peak['statements']:,.0f} statements/s, "
        f"{peak['writes']:.1f} writes/s, {peak['mbit']:,.0f} Mbit/s (origin {peak['origin_mbit']:,.0f})"
    )


def _days(rows: Rows, reviews: int, page_views: int | None = None) -> Rows:
    days = [row for row in rows if row["bench"] == "day" and row["reviews"] == reviews]
    return [row for row in days if page_views in (None, row["page_views"])]


def _hits(at: dict[str, float]) -> float:
    return (at["edge"] + at["shield"]) / at["asked"]


def _kept(at: dict[str, float]) -> float:
    return at["kept"] / max(1e-9, at["kept"] + at["made"])


def _percent(share: float) -> str:
    return f"{share:.1%}" if share > 0.985 else f"{share:.0%}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}" if value >= 1 else f"{value:.2g}"


def _busiest(reviews: int) -> Callable[[Rows], str]:
    def make(rows: Rows) -> str:
        heads = (
            "",
            "asked/s",
            "found before K-Blog",
            "K-Blog/s",
            "kept there",
            "cores",
            "in the rush",
            "machines needed",
        )
        lines = [
            (
                row["setup"],
                f"{_number(row['mean']['asked'])}, {_number(row['peak']['asked'])}",
                _percent(_hits(row["peak"])),
                f"{_number(row['mean']['origin'])}, {_number(row['peak']['origin'])}",
                _percent(_kept(row["peak"])),
                f"{row['mean']['cores']:.1f}, {row['peak']['cores']:.1f}",
                f"{row['rush']['cores']:.1f}",
                f"{row['needed']:.1f}",
            )
            for row in _days(rows, reviews, 100_000_000)
        ]
        return table(heads, lines)

    return make


def _work(rows: Rows) -> str:
    """Say what the cores do in the busiest three hours, under each setup with eight machines."""
    days = [row for row in _days(rows, 5_000, 100_000_000) if row["machines"] == 8]
    whole = max(days, key=lambda row: row["peak"]["cores"])["work"]
    lines = [
        (name, *(f"{row['work'].get(name, 0):.2f}" for row in days))
        for name in sorted(whole, key=lambda name: -whole[name])
        if whole[name] >= 0.01
    ]
    return table(("cores", *(row["setup"].removeprefix("8 machines, ") for row in days)), lines)


def _database(rows: Rows) -> str:
    trial = _trials(rows).get("PostgreSQL")
    heads = ["", "statements/s", "transactions/s", "of them writing", "Mbit/s from K-Blog", "to readers"]
    each = 0.0
    if trial:
        heads.append("PostgreSQL's cores")
        each = trial["database_cpu"] / trial["slower"] / trial["statements"]
    lines = [
        (
            f"{row['setup']} ({row['reviews']:,} reviews)",
            *(
                f"{_number(row['mean'][name])}, {_number(row['peak'][name])}"
                for name in ("statements", "transactions", "writes", "origin_mbit", "mbit")
            ),
            *([f"{row['mean']['statements'] * each:.1f}, {row['peak']['statements'] * each:.1f}"] if trial else []),
        )
        for reviews in (5_000, 100_000)
        for row in _days(rows, reviews, 100_000_000)
    ]
    return table(heads, lines)


def _trials(rows: Rows) -> dict[str, dict[str, Any]]:
    """Return by engine what the simulation was held against."""
    return {row["engine"]: row for row in rows if row["bench"] == "trial"}


def _when(rows: Rows) -> str:
    heads = ("page views a day", "", "K-Blog/s", "kept there", "cores", "in the rush", "writes/s")
    lines = [
        (
            f"{row['page_views']:,}",
            f"{row['setup']} ({row['reviews']:,} reviews)",
            _number(row["peak"]["origin"]),
            _percent(_kept(row["peak"])),
            f"{row['peak']['cores']:.2f}",
            f"{row['rush']['cores']:.2f}",
            _number(row["peak"]["writes"]),
        )
        for reviews in (5_000, 100_000)
        for row in _days(rows, reviews)
        if row["page_views"] < 100_000_000
    ]
    return table(heads, lines)


def _assumptions(_rows: Rows) -> str:
    lines = []
    for each in fields(Day):
        parts = each.default if isinstance(each.default, tuple) else (each.default,)
        value = ", ".join(f"{part:,}" for part in parts)
        lines.append((f"`{each.name}`", value, each.metadata["what"], each.metadata["source"]))
    return table(("", "value", "what", "source"), lines)


def _pages(rows: Rows) -> str:
    priced = {row["reviews"]: row for row in rows if row["bench"] == "prices"}
    sizes = sorted(priced)
    heads = ("made anew", "bytes", "packed", "statements", *(f"ms, {size:,} reviews" for size in sizes))
    lines = [
        (
            name,
            *(f"{price[part]:,}" for part in ("plain", "packed")),
            f"{price['statements']:.1f}",
            *(f"{priced[size]['made'][name]:.1f}" for size in sizes),
        )
        for name, price in priced[sizes[0]]["pages"].items()
    ]
    others = (
        ("kept", "a page that is kept"),
        ("unchanged", "one that the browser has"),
        ("comment", "a comment taken in"),
    )
    others += (("listed", "lists, once in a process after a review changed"),)
    lines += [(said, "", "", "", *(f"{priced[size][name]:.2g}" for size in sizes)) for name, said in others]
    return table(heads, lines)


def _trial(rows: Rows) -> str:
    parts = []
    for engine, row in _trials(rows).items():
        simulated, found = row["simulated"], row["found"]
        lines = [
            ("answered with a kept page", _percent(simulated["kept"]), _percent(found["kept"])),
            ("K-Blog's seconds of the processor", f"{simulated['cpu']:.1f}", f"{found['cpu']:.1f}"),
        ]
        if row["database_cpu"]:
            each = row["database_cpu"] / row["slower"] / row["statements"] * 1000
            lines.append((f"the server's ({each:.2f} ms a statement)", "", f"{row['database_cpu']:.1f}"))
        lines += [
            (f"kept, {name}, of {asked:,}", f"{one:,}", f"{other:,}")
            for name, (asked, one, other) in row["kinds"].items()
        ]
        said = f"{engine}: {row['requests']:,} requests and {row['changes']} comments, {row['reviews']} reviews, "
        slower = f"measured between them, a review's page took {row['slower']:.1f} times what it takes by itself"
        parts.append(f"{said}two processes, {row['on']}; {slower}, which the simulation is told.\n")
        parts.append(table(("", "simulated", "found"), lines))
    return "\n".join(parts)


TABLES: dict[str, Callable[[Rows], str]] = {
    "small blog": _busiest(5_000),
    "large blog": _busiest(100_000),
    "work": _work,
    "database": _database,
    "when": _when,
    "assumptions": _assumptions,
    "pages": _pages,
    "trial": _trial,
}


def chart(days: Iterable[dict[str, Any]]) -> str:
    """Return an SVG of the cores at work over the day, a line for each setup; the tables say the same in figures."""
    lines = [
        (row["setup"], [each["cores"] for each in row["by_hours"]])
        for row in days
        if row["machines"] == 8 and "written" not in row["setup"]
    ]
    most = max((max(values) for _, values in lines), default=1.0)
    step = (WIDTH - LEFT - RIGHT) / 7

    def at(hours: int, cores: float) -> tuple[float, float]:
        return LEFT + hours * step, HEIGHT - BOTTOM - cores / most * (HEIGHT - TOP - BOTTOM)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
        ' font-family="sans-serif" font-size="12">',
        "<title>Cores of K-Blog at work over a day at 100 million page views</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
    ]
    for share in range(5):
        y = at(0, most * share / 4)[1]
        parts.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{most * share / 4:.1f}</text>')
    for hours in range(8):
        x, said = at(hours, 0)[0], f"{3 * hours}-{3 * hours + 3} h"
        parts.append(f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{said}</text>')
    taken: list[float] = []
    for number, (name, values) in enumerate(sorted(lines, key=lambda each: -each[1][-1])):
        colour, points = COLOURS[number % len(COLOURS)], [at(hours, cores) for hours, cores in enumerate(values)]
        drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(f'<polyline points="{drawn}" fill="none" stroke="{colour}" stroke-width="2"/>')
        place = max([points[-1][1] + 4, *(each + 14 for each in taken[-1:])])  # no name upon another
        taken.append(place)
        said = escape(name.removeprefix("8 machines, "))
        parts.append(f'<text x="{WIDTH - RIGHT + 10}" y="{place:.1f}" fill="{colour}">{said}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"
