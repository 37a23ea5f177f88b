"""The desk for readers' comments: what waits, what was decided, what was reported, and one writer's own."""

from . import answering, decision, queue, thread, writers
from .blueprint import bp
from .queue import tally

__all__ = ["answering", "bp", "decision", "queue", "tally", "thread", "writers"]
