"""The full-text index: kept current by database triggers, asked by `matching` and `found`."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from kblog import fold
from kblog.asking import Choice, ask

COLUMNS = ("titles", "people", "tags", "headings", "body", "lines")
TABLE = "search_index"

EVERYWHERE, PHRASE, LINES, RANKED = "everywhere", "phrase", "lines", "ranked"
# Where all of a search may stand, the best place first.
PLACES = {
    "titles": ("titles",),
    "people": ("people",),
    "names": ("titles", "people"),
    "labels": ("titles", "people", "tags", "headings"),
}
WEIGHTS = (10, 10, 4, 4, 1, 2)  # of a word in each of the columns
MOST_RANKED = 1000  # found: more, and the word is in everything; counting it costs more than it tells
NOTHING = '"" NOT ""'

_names = ", ".join(COLUMNS)
_new = ", ".join(f"new.{name}" for name in COLUMNS)
_old = ", ".join(f"old.{name}" for name in COLUMNS)

# The folded text is made of letters and digits already; the tokenizer only has to split at spaces.
FTS5 = (
    f"CREATE VIRTUAL TABLE {TABLE} USING fts5({_names}, content='search_entry', content_rowid='review_id',"
    " tokenize='unicode61 remove_diacritics 0', prefix='1 2 3')",  # or each letter typed gathers all words anew
    f"CREATE TRIGGER {TABLE}_insert AFTER INSERT ON search_entry BEGIN"
    f" INSERT INTO {TABLE}(rowid, {_names}) VALUES (new.review_id, {_new}); END",
    f"CREATE TRIGGER {TABLE}_delete AFTER DELETE ON search_entry BEGIN"
    f" INSERT INTO {TABLE}({TABLE}, rowid, {_names}) VALUES ('delete', old.review_id, {_old}); END",
    f"CREATE TRIGGER {TABLE}_update AFTER UPDATE ON search_entry BEGIN"
    f" INSERT INTO {TABLE}({TABLE}, rowid, {_names}) VALUES ('delete', old.review_id, {_old});"
    f" INSERT INTO {TABLE}(rowid, {_names}) VALUES (new.review_id, {_new}); END",
)

_index = sa.table(TABLE, sa.column("rowid", sa.Integer), sa.column(TABLE))


# Written out: to make it anew for every letter that is typed would take longer than most searches do. What is ranked
# is limited, or SQLite would fold it into the outer query, and could not weigh it there.
_weight = f"bm25({TABLE}, {', '.join(map(str, WEIGHTS))})"
_found = f"FROM {TABLE} WHERE {TABLE} MATCH :{EVERYWHERE}"
FOUND = sa.text(
    " UNION ALL ".join(
        f"SELECT '{place}', group_concat(rowid) FROM {TABLE} WHERE {TABLE} MATCH :{place}"
        for place in (EVERYWHERE, PHRASE, LINES, *PLACES)
    )
    + f" UNION ALL SELECT '{RANKED}', group_concat(rowid) FROM (SELECT rowid {_found}"
    f" AND (SELECT count(*) FROM (SELECT 1 {_found} LIMIT {MOST_RANKED + 1})) <= {MOST_RANKED}"
    f" ORDER BY {_weight}, rowid DESC LIMIT {MOST_RANKED})"
)


def create(execute) -> None:
    """Create the index and its triggers; `execute` runs one statement of SQL."""
    for statement in FTS5:
        execute(statement)


def rebuild(connection: sa.Connection) -> None:
    """Build the index anew from the search entries."""
    connection.exec_driver_sql(f"INSERT INTO {TABLE}({TABLE}) VALUES ('rebuild')")


def matching(text: str) -> sa.Select[int] | None:
    """Select the ids of the reviews that hold every word of `text`; None where it has nothing to search for."""
    choices = ask(text, {})
    return sa.select(_index.c.rowid).where(_matches(_expression(choices))) if choices else None


def found(choices: Sequence[Choice], phrase: fold.Term | None) -> tuple[sa.TextClause, dict[str, str]]:
    """Ask for (place, ids) of each of the places; ids as text with commas, since 100,000 rows cost more than that.

    At `PHRASE` is whatever has the words of `phrase` one after the other. At `RANKED` is all that is found, the best
    first; nothing where that is more than `MOST_RANKED`.
    """
    everywhere = _expression(choices)
    asked = {place: f"{{{' '.join(columns)}}} : ({everywhere})" for place, columns in PLACES.items()}
    asked |= {EVERYWHERE: everywhere, LINES: f"{{lines}} : ({everywhere})"}
    asked[PHRASE] = _alternative([phrase]) if phrase else NOTHING
    return FOUND, asked


def counted(searches: Sequence[Sequence[Choice]]) -> sa.CompoundSelect[str, Any]:
    """Select (number of the search, ids) for each of several searches."""
    each = (_ids(str(n)).where(_matches(_expression(choices))) for n, choices in enumerate(searches))
    return sa.union_all(*each)


def _ids(name: str) -> sa.Select[str, Any]:
    return sa.select(sa.literal(name), sa.func.group_concat(_index.c.rowid))


def _matches(expression: str) -> sa.ColumnElement[bool]:
    return _index.c[TABLE].op("MATCH")(expression)


def _expression(choices: Sequence[Choice]) -> str:
    """Write a search as an FTS5 query: every token quoted, so that nothing in it is syntax."""
    return " AND ".join("(" + " OR ".join(map(_alternative, choice)) + ")" for choice in choices)


def _alternative(terms: Sequence[fold.Term]) -> str:
    either = (
        "(" + " OR ".join(_phrase(phrase) + ("*" if term.prefix else "") for phrase in term.phrases) + ")"
        for term in terms
    )
    return "(" + " AND ".join(either) + ")"


def _phrase(tokens: Sequence[str]) -> str:
    return '"' + " ".join(token.replace('"', '""') for token in tokens) + '"'
