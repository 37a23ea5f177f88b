"""How long a site of 500 reviews with 10,000 comments takes to go out, to come in again, and to be shown the same.

python -m bench.moving [--reviews 500] [--comments 10000] [--words 1800] [--export FILE] [--through-postgresql]
    [--hold all|once|never]

Each step is a command of its own, as its author would run it; told are its time by the clock and of the processor, and
the most memory that it held. On the way through PostgreSQL every page of each site is held against those of the site
that the export makes on SQLite.
"""

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from kblog.config import ROOT

from .corpus import write_backup
from .postgresql import Server

MOST_MEGABYTES = 500
POSTGRESQL = "postgresql"  # the folder of the site there, and the name under which its address is handed on


class Ran(NamedTuple):
    """How many megabytes a step held at most, and whether it ended well."""

    megabytes: float
    is_well: bool


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--reviews", type=int, default=500)
    parser.add_argument("--comments", type=int, default=10_000)
    parser.add_argument("--words", type=int, default=1_800, help="of each review")
    parser.add_argument("--export", type=Path, help="the blog that comes in, in the place of a made-up one")
    parser.add_argument("--through-postgresql", action="store_true", help="move from SQLite there and back again")
    how = "which of the comparisons page by page are made: all, PostgreSQL's first alone, none"
    parser.add_argument("--hold", choices=("all", "once", "never"), default="all", help=how)
    asked = parser.parse_args()
    with contextlib.ExitStack() as ends, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        site, again, back_again = (folder / name for name in ("site.zip", "again.zip", "back-again.zip"))
        blog = asked.export or folder / "blog.xml"
        if not asked.export:
            write_backup(blog, reviews=asked.reviews, comments=asked.comments, words=asked.words)
        there, back = "there", []
        if asked.through_postgresql:
            server = Server({"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"})
            ends.callback(server.remove)
            server.make("kblog")
            os.environ |= {POSTGRESQL: server.url("kblog")}
            there = POSTGRESQL
            back = [
                ("it is held against PostgreSQL's", there, "verify", site),
                ("it comes back to SQLite", "back", "import", again),
                ("and is held against PostgreSQL's", "back", "verify", again),
                ("and goes out once more", "back", "export", back_again),
            ]
        steps = (
            ("the blog comes in", "here", "import", blog),
            ("the site goes out", "here", "export", site),
            ("it comes in elsewhere", there, "import", site),
            ("and goes out again", there, "export", again),
            ("it is held against its origin", "here", "verify", site),
            *back,
        )
        if asked.hold != "all":  # the bytes that go out say the same of the others
            held = there if asked.hold == "once" else ""
            steps = tuple(each for each in steps if each[2] != "verify" or each[1] == held)
        ran = [_run(what, folder / instance, *arguments) for what, instance, *arguments in steps]
        most, is_held = max(step.megabytes for step in ran), all(step.is_well for step in ran)
        written = [each.read_bytes() for each in (site, again, back_again) if each.exists()]
        is_same = len(set(written)) == 1
        size = site.stat().st_size / 1024**2
        print(f"{size:.1f} MB; written {len(written)} times, the bytes are {'the same' if is_same else 'others'}")
    return int(not is_same or not is_held or most > MOST_MEGABYTES)


def _run(what: str, instance: Path, *arguments: object) -> Ran:
    """Run `flask transfer ...` on a site; the steps go on where a comparison finds differences, and end otherwise."""
    command = [sys.executable, "-m", "flask", "--app", "app", "transfer", *map(str, arguments)]
    own = {"KBLOG_INSTANCE": str(instance)}
    if instance.name == POSTGRESQL:
        own["KBLOG_DATABASE_URL"] = os.environ[POSTGRESQL]
    began = time.perf_counter()
    together = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | own, **together)
    said = process.stdout.read() if process.stdout else ""
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode and "verify" not in arguments:
        raise SystemExit(f"{what}: {said}")
    megabytes = used.ru_maxrss / 1024
    seconds = time.perf_counter() - began
    if "verify" in arguments:
        what += f": {said if process.returncode else said.splitlines()[-1]}"
    print(f"{seconds:8.1f} s {used.ru_utime + used.ru_stime:8.1f} s of CPU {megabytes:6.0f} MB  {what}", flush=True)
    return Ran(megabytes, not process.returncode)


if __name__ == "__main__":
    sys.exit(main())
