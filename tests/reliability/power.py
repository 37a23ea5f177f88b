"""The power fails under eight writers: what was acknowledged is on the disk.

python -m tests.reliability.power [--cuts 50] [--control 10] [--writers 8]

The database lies on ext4 in a file. A cut stops every process and copies that file: what the system still held in
memory is not in it, as after a power cut. The copy is mounted, its journal played back, and compared with what
writers heard.
A control that does not wait for the disk has to lose something, or the recipe sees nothing.
"""

import argparse
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from bench import commenting
from bench.server import Site

from .kill import Checked, check
from .recipes import Figures, folder, image, may_mount, mounted

MEGABYTES = 48
CONTROL = ("-m", "granian", "--interface", "wsgi", "--no-ws", "--workers", "2", "--blocking-threads", "4", "--factory")


class Careless(Site):
    """The site with a database that does not wait for the disk."""

    @property
    def program(self) -> Sequence[str]:
        return (*CONTROL, "--port", str(self.port), "tests.reliability.careless:careless_app")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cuts", type=int, default=50)
    parser.add_argument("--control", type=int, default=10)
    parser.add_argument("--writers", type=int, default=8)
    asked = parser.parse_args(arguments)
    figures = Figures()
    if not may_mount():
        return 0
    with folder() as place:
        found, sent = cut(place, Site, asked.cuts, asked.writers)
    figures.say("power cuts under FULL", f"{len(found)}, {sent} comments acknowledged", sent > 0)
    figures.none("lost", sum(each.lost for each in found))
    figures.none("twice", sum(each.twice for each in found))
    figures.none("partial", sum(each.partial for each in found))
    figures.none("databases not sound, or counters wrong", sum(not (x.is_sound and x.is_counted) for x in found))
    with folder() as place:
        found, sent = cut(place, Careless, asked.control, asked.writers)
    losing = [each.lost for each in found if each.lost]
    figures.say(
        "the control, under NORMAL, loses",
        f"in {len(losing)} of {len(found)} cuts, at most {max(losing, default=0)} of {sent} comments",
        bool(losing),
    )
    return figures.end()


def cut(place: Path, program: type[Site], cuts: int, writers: int) -> tuple[list[Checked], int]:
    """Cut the power so many times while writers write; return what each copy holds of what was heard till then."""
    disk, copied, found = place / "disk", place / "copied", []
    image(disk, MEGABYTES)
    with mounted(disk, place / "live") as live:
        instance = live / "instance"
        instance.mkdir()
        commenting.prepare(instance)
        os.sync()
        site = program(instance, KBLOG_KEEP_FREE="0")
        try:
            with commenting.writing(site, writers) as written:
                for _ in range(cuts):
                    time.sleep(random.uniform(0.1, 0.6))
                    os.killpg(site.process.pid, signal.SIGSTOP)
                    heard = list(written.sent)
                    shutil.copyfile(disk, copied)
                    os.killpg(site.process.pid, signal.SIGCONT)
                    with mounted(copied, place / "after") as after:
                        found.append(check(after / "instance", heard))
        finally:
            site.stop()
        sent = len(written.sent)
    return found, sent


if __name__ == "__main__":
    sys.exit(main())
