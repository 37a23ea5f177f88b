"""nginx with static files, plain Flask and K-Blog side by side: requests for each CPU second, on loopback.

python -m bench.serving [--reviews 300] [--comments 6000] [--seconds 5] [--repeats 3] [--out FILE]

Each server runs with one worker, as nginx does, pinned to one core, and wrk on another: work is compared, not luck. The
page is asked for packed by gzip, as every browser does (nginx has the packed file ready), and once more as it is.
granian with ready bytes shows what of the distance to nginx is its own. p99 is compared in the same runs: with as many
connections, each server has a queue of the same length. "Paced" asks all of them equally often, by 32 connections that
fall into step: bursts of up to 32 requests. Needs nginx, wrk and two cores.
"""

import argparse
import contextlib
import gzip
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple

import flask_migrate
import sqlalchemy as sa

from kblog import create_app
from kblog.config import Config
from kblog.db import db
from kblog.models import LinkPicture, Review
from kblog.reviews.link_pictures import job, queries

from . import results
from .corpus import write_backup
from .loading import SERVER_CORE, Point, load, mapped, memory
from .server import ROOT, free_port

CONNECTIONS = (8, 32)
PAUSE = 10  # ms between two requests of each of 32 connections: some 3,000 a second, which all of them can answer
MUST = {8: 0.40, 32: 0.55}  # of nginx, by the project's own bar
MUST_P99, MUST_UNCACHED, MUST_MEMORY, MUST_START = 2.0, 1.5, 260, 3.0
MUST_BYTES, MUST_REQUESTS = 40_000, 5
NGINX = """
worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log; daemon off; {user}
events {{ worker_connections 1024; }}
http {{
  types {{ text/html html; text/css css; }} default_type text/html; charset utf-8;
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; open_file_cache max=10000 inactive=60s;
  gzip_static on; gzip_vary on;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{ listen 127.0.0.1:{port}; root {folder}/site; }}
}}
"""

Points = dict[str, Point]


class Held(NamedTuple):
    """The memory of a server and all below it in MB, and how much of it is the database's file."""

    memory: float
    of_database: float

    def __str__(self) -> str:
        return f"{self.memory:.0f} MB, {self.of_database:.0f} of them the database's own pages"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--reviews", type=int, default=300)
    parser.add_argument("--comments", type=int, default=6_000)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--repeats", type=int, default=3)
    results.add_option(parser)
    asked = parser.parse_args()
    if not all(map(shutil.which, ("nginx", "wrk"))):
        raise SystemExit("This needs nginx and wrk: on Debian, apt-get install nginx-light wrk")
    if (os.cpu_count() or 1) < 2:
        raise SystemExit("This needs two cores: one for the server, one for who asks.")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        instance = folder / "instance"
        page = f"/reviews/{_fill(instance, asked.reviews, asked.comments)}/"
        points: Points = {}

        def ask(name: str, server: tuple[int, int], number: int, **how: Any) -> None:
            port, pid = server
            how = {"Accept_Encoding": "gzip"} | how
            points[name] = load(f"http://127.0.0.1:{port}{page}", pid, number, asked.seconds, asked.repeats, **how)

        def ask_all(name: str, server: tuple[int, int]) -> None:
            for number in CONNECTIONS:
                ask(f"{name}, {number}", server, number)
                ask(f"{name} not packed, {number}", server, number, Accept_Encoding="identity")
            ask(f"{name}, paced", server, 32, pause=PAUSE)

        with _kblog(instance, workers=1) as server:
            time.sleep(job.EVERY + 2)
            ask("kept, links' pictures drawn beside, 32", server, 32)
        _end_drawing(instance)
        with _kblog(instance, workers=1) as server:
            _copy(server[0], page, folder / "site")
            ask_all("kept", server)
            ask("not modified, 32", server, 32, If_None_Match=_etag(server[0], page))
        with _granian("bench.uncached:app", instance) as server:
            ask("uncached, 8", server, 8)
        with _granian("bench.uncached:cold", instance) as server:
            ask("uncached, nothing drawn before, 8", server, 8)
        with _granian("bench.plain_flask:app", instance) as server:
            ask("plain Flask, 8", server, 8)
        with _granian("bench.ready_bytes:app", instance) as server:
            ask_all("ready bytes", server)
        with _nginx(folder) as server:
            ask_all("nginx", server)
        with _kblog(instance, workers=2) as server:
            weighed = _weigh(server[0], page)
            ask("two workers, 32", server, 32)
            held = Held(memory(server[1]), mapped(server[1], "kblog.db"))
        start = statistics.median(_start(instance) for _ in range(3))
    return _report(asked, points, weighed, held, start)


