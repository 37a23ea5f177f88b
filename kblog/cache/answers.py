"""One ready answer in the forms a client may ask for it: plain or gzip, whole or "you have it already" (304)."""

import gzip
import hashlib
import re
from collections.abc import Iterable
from typing import Any

from werkzeug.http import parse_etags

Headers = list[tuple[str, str]]

LEAST = 500  # bytes; below that a packed answer saves nothing
PACKED = re.compile(r"text/|application/(?:[\w.-]+\+)?(?:json|xml)\b|image/svg\+xml")
BODILY = ("content-length", "content-type", "content-encoding", "etag", "vary")
DATED = "date"  # the server says it of each answer; a kept one would tell an old time
LEVEL = 6  # of gzip: above it nothing is won


class Form:
    """One form of an answer: its bytes, and the headers that go with them and with their 304."""

    __slots__ = ("body", "etag", "headers", "unchanged")

    def __init__(self, body: bytes, etag: str, common: Headers, kind: str, vary: str, encoding: str = "") -> None:
        self.body, self.etag = body, etag
        self.unchanged = [*common, ("ETag", etag), *([("Vary", vary)] if vary else [])]
        encoded = [("Content-Encoding", encoding)] if encoding else []
        self.headers = [*self.unchanged, ("Content-Type", kind), *encoded, ("Content-Length", str(len(body)))]


class Answer:
    """A 200 that may be sent again; packed when it is first asked for packed."""

    __slots__ = ("_common", "_kind", "_packed", "_vary", "packable", "plain")

    def __init__(self, headers: Iterable[tuple[str, str]], body: bytes) -> None:
        named = {name.lower(): value for name, value in headers}
        self._kind = named.get("content-type", "")
        self._common = [(name, value) for name, value in headers if name.lower() not in (*BODILY, DATED)]
        self.packable = len(body) >= LEAST and bool(PACKED.match(self._kind))
        vary = [named["vary"]] if named.get("vary") else []
        self._vary = ", ".join([*vary, *(["Accept-Encoding"] if self.packable else [])])
        etag = named.get("etag") or f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        self.plain = Form(body, etag, self._common, self._kind, self._vary)
        self._packed: dict[str, Form] = {}

    @property
    def size(self) -> int:
        """How many bytes this takes, about: the plain form, and a third of it again for a packed one."""
        return len(self.plain.body) * 4 // 3 + 3000

    def form(self, accepted: str, packers: dict[str, Any]) -> Form:
        """Return the best form for an Accept-Encoding header; `packers` by name, the best first."""
        if not self.packable or not accepted:
            return self.plain
        for encoding, pack in packers.items():
            if takes(accepted, encoding):
                if encoding not in self._packed:  # twice at once: the same bytes twice
                    etag = f'{self.plain.etag[:-1]}-{encoding}"'
                    body = pack(self.plain.body)
                    self._packed[encoding] = Form(body, etag, self._common, self._kind, self._vary, encoding)
                return self._packed[encoding]
        return self.plain


def packed_by_gzip(body: bytes) -> bytes:
    return gzip.compress(body, LEVEL, mtime=0)  # the same bytes whenever they are packed


def takes(accepted: str, encoding: str) -> bool:
    """Whether an Accept-Encoding header asks for an encoding.

    >>> takes("gzip, deflate, br", "br"), takes("gzip;q=0, br", "gzip"), takes("brutal", "br")
    (True, False, False)
    """
    for each in accepted.split(","):
        name, _, weight = each.partition(";")
        if name.strip() == encoding:
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def is_known(etag: str, asked: str) -> bool:
    """Whether an If-None-Match header names this answer."""
    return asked == etag or asked == "*" or (bool(asked) and parse_etags(asked).contains_weak(etag.strip('"')))
