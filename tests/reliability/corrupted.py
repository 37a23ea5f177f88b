"""Bytes turned over, files cut short or gone: found at the start, read as far as can be, and never a traceback.

python -m tests.reliability.corrupted [--flips 60] [--cuts 30] [--megabytes 100]
"""

import argparse
import contextlib
import logging
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from bench import commenting
from kblog import create_app, storage
from kblog.cli.site import load_samples
from kblog.config import Config
from kblog.db import db

from .recipes import FORM, PAGES, Figures, ask, folder, is_sound, not_read, post, serving, told

MOST_SECONDS = 1.0  # of looking over 100 MB
WORDS = "The ferry scene, once more."


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--flips", type=int, default=60)
    parser.add_argument("--cuts", type=int, default=30)
    parser.add_argument("--megabytes", type=int, default=100)
    asked = parser.parse_args(arguments)
    figures = Figures()
    with folder() as place:
        whole = place / "whole"
        whole.mkdir()
        commenting.prepare(whole)
        app = create_app(Config(instance=whole))
        with app.app_context():
            load_samples()
            db.session.remove()
            db.engine.dispose()
        one_page(figures, place, whole)
        flips(figures, place, whole, asked.flips)
        cuts(figures, place, whole, asked.cuts)
        look_over(figures, place, whole, asked.megabytes)
    print("  missing media: tests/test_bring_pictures.py")
    return figures.end()


def one_page(figures: Figures, place: Path, whole: Path) -> None:
    """Turn over the byte that says what a page of the database is, and start the real server on it."""
    instance = _copy(whole, place / "one-page")
    database = instance / "kblog.db"
    with contextlib.closing(sqlite3.connect(database)) as connection:
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        (root,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'review_views'").fetchone()
    _turn(database, (root - 1) * size)
    with serving(instance, place / "log") as site:
        missing = not_read(site)
        figures.none(f"one damaged page: pages that do not come {missing or ''}", len(missing))
        answer = post(site, 1, WORDS)
        figures.say("posts", answer.status, answer.status == 503 and WORDS in answer.body)
        health = ask(site, "/healthz").body.strip()
        figures.say("/healthz", health, "damaged" in health)
    said = (place / "log").read_text()
    line = next((line for line in said.splitlines() if "can only be read" in line), "")
    figures.say("the start says", line, "flask backup restore" in line)
    figures.none("mistakes of the program in the log", told(place / "log")[1])


def flips(figures: Figures, place: Path, whole: Path, number: int) -> None:
    """Turn one byte over anywhere, so many times: each page comes or says that it cannot be read."""
    logging.disable(logging.CRITICAL)  # each page that cannot be read has its line
    database, found, statuses, odd = whole / "kblog.db", 0, Counter(), []
    size, dice = database.stat().st_size, random.Random(20261126)
    for each in range(number):
        instance = _copy(whole, place / f"flip-{each}")
        _turn(instance / "kblog.db", dice.randrange(100, size))
        try:
            found += bool(storage.check(str(instance / "kblog.db")))
        except sqlite3.DatabaseError:  # with it the server does not start
            found += 1
        app = create_app(Config(instance=instance, guard=False, keep_free=0))
        client = app.test_client()
        for url in PAGES:
            status = client.get(url).status_code
            statuses[status] += 1
            odd += [f"{status} for {url}"] if status not in (200, 404, 410, 503) else []
        status = client.post(
            FORM, data={"name": "Mina", "body": WORDS}, headers={"Origin": "http://localhost"}
        ).status_code
        odd += [f"{status} for a post"] if status not in (303, 503, 404) else []
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        shutil.rmtree(instance)
    figures.say("bytes turned over", f"{number}, {found} seen by the check (the others lie in texts or in free space)")
    figures.say("answers", dict(statuses))
    figures.none(f"answers that were tracebacks {odd[:5] or ''}", len(odd))


def cuts(figures: Figures, place: Path, whole: Path, number: int) -> None:
    """Cut the WAL anywhere and take its index away: whole transactions up to there, and no part of one."""
    instance = _copy(whole, place / "cut")
    with serving(instance) as site:
        for each in range(20):
            post(site, each, f"{WORDS} {each}")
        site.kill()
    wal = instance / "kblog.db-wal"
    frames, unsound, counts, uneven = wal.read_bytes(), 0, set(), 0
    for each in range(number):
        cut = _copy(instance, place / f"cut-{each}")
        (cut / "kblog.db-wal").write_bytes(frames[: random.randrange(len(frames))])
        (cut / "kblog.db-shm").unlink(missing_ok=True)
        found = commenting.compare(cut, commenting.Written([], []))
        unsound += not found.is_sound
        uneven += found.stored != found.counted
        counts.add(found.stored)
        shutil.rmtree(cut)
    figures.say("WALs cut short, without their index", f"{number}, with {min(counts)} to {max(counts)} comments left")
    figures.none("databases not sound", unsound)
    figures.none("transactions of which a part was kept", uneven)
    cut = _copy(instance, place / "short")
    (cut / "kblog.db").write_bytes((cut / "kblog.db").read_bytes()[: 5 * 4096 + 100])
    (cut / "kblog.db-wal").unlink()
    command = [sys.executable, "-m", "flask", "--app", "app", "serve"]
    environ = {**os.environ, "KBLOG_INSTANCE": str(cut), "PORT": "1"}
    said = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60)
    line = said.stderr.strip().splitlines()[-1:]
    figures.say("a database of which half is gone", line, "Traceback" not in said.stderr and "restore" in said.stderr)


def look_over(figures: Figures, place: Path, whole: Path, megabytes: int) -> None:
    """Time how long a start looks over a large database."""
    instance = _copy(whole, place / "large")
    database = instance / "kblog.db"
    with contextlib.closing(sqlite3.connect(database)) as connection:
        (review_id,) = connection.execute("SELECT id FROM review WHERE slug = ?", (commenting.SLUG,)).fetchone()
        rows = (
            (review_id, f"large-{each}", WORDS * 30, f"<p>{WORDS * 30}</p>", "2026-01-01 00:00:00")
            for each in range(megabytes * 500)
        )
        names = "review_id, key, name, website, body, body_html, spoils, state, reason, state_before, by_author,"
        names += " posted_at, old_number, writer_hash, network, fingerprint"
        values = "?, ?, 'Mina', '', ?, ?, '', 'visible', '', '', 0, ?, '', '', '', ''"
        connection.executemany(f"INSERT INTO comment ({names}) VALUES ({values})", rows)
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    size = database.stat().st_size / 1e6
    times = []
    for _ in range(3):
        began, cpu = time.perf_counter(), time.process_time()
        assert not storage.check(str(database))
        times.append((time.process_time() - cpu, time.perf_counter() - began))
    cpu, seconds = min(times)
    figures.say("looking a database over", f"{seconds:.2f} s, {cpu:.2f} s of CPU, for {size:.0f} MB",
                cpu < MOST_SECONDS * size / 100)  # fmt: skip
    figures.say("sound", is_sound(database), True)


def _copy(source: Path, target: Path) -> Path:
    shutil.copytree(source, target)
    return target


def _turn(path: Path, at: int) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ 0xFF]))


if __name__ == "__main__":
    sys.exit(main())
