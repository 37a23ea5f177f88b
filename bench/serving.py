"""nginx with static files, plain Flask and K-Blog side by side: requests for each CPU second, on loopback.

python -m bench.serving [--reviews 300] [--comments 6000] [--seconds 5] [--repeats 3] [--out FILE]

The server's whole process tree is pinned to one core and wrk to another, so what is compared is work and not luck.
granian with ready bytes shows what of the distance to nginx is its own. Needs nginx and wrk, and two cores.
"""

import argparse
import contextlib
import gzip
import json
import os
import re
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
from kblog.models import Review

from .corpus import write_backup
from .server import ROOT, free_port

CONNECTIONS = (8, 32)
SERVER_CORE, LOADER_CORE = "0", "1"
HZ = os.sysconf("SC_CLK_TCK")
MUST = {("cached", 8): 0.40, ("cached", 32): 0.55}  # of nginx, by the project's own bar
MUST_P99, MUST_UNCACHED = 2.0, 1.5
NGINX = """
worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log; daemon off; {user}
events {{ worker_connections 1024; }}
http {{
  types {{ text/html html; text/css css; }} default_type text/html; charset utf-8;
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; open_file_cache max=10000 inactive=60s;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{ listen 127.0.0.1:{port}; root {folder}/site; }}
}}
"""


class Point(NamedTuple):
    """One server under one number of connections: requests a CPU second, and milliseconds."""

    per_core: float
    p50: float
    p99: float
    bad: int


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--reviews", type=int, default=300)
    parser.add_argument("--comments", type=int, default=6_000)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--out", type=Path, help="append one line of JSON")
    asked = parser.parse_args()
    if not all(map(shutil.which, ("nginx", "wrk"))):
        raise SystemExit("This needs nginx and wrk: on Debian, apt-get install nginx-light wrk")
    if (os.cpu_count() or 1) < 2:
        raise SystemExit("This needs two cores: one for the server, one for who asks.")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        slug = _fill(folder / "instance", asked.reviews, asked.comments)
        page = f"/reviews/{slug}/"
        points: dict[tuple[str, int], Point] = {}
        with _kblog(folder / "instance") as (port, pid):
            weighed = _weigh(port, page)
            _copy(port, page, folder / "site")
            for number in CONNECTIONS:
                points["cached", number] = _load(port, page, number, pid, asked.seconds, asked.repeats)
            points["not modified", 8] = _load(port, page, 8, pid, asked.seconds, 1, etag=_etag(port, page))
            memory = _memory(pid)
        with _granian("bench.uncached:app", folder / "instance") as (port, pid):
            points["uncached", 8] = _load(port, page, 8, pid, asked.seconds, asked.repeats)
        with _granian("bench.plain_flask:app", folder / "instance") as (port, pid):
            points["plain Flask", 8] = _load(port, page, 8, pid, asked.seconds, asked.repeats)
        with _granian("bench.ready_bytes:app", folder / "instance") as (port, pid):
            for number in CONNECTIONS:
                points["ready bytes", number] = _load(port, page, number, pid, asked.seconds, asked.repeats)
        with _nginx(folder) as (port, pid):
            for number in CONNECTIONS:
                points["nginx", number] = _load(port, page, number, pid, asked.seconds, asked.repeats)
    return _report(asked, points, weighed, memory)


def _report(asked: argparse.Namespace, points: dict[tuple[str, int], Point], weighed: dict, memory: float) -> int:
    print(
        f"{asked.reviews:,} reviews, {asked.comments:,} comments; median of {asked.repeats} runs of {asked.seconds} s"
    )
    print("| server, connections | requests a core-second | p50 ms | p99 ms | bad |\n|---|---|---|---|---|")
    for (name, number), point in points.items():
        print(f"| {name}, {number} | {point.per_core:,.0f} | {point.p50:.2f} | {point.p99:.2f} | {point.bad} |")
    ratios = {f"cached / nginx, {n}": points["cached", n].per_core / points["nginx", n].per_core for n in CONNECTIONS}
    ratios["p99 / nginx, 8"] = points["cached", 8].p99 / points["nginx", 8].p99
    ratios["uncached / plain Flask"] = points["uncached", 8].per_core / points["plain Flask", 8].per_core
    for name, ratio in ratios.items():
        print(f"{name}: {ratio:.2f}")
    print(f"memory of two workers under load (PSS): {memory:.0f} MB")
    for name, (bytes_, requests) in weighed.items():
        print(f"{name}: {bytes_ / 1000:.1f} kB of HTML, CSS and scripts (gzip) in {requests} requests")
    if asked.out:
        with asked.out.open("a", encoding="utf-8") as file:
            row = {"reviews": asked.reviews, "comments": asked.comments, "ratios": ratios, "memory": memory}
            row["points"] = {f"{name}, {number}": point._asdict() for (name, number), point in points.items()}
            file.write(json.dumps(row) + "\n")
    is_fast = all(points["cached", n].per_core >= share * points["nginx", n].per_core for (_, n), share in MUST.items())
    is_even = ratios["p99 / nginx, 8"] <= MUST_P99
    is_better = ratios["uncached / plain Flask"] >= MUST_UNCACHED
    is_small = all(bytes_ <= 40_000 and requests <= 5 for bytes_, requests in weighed.values()) and memory <= 260
    met = {"cached": is_fast, "p99": is_even, "uncached": is_better, "size": is_small}
    missed = [name for name, is_met in met.items() if not is_met]
    print(f"missed: {', '.join(missed)}" if missed else "every bar is met")
    return len(missed)


