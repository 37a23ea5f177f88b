"""How the text inside a block is drawn: Korean marked as Korean, links with their `rel`, pictures or links to them."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from kblog import hangul

from .policy import SRC
from .tokens import NESTING_LIMIT, Attributes, Token, closing, opening, typed, words_of


class Picture(NamedTuple):
    """A picture of this site that stands for an address in a text; sizes in points."""

    address: str
    src: str
    width: int
    height: int


def drawn(
    children: list[Token],
    *,
    rel: str,
    marks_korean: bool = False,
    is_review: bool = True,
    pictures: Mapping[str, Picture] | None = None,
) -> list[Token]:
    """Draw a block's text: Korean marked, outside links with their `rel`, pictures that are not here as links."""
    made: list[Token] = []
    depth, in_link = 0, False
    for token in children:
        depth += max(token.nesting, 0)
        if token.tag == "s":
            token.tag = "del"
        if token.tag == "a":
            in_link = token.nesting > 0
            if in_link and not str(token.attrs["href"]).startswith(("/", "#")):
                token.attrs["rel"] = rel
        if token.type == "text" and marks_korean:
            made += _with_korean_marked(token)
        elif token.type == "image":
            made += _picture(token, rel, is_review=is_review, in_link=in_link, here=pictures or {})
        elif token.nesting and token.tag != "a" and depth > NESTING_LIMIT:
            made.append(typed(token.markup))
        else:
            made.append(token)
        depth += min(token.nesting, 0)
    return made


def set_off(inline: Token, pattern: re.Pattern[str], tag: str, name: str) -> None:
    """Put the words that open a block into an element of their own."""
    children = inline.children or []
    if children and children[0].type == "text" and (title := pattern.match(children[0].content)):
        rest = typed(children[0].content[title.end() :])
        inline.children = [opening(tag, {"class": name}), typed(title[0]), closing(tag), rest, *children[1:]]


def is_here(image: Token, pictures: Mapping[str, Picture]) -> bool:
    """Whether a review's picture is one of this site: it is shown, and not linked to."""
    address = str(image.attrs["src"])
    return address in pictures or SRC.fullmatch(address) is not None


def _picture(image: Token, rel: str, *, is_review: bool, in_link: bool, here: Mapping[str, Picture]) -> list[Token]:
    address, alt = str(image.attrs["src"]), words_of(image.children)
    if is_review and is_here(image, here):
        image.attrs |= {"loading": "lazy", "decoding": "async"}
        if address in here:
            _, src, width, height = here[address]
            image.attrs |= {"src": src, "width": width, "height": height}
        return [image]
    label = (f"Picture on the old blog: {alt}" if alt else "Picture on the old blog") if is_review else alt or address
    if in_link:
        return [typed(label)]
    attrs: Attributes = {"class": "picture", "href": address, "rel": "nofollow noopener"}
    return [opening("a", attrs if is_review else {"href": address, "rel": rel}), typed(label), closing("a")]


def _with_korean_marked(text: Token) -> list[Token]:
    if not hangul.has_hangul(text.content):
        return [text]
    marked: list[Token] = []
    for run, is_korean in hangul.runs(text.content):
        marked += [opening("span", {"lang": "ko"}), typed(run), closing("span")] if is_korean else [typed(run)]
    return marked
