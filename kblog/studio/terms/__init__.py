"""The desk for the terms that reviews are filed under: people, how they are spelt, and who is one with whom."""

from . import people
from .blueprint import bp

__all__ = ["bp", "people"]
