"""Rules about what a text points to and shows: links that lead nowhere, pictures without words."""

import re
from collections.abc import Iterator, Mapping

from kblog.document import Document
from kblog.language import noted
from kblog.markup import Block, Rendered, render_review

from .subject import Finding, Pictured, Subject, shortened

UNDESCRIBED = noted(
    "The picture %(name)s has no alt text. Say in the square brackets what it shows, or describe it in the library:"
    " that holds wherever it is shown."
)
_ID = re.compile(r'\bid="([^"]+)"')


def has_pictures_that_came(review: Subject) -> Iterator[Finding]:
    """Find the pictures without an address: what stands in the text while one is on its way, and if it never comes."""
    for block in review.rendered.blocks:
        for address, words in block.pictures:
            if not address.strip():
                said = noted(
                    "The picture “%(words)s” has no address: it has not come in. Put it in again, or take it out."
                )
                values = {"words": shortened(words)}
                yield Finding("error", said, "body", f"![{words}", block.line, about=words, values=values)


def leads_somewhere(review: Subject) -> Iterator[Finding]:
    """Find the links within this site that lead nowhere, and those within the text."""
    known, anchors = review.facts.addresses, set(_ID.findall(review.rendered.html))
    for block in review.rendered.blocks:
        for link in block.links:
            is_dead = link[1:] not in anchors if link.startswith("#") else known is not None and path(link) not in known
            if is_dead and link.startswith(("/", "#")) and link != "#":
                words = noted("The link to %(link)s leads to nothing that readers can see.")
                yield Finding("warning", words, "body", link, block.line, about=link, values={"link": shortened(link)})


def has_alt_texts(review: Subject) -> Iterator[Finding]:
    """Find the pictures that say nothing to readers who cannot see them; those of the library are there at once."""
    for block, address, here in silent(review.rendered, review.facts.pictures):
        quote, name = f"]({address}", address.rstrip("/").rpartition("/")[2] or address
        if here:
            values, number = {"name": here.name or shortened(name)}, here.media_id
            yield Finding("error", UNDESCRIBED, "body", quote, block.line, picture=number, about=address, values=values)
        else:
            words = noted("The picture %(name)s has no alt text. Say in the square brackets what it shows.")
            yield Finding("warning", words, "body", quote, block.line, about=address, values={"name": shortened(name)})


def silent(rendered: Rendered, pictures: Mapping[str, Pictured]) -> Iterator[tuple[Block, str, Pictured | None]]:
    """Yield the pictures that neither their text describes nor the library; None for what is not in it."""
    for block in rendered.blocks:
        for address, words in block.pictures:
            here = pictures.get(address)
            if not words.strip() and not (here and here.is_described):
                yield block, address, here


def linked(document: Document) -> set[str]:
    """Give the paths of this site that a review's text links to; none where it cannot be drawn."""
    try:
        blocks = render_review(document.body).blocks
    except ValueError:
        return set()
    return {path(link) for block in blocks for link in block.links if link.startswith("/")}


def path(link: str) -> str:
    """Leave of a link within this site its path.

    >>> path("/reviews/salt-road/?sort=newest#line-2")
    '/reviews/salt-road/'
    """
    return re.split(r"[?#]", link, maxsplit=1)[0]
