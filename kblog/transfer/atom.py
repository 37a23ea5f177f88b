"""What every Atom entry says in the same way: identity, times, author, text."""

import html
import re
from datetime import UTC, datetime
from typing import NamedTuple

import lxml.html
from lxml import etree

from .xml import child, words

# tag:blogger.com,1999:blog-<B>.post-<N>, .page-<N>, and the bare post-<N>, post-<N>.comment-<M> of Google's converters
BLOGGER_ID = re.compile(
    r"(?:tag:blogger\.com,1999:)?(?:blog-(?P<blog>\d+)\.)?"
    r"(?P<bare>(?:post|page)-(?P<entry>\d+)(?:\.comment-(?P<comment>\d+))?)\Z"
)


class Identity(NamedTuple):
    ref: str
    number: str


def identity(entry: etree._Element) -> Identity | None:
    """Return the reference to keep and the number others point to, the same from both Blogger formats.

    None for an entry whose id is not Blogger's.
    """
    found = BLOGGER_ID.match(words(entry, "id"))
    if not found:
        return None
    number = found["comment"] or found["entry"]
    return Identity(f"blogger:{found['blog']}:{number}" if found["blog"] else f"blogger:{found['bare']}", number)


YEARS = range(1900, 9999)  # outside of them a time zone may lead out of the calendar


def moment(entry: etree._Element, name: str) -> datetime | None:
    """Read a time into UTC; None when it is absent or nonsense.

    >>> moment(etree.fromstring("<entry><published>2025-06-14T21:05:00-07:00</published></entry>"), "published")
    datetime.datetime(2025, 6, 15, 4, 5, tzinfo=datetime.timezone.utc)
    """
    try:
        read = datetime.fromisoformat(words(entry, name))
        read = read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return read if read.year in YEARS else None


def markup(entry: etree._Element, name: str) -> str:
    """Return a text construct as HTML, whichever of Atom's three types it has."""
    found = child(entry, name)
    if found is None:
        return ""
    if found.get("type") in (None, "text") and len(found) == 0:
        return html.escape(found.text or "", quote=False).replace("\n", "<br>")
    if len(found):
        inner = "".join(etree.tostring(part, encoding="unicode") for part in found)
        return (found.text or "") + re.sub(r'\sxmlns(?::\w+)?="[^"]*"', "", inner)
    return found.text or ""


def plain(source: str) -> str:
    """Return the words of some HTML, white space as single spaces.

    >>> plain("<small>Dramas &amp; films</small>")
    'Dramas & films'
    """
    if not source.strip():
        return ""
    document = lxml.html.document_fromstring(f"<html><body>{source}</body></html>")
    return " ".join(document.text_content().split())


def title(entry: etree._Element) -> str:
    found = child(entry, "title")
    return plain(found.text or "") if found is not None and found.get("type") == "html" else words(entry, "title")


def broken_lines(source: str) -> str:
    """Turn bare line ends into <br> where no tag breaks lines: half of Blogger's comments are written so.

    >>> broken_lines("one\\ntwo")
    'one<br>two'
    """
    return source if re.search(r"<(?:br|p|div)\b", source, re.IGNORECASE) else source.strip().replace("\n", "<br>")


def website(entry: etree._Element) -> str:
    uri = words(entry, "author", "uri")
    return uri if re.match(r"https?://", uri) else ""
