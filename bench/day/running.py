"""A whole day under one setup: requests, hits, work and bytes at each layer, on average and when it is busiest."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from random import Random
from typing import Any

from .assumptions import Day
from .kinds import Kind, files_a_second, kinds
from .layers import Setup, Tally, run
from .prices import Prices
from .traffic import Stretch, stretch

PACKED_SHARE = 4 / 3  # what K-Blog's page cache counts for a page beside its plain bytes,
MORE = 3000  # and for its headers (Answer.size)
FULL = 100_000_000  # page views of a day whose stretches are as long as they are told
LONGER, LONGEST = (
    0.5,
    40,
)  # so many times as long for each time fewer, and at most: pages are kept longer on a quieter day
SUMS_EVERY, VERSION_EVERY, JOBS_EVERY = 5, 0.5, 4  # seconds: view sums are written, the version asked for, a job looks


def simulate(
    day: Day, reviews: int, setups: Iterable[Setup], prices: Prices, *, seconds: float, warm: float, seed: int
) -> list[dict[str, Any]]:
    """Let the same requests of a day pass through each setup; return what came of it, a dictionary for each."""
    every = kinds(day, reviews)
    sizes = [int(prices.pages[kind.price].plain * PACKED_SHARE) + MORE for kind in every]
    setups = list(setups)
    found: list[list[dict[str, Any]]] = [[] for _ in setups]
    for name, busy, part in stretches(day, every, seconds, warm, seed):
        for number, setup in enumerate(setups):
            tally = run(every, sizes, part, setup, day.processes, Random(f"{seed} {name} layers"))
            found[number].append({"busy": busy, **layers(day, tally, part.seconds, busy, setup, prices)})
    return [_whole(day, reviews, setup, parts) for setup, parts in zip(setups, found, strict=True)]


def stretches(
    day: Day, every: list[Kind], seconds: float, warm: float, seed: int
) -> Iterator[tuple[str, float, Stretch]]:
    """Yield one stretch of each three hours, and the busiest minute's as the last."""
    times = min(LONGEST, max(1, LONGER * FULL / day.page_views))
    for hours, busy in enumerate(day.curve):
        name = f"{3 * hours}-{3 * hours + 3} h"
        yield name, busy, stretch(day, every, busy, seconds * times, warm * times, Random(f"{seed} {name}"))
    busy = max(day.curve) * day.rush
    part = stretch(day, every, busy, seconds * times, warm * times, Random(f"{seed} rush"), is_rush=True)
    # the author changes a review in the middle of it
    yield "rush", busy, part._replace(changes=sorted([*part.changes, part.warm + part.seconds / 2]))


def layers(day: Day, tally: Tally, seconds: float, busy: float, setup: Setup, prices: Prices) -> dict[str, Any]:
    """Return rates a second at each layer for what was counted in so many seconds."""
    files = files_a_second(day) * busy
    to_origin = files if setup.ttl is None else 0.0
    processes = setup.machines * day.processes
    edits = day.edits / 86_400 * busy
    comments = day.comments * busy
    asked, origin = tally.asked.total() / seconds, tally.origin.total() / seconds
    kept, made = tally.kept.total() / seconds, tally.made.total() / seconds
    statements = bytes_out = bytes_origin = 0.0
    work: dict[str, float] = {}
    for number, kind in enumerate(tally.kinds):
        price = prices.pages[kind.price]
        whole = 1 - day.again if not kind.for_good else 1.0  # who still has it gets headers alone
        sent = tally.kept[number] * (whole * prices.kept + (1 - whole) * prices.unchanged)
        work[kind.name] = (sent + tally.made[number] * prices.made[kind.price]) / seconds / 1000
        statements += tally.made[number] * price.statements
        bytes_out += tally.asked[number] * price.packed * whole
        bytes_origin += tally.origin[number] * price.packed * whole
    work["files"] = to_origin * prices.kept / 1000
    work["comments taken in"] = comments * prices.comment / 1000
    work["lists after a review changed"] = edits * processes * prices.listed / 1000
    idle = processes * (1 / SUMS_EVERY + 1 / JOBS_EVERY)
    return {
        "asked": asked + files,
        "edge": (tally.edge.total() / seconds) + files - to_origin,
        "shield": tally.shield.total() / seconds,
        "origin": origin + to_origin,
        "kept": kept + to_origin,
        "made": made,
        "comments": comments,
        "cores": sum(work.values()),
        "work": work,
        "statements": statements / seconds + comments * prices.comment_statements + idle + processes / VERSION_EVERY,
        "read": statements / seconds,
        "transactions": made + comments + idle,
        "writes": comments + edits + processes / SUMS_EVERY,
        "mbit": bytes_out / seconds * 8 / 1e6,
        "origin_mbit": bytes_origin / seconds * 8 / 1e6,
    }


def _whole(day: Day, reviews: int, setup: Setup, parts: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the mean of a day's stretches, its busiest three hours, and its busiest minute."""
    hours, rush = parts[:-1], parts[-1]
    names = [name for name in rush if name not in ("busy", "work")]
    peak = max(hours, key=lambda each: each["busy"])
    mean = {name: sum(each[name] for each in hours) / len(hours) for name in names}
    return {
        "setup": setup.name,
        "page_views": day.page_views,
        "reviews": reviews,
        "machines": setup.machines,
        "needed": peak["cores"] / day.headroom / day.processes,
        "mean": mean,
        "peak": {name: peak[name] for name in names},
        "rush": {name: rush[name] for name in names},
        "work": {name: round(cores, 4) for name, cores in peak["work"].items() if cores},
        "by_hours": [{name: each[name] for name in ("asked", "origin", "made", "cores")} for each in hours],
    }


def without_changes(day: Day) -> Day:
    """Return the same day with nothing written: what kept pages could do at best."""
    return replace(day, comments_a_visit=0.0, edits=0)
