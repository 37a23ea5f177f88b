"""Backups while readers write, then everything lost, and the last backup made a site on another path.

python -m tests.reliability.backup [--seconds 30] [--writers 8] [--backups 5] [--media 500]
"""

import argparse
import contextlib
import hashlib
import http.client
import random
import re
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from bench import commenting
from bench.server import Site
from kblog import backup as backups
from kblog import create_app
from kblog.config import Config
from kblog.db import db, now
from kblog.transfer import samples, storing

NAMED = "http://kblog.example"  # whatever its port, the site's pages say the same
PICTURE = 300_000  # bytes
PAGES = 50
MOST_RESTORING = 60  # seconds for a gigabyte, until the site answers again


class Found(NamedTuple):
    """What the drill came to."""

    backups: int
    acknowledged: int  # before the last backup began
    since: int  # acknowledged while it was made, or after
    lost: int  # of all backups together
    media: int
    media_differ: int
    pages: int
    pages_differ: int
    is_sound: bool
    making: list[float]
    restoring: float
    waited: list[float]  # milliseconds that each comment took while a backup was made
    else_waited: list[float]  # and at other times

    @property
    def is_right(self) -> bool:
        """Whether nothing is missing."""
        wrong = self.lost + self.media_differ + self.pages_differ
        return not wrong and self.is_sound and bool(self.acknowledged) and self.restoring < MOST_RESTORING


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--backups", type=int, default=5)
    parser.add_argument("--media", type=int, default=500)
    asked = parser.parse_args()
    each = asked.seconds / (asked.backups + 1)
    with tempfile.TemporaryDirectory() as folder:
        found = drill(Path(folder), each, asked.backups, asked.writers, asked.media)
    made = ", ".join(f"{seconds:.1f}" for seconds in found.making)
    print(f"{asked.writers} writers for {asked.seconds:.0f} s, {found.backups} backups meanwhile ({made} s each):")
    print(f"  {found.acknowledged} comments acknowledged before the last one, {found.since} since, {found.lost} lost")
    for when, times in (("while a backup was made", found.waited), ("at other times", found.else_waited)):
        times = sorted(times)
        print(f"  {len(times)} comments {when}: median {statistics.median(times):.0f} ms,", end=" ")
        print(f"p99 {times[int(len(times) * 0.99)]:.0f} ms, slowest {times[-1]:.0f} ms")
    print("Everything removed, the last backup put back on another path:")
    print(f"  the site answers after {found.restoring:.1f} s; database and kept counts sound: {found.is_sound}")
    print(f"  {found.media_differ} of {found.media} media files differ, {found.pages_differ} of {found.pages} pages")
    return int(not found.is_right)


def drill(folder: Path, pause: float, number: int = 1, writers: int = 8, media: int = 20, workers: int = 2) -> Found:
    """Do all of it, `pause` seconds between backups; the server's processes write, this one makes the backups."""
    instance, elsewhere, kept = folder / "instance", folder / "elsewhere", folder / "backups"
    own = backups.Places(instance / "kblog.db", instance / "media", kept)
    instance.mkdir()
    _prepare(instance)
    hashes = _pictures(instance / "media", media)
    given = {"KBLOG_BASE_URL": NAMED, "KBLOG_WORKERS": str(workers)}
    site = Site(instance, **given)
    addresses = _addresses(site)
    quiet = _pages(site, addresses)
    before: dict[backups.Backup, list[commenting.Sent]] = {}
    making, waited, else_waited = [], [], []
    with commenting.writing(site, writers) as written:
        for _ in range(number):
            time.sleep(pause)
            else_waited += [each.ms for each in written.sent[len(waited) + len(else_waited) :]]
            so_far = list(written.sent)
            began = time.perf_counter()
            before[backups.make(own, "by-hand", now())] = so_far
            making.append(time.perf_counter() - began)
            waited += [each.ms for each in written.sent[len(so_far) :]]
        time.sleep(min(pause, 0.5))
    # pages that no comment of these changes: they were the same at the backup's moment
    same = {url: body for url, body in _pages(site, addresses).items() if quiet[url] == body}
    chosen = dict(list(same.items())[:PAGES])
    site.stop()
    lost = sum(_lost(each.path / "kblog.db", so_far) for each, so_far in before.items())
    shutil.rmtree(instance)
    began = time.perf_counter()
    restored = backups.Places(elsewhere / "kblog.db", elsewhere / "media", kept)
    backups.restore(backups.find(kept), restored, now())
    site = Site(elsewhere, **given)
    restoring = time.perf_counter() - began
    differ = sum(body != chosen[url] for url, body in _pages(site, chosen).items())
    site.stop()
    last = list(before.values())[-1]
    found = commenting.compare(elsewhere, commenting.Written(last, []))
    there = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (elsewhere / "media").iterdir()}
    return Found(
        backups=len(before),
        acknowledged=len(last),
        since=len(written.sent) - len(last),
        lost=lost + found.lost,
        media=len(hashes),
        media_differ=len(hashes.items() ^ there.items()),
        pages=len(chosen),
        pages_differ=differ,
        is_sound=found.is_sound and not _miscounted(elsewhere / "kblog.db") and not written.errors,
        making=making,
        restoring=restoring,
        waited=waited,
        else_waited=else_waited,
    )


def _prepare(instance: Path) -> None:
    """Make a site with the samples, and one review that everybody comments on."""
    commenting.prepare(instance)
    app = create_app(Config(instance=instance))
    with app.app_context():
        storing.load_documents(db.session(), samples.documents())
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


def _pictures(folder: Path, number: int) -> dict[str, str]:
    """Lay files into the media folder; return their hashes."""
    folder.mkdir()
    chance, hashes = random.Random(number), {}
    for _ in range(number):
        content = chance.randbytes(PICTURE)
        digest = hashlib.sha256(content).hexdigest()
        hashes[f"{digest}.jpg"] = digest
        (folder / f"{digest}.jpg").write_bytes(content)
    return hashes


def _addresses(site: Site, most: int = 70) -> list[str]:
    """Follow the links of the site's pages from its first one."""
    found, waiting = [], ["/"]
    while waiting and len(found) < most:
        found.append(waiting.pop(0))
        text = _pages(site, [found[-1]])[found[-1]].decode("utf-8", "replace")
        links = (link.partition("#")[0].replace("&amp;", "&") for link in re.findall(r'href="(/[^"]*)"', text))
        new = (link for link in links if not link.startswith(("/static/", "/studio/", "//")))
        waiting += [link for link in dict.fromkeys(new) if link not in found and link not in waiting]
    return found


def _pages(site: Site, addresses: Iterable[str]) -> dict[str, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)
    bodies = {}
    with contextlib.closing(connection):
        for address in addresses:
            connection.request("GET", address)
            bodies[address] = connection.getresponse().read()
    return bodies


def _lost(database: Path, sent: list[commenting.Sent]) -> int:
    """Count the acknowledged comments that a backup does not have."""
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro&immutable=1", uri=True)) as connection:
        keys = dict(connection.execute("SELECT id, key FROM comment"))
    return sum(keys.get(each.id) != each.key for each in sent)


def _miscounted(database: Path) -> int:
    """Count the reviews whose kept number of comments is not that of their comments."""
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        counted = "(SELECT count(*) FROM comment WHERE review_id = review.id AND state = 'visible')"
        return connection.execute(f"SELECT count(*) FROM review WHERE comment_count <> {counted}").fetchone()[0]


if __name__ == "__main__":
    sys.exit(main())
