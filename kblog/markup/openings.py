"""Where in an author's Markdown a link may be put: in its own prose, where it breaks nothing and tells nothing."""

import re
from typing import Any

from .parser import REVIEW
from .tokens import Token

SHUT = {"spoiler", "blockquote", "footnote_reference", "heading", "table"}
MARKED = re.compile(
    r"(?<!`)(?P<ticks>`+)(?!`).*?(?<!`)(?P=ticks)(?!`)"  # code
    r"|!?\[(?:[^\[\]]|\[[^\[\]]*\])*\](?:\([^()]*(?:\([^()]*\)[^()]*)*\)|\[[^\[\]]*\])?"  # links, pictures, notes
    r"|\|\|.*?\|\||<[^<>\s][^<>]*>|\b[a-z][a-z0-9+.-]{0,30}://\S+|\\.",  # what is hidden, addresses, escapes
    re.DOTALL | re.IGNORECASE,
)


def open_prose(source: str) -> str:
    r"""Blank out all of a text but where a link may be put; what is left stands at its own place.

    Spoilers, quotations, notes, headings, tables, code and links are blank.

    >>> open_prose("See `Salt` and Salt.\n\n# Salt").replace("\0", "_")
    'See ______ and Salt.\n_______'
    """
    tokens: list[Token] = []
    env: dict[str, Any] = {}
    REVIEW.block.parse(source, REVIEW, env, tokens)
    starts = [0, *(match.end() for match in re.finditer("\n", source)), len(source)]
    kept = ["\0"] * len(source)
    shut = 0
    for token in tokens:
        if token.type.rpartition("_")[0] in SHUT:
            shut += token.nesting
        elif token.type == "inline" and not shut and token.map:
            first, last = (starts[min(line, len(starts) - 1)] for line in token.map)
            text = MARKED.sub(lambda found: "\0" * len(found[0]), source[first:last])
            kept[first:last] = text
    return "".join(kept)
