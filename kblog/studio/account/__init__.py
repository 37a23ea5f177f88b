"""The author's account: set-up, log-in and log-out; password, second step and open sessions."""

from . import entrance, settings
from .blueprint import bp

__all__ = ["bp", "entrance", "settings"]
