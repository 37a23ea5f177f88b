"""The order in which comments can be stored: a parent before its replies, however the export sorts them."""

from collections import deque
from collections.abc import Iterator
from dataclasses import replace

from .records import Comment, Skipped


def parents_first(comments: Iterator[Comment | Skipped]) -> Iterator[Comment | Skipped]:
    """Hold back each reply until its parent was given out; a circle of replies is opened and said so."""
    given: set[str] = set()
    waiting: dict[str, list[Comment]] = {}

    def release(first: Comment) -> Iterator[Comment]:
        ready = deque([first])
        while ready:
            comment = ready.popleft()
            given.add(comment.source_ref)
            ready.extend(waiting.pop(comment.source_ref, ()))
            yield comment

    for comment in comments:
        if isinstance(comment, Skipped):
            yield comment
        elif comment.parent_ref and comment.parent_ref not in given:
            waiting.setdefault(comment.parent_ref, []).append(comment)
        else:
            yield from release(comment)
    while waiting:
        for comment in waiting.pop(next(iter(waiting))):
            warnings = *comment.warnings, "the comment it answers cannot be told"
            yield from release(replace(comment, parent_ref="", warnings=warnings))
