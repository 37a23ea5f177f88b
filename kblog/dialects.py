"""What the two engines say in different words: each is one name here, and is written as its engine has it."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import functions
from sqlalchemy.sql.functions import FunctionElement

INSERTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}  # both know ON CONFLICT
MOMENT = "YYYY-MM-DD HH24:MI:SS.US"  # as SQLite has a moment in its column


def where(condition: str) -> dict[str, Any]:
    """Return what makes an index hold only the rows of which a condition is true."""
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


@compiles(functions.sum, "postgresql")
def _(element: functions.sum, compiler: Any, **options: Any) -> str:
    """Let a sum of whole numbers be one, and no decimal."""
    return f"sum({compiler.process(element.clauses, **options)})" + ("::bigint" * isinstance(element.type, sa.Integer))


class id_list(FunctionElement[str]):  # noqa: N801 - written as a function of SQL is
    """The numbers of a group as one text with commas between them: a row for each would cost ten times as long."""

    inherit_cache = True
    type = sa.Text()
    name = "id_list"


@compiles(id_list, "sqlite")
def _(element: id_list, compiler: Any, **options: Any) -> str:
    return f"group_concat({compiler.process(element.clauses, **options)})"


@compiles(id_list, "postgresql")
def _(element: id_list, compiler: Any, **options: Any) -> str:
    return f"string_agg(({compiler.process(element.clauses, **options)})::text, ',')"


class as_text(FunctionElement[str]):  # noqa: N801 - as above
    """A column's value as the text that SQLite keeps: to read a moment or a list costs more than to pass it on."""

    inherit_cache = True
    type = sa.Text()
    name = "as_text"


@compiles(as_text, "sqlite")
def _(element: as_text, compiler: Any, **options: Any) -> str:
    return compiler.process(element.clauses, **options)


@compiles(as_text, "postgresql")
def _(element: as_text, compiler: Any, **options: Any) -> str:
    (column,) = element.clauses
    written = compiler.process(column, **options)
    if isinstance(column.type, sa.DateTime) or isinstance(getattr(column.type, "impl", None), sa.DateTime):
        return f"to_char({written}, '{MOMENT}')"
    return f"({written})::text"


class days_between(FunctionElement[float]):  # noqa: N801 - as above
    """How many days, with their fractions, the first of two moments or days is before the second."""

    inherit_cache = True
    type = sa.Float()
    name = "days_between"


@compiles(days_between, "sqlite")
def _(element: days_between, compiler: Any, **options: Any) -> str:
    first, second = (compiler.process(each, **options) for each in element.clauses)
    return f"(julianday({second}) - julianday({first}))"


@compiles(days_between, "postgresql")
def _(element: days_between, compiler: Any, **options: Any) -> str:
    first, second = (compiler.process(each, **options) for each in element.clauses)
    return f"(extract(epoch FROM ({second})::timestamp - ({first})::timestamp)::double precision / 86400)"
