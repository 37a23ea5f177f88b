"""The desk that says what is read, said and looked for in vain, as charts with their numbers beside them."""

from . import comments, reads, searches
from .blueprint import bp
from .reads import this_week

__all__ = ["bp", "comments", "reads", "searches", "this_week"]
