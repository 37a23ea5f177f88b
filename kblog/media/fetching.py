"""One file from another site, asked for so that nobody can point the request at a machine that is not public."""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from .store import LARGEST

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

PATIENCE = 30  # seconds for one file with all its redirects
SILENCE = 10  # seconds in which nothing arrives
REDIRECTS = 5
PORTS = {"http": 80, "https": 443}
AS_THEY_ARE = "/%?&=:+~!$,;'@()*[]"  # signs of a path and its query
LED_ON = (301, 302, 303, 307, 308)
PIECE = 64 * 1024
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # an IPv4 address in the last 32 bits
KINDS = ("image/", "application/octet-stream", "binary/octet-stream")  # what a picture may be called


class NotFetched(Exception):
    """The file cannot be had; the message says why, and `is_host` whether others of its host are as hopeless now."""

    def __init__(self, message: str, *, is_host: bool = False) -> None:
        super().__init__(message)
        self.is_host = is_host


class Site(NamedTuple):
    """Who asks, and whom it may ask: `may_reach` judges each address that a name stands for, before any is called."""

    user_agent: str
    may_reach: Callable[[Address], bool]
    ports: dict[str, int] | None = PORTS  # None: any
    look_up: Callable[..., list] = socket.getaddrinfo
    patience: float = PATIENCE


def is_public(address: Address) -> bool:
    """Whether an address is one of the open internet, also where it is wrapped in one of IPv6.

    >>> [is_public(ipaddress.ip_address(each)) for each in ("93.184.215.14", "10.0.0.1", "::ffff:127.0.0.1")]
    [True, False, False]
    """
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast and not address.is_reserved


def public(version: str, base_url: str) -> Site:
    """Return who asks for the pictures of the old blog: this program, by its name and the site's address."""
    where = f" (+{base_url})" if base_url else ""
    return Site(f"K-Blog/{version}{where}", is_public)


def fetch(url: str, site: Site) -> bytes:
    """Get a file of the web, through redirects; raise NotFetched with a sentence's end where it cannot be had."""
    until = time.monotonic() + site.patience
    for _ in range(REDIRECTS + 1):
        found = _get(url, site, until)
        if isinstance(found, bytes):
            return found
        url = found
    raise NotFetched("it is led on too often")


def _get(url: str, site: Site, until: float) -> bytes | str:
    """Ask one address; return the file, or where it is said to be."""
    parts = _parts(url, site)
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    connection = _Connection(parts.scheme, host, port, _resolved(host, port, site))
    left = until - time.monotonic()
    if left <= 0:
        raise NotFetched(f"it took more than {site.patience} seconds", is_host=True)
    with _ending(connection, left) as is_late:
        try:
            found = _answer(connection, parts, url, site)
        except (OSError, http.client.HTTPException, ValueError, AttributeError) as error:
            if is_late.is_set():
                raise NotFetched(f"it took more than {site.patience} seconds", is_host=True) from None
            raise NotFetched(f"its server cannot be asked ({_why(error)})", is_host=True) from None
        if is_late.is_set():  # what was cut off may look like an end
            raise NotFetched(f"it took more than {site.patience} seconds", is_host=True)
        return found


def _parts(url: str, site: Site) -> SplitResult:
    """Take an address apart, and refuse what is none of the web."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise NotFetched("its address makes no sense") from None
    if parts.scheme not in PORTS:
        raise NotFetched("its address is not one of http or https")
    if not parts.hostname or parts.username is not None or parts.password is not None:
        raise NotFetched("its address makes no sense")
    if site.ports and port not in (None, site.ports[parts.scheme]):
        raise NotFetched(f"its address names the unusual port {port}")
    return parts


def _resolved(host: str, port: int, site: Site) -> list[tuple[int, tuple]]:
    """Look a name up once, and refuse it where any of its addresses must not be reached.

    The connection goes to what was judged here: a name that is looked up again could lead elsewhere by then.
    """
    try:
        found = site.look_up(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotFetched("its server has no address", is_host=True) from None
    for _, _, _, _, where in found:
        try:
            address = ipaddress.ip_address(str(where[0]).partition("%")[0])
        except ValueError:
            raise NotFetched("its server has no address", is_host=True) from None
        if not site.may_reach(address):
            raise NotFetched("its server is not on the public internet", is_host=True)
    return [(family, where) for family, _, _, _, where in found]


class _Connection(http.client.HTTPConnection):
    """A connection to an address that was looked up and judged before; by no proxy."""

    def __init__(self, scheme: str, host: str, port: int, found: list[tuple[int, tuple]]) -> None:
        super().__init__(host, port, timeout=SILENCE)
        self.scheme, self.found = scheme, found

    def connect(self) -> None:
        """Call the addresses one after the other, until one answers."""
        failed: OSError | None = None
        for family, where in self.found:
            reached = socket.socket(family, socket.SOCK_STREAM)
            reached.settimeout(SILENCE)
            self.sock = reached  # so that whoever ends this can
            try:
                reached.connect(where)
                if self.scheme == "https":
                    context = ssl.create_default_context()
                    self.sock = context.wrap_socket(reached, server_hostname=self.host)
                return
            except OSError as error:
                reached.close()
                failed = error
        raise failed or OSError("it has no address")


@contextlib.contextmanager
def _ending(connection: _Connection, seconds: float) -> Iterator[threading.Event]:
    """End a connection when its time is over, however slowly it drips."""
    is_late = threading.Event()

    def end() -> None:
        is_late.set()
        with contextlib.suppress(OSError, AttributeError):
            connection.sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield is_late
    finally:
        timer.cancel()
        connection.close()


def _answer(connection: _Connection, parts: SplitResult, url: str, site: Site) -> bytes | str:
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    path = quote(path, safe=AS_THEY_ARE, errors="replace")
    headers = {"User-Agent": site.user_agent, "Accept": "image/*", "Accept-Encoding": "identity", "Connection": "close"}
    connection.request("GET", path, headers=headers)
    with contextlib.closing(connection.getresponse()) as response:
        if response.status in LED_ON and (there := response.getheader("Location")):
            return _joined(url, there)
        if response.status != 200:
            is_host = response.status == 429 or response.status >= 500
            raise NotFetched(f"its server answers {response.status}", is_host=is_host)
        if not response.getheader("Content-Type", "image/").strip().lower().startswith(KINDS):
            raise NotFetched("there is something else than a picture at its address")
        if response.getheader("Content-Encoding", "identity").lower() != "identity":
            raise NotFetched("its server sends it packed")
        return _body(response)


def _joined(url: str, there: str) -> str:
    """Return where a Location leads; it may hold bare UTF-8, which the library takes for Latin-1."""
    with contextlib.suppress(UnicodeError):
        there = there.encode("latin-1").decode()
    try:
        return urljoin(url, there)
    except ValueError:
        raise NotFetched("its address makes no sense") from None


def _body(response: http.client.HTTPResponse) -> bytes:
    said = response.getheader("Content-Length", "")
    if said.isascii() and said.isdigit() and int(said) > LARGEST:
        raise NotFetched(f"it has more than {LARGEST // 1024**2} MB")
    parts: list[bytes] = []
    size = 0
    while piece := response.read(PIECE):
        parts.append(piece)
        size += len(piece)
        if size > LARGEST:
            raise NotFetched(f"it has more than {LARGEST // 1024**2} MB")
    if said.isascii() and said.isdigit() and size < int(said):
        raise NotFetched("it broke off on the way")
    return b"".join(parts)


def _why(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or type(error).__name__)
