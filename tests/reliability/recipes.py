"""What the recipes share: figures with their bars, disks made for the purpose, and a reader's eye on the site."""

import contextlib
import http.client
import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

from bench import commenting
from bench.server import Site

FORM = f"/reviews/{commenting.SLUG}/comments"
REVIEW = f"/reviews/{commenting.SLUG}/"
PAGES = ("/", "/reviews/", "/reviews/?q=ferry", REVIEW, FORM, f"{FORM}/new", "/archive/", "/feeds/reviews.atom")
PAGES += ("/feeds/comments.atom", "/sitemap.xml", "/pages/about/", "/healthz")


class Figures:
    """What was measured, line by line, and whether each bar was met."""

    def __init__(self) -> None:
        self.missed: list[str] = []

    def say(self, what: str, value: object, is_met: bool = True) -> None:
        print(f"  {what}: {value}{'' if is_met else '   MISSED'}", flush=True)
        if not is_met:
            self.missed.append(what)

    def none(self, what: str, number: int) -> None:
        """Note a number that has to be 0."""
        self.say(what, number, number == 0)

    def end(self) -> int:
        return int(bool(self.missed))


def may_mount() -> bool:
    """Whether this recipe can make disks here; says so where it cannot."""
    if os.geteuid() == 0 and subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode == 0:
        return True
    print("  left out: this needs root, to mount a disk made for the purpose")
    return False


def run(*command: str | Path) -> None:
    subprocess.run([str(each) for each in command], check=True, capture_output=True)


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="kblog-reliability-", ignore_cleanup_errors=True) as name:
        yield Path(name)


@contextlib.contextmanager
def tmpfs(size: str) -> Iterator[Path]:
    """A small disk in memory."""
    with folder() as place:
        run("mount", "-t", "tmpfs", "-o", f"size={size}", "none", place)
        try:
            yield place
        finally:
            run("umount", "--lazy", place)


def image(path: Path, megabytes: int) -> None:
    """Make a file that holds an ext4 file system."""
    with path.open("wb") as file:
        file.truncate(megabytes * 1024 * 1024)
    run("mkfs.ext4", "-q", "-F", path)


@contextlib.contextmanager
def mounted(disk: Path, at: Path, *options: str) -> Iterator[Path]:
    at.mkdir(exist_ok=True)
    run("mount", "-o", ",".join(["loop", *options]), disk, at)
    try:
        yield at
    finally:
        for _ in range(50):
            if subprocess.run(["umount", at], capture_output=True).returncode == 0:
                break
            time.sleep(0.1)
        else:
            run("umount", "--lazy", at)


@contextlib.contextmanager
def serving(instance: Path, log: Path | None = None, **settings: str) -> Iterator[Site]:
    """The real server on an instance folder, ended whatever happens."""
    with contextlib.ExitStack() as stack:
        lines = stack.enter_context(log.open("ab")) if log else subprocess.DEVNULL
        site = Site(instance, lines, **settings)
        try:
            yield site
        finally:
            if site.process.poll() is None:
                site.stop()


class Answer:
    """A status and a body."""

    def __init__(self, status: int, body: str) -> None:
        self.status, self.body = status, body


def ask(site: Site, url: str, form: dict[str, str] | None = None) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
    with contextlib.closing(connection):
        headers = {"Origin": f"http://127.0.0.1:{site.port}"}
        if form is None:
            connection.request("GET", url, headers=headers)
        else:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            connection.request("POST", url, urlencode(form), headers)
        answer = connection.getresponse()
        return Answer(answer.status, answer.read().decode())


def post(site: Site, number: int, body: str) -> Answer:
    return ask(site, FORM, {"name": "Mina", "body": body, "key": f"post-{number}"})


def not_read(site: Site) -> list[str]:
    """Ask for every page, and return those that did not come."""
    answers = [(url, ask(site, url).status) for url in PAGES]
    return [f"{status} for {url}" for url, status in answers if status != 200]


def text_kept(answer: Answer) -> str:
    """Return what a form that came back has in its text."""
    found = re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", answer.body, re.DOTALL)
    return found[1].strip() if found else ""


def is_sound(database: Path) -> bool:
    with contextlib.closing(sqlite3.connect(database)) as connection:
        return connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def copy(source: Path, target: Path) -> None:
    """Copy a folder in which nobody writes."""
    shutil.copytree(source, target)
