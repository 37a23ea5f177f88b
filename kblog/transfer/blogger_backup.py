"""The old Blogger backup: one Atom file of posts, pages, comments, settings and template, told apart by category."""

import re

from lxml import etree

from .addresses import split
from .survey import KIND
from .xml import child, children, words

LABEL = "http://www.blogger.com/atom/ns#"

Element = etree._Element


def kind(entry: Element) -> str:
    """Return post, page, comment, settings or template; the category that says it may stand anywhere."""
    terms = (category.get("term", "") for category in children(entry, "category") if category.get("scheme") == KIND)
    return next((term.rpartition("#")[2] for term in terms), "")


def entry_state(entry: Element) -> tuple[str, str]:
    return ("draft" if words(entry, "control", "draft") == "yes" else "live"), ""


def comment_state(entry: Element) -> tuple[str, str]:
    removed = any(prop.get("name") == "blogger.contentRemoved" for prop in children(entry, "extendedProperty"))
    return ("removed" if removed else "visible"), ""


def labels(entry: Element) -> list[str]:
    return [category.get("term", "") for category in children(entry, "category") if category.get("scheme") == LABEL]


def address(entry: Element) -> str:
    """Return the page's whole address; a draft has none."""
    links = (link for link in children(entry, "link") if link.get("rel") == "alternate")
    return next((link.get("href", "") for link in links if link.get("type", "text/html") == "text/html"), "")


def description(entry: Element) -> str:
    return ""


def answers(entry: Element) -> str:
    """Return the number of the commented entry: the reference says "post" even where it means a page."""
    reply = child(entry, "in-reply-to")
    found = None if reply is None else re.search(r"(?:post|page)-(\d+)\s*$", reply.get("ref", ""))
    return found[1] if found else ""


def parent(entry: Element) -> str:
    """Return the number of the answered comment, which only a link beside the thread extension tells."""
    links = (link.get("href", "") for link in children(entry, "link") if link.get("rel") == "related")
    found = (re.search(r"/comments/default/(\d+)$", split(href).path) for href in links)
    return next((match[1] for match in found if match), "")


def may_be_author(entry: Element) -> bool:
    return True
