"""What has to be known of a whole WordPress blog before its first record can be given out."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Literal, NamedTuple
from urllib.parse import unquote

from lxml import etree

from . import atom
from .addresses import blog_name, split, whole
from .xml import Feed, Item, child, children, words

Element = etree._Element

# An old export, and one that was made by hand, may leave the type out; one file has a state in its place.
TYPES: dict[str, Literal["post", "page"]] = {"post": "post", "page": "page", "": "post", "draft:publish": "post"}
ALT, FEATURED = "_wp_attachment_image_alt", "_thumbnail_id"  # notes of a picture's words, and of the picture above
NUMBERED = re.compile(r"[?&](?:p|page_id|attachment_id)=(\d+)\b")
FARTHEST = timedelta(hours=15)  # no place is farther from Greenwich
PICTURE = re.compile(r"\.(?:jpe?g|png|gif|webp|bmp|avif|svg|heic)\b", re.IGNORECASE)


class Media(NamedTuple):
    """One file of the media library."""

    address: str
    title: str
    caption: str
    alt: str
    order: int

    @property
    def is_picture(self) -> bool:
        return bool(PICTURE.search(split(self.address).path))


@dataclass
class Blog:
    """A blog, which WordPress may have cut into several files."""

    feeds: list[Feed] = field(default_factory=list)
    title: str = ""
    description: str = ""
    locale: str = ""
    home: str = ""  # its address
    authors: dict[str, str] = field(default_factory=dict)  # log-in name -> name
    writers: set[str] = field(default_factory=set)  # the user numbers of its authors
    media: dict[str, Media] = field(default_factory=dict)
    uploads: dict[str, list[str]] = field(default_factory=dict)  # number of an entry -> numbers of its media
    media_pages: dict[str, str] = field(default_factory=dict)  # address without host -> number
    patterns: dict[str, str] = field(default_factory=dict)  # number -> a text that other texts show
    links: list[str] = field(default_factory=list)
    offsets: Counter[timedelta] = field(default_factory=Counter)
    is_empty: bool = True

    @property
    def name(self) -> str:
        """Return what its entries are known by: the address without scheme and "www."."""
        parts = split(self.home)
        return f"{blog_name(parts.hostname or '')}{parts.path.rstrip('/')}"

    @property
    def hosts(self) -> frozenset[str]:
        return frozenset({(split(self.home).hostname or "").lower()} - {""})

    @property
    def offset(self) -> timedelta:
        """Return how far its clock is ahead of UTC, as most entries say that give both times."""
        return next((offset for offset, _ in self.offsets.most_common(1)), timedelta())

    def uploaded(self, entry: str) -> list[str]:
        """Return the numbers of what was uploaded to an entry, in the order given to it, else in that of its time."""
        return sorted(self.uploads.get(entry, ()), key=lambda number: (self.media[number].order, len(number), number))

    def media_at(self, address: str) -> Media | None:
        """Return the file whose own page an address is."""
        parts = split(address)
        if parts.hostname and blog_name(parts.hostname) != blog_name(split(self.home).hostname or ""):
            return None
        numbered = re.fullmatch(r"attachment_id=(\d+)", parts.query)
        return self.media.get(numbered[1] if numbered else self.media_pages.get(_path(address), ""))

    def number(self, item: Element) -> str:
        """Return the number of an entry; where none is written, an address that holds one, or the address."""
        written = words(item, "post_id")
        if written.isascii() and written.isdigit() and int(written[:18]):
            return written.lstrip("0")
        for name in ("guid", "link"):
            if found := NUMBERED.search(words(item, name)):
                return found[1]
        return self.path(item)

    def path(self, item: Element) -> str:
        """Return the entry's address without its host; "" for one that has none of its own, or leads elsewhere."""
        parts = split(words(item, "link"))
        if parts.hostname and self.home and blog_name(parts.hostname) != blog_name(split(self.home).hostname or ""):
            return ""
        path = _path(parts.path)
        return path if path.startswith("/") and path.strip("/") else ""

    def moment(self, item: Element, name: str) -> datetime | None:
        """Read a time: in UTC, else by the blog's own clock; None for WordPress's zeros and for nonsense."""
        return _moment(words(item, f"{name}_gmt")) or _moment(words(item, name), self.offset)

    def published_at(self, item: Element) -> datetime | None:
        return self.moment(item, "post_date") or _rfc_822(words(item, "pubDate"))


def _path(address: str) -> str:
    return unicodedata.normalize("NFC", unquote(split(address).path))