def _fill(instance: Path, reviews: int, comments: int) -> str:
    """Import a made-up blog, and return the slug of the review with about as many comments as the average."""
    instance.mkdir()
    export = instance.parent / "made-up.xml"
    write_backup(export, reviews=reviews, comments=comments)
    app = create_app(Config(instance=instance))
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


@contextlib.contextmanager
def _running(command: list[str], port: int, url: str, environ: dict[str, str]) -> Iterator[tuple[int, int]]:
    """Run a server pinned to its core; yield its port and process id."""
    own, quiet = {**os.environ, **environ}, subprocess.DEVNULL
    pinned = ["taskset", "-c", SERVER_CORE, *command]
    process = subprocess.Popen(pinned, cwd=ROOT, env=own, start_new_session=True, stdout=quiet, stderr=quiet)
    try:
        for _ in range(300):
            with contextlib.suppress(OSError):
                if _get(port, url).status < 500:
                    break
            time.sleep(0.1)
        else:
            raise SystemExit(f"{command[0]} did not start.")
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(60)


def _kblog(instance: Path) -> contextlib.AbstractContextManager[tuple[int, int]]:
    port = free_port()
    own = {"PORT": str(port), "KBLOG_INSTANCE": str(instance), "KBLOG_WORKERS": "2", "KBLOG_THREADS": "4"}
    return _running([sys.executable, "-m", "flask", "--app", "app", "serve"], port, "/healthz", own)


def _granian(app: str, instance: Path) -> contextlib.AbstractContextManager[tuple[int, int]]:
    """Serve another application over the same database, as `flask serve` would."""
    port = free_port()
    options = ["--interface", "wsgi", "--no-ws", "--log-level", "warning", "--host", "127.0.0.1", "--port", str(port)]
    options += ["--workers", "2", "--blocking-threads", "4", app]
    page = next((instance.parent / "site").rglob("reviews/*/index.html"))
    own = {"BENCH_DATABASE": str(instance / "kblog.db"), "KBLOG_INSTANCE": str(instance), "BENCH_PAGE": str(page)}
    return _running([sys.executable, "-m", "granian", *options], port, "/", own)


def _nginx(folder: Path) -> contextlib.AbstractContextManager[tuple[int, int]]:
    port = free_port()
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port, user=user), encoding="utf-8")
    return _running(["nginx", "-c", str(folder / "nginx.conf"), "-p", str(folder)], port, "/", {})


def _get(port: int, url: str, **headers: str) -> Any:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{url}", headers=headers)
    try:
        return urllib.request.urlopen(request, timeout=10)
    except urllib.error.HTTPError as answer:
        return answer


def _etag(port: int, url: str) -> str:
    return _get(port, url).headers["ETag"]


def _copy(port: int, url: str, site: Path) -> None:
    """Give nginx the same page as a file."""
    folder = site / url.strip("/")
    folder.mkdir(parents=True)
    (folder / "index.html").write_bytes(_get(port, url).read())
    (site / "index.html").write_bytes(b"up")


def _load(port: int, url: str, number: int, pid: int, seconds: int, repeats: int, etag: str = "") -> Point:
    command = [
        "taskset",
        "-c",
        LOADER_CORE,
        "wrk",
        "-t1",
        f"-c{number}",
        f"-d{seconds}s",
        "--latency",
        "--timeout",
        "20s",
    ]
    command += ["-H", f"If-None-Match: {etag}"] if etag else []
    command.append(f"http://127.0.0.1:{port}{url}")
    subprocess.run([*command[:3], "wrk", "-t1", "-c4", "-d1s", command[-1]], capture_output=True, check=True)  # warm
    points = []
    for _ in range(repeats):
        before = _cpu(pid)
        said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds * 4 + 60).stdout
        used = _cpu(pid) - before
        total = int(_found(r"(\d+) requests in", said)[0])
        bad = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
        p50, p99 = (_ms(_found(rf"(?m)^\s+{each}%\s+(\S+)", said)[0]) for each in (50, 99))
        points.append(Point(total / max(used, 0.01), p50, p99, int(bad[1]) if bad else 0))
    return Point(
        statistics.median(point.per_core for point in points),
        statistics.median(point.p50 for point in points),
        min(point.p99 for point in points),  # of the run that others disturbed least
        sum(point.bad for point in points),
    )


def _found(pattern: str, text: str) -> tuple[str, ...]:
    match = re.search(pattern, text)
    if match is None:
        raise SystemExit(f"wrk or the kernel said something else than expected: {text[:300]}")
    return match.groups()


def _ms(said: str) -> float:
    value, unit = _found(r"([\d.]+)(us|ms|s|m)", said)
    return float(value) * {"us": 0.001, "ms": 1, "s": 1000, "m": 60_000}[unit]


def _tree(pid: int) -> list[int]:
    """Return a process and all below it."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
            children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found, to_do = [], [pid]
    while to_do:
        found.append(to_do.pop())
        to_do += children.get(found[-1], [])
    return found


def _cpu(pid: int) -> float:
    ticks = 0
    for each in _tree(pid):
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{each}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / HZ


def _memory(pid: int) -> float:
    """Return the memory of a process and all below it in MB, what they share counted once (PSS)."""
    kilobytes = 0
    for each in _tree(pid):
        with contextlib.suppress(OSError):
            kilobytes += int(_found(r"(?m)^Pss:\s+(\d+)", Path(f"/proc/{each}/smaps_rollup").read_text())[0])
    return kilobytes / 1000


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
