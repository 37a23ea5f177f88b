"""WordPress's export (WXR), of whichever version, read into the same records as Blogger's."""

import html
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from lxml import etree

from . import atom, wordpress_comments, wordpress_text
from .addresses import whole
from .records import Comment, Entry, NotAnExport, Record, Remark, Site, Skipped
from .replies import parents_first
from .survey import survey
from .wordpress_blog import ALT, FEATURED, TYPES, Blog, Element, encoded, look_over, meta, paths
from .xml import RSS, Feed, Item, children, words

State = Literal["live", "draft", "scheduled", "hidden"]
STATES: dict[str, State] = {
    "publish": "live",
    "future": "scheduled",
    "draft": "draft",
    "auto-draft": "draft",
    "pending": "draft",
    "private": "draft",
}
HELD_BACK = {
    "pending": "it waited for approval on the old blog: imported as a draft",
    "private": "it was private on the old blog: imported as a draft",
}
LEFT_ASIDE = {  # of what WordPress keeps in the same way as posts, why it does not come in
    "attachment": "a file of the media library: a link leads to it wherever a text shows it",
    "nav_menu_item": "an item of a menu: menus are not taken in",
    "revision": "an older version of an entry: only the newest comes in",
    "wp_block": "a pattern: its words stand in each text that shows it",
    "wp_navigation": "a menu: menus are not taken in",
    "wp_global_styles": "a part of the old blog's looks",
    "wp_template": "a part of the old blog's looks",
    "wp_template_part": "a part of the old blog's looks",
    "wp_font_family": "a part of the old blog's looks",
    "wp_font_face": "a part of the old blog's looks",
    "custom_css": "a part of the old blog's looks",
    "customize_changeset": "a part of the old blog's looks",
    "oembed_cache": "a copy of another site's page",
}
NOT_KEPT = "(not kept)"
KEPT_NOTES = (ALT, FEATURED)
NO_LABELS = ("post_format", "nav_menu", "author", "link_category", "wp_theme", "wp_template_part_area")
NO_CATEGORY = ("uncategorized", "uncategorised", "미분류")  # WordPress's own word for none


class Known(NamedTuple):
    """Who an entry is."""

    ref: str
    number: str


def read(path: Path, *, base_url: str = "") -> Iterator[Record]:
    """Yield the site, its entries, and after each entry its comments, a parent before its replies; blog after blog.

    `base_url` is the old blog's address, where the export does not tell it. Raises NotAnExport when nothing can be
    read.
    """
    surveyed = survey(Path(path))
    feeds = [Feed(found.member, RSS) for found in surveyed.feeds if found.dialect == "wordpress"]
    blogs = look_over(feeds, base_url)
    if all(blog.is_empty for blog in blogs):
        raise NotAnExport(_about_nothing(feeds))
    for blog in blogs:
        yield Site(blog.title, blog.description, "", blog.locale, blog.hosts, frozenset(paths(blog)))
        for feed in blog.feeds:
            yield from _repaired(feed)
        yield from _Reader(blog).records()
    yield from map(Remark, surveyed.refused)
    for found in surveyed.feeds:
        if found.dialect != "wordpress":
            yield Remark(f"{found.member.name} is no export of WordPress's: import it by itself.")


def _about_nothing(feeds: list[Feed]) -> str:
    for feed in feeds:
        if feed.damage:
            return f"{feed.member.name} is damaged at line {min(feed.damage)}: no post or page of it can be read."
        if feed.root is None or not children(feed.root, "channel"):
            return f"{feed.member.name} is a WordPress export without its <channel>, in which the posts would stand."
    return f"{feeds[0].member.name} is a WordPress export without any post or page."


def _repaired(feed: Feed) -> Iterator[Remark]:
    if feed.damage:
        line, message = min(feed.damage.items())
        more = f" and in {len(feed.damage) - 1} more" if len(feed.damage) > 1 else ""
        yield Remark(f"{feed.member.name} was repaired: it is damaged at line {line}{more} ({message}).")


