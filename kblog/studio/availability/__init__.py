"""The desk for the availability ledger: what is due to be checked, what was found, what changed, and platforms."""

from . import decision, form, log, platforms, queue
from .blueprint import bp
from .queue import tallies

__all__ = ["bp", "decision", "form", "log", "platforms", "queue", "tallies"]
