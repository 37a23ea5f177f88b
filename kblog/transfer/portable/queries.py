"""What an export reads of the database: each table row by row, so that memory does not grow with it."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kblog.models import Comment, FormerLine, Line, MovedTerm, Page, Redirect, Review, Term
from kblog.models.review import foldable

from .tables import Kept, Names

AT_ONCE = 1000  # rows of a table
CHUNK = 50  # texts
MOST_COMMENTS = 1_000  # whose own addresses are asked for; their threads are read whole
MOST_TITLES = 200  # that are searched for


def names(session: Session) -> Names:
    """Return what every review, page and term is called in an export."""
    found = Names()
    for table, model in (("review", Review), ("page", Page)):
        for row in session.execute(sa.select(model.id, model.slug)):
            found.add(table, row.id, row.slug)
    for row in session.execute(sa.select(Term.id, Term.facet, Term.slug)):
        found.add("term", row.id, f"{row.facet}/{row.slug}")
    return found


def rows(session: Session, kept: Kept) -> Iterator[sa.RowMapping]:
    """Read a table in the order of its keys."""
    query = sa.select(*kept.columns).order_by(*kept.table.primary_key.columns)
    yield from session.execute(query.execution_options(yield_per=AT_ONCE)).mappings()


def by_subject(session: Session, kept: Kept) -> Iterator[tuple[str, int, Iterator[sa.RowMapping]]]:
    """Read what belongs to reviews and pages, one of them after the other: (its table, its number, the rows)."""
    columns = kept.table.c
    query = sa.select(*kept.columns, columns.review_id, columns.page_id)
    query = query.order_by(columns.review_id.is_(None), columns.review_id, columns.page_id, columns.id)
    found = session.execute(query.execution_options(yield_per=AT_ONCE)).mappings()
    for (review_id, page_id), some in groupby(found, lambda row: (row["review_id"], row["page_id"])):
        yield ("page" if review_id is None else "review"), (review_id or page_id), some


def reviews(session: Session) -> Iterator[list[Review]]:
    """Read the reviews with all that is understood of them, a few at a time."""
    ids = session.scalars(sa.select(Review.id).order_by(Review.id)).all()
    for start in range(0, len(ids), CHUNK):
        yield list(session.scalars(foldable(ids[start : start + CHUNK]).order_by(Review.id)))


def pages(session: Session) -> Iterator[Page]:
    """Read the pages."""
    yield from session.scalars(sa.select(Page).order_by(Page.id).execution_options(yield_per=CHUNK))


def last_line(session: Session) -> int:
    """Return the highest number that a line ever had."""
    asked = {
        "sqlite": "SELECT seq FROM sqlite_sequence WHERE name = 'line'",
        "postgresql": "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM line_id_seq",
    }
    return session.scalar(sa.text(asked[_dialect(session)])) or 0


def number_lines(session: Session, last: int) -> None:
    """Let the next line have a number above this one, and above all that are lines or were."""
    highest = [session.scalar(sa.select(sa.func.max(model.id))) or 0 for model in (Line, FormerLine)]
    number = max(last, *highest)
    if _dialect(session) == "postgresql":
        _number(session, "line", number)
        return
    session.execute(sa.text("DELETE FROM sqlite_sequence WHERE name = 'line'"))
    if number:
        session.execute(sa.text("INSERT INTO sqlite_sequence VALUES ('line', :number)"), {"number": number})


def number_rows(session: Session, tables: Iterable[sa.Table]) -> None:
    """Let the next row of each table have a number above those there are; SQLite sees to that by itself."""
    if _dialect(session) == "postgresql":
        for table in tables:
            if table.autoincrement_column is not None:
                highest = session.scalar(sa.select(sa.func.max(table.autoincrement_column)))
                _number(session, table.name, highest or 0)


def _number(session: Session, table: str, last: int) -> None:
    """Tell PostgreSQL which number was the last one of a table."""
    session.execute(sa.select(sa.func.setval(f"{table}_id_seq", max(last, 1), last > 0)))


def let_rows_come_in_any_order(session: Session) -> None:
    """Look at what rows refer to when all are there."""
    asked = {"sqlite": "PRAGMA defer_foreign_keys = ON", "postgresql": "SET CONSTRAINTS ALL DEFERRED"}
    session.connection().exec_driver_sql(asked[_dialect(session)])


def held(session: Session) -> dict[str, int]:
    """Count what a site holds by which it is one: reviews, pages and comments."""
    return {
        name: session.scalar(sa.select(sa.func.count()).select_from(model)) or 0
        for name, model in (("reviews", Review), ("pages", Page), ("comments", Comment))
    }


def dangling(session: Session) -> str:
    """Name a table of which a row refers to nothing; "" where there is none."""
    if _dialect(session) == "postgresql":
        try:
            session.connection().exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
        except IntegrityError as error:
            diagnosis: Any = getattr(error.orig, "diag", None)
            return diagnosis.table_name
        return ""
    found = session.execute(sa.text("PRAGMA foreign_key_check")).first()
    return found[0] if found else ""


def _dialect(session: Session) -> str:
    return session.get_bind().dialect.name


def count_comments(session: Session) -> None:
    """Let every review know how many of its comments readers see."""
    counted = sa.select(sa.func.count(Comment.id)).where(Comment.review_id == Review.id, Comment.state == "visible")
    said = sa.update(Review).values(comment_count=counted.scalar_subquery())
    session.execute(said.execution_options(synchronize_session=False))


def addressed(session: Session) -> dict[str, list[Any]]:
    """Return what has an address of its own, public or not, by the sort of thing that it is."""
    terms = sa.select(Term.facet, Term.slug).union_all(sa.select(MovedTerm.facet, MovedTerm.slug))
    comments = session.execute(sa.select(Comment.id, Comment.old_number).order_by(Comment.id)).all()
    titles = session.scalars(sa.select(Review.work_title).order_by(Review.id)).all()
    return {
        "reviews": list(session.scalars(sa.select(Review.slug).order_by(Review.id))),
        "pages": list(session.scalars(sa.select(Page.slug).order_by(Page.id))),
        "terms": [tuple(row) for row in session.execute(terms)],
        "lines": [*session.scalars(sa.select(Line.id)), *session.scalars(sa.select(FormerLine.id))],
        "titles": list(dict.fromkeys(filter(None, _evenly(titles, MOST_TITLES)))),
        "redirects": list(session.scalars(sa.select(Redirect.path))),
        "comments": [tuple(row) for row in _evenly(comments, MOST_COMMENTS)],
    }


def _evenly(found: Sequence[Any], most: int) -> Sequence[Any]:
    """Return no more than so many, from all over."""
    return found[:: max(1, -(-len(found) // most))]
