"""Korean emphasis: ``**강조(強調)**하다`` is strong, which CommonMark, made for words with spaces, leaves plain."""

from collections.abc import MutableMapping
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import isMdAsciiPunct, isPunctChar, isWhiteSpace
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline.state_inline import Scanned, StateInline
from markdown_it.token import Token

WIDE = (
    (0x1100, 0x11FF),  # Hangul jamo
    (0x2E80, 0x30FF),  # radicals, CJK punctuation, kana
    (0x3130, 0x318F),  # Hangul compatibility jamo
    (0x3400, 0x9FFF),  # ideographs
    (0xAC00, 0xD7FB),  # Hangul syllables
    (0xF900, 0xFAFF),  # compatibility ideographs
    (0xFF00, 0xFFEF),  # full-width forms
    (0x20000, 0x3FFFF),  # further ideographs
)


class KoreanInline(ParserInline):
    """The inline parser whose delimiters see Korean particles as what they are: not part of the emphasised word."""

    def parse(self, src: str, md: MarkdownIt, env: MutableMapping[str, Any], tokens: list[Token]) -> list[Token]:
        """Parse one block's text; `tokens` is filled and returned."""
        state = _KoreanState(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens


class _KoreanState(StateInline):
    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:  # noqa: N802, N803 - markdown-it's names
        """Say whether the run of markers at `start` may open and close emphasis."""
        scanned = super().scanDelims(start, canSplitWord)
        end = start + scanned.length
        before = self.src[start - 1] if start else " "
        after = self.src[end] if end < self.posMax else " "
        if not (_is_wide(before) or _is_wide(after)):
            return scanned
        # A wide neighbour may allow emphasis, as white space or punctuation would; it never forbids it.
        left = not _is_space(after) and (not _is_punctuation(after) or _is_wide(after) or _is_boundary(before))
        right = not _is_space(before) and (not _is_punctuation(before) or _is_wide(before) or _is_boundary(after))
        if canSplitWord:
            return Scanned(left, right, scanned.length)
        opens = left and (not right or _is_punctuation(before))
        return Scanned(opens, right and (not left or _is_punctuation(after)), scanned.length)


def _is_wide(char: str) -> bool:
    return any(first <= ord(char) <= last for first, last in WIDE)


def _is_space(char: str) -> bool:
    return isWhiteSpace(ord(char))


def _is_punctuation(char: str) -> bool:
    return isMdAsciiPunct(ord(char)) or isPunctChar(char)


def _is_boundary(char: str) -> bool:
    return _is_space(char) or _is_punctuation(char) or _is_wide(char)
