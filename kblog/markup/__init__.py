"""What an author or commenter typed, as HTML that is safe to print, and a review's outline, lines and plain text."""

from .comments import COMMENT_LIMIT, comment_plain, render_comment
from .inline import Picture, Variant
from .lines import Line, parted
from .openings import open_prose
from .policy import comment_href_is_safe, href_is_safe
from .reviews import (
    BLOCK_LIMIT,
    REVIEW_LIMIT,
    Block,
    Rendered,
    pictures,
    plain_text,
    render_review,
    too_long,
    too_many,
    word_count,
)
from .sections import KINDS, LINE_END, Section, heading_lines, paragraphs, section_kind, untyped
from .spoilers import without_spoilers
from .spoken import told

__all__ = [
    "BLOCK_LIMIT",
    "COMMENT_LIMIT",
    "KINDS",
    "LINE_END",
    "REVIEW_LIMIT",
    "Block",
    "Line",
    "Picture",
    "Rendered",
    "Section",
    "Variant",
    "comment_href_is_safe",
    "comment_plain",
    "heading_lines",
    "href_is_safe",
    "open_prose",
    "paragraphs",
    "parted",
    "pictures",
    "plain_text",
    "render_comment",
    "render_review",
    "section_kind",
    "told",
    "too_long",
    "too_many",
    "untyped",
    "without_spoilers",
    "word_count",
]
