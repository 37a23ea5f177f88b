"""Readers' comments: threads to read."""

from .routes import bp

__all__ = ["bp"]
