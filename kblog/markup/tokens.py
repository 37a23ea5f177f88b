"""The pieces a text is taken apart into and put together from: markdown-it's tokens, their blocks and their words."""

from collections.abc import Iterator, Sequence

from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

NESTING_LIMIT = 10  # levels of blocks, and of emphasis: sanitising deep trees is quadratic
BREAKS = ("softbreak", "hardbreak")
INLINE = ("a", "picture", "span", "strong")
Attributes = dict[str, str | int | float]


def opening(tag: str, attrs: Attributes | None = None) -> Token:
    """Open an element."""
    return Token(f"{tag}_open", tag, 1, attrs=attrs or {}, block=tag not in INLINE)


def closing(tag: str) -> Token:
    """Close an element."""
    return Token(f"{tag}_close", tag, -1, block=tag not in INLINE)


def typed(content: str) -> Token:
    """Give text as it was typed."""
    return Token("text", "", 0, content=content)


def element(tag: str, children: list[Token]) -> list[Token]:
    """Make a block that holds text."""
    name = "paragraph" if tag == "p" else tag
    start = Token(f"{name}_open", tag, 1, block=True)
    return [start, Token("inline", "", 0, children=children), Token(f"{name}_close", tag, -1, block=True)]


def plain_block(state: StateBlock, start: int, end: int) -> list[Token]:
    """Make one paragraph of lines in which blocks would be nested too deeply."""
    words = state.getLines(start, end, state.blkIndent, False).strip()
    return [opening("p"), Token("inline", "", 0, content=words, children=[]), closing("p")]


def siblings(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """Cut tokens into blocks that stand beside each other, each from its opening to its closing token."""
    depth = start = 0
    for end, token in enumerate(tokens, 1):
        depth += token.nesting
        if depth == 0:
            yield list(tokens[start:end])
            start = end


def words_of(children: Sequence[Token] | None, *, with_pictures: bool = True) -> str:
    """Give the words of a block's text without their markup."""
    parts: list[str] = []
    for token in children or ():
        if token.type in ("text", "code_inline", "unparsed"):
            parts.append(token.content)
        elif token.type in BREAKS:
            parts.append("\n" if token.type == "hardbreak" else " ")
        elif token.type == "image" and with_pictures:
            parts.append(words_of(token.children))
    return "".join(parts)


def lines_of(children: Sequence[Token]) -> list[list[Token]]:
    """Cut a block's text at its line breaks, except inside emphasis or a link."""
    lines: list[list[Token]] = [[]]
    depth = 0
    for token in children:
        depth += token.nesting
        if token.type in BREAKS and not depth:
            lines.append([])
        else:
            lines[-1].append(token)
    return lines


def joined(lines: list[list[Token]]) -> list[Token]:
    """Put lines together again."""
    return [token for line in lines for token in (Token("softbreak", "br", 0), *line)][1:]
