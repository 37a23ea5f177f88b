"""The cover of a review: one of those that are drawn for it, or a picture of the library."""

from .routes import bp

__all__ = ["bp"]
