"""What somebody may have meant whose words find nothing."""

from itertools import islice

from kblog.asking import ask

from ..catalogue import Catalogue
from ..filters import ReviewFilter
from . import queries

MOST = 8  # guesses that are tried: the right one is among the first or there is none


def suggestion(wanted: ReviewFilter, listed: Catalogue) -> str:
    """Return the nearest text that finds something under the same choice of facets; "" where there is none."""
    guesses = list(islice(dict.fromkeys(queries.names().meant(wanted.text)), MOST))
    searches = [(guess, choices) for guess in guesses if (choices := ask(guess, {}))]
    found = queries.counted([choices for _, choices in searches]) if searches else []
    for (guess, _), ids in zip(searches, found, strict=True):
        if listed.matching(wanted.asking(guess), listed.bits(ids)):
            return guess
    return ""
