"""Rules about signs that a text writes in two ways; each can be unified in one step."""

from collections.abc import Iterator

from kblog.ledger import join_names

from .. import signs
from .subject import Finding, Subject

_WAYS = {
    "hyphens": {"plain": "plain", "unbroken": "that do not break", "typographic": "of a third kind"},
    "apostrophes": {"curly": "curly (’)", "straight": "straight (')"},
    "quotation-marks": {"curly": "curly (“ ”)", "straight": 'straight (" ")'},
}


def writes_signs_one_way(review: Subject) -> Iterator[Finding]:
    """Find hyphens, apostrophes and quotation marks that are written in more than one way."""
    for kind, ways in _WAYS.items() if not review.refused else ():
        counts = signs.counted(review.document, kind)
        if len(counts) > 1:
            there = join_names(
                [f"{number} {ways[way]}{_example(review, kind, way)}" for way, number in counts.most_common()]
            )
            words = f"Two sorts of {kind.replace('-', ' ')}: {there}."
            words = words.replace(",.", ".")
            yield Finding("note", words, "body", fix=kind, about=kind)


def _example(review: Subject, kind: str, way: str) -> str:
    """Give a word with such a hyphen: by themselves they look alike."""
    return f", as in “{signs.example(review.document, kind, way)}”," if kind == "hyphens" else ""
