"""The full-text index in PostgreSQL: vectors that the database keeps beside the search entries, and its queries.

A vector holds each word with its places and a letter that says where these are: A for titles, B for people, C for tags
and headings, D for the text (the manual's chapter 12). Between two columns one place is left free, so that no phrase
goes from one into the next. Words that stand behind some 16,000 others are found, but not as parts of a phrase.
"""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSVECTOR

from kblog import fold
from kblog.asking import Choice

from .places import EVERYWHERE, LINES, MOST_RANKED, PHRASE, PLACES, RANKED, WEIGHTS

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
    query = sa.func.to_tsquery(sa.literal_column("'simple'"), _expression(choices))
    return sa.select(_entry.c.review_id).where(_entry.c.text_vector.op("@@")(query))


def asked(choices: Sequence[Choice], phrase: fold.Term | None) -> Mapping[str, str]:
    """Return the parameters of `FOUND`."""
    said = {
        place: _expression(choices, "".join(dict.fromkeys(LETTERS[column] for column in columns)))
        for place, columns in PLACES.items()
    }
    said |= {EVERYWHERE: _expression(choices), LINES: _expression(choices)}
    said[PHRASE] = _alternative([phrase]) if phrase else ""
    return said


def _expression(choices: Sequence[Choice], letters: str = "") -> str:
    """Write a search as a query of PostgreSQL's: every token quoted, so that nothing in it is syntax."""
    return " & ".join("(" + " | ".join(_alternative(each, letters) for each in choice) + ")" for choice in choices)


def _alternative(terms: Sequence[fold.Term], letters: str = "") -> str:
    either = (
        "(" + " | ".join(_phrase(phrase, letters, prefix=term.prefix) for phrase in term.phrases) + ")"
        for term in terms
    )
    return "(" + " & ".join(either) + ")"


def _phrase(tokens: Sequence[str], letters: str, *, prefix: bool) -> str:
    """Write words that follow each other, the last of which may be only the beginning of one."""
    quoted = ["'" + token.replace("\\", "\\\\").replace("'", "''") + "'" for token in tokens]
    ends = [f":{letters}" if letters else ""] * (len(quoted) - 1)
    ends.append(f":{'*' if prefix else ''}{letters}" if prefix or letters else "")
    return "(" + " <-> ".join(map(str.__add__, quoted, ends)) + ")"
