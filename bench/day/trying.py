"""The simulation held against the site itself: the same requests and comments, once simulated, once sent."""

import http.client
import itertools
import secrets
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote, urlencode

from bench.commenting import WORDS as COMMENT
from bench.corpus import GENRES, GIVEN, PLATFORMS, SURNAMES, WORDS
from bench.loading import cpu
from bench.postgresql import Server
from bench.server import free_port
from bench.serving import _running

from . import HOW, measuring
from .assumptions import Day
from .kinds import Kind, kinds
from .layers import Setup, run
from .measuring import ASKED, FRAGMENT, Measure
from .prices import Prices
from .running import MORE, PACKED_SHARE, layers
from .traffic import Stretch, first_addresses, stretch

PathOf = Callable[[int, int], tuple[str, dict[str, str]]]

PROCESSES = 2
MEASURED_EACH = 20  # requests
DATABASE = "kblog"  # on a server
SETUP = Setup("one machine")
# A thousandth of readers, who write so much more that pages end as often for each that is opened; what there is
# to ask for is as little as a small blog has.
SMALL = replace(
    Day(),
    page_views=2_000_000,
    comments_a_visit=0.03,
    edits=0,
    facet_choices=500,
    queries=1_000,
    term_pages=100,
    line_pages=1,
    feeds=3,
    feed_readers=1_000,
    processes=PROCESSES,
)


@dataclass
class Answers:
    """What came back: by kind how many were kept and made, and what was no answer."""

    kept: Counter[int] = field(default_factory=Counter)
    made: Counter[int] = field(default_factory=Counter)
    bad: Counter[str] = field(default_factory=Counter)
    cpu: float = 0.0  # seconds of all processes of the site,
    database_cpu: float = 0.0  # and of all of the database's server


def compare(
    instance: Path, prices: Prices, review_ms: float, *, seconds: float, seed: int, server: Server | None = None
) -> dict[str, Any]:
    """Send a stretch of a small day to the site, simulate the same, and return both.

    Prices are those of a quiet machine, on which a review's page costs `review_ms`; here and now it costs more, and is
    measured all along.
    """
    url = server.url(DATABASE) if server else ""
    slugs = measuring.slugs(instance, url)
    every = kinds(SMALL, len(slugs))
    part = stretch(SMALL, every, 1.0, seconds, seconds / 4, Random(f"{seed} trial"))
    sizes = [int(prices.pages[kind.price].plain * PACKED_SHARE) + MORE for kind in every]
    tally = run(every, sizes, part, SETUP, PROCESSES, Random(f"{seed} trial layers"))
    # style sheets are none of the requests that are drawn; comments are counted as they fell
    changes = sum(each >= part.warm for each in part.changes)
    day = replace(SMALL, new_visitors=0.0, comments_a_visit=changes / part.seconds / SMALL.visits)
    with measuring.of_reviews(instance, slugs[: measuring.MOST], url) as measure:
        answers = _send(instance, every, part, slugs, Random(f"{seed} trial connections"), server, measure)
    slower = measure.ms / review_ms
    simulated = layers(day, tally, part.seconds, 1.0, SETUP, prices.slower(slower))
    asked = answers.kept.total() + answers.made.total()
    return {
        "engine": "PostgreSQL" if server else "SQLite",
        "reviews": len(slugs),
        "requests": asked,
        "changes": changes,
        "slower": slower,
        "simulated": {"kept": _share(tally.kept, tally.made), "cpu": simulated["cores"] * part.seconds},
        "found": {"kept": _share(answers.kept, answers.made), "cpu": answers.cpu},
        "statements": simulated["read"] * part.seconds,
        "database_cpu": answers.database_cpu,
        "kinds": {
            kind.name: [tally.asked[n], tally.kept[n], answers.kept[n]]
            for n, kind in enumerate(every)
            if tally.asked[n] and kind.is_kept
        },
        "bad": dict(answers.bad),
    }


def _share(kept: Counter[int], made: Counter[int]) -> float:
    return kept.total() / max(1, kept.total() + made.total())


def _send(
    instance: Path,
    every: list[Kind],
    part: Stretch,
    slugs: list[str],
    dice: Random,
    server: Server | None,
    measure: Measure,
) -> Answers:
    """Send each request after the one before it, to a process by chance, as the simulation does.

    What is kept depends on the order of requests and changes and not on the time between them: so a machine that has
    other work gives the same figures.
    """
    port, path_of = free_port(), _paths(every, slugs)
    options = ["--interface", "wsgi", "--no-ws", "--log-level", "warning", "--http", "1", "--host", "127.0.0.1"]
    options += ["--port", str(port), "--workers", str(PROCESSES), "--blocking-threads", "4"]
    command = ["chrt", "--batch", "0", sys.executable, "-m", "granian", *options, "bench.day.counted:counted"]
    environ = {"KBLOG_INSTANCE": str(instance), "PORT": str(port), "KBLOG_GUARD": "off", "KBLOG_MODERATION": "none"}
    environ |= {"KBLOG_DATABASE_URL": server.url(DATABASE)} if server else {"KBLOG_BACKUP_DAILY": "off"}
    work = sorted([*(each[:3] for each in part.requests), *((at, -1, n) for n, at in enumerate(part.changes))])
    first = next(n for n, (at, *_) in enumerate(work) if at >= part.warm)
    with _running(command, port, "/healthz", environ, core="0-1") as (_, pid):
        connections = _connections(port)
        for connection in connections:  # what each process imports and draws once
            _ask_all([connection], _one_of_each(every), path_of, slugs, dice, measure)
        _ask_all(connections, work[:first], path_of, slugs, dice, measure)
        before = cpu(pid), cpu(server.process.pid) if server else 0.0
        answers = _ask_all(connections, work[first:], path_of, slugs, dice, measure)
        answers.cpu = cpu(pid) - before[0]
        answers.database_cpu = cpu(server.process.pid) - before[1] if server else 0.0
    return answers


