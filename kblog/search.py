"""The full-text index: kept current by database triggers, asked by `matching`."""

from collections.abc import Sequence

import sqlalchemy as sa

from kblog import fold

COLUMNS = ("titles", "people", "tags", "headings", "body", "lines")
TABLE = "search_index"

_names = ", ".join(COLUMNS)
_new = ", ".join(f"new.{name}" for name in COLUMNS)
_old = ", ".join(f"old.{name}" for name in COLUMNS)

# The folded text is made of letters and digits already; the tokenizer only has to split at spaces.
FTS5 = (
    f"CREATE VIRTUAL TABLE {TABLE} USING fts5({_names}, content='search_entry', content_rowid='review_id',"
    " tokenize='unicode61 remove_diacritics 0')",
    f"CREATE TRIGGER {TABLE}_insert AFTER INSERT ON search_entry BEGIN"
    f" INSERT INTO {TABLE}(rowid, {_names}) VALUES (new.review_id, {_new}); END",
    f"CREATE TRIGGER {TABLE}_delete AFTER DELETE ON search_entry BEGIN"
    f" INSERT INTO {TABLE}({TABLE}, rowid, {_names}) VALUES ('delete', old.review_id, {_old}); END",
    f"CREATE TRIGGER {TABLE}_update AFTER UPDATE ON search_entry BEGIN"
    f" INSERT INTO {TABLE}({TABLE}, rowid, {_names}) VALUES ('delete', old.review_id, {_old});"
    f" INSERT INTO {TABLE}(rowid, {_names}) VALUES (new.review_id, {_new}); END",
)

_index = sa.table(TABLE, sa.column("rowid", sa.Integer), sa.column(TABLE))


def create(execute) -> None:
    """Create the index and its triggers; `execute` runs one statement of SQL."""
    for statement in FTS5:
        execute(statement)


def rebuild(connection: sa.Connection) -> None:
    """Build the index anew from the search entries."""
    connection.exec_driver_sql(f"INSERT INTO {TABLE}({TABLE}) VALUES ('rebuild')")


def matching(text: str) -> sa.Select[int] | None:
    """Select the ids of the reviews that hold every word of `text`; None where it has nothing to search for."""
    terms = fold.terms(text)
    if not terms:
        return None
    return sa.select(_index.c.rowid).where(_index.c[TABLE].op("MATCH")(_expression(terms)))


def _expression(terms: Sequence[fold.Term]) -> str:
    """Write the terms as an FTS5 query: every token quoted, so that nothing in it is syntax."""
    return " AND ".join(
        "(" + " OR ".join(_phrase(phrase) + ("*" if term.prefix else "") for phrase in term.phrases) + ")"
        for term in terms
    )


def _phrase(tokens: Sequence[str]) -> str:
    return '"' + " ".join(token.replace('"', '""') for token in tokens) + '"'
