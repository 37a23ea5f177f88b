"""A server pinned to one core, loaded by wrk from another: what it costs, how long it takes, what memory it holds."""

import contextlib
import os
import re
import statistics
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

SERVER_CORE, LOADER_CORE = "0", "1"
HZ = os.sysconf("SC_CLK_TCK")
PACED = "function delay() return {pause} end"  # wrk's own language: milliseconds between two requests of a connection


class Point(NamedTuple):
    """One server under one number of connections: requests a CPU second, and milliseconds."""

    per_core: float
    p50: float
    p99: float
    bad: int


def load(url: str, pid: int, connections: int, seconds: int, repeats: int, pause: int = 0, **headers: str) -> Point:
    """Ask for an address as fast as the connections allow, or with a pause (ms) after each answer.

    Per CPU second of the server's whole process tree, so a machine that does other things meanwhile changes little. The
    medians of all runs; of p99 the run that others disturbed least.
    """
    command = ["taskset", "-c", LOADER_CORE, "wrk", "-t1", "--latency", "--timeout", "20s"]
    for name, value in headers.items():
        command += ["-H", f"{name.replace('_', '-')}: {value}"]
    subprocess.run([*command, "-c4", "-d1s", url], capture_output=True, check=True)  # warm
    points = []
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        if pause:
            script.write(PACED.format(pause=pause))
            script.flush()
            command += ["-s", script.name]
        for _ in range(repeats):
            points.append(_once([*command, f"-c{connections}", f"-d{seconds}s", url], pid, seconds))
    return Point(
        statistics.median(point.per_core for point in points),
        statistics.median(point.p50 for point in points),
        min(point.p99 for point in points),
        sum(point.bad for point in points),
    )


def memory(pid: int) -> float:
    """Return the memory of a process and all below it in MB, what they share counted once (PSS)."""
    kilobytes = 0
    for each in tree(pid):
        with contextlib.suppress(OSError):
            kilobytes += int(_found(r"(?m)^Pss:\s+(\d+)", Path(f"/proc/{each}/smaps_rollup").read_text())[0])
    return kilobytes / 1000


def mapped(pid: int, name: str) -> float:
    """Return how much of that memory, in MB, is pages of a file of this name: the system takes them back when it wants."""
    mapping = re.compile(rf"^\S+-\S+ .*/{re.escape(name)}\n(?:.*\n)*?Pss:\s+(\d+)", re.MULTILINE)
    kilobytes = 0
    for each in tree(pid):
        with contextlib.suppress(OSError):
            kilobytes += sum(map(int, mapping.findall(Path(f"/proc/{each}/smaps").read_text(errors="replace"))))
    return kilobytes / 1000


def tree(pid: int) -> list[int]:
    """Return a process and all below it."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
            children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found, to_do = [], [pid]
    while to_do:
        found.append(to_do.pop())
        to_do += children.get(found[-1], [])
    return found


def cpu(pid: int) -> float:
    """Return the CPU seconds that a process and all below it have used."""
    ticks = 0
    for each in tree(pid):
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{each}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / HZ


def _once(command: list[str], pid: int, seconds: int) -> Point:
    before = cpu(pid)
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds * 4 + 60).stdout
    used = cpu(pid) - before
    total = int(_found(r"(\d+) requests in", said)[0])
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    p50, p99 = (_ms(_found(rf"(?m)^\s+{each}%\s+(\S+)", said)[0]) for each in (50, 99))
    return Point(total / max(used, 1 / HZ), p50, p99, int(bad[1]) if bad else 0)


def _found(pattern: str, text: str) -> tuple[str, ...]:
    match = re.search(pattern, text)
    if match is None:
        raise SystemExit(f"wrk or the kernel said something else than expected: {text[:300]}")
    return match.groups()


def _ms(said: str) -> float:
    value, unit = _found(r"([\d.]+)(us|ms|s|m)", said)
    return float(value) * {"us": 0.001, "ms": 1, "s": 1000, "m": 60_000}[unit]
