"""Every process killed at once, over and over, while readers write and while a blog comes in.

python -m tests.reliability.kill [--rounds 100] [--writers 8] [--imports 20] [--export FILE]
"""

import argparse
import contextlib
import hashlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from bench import commenting
from bench.corpus import write_backup
from bench.server import ROOT, Site

from .recipes import Figures, copy, folder, is_sound, serving

MOST_SECONDS = 3.0  # of a start, until the first answer
EVERY = 10  # kills, after which the database is looked over before the server does it
REVIEWS, COMMENTS = 40, 300  # of the blog that comes in
PASSING = {"attempt", "content_version", "listed_change", "alembic_version"}  # tables that no import is about


class Checked(NamedTuple):
    """What is in a database, compared with what was acknowledged."""

    stored: int
    lost: int
    twice: int
    partial: int
    is_counted: bool
    is_sound: bool

    @property
    def is_whole(self) -> bool:
        return not (self.lost or self.twice or self.partial) and self.is_counted and self.is_sound


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--imports", type=int, default=20)
    parser.add_argument("--export", type=Path, help="what is imported, in the place of a made-up blog")
    asked = parser.parse_args(arguments)
    figures = Figures()
    if asked.rounds:
        with folder() as place:
            kill(figures, place, asked.rounds, asked.writers)
    if asked.imports:
        with folder() as place:
            kill_imports(figures, place, asked.imports, asked.export)
    return figures.end()


