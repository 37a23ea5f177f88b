"""The desk for the terms that reviews are filed under: what each is called, what leads to it, and which are one."""

from . import others, people, renaming
from .blueprint import bp

__all__ = ["bp", "others", "people", "renaming"]