def _report(asked: argparse.Namespace, points: Points, weighed: dict, held: Held, start: float) -> int:
    print(
        f"{asked.reviews:,} reviews, {asked.comments:,} comments; median of {asked.repeats} runs of {asked.seconds} s"
    )
    print("| server, connections | requests a core-second | p50 ms | p99 ms | bad |\n|---|---|---|---|---|")
    for name, point in points.items():
        print(f"| {name} | {point.per_core:,.0f} | {point.p50:.2f} | {point.p99:.2f} | {point.bad} |")

    def ratio(one: str, other: str, of: str = "per_core") -> float:
        return getattr(points[one], of) / getattr(points[other], of)

    ratios = {}
    for who in ("kept", "kept not packed", "ready bytes", "ready bytes not packed"):
        other = "nginx" + who.removeprefix("kept").removeprefix("ready bytes")
        ratios |= {f"{who} / nginx, {n}": ratio(f"{who}, {n}", f"{other}, {n}") for n in CONNECTIONS}
    for who in ("kept", "ready bytes"):
        hows = (*map(str, CONNECTIONS), "paced")
        ratios |= {f"p99 of {who} / nginx, {how}": ratio(f"{who}, {how}", f"nginx, {how}", "p99") for how in hows}
    ratios["uncached / plain Flask, 8"] = ratio("uncached, 8", "plain Flask, 8")
    for name, value in ratios.items():
        print(f"{name}: {value:.2f}")
    print(f"memory of two workers under load (PSS): {held}; start to first page: {start:.1f} s")
    for name, (bytes_, requests) in weighed.items():
        print(f"{name}: {bytes_ / 1000:.1f} kB of HTML, CSS and scripts (gzip) in {requests} requests")
    share = {n: ratios[f"kept / nginx, {n}"] for n in CONNECTIONS}
    bars = [
        (f"kept page, of nginx, {n} connections", f"{MUST[n]:.0%}", f"{share[n]:.0%}", share[n] >= MUST[n])
        for n in CONNECTIONS
    ]
    late, faster = ratios["p99 of kept / nginx, 32"], ratios["uncached / plain Flask, 8"]
    bars += [
        ("p99 of kept pages, of nginx's, 32 connections", f"{MUST_P99:g}x", f"{late:.2f}x", late <= MUST_P99),
        ("uncached page, of plain Flask", f"{MUST_UNCACHED:g}x", f"{faster:.2f}x", faster >= MUST_UNCACHED),
        ("memory, two workers under load", f"{MUST_MEMORY} MB", str(held), held.memory <= MUST_MEMORY),
        ("start to first page", f"{MUST_START:g} s", f"{start:.1f} s", start <= MUST_START),
    ]
    for name, (size, number) in weighed.items():
        is_small = size <= MUST_BYTES and number <= MUST_REQUESTS
        must = f"{MUST_BYTES // 1000} kB, {MUST_REQUESTS} requests"
        bars.append((f"weight of {name}", must, f"{size / 1000:.1f} kB, {number}", is_small))
    costs = {"K-Blog, kept": "kept, 8", "K-Blog, uncached": "uncached, 8", "plain Flask": "plain Flask, 8"}
    results.keep(
        asked.out,
        "serving",
        reviews=asked.reviews,
        comments=asked.comments,
        points={name: point._asdict() for name, point in points.items()},
        ratios=ratios,
        weighed=weighed,
        bars=results.bars(bars),
        costs={f"review page, {name}": 1000 / points[point].per_core for name, point in costs.items()},
    )
    missed = [name for name, _, _, is_met in bars if not is_met]
    print(f"missed: {', '.join(missed)}" if missed else "every bar is met")
    return len(missed)


