"""How many comments a second the site takes in durably, and what a page of a thread of 10,000 costs.

python -m bench.commenting [--seconds 30] [--writers 8]
"""

import argparse
import http.client
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import flask_migrate
import sqlalchemy as sa
from flask import Flask

from kblog import create_app
from kblog.config import Config
from kblog.db import db
from kblog.document import CommentEntry, Document
from kblog.models import Comment
from kblog.overview import Row
from kblog.transfer.loader import Loader

from .corpus import EPOCH

ROOT = Path(__file__).resolve().parent.parent
SLUG = "paper-boats"
ISSO = 201  # durable posts a second, measured beside plain Flask's 165
MOST_MILLISECONDS, MOST_QUERIES = 60, 6  # for the first page of a thread of 10,000
REPEATS = 20


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--writers", type=int, default=8)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        posts = posted(Path(folder), asked.writers, asked.seconds)
    with tempfile.TemporaryDirectory() as folder:
        threads = read(Path(folder))
    return int(not (posts and threads))


def posted(folder: Path, writers: int, seconds: int) -> bool:
    """Let writers post through the real server; every answer that says yes must have its row, once."""
    app = prepared(folder, 0)
    acknowledged: list[str] = []
    times: list[float] = []
    errors: list[str] = []
    lock = threading.Lock()
    with serving(folder) as port:
        until = time.monotonic() + seconds

        def write() -> None:
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            while time.monotonic() < until:
                key = uuid.uuid4().hex
                sent = urlencode({"name": f"Guest {key[:6]}", "body": f"The tide table, page {key}.", "key": key})
                headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://127.0.0.1:{port}"}
                began = time.monotonic()
                line.request("POST", f"/reviews/{SLUG}/comments", sent, headers)
                answer = line.getresponse()
                answer.read()
                with lock:
                    times.append(time.monotonic() - began)
                    (acknowledged if answer.status == 303 else errors).append(key)

        crowd = [threading.Thread(target=write) for _ in range(writers)]
        began = time.monotonic()
        for each in crowd:
            each.start()
        for each in crowd:
            each.join()
        took = time.monotonic() - began
    with app.app_context():
        keys = list(db.session.scalars(sa.select(Comment.key).where(Comment.key.is_not(None))))
        db.session.remove()
        db.engine.dispose()
    lost = set(acknowledged) - set(keys)
    ordered = sorted(times)
    rate = len(acknowledged) / took
    print(
        f"{writers} writers for {took:.0f} s: {len(acknowledged):,} comments, {len(errors)} refused, {len(lost)} lost"
    )
    print(f"{rate:.0f} a second, durable (Isso {ISSO}); p50 {1000 * statistics.median(ordered):.0f} ms,", end=" ")
    print(f"p99 {1000 * ordered[int(len(ordered) * 0.99)]:.0f} ms; {len(keys) - len(set(keys))} twice")
    return not errors and not lost and len(keys) == len(set(keys))


def read(folder: Path) -> bool:
    """Draw the first page of a thread of 10,000 in one process, each time anew."""
    app = prepared(folder, 10_000)
    client = app.test_client()
    with app.app_context():
        statements: list[str] = []
        sa.event.listen(db.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
        times = []
        for _ in range(REPEATS):
            statements.clear()
            began = time.perf_counter()
            answer = client.get(f"/reviews/{SLUG}/comments")
            times.append(1000 * (time.perf_counter() - began))
            assert answer.status_code == 200
        queries = sum(not text.startswith(("BEGIN", "PRAGMA")) for text in statements)
        db.session.remove()
        db.engine.dispose()
    median = statistics.median(times)
    print(f"first page of 10,000 comments: {median:.0f} ms (at most {MOST_MILLISECONDS}), {queries} queries", end=" ")
    print(f"(at most {MOST_QUERIES}), {len(answer.data) / 1000:.0f} kB; median of {REPEATS}, nothing kept")
    return median <= MOST_MILLISECONDS and queries <= MOST_QUERIES


def prepared(folder: Path, number: int) -> Flask:
    """Make an instance with one review and so many comments on it."""
    app = create_app(Config(instance=folder, guard=False, moderation="none"))
    said = tuple(
        CommentEntry(id=str(n), name=f"Guest {n}", at=EPOCH + timedelta(minutes=n), body=f"The tide table, page {n}.")
        for n in range(1, number + 1)
    )
    with app.app_context():
        flask_migrate.upgrade()
        document = Document(
            slug=SLUG,
            headline="Paper Boats",
            published_at=EPOCH,
            overview=(Row("Title", "Paper Boats"),),
            comments=said,
            body="## Story\n\nIt floats.\n",
        )
        Loader(db.session()).store(document, "bench:boats")
        db.session.commit()
        db.session.remove()
    return app


@contextmanager
def serving(folder: Path) -> Iterator[int]:
    """Serve an instance as `make run` does, without limits, on a free port of this machine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {"KBLOG_INSTANCE": str(folder), "PORT": str(port), "KBLOG_DEMO": "0", "KBLOG_GUARD": "off"}
    server = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "app", "serve"],
        cwd=ROOT,
        env={**settings, "KBLOG_MODERATION": "none", "PATH": os.environ["PATH"]},
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        for _ in range(200):
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=1):
                    break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


if __name__ == "__main__":
    sys.exit(main())
