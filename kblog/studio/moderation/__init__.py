"""The desk for readers' comments: what waits, what was decided, what was reported, and one writer's own."""

from . import answering, decision, queue, thread, writers
from .blueprint import bp

__all__ = ["answering", "bp", "decision", "queue", "thread", "writers"]
