"""How many comments a second eight writers get stored for good, and how long a thread of 10,000 comments takes.

python -m bench.commenting [--seconds 30] [--writers 8]
"""

import argparse
import contextlib
import http.client
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

import flask_migrate
import sqlalchemy as sa
from flask import Flask

from kblog import create_app
from kblog.config import Config
from kblog.db import db, now
from kblog.document import Document
from kblog.models import Comment, Review
from kblog.transfer.loader import Loader

SLUG = "ferry"
MOST_MS = 60  # for the first page of a thread of 10,000 comments
WORDS = "The ferry scene in episode {} was the *best* of the whole drama, and I watched it {} times. 정말 좋았어요."


class Sent(NamedTuple):
    """One post, as its sender saw it."""

    id: int
    ms: float


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--writers", type=int, default=8)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        instance = Path(folder)
        _prepare(instance)
        with _served(instance) as (port, process):
            before = _cpu(process.pid)
            sent, errors = _write(port, asked.writers, asked.seconds)
            cpu = _cpu(process.pid) - before
        app = create_app(Config(instance=instance))
        with app.app_context():
            stored = set(db.session.scalars(sa.select(Comment.id)))
            counted = db.session.scalar(sa.select(Review.comment_count).where(Review.slug == SLUG))
            _close()
    times = sorted(each.ms for each in sent)
    acknowledged = [each.id for each in sent]
    lost, twice = set(acknowledged) - stored, len(acknowledged) - len(set(acknowledged))
    print(f"{asked.writers} writers for {asked.seconds:.0f} s on granian, 2 workers, KBLOG_GUARD=off:")
    print(
        f"  {len(sent) / asked.seconds:.0f} comments a second ({len(sent) / cpu:.0f} for each CPU second of the server)"
    )
    print(f"  median {statistics.median(times):.1f} ms, p95 {times[int(len(times) * 0.95)]:.1f} ms")
    print(
        f"  {len(errors)} errors, {len(lost)} lost, {twice} answered twice; count {counted:,} of {len(stored):,} stored"
    )
    slowest = _threads()
    is_right = not errors and not lost and not twice and counted == len(stored) == len(sent)
    return int(not is_right or slowest > MOST_MS)


def _prepare(instance: Path) -> None:
    """Make a site with one review to comment."""
    app = create_app(Config(instance=instance))
    with app.app_context():
        flask_migrate.upgrade()
        _review(SLUG)
        db.session.commit()
        _close()


def _review(slug: str) -> Review:
    described = Document(slug=slug, headline=slug, published_at=now() - timedelta(days=1), body="It floats.")
    return Loader(db.session()).store(described, f"bench:{slug}")


@contextlib.contextmanager
def _served(instance: Path) -> Iterator[tuple[int, subprocess.Popen]]:
    """Serve it as `make run` does, on a free port, without limits and without moderation."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {"PORT": str(port), "KBLOG_INSTANCE": str(instance), "KBLOG_GUARD": "off", "KBLOG_MODERATION": "none"}
    environ = {**os.environ, **settings, "KBLOG_WORKERS": "2"}
    command = [sys.executable, "-m", "flask", "--app", "app", "serve"]
    with subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, start_new_session=True) as process:
        try:
            _wait(port)
            yield port, process
        finally:
            process.terminate()
            process.wait(30)


def _wait(port: int) -> None:
    for _ in range(300):
        with contextlib.suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        time.sleep(0.1)
    raise SystemExit("The server did not start.")


def _write(port: int, writers: int, seconds: float) -> tuple[list[Sent], list[str]]:
    """Let so many writers post one comment after the other; return what was acknowledged, and what went wrong."""
    sent: list[Sent] = []
    errors: list[str] = []
    until = time.perf_counter() + seconds

    def write(writer: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        headers = {"Origin": f"http://127.0.0.1:{port}", "Content-Type": "application/x-www-form-urlencoded"}
        number = 0
        while time.perf_counter() < until:
            number += 1
            body = {"name": f"Guest {writer}", "body": WORDS.format(number, writer), "key": f"{writer}-{number}"}
            began = time.perf_counter()
            connection.request("POST", f"/reviews/{SLUG}/comments", urlencode(body), headers)
            answer = connection.getresponse()
            answer.read()
            ms = (time.perf_counter() - began) * 1000
            found = re.search(r"#comment-(\d+)$", answer.headers.get("Location", ""))
            if answer.status == 303 and found:
                sent.append(Sent(int(found[1]), ms))
            else:
                errors.append(f"{answer.status} for {body['key']}")

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sent, errors


def _threads() -> float:
    """Time the first page of threads of 10,000 comments, uncached; return the slowest median in milliseconds."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Config(instance=Path(folder)))
        with app.app_context():
            flask_migrate.upgrade()
            for slug, roots in (("roots", 10_000), ("half", 5_000), ("many", 500)):
                _crowd(slug, roots, 10_000 - roots)
            print("\nA thread of 10,000 comments, uncached, in this process:")
            slowest = max(_time(app, slug) for slug in ("roots", "half", "many"))
            _close()
    return slowest


def _time(app: Flask, slug: str) -> float:
    client, times, size = app.test_client(), [], 0
    for _ in range(15):
        began = time.perf_counter()
        size = len(client.get(f"/reviews/{slug}/comments").data)
        times.append((time.perf_counter() - began) * 1000)
    median = statistics.median(times)
    print(f"  {slug:6} {median:5.1f} ms, {size / 1000:.0f} kB")
    return median


def _crowd(slug: str, roots: int, replies: int) -> None:
    """Put many comments under a new review; the replies go round the roots."""
    review = _review(slug)
    review.comment_count = roots + replies
    said = Comment(body=WORDS)
    first = (db.session.scalar(sa.select(sa.func.max(Comment.id))) or 0) + 1
    blank = {"body": said.body, "body_html": said.body_html, "website": "", "state": "visible", "reason": ""}
    blank |= {"spoils": "", "by_author": False, "old_number": "", "review_id": review.id, "name": "Guest"}
    began, rows = now() - timedelta(hours=9), []
    for number in range(roots + replies):
        root = None if number < roots else first + (number - roots) % roots
        at = began + timedelta(seconds=number)
        rows.append(blank | {"id": first + number, "posted_at": at, "root_id": root, "parent_id": root})
    db.session.execute(sa.insert(Comment), rows)
    db.session.commit()


def _cpu(leader: int) -> float:
    """Return the CPU seconds used so far by a process and its children, as the kernel counts them."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
            if int(fields[2]) == leader:  # its process group
                ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _close() -> None:
    db.session.remove()
    db.engine.dispose()


if __name__ == "__main__":
    sys.exit(main())
