"""What the benches found, kept as lines of JSON, so that the tables of docs/performance.md are made and never typed."""

import argparse
import json
import os
import platform
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

PARTS = ("flask", "sqlalchemy", "jinja2", "granian", "bleach")


def add_option(parser: argparse.ArgumentParser) -> None:
    """Let a bench be told where to keep what it finds."""
    parser.add_argument("--out", type=Path, help="append what is found, as one line of JSON")


def keep(out: Path | None, bench: str, **found: Any) -> None:
    """Append what a bench found, with the day and what it ran on."""
    if out:
        with out.open("a", encoding="utf-8") as file:
            file.write(
                json.dumps({"bench": bench, "on": f"{datetime.now(UTC):%Y-%m-%d}", "with": _with(), **found}) + "\n"
            )


def bars(found: Iterable[tuple[str, str, str, bool]]) -> list[dict[str, Any]]:
    """Return promises as they are kept: what, what it must be, what was found, and whether that is enough."""
    return [dict(zip(("name", "must", "found", "is_met"), each, strict=True)) for each in found]


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _with() -> dict[str, str]:
    used = {"Python": platform.python_version(), "SQLite": sqlite3.sqlite_version}
    used |= {name: version(name) for name in PARTS}
    used |= {name: said for name in ("nginx", "wrk") if (said := _version(name))}
    return used | {"machine": f"{os.cpu_count()} cores, {_processor()}"}


def _version(program: str) -> str:
    if not shutil.which(program):
        return ""
    said = subprocess.run([program, "-v"], capture_output=True, text=True, check=False)
    found = re.search(r"\d+(?:\.\d+)+", said.stdout + said.stderr)
    return found[0] if found else ""


def _processor() -> str:
    try:
        found = re.search(r"(?m)^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    except OSError:
        found = None
    return " ".join(found[1].split()) if found else platform.machine()
