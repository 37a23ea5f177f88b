"""Every table."""

from .availability import Availability
from .comment import Comment
from .line import Line
from .page import Page
from .review import Credit, Filing, Review, SearchEntry
from .site import ContentVersion, ImportedEntry, Redirect, Setting, Site, site
from .term import FACETS, Spelling, Term, term_broader

__all__ = [
    "FACETS",
    "Availability",
    "Comment",
    "ContentVersion",
    "Credit",
    "Filing",
    "ImportedEntry",
    "Line",
    "Page",
    "Redirect",
    "Review",
    "SearchEntry",
    "Setting",
    "Site",
    "Spelling",
    "Term",
    "site",
    "term_broader",
]