def _connections(port: int) -> list[http.client.HTTPConnection]:
    """Return a connection to each process of the site; which one takes a connection is the kernel's choice.

    Several are opened before one is used: on a quiet machine the process that waited last takes every single one. A
    process may still be starting.
    """
    found: dict[str, http.client.HTTPConnection] = {}
    for _ in range(100):
        opened = [http.client.HTTPConnection("127.0.0.1", port, timeout=60) for _ in range(16)]
        for connection in opened:
            connection.connect()
        for connection in opened:
            connection.request("GET", "/robots.txt")
            answer = connection.getresponse()
            answer.read()
            if found.setdefault((answer.getheader(HOW) or "").partition(" ")[0], connection) is not connection:
                connection.close()
        if len(found) == PROCESSES:
            return list(found.values())
        time.sleep(0.1)
    raise SystemExit("Some process of the site takes no connection.")


def _one_of_each(every: list[Kind]) -> list[tuple[float, int, int]]:
    firsts = first_addresses(every)
    return [(0.0, number, firsts[kind.space]) for number, kind in enumerate(every)] * 2


def _ask_all(
    connections: list[http.client.HTTPConnection],
    work: list[tuple[float, int, int]],
    path_of: PathOf,
    slugs: list[str],
    dice: Random,
    measure: Measure,
) -> Answers:
    """Send requests, and a comment where the number of the kind is -1; return what came of them."""
    answers = Answers()
    for number, (_, kind, address) in enumerate(work):
        if number % MEASURED_EACH == 0:
            measure.take()
        connection = dice.choice(connections)
        if kind < 0:
            words = {"name": f"Guest {address}", "body": COMMENT.format(address, 2), "key": secrets.token_hex(8)}
            origin = f"http://{connection.host}:{connection.port}"
            headers = {**ASKED, "Origin": origin, "Content-Type": "application/x-www-form-urlencoded"}
            where = f"/reviews/{quote(slugs[address % len(slugs)])}/comments"
            connection.request("POST", where, urlencode(words), headers)
        else:
            path, headers = path_of(kind, address)
            connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != (303 if kind < 0 else 200):
            answers.bad[f"{answer.status} for {'a comment' if kind < 0 else path}"] += 1
        elif kind >= 0:
            how = (answer.getheader(HOW) or "").partition(" ")[2]
            (answers.kept if how == "kept" else answers.made)[kind] += 1
    return answers


def _paths(every: list[Kind], slugs: list[str]) -> PathOf:
    """Return what names the path and headers of an address of a kind."""
    firsts = first_addresses(every)
    facets = [
        f"/reviews/?kind={kind}&genre={_slug(genre)}&platform={_slug(platform)}&sort={sort}"
        for kind, sort, genre, platform in itertools.product(
            ("drama", "film"), ("newest", "title", "year"), GENRES, PLATFORMS
        )
    ]
    searches = [f"/reviews/?q={one}+{other}" for one, other in itertools.product(WORDS[60:110], WORDS[110:150])]
    people = [f"/people/{_slug(f'{surname} {given}')}/" for surname in SURNAMES for given in GIVEN]
    feeds = ["/feeds/reviews.atom", "/feeds/comments.atom", "/feeds/reviews.json"]

    def path_of(number: int, address: int) -> tuple[str, dict[str, str]]:
        kind = every[number]
        n = address - firsts[kind.space]
        asked_from = {**FRAGMENT, "HX-Current-URL": f"http://127.0.0.1/reviews/?page={1 + n % 4}"}
        headers = ASKED if kind.is_shared else asked_from
        slug = quote(slugs[n % len(slugs)])
        paths = {
            "home": "/",
            "browse": "/reviews/",
            "facets": facets[n % len(facets)],
            "chosen": facets[n // 4 % len(facets)],
            "search": searches[n % len(searches)],
            "typed": searches[n // 4 % len(searches)],
            "term": people[n % len(people)],
            "lines": "/lines/",
            "review": f"/reviews/{slug}/",
            "cover": f"/reviews/{slug}/cover.svg",
            "feed": feeds[n % len(feeds)],
            "more": f"/reviews/{slug}/comments?sort=oldest",
            "form": f"/reviews/{slug}/comments/new",
        }
        return paths[kind.space], headers

    return path_of


def _slug(name: str) -> str:
    return name.lower().replace(" ", "-").replace("+", "-plus")
