"""Simulates a day at 100 million page views, and holds the simulation against the site itself.

python -m bench.day [simulate] [--seed 1] [--seconds 10] [--save]
python -m bench.day measure    (what each kind of page costs: a few minutes)
python -m bench.day try        (the same requests and comments simulated, and sent to the site on both engines)
python -m bench.day report     (the tables of docs/scaling.md, of what is kept in docs/scaling.jsonl)

What is found is printed and, with --save, kept in docs/scaling.jsonl in the place of what the command found before.
"""

import argparse
import contextlib
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import flask_migrate

from bench import finding, results
from bench.postgresql import Server
from bench.server import ROOT
from bench.serving import _fill
from kblog import create_app
from kblog.config import Config
from kblog.db import db

from . import measuring, report, trying
from .assumptions import Day
from .layers import Setup
from .prices import read, review_ms
from .running import simulate, without_changes

PERFORMANCE = ROOT / "docs" / "performance.jsonl"
SCALING = ROOT / "docs" / "scaling.jsonl"
SMALL = 300  # reviews of the blog that has texts and comments
COMMENTS = 6_000
SIZES = (5_000, 100_000)
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
SECONDS, WARM, TRIED = 10.0, 11.0, 30.0  # to warm up takes longer than any page is kept by time

ALONE = Setup("one machine, nothing before it")
BEHIND_NGINX = Setup("one machine, nginx keeps pages 1 s", ttl=1)
SHIELDED = Setup("2 machines, CDN with a shield, 1 s", 2, ttl=1, places=40, shield=True)
BUSIEST = (
    Setup("8 machines, nothing before them", 8),
    Setup("8 machines, nginx keeps pages 1 s", 8, ttl=1),
    Setup("8 machines, CDN as the headers say", 8, ttl=0, places=40),
    Setup("8 machines, CDN keeps pages 1 s", 8, ttl=1, places=40),
    Setup("8 machines, CDN with a shield, 1 s", 8, ttl=1, places=40, shield=True),
    Setup("8 machines, CDN keeps pages 10 s", 8, ttl=10, places=40),
    Setup("8 machines, CDN with a shield, 10 s", 8, ttl=10, places=40, shield=True),
    SHIELDED,
    Setup("4 machines, CDN with a shield, 1 s", 4, ttl=1, places=40, shield=True),
)
QUIETER = {1_000_000: (ALONE, BEHIND_NGINX), 10_000_000: (ALONE, BEHIND_NGINX, SHIELDED)}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("work", nargs="?", default="simulate", choices=("simulate", "measure", "try", "report"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, help="of each stretch that is simulated")
    parser.add_argument("--save", action="store_true", help="keep what is found in docs/scaling.jsonl")
    asked = parser.parse_args()
    if asked.work == "report":
        report.write(results.read(SCALING))
        return 0
    work: dict[str, Callable[[argparse.Namespace], Iterator[tuple[str, dict[str, Any]]]]]
    work = {"simulate": _simulate, "measure": _measure, "try": _try}
    found = list(work[asked.work](asked))
    if asked.save:
        _save(found)
    return 0


def _simulate(asked: argparse.Namespace) -> Iterator[tuple[str, dict[str, Any]]]:
    began, performance, measured = time.process_time(), results.read(PERFORMANCE), results.read(SCALING)
    day, how = Day(), {"seconds": asked.seconds or SECONDS, "warm": WARM, "seed": asked.seed}
    for reviews in SIZES:
        prices = read(performance, measured, reviews)
        own = prices._asdict()
        yield "prices", {"reviews": reviews, **own, "pages": {n: each._asdict() for n, each in prices.pages.items()}}
        busiest = BUSIEST if reviews == SIZES[0] else BUSIEST[:1] + BUSIEST[2:7:2]
        for views, setups in (*QUIETER.items(), (day.page_views, busiest)):
            for found in simulate(replace(day, page_views=views), reviews, setups, prices, **how):
                print(report.line(found), flush=True)
                yield "day", found
        for found in simulate(without_changes(day), reviews, BUSIEST[:1], prices, **how):
            found["setup"] += ", nothing written"
            print(report.line(found), flush=True)
            yield "day", found
    print(f"{time.process_time() - began:.0f} s of the processor")


def _measure(_asked: argparse.Namespace) -> Iterator[tuple[str, dict[str, Any]]]:
    with tempfile.TemporaryDirectory() as name:
        instance = Path(name) / "texts"
        _fill(instance, SMALL, COMMENTS)
        texts = measuring.of_texts(instance)
        lists = measuring.of_lists(instance)
    yield "pages", _row(SMALL, texts, lists)
    for reviews in SIZES:
        with tempfile.TemporaryDirectory() as name:
            app = create_app(Config(instance=Path(name)))
            with app.app_context():
                flask_migrate.upgrade()
                finding.write(reviews)
                db.session.remove()
                db.engine.dispose()
            lists = measuring.of_lists(Path(name))
        yield "pages", _row(reviews, texts, lists)


def _row(reviews: int, texts: dict[str, Any], lists: dict[str, Any]) -> dict[str, Any]:
    """Return what is kept of one blog: lists of its own, and the pages of the blog that has texts."""
    return {"reviews": reviews, "of_texts": SMALL, "lists": [*lists], **texts, "pages": texts["pages"] | lists}


def _try(asked: argparse.Namespace) -> Iterator[tuple[str, dict[str, Any]]]:
    performance = results.read(PERFORMANCE)
    prices = read(performance, results.read(SCALING), SMALL)
    how = {"seconds": asked.seconds or TRIED, "seed": asked.seed}
    for server in (None, Server(DURABLE)):
        with contextlib.ExitStack() as ends:
            instance = Path(ends.enter_context(tempfile.TemporaryDirectory())) / "texts"
            if server:
                ends.callback(server.remove)
                server.make(trying.DATABASE)
            _fill(instance, SMALL, COMMENTS, server.url(trying.DATABASE) if server else "")
            found = trying.compare(instance, prices, review_ms(performance, SMALL), server=server, **how)
        for name, value in found.items():
            print(f"{name}: {value}")
        yield "trial", found


def _save(found: list[tuple[str, dict[str, Any]]]) -> None:
    """Keep what was found in the place of what the same bench found before."""
    new = {bench for bench, _ in found}
    lines = SCALING.read_text(encoding="utf-8").splitlines() if SCALING.exists() else []
    kept = [line for line in lines if not any(line.startswith(f'{{"bench": "{bench}"') for bench in new)]
    SCALING.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")
    for bench, each in found:
        results.keep(SCALING, bench, **each)


if __name__ == "__main__":
    sys.exit(main())
