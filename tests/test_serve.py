"""The real server: slow senders starve no reader, and a stop or a reload loses no request on its way."""

import contextlib
import http.client
import os
import re
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import commenting, loading
from bench.server import Site
from kblog.bodies import Bodies

from . import engines
from .conftest import close, make_app, with_author

pytestmark = [pytest.mark.server, pytest.mark.makes_database]

FORM = f"POST /reviews/{commenting.SLUG}/comments HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\n"
KIND = "Content-Type: application/x-www-form-urlencoded\r\n"
FORM += KIND
WORDS = b"name=Mina&body=I+liked+the+pier.&spoils=none&homepage_url="


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    commenting.prepare(tmp_path, engines.database_url(tmp_path))
    site = Site(tmp_path, KBLOG_THREADS="4", **engines.settings(tmp_path))
    yield site
    site.stop()


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site with an author, for the tests that do not end it."""
    folder = tmp_path_factory.mktemp("standing")
    commenting.prepare(folder, engines.database_url(folder))
    app = make_app(folder)
    with app.app_context():
        with_author(app)
        close(app)
    site = Site(folder, KBLOG_THREADS="4", **engines.settings(folder))
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
    folder, url = Path(site.environ["KBLOG_INSTANCE"]), site.environ.get("KBLOG_DATABASE_URL", "")
    return commenting.compare(folder, commenting.Written([], []), url).stored


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
        for _ in range(100):  # while the fresh ones start and the old ones end
            assert asked(site).status == 200
            time.sleep(0.1)
    assert stored(site) == 1


def test_half_sent_forms_of_the_log_in_starve_no_reader_either(standing: Site):
    """They may be as large as the studio's, and anybody may send one."""
    form = f"POST /studio/login HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\n{KIND}"
    with contextlib.ExitStack() as senders:
        for _ in range(40):
            sender = senders.enter_context(socket.create_connection(("127.0.0.1", standing.port), timeout=20))
            sender.sendall(f"{form}Content-Length: 4000000\r\n\r\nname=".encode())
        time.sleep(0.5)
        for _ in range(10):
            assert asked(standing, url="/studio/login").status == 200


def answer_to(site: Site, sent: bytes, *, ends: bool = True) -> bytes:
    """Send bytes as they are and nothing after them, and return all that comes back."""
    with socket.create_connection(("127.0.0.1", site.port), timeout=5) as sender:
        sender.sendall(sent)
        if ends:
            with contextlib.suppress(OSError):  # the server may have hung up on it already
                sender.shutdown(socket.SHUT_WR)
        answer = b""
        with contextlib.suppress(OSError):
            while part := sender.recv(65536):
                answer += part
        return answer


def test_a_request_is_not_smuggled_inside_another(standing: Site):
    """Whatever two servers could read differently is refused, or read as the one thing it is."""
    hidden = b"GET /hidden HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    last = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    post, get = FORM.encode(), b"GET /robots.txt HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    length = f"Content-Length: {len(hidden)}\r\n".encode()
    chunks = b"Transfer-Encoding: chunked\r\n"
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(WORDS), WORDS)
    refused = {
        b"two lengths": post + b"Content-Length: 6\r\nContent-Length: 5\r\n\r\n" + hidden,
        b"a signed length": post + b"Content-Length: +6\r\n\r\nabcdef",
        b"an odd encoding": post + b"Transfer-Encoding: xchunked\r\n\r\n" + chunked,
        b"two encodings": post + chunks + b"Transfer-Encoding: identity\r\n\r\n" + chunked,
        b"both": post + length + chunks + b"\r\n" + chunked,
        b"chunked": post + chunks + b"\r\n" + chunked,
        b"chunked and cut off": post + chunks + b"\r\n%x\r\n" % len(WORDS) + WORDS[:30],
        b"a space before the colon": b"GET / HTTP/1.1\r\nHost : 127.0.0.1\r\n\r\n",
        b"a folded line": get + b"X: a\r\n b\r\n\r\n",
        b"a NUL": b"GET /a\x00b HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"two hosts": b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\n\r\n",
        b"another host in the line": b"GET http://127.0.0.1/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"a megabyte of headers": get + b"X: " + b"a" * 1_000_000 + b"\r\n\r\n",
        b"HTTP/2 beforehand": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    }
    for name, sent in refused.items():
        answer = answer_to(standing, sent)
        assert re.match(rb"HTTP/1.1 4\d\d |$", answer), (name, answer[:80])
        assert b"hidden" not in answer
    answer = answer_to(standing, get + length + b"\r\n" + hidden + last, ends=False)  # a body, though of a GET
    assert answer.count(b"HTTP/1.1 200 ") == answer.count(b"HTTP/1.1 ") == 2
    assert stored(standing) == 0


def test_the_threads_of_a_worker_finish_their_turn(standing: Site):
    workers = loading.tree(standing.process.pid)
    threads = [int(task.name) for pid in workers for task in Path(f"/proc/{pid}/task").iterdir()]
    assert len(threads) > 4
    assert {os.sched_getscheduler(thread) for thread in threads} == {os.SCHED_BATCH}


def test_a_body_that_is_too_large_is_refused_unread(standing: Site):
    with socket.create_connection(("127.0.0.1", standing.port), timeout=20) as sender:
        sender.sendall(f"{FORM}Content-Length: 999999999\r\n\r\n".encode())
        assert b" 413 " in sender.recv(65536).split(b"\r\n")[0]


def test_a_body_reaches_the_site_as_it_was_sent_or_not_at_all():
    """One that its sender cut short does not reach it, nor one of which nobody can tell."""
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
    for length, parts in ((10, (b"0123", b"456789")), (10, (b"0123",)), (None, (b"01", b"23")), (4, (b"01", b"23"))):
        environ = {"REQUEST_METHOD": "POST", "wsgi.input": Stream(*parts)}
        environ |= {"CONTENT_LENGTH": str(length)} if length else {"HTTP_TRANSFER_ENCODING": "Chunked"}
        bodies(environ, lambda status, _headers: said.append(status))  # type: ignore[arg-type]
    assert got == [b"0123456789", b"0123"]
    assert said == ["400 Bad Request", "411 Length Required"]
