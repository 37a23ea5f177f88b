"""Hours of ordinary days: readers, a comment now and then and backups, and nothing grows that should not.

python -m tests.reliability.soak [--minutes 30] [--reads 20] [--posts 1] [--backup-every 5]
"""

import argparse
import contextlib
import os
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from bench import commenting, loading
from bench.server import ROOT, Site

from .recipes import FORM, PAGES, REVIEW, Figures, ask, folder, is_sound, post, serving, told

MOST_GROWTH, MOST_WAL = 0.05, 16_000_000
SAMPLED_EVERY = 15  # seconds
WARM = 0.2  # of the time, in which caches fill; growth is counted from there


class Sample(NamedTuple):
    """What the server holds at one moment."""

    memory: float  # MB of all its processes, what they share counted once (PSS)
    descriptors: int
    wal: int


class Heard:
    """What came back: how often each status, and what it took."""

    def __init__(self) -> None:
        self.statuses: Counter[str] = Counter()
        self.ms: list[float] = []
        self.lock = threading.Lock()

    def note(self, kind: str, status: int, seconds: float) -> None:
        with self.lock:
            self.statuses[f"{kind} {status}"] += 1
            self.ms.append(seconds * 1000)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--reads", type=float, default=20, help="a second")
    parser.add_argument("--posts", type=float, default=1, help="a second")
    parser.add_argument("--backup-every", type=float, default=5, help="minutes")
    asked = parser.parse_args(arguments)
    figures = Figures()
    with folder() as place:
        log = place / "log"
        instance = place / "instance"
        instance.mkdir()
        commenting.prepare(instance)
        with serving(instance, log) as site:
            heard, samples, backups = soak(site, instance, asked)
        sound = is_sound(instance / "kblog.db")
        errors, _ = told(log)
    _report(figures, asked, heard, samples, backups)
    figures.none("errors in the log", errors)
    figures.say("integrity_check", sound, sound)
    return figures.end()


def soak(site: Site, instance: Path, asked: argparse.Namespace) -> tuple[Heard, list[Sample], list[int]]:
    """Read, post and back up for so long; return what was heard, what the server held, and how each backup ended."""
    heard, samples, backups, over = Heard(), [], [], threading.Event()
    urls = [*PAGES, *(f"{REVIEW}?reader={each}" for each in range(20)), FORM]

    def read(number: int) -> None:
        _timed(heard, "GET", lambda: ask(site, urls[number % len(urls)]).status)

    def write(number: int) -> None:
        _timed(heard, "POST", lambda: post(site, number, f"Day {number}: the ferry was late again. " * 3).status)

    def back_up(number: int) -> None:
        if number:
            backups.append(_back_up(instance))

    def sample(_number: int) -> None:
        samples.append(_sample(site, instance))

    beats = ((2 / asked.reads, read), (2 / asked.reads, read), (1 / asked.posts, write))
    beats += ((asked.backup_every * 60, back_up), (SAMPLED_EVERY, sample))
    threads = [threading.Thread(target=_keep_on, args=(every, what, over)) for every, what in beats]
    for thread in threads:
        thread.start()
    time.sleep(asked.minutes * 60)
    over.set()
    for thread in threads:
        thread.join()
    samples.append(_sample(site, instance))
    return heard, samples, backups


def _keep_on(every: float, what: Callable[[int], None], over: threading.Event) -> None:
    """Do something at even times; what comes late is made up for."""
    began, number = time.monotonic(), 0
    while not over.wait(max(0, began + number * every - time.monotonic())):
        what(number)
        number += 1


def _timed(heard: Heard, kind: str, asked: Callable[[], int]) -> None:
    began = time.perf_counter()
    try:
        status = asked()
    except OSError:
        status = 599  # no answer at all
    heard.note(kind, status, time.perf_counter() - began)


def _back_up(instance: Path) -> int:
    """Make a backup by the site's own command; return how it ended."""
    environ = {**os.environ, "KBLOG_INSTANCE": str(instance)}
    command = [sys.executable, "-m", "flask", "--app", "app", "backup", "create"]
    return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True).returncode


def _sample(site: Site, instance: Path) -> Sample:
    descriptors = 0
    for process in loading.tree(site.process.pid):
        with contextlib.suppress(OSError):  # it ended meanwhile
            descriptors += len(list(Path(f"/proc/{process}/fd").iterdir()))
    wal = instance / "kblog.db-wal"
    return Sample(loading.memory(site.process.pid), descriptors, wal.stat().st_size if wal.exists() else 0)


def workers(site: Site) -> list[int]:
    """Return the ids of the processes that answer readers."""
    found = []
    for process in loading.tree(site.process.pid):
        with contextlib.suppress(OSError):
            state, parent = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[:2]
            if int(parent) == site.process.pid and state != "Z":
                found.append(process)
    return sorted(found)


def _report(
    figures: Figures, asked: argparse.Namespace, heard: Heard, samples: list[Sample], backups: list[int]
) -> None:
    reads = sum(number for kind, number in heard.statuses.items() if kind.startswith("GET"))
    posts = sum(number for kind, number in heard.statuses.items() if kind.startswith("POST"))
    seconds = asked.minutes * 60
    figures.say("a second", f"{reads / seconds:.1f} reads, {posts / seconds:.2f} posts for {asked.minutes:g} minutes",
                reads >= 0.9 * seconds * asked.reads and posts >= 0.9 * seconds * asked.posts)  # fmt: skip
    figures.say("answers", dict(sorted(heard.statuses.items())))
    figures.none("answers of 500 and more, or none", sum(n for kind, n in heard.statuses.items() if kind[-3] == "5"))
    ms = sorted(heard.ms)
    figures.say("p99 of all", f"{ms[int(len(ms) * 0.99)]:.0f} ms, median {statistics.median(ms):.1f} ms")
    figures.say("backups", f"{len(backups)}, {sum(map(bool, backups))} of them failed", not any(backups))
    warm = samples[int(len(samples) * WARM) :]
    part = max(1, len(warm) // 5)
    early, late = (statistics.median(each.memory for each in some) for some in (warm[:part], warm[-part:]))
    growth = late / early - 1
    warm_at = f"{WARM * asked.minutes:g} minutes"
    said = f"{early:.1f} MB after {warm_at}, {late:.1f} MB at the end: {growth:+.1%}"
    figures.say("memory (PSS)", said, growth < MOST_GROWTH)
    before, after = (statistics.median(each.descriptors for each in some) for some in (warm[:part], warm[-part:]))
    figures.say("descriptors", f"{before:.0f}, then {after:.0f}", after <= before + 4)
    wal = max(each.wal for each in samples)
    figures.say("WAL at most", f"{wal / 1e6:.1f} MB", wal < MOST_WAL)


if __name__ == "__main__":
    sys.exit(main())
