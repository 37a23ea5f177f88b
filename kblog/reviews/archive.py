"""The long lists: the archive by month, all titles by letter, and the years that works are from."""

from bisect import bisect_left
from datetime import datetime
from itertools import groupby
from typing import NamedTuple
from zoneinfo import ZoneInfo

from flask import abort, render_template, request

from kblog import cache
from kblog.addresses import url_for
from kblog.hangul import has_hangul
from kblog.language import month as month_name

from . import jsonld, queries
from .alphabet import Alphabet
from .catalogue import Catalogue
from .filters import ReviewFilter
from .routes import PAGE_SIZE, bp, page_asked

LONGEST = 500  # lines of one page: some 100 kB, and 8 kB on their way


class Title(NamedTuple):
    """One of the titles by which a review is looked for: its own, or the native one."""

    name: str
    id: int


@bp.get("/archive/")
@bp.get("/archive/<int(fixed_digits=4):year>/")
@bp.get("/archive/<int(fixed_digits=4):year>/<int(fixed_digits=2):month>/")
def archive(year: int | None = None, month: int | None = None):
    """Every review by the month it was published in."""
    listed, zone = queries.catalogue(), cache.site().zone
    asked = [places for (y, m), places in by_month(listed, zone).items() if year in (None, y) and month in (None, m)]
    if year is not None and not asked:
        abort(404)
    stretch = range(asked[0].start, asked[-1].stop) if asked else range(0)
    page, last = turned_to(len(stretch), LONGEST)
    shown = stretch[(page - 1) * LONGEST : page * LONGEST]
    rows = queries.archive([listed.reviews[n].id for n in shown])
    dated = [(row.published_at.astimezone(zone).date(), row) for row in rows]
    months = {key: list(days) for key, days in groupby(dated, lambda pair: (pair[0].year, pair[0].month))}
    return render_template(
        "reviews/archive.html",
        months=months,
        year=year,
        month=month,
        month_name=month_name,
        years=list(dict.fromkeys(y for y, _ in by_month(listed, zone))) if year is None else [],
        page=page,
        last=last,
        page_url=lambda number: _numbered("reviews.archive", number, year=year, month=month and f"{month:02}"),
    )


@bp.get("/archive/titles/")
def titles():
    """Every title from A to Z and by the first Korean consonant, with the year, the kind and the platforms."""
    listed = queries.catalogue()
    page = listed.once("titles", lambda: by_title(listed)).page(page_asked(), LONGEST)
    rows = {card.id: card for card in queries.cards([title.id for _, group in page.groups for title in group])}
    return render_template(
        "reviews/titles.html", alphabet=page, rows=rows, page_url=lambda number: _numbered("reviews.titles", number)
    )


@bp.get("/years/")
def years():
    """Every year that works are from, the newest first, with its number of reviews."""
    values = queries.catalogue().values("year", ReviewFilter())
    return render_template("terms/years.html", values=values)


@bp.get("/years/<int(fixed_digits=4):year>/")
def year(year: int):
    """The reviews of works from one year."""
    listed = queries.catalogue()
    if str(year) not in listed.sets["year"]:
        abort(404)
    matching = listed.matching(ReviewFilter(chosen=(("year", (str(year),)),)))
    page, last = turned_to(matching.bit_count(), PAGE_SIZE)
    return render_template(
        "terms/year.html",
        year=year,
        cards=queries.cards(listed.ids(matching, (page - 1) * PAGE_SIZE, PAGE_SIZE)),
        total=matching.bit_count(),
        page=page,
        last=last,
        linked_data=jsonld.breadcrumbs((("Years", url_for("reviews.years")), (str(year), request.path))),
        page_url=lambda number: _numbered("reviews.year", number, year=year),
    )


def by_month(listed: Catalogue, zone: ZoneInfo) -> dict[tuple[int, int], range]:
    """Return where the reviews of each month stand in the catalogue, the newest first."""

    def read_off() -> dict[tuple[int, int], range]:
        reviews, start = listed.reviews, 0
        months: dict[tuple[int, int], range] = {}
        while start < len(reviews):  # a look at a few of each month, where there may be thousands
            day = reviews[start].published_at.astimezone(zone)
            begins = datetime(day.year, day.month, 1, tzinfo=zone)
            others = range(start, len(reviews))
            end = start + bisect_left(others, True, key=lambda n: reviews[n].published_at < begins)
            months[day.year, day.month] = range(start, end)
            start = end
        return months

    return listed.once(f"months in {zone.key}", read_off)


def by_title(listed: Catalogue) -> Alphabet[Title]:
    """Return every title in the order of the alphabet; a review with a Korean title too stands there as well."""
    found = [Title(review.title, review.id) for review in listed.reviews]
    found += [
        Title(review.native_title, review.id)
        for review in listed.reviews
        if has_hangul(review.native_title) and review.native_title != review.title
    ]
    return Alphabet(found, lambda title: title.name)


def turned_to(total: int, size: int) -> tuple[int, int]:
    """Return the page that is asked for, as far as there is one, and the last one."""
    last = max(1, -(-total // size))
    return min(max(1, page_asked()), last), last


def _numbered(endpoint: str, number: int, **values) -> str:
    return url_for(endpoint, page=number if number > 1 else None, **values)
