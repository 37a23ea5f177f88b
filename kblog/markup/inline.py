"""How the text inside a block is drawn: Korean marked as Korean, links with their `rel`, pictures or links to them."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from kblog import hangul

from .policy import SIZES, SRC
from .tokens import NESTING_LIMIT, Attributes, Token, closing, opening, typed, words_of


class Variant(NamedTuple):
    """A smaller version of a picture, and how many points it is wide."""

    src: str
    width: int

    @property
    def extension(self) -> str:
        return self.src.rpartition(".")[2]


class Picture(NamedTuple):
    """A picture of this site that stands for an address in a text; sizes in points, variants from the narrowest."""

    address: str
    src: str
    width: int
    height: int
    credit: str = ""
    variants: tuple[Variant, ...] = ()
    alt: str = ""  # what the library says it shows: for a text that says nothing

    def srcset(self, extension: str) -> str:
        """Write the choice that a browser has in one format; "" where it has none."""
        shown = [each for each in self.variants if each.extension == extension]
        if shown and self.src.endswith(f".{extension}"):
            shown.append(Variant(self.src, self.width))
        return ", ".join(f"{each.src} {each.width}w" for each in shown)


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
        return _in_sizes(image, here[address]) if address in here else [image]
    if not address:
        return [typed(alt)]  # it is still on its way, or never came: there is nothing that could be linked to
    label = (f"Picture on the old blog: {alt}" if alt else "Picture on the old blog") if is_review else alt or address
    if in_link:
        return [typed(label)]
    attrs: Attributes = {"class": "picture", "href": address, "rel": "nofollow noopener"}
    return [opening("a", attrs if is_review else {"href": address, "rel": rel}), typed(label), closing("a")]


def _in_sizes(image: Token, picture: Picture) -> list[Token]:
    """Draw a picture of this site, and let the browser choose among its versions."""
    if picture.alt and not words_of(image.children).strip():
        image.children = [typed(picture.alt)]
    image.attrs |= {"src": picture.src, "width": picture.width, "height": picture.height}
    own, webp = picture.srcset(picture.src.rpartition(".")[2]), picture.srcset("webp")
    if own:
        image.attrs |= {"srcset": own, "sizes": SIZES}
    if not webp or webp == own:
        return [image]
    source = Token("source", "source", 0, attrs={"type": "image/webp", "srcset": webp, "sizes": SIZES})
    return [opening("picture"), source, image, closing("picture")]


def _with_korean_marked(text: Token) -> list[Token]:
    if not hangul.has_hangul(text.content):
        return [text]
    marked: list[Token] = []
    for run, is_korean in hangul.runs(text.content):
        marked += [opening("span", {"lang": "ko"}), typed(run), closing("span")] if is_korean else [typed(run)]
    return marked
