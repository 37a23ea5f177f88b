"""A disk of 8 MB runs full: a clear page, the text kept, reads served, and no new start once there is room.

python -m tests.reliability.full [--size 8m]
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bench import commenting
from bench.corpus import write_backup
from bench.server import ROOT, Site

from .recipes import Answer, Figures, ask, folder, is_sound, may_mount, not_read, post, run, serving, text_kept, tmpfs

BALLAST = 1024 * 1024
WORDS = "The harbour scene stays with me. 항구 장면이 오래 남아요. " * 150  # a long comment, 9,000 characters


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--size", default="8m")
    asked = parser.parse_args(arguments)
    figures = Figures()
    if not may_mount():
        return 0
    for keep_free, name in (("0", "to the last byte"), ("2", "to the 2 MB that are left alone")):
        with tmpfs(asked.size) as disk, folder() as place:
            fill(figures, disk, place / "log", keep_free, name)
    with tmpfs("8m") as disk, folder() as place:
        fill_by_import(figures, disk, place)
    return figures.end()


def fill(figures: Figures, disk: Path, log: Path, keep_free: str, name: str) -> None:
    """Post until nothing more is taken in, look at the site, make room, and post again."""
    instance = disk / "instance"
    instance.mkdir()
    commenting.prepare(instance)
    ballast = disk / "ballast"
    ballast.write_bytes(bytes(BALLAST))
    with serving(instance, log, KBLOG_KEEP_FREE=keep_free) as site:
        number, answer = _until_refused(site)
        figures.say(f"full {name} after", f"{number} comments", number > 1)
        refused = [answer, *(post(site, number + each, WORDS) for each in range(3))]
        figures.say("the answer then", answer.status, {each.status for each in refused} == {503})
        figures.say("it says", _said(answer), "no room to store anything" in answer.body)
        figures.say("the text is in the form", _is_kept(refused), _is_kept(refused))
        figures.none("pages that do not come", len(not_read(site)))
        health = [ask(site, "/healthz").body.strip() for _ in range(8)]  # of two processes one may not have met it
        degraded = [each for each in health if "degraded" in each]
        figures.say("/healthz", (degraded or health)[0], bool(degraded))
        lines = [line for line in log.read_text().splitlines() if " POST /reviews/" in line or line.startswith("POST ")]
        traces = log.read_text().count("Traceback")
        figures.say("lines in the log", f"{len(lines)} for {len(refused)} refused, {traces} tracebacks",
                    len(lines) == len(refused) and not traces)  # fmt: skip
        wal = (instance / "kblog.db-wal").stat().st_size
        figures.say("WAL", f"{wal / 1e6:.1f} MB")
        ballast.unlink()
        process = site.process.pid
        again = post(site, number, WORDS)
        is_same = process == site.process.pid
        figures.say("once there is room, the same post", again.status, again.status == 303 and is_same)
    stored = commenting.compare(instance, commenting.Written([], []))
    figures.say("stored", f"{stored.stored} of {number} acknowledged, counter {stored.counted}",
                stored.stored == number == stored.counted)  # fmt: skip
    figures.say("integrity_check", is_sound(instance / "kblog.db"), is_sound(instance / "kblog.db"))


def _until_refused(site: Site) -> tuple[int, Answer]:
    """Post until one is refused; return its number and its answer."""
    for number in range(1, 10_000):
        answer = post(site, number, WORDS)
        if answer.status != 303:
            return number, answer
    raise SystemExit("The disk never ran full.")


def _is_kept(answers: Sequence[Answer]) -> bool:
    return all(text_kept(answer) == WORDS.strip() for answer in answers)


def _said(answer: Answer) -> str:
    return answer.body.partition('tabindex="-1" autofocus>')[2].partition("<")[0]


def fill_by_import(figures: Figures, disk: Path, place: Path) -> None:
    """Let an import run into a full disk: it says so, keeps what was committed, and goes on once there is room."""
    export = place / "made-up.xml"
    write_backup(export, reviews=150, comments=300, words=1200)
    instance = disk / "instance"
    instance.mkdir()
    first = _import(instance, export)
    figures.say("an import on a full disk says", first.stderr.strip().splitlines()[-1:], first.returncode == 1)
    figures.none("tracebacks of it", first.stderr.count("Traceback"))
    run("mount", "-o", "remount,size=64m", disk)
    second = _import(instance, export)
    figures.say("with room it goes on to the end", second.returncode == 0, second.returncode == 0)
    figures.say("integrity_check", is_sound(instance / "kblog.db"), is_sound(instance / "kblog.db"))


def _import(instance: Path, export: Path) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "KBLOG_INSTANCE": str(instance), "KBLOG_KEEP_FREE": "0"}
    command = [sys.executable, "-m", "flask", "--app", "app", "transfer", "import", str(export)]
    return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True)


if __name__ == "__main__":
    sys.exit(main())
