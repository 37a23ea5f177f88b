"""A disk that takes no writes, from the start or all at once: everything is read, and what cannot be stored says so.

python -m tests.reliability.read_only
"""

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from bench import commenting
from bench.server import Site

from .recipes import (
    FORM,
    Figures,
    ask,
    folder,
    image,
    is_sound,
    may_mount,
    mounted,
    not_read,
    post,
    run,
    serving,
    text_kept,
)

MEGABYTES = 96
WORDS = "The ferry scene, once more."


def main(arguments: Sequence[str] | None = None) -> int:
    figures = Figures()
    if not may_mount():
        return 0
    with folder() as place:
        disk, at = place / "disk", place / "mounted"
        image(disk, MEGABYTES)
        with mounted(disk, at):
            (at / "instance").mkdir()
            commenting.prepare(at / "instance")
        from_the_start(figures, disk, at, place / "log")
        all_at_once(figures, disk, at, place / "log")
    with folder() as place:
        unchangeable(figures, place)
    return figures.end()


def from_the_start(figures: Figures, disk: Path, at: Path, log: Path) -> None:
    """Start on a disk that is mounted for reading only, and let it take writes again while the site runs."""
    with mounted(disk, at):
        run("mount", "-o", "remount,ro", at)
        with serving(at / "instance", log, KBLOG_KEEP_FREE="0") as site:
            _look(figures, site, "mounted for reading only")
            run("mount", "-o", "remount,rw", at)
            answer = post(site, 1, WORDS)
            figures.say("mounted for writing again, the next post", answer.status, answer.status == 303)
            figures.say("and /healthz", ask(site, "/healthz").body.strip(), '"ok"' in ask(site, "/healthz").body)
    said = log.read_text()
    figures.none("tracebacks in the log", said.count("Traceback"))
    figures.say("the start says", next((x for x in said.splitlines() if "can only be read" in x), ""),
                "The site can only be read" in said)  # fmt: skip


def all_at_once(figures: Figures, disk: Path, at: Path, log: Path) -> None:
    """Let the system take the disk away from writers while the site runs, as it does when the disk fails."""
    with mounted(disk, at), serving(at / "instance", log, KBLOG_KEEP_FREE="0") as site:
        with commenting.writing(site, 4) as written:
            time.sleep(1)
        sent = written.sent
        run("mount", "-o", "remount,abort", at)
        post(site, 2, WORDS)  # the first one to meet it
        _look(figures, site, "taken away under the running site")
        figures.say("processes of the site", "alive" if site.process.poll() is None else "dead",
                    site.process.poll() is None)  # fmt: skip
    run_fsck(disk)
    with mounted(disk, at):
        found = commenting.compare(at / "instance", commenting.Written(list(sent), []))
        figures.say("comments acknowledged before that", len(sent), bool(sent))
        figures.none("of them lost", found.lost)
        sound = is_sound(at / "instance" / "kblog.db")
        figures.say("integrity_check", sound, sound)


def unchangeable(figures: Figures, place: Path) -> None:
    """Make the database's file unchangeable while the site runs."""
    commenting.prepare(place)
    with serving(place) as site:
        post(site, 1, WORDS)
        try:
            run("chattr", "+i", place / "kblog.db")
        except subprocess.CalledProcessError:  # not every file system knows it
            print("  left out: chattr +i, which this file system does not know")
            return
        try:
            _look(figures, site, "file made unchangeable")
        finally:
            run("chattr", "-i", place / "kblog.db")
        answer = post(site, 3, WORDS)
        figures.say("changeable again, the next post", answer.status, answer.status == 303)


def _look(figures: Figures, site: Site, name: str) -> None:
    missing = not_read(site)
    figures.none(f"{name}: pages that do not come {missing or ''}", len(missing))
    answers = [post(site, 100 + each, WORDS) for each in range(5)]
    kept = all(text_kept(answer) == WORDS for answer in answers)
    figures.say("posts", f"{sorted({each.status for each in answers})}, text kept: {kept}",
                {each.status for each in answers} == {503} and kept)  # fmt: skip
    # of two processes one may not have met a failing disk yet
    notice = any("can only be read" in ask(site, f"{FORM}/new").body for _ in range(8))
    figures.say("the form says so before anybody writes", notice, notice)
    health = next((x for x in (ask(site, "/healthz") for _ in range(8)) if "degraded" in x.body), ask(site, "/healthz"))
    figures.say("/healthz", f"{health.status} {health.body.strip()}", "degraded" in health.body)


def run_fsck(disk: Path) -> None:
    """Put the file system in order, as a start of the machine does."""
    subprocess.run(["e2fsck", "-fy", str(disk)], capture_output=True)


if __name__ == "__main__":
    sys.exit(main())
