"""Blogger's two exports, the old backup and Takeout, read into the same records with the same references."""

import csv
import io
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import NamedTuple
from urllib.parse import unquote

from lxml import etree

from . import atom, blogger_backup, blogger_takeout
from .addresses import split
from .archive import UNREADABLE
from .records import Comment, Entry, NotAnExport, Record, Remark, Site, Skipped
from .replies import parents_first
from .survey import Found, survey
from .xml import Feed, Item, children, words

DIALECTS: dict[str, ModuleType] = {"backup": blogger_backup, "takeout": blogger_takeout}
ANONYMOUS = "Anonymous"  # Blogger's own word for a comment without a name


class Author(NamedTuple):
    name: str
    uri: str


@dataclass
class Index:
    """What has to be known of a whole feed before its first record can be given out."""

    entries: dict[str, tuple[str, Author]] = field(default_factory=dict)  # number -> reference, author
    comments: dict[str, str] = field(default_factory=dict)  # number -> number of the commented entry
    settings: dict[str, str] = field(default_factory=dict)
    hosts: set[str] = field(default_factory=set)
    paths: set[str] = field(default_factory=set)
    templates: int = 0


def read(path: Path, *, base_url: str = "") -> Iterator[Record]:
    """Yield the site, its entries and its comments, a parent before its replies; blog after blog.

    `base_url` is the old blog's address, which Takeout does not tell. Raises NotAnExport when nothing can be read.
    """
    surveyed = survey(Path(path))
    blogs = [found for found in surveyed.feeds if found.dialect in DIALECTS]
    if not blogs:
        raise NotAnExport("This is a reading feed, not a backup: comments and drafts are missing.")
    for found in blogs:
        try:
            yield from _blog(found, base_url)
        except NotAnExport as refused:
            if len(blogs) == 1:
                raise
            yield Remark(str(refused))
    yield from map(Remark, surveyed.refused)
    if surveyed.elsewhere:
        count = sum(1 for member in surveyed.elsewhere for _ in Feed(member).items())
        yield Remark(f"Comments/ holds what the account wrote on other blogs: {_count(count, 'comment')} skipped.")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _blog(found: Found, base_url: str) -> Iterator[Record]:
    feed, dialect = Feed(found.member), DIALECTS[found.dialect]
    index = _index(feed, dialect)
    if not index.entries and feed.damage:
        line = min(feed.damage)
        raise NotAnExport(f"{found.member.name} is damaged at line {line}: no post or page of it can be read.")
    if not index.entries and index.comments:
        raise NotAnExport(f"{found.member.name} holds comments only: what the account wrote on other people's blogs.")
    yield _site(feed, found, index, base_url)
    yield from _remarks(feed, index)
    seen: set[str] = set()
    for item in feed.items():
        if dialect.kind(item.element) in ("comment", "settings", "template"):
            continue
        yield _entry(item, dialect, seen)
    yield from parents_first(_comment(item, dialect, index, seen) for item in _comments(feed, dialect))


def _comments(feed: Feed, dialect: ModuleType) -> Iterator[Item]:
    return (item for item in feed.items() if dialect.kind(item.element) == "comment")


def _index(feed: Feed, dialect: ModuleType) -> Index:
    index = Index()
    for item in feed.items():
        entry, kind, known = item.element, dialect.kind(item.element), atom.identity(item.element)
        if kind == "settings":
            index.settings[words(entry, "id").rpartition(".")[2]] = words(entry, "content")
        elif kind == "template":
            index.templates += 1
        elif kind == "comment" and known and not item.cut:
            index.comments[known.number] = dialect.answers(entry)
        elif known and not item.cut:
            index.entries[known.number] = known.ref, _author(entry)
            index.hosts.add(split(dialect.address(entry)).hostname or "")
            index.paths.add(_path(entry, dialect))
    return index


def _path(entry: etree._Element, dialect: ModuleType) -> str:
    """Return the entry's address without its host; "" for one that has none of its own."""
    path = unicodedata.normalize("NFC", unquote(split(dialect.address(entry)).path))
    return path if path.startswith("/") and path != "/" else ""


def _author(entry: etree._Element) -> Author:
    return Author(words(entry, "author", "name"), words(entry, "author", "uri"))


def _site(feed: Feed, found: Found, index: Index, base_url: str) -> Site:
    """Describe the blog from its settings, wherever this dialect keeps them."""
    settings = {**index.settings, **_settings_csv(found)}
    root = feed.root if feed.root is not None else etree.Element("feed")
    homes = [link.get("href", "") for link in children(root, "link") if link.get("rel") == "alternate"]
    hosts = index.hosts | {split(address).hostname or "" for address in (base_url, *homes)}
    subdomain = settings.get("BLOG_SUBDOMAIN", "")
    if subdomain.replace("-", "").isalnum() and subdomain.isascii():
        hosts.add(f"{subdomain}.blogspot.com")
    name = settings.get("BLOG_NAME") or atom.title(root)
    return Site(
        atom.plain(name),
        atom.plain(settings.get("BLOG_DESCRIPTION", "")),
        settings.get("BLOG_TIME_ZONE", ""),
        settings.get("BLOG_LOCALE", ""),
        frozenset(host.lower() for host in hosts if host),
        frozenset(index.paths - {""}),
    )


