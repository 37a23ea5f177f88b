"""How many comments a second eight writers get stored for good, kills or not, and how long a long thread takes.

python -m bench.commenting [--seconds 10] [--repeats 3] [--writers 8] [--kills 20]

The server's processes have one core, the writers another, so what is compared is the server's work: Isso takes in 201
comments a second of such a core. They are posted as a plain form (answered with 303) and as htmx does (answered with
the drawn comment and a fresh form).
"""

import argparse
import contextlib
import http.client
import os
import random
import re
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
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

from . import results
from .server import Site

SLUG = "ferry"
GIVEN_UP = 60  # seconds without an answer, after which the server does not come back
MOST_MS = 60  # for the first page of a thread of 10,000 comments
ISSO = 201  # comments a second, durable, measured the same way
SERVER_CORE, WRITERS_CORE = 0, 1
PLAIN: dict[str, str] = {}
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
SHAPES = {"roots": "all roots", "half": "half of them replies", "many": "many replies to each root"}
WORDS = "The ferry scene in episode {} was the *best* of the whole drama, and I watched it {} times. 정말 좋았어요."


class Sent(NamedTuple):
    """One comment, as its sender saw it."""

    id: int
    key: str
    ms: float
    tries: int


class Written(NamedTuple):
    """What writers sent in a while, and what went wrong."""

    sent: list[Sent]
    errors: list[str]


class Found(NamedTuple):
    """What is in the database afterwards, compared with what was acknowledged."""

    stored: int
    counted: int
    lost: int
    twice: int
    is_sound: bool


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--repeats", type=int, default=3, help="of each measurement, of which the median is told")
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--kills", type=int, default=20)
    results.add_option(parser)
    asked = parser.parse_args()
    bars, figures = [], {}
    for name, headers in (("plain form", PLAIN), ("htmx", HTMX)):
        measured = [_measure(asked.writers, asked.seconds, name, headers) for _ in range(asked.repeats)]
        is_right, rate = all(each for each, _ in measured), statistics.median(rate for _, rate in measured)
        figures[f"comments a core-second, {name}"] = f"{rate:.0f}"
        bars.append((f"durable comments a core-second, {name} (Isso's)", f"{ISSO}", f"{rate:.0f}", rate >= ISSO))
        bars.append((f"none lost, none twice, {name}", "yes", "yes" if is_right else "no", is_right))
    is_right = _kill(asked.writers, asked.kills)
    bars.append((f"none lost, none twice, killed {asked.kills} times", "yes", "yes" if is_right else "no", is_right))
    threads = _threads()
    figures |= {f"first page of 10,000 comments, {name}": f"{ms:.1f} ms" for name, ms in threads.items()}
    slowest = max(threads.values())
    bars.append(("first page of 10,000 comments", f"{MOST_MS} ms", f"{slowest:.0f} ms", slowest <= MOST_MS))
    results.keep(asked.out, "commenting", figures=figures, bars=results.bars(bars))
    return int(not all(is_met for *_, is_met in bars))


def prepare(instance: Path, database_url: str = "") -> None:
    """Make a site with one review to comment, on however small a disk."""
    app = create_app(Config(instance=instance, database_url=database_url, keep_free=0))
    with app.app_context():
        flask_migrate.upgrade()
        _review(SLUG)
        db.session.commit()
        _close()


@contextlib.contextmanager
def writing(site: Site, writers: int, headers: Mapping[str, str] = PLAIN, *, first: int = 0) -> Iterator[Written]:
    """Let so many writers post one comment after the other meanwhile; what gets no answer is sent again."""
    written, is_over = Written([], []), threading.Event()
    given = (site.port, written, is_over, headers)
    threads = [threading.Thread(target=_write, args=(writer, *given)) for writer in range(first, first + writers)]
    for thread in threads:
        thread.start()
    try:
        yield written
    finally:
        is_over.set()
        for thread in threads:
            thread.join()


def compare(instance: Path, written: Written, database_url: str = "") -> Found:
    """Compare what is stored with what was acknowledged."""
    app = create_app(Config(instance=instance, database_url=database_url))
    with app.app_context():
        keys = dict(db.session.execute(sa.select(Comment.id, Comment.key)).all())
        counted = db.session.scalar(sa.select(Review.comment_count).where(Review.slug == SLUG)) or 0
        is_sound = bool(database_url) or db.session.execute(sa.text("PRAGMA integrity_check")).scalar() == "ok"
        _close()
    lost = sum(keys.get(each.id) != each.key for each in written.sent)
    return Found(len(keys), counted, lost, len(keys) - len(set(keys.values())), is_sound)


