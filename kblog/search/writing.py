"""A search as an index understands it: its terms with "and" and "or" between them, in that index's words."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from kblog.asking import Choice
from kblog.fold import Term


class Writer(NamedTuple):
    """How an index writes "and", "or", and words that follow each other, the last of them maybe only begun."""

    every: str
    some: str
    phrase: Callable[[Sequence[str], bool], str]

    def search(self, choices: Sequence[Choice]) -> str:
        """Write what a text has to answer: all choices, each in any of its ways."""
        return self.every.join("(" + self.some.join(map(self.terms, choice)) + ")" for choice in choices)

    def terms(self, terms: Sequence[Term]) -> str:
        """Write terms that a text has to have, all of them, each by any of its phrases."""
        either = (
            "(" + self.some.join(self.phrase(phrase, term.prefix) for phrase in term.phrases) + ")" for term in terms
        )
        return "(" + self.every.join(either) + ")"
