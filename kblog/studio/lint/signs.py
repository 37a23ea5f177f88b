"""Rules about signs that a text writes in two ways; each can be unified in one step."""

from collections.abc import Iterator, Sequence
from functools import partial

from kblog.language import ENGLISH, joined, noted, spoken
from kblog.language import gettext as _

from .. import signs
from .subject import Finding, Subject

_WAYS = {
    "hyphens": {
        "plain": noted("%(number)s plain, as in “%(word)s”"),
        "unbroken": noted("%(number)s that do not break, as in “%(word)s”"),
        "typographic": noted("%(number)s of a third kind, as in “%(word)s”"),
    },
    "apostrophes": {"curly": noted("%(number)s curly (’)"), "straight": noted("%(number)s straight (')")},
    "quotation-marks": {"curly": noted("%(number)s curly (“ ”)"), "straight": noted('%(number)s straight (" ")')},
}
_SORTS = {
    "hyphens": noted("Two sorts of hyphens: %(there)s."),
    "apostrophes": noted("Two sorts of apostrophes: %(there)s."),
    "quotation-marks": noted("Two sorts of quotation marks: %(there)s."),
}


def writes_signs_one_way(review: Subject) -> Iterator[Finding]:
    """Find hyphens, apostrophes and quotation marks that are written in more than one way."""
    for kind, ways in _WAYS.items() if not review.refused else ():
        counts = signs.counted(review.document, kind)
        if len(counts) > 1:
            found = [(ways[way], number, _example(review, kind, way)) for way, number in counts.most_common()]
            yield Finding("note", _SORTS[kind], "body", fix=kind, about=kind, values={"there": partial(_there, found)})


def _example(review: Subject, kind: str, way: str) -> str:
    """Give a word with such a hyphen: by themselves they look alike."""
    return signs.example(review.document, kind, way) if kind == "hyphens" else ""


def _there(found: Sequence[tuple[str, int, str]]) -> str:
    """Say how many there are of each sort; a comma ends the example that more follows."""
    said = [
        _(words, number=number, word=word) + ("," if word and spoken() == ENGLISH else "")
        for words, number, word in found
    ]
    return joined(said, "and").removesuffix(",")
