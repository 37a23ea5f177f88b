"""The author's account: set-up, log-in and log-out; password, second step and open sessions."""

from . import entrance, page, second_step
from .blueprint import bp

__all__ = ["bp", "entrance", "page", "second_step"]
