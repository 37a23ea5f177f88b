"""Every table."""

from .author import Attempt, Author, AuthorSession, RecoveryCode
from .availability import Availability, AvailabilityChange
from .comment import Comment, SpamWord
from .ignored import IgnoredFinding
from .import_job import ImportJob
from .line import FormerLine, Line
from .link_picture import LinkPicture
from .mail import Follow, Mail, Subscription
from .media import Media, MediaAddress, MediaUse, MediaVariant
from .page import Page
from .report import Report
from .review import Credit, Filing, Review, SearchEntry
from .revision import Autosave, Revision
from .site import ContentVersion, ImportedEntry, ListedChange, Redirect, Setting, Site, site
from .term import FACETS, MovedTerm, Renaming, Spelling, Term, TermLink, TwoPeople, term_broader
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
    "Follow",
    "FormerLine",
    "IgnoredFinding",
    "ImportJob",
    "ImportedEntry",
    "Line",
    "LinkPicture",
    "ListedChange",
    "Mail",
    "Media",
    "MediaAddress",
    "MediaUse",
    "MediaVariant",
    "MonthViews",
    "MovedTerm",
    "Page",
    "RecoveryCode",
    "Redirect",
    "Renaming",
    "Report",
    "Review",
    "ReviewViews",
    "Revision",
    "SearchEntry",
    "Setting",
    "Site",
    "SpamWord",
    "Spelling",
    "Subscription",
    "Term",
    "TermLink",
    "TwoPeople",
    "VainSearch",
    "site",
    "term_broader",
]
