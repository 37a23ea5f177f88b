"""What a reader's words find among the live reviews, in which order, and what is shown of it."""

from .found import BESIDE, Found, find
from .shown import Hit, LineHit, PersonHit, hits, lines, people
from .suggesting import suggestion

__all__ = ["BESIDE", "Found", "Hit", "LineHit", "PersonHit", "find", "hits", "lines", "people", "suggestion"]
