"""The real server: slow senders starve no reader, and a stop or a reload loses no request on its way."""

import contextlib
import http.client
import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import commenting
from bench.server import Site
from kblog.bodies import Bodies

pytestmark = pytest.mark.server

FORM = f"POST /reviews/{commenting.SLUG}/comments HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\n"
FORM += "Content-Type: application/x-www-form-urlencoded\r\n"
WORDS = b"name=Mina&body=I+liked+the+pier.&spoils=none&homepage_url="


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    commenting.prepare(tmp_path)
    site = Site(tmp_path, KBLOG_THREADS="4")
    yield site
    site.stop()


def half_sent(site: Site, number: int, sent: bytes = WORDS[:20]) -> contextlib.ExitStack:
    """Begin so many posts and stop in the middle of each."""
    senders = contextlib.ExitStack()
    for _ in range(number):
        sender = senders.enter_context(socket.create_connection(("127.0.0.1", site.port), timeout=20))
        sender.sendall(f"{FORM}Content-Length: {len(WORDS)}\r\n\r\n".encode() + sent)
    return senders


def asked(site: Site, method: str = "GET", url: str = "/", body: bytes | None = None) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=20)
    with contextlib.closing(connection):
        headers = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}
        connection.request(method, url, body, headers)
        answer = connection.getresponse()
        answer.read()
        return answer


def stored(site: Site) -> int:
    return commenting.compare(Path(site.environ["KBLOG_INSTANCE"]), commenting.Written([], [])).stored


def test_half_sent_posts_starve_no_reader(site: Site):
    with half_sent(site, 40):
        time.sleep(0.5)
        for url in ("/", f"/reviews/{commenting.SLUG}/", f"/reviews/{commenting.SLUG}/?never-made-before") * 5:
            assert asked(site, url=url).status == 200
        # the kernel gives connections to either worker, so the first post may still find a place
        answers = (asked(site, "POST", f"/reviews/{commenting.SLUG}/comments", WORDS) for _ in range(40))
        refused = next(answer for answer in answers if answer.status != 303)
        assert refused.status == 503
        assert refused.getheader("Retry-After") == "5"
    deadline = time.monotonic() + 20
    while asked(site, "POST", f"/reviews/{commenting.SLUG}/comments", WORDS).status != 303:
        assert time.monotonic() < deadline, "the slots of senders who went away are not free again"
        time.sleep(0.1)
    assert stored(site) == 1, "of a half-sent post nothing is kept"


@pytest.mark.parametrize("how", ["TERM", "HUP"])
def test_what_is_on_its_way_is_finished(site: Site, how: str):
    with socket.create_connection(("127.0.0.1", site.port), timeout=30) as sender:
        sender.sendall(f"{FORM}Content-Length: {len(WORDS)}\r\nConnection: close\r\n\r\n".encode() + WORDS[:20])
        time.sleep(0.5)
        os.kill(site.process.pid, getattr(signal, f"SIG{how}"))
        time.sleep(1)
        sender.sendall(WORDS[20:])
        answer = b""
        while part := sender.recv(65536):
            answer += part
    assert answer.startswith(b"HTTP/1.1 303"), answer[:200]
    if how == "HUP":
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                if asked(site).status == 200:
                    break
            time.sleep(0.1)
        assert asked(site).status == 200
    assert stored(site) == 1


def test_a_body_that_is_too_large_is_refused_unread(site: Site):
    with socket.create_connection(("127.0.0.1", site.port), timeout=20) as sender:
        sender.sendall(f"{FORM}Content-Length: 999999999\r\n\r\n".encode())
        assert b" 413 " in sender.recv(65536).split(b"\r\n")[0]


def test_a_body_reaches_the_site_as_it_was_sent_or_not_at_all():
    """Whole or chunked; one that its sender cut short does not reach it."""
    got: list[bytes] = []
    said: list[str] = []

    def site_of_ours(environ, _start):
        got.append(environ["wsgi.input"].read())
        return []

    class Stream:
        def __init__(self, *parts: bytes) -> None:
            self.parts = list(parts)

        def read(self, size: int = -1) -> bytes:
            return self.parts.pop(0)[:size] if self.parts else b""

    bodies = Bodies(site_of_ours, 4, 100)
    for length, parts in ((10, (b"0123", b"456789")), (10, (b"0123",)), (None, (b"01", b"23"))):
        environ = {"REQUEST_METHOD": "POST", "wsgi.input": Stream(*parts)}
        environ |= {"CONTENT_LENGTH": str(length)} if length else {"HTTP_TRANSFER_ENCODING": "chunked"}
        bodies(environ, lambda status, _headers: said.append(status))  # type: ignore[arg-type]
    assert got == [b"0123456789", b"0123"]
    assert said == ["400 Bad Request"]