def _settings_csv(found: Found) -> dict[str, str]:
    if found.settings is None:
        return {}
    try:
        with found.settings.open() as stream, io.TextIOWrapper(stream, "utf-8-sig", "replace", newline="") as text:
            row = next(csv.DictReader(text), {})
    except (*UNREADABLE, csv.Error):
        return {}  # the feed says the blog's name too, and the rest can be set by hand
    return {name.upper(): value for name, value in row.items() if isinstance(name, str) and isinstance(value, str)}


def _remarks(feed: Feed, index: Index) -> Iterator[Remark]:
    if index.settings or index.templates:
        yield Remark(
            f"The file also holds {_count(len(index.settings), 'setting')} and {_count(index.templates, 'template')}: "
            "only the blog's name, description and time zone are taken."
        )
    if feed.damage:
        line, message = min(feed.damage.items())
        more = f" and in {_count(len(feed.damage) - 1, 'more line')}" if len(feed.damage) > 1 else ""
        yield Remark(f"{feed.member.name} was repaired: it is damaged at line {line}{more} ({message}).")


def _refused(item: Item, seen: set[str], kind: str) -> Skipped | atom.Identity:
    """Identify an entry, or say why it cannot be taken in."""
    written, known = words(item.element, "id"), atom.identity(item.element)
    ref = known.ref if known else f"blogger:{written}"
    if item.cut:
        return Skipped(ref, "it breaks off: its end is missing", item.raw)
    if not known:
        return Skipped(ref, "its id is not one of Blogger's" if written else "it has no id", item.raw)
    if not kind:
        return Skipped(ref, "it is neither a post nor a page nor a comment", item.raw)
    if ref in seen:
        return Skipped(ref, "another entry in this file has the same id", item.raw)
    seen.add(ref)
    return known


def _entry(item: Item, dialect: ModuleType, seen: set[str]) -> Entry | Skipped:
    entry, kind = item.element, dialect.kind(item.element)
    known = _refused(item, seen, kind)
    if isinstance(known, Skipped):
        return known
    state, warning = dialect.entry_state(entry)
    published_at = atom.moment(entry, "published") or atom.moment(entry, "created")
    return Entry(
        source_ref=known.ref,
        kind=kind,
        title=atom.title(entry),
        html=atom.markup(entry, "content"),
        state=state,
        published_at=published_at,
        updated_at=atom.moment(entry, "updated"),
        path=_path(entry, dialect),
        labels=tuple(dict.fromkeys(label for label in map(str.strip, dialect.labels(entry)) if label)),
        author=words(entry, "author", "name"),
        description=dialect.description(entry),
        raw=item.raw,
        warnings=_said(warning, item.damage, "" if published_at else "it has no readable date"),
    )


def _said(*warnings: str) -> tuple[str, ...]:
    return tuple(warning for warning in warnings if warning)


def _comment(item: Item, dialect: ModuleType, index: Index, seen: set[str]) -> Comment | Skipped:
    entry = item.element
    known = _refused(item, seen, "comment")
    if isinstance(known, Skipped):
        return known
    answered, parent = dialect.answers(entry), dialect.parent(entry)
    if answered not in index.entries:
        missing = known.ref.rpartition(":")[0] + f":{answered}" if answered else ""
        reason = f"its post {missing} is not in the export" if answered else "it names no post"
        return Skipped(known.ref, reason, item.raw)
    entry_ref, author = index.entries[answered]
    in_thread = bool(parent) and parent != known.number and index.comments.get(parent) == answered
    state, warning = dialect.comment_state(entry)
    writer = _author(entry)
    return Comment(
        source_ref=known.ref,
        number=known.number,
        entry_ref=entry_ref,
        parent_ref=_sibling(known, parent) if in_thread else "",
        name=writer.name or ANONYMOUS,
        website=atom.website(entry),
        html=atom.broken_lines(atom.markup(entry, "content")),
        state=state,
        posted_at=atom.moment(entry, "published") or atom.moment(entry, "created"),
        by_author=_is_author(writer, author) and dialect.may_be_author(entry),
        raw=item.raw,
        warnings=_said(
            warning, item.damage, "" if in_thread or not parent else "the comment it answers is not in the export"
        ),
    )


def _sibling(known: atom.Identity, number: str) -> str:
    """Name another comment of the same blog."""
    return known.ref.removesuffix(known.number) + number


def _is_author(writer: Author, author: Author) -> bool:
    return bool(author.name) and writer.name == author.name and (not author.uri or writer.uri == author.uri)
