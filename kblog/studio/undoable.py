"""What the next page of a queue says was done, and the things for which it can be taken back."""

import json
from dataclasses import dataclass

from flask import flash, get_flashed_messages

UNDOABLE = "undoable "  # the kind of a flash about what can be taken back; the ids of the things follow
UNDONE_AT = "undone at "  # the same, with the form that does it: its address and its fields


@dataclass(frozen=True)
class Said:
    """What was done last, and to what: comments, entries of the ledger; or how it is taken back."""

    words: str
    ids: tuple[int, ...] = ()
    address: str = ""
    fields: tuple[tuple[str, str], ...] = ()


def say(words: str, ids: list[int] | tuple[int, ...] = ()) -> None:
    """Let the next page of the queue say this, with a way to take it back."""
    flash(words, UNDOABLE + " ".join(map(str, ids)) if ids else "message")


def say_with_way_back(words: str, address: str, /, **fields: str) -> None:
    """Let the next page say this, with a form that takes it back."""
    flash(words, UNDONE_AT + json.dumps([address, list(fields.items())]))


def said() -> list[Said]:
    """Return what is to be said now; it is said once."""
    return [_said(kind, words) for kind, words in get_flashed_messages(with_categories=True)]


def _said(kind: str, words: str) -> Said:
    if kind.startswith(UNDONE_AT):
        address, fields = json.loads(kind.removeprefix(UNDONE_AT))
        return Said(words, address=address, fields=tuple((name, value) for name, value in fields))
    ids = kind.removeprefix(UNDOABLE).split() if kind.startswith(UNDOABLE) else ()
    return Said(words, tuple(map(int, ids)))
