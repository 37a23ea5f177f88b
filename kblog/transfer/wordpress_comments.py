"""The comments within an entry of WordPress's export; what is personal in them goes no further."""

import html
from collections.abc import Collection, Sequence
from typing import Literal

from lxml import etree

from .addresses import whole
from .records import Comment, Skipped
from .wordpress_blog import Blog, Element, text
from .wordpress_text import lines_broken
from .xml import children, words

READERS = ("", "comment")
NO_WORDS = {  # of a reader
    "pingback": "a pingback: another site's link, and no reader's words",
    "trackback": "a trackback: another site's link, and no reader's words",
    "note": "an author's note to a block of the text, which readers never saw",
}
STATES: dict[str, Literal["visible", "pending", "spam", "removed"]] = {
    "1": "visible",
    "approved": "visible",
    "approve": "visible",
    "0": "pending",
    "hold": "pending",
    "unapproved": "pending",
    "spam": "spam",
    "trash": "removed",
    "post-trashed": "removed",
}
PERSONAL = ("comment_author_email", "comment_author_IP", "comment_agent", "commentmeta")  # Akismet keeps addresses, too


def answerable(comments: Sequence[Element]) -> set[str]:
    """Return the numbers of the comments that readers wrote."""
    return {words(comment, "comment_id") for comment in comments if words(comment, "comment_type") in READERS}


def read(comment: Element, beside: Collection[str], blog: Blog, entry_ref: str) -> Comment | Skipped:
    """Read a comment, or say why it is not taken in; its writer's addresses are in neither.

    `beside` are the numbers of the comments of the same entry that may be answered.
    """
    for name in PERSONAL:
        for part in children(comment, name):
            comment.remove(part)
    raw = etree.tostring(comment, encoding="unicode", with_tail=False)
    number, kind = words(comment, "comment_id"), words(comment, "comment_type")
    ref = f"{entry_ref}:{number}"
    if not number.isdecimal():
        return Skipped("", f"a comment on {entry_ref} has no number", raw)
    if kind in NO_WORDS:
        return Skipped(ref, f"it is {NO_WORDS[kind]}", raw)
    if kind not in READERS:
        return Skipped(ref, f"it is no comment of a reader but “{kind}”, of a plugin")
    parent = words(comment, "comment_parent").lstrip("0")
    is_there = parent != number and parent in beside
    approved = words(comment, "comment_approved")
    user, website = words(comment, "comment_user_id"), whole(words(comment, "comment_author_url"))
    warnings = (
        "" if approved in STATES else f"{_unknown(approved)}: held for moderation",
        "" if is_there or not parent else "the comment it answers is not in the export",
    )
    return Comment(
        source_ref=ref,
        number=number,
        entry_ref=entry_ref,
        parent_ref=f"{entry_ref}:{parent}" if is_there else "",
        name=" ".join(html.unescape(words(comment, "comment_author")).split()),
        website=website if website.startswith(("http://", "https://")) else "",
        html=lines_broken(text(comment, "comment_content")),
        state=STATES.get(approved, "pending"),
        posted_at=blog.moment(comment, "comment_date"),
        by_author=user in blog.writers,  # the number of who was logged in; a name anybody can sign with
        raw=raw,
        warnings=tuple(said for said in warnings if said),
    )


def _unknown(state: str) -> str:
    return f"its state {state} is not known" if state else "it has no state"
