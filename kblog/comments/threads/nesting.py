"""How comments stand under each other: a page of roots, each with its replies one level in."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

ROOTS_PER_PAGE = 50  # a thread page stays under 100 kB
MOST_REPLIES = 500  # on one page; with more, which nobody reads, it would grow beyond half a megabyte
FEW_REPLIES = 10  # of each root on such a page; the others are a click away
SORTS = ("oldest", "newest")
SPOILER = 'class="spoiler"'  # as `markup` draws one within a comment


@dataclass
class Entry:
    """A comment in its thread; a comment that is not shown itself stands as a stub over its replies."""

    comment: Any
    answered: Any = None  # the comment this one answers, where that is not the one it stands under
    replies: list["Entry"] = field(default_factory=list)  # in time: the thread has one level of indent
    left: int = 0  # replies that are not on this page

    @property
    def is_shown(self) -> bool:
        return self.comment.state == "visible"


@dataclass(frozen=True)
class Thread:
    """One page of a thread: of its roots, or of the replies to the only one."""

    entries: Sequence[Entry]
    page: int
    number: int  # of roots, or of replies, on all pages
    sort: str
    size: int = ROOTS_PER_PAGE

    @property
    def hides(self) -> bool:
        """Whether a comment on this page keeps something from readers who are not that far."""
        shown = (each.comment for root in self.entries for each in (root, *root.replies) if each.is_shown)
        return any(comment.spoils or SPOILER in comment.body_html for comment in shown)

    @property
    def pages(self) -> int:
        return max(1, -(-self.number // self.size))

    @property
    def next_number(self) -> int:
        """How many the next page has."""
        return min(self.left, self.size)

    @property
    def left(self) -> int:
        """How many come after this page."""
        return max(0, self.number - self.page * self.size)


def nest(rows: Sequence[Any]) -> list[Entry]:
    """Stand every shown reply under its root, in time; a hidden comment stays only where shown ones answer it."""
    entries = {row.id: Entry(row) for row in rows}
    needed = set()
    for row in rows:
        at = row if row.state == "visible" else None
        while at is not None and at.id not in needed:
            needed.add(at.id)
            at = entries[at.parent_id].comment if at.parent_id in entries else None
    top = []
    for entry in (entries[row.id] for row in rows if row.id in needed):
        root = entries.get(entry.comment.root_id)
        if root is None:
            top.append(entry)
            continue
        root.replies.append(entry)
        if entry.comment.parent_id != entry.comment.root_id:
            entry.answered = entries[entry.comment.parent_id].comment if entry.comment.parent_id in entries else None
    return top


def count_left(entries: Sequence[Entry], rows: Sequence[Any]) -> None:
    """Note at each root how many of its shown replies stand elsewhere."""
    every = {row.root_id: row.total for row in rows if row.root_id}
    for entry in entries:
        here = sum(reply.is_shown for reply in entry.replies)
        entry.left = max(0, every.get(entry.comment.id, 0) - here)
