"""What the next page of a queue says was done, and the things for which it can be taken back."""

from dataclasses import dataclass

from flask import flash, get_flashed_messages

UNDOABLE = "undoable "  # the kind of a flash about what can be taken back; the ids of the things follow


@dataclass(frozen=True)
class Said:
    """What was done last, and to what: comments, entries of the ledger."""

    words: str
    ids: tuple[int, ...] = ()


def say(words: str, ids: list[int] | tuple[int, ...] = ()) -> None:
    """Let the next page of the queue say this, with a way to take it back."""
    flash(words, UNDOABLE + " ".join(map(str, ids)) if ids else "message")


def said() -> list[Said]:
    """Return what is to be said now; it is said once."""
    return [_said(kind, words) for kind, words in get_flashed_messages(with_categories=True)]


def _said(kind: str, words: str) -> Said:
    ids = kind.removeprefix(UNDOABLE).split() if kind.startswith(UNDOABLE) else ()
    return Said(words, tuple(map(int, ids)))
