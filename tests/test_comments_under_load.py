"""Many writers on the real server, and imports, killed in between: what was acknowledged is there, and once."""

import os
import random
import shutil
import signal
import time
from pathlib import Path

import pytest

from bench import commenting
from bench.corpus import write_backup

from . import engines
from .reliability import kill, soak

pytestmark = [pytest.mark.server, pytest.mark.makes_database]

ADDRESSES = ("203.0.113.77", "198.51.100.123", "2001:db8:aa:bb:cc:dd:ee:77")


@pytest.mark.of_sqlite
def test_eight_writers_lose_nothing_and_no_file_knows_their_addresses(tmp_path: Path):
    instance, log = tmp_path / "instance", tmp_path / "log"
    instance.mkdir()
    commenting.prepare(instance)
    with log.open("wb") as lines:
        site = commenting.Site(instance, lines, KBLOG_TRUSTED_PROXIES="1")
        with commenting.writing(site, 8, {"X-Forwarded-For": ADDRESSES[0]}) as written:
            time.sleep(2)
        for address in ADDRESSES[1:]:
            with commenting.writing(site, 1, {"X-Forwarded-For": address}) as more:
                time.sleep(0.3)
            assert not more.errors
        site.stop()
    found = commenting.compare(instance, written)
    assert len(written.sent) > 8
    assert written.errors == []
    assert (found.lost, found.twice, found.is_sound) == (0, 0, True)
    assert found.counted == found.stored
    kept = {path: path.read_bytes() for path in (log, *instance.rglob("*")) if path.is_file()}
    assert b"K-Blog is at" in kept[log]
    assert any(b"203.0.113.0/24" in text for text in kept.values()), "the network is"
    for address in ADDRESSES:
        assert not [path for path, text in kept.items() if address.encode() in text]


def test_a_server_that_is_killed_loses_nothing_it_acknowledged(tmp_path: Path):
    url = engines.database_url(tmp_path)
    commenting.prepare(tmp_path, url)
    site = commenting.Site(tmp_path, **engines.settings(tmp_path))
    with commenting.writing(site, 4) as written:
        for _ in range(2):
            time.sleep(random.uniform(0.2, 0.6))
            site.kill()
            site.start()
        time.sleep(0.3)
    site.stop()
    found = commenting.compare(tmp_path, written, url)
    assert written.sent
    assert written.errors == []
    assert (found.lost, found.twice, found.is_sound) == (0, 0, True)
    assert found.counted == found.stored


@pytest.mark.of_sqlite
def test_an_import_that_is_killed_is_finished_by_the_next_one(tmp_path: Path):
    export, whole, killed = tmp_path / "made-up.xml", tmp_path / "whole", tmp_path / "killed"
    write_backup(export, reviews=30, comments=120, words=400)
    whole.mkdir()
    commenting.prepare(whole)
    shutil.copytree(whole, killed)
    began = time.monotonic()
    assert kill.importing(whole, export).wait() == 0
    seconds = time.monotonic() - began
    for _ in range(2):
        running = kill.importing(killed, export)
        time.sleep(random.uniform(0.4, 0.9) * seconds)
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
    assert kill.importing(killed, export).wait() == 0
    assert kill.contents(whole)["review"] == 31
    assert kill.contents(killed) == kill.contents(whole)


def test_a_worker_that_dies_takes_nobody_with_it_and_has_a_successor(tmp_path: Path):
    url = engines.database_url(tmp_path)
    commenting.prepare(tmp_path, url)
    site = commenting.Site(tmp_path, **engines.settings(tmp_path))
    workers = soak.workers(site)
    assert len(workers) == 2
    os.kill(workers[0], signal.SIGBUS)
    with commenting.writing(site, 1) as written:
        deadline = time.monotonic() + 30
        while len(soak.workers(site)) < 2 and time.monotonic() < deadline:
            time.sleep(0.1)
    assert len(soak.workers(site)) == 2
    assert written.errors == []
    assert site.process.poll() is None
    site.kill()
