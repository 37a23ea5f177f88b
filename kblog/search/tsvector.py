"""The full-text index in PostgreSQL: vectors that the database keeps beside the search entries, and its queries.

A vector holds each word with its places and a letter that says where these are: A for titles, B for people, C for tags
and headings, D for the text (the manual's chapter 12). Between two columns one place is left free, so that no phrase
goes from one into the next. Words that stand behind some 16,000 others are found, but not as parts of a phrase.
"""

from collections.abc import Mapping, Sequence
from functools import partial

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSVECTOR

from kblog import fold
from kblog.asking import Choice

from .places import EVERYWHERE, LINES, MOST_RANKED, PHRASE, PLACES, RANKED, WEIGHTS
from .writing import Writer

LETTERS = {"titles": "A", "people": "B", "tags": "C", "headings": "C", "body": "D", "lines": "D"}
# characters of a folded text, and of its lines, that are indexed: a vector holds a megabyte, and these always fit
MOST = {"body": 150_000, "lines": 50_000}
GAP = "'''|'':1'::tsvector"  # no folded word looks like that


def _vector(*columns: str) -> str:
    """Write the vector of some columns in SQL."""
    written = {name: f"left({name}, {MOST[name]})" if name in MOST else name for name in columns}
    parts = (f"setweight(to_tsvector('simple', {said}), '{LETTERS[name]}')" for name, said in written.items())
    return f" || {GAP} || ".join(parts)


VECTORS = {
    "labels_vector": _vector("titles", "people", "tags", "headings"),  # short: what asks for a letter reads it whole
    "lines_vector": _vector("lines"),
    "text_vector": _vector("titles", "people", "tags", "headings", "body", "lines"),
}
DDL = (
    *(
        f"ALTER TABLE search_entry ADD COLUMN {name} tsvector GENERATED ALWAYS AS ({v}) STORED"
        for name, v in VECTORS.items()
    ),
    *(f"CREATE INDEX ix_search_entry_{name} ON search_entry USING gin ({name})" for name in VECTORS),
)
REBUILD = "REINDEX TABLE search_entry"

_entry = sa.table("search_entry", sa.column("review_id", sa.BigInteger), sa.column("text_vector", TSVECTOR))


def _query(place: str) -> str:
    return f"to_tsquery('simple', :{place})"


def _ids(place: str, vector: str) -> str:
    found = f"string_agg(review_id::text, ',') FROM search_entry WHERE {vector} @@ {_query(place)}"
    return f"SELECT '{place}', {found}"


_found = f"FROM search_entry WHERE text_vector @@ {_query(EVERYWHERE)}"
_by_letter = dict(zip(LETTERS.values(), WEIGHTS, strict=True))
_weights = ", ".join(str(_by_letter[letter] / max(WEIGHTS)) for letter in "DCBA")
FOUND = sa.text(
    " UNION ALL ".join(
        (
            _ids(EVERYWHERE, "text_vector"),
            _ids(PHRASE, "text_vector"),
            _ids(LINES, "lines_vector"),
            *(_ids(place, "labels_vector") for place in PLACES),
        )
    )
    + f" UNION ALL SELECT '{RANKED}', string_agg(review_id::text, ',' ORDER BY weight DESC, review_id DESC)"
    f" FROM (SELECT review_id, ts_rank('{{{_weights}}}', text_vector, {_query(EVERYWHERE)}, 1) AS weight {_found}"
    f" AND (SELECT count(*) FROM (SELECT 1 {_found} LIMIT {MOST_RANKED + 1}) AS a_few) <= {MOST_RANKED}) AS weighed"
)


def ids(choices: Sequence[Choice]) -> sa.Select[int]:
    """Select the ids of the reviews that a search finds."""
    query = sa.func.to_tsquery(sa.literal_column("'simple'"), _written().search(choices))
    return sa.select(_entry.c.review_id).where(_entry.c.text_vector.op("@@")(query))


def asked(choices: Sequence[Choice], phrase: fold.Term | None) -> Mapping[str, str]:
    """Return the parameters of `FOUND`."""
    said = {
        place: _written("".join(dict.fromkeys(LETTERS[column] for column in columns))).search(choices)
        for place, columns in PLACES.items()
    }
    everywhere = _written().search(choices)
    said |= {EVERYWHERE: everywhere, LINES: everywhere}
    said[PHRASE] = _written().terms([phrase]) if phrase else ""
    return said


def _written(letters: str = "") -> Writer:
    """Write searches of PostgreSQL's, of words that stand where these letters say; of all words without them."""
    return Writer(" & ", " | ", partial(_phrase, letters))


def _phrase(letters: str, tokens: Sequence[str], prefix: bool) -> str:
    """Write words as `to_tsquery` wants them: every token quoted, so that nothing in it is syntax."""
    quoted = ["'" + token.replace("\\", "\\\\").replace("'", "''") + "'" for token in tokens]
    ends = [f":{letters}" if letters else ""] * (len(quoted) - 1)
    ends.append(f":{'*' if prefix else ''}{letters}" if prefix or letters else "")
    return "(" + " <-> ".join(map(str.__add__, quoted, ends)) + ")"