def _moment(text: str, offset: timedelta = timedelta()) -> datetime | None:
    """Read WordPress's own way of writing a time.

    >>> _moment("2012-01-05 23:30:00", timedelta(hours=9)), _moment("0000-00-00 00:00:00"), _moment("-0001-11-30")
    (datetime.datetime(2012, 1, 5, 14, 30, tzinfo=datetime.timezone.utc), None, None)
    """
    try:
        read = datetime.fromisoformat(text)
        if read.year not in atom.YEARS:
            return None
        read = read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC) - offset
    except (ValueError, OverflowError):
        return None
    return read if read.year in atom.YEARS else None


def _rfc_822(text: str) -> datetime | None:
    if not re.search(r"\s\d{4}\s", text):
        return None  # "-0001" would be read as 1999
    try:
        read = parsedate_to_datetime(text)
        read = read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return read if read.year in atom.YEARS else None


def encoded(item: Element, *, excerpt: bool = False) -> str:
    """Return an entry's text, or its excerpt: both are called the same, in namespaces of their own."""
    found = (part for part in children(item, "encoded") if ("excerpt" in str(part.tag)) == excerpt)
    return next(("".join(part.itertext()) for part in found), "")


def text(item: Element, name: str) -> str:
    """Return an element's text with its line ends, "" when there is none."""
    found = child(item, name)
    return "" if found is None else "".join(found.itertext())


def meta(item: Element, key: str) -> str:
    return next(
        (words(part, "meta_value") for part in children(item, "postmeta") if words(part, "meta_key") == key), ""
    )


def look_over(feeds: list[Feed], base_url: str) -> list[Blog]:
    """Read every file once; files of one blog are one blog."""
    blogs: dict[str, Blog] = {}
    for feed in feeds:
        blog = Blog()
        for item in feed.items():
            _note(blog, item)
        _describe(blog, feed, base_url)
        known = blogs.setdefault(blog.name, blog)
        known.feeds.append(feed)
        if known is not blog:
            _join(known, blog)
    return list(blogs.values())


def _join(known: Blog, other: Blog) -> None:
    known.authors |= other.authors
    known.writers |= other.writers
    known.media |= other.media
    known.patterns |= other.patterns
    known.media_pages |= other.media_pages
    for entry, numbers in other.uploads.items():
        known.uploads.setdefault(entry, []).extend(numbers)
    known.links += other.links
    known.offsets += other.offsets
    known.is_empty = known.is_empty and other.is_empty


def _note(blog: Blog, item: Item) -> None:
    entry = item.element
    kind, number = words(entry, "post_type"), words(entry, "post_id")
    if item.cut:
        return
    if kind == "attachment":
        order = words(entry, "menu_order")
        blog.media[number] = Media(
            whole(words(entry, "attachment_url") or words(entry, "guid")),
            atom.plain(words(entry, "title")),
            encoded(entry, excerpt=True).strip(),
            meta(entry, ALT),
            int(order) if re.fullmatch(r"\d{1,9}", order) else 0,
        )
        if _path(words(entry, "link")).strip("/"):
            blog.media_pages[_path(words(entry, "link"))] = number
        blog.uploads.setdefault(words(entry, "post_parent"), []).append(number)
    elif kind == "wp_block":
        blog.patterns[number] = encoded(entry)
    elif kind in TYPES:
        blog.is_empty = False
        blog.links.append(words(entry, "link"))
        here, there = _moment(words(entry, "post_date")), _moment(words(entry, "post_date_gmt"))
        if here and there and abs(here - there) < FARTHEST:
            blog.offsets[here - there] += 1


def _describe(blog: Blog, feed: Feed, base_url: str) -> None:
    channel = None if feed.root is None else child(feed.root, "channel")
    if channel is None:
        channel = etree.Element("channel")
    blog.title = atom.plain(words(channel, "title"))
    blog.description = atom.plain(words(channel, "description"))
    blog.locale = words(channel, "language")
    homes = (words(channel, "base_blog_url"), words(channel, "link"), base_url, _commonest(blog.links))
    blog.home = next((home for home in map(whole, homes) if split(home).hostname), "")
    for author in children(channel, "author"):
        login, name = words(author, "author_login"), words(author, "author_display_name")
        blog.authors[login] = atom.plain(name)
        if words(author, "author_id").lstrip("-0"):
            blog.writers.add(words(author, "author_id"))


def _commonest(links: list[str]) -> str:
    """Return the front page of the host that most entries name, "" when none does."""
    hosts = Counter(f"{parts.scheme}://{parts.hostname}" for parts in map(split, links) if parts.hostname)
    return next((host for host, _ in hosts.most_common(1)), "")


def paths(blog: Blog) -> Iterator[str]:
    """Yield the addresses of all its entries without the host."""
    for link in blog.links:
        path = _path(link)
        if path.strip("/"):
            yield path
