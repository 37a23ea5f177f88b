"""Ghost's export, one JSON file with a table in each list, read into the same records as the other blogs'."""

import html
import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from . import atom
from .addresses import split
from .archive import UNREADABLE, Member
from .records import Entry, NotAnExport, Record, Remark, Site, Skipped
from .survey import survey

Row = dict[str, Any]
State = Literal["live", "draft", "scheduled"]

MOST_BYTES = 64 * 1024**2  # it is read at once, and takes some ten times as much memory
OWN = "__GHOST_URL__"  # stands in every text for the blog's own address
STATES: dict[str, State] = {"published": "live", "scheduled": "scheduled", "draft": "draft", "sent": "draft"}
SENT = "it was sent by mail alone: imported as a draft"
MEMBERS = "it was for members alone: imported as a draft"
NO_ADDRESS = (
    "The export does not tell the old blog's address. Give it with the file: without it the texts do not know where "
    "their pictures are."
)


def read(path: Path, *, base_url: str = "") -> Iterator[Record]:
    """Yield the site and its posts and pages; `base_url` is the old blog's address, which the export does not tell."""
    surveyed = survey(Path(path))
    for found in surveyed.feeds:
        if found.dialect == "ghost":
            yield from _blog(_tables(found.member), base_url.rstrip("/"))
        else:
            yield Remark(f"{found.member.name} is no export of Ghost's: import it by itself.")
    yield from map(Remark, surveyed.refused)


def _tables(member: Member) -> Row:
    """Return the tables of an export, whichever version wrote it."""
    if member.size > MOST_BYTES:
        raise NotAnExport(f"{member.name} is larger than {MOST_BYTES // 1024**2} MB, the most that is read of Ghost's.")
    try:
        with member.open() as stream:
            whole = json.load(stream)
    except (*UNREADABLE, ValueError, RecursionError) as error:
        raise NotAnExport(f"{member.name} is damaged: it cannot be read as JSON ({error}).") from None
    databases = whole.get("db") if isinstance(whole, dict) else None
    first = databases[0] if isinstance(databases, list) and databases else None
    tables = first.get("data") if isinstance(first, dict) else None
    if not isinstance(tables, dict) or not _rows(tables, "posts"):
        raise NotAnExport(f"{member.name} is an export of Ghost's without any post or page.")
    return tables


def _blog(tables: Row, base_url: str) -> Iterator[Record]:
    posts = _rows(tables, "posts")
    settings = {_words(row, "key"): _words(row, "value") for row in _rows(tables, "settings")}
    hosts = frozenset({split(base_url).hostname or ""} - {""})
    paths = frozenset(f"/{name}/" for post in posts if (name := _words(post, "slug")))
    name, about, zone, locale = (settings.get(key, "") for key in ("title", "description", "timezone", "locale"))
    yield Site(name, about, zone, locale, hosts, paths)
    if not base_url and any(OWN in _words(post, "html") for post in posts):
        yield Remark(NO_ADDRESS)
    tags = {_id(row): _words(row, "name") for row in _rows(tables, "tags")}
    tags = {number: name for number, name in tags.items() if name and name[0] != "#"}  # those are the theme's
    labels = _linked(tables, "posts_tags", "tag_id", tags)
    people = {_id(row): _words(row, "name") for row in _rows(tables, "users")}
    authors = _linked(tables, "posts_authors", "author_id", people)
    seen: set[str] = set()
    for post in posts:
        number = _id(post)
        ref = f"ghost:{number}"
        raw = json.dumps(post, ensure_ascii=False)
        if not number:
            yield Skipped("", f"it has no id: “{_words(post, 'title')}”", raw)
        elif number in seen:
            yield Skipped(ref, "another entry in this file has the same id", raw)
        elif not _words(post, "html").strip():
            yield Skipped(ref, "it has no text", raw)
        else:
            yield _entry(post, ref, base_url, labels[number], authors[number], raw)
        seen.add(number)


def _entry(post: Row, ref: str, base_url: str, labels: list[str], authors: list[str], raw: str) -> Entry:
    status, is_open = _words(post, "status"), _words(post, "visibility") in ("", "public")
    picture = _words(post, "feature_image")
    text = f'<p><img src="{html.escape(picture)}" alt=""></p>' if picture else ""
    return Entry(
        source_ref=ref,
        kind="page" if _words(post, "type") == "page" or post.get("page") in (1, True) else "post",
        title=_words(post, "title"),
        html=(text + _words(post, "html")).replace(OWN, base_url),
        state=STATES.get(status, "draft") if is_open else "draft",
        published_at=_moment(post, "published_at"),
        updated_at=_moment(post, "updated_at"),
        path=f"/{name}/" if (name := _words(post, "slug")) else "",
        labels=tuple(dict.fromkeys(labels)),
        author=next(iter(authors), ""),
        description=" ".join(_words(post, "custom_excerpt").split()),
        raw=raw,
        warnings=tuple(said for said in (SENT if status == "sent" else "", "" if is_open else MEMBERS) if said),
    )


def _linked(tables: Row, name: str, key: str, named: dict[str, str]) -> defaultdict[str, list[str]]:
    """Return the names that a table between two others gives each post, in their order."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    rows = sorted(_rows(tables, name), key=_place)
    for row in rows:
        if _id(row, key) in named:
            found[_id(row, "post_id")].append(named[_id(row, key)])
    return found


def _place(row: Row) -> int:
    place = row.get("sort_order")
    return place if isinstance(place, int) else 0


def _rows(tables: Row, name: str) -> list[Row]:
    """Return the rows of a table: a file may hold anything in its place."""
    rows = tables.get(name)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _id(row: Row, key: str = "id") -> str:
    number = row.get(key)
    return str(number) if isinstance(number, int | str) else ""


def _words(row: Row, key: str) -> str:
    value = row.get(key)
    return value if isinstance(value, str) else ""


def _moment(post: Row, key: str) -> datetime | None:
    """Read a time, which Ghost writes in UTC.

    >>> _moment({"at": "2021-03-04T05:06:07.000Z"}, "at"), _moment({"at": "soon"}, "at")
    (datetime.datetime(2021, 3, 4, 5, 6, 7, tzinfo=datetime.timezone.utc), None)
    """
    try:
        read = datetime.fromisoformat(_words(post, key))
        read = read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return read if read.year in atom.YEARS else None