def kill(figures: Figures, instance: Path, rounds: int, writers: int) -> None:
    """Kill the server under so many writers, and compare at the end, and now and then in between."""
    commenting.prepare(instance)
    starts, unsound = [], 0
    with serving(instance) as site, commenting.writing(site, writers) as written:
        for number in range(1, rounds + 1):
            time.sleep(random.uniform(0.05, 0.35))
            site.kill()
            if number % EVERY == 0:
                unsound += not check(instance, list(written.sent)).is_whole
            starts.append((start(site), site.cpu()))
        time.sleep(0.5)
    found = check(instance, written.sent)
    again = sum(each.tries > 1 for each in written.sent)
    figures.say("kills of all processes", f"{rounds} under {writers} writers")
    figures.say("acknowledged", f"{len(written.sent)}, {again} of them sent more than once", bool(written.sent))
    figures.none("answers that were errors", len(written.errors))
    figures.none("lost", found.lost)
    figures.none("twice", found.twice)
    figures.none("partial", found.partial)
    figures.say("kept counter equals rows", found.is_counted, found.is_counted)
    figures.say("integrity_check", found.is_sound, found.is_sound)
    figures.none(f"not whole at every {EVERY}th kill", unsound)
    (middle, cpu), load = sorted(starts)[len(starts) // 2], os.getloadavg()[1]
    is_met = middle < MOST_SECONDS or load > (os.cpu_count() or 1)  # a machine that others use tells nothing
    said = f"{middle:.1f} s median ({cpu:.1f} s of CPU in all its processes), {max(starts)[0]:.1f} s at most"
    figures.say("load of the machine meanwhile", f"{load:.1f} on {os.cpu_count()} cores")
    figures.say("start until the first answer", said, is_met)


def start(site: Site) -> float:
    began = time.perf_counter()
    site.start()
    return time.perf_counter() - began


def check(instance: Path, sent: Sequence[commenting.Sent]) -> Checked:
    """Compare what is stored with what was acknowledged, row by row."""
    database = instance / "kblog.db"
    with contextlib.closing(sqlite3.connect(database)) as connection:
        query = "SELECT id, key, body, body_html, fingerprint, state FROM comment WHERE key IS NOT NULL"
        rows = {row[0]: row[1:] for row in connection.execute(query)}
        ((counted,),) = connection.execute("SELECT comment_count FROM review WHERE slug = ?", (commenting.SLUG,))
    keys = [row[0] for row in rows.values()]
    return Checked(
        stored=len(rows),
        lost=sum(each.id not in rows or rows[each.id][0] != each.key for each in sent),
        twice=len(keys) - len(set(keys)),
        partial=sum(not _is_whole(*row) for row in rows.values()),
        is_counted=counted == len(rows),
        is_sound=is_sound(database),
    )


def _is_whole(key: str, body: str, html: str, fingerprint: str, state: str) -> bool:
    """Whether a comment is one that a writer sent, to the last letter, and all that is made of it is there."""
    writer, number = key.split("-")
    words = commenting.WORDS.format(number, writer)
    return body in {words * times for times in (1, 2, 3)} and bool(html and fingerprint) and state == "visible"


def kill_imports(figures: Figures, place: Path, kills: int, given: Path | None = None) -> None:
    """Kill imports at random moments, with the server and its writers beside them, and let each finish at last."""
    export = given or place / "made-up.xml"
    if not given:
        write_backup(export, reviews=REVIEWS, comments=COMMENTS, words=600)
    blank, whole = place / "blank", place / "whole"
    blank.mkdir()
    commenting.prepare(blank)
    copy(blank, whole)
    began = time.perf_counter()
    importing(whole, export).wait()
    seconds, wanted = time.perf_counter() - began, contents(whole)
    done, blogs, different, unsound, sent, lost, errors = 0, 0, 0, 0, 0, 0, 0
    while done < kills:
        blogs += 1
        instance = place / f"blog-{blogs}"
        copy(blank, instance)
        with serving(instance) as site:
            with commenting.writing(site, 2) as written:
                for _ in range(min(5, kills - done)):
                    running = importing(instance, export)
                    time.sleep(random.uniform(0.3, 1) * seconds)
                    os.killpg(running.pid, signal.SIGKILL)
                    running.wait()
                    site.kill()
                    done += 1
                    site.start()
                errors += importing(instance, export).wait() != 0
            sent += len(written.sent)
            errors += len(written.errors)
        different += contents(instance) != wanted
        found = check(instance, written.sent)
        lost += found.lost + found.twice + found.partial
        unsound += not (found.is_sound and found.is_counted)
    figures.say("kills during an import", f"{done}, of {blogs} times {export.name}")
    figures.none("blogs unlike one that came in undisturbed", different)
    figures.none("errors", errors)
    figures.say("comments acknowledged meanwhile", sent, sent > 0)
    figures.none("of them lost, twice or partial", lost)
    figures.none("databases not sound, or counters wrong", unsound)


def importing(instance: Path, export: Path) -> subprocess.Popen:
    """Begin to import a blog."""
    command = [sys.executable, "-m", "flask", "--app", "app", "transfer", "import", str(export)]
    environ = {**os.environ, "KBLOG_INSTANCE": str(instance)}
    given = {"cwd": ROOT, "env": environ, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(command, start_new_session=True, **given)


def contents(instance: Path) -> dict[str, int | str]:
    """Return the number of rows of every table and the hash of every text, without what readers wrote meanwhile."""
    with contextlib.closing(sqlite3.connect(instance / "kblog.db")) as connection:
        query = "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
        tables = [name for (name,) in connection.execute(query) if name not in PASSING and "_fts" not in name]
        found: dict[str, int | str] = {}
        for table in tables:
            but = " WHERE key IS NULL" if table == "comment" else ""
            found[table] = connection.execute(f"SELECT count(*) FROM {table}{but}").fetchone()[0]
        texts = hashlib.sha256()
        for row in connection.execute("SELECT slug, headline, body, body_html FROM review ORDER BY slug"):
            texts.update(repr(row).encode())
        for row in connection.execute("SELECT name, body, posted_at FROM comment WHERE key IS NULL ORDER BY 3, 1, 2"):
            texts.update(repr(row).encode())
        found["texts"] = texts.hexdigest()
    return found


if __name__ == "__main__":
    sys.exit(main())
