"""A table of numbers as a file for a spreadsheet."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date

from flask import Response

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # how a cell begins that a spreadsheet would reckon, wide signs too
ENCODING = "utf-8-sig"  # without its mark, spreadsheets take Hangul for something else


def as_csv(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """Answer with rows as a file of this name."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(head)
    writer.writerows([cell(value) for value in row] for row in rows)
    response = Response(out.getvalue().encode(ENCODING), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def cell(value: object) -> object:
    """Write a value so that no spreadsheet reckons it.

    >>> cell("=HYPERLINK(1)"), cell("＝1"), cell(-3), cell("미생"), cell(date(2026, 3, 12))
    ("'=HYPERLINK(1)", "'＝1", -3, '미생', '2026-03-12')
    """
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, str):
        return value
    return f"'{value}" if unicodedata.normalize("NFKC", value[:1]).startswith(FORMULA) else value
