"""What an author or commenter typed, as HTML that is safe to print, and a review's outline, lines and plain text."""

from .comments import comment_plain, render_comment
from .lines import Line
from .policy import comment_href_is_safe, href_is_safe
from .reviews import Rendered, render_review
from .sections import KINDS, Section, section_kind
from .spoilers import without_spoilers

__all__ = [
    "KINDS",
    "Line",
    "Rendered",
    "Section",
    "comment_href_is_safe",
    "comment_plain",
    "href_is_safe",
    "render_comment",
    "render_review",
    "section_kind",
    "without_spoilers",
]
