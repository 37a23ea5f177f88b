"""The memorable lines of the live reviews as readers meet them: one list, and an address for each."""

from .routes import bp

__all__ = ["bp"]
