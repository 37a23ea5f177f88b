"""The full-text index in SQLite: an FTS5 table over the search entries, and searches as its expressions."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from kblog import fold
from kblog.asking import Choice

from .places import COLUMNS, EVERYWHERE, LINES, MOST_RANKED, PHRASE, PLACES, RANKED, WEIGHTS
from .writing import Writer

TABLE = "search_index"
NOTHING = '"" NOT ""'

_names = ", ".join(COLUMNS)
_new = ", ".join(f"new.{name}" for name in COLUMNS)
_old = ", ".join(f"old.{name}" for name in COLUMNS)

# The folded text is made of letters and digits already; the tokenizer only has to split at spaces.
DDL = (
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
REBUILD = f"INSERT INTO {TABLE}({TABLE}) VALUES ('rebuild')"

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


def ids(choices: Sequence[Choice]) -> sa.Select[int]:
    """Select the ids of the reviews that a search finds."""
    return sa.select(_index.c.rowid).where(_index.c[TABLE].op("MATCH")(_writer.search(choices)))


def asked(choices: Sequence[Choice], phrase: fold.Term | None) -> Mapping[str, str]:
    """Return the parameters of `FOUND`."""
    everywhere = _writer.search(choices)
    said = {place: f"{{{' '.join(columns)}}} : ({everywhere})" for place, columns in PLACES.items()}
    said |= {EVERYWHERE: everywhere, LINES: f"{{lines}} : ({everywhere})"}
    said[PHRASE] = _writer.terms([phrase]) if phrase else NOTHING
    return said


def _phrase(tokens: Sequence[str], prefix: bool) -> str:
    """Write words as FTS5 wants them: every token quoted, so that nothing in it is syntax."""
    return '"' + " ".join(token.replace('"', '""') for token in tokens) + '"' + ("*" if prefix else "")


_writer = Writer(" AND ", " OR ", _phrase)
