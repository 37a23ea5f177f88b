"""The catalogue: which live review has which value, as sets that a list and the numbers beside it are answers of."""

from .building import ids_in, sets_of
from .sets import ANYWHERE, COUNTRIES, COUNTS_EVERYWHERE, NOWHERE, Bits, Catalogue, Listed, Value

__all__ = [
    "ANYWHERE",
    "COUNTRIES",
    "COUNTS_EVERYWHERE",
    "NOWHERE",
    "Bits",
    "Catalogue",
    "Listed",
    "Value",
    "ids_in",
    "sets_of",
]
