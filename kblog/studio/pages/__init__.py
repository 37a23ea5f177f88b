"""The standing pages: About, Privacy and whatever else is no review, written and published as reviews are."""

from . import editor, release, shelf
from .blueprint import bp

__all__ = ["bp", "editor", "release", "shelf"]