class _Reader:
    """Reads the entries of one blog."""

    def __init__(self, blog: Blog) -> None:
        self.blog = blog
        self.seen: set[str] = set()
        self.aside: set[str] = set()
        self.without_category = 0

    def records(self) -> Iterator[Record]:
        for feed in self.blog.feeds:
            for item in feed.items():
                yield from self._entry(item)
        if self.without_category:
            times = "once" if self.without_category == 1 else f"{self.without_category} times"
            yield Remark(f"“Uncategorized” is WordPress's word for no category: left out {times}.")

    def _entry(self, item: Item) -> Iterator[Record]:
        comments = children(item.element, "comment")
        for comment in comments:
            item.element.remove(comment)
        _drop_private(item.element)
        raw = etree.tostring(item.element, encoding="unicode", with_tail=False)
        known = self._known(item, raw)
        if isinstance(known, Skipped):
            yield known
            for comment in comments:
                ref = f"{known.source_ref}:{words(comment, 'comment_id')}"
                yield Skipped(ref, "it stands on an entry that is skipped")
            return
        yield self._written(item, raw, known)
        beside = wordpress_comments.answerable(comments)
        found = (wordpress_comments.read(comment, beside, self.blog, known.ref) for comment in comments)
        yield from parents_first(self._once(record) for record in found)

    def _once(self, record: Comment | Skipped) -> Comment | Skipped:
        if record.source_ref in self.seen:
            return Skipped(record.source_ref, "another comment on the same entry has the same number", record.raw)
        self.seen.add(record.source_ref)
        return record

    def _known(self, item: Item, raw: str) -> Skipped | Known:
        """Identify an entry, or say why it is not taken in."""
        entry, number, kind = item.element, self.blog.number(item.element), words(item.element, "post_type")
        ref = f"wordpress:{self.blog.name}:{number}"
        if item.cut:
            return Skipped(ref if number else "", "it breaks off: its end is missing", raw)
        if not number:
            return Skipped("", f"it has neither a number nor an address: “{atom.plain(words(entry, 'title'))}”", raw)
        if kind not in TYPES:
            return self._aside(ref, kind, raw)
        if words(entry, "status") == "trash":
            return Skipped(ref, "it lay in the trash of the old blog", raw)
        if ref in self.seen:
            return Skipped(ref, "another entry in this file has the same number", raw)
        self.seen.add(ref)
        return Known(ref, number)

    def _aside(self, ref: str, kind: str, raw: str) -> Skipped:
        """Say why something that is neither a post nor a page stays out; menus often have the same numbers twice."""
        again = "; another entry has the same number" if ref in self.aside else ""
        self.aside.add(ref)
        if kind in LEFT_ASIDE:
            return Skipped(ref, f"it is {LEFT_ASIDE[kind]}{again}", raw)
        # nothing of it is kept: plugins store messages of readers in this way, and orders
        return Skipped(ref, f"it is neither a post nor a page but “{kind}”, of a plugin or theme{again}")

    def _written(self, item: Item, raw: str, known: Known) -> Entry:
        entry = item.element
        kind = TYPES[words(entry, "post_type")]
        state, warning = _state(entry)
        text = wordpress_text.written(encoded(entry), self.blog, known.number)
        published_at = self.blog.published_at(entry)
        login = words(entry, "creator")
        pictured, lacking = self._featured(entry, text.html)
        warnings = (
            warning,
            item.damage,
            *text.notes,
            lacking,
            "" if published_at or state != "live" or kind != "page" else "it has no date: imported as a draft",
            "a page cannot be scheduled here: imported as a draft" if (kind, state) == ("page", "scheduled") else "",
        )
        return Entry(
            source_ref=known.ref,
            kind=kind,
            title=atom.plain(words(entry, "title")),
            html=pictured + text.html,
            state=state,
            published_at=published_at,
            updated_at=self.blog.moment(entry, "post_modified"),
            path=self.blog.path(entry),
            labels=tuple(dict.fromkeys(self._labels(entry))),
            author=self.blog.authors.get(login) or ("" if "@" in login else login),
            description=atom.plain(encoded(entry, excerpt=True)),
            comments_open=words(entry, "comment_status") != "closed",
            raw=raw,
            warnings=tuple(said for said in warnings if said),
        )

    def _labels(self, entry: Element) -> Iterator[str]:
        """Yield categories and tags, and what a plugin's own ways of sorting say; names are kept as HTML."""
        for category in children(entry, "category"):
            name = " ".join(html.unescape("".join(category.itertext())).split())
            if not name or category.get("domain") in NO_LABELS:
                continue
            if unicodedata.normalize("NFC", name).casefold() in NO_CATEGORY:
                self.without_category += category.get("domain") is not None
                continue
            yield name

    def _featured(self, entry: Element, text: str) -> tuple[str, str]:
        """Return the picture that the old blog showed above an entry, unless its text shows it; or what to know."""
        number = meta(entry, FEATURED)
        if not number.isdecimal():
            return "", ""
        media = self.blog.media.get(number)
        if media is None or not whole(media.address):
            return "", f"its picture {number}, shown above it, is not in the export"
        name = media.address[media.address.rfind("/") :].rpartition(".")[0]  # without the ending: "-150x150" may follow
        if name and name in text:
            return "", ""
        return f'<p><img src="{html.escape(media.address)}" alt="{html.escape(media.alt or media.title)}"></p>', ""


def _drop_private(entry: Element) -> None:
    """Let go of an entry's password, and of what plugins noted of it: that may be who follows its comments."""
    for secret in children(entry, "post_password"):
        secret.text = NOT_KEPT if words(secret) else ""
    for note in children(entry, "postmeta"):
        if words(note, "meta_key") not in KEPT_NOTES:
            entry.remove(note)


def _state(entry: Element) -> tuple[State, str]:
    """Return the state and a warning; what nobody has seen yet is never public."""
    status = words(entry, "status").removesuffix(":publish")
    if words(entry, "post_password"):
        return "draft", "it had a password on the old blog: imported as a draft"
    if words(entry, "post_type") == "draft:publish":
        return "draft", "its type is a state, draft:publish: imported as a draft"
    if status not in STATES:
        what = f"its status {status} is not known" if status else "it has no status"
        return "hidden", f"{what}: kept out of sight"
    return STATES[status], HELD_BACK.get(status, "")
