"""The desk for a blog that comes in: the file is sent, looked through, reported, taken in; a process works on it."""

from . import routes, starting
from .blueprint import bp
from .starting import keep_going

__all__ = ["bp", "keep_going", "routes", "starting"]
