"""Every table."""

from .author import Attempt, Author, AuthorSession, RecoveryCode
from .availability import Availability, AvailabilityChange
from .comment import Comment, SpamWord
from .ignored import IgnoredFinding
from .import_job import ImportJob
from .line import FormerLine, Line
from .media import Media, MediaAddress
from .page import Page
from .report import Report
from .review import Credit, Filing, Review, SearchEntry
from .revision import Autosave, Revision
from .site import ContentVersion, ImportedEntry, Redirect, Setting, Site, site
from .term import FACETS, MovedTerm, Spelling, Term, TwoPeople, term_broader
from .views import DayViews, MonthViews, ReviewViews, VainSearch

__all__ = [
    "FACETS",
    "Attempt",
    "Author",
    "AuthorSession",
    "Autosave",
    "Availability",
    "AvailabilityChange",
    "Comment",
    "ContentVersion",
    "Credit",
    "DayViews",
    "Filing",
    "FormerLine",
    "IgnoredFinding",
    "ImportJob",
    "ImportedEntry",
    "Line",
    "Media",
    "MediaAddress",
    "MonthViews",
    "MovedTerm",
    "Page",
    "RecoveryCode",
    "Redirect",
    "Report",
    "Review",
    "ReviewViews",
    "Revision",
    "SearchEntry",
    "Setting",
    "Site",
    "SpamWord",
    "Spelling",
    "Term",
    "TwoPeople",
    "VainSearch",
    "site",
    "term_broader",
]
