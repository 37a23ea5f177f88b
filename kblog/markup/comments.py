"""A comment: its own small Markdown, where what stands between two ``||`` is hidden behind a click."""

import re
from itertools import pairwise

from markupsafe import Markup

from kblog.hangul import is_mostly_hangul

from . import policy
from .inline import drawn
from .parser import COMMENT
from .tokens import BREAKS, Token, closing, element, opening, siblings, typed, words_of

COMMENT_LIMIT = 10_000  # characters: an essay; the worst of them is parsed in a tenth of a second
HIDDEN = re.compile(r"(?<!\|)\|\|(?!\|)")


def render_comment(source: str) -> Markup:
    """Turn a commenter's text into safe HTML; ``||text||`` is hidden behind a click.

    Raises ValueError with a sentence for the commenter when the text is too long.
    """
    return policy.sanitised(COMMENT.renderer.render(_read(source), COMMENT.options, {}), policy.COMMENT)


def comment_plain(source: str) -> str:
    """Give a comment's words without markup and without its spoilers, one paragraph a line."""
    texts: list[str] = []
    depth = 0
    for token in _read(source):
        depth += token.nesting if token.tag == "details" else 0
        if not depth and token.type in ("inline", "fence"):
            texts.append(words_of(token.children) if token.children else token.content)
    return "\n".join(text.strip() for text in texts)


def _read(source: str) -> list[Token]:
    if len(source) > COMMENT_LIMIT:
        raise ValueError(f"A comment holds at most {COMMENT_LIMIT:,} characters; this one has {len(source):,}.")
    tokens = COMMENT.parse(source, {})
    for token in tokens:
        if token.type == "inline":
            children = [_unescaped(child) for child in token.children or []]
            token.children = drawn(children, rel="nofollow ugc noopener", is_review=False)
    made = _with_spoilers(tokens)
    for start, inline in pairwise(made):
        if start.tag == "p" and start.nesting > 0 and is_mostly_hangul(words_of(inline.children)):
            start.attrs["lang"] = "ko"
    return made


def _unescaped(child: Token) -> Token:
    """Give an escape as the text it stands for; an escaped bar as one that marks no spoiler."""
    if child.type != "text_special":
        return child
    return Token("unparsed", "", 0, content=child.content) if child.content == "|" else typed(child.content)


def _with_spoilers(tokens: list[Token]) -> list[Token]:
    """Cut paragraphs at their ``||`` marks: what stands between two becomes a block of its own.

    A pair may span paragraphs that stand beside each other; a mark without its mate stays as typed.
    """
    blocks = list(siblings(tokens))
    texts = [child for block in blocks if block[0].tag == "p" for child in block[1].children or []]
    left = sum(len(HIDDEN.findall(text.content)) for text in texts if text.type == "text") // 2 * 2
    made: list[Token] = []
    for block in blocks:
        pieces = _pieces(block[1].children or [], left) if block[0].tag == "p" else []
        if not pieces:
            made += [block[0], *_with_spoilers(block[1:-1]), block[-1]] if len(block) > 1 else block
        elif len(pieces) == 1:
            made += block
        for index, piece in enumerate(pieces if len(pieces) > 1 else ()):
            if index:
                hiding = [opening("details", {"class": "spoiler"}), *element("summary", [typed("Spoiler")])]
                made += [closing("details")] if left % 2 else hiding
                left -= 1
            if words_of(piece).strip():
                made += element("p", piece)
    return made


def _pieces(children: list[Token], marks: int) -> list[list[Token]]:
    """Cut a paragraph's text at its first spoiler marks; emphasis and links go on in the next piece."""
    pieces: list[list[Token]] = [[]]
    around: list[Token] = []
    for child in children:
        left = marks + 1 - len(pieces)
        parts = HIDDEN.split(child.content, left) if child.type == "text" and left else [child.content]
        for part in parts[:-1]:
            ends = [Token(token.type.replace("_open", "_close"), token.tag, -1) for token in reversed(around)]
            pieces[-1] += [*([typed(part)] if part else []), *ends]
            pieces.append(list(around))
        if child.nesting:
            around = [*around, child] if child.nesting > 0 else around[:-1]
        if child.type != "text":
            pieces[-1].append(child)
        elif parts[-1]:
            pieces[-1].append(typed(parts[-1]))
    for piece in pieces[:-1]:
        while piece and piece[-1].type in BREAKS:
            piece.pop()
    for piece in pieces[1:]:
        while piece and piece[0].type in BREAKS:
            del piece[0]
    return pieces
