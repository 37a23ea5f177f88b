"""Whether two sites are one: every public address of both is asked for, and the answers are held against each other."""

import html
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import NamedTuple
from urllib.parse import quote, urljoin

from sqlalchemy.orm import Session

from kblog.addresses import url_for
from kblog.reviews.filters import INDEXES

from . import queries

# where a page says that there is more of it, and what the sitemap names
FURTHER = re.compile(rb"""(?:href="|<loc>https?://[^/<]+)(/[^"<]*|\?[^"<]*)""")
GOES_ON = re.compile(r"[?&](page|root)=\d")
STUDIO = "/studio"
MOST_TOLD = 20  # differences: more of them say the same
LONGEST = 100  # characters of a line that differs
AROUND = 40  # of them before the difference
# smaller versions of pictures are in no export: the other site makes them when it has time
SIZES = re.compile(  # in a page, escaped in a feed, and in JSON
    rb"</?picture>|<source\b[^<>]*>|&lt;/?picture&gt;|&lt;source\b(?:(?!&[lg]t;).)*&gt;"
    rb'| (?:srcset|sizes)=(?:"[^"]*"|\\"[^"\\]*\\"|&#34;[^&]*&#34;)'
)


class Drawn(NamedTuple):
    """What a site answers at an address."""

    status: int
    leads_to: str
    body: bytes


Draw = Callable[[str], Drawn]


@dataclass
class Compared:
    """How many addresses were asked for, and what differs, a sentence each."""

    asked: int = 0
    differing: int = 0
    told: list[str] = field(default_factory=list)

    def note(self, sentence: str) -> None:
        self.differing += 1
        if len(self.told) < MOST_TOLD:
            self.told.append(sentence)


def addresses(session: Session) -> Iterator[str]:
    """Name every address that a site's own things have: public ones, and those that have to stay hidden."""
    found = queries.addressed(session)
    for slug in found["reviews"]:
        for endpoint in ("reviews.show", "reviews.cover", "comments.index", "feeds.review_comments"):
            yield url_for(endpoint, slug=slug)
    for title in found["titles"]:
        yield url_for("reviews.index", q=title)
    for slug in found["pages"]:
        yield url_for("pages.show", slug=slug)
    for facet, index in INDEXES.items():
        yield url_for("reviews.terms", index=index)
        for slug in (slug for of, slug in found["terms"] if of == facet):
            yield url_for("reviews.term", index=index, slug=slug)
            yield url_for("feeds.term", facet=facet, slug=slug)
    for line_id in found["lines"]:
        yield url_for("lines.show", line_id=line_id)
    for path in found["redirects"]:
        yield quote(path)
    for comment_id, old_number in found["comments"]:
        yield url_for("comments.show", comment_id=comment_id)
        if old_number:
            yield url_for("comments.show_old", old_number=old_number)


def compare(wanted: Iterable[str], here: Draw, there: Draw, tell: Callable[[int, int], None]) -> Compared:
    """Ask both sites for addresses, and for the pages that go on from them; what differs must differ twice.

    `tell` hears before each address how many were asked for, and of how many.
    """
    compared = Compared()
    waiting = deque(dict.fromkeys(wanted))
    known = set(waiting)
    while waiting:
        address = waiting.popleft()
        tell(compared.asked, len(known))
        compared.asked += 1
        one, other = plain(here(address)), plain(there(address))
        if one != other:  # somebody wrote meanwhile, or a day turned
            one, other = plain(here(address)), plain(there(address))
        if one != other:
            compared.note(_difference(address, one, other))
        for further in _further(address, one.body):
            if further not in known:
                known.add(further)
                waiting.append(further)
    return compared


def plain(drawn: Drawn) -> Drawn:
    """Return an answer without the choice among a picture's sizes."""
    return drawn._replace(body=SIZES.sub(b"", drawn.body))


def _further(address: str, body: bytes) -> Iterator[str]:
    for found in FURTHER.findall(body):
        further = urljoin(address, html.unescape(found.decode(errors="replace"))).partition("#")[0]
        is_own = further.startswith("/") and not further.startswith(("//", STUDIO))
        if is_own and (GOES_ON.search(further) or address.startswith("/sitemap")):
            yield further


def _difference(address: str, here: Drawn, there: Drawn) -> str:
    """Say what differs.

    >>> _difference("/a/", Drawn(200, "", b"one\\ntwo"), Drawn(200, "", b"one\\n2"))
    '/a/ differs in line 2: here “two”, there “2”'
    >>> _difference("/a/", Drawn(200, "", b""), Drawn(404, "", b""))
    '/a/ answers 200 here and 404 there'
    """
    if here.status != there.status:
        return f"{address} answers {here.status} here and {there.status} there"
    if here.leads_to != there.leads_to:
        return f"{address} leads to {here.leads_to or 'nowhere'} here and to {there.leads_to or 'nowhere'} there"
    sides = (side.body.decode(errors="replace").split("\n") for side in (here, there))
    for number, (one, other) in enumerate(zip_longest(*sides, fillvalue=""), 1):
        if one != other:
            at = next(
                (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
            )
            start = max(0, at - AROUND)
            words = (side[start : start + LONGEST].strip() for side in (one, other))
            return f"{address} differs in line {number}: here “{next(words)}”, there “{next(words)}”"
    return f"{address} differs in its bytes"
