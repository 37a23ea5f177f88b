"""Slow senders: 200 half-sent posts and 200 half-sent headers keep no reader waiting, and leave nothing behind.

python -m tests.reliability.slow [--senders 200] [--reads 400]
"""

import argparse
import contextlib
import socket
import sys
import threading
import time
from collections.abc import Sequence

from bench import commenting
from bench.server import Site

from .recipes import FORM, REVIEW, Figures, ask, folder, post, serving

MOST_MS = 500  # p99 of a read meanwhile
BODY = b"name=Mina&body=" + b"I+liked+the+pier.+" * 3_500  # 64 kB
HEAD = f"POST {FORM} HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\n"
HEAD += "Content-Type: application/x-www-form-urlencoded\r\n"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--senders", type=int, default=200)
    parser.add_argument("--reads", type=int, default=400)
    asked = parser.parse_args(arguments)
    figures = Figures()
    with folder() as place:
        commenting.prepare(place)
        with serving(place) as site:
            alone = read(site, asked.reads // 4)
            figures.say("p99 of a read, nobody else there", f"{alone:.0f} ms")
            with half_sent(site, asked.senders), slow_upload(site):
                time.sleep(0.5)
                ms = read(site, asked.reads)
                figures.say(f"p99 of a read beside {asked.senders} half-sent posts, as many half-sent headers and an"
                            f" upload of 1 kB a second", f"{ms:.0f} ms (bar: {MOST_MS} ms)", ms < MOST_MS)  # fmt: skip
            with half_sent(site, asked.senders // 4):
                pass  # all of them hang up half-way
            figures.say("seconds until a post is taken again", f"{until_taken(site):.1f}")
            figures.say("the site is alive", ask(site, "/healthz").body.strip(), site.process.poll() is None)
        stored = commenting.compare(place, commenting.Written([], [])).stored
    figures.none("rows of posts that were never whole", stored - 1)
    return figures.end()


@contextlib.contextmanager
def half_sent(site: Site, number: int):
    """So many posts that stop in the middle of their body, and as many that stop in the middle of their headers."""
    with contextlib.ExitStack() as senders:
        for _ in range(number):
            for sent in (f"{HEAD}Content-Length: {len(BODY)}\r\n\r\n".encode() + BODY[:9_000], HEAD[:60].encode()):
                sender = senders.enter_context(socket.create_connection(("127.0.0.1", site.port), timeout=30))
                with contextlib.suppress(OSError):  # one too many is refused at once, and hung up on
                    sender.sendall(sent)
        yield


@contextlib.contextmanager
def slow_upload(site: Site):
    """A form of 64 kB that comes a kilobyte a second."""
    over = threading.Event()

    def send() -> None:
        with socket.create_connection(("127.0.0.1", site.port), timeout=30) as sender, contextlib.suppress(OSError):
            sender.sendall(f"{HEAD}Content-Length: {len(BODY)}\r\n\r\n".encode())
            for start in range(0, len(BODY), 1_000):
                sender.sendall(BODY[start : start + 1_000])
                if over.wait(1):
                    return

    thread = threading.Thread(target=send)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def read(site: Site, number: int) -> float:
    """Read kept pages and pages that have to be made, and return the p99 in milliseconds."""
    times = []
    for each in range(number):
        url = ("/", REVIEW, f"{REVIEW}?made-anew={each}", "/reviews/?q=ferry")[each % 4]
        began = time.perf_counter()
        if ask(site, url).status != 200:
            return float("inf")
        times.append((time.perf_counter() - began) * 1000)
    return sorted(times)[int(len(times) * 0.99)]


def until_taken(site: Site) -> float:
    began = time.perf_counter()
    while post(site, 1, "I liked the pier.").status != 303:
        if time.perf_counter() - began > 60:
            return float("inf")
        time.sleep(0.1)
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
