"""A live review as its page reads it: columns in place of objects, by statements that are made once."""

from .queries import Entered, Filed, Reading, Term, live

__all__ = ["Entered", "Filed", "Reading", "Term", "live"]
