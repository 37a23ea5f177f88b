"""Mail addresses, and the mail server, as somebody typed them; what means nothing is refused in a sentence."""

import ipaddress
import re
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit

from kblog.language import gettext, noted

LONGEST = 254  # characters of an address: what a path of SMTP holds
LONGEST_LOCAL = 64
NO_ADDRESS = noted("That is no mail address. It looks like mina@example.org")
NO_SERVER = "give smtp://user:password@host:587"
ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
LOCAL = re.compile(rf"{ATOM}(?:\.{ATOM})*")
LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
PORTS = {"smtps": 465, "smtp": 587}
LOCAL_PORT = 25  # of a server on this machine, which wants neither TLS nor a password


@dataclass(frozen=True)
class Server:
    """Who takes mail from here, and how it is spoken to."""

    host: str
    port: int
    tls: str  # always, starttls or off
    user: str = ""
    password: str = field(default="", repr=False)
    sender: str = ""  # the address that mails come from; "" where none is named


def address(typed: str) -> str:
    """Write a mail address as it is kept, its domain in the letters of the DNS; raise ValueError with a sentence.

    >>> address(" Mina.Seo+film@Example.ORG "), address("mina@부산.example")
    ('Mina.Seo+film@example.org', 'mina@xn--or3bi2d.example')
    >>> address("mina@example.org\\nBcc: all@example.org")
    Traceback (most recent call last):
    ValueError: That is no mail address. It looks like mina@example.org
    """
    local, _, domain = typed.strip().rpartition("@")
    try:
        domain = domain[: LONGEST + 1].encode("idna").decode().lower()
    except UnicodeError:  # a label that is empty or too long, or letters that no domain has
        raise ValueError(gettext(NO_ADDRESS)) from None
    labels = domain.split(".")
    is_domain = len(labels) > 1 and all(map(LABEL.fullmatch, labels)) and not labels[-1].isdigit()
    is_short = len(local) <= LONGEST_LOCAL and len(local) + len(domain) < LONGEST
    is_local = LOCAL.fullmatch(local) and "=?" not in local  # with which an encoded word would begin
    if not (is_local and is_domain and is_short):
        raise ValueError(gettext(NO_ADDRESS))
    return f"{local}@{domain}"


def server(url: str) -> Server:
    """Read where mail is handed over; raise ValueError, in words that repeat nothing of what may be a password.

    >>> server("smtp://mina:p%40ss@mail.example.org?from=blog@example.org")
    Server(host='mail.example.org', port=587, tls='starttls', user='mina', sender='blog@example.org')
    >>> server("smtp://127.0.0.1:2525")
    Server(host='127.0.0.1', port=2525, tls='off', user='', sender='')
    >>> server("smtp://mail.example.org?tls=maybe")
    Traceback (most recent call last):
    ValueError: tls is starttls or off
    """
    try:
        parts = urlsplit(url)
        host, given = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError("the port is a number; a / or a # in a password is written %2F or %23") from None
    if parts.scheme not in PORTS or not host or given == 0 or parts.path not in ("", "/") or parts.fragment:
        raise ValueError(NO_SERVER)
    if not re.fullmatch(r"[a-z0-9.:_-]+", host):
        raise ValueError(NO_SERVER)
    user, password = _log_in(parts)
    options = _options(parts)
    is_here = is_loopback(host)
    tls = "always" if parts.scheme == "smtps" else options.get("tls") or ("off" if is_here else "starttls")
    if tls == "off" and password and not is_here:
        raise ValueError("a password is sent over TLS alone: leave tls=off out")
    port = given or (LOCAL_PORT if is_here and parts.scheme == "smtp" else PORTS[parts.scheme])
    return Server(host, port, tls, user, password, options.get("from", ""))


def _log_in(parts: SplitResult) -> tuple[str, str]:
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(user) != bool(password):
        raise ValueError("give both, a user and a password, or neither")
    if not f"{user}{password}".isascii() or not f"{user}{password}".isprintable():
        raise ValueError("user and password are letters, digits and signs of ASCII")
    return user, password


def _options(parts: SplitResult) -> dict[str, str]:
    options = {}
    for pair in filter(None, parts.query.split("&")):
        name, _, value = pair.partition("=")
        if name == "from":
            try:
                options[name] = address(unquote(value))
            except ValueError:
                raise ValueError("from is a mail address, such as from=blog@example.org") from None
        elif name == "tls" and parts.scheme == "smtp":
            if value not in ("starttls", "off"):
                raise ValueError("tls is starttls or off")
            options[name] = value
        else:
            raise ValueError("after the ? there is from=ADDRESS, and for smtp:// tls=starttls or tls=off")
    return options


def is_loopback(host: str) -> bool:
    """Whether a name or an address, in brackets or not, is this machine's own, which no other reaches."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
