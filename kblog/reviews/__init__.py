"""The reviews as readers meet them: home, browse, review pages, terms and archive."""

from . import archive
from .routes import bp

__all__ = ["archive", "bp"]