def _write(writer: int, port: int, written: Written, is_over: threading.Event, own: Mapping[str, str]) -> None:
    words = random.Random(writer)
    headers = {"Origin": f"http://127.0.0.1:{port}", "Content-Type": "application/x-www-form-urlencoded", **own}
    number, connection = 0, http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    while not is_over.is_set():
        number += 1
        body = WORDS.format(number, writer) * words.randint(1, 3)
        fields = {"name": f"Guest {writer}", "body": body, "key": f"{writer}-{number}"}
        began, tries, status, found = time.perf_counter(), 0, 0, None
        while not status:
            tries += 1
            try:
                connection.request("POST", f"/reviews/{SLUG}/comments", urlencode(fields), headers)
                answer = connection.getresponse()
                body_back = answer.read().decode()  # also where it tells nothing: the connection is used again
                place = body_back if own == HTMX else "#" + answer.headers.get("Location", "")
                status, found = answer.status, re.search(r"[#\"]comment-(\d+)\b", place)
            except (OSError, http.client.HTTPException):  # it was killed
                connection.close()
                if is_over.is_set() and time.perf_counter() - began > GIVEN_UP:
                    break
                time.sleep(0.05)
        ms = (time.perf_counter() - began) * 1000
        if status == (201 if own == HTMX else 303) and found:
            written.sent.append(Sent(int(found[1]), fields["key"], ms, tries))
        else:
            written.errors.append(f"{status} for {fields['key']}")
    connection.close()


def _measure(writers: int, seconds: float, name: str, headers: Mapping[str, str]) -> tuple[bool, float]:
    with tempfile.TemporaryDirectory() as folder:
        prepare(Path(folder))
        with _pinned_to(SERVER_CORE):
            site = Site(Path(folder))
        with _pinned_to(WRITERS_CORE):
            with writing(site, 2, headers, first=writers):
                time.sleep(1)  # until every worker has imported what it needs and compiled its statements
            began, before, own = time.perf_counter(), site.cpu(), time.process_time()
            with writing(site, writers, headers) as written:
                time.sleep(seconds)
            took, cpu, own = time.perf_counter() - began, site.cpu() - before, time.process_time() - own
        site.stop()
        found = compare(Path(folder), written)
    times, number = sorted(each.ms for each in written.sent), len(written.sent)
    print(f"{writers} writers for {took:.0f} s, {name}; granian, 2 workers on one core, KBLOG_GUARD=off:")
    print(
        f"  {number / took:.0f} comments a second; {number / cpu:.0f} for each CPU second of the server (Isso: {ISSO})"
    )
    print(f"  the writers' own work: {own / number * 1000:.2f} ms for each, on another core")
    print(f"  median {statistics.median(times):.1f} ms, p95 {times[int(len(times) * 0.95)]:.1f} ms")
    return _say(written, found), number / cpu


@contextlib.contextmanager
def _pinned_to(core: int) -> Iterator[None]:
    """Let this thread, and the processes and threads that it starts meanwhile, run on one core."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {sorted(cores)[core % len(cores)]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


def _kill(writers: int, kills: int) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        prepare(Path(folder))
        site = Site(Path(folder))
        with writing(site, writers) as written:
            for _ in range(kills):
                time.sleep(random.uniform(0.05, 1))
                site.kill()
                site.start()
            time.sleep(0.5)
        site.stop()
        found = compare(Path(folder), written)
    again = sum(each.tries > 1 for each in written.sent)
    print(f"\nThe same, all processes killed {kills} times: {len(written.sent)} acknowledged, {again} sent again")
    return _say(written, found)


def _say(written: Written, found: Found) -> bool:
    print(f"  {len(written.errors)} errors, {found.lost} lost, {found.twice} twice; database sound: {found.is_sound}")
    print(f"  {found.stored:,} stored, {found.counted:,} counted")
    return (
        not written.errors and not found.lost and not found.twice and found.is_sound and found.stored == found.counted
    )


def _review(slug: str) -> Review:
    described = Document(slug=slug, headline=slug, published_at=now() - timedelta(days=1), body="It floats.")
    return Loader(db.session()).store(described, f"bench:{slug}")


def _threads() -> dict[str, float]:
    """Time the first page of threads of 10,000 comments, uncached; return CPU milliseconds by the thread's shape."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Config(instance=Path(folder)))
        with app.app_context():
            flask_migrate.upgrade()
            for slug, roots in (("roots", 10_000), ("half", 5_000), ("many", 500)):
                _crowd(slug, roots, 10_000 - roots)
            print("\nA thread of 10,000 comments, uncached, in this process:")
            took = {words: _time(app, slug) for slug, words in SHAPES.items()}
            _close()
    return took


def _time(app: Flask, slug: str) -> float:
    """Print how long the page takes, and return its CPU milliseconds: other work on the machine is no fault of it."""
    client, waited, worked, size = app.test_client(), [], [], 0
    for _ in range(15):
        app.extensions["kblog.pages"].clear()
        began, cpu = time.perf_counter(), time.process_time()
        size = len(client.get(f"/reviews/{slug}/comments").data)
        waited.append((time.perf_counter() - began) * 1000)
        worked.append((time.process_time() - cpu) * 1000)
    cpu = statistics.median(worked)
    print(f"  {slug:6} {cpu:5.1f} ms of CPU, {statistics.median(waited):5.1f} ms in all; {size / 1000:.0f} kB")
    return cpu


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


def _close() -> None:
    db.session.remove()
    db.engine.dispose()


if __name__ == "__main__":
    sys.exit(main())
