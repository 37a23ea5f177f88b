"""A blog's public Atom feed: the posts its readers see, and nothing else."""

from collections.abc import Iterator
from pathlib import Path

from . import atom, blogger_backup
from .addresses import split
from .records import Entry, Record, Remark, Site, Skipped
from .survey import survey
from .xml import Feed, Item, child, children, words


def read(path: Path, *, base_url: str = "") -> Iterator[Record]:
    """Yield the site and the posts of a reading feed, and say what such a feed lacks."""
    for found in survey(Path(path)).feeds:
        feed = Feed(found.member)
        entries = [_entry(item) for item in feed.items()]  # a reading feed holds the latest posts only
        homes = [] if feed.root is None else [link.get("href", "") for link in children(feed.root, "link")]
        hosts = {split(address).hostname or "" for address in (base_url, *homes)} - {"", "www.blogger.com"}
        if feed.root is not None:
            paths = frozenset(entry.path for entry in entries if isinstance(entry, Entry) and entry.path)
            description = atom.plain(words(feed.root, "subtitle"))
            yield Site(atom.title(feed.root), description, hosts=frozenset(hosts), paths=paths)
        yield Remark("This is a reading feed, not a backup: comments and drafts are missing.")
        if feed.damage:
            line, message = min(feed.damage.items())
            yield Remark(f"{found.member.name} was repaired: it is damaged at line {line} ({message}).")
        yield from entries


def _entry(item: Item) -> Entry | Skipped:
    entry, known = item.element, atom.identity(item.element)
    ref = known.ref if known else f"feed:{words(entry, 'id')}"
    if item.cut or not words(entry, "id"):
        return Skipped(ref, "it breaks off: its end is missing" if item.cut else "it has no id", item.raw)
    if child(entry, "in-reply-to") is not None:
        return Skipped(ref, "it is a comment, and a reading feed tells too little of those", item.raw)
    summary = "content" if child(entry, "content") is not None else "summary"
    partial = "only its summary is in the feed" if summary == "summary" else ""
    terms = (category.get("term", "").strip() for category in children(entry, "category"))
    return Entry(
        source_ref=ref,
        kind="post",
        title=atom.title(entry),
        html=atom.markup(entry, summary),
        state="live",
        published_at=atom.moment(entry, "published") or atom.moment(entry, "updated"),
        updated_at=atom.moment(entry, "updated"),
        path=split(blogger_backup.address(entry)).path.removesuffix("/"),
        labels=tuple(dict.fromkeys(term for term in terms if term)),
        author=words(entry, "author", "name"),
        raw=item.raw,
        warnings=tuple(said for said in (item.damage, partial) if said),
    )
