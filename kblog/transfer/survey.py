"""What kind of file somebody chose, told from its content, and which feeds of it can be read."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from lxml import etree

from .archive import UNREADABLE, Member, members
from .records import NotAnExport
from .xml import ATOM, BEFORE_XML, CHUNK, HARDENED, Feed, child, children, local

Dialect = Literal["backup", "takeout", "wordpress", "ghost", "public"]

KIND = "http://schemas.google.com/g/2005#kind"
TAKEOUT = "schemas.google.com/blogger/2018"
WXR = "wordpress.org/export/"
GHOST = re.compile(rb'\s*\{\s*"db"\s*:\s*\[')  # how its one JSON file begins

# First bytes -> what to call such a file.
MAGIC = {
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"RIFF": "a picture or sound",
    b"%PDF": "a PDF document",
    b"\x1f\x8b": "a .tgz archive: unpack it first, or choose the .zip when making the Takeout",
    b"7z\xbc\xaf": "a 7z archive: unpack it first",
    b"Rar!": "a RAR archive: unpack it first",
    b"SQLite format 3": "a database",
}


@dataclass(frozen=True)
class Found:
    """One blog's feed, and the settings.csv beside it."""

    dialect: Dialect
    member: Member
    settings: Member | None = None


@dataclass(frozen=True)
class Survey:
    """Everything of interest at one path."""

    feeds: tuple[Found, ...]
    refused: tuple[str, ...] = ()  # a sentence for each other file that looked like a feed
    elsewhere: tuple[Member, ...] = ()  # what the account wrote on other people's blogs


def survey(path: Path) -> Survey:
    """Find the feeds in a file, folder or zip; raise NotAnExport with one sentence when there is none."""
    found = members(path)
    if path.is_file() and len(found) == 1 and found[0].name == path.name:
        beside = path.with_name("settings.csv")
        settings = members(beside)[0] if beside.is_file() else None
        return Survey((Found(_dialect(found[0]), found[0], settings if path.name == "feed.atom" else None),))

    by_name = {member.name: member for member in found}
    feeds: list[Found] = []
    refused: list[NotAnExport] = []
    for member in found:
        if not _may_be_feed(member):
            continue
        try:
            dialect = _dialect(member)
        except NotAnExport as error:
            refused.append(error)
            continue
        feeds.append(Found(dialect, member, by_name.get(member.name.removesuffix("feed.atom") + "settings.csv")))
    if not feeds and refused:
        raise refused[0]
    if not feeds:
        shape = "folder" if path.is_dir() else "zip file"
        raise NotAnExport(
            f"The {shape} {path.name} holds no export: a Blogger backup (.xml), a Takeout with "
            "Blogger/Blogs/<blog>/feed.atom, an export of WordPress (.xml) or Ghost (.json), or portable documents "
            "(.md) were expected."
        )
    backups = [feed for feed in feeds if feed.dialect != "public"]
    return Survey(
        tuple(backups or feeds),
        tuple(map(str, refused)),
        tuple(member for member in found if member.parts[-3:-2] == ("Comments",) and member.parts[-1] == "feed.atom"),
    )


def _may_be_feed(member: Member) -> bool:
    name = member.parts[-1].lower()
    if name.endswith(".atom"):
        return "Comments" not in member.parts[:-1]
    if name.endswith(".json"):
        return _is_ghost(member)  # a Takeout has one beside each picture
    return name.endswith(".xml") and not name.startswith("theme-")


def _is_ghost(member: Member) -> bool:
    try:
        with member.open() as stream:
            return bool(GHOST.match(stream.read(CHUNK).lstrip(BEFORE_XML)))
    except UNREADABLE:
        return False


def _dialect(member: Member) -> Dialect:
    """Tell the dialect from the root and the first telling entry; a document type is refused outright."""
    name = member.parts[-1]
    try:
        with member.open() as stream:
            head = stream.read(CHUNK).lstrip(BEFORE_XML)
    except UNREADABLE as error:
        raise NotAnExport(f"{name} cannot be read ({error}).") from error
    if not head:
        raise NotAnExport(f"{name} is empty.")
    for magic, what in MAGIC.items():
        if head.startswith(magic):
            raise NotAnExport(f"{name} is {what}, not an export.")
    if GHOST.match(head):
        return "ghost"
    root = _root(head)
    if root is None and b"<!DOCTYPE" in head:
        raise NotAnExport(_about_doctype(name))
    if root is None:
        is_feed = b"<feed" in head or b"<rss" in head
        what = "damaged before its first entry" if is_feed else "neither XML nor a zip file"
        raise NotAnExport(f"{name} is not an export: it is {what}.")
    if local(root).lower() == "html":
        theme = "b:version" in head[:4000].decode("utf-8", "replace")
        raise NotAnExport(f"{name} is {'a Blogger theme' if theme else 'a web page'}, not an export of the posts.")
    if root.getroottree().docinfo.doctype:
        raise NotAnExport(_about_doctype(name))
    if local(root) == "rss":
        return _rss(name, root, head)
    if root.tag not in (f"{{{ATOM}}}feed", "feed"):
        raise NotAnExport(f"{name} is XML of another kind (<{local(root)}>), not an export of a blog.")
    return _atom(member, root)


def _about_doctype(name: str) -> str:
    return f"{name} declares a document type (DOCTYPE), which no export does; it is refused."


def _root(head: bytes) -> etree._Element | None:
    parser = etree.XMLPullParser(events=("start",), recover=True, **HARDENED)
    parser.feed(head)
    root = next((element for _, element in parser.read_events()), None)
    try:
        _ = root is not None and (root.tag, root.nsmap)
    except UnicodeDecodeError:
        return None  # half a character in what it declares
    return root


def _rss(name: str, root: etree._Element, head: bytes) -> Dialect:
    """Tell WordPress's export, whichever its version and scheme, also where its prefix was never declared."""
    if any(WXR in uri for uri in root.nsmap.values()) or b"<wp:" in head:
        return "wordpress"
    raise NotAnExport(
        f"{name} is an RSS reading feed, not a backup: comments and drafts are missing; "
        "in Blogger choose Settings, then Back up content, in WordPress Tools, then Export."
    )


def _atom(member: Member, root: etree._Element) -> Dialect:
    declared = any(TAKEOUT in uri for uri in root.nsmap.values())
    feed, empty = Feed(member), True
    for item in feed.items():
        empty = False
        if any(category.get("scheme") == KIND for category in children(item.element, "category")):
            return "backup"
        if child(item.element, "type") is not None:
            return "takeout"
    if declared:
        return "takeout"
    if empty and feed.damage:
        line = min(feed.damage)
        raise NotAnExport(f"{member.parts[-1]} is damaged at line {line}, before its first entry: nothing can be read.")
    return "public"
