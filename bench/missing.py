"""What a page that is not kept costs in CPU time, and where it goes: queries, template, the site's own code, Flask.

python -m bench.missing [--reviews 300] [--comments 6000] [--requests 200] [--plain] [--instance FOLDER]

The application is called in this process, over many different reviews; a timer of the CPU's clock looks where the
work is. With --plain the review pages of plain Flask take turns with them in a process of their own, so that what else
the machine does weighs on both.
"""

import argparse
import contextlib
import multiprocessing
import os
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType, MappingProxyType
from typing import Any, NamedTuple
from wsgiref.types import WSGIApplication

import sqlalchemy as sa
from werkzeug.test import EnvironBuilder

from kblog import create_app
from kblog.config import Config
from kblog.db import db
from kblog.models import Review

from .serving import _fill

EVERY = 0.001  # seconds of CPU time between two looks
PARTS = (  # by a piece of a file's name: the first of them that has a frame anywhere on the stack
    ("queries", ("/sqlalchemy/", "/flask_sqlalchemy/", "queries.py")),
    ("template", ("/jinja2/", "/templates/")),
    ("own code", ("/kblog/cache/", "/kblog/reviews/", "/kblog/comments/", "/kblog/lines/", "/kblog/feeds.py")),
)
REST, BATCH, MOST = "Flask", 10, 100
FRAGMENT = {"HTTP_HX_REQUEST_TYPE": "partial", "HTTP_HX_CURRENT_URL": "http://localhost/reviews/"}


class Page(NamedTuple):
    """One kind of page: its addresses, and what a browser sends with them."""

    name: str
    paths: Sequence[str]
    headers: Mapping[str, str] = MappingProxyType({})


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--reviews", type=int, default=300)
    parser.add_argument("--comments", type=int, default=6_000)
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--plain", action="store_true")
    parser.add_argument("--instance", type=Path, help="measure a site that is there already, in place of a made-up one")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        instance = asked.instance or Path(name) / "instance"
        if not asked.instance:
            _fill(instance, asked.reviews, asked.comments)
        app = create_app(Config(instance=instance))
        app.wsgi_app = app.extensions["kblog.pages"].app  # nothing is kept ready
        with app.app_context():
            slugs = list(db.session.scalars(sa.select(Review.slug).where(Review.is_live()).limit(MOST)))
            db.session.remove()
        names = ("total", *(part for part, _ in PARTS), REST)
        print(f"ms of CPU for each page, {asked.reviews:,} reviews, {asked.comments:,} comments")
        print("| page | " + " | ".join(names) + " |\n" + "|---" * (len(names) + 1) + "|")
        for page in _pages(slugs):
            total, parts = _look(app, page, asked.requests)
            shares = [total * parts[part] / max(1, parts.total()) for part in names[1:]]
            print(f"| {page.name} | " + " | ".join(f"{ms:.2f}" for ms in (total, *shares)) + " |")
        if asked.plain:
            _compare(instance, [f"/reviews/{slug}/" for slug in slugs], asked.requests)
    return 0


def _pages(slugs: Sequence[str]) -> list[Page]:
    reviews = [f"/reviews/{slug}/" for slug in slugs]
    return [
        Page("review", reviews),
        Page("thread", [f"{path}comments" for path in reviews]),
        Page("home", ["/"]),
        Page("browse", ["/reviews/"]),
        Page("three facets", ["/reviews/?kind=drama&genre=romance&platform=viki"]),
        Page("three facets, fragment", ["/reviews/?kind=drama&genre=romance&platform=viki"], FRAGMENT),
        Page("more reviews", ["/reviews/?page=2"], FRAGMENT),
        Page("genre", ["/genres/romance/"]),
        Page("lines", ["/lines/"]),
        Page("feed", ["/feeds/reviews.atom"]),
    ]


def _look(app: WSGIApplication, page: Page, number: int) -> tuple[float, Counter[str]]:
    """Return the median CPU milliseconds of a page, and how often each part was seen at work."""
    _ask(app, page, 2 * len(page.paths))
    plain = [_ask(app, page, BATCH) for _ in range(max(1, number // BATCH))]
    seen: Counter[str] = Counter()

    def look(_signal: int, frame: FrameType | None) -> None:
        seen[_part(frame)] += 1

    before = signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, EVERY, EVERY)
    try:
        _ask(app, page, number)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
    return statistics.median(plain), seen


def _part(frame: FrameType | None) -> str:
    files = []
    while frame:
        files.append(frame.f_code.co_filename)
        frame = frame.f_back
    return next((part for part, names in PARTS if any(name in file for file in files for name in names)), REST)


def _ask(app: WSGIApplication, page: Page, number: int) -> float:
    """Ask for a page so many times, and return its CPU milliseconds."""
    environs = [_environ(page, each) for each in range(number)]
    statuses: list[str] = []
    start: Callable[..., Any] = lambda status, _headers, _error=None: statuses.append(status)  # noqa: E731
    began = time.process_time()
    for environ in environs:
        parts = app(environ, start)
        b"".join(parts)
        getattr(parts, "close", lambda: None)()
    spent = time.process_time() - began
    if {*statuses} != {"200 OK"}:
        raise SystemExit(f"{page.name} answered { ({*statuses}) }")
    return spent / number * 1000


def _environ(page: Page, number: int) -> dict[str, Any]:
    path, _, query = page.paths[number % len(page.paths)].partition("?")
    return EnvironBuilder(path=path, query_string=query).get_environ() | dict(page.headers)


def _compare(instance: Path, paths: list[str], number: int) -> None:
    """Let K-Blog and plain Flask take turns with the same reviews, each in a process of its own."""
    os.environ |= {"BENCH_DATABASE": str(instance / "kblog.db"), "KBLOG_INSTANCE": str(instance)}
    spawning = multiprocessing.get_context("spawn")
    ends = {}
    for name in ("bench.plain_flask", "bench.uncached"):
        ends[name], theirs = spawning.Pipe()
        spawning.Process(target=_answer, args=(name, paths, theirs), daemon=True).start()
    times: dict[str, list[float]] = {name: [] for name in ends}
    for _ in range(max(1, number // BATCH)):
        for name, end in ends.items():
            end.send(BATCH)
            times[name].append(end.recv())
    plain, ours = times.values()
    ratio = statistics.median(one / other for one, other in zip(plain, ours, strict=True))
    print(f"plain Flask {statistics.median(plain):.2f} ms, K-Blog {statistics.median(ours):.2f} ms: {ratio:.2f} times")


def _answer(name: str, paths: list[str], end: Connection) -> None:
    """Ask one application for so many pages whenever a number comes."""
    app, page = import_module(name).app, Page(name, paths)
    _ask(app, page, 2 * len(paths))
    with contextlib.suppress(EOFError):
        while True:
            end.send(_ask(app, page, end.recv()))


if __name__ == "__main__":
    sys.exit(main())
