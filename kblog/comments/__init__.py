"""Readers' comments: threads to read, comments to post and to change."""

from . import changes, reporting
from .routes import bp

__all__ = ["bp", "changes", "reporting"]