def _fill(instance: Path, reviews: int, comments: int, database_url: str = "") -> str:
    """Import a made-up blog, and return the slug of the review with about as many comments as the average."""
    instance.mkdir()
    export = instance.parent / "made-up.xml"
    write_backup(export, reviews=reviews, comments=comments)
    app = create_app(Config(instance=instance, database_url=database_url))
    with app.app_context():
        flask_migrate.upgrade()
        result = app.test_cli_runner().invoke(args=["transfer", "import", str(export)])
        if result.exit_code:
            raise SystemExit(result.output)
        query = sa.select(Review.slug).where(Review.is_live())
        slug = db.session.scalar(query.order_by(sa.func.abs(Review.comment_count - comments // reviews)).limit(1))
        db.session.remove()
        db.engine.dispose()
    return slug or ""


def _end_drawing(instance: Path) -> None:
    """Note the picture of each review's links as drawn: to draw them all takes a core for minutes after an import."""
    app = create_app(Config(instance=instance))
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(sa.delete(LinkPicture))
        drawn = sa.select(Review.id, queries.WORDS, queries.WORDS, sa.literal(0), *map(sa.literal, ("", "")))
        columns = ["review_id", "wanted", "shows", "tries", "trouble", "hash"]
        connection.execute(sa.insert(LinkPicture).from_select(columns, drawn))
    os.sync()


@contextlib.contextmanager
def _running(
    command: list[str], port: int, url: str, environ: dict[str, str], core: str = SERVER_CORE
) -> Iterator[tuple[int, int]]:
    """Run a server pinned to its core; yield its port and process id."""
    # no more of an environment than a service has: granian puts all of it into every request
    own, quiet = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}, subprocess.DEVNULL
    pinned = ["taskset", "-c", core, *command]
    process = subprocess.Popen(pinned, cwd=ROOT, env=own | environ, start_new_session=True, stdout=quiet, stderr=quiet)
    try:
        for _ in range(1500):
            with contextlib.suppress(OSError):
                if _get(port, url).status < 500:
                    break
            time.sleep(0.02)
        else:
            raise SystemExit(f"{command[0]} did not start.")
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(60)


def _kblog(instance: Path, workers: int, core: str = SERVER_CORE) -> contextlib.AbstractContextManager[tuple[int, int]]:
    port = free_port()
    own = {"PORT": str(port), "KBLOG_INSTANCE": str(instance), "KBLOG_WORKERS": str(workers)}
    return _running([sys.executable, "-m", "flask", "--app", "app", "serve"], port, "/healthz", own, core)


def _granian(app: str, instance: Path) -> contextlib.AbstractContextManager[tuple[int, int]]:
    """Serve another application over the same database, as `flask serve` would."""
    port = free_port()
    options = ["--interface", "wsgi", "--no-ws", "--log-level", "warning", "--host", "127.0.0.1", "--port", str(port)]
    options += ["--http", "1", "--workers", "1", "--blocking-threads", "4", app]
    page = next((instance.parent / "site").rglob("reviews/*/index.html"))
    own = {"BENCH_DATABASE": str(instance / "kblog.db"), "KBLOG_INSTANCE": str(instance), "BENCH_PAGE": str(page)}
    return _running(["chrt", "--batch", "0", sys.executable, "-m", "granian", *options], port, "/", own)


def _nginx(folder: Path) -> contextlib.AbstractContextManager[tuple[int, int]]:
    port = free_port()
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port, user=user), encoding="utf-8")
    return _running(["nginx", "-c", str(folder / "nginx.conf"), "-p", str(folder)], port, "/", {})


def _start(instance: Path) -> float:
    """Return the seconds from the command to the first page, with nothing of it in memory but the files."""
    began = time.perf_counter()
    with _kblog(instance, workers=2, core="0-1") as (port, _):
        _get(port, "/").read()
        return time.perf_counter() - began


def _get(port: int, url: str, **headers: str) -> Any:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{url}", headers=headers)
    try:
        return urllib.request.urlopen(request, timeout=10)
    except urllib.error.HTTPError as answer:
        return answer


def _etag(port: int, url: str) -> str:
    return _get(port, url, **{"Accept-Encoding": "gzip"}).headers["ETag"]


def _copy(port: int, url: str, site: Path) -> None:
    """Give nginx the same page as a file."""
    folder = site / url.strip("/")
    folder.mkdir(parents=True)
    (folder / "index.html").write_bytes(_get(port, url).read())
    (folder / "index.html.gz").write_bytes(_get(port, url, **{"Accept-Encoding": "gzip"}).read())
    (site / "index.html").write_bytes(b"up")


class _Parts(HTMLParser):
    """Collects the style sheets and scripts of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.urls: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = dict(attrs)
        if tag == "script" and own.get("src"):
            self.urls.append(own["src"] or "")
        if tag == "link" and own.get("rel") == "stylesheet":
            self.urls.append(own["href"] or "")


def _weigh(port: int, review: str) -> dict[str, tuple[int, int]]:
    """Return bytes (gzip) and requests of a first visit to each kind of page: HTML, CSS and scripts."""
    found = {}
    for name, url in (("home", "/"), ("browse", "/reviews/"), ("review", review)):
        parts = _Parts()
        parts.feed(gzip.decompress(_get(port, url, **{"Accept-Encoding": "gzip"}).read()).decode())
        sizes = [len(_get(port, each, **{"Accept-Encoding": "gzip"}).read()) for each in (url, *parts.urls)]
        found[name] = sum(sizes), len(sizes)
    return found


if __name__ == "__main__":
    sys.exit(main())
