"""Blogger's Takeout feed: Atom with Blogger's own elements, every comment with its moderation state."""

from lxml import etree

from .xml import child, children, words

Element = etree._Element

KINDS = {"POST": "post", "PAGE": "page", "COMMENT": "comment"}
ENTRY_STATES = {"LIVE": "live", "DRAFT": "draft", "SCHEDULED": "scheduled", "SOFT_TRASHED": "trashed"}
COMMENT_STATES = {
    "LIVE": "visible",
    "PENDING_MODERATION": "pending",
    "PENDING": "pending",
    "SPAM_COMMENT": "spam",
    "SPAM": "spam",
    "GHOSTED_COMMENT": "spam",  # Blogger showed it to its writer only
    "EMPTIED": "removed",
    "SOFT_TRASHED": "removed",
}


def kind(entry: Element) -> str:
    return KINDS.get(words(entry, "type"), "")


def entry_state(entry: Element) -> tuple[str, str]:
    """Return the state and a warning; a status nobody has seen yet is never public."""
    status = words(entry, "status")
    if words(entry, "trashed"):
        return "trashed", ""
    if status not in ENTRY_STATES:
        return "hidden", f"its status {status or 'is missing'} is not known: kept out of sight"
    return ENTRY_STATES[status], ""


def comment_state(entry: Element) -> tuple[str, str]:
    status = words(entry, "status")
    if words(entry, "trashed"):
        return "removed", ""
    if status not in COMMENT_STATES:
        return "pending", f"its status {status or 'is missing'} is not known: held for moderation"
    return COMMENT_STATES[status], "Blogger showed it to its writer only" if status == "GHOSTED_COMMENT" else ""


def labels(entry: Element) -> list[str]:
    return [category.get("term", "") for category in children(entry, "category")]


def address(entry: Element) -> str:
    """Return the page's path; the feed nowhere says the blog's own address."""
    return words(entry, "filename")


def description(entry: Element) -> str:
    return words(entry, "metaDescription")


def answers(entry: Element) -> str:
    """Return the number of the commented entry."""
    return _number(words(entry, "parent"))


def parent(entry: Element) -> str:
    """Return the number of the answered comment."""
    return _number(words(entry, "inReplyTo"))


def _number(ref: str) -> str:
    return ref.rpartition("-")[2]


def may_be_author(entry: Element) -> bool:
    """Tell whether the comment was written logged in; strangers may sign with the author's name."""
    return child(entry, "author") is not None and words(entry, "author", "type") == "BLOGGER"
