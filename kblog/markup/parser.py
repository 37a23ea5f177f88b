"""The two Markdown parsers, an author's and a commenter's, and what they leave as typed."""

from collections.abc import Callable, MutableMapping, Sequence
from typing import Any, cast

from linkify_it import LinkifyIt  # pyright: ignore[reportMissingTypeStubs]
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.rules_block import StateBlock
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.footnote.index import footnote_def

from . import policy, spoilers
from .emphasis import KoreanInline
from .tokens import NESTING_LIMIT, Token, plain_block

PARAGRAPH_LIMIT = 10_000  # characters parsed for emphasis and links: the time an unclosed "![](" costs is quadratic


class _Inline(KoreanInline):
    """The inline parser, which leaves an overlong paragraph as typed."""

    def parse(self, src: str, md: MarkdownIt, env: MutableMapping[str, Any], tokens: list[Token]) -> list[Token]:
        """Parse one block's text, or keep it as it is."""
        if len(src) <= PARAGRAPH_LIMIT:
            return super().parse(src, md, env, tokens)
        tokens.append(Token("unparsed", "", 0, content=src))
        return tokens


class _Links(LinkifyIt):
    """Addresses in the text, of which only those that name their scheme are links."""

    def __init__(self) -> None:
        untyped = cast(Any, super())
        untyped.__init__(options={"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
        untyped.add("ftp:", None).add("//", None)

    def pretest(self, text: str) -> bool:
        """Say whether there may be a link: its own pattern takes a tenth of the time a review needs."""
        return ":" in text


def _too_deep(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Take what is nested too deeply as one plain paragraph; markdown-it's own maxNesting would drop it.

    Whatever opens a spoiler down there is read no more, so all of the paragraph is hidden.
    """
    if state.level < NESTING_LIMIT:
        return False
    line = start + 1
    while line < end and (state.isEmpty(line) or not 0 <= state.sCount[line] < state.blkIndent):
        line += 1
    made = plain_block(state, start, line)
    state.tokens += spoilers.hidden(made) if spoilers.OPENING.search(made[1].content) else made
    state.line = line
    return True


def _footnote(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read a footnote, but none inside another: moved to the foot it would tear the blocks around it apart."""
    is_inside = state.env.get("is_in_footnote", False)
    if is_inside and not (silent and state.sCount[start] < state.blkIndent):  # else it ends the one before
        return False
    state.env["is_in_footnote"] = True
    found = footnote_def(state, start, end, silent)
    state.env["is_in_footnote"] = is_inside
    return found


def _as_typed(_self: Any, tokens: Sequence[Token], index: int, *_more: Any) -> str:
    return escapeHtml(tokens[index].content)


def _parser(is_link_safe: Callable[[str], bool], *, breaks: bool) -> MarkdownIt:
    md = MarkdownIt("commonmark", {"html": False, "linkify": True, "breaks": breaks, "xhtmlOut": False})
    md.enable(["strikethrough", "linkify"])
    md.validateLink = is_link_safe  # pyright: ignore[reportAttributeAccessIssue]
    inline = _Inline()
    inline.ruler, inline.ruler2 = md.inline.ruler, md.inline.ruler2
    md.inline = inline
    md.linkify = _Links()
    md.add_render_rule("unparsed", _as_typed)
    md.block.ruler.before("code", "too_deep", _too_deep)
    return md


def _review_parser() -> MarkdownIt:
    md = _parser(policy.href_is_safe, breaks=False).use(footnote_plugin).enable("table")
    md.block.ruler.at("footnote_def", _footnote, {"alt": ["paragraph", "reference"]})
    interrupts = ["paragraph", "reference", "blockquote", "list"]
    md.block.ruler.before("too_deep", "spoiler", spoilers.read_block, {"alt": interrupts})
    md.core.ruler.before("footnote_tail", "spoiled_notes", spoilers.find_spoiled_notes)
    return md


def _comment_parser() -> MarkdownIt:
    md = _parser(policy.comment_href_is_safe, breaks=True)
    # Text that looks like a heading, a rule, an indented block or a link definition is what somebody said.
    # Escapes stay tokens of their own until spoilers are cut: an escaped || hides nothing.
    return md.disable(["heading", "lheading", "hr", "code", "reference", "html_block", "html_inline", "text_join"])


REVIEW, COMMENT = _review_parser(), _comment_parser()
for _md in (REVIEW, COMMENT):
    _md.parse("x")  # a ruler compiles itself on first use, which two threads must not do at once
