"""Addresses in an old blog's HTML: which are its own pages, which are pictures, which may be followed at all."""

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit, urlunsplit

PICTURE = re.compile(r"\.(?:jpe?g|png|gif|webp|bmp|avif)$", re.IGNORECASE)
PICTURE_HOSTS = re.compile(r"(?:^|\.)(?:bp\.blogspot\.com|(?:blogger|lh\d)\.googleusercontent\.com)$")
DATED = re.compile(r"/\d{4}/\d\d/[^/]+\.html$")
# A WordPress keeps its files on the blog's own host: links to them stay, for nothing here answers in their place.
FILE = re.compile(
    r"/wp-content/|\.(?:jpe?g|png|gif|webp|bmp|avif|svg|pdf|mp[34]|m4[av]|ogg|wav|mov|webm|zip|epub|docx?|xlsx?|pptx?)$",
    re.IGNORECASE,
)
COMMENT_ANCHOR = re.compile(r"\Acomment-(\d+)\Z")  # WordPress's
FOLLOWED = ("http", "https", "mailto")


def whole(address: str) -> str:
    """Trim an address and give one without scheme https."""
    address = re.sub(r"[\t\r\n]", "", address).strip()
    return f"https:{address}" if address.startswith("//") else address


def split(address: str) -> SplitResult:
    """Take an address apart; one that cannot be taken apart, as a damaged file may hold, has no parts.

    >>> split("https://x.example/a.html").path, split("https://[").path
    ('/a.html', '')
    """
    try:
        parts = urlsplit(address)
        _ = parts.hostname
    except ValueError:
        return SplitResult("", "", "", "", "")
    return parts


def is_picture(address: str) -> bool:
    parts = split(address)
    return bool(PICTURE.search(parts.path) or PICTURE_HOSTS.search(parts.hostname or ""))


def blog_name(host: str) -> str:
    """Reduce a host to what names the blog: "www." and Blogger's country domains are the same place.

    >>> blog_name("www.example.com"), blog_name("notes.blogspot.co.uk"), blog_name("notes.blogspot.com")
    ('example.com', 'notes.blogspot', 'notes.blogspot')
    """
    host = host.lower().removeprefix("www.")
    country = re.fullmatch(r"([\w-]+\.blogspot)\.(?:com?\.)?[a-z]{2,3}", host)
    return country[1] if country else host


@dataclass(frozen=True)
class Neighbourhood:
    """The old blog's hosts and the paths of its entries."""

    own_hosts: AbstractSet[str] = frozenset()
    own_paths: AbstractSet[str] = frozenset()
    _names: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_names", frozenset(map(blog_name, self.own_hosts)))

    def followed(self, address: str) -> str:
        """Return a link as it may stand here: the blog's own page as its old path, "" for what must not be followed."""
        address = whole(address)
        try:
            parts = urlsplit(address)
            host = blog_name(parts.hostname or "")
        except ValueError:
            return ""
        if not parts.scheme:
            return address if address.startswith("/") else ""
        if parts.scheme.lower() not in FOLLOWED:
            return ""
        is_page = not FILE.search(parts.path)
        if host and is_page and (host in self._names or self._moved(parts.path)):
            query = urlencode([pair for pair in parse_qsl(parts.query) if pair[0] != "m"])  # ?m=1: the mobile page
            anchor = COMMENT_ANCHOR.sub(r"c\1", parts.fragment)  # here every imported comment is known by Blogger's
            return urlunsplit(("", "", parts.path or "/", query, anchor))
        return address

    def _moved(self, path: str) -> bool:
        # A blog may have had another domain once. Dated paths are its own; /p/about.html is on everybody's blog.
        return unquote(path) in self.own_paths and (not self.own_hosts or bool(DATED.match(path)))
