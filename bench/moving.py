"""How long a site of 500 reviews with 10,000 comments takes to go out, to come in again, and to be shown the same.

python -m bench.moving [--reviews 500] [--comments 10000] [--words 1800]

Each step is a command of its own, as its author would run it; told are its time by the clock and of the processor, and
the most memory that it held.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from kblog.config import ROOT

from .corpus import write_backup

MOST_MEGABYTES = 500


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--reviews", type=int, default=500)
    parser.add_argument("--comments", type=int, default=10_000)
    parser.add_argument("--words", type=int, default=1_800, help="of each review")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        site, again = folder / "site.zip", folder / "again.zip"
        write_backup(folder / "blog.xml", reviews=asked.reviews, comments=asked.comments, words=asked.words)
        steps = (
            ("the blog comes in", "here", "import", folder / "blog.xml"),
            ("the site goes out", "here", "export", site),
            ("it comes in elsewhere", "there", "import", site),
            ("and goes out again", "there", "export", again),
            ("it is held against its origin", "here", "verify", site),
        )
        most = max(_run(what, folder / instance, *arguments) for what, instance, *arguments in steps)
        is_same = site.read_bytes() == again.read_bytes()
        size = site.stat().st_size / 1024**2
        print(f"{size:.1f} MB; written twice, the bytes are {'the same' if is_same else 'others'}")
    return int(not is_same or most > MOST_MEGABYTES)


def _run(what: str, instance: Path, *arguments: object) -> float:
    """Run `flask transfer ...` on a site; return how many megabytes it held."""
    command = [sys.executable, "-m", "flask", "--app", "app", "transfer", *map(str, arguments)]
    began = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=ROOT, env=os.environ | {"KBLOG_INSTANCE": str(instance)}, stdout=subprocess.PIPE, text=True
    )
    said = process.stdout.read() if process.stdout else ""
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{what}: {said}")
    megabytes = used.ru_maxrss / 1024
    seconds = time.perf_counter() - began
    print(f"{seconds:8.1f} s {used.ru_utime + used.ru_stime:8.1f} s of CPU {megabytes:6.0f} MB  {what}", flush=True)
    return megabytes


if __name__ == "__main__":
    sys.exit(main())
