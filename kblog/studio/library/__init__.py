"""The library: the site's pictures, how they come in, what they show and whose they are."""

from . import arriving, describing, removing, shelf
from .blueprint import bp

__all__ = ["arriving", "bp", "describing", "removing", "shelf"]
