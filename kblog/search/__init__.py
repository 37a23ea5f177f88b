"""The full-text index: kept current by the database itself, asked by `matching`, `found` and `counted`."""

from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

import sqlalchemy as sa

from kblog import fold
from kblog.asking import Choice, ask
from kblog.db import db
from kblog.dialects import id_list

from . import fts5, tsvector
from .places import COLUMNS, EVERYWHERE, LABELS, LINES, NAMED, PEOPLE, PHRASE, RANKED, TITLES

__all__ = [
    "COLUMNS",
    "EVERYWHERE",
    "LABELS",
    "LINES",
    "NAMED",
    "PEOPLE",
    "PHRASE",
    "RANKED",
    "TITLES",
    "counted",
    "found",
    "matching",
    "rebuild",
]

INDEXES = {"sqlite": fts5, "postgresql": tsvector}
TABLE = fts5.TABLE


def rebuild(connection: sa.Connection) -> None:
    """Build the index anew from the search entries."""
    connection.exec_driver_sql(INDEXES[connection.dialect.name].REBUILD)


def matching(text: str) -> sa.Select[int] | None:
    """Select the ids of the reviews that hold every word of `text`; None where it has nothing to search for."""
    choices = ask(text, {})
    return _index().ids(choices) if choices else None


def found(choices: Sequence[Choice], phrase: fold.Term | None) -> tuple[sa.TextClause, Mapping[str, str]]:
    """Ask for (place, ids) of each of the places; ids as text with commas, since 100,000 rows cost more than that.

    At `PHRASE` is whatever has the words of `phrase` one after the other. At `RANKED` is all that is found, the best
    first; nothing where that is more than `MOST_RANKED`. What is best, each engine says in its own way.
    """
    index = _index()
    return index.FOUND, index.asked(choices, phrase)


def counted(searches: Sequence[Sequence[Choice]]) -> sa.CompoundSelect[str, Any]:
    """Select (number of the search, ids) for each of several searches."""
    index = _index()
    return sa.union_all(*(_listed(str(n), index.ids(choices)) for n, choices in enumerate(searches)))


def _listed(name: str, ids: sa.Select[int]) -> sa.Select[str, Any]:
    return ids.with_only_columns(sa.literal(name), id_list(*ids.selected_columns))


def _index() -> ModuleType:
    return INDEXES[db.engine.dialect.name]
