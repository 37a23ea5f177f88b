"""How often reviews were read: of the whole site by time, of each review, and of one since it was published."""

from datetime import date
from typing import Any, NamedTuple

from flask import Response, abort, render_template, request

from kblog import cache
from kblog.language import gettext as _
from kblog.language import plural
from kblog.reviews.routes import today
from kblog.studio import asked

from . import queries
from .blueprint import REVIEW, bp
from .charts import Chart, drawn
from .periods import A_DAY, A_WEEK, WORDS, Period, compared, period
from .tables import as_csv

PAGE_SIZE = 25  # reviews
MOST_ROWS = 100_000  # of a file


class Reads(NamedTuple):
    """The views of a period: step by step, in all, beside the period before, and today so far."""

    period: Period
    chart: Chart
    numbers: list[int]
    total: int
    compared: str
    today: int


@bp.get("/")
def index() -> str:
    """How often reviews were read, and which."""
    began = queries.views_began()
    chosen = period(request.args.get("period", ""), today(), began)
    page = asked.page(request.args)
    reads = of_period(chosen, began)
    rows = queries.most_read(chosen, PAGE_SIZE, (page - 1) * PAGE_SIZE)
    return render_template(
        "studio/insights/index.html",
        periods=WORDS,
        reads=reads,
        began=began,
        rows=rows,
        start=(page - 1) * PAGE_SIZE,
        page=page,
        last=-(-rows[0].total // PAGE_SIZE) if rows else page,
        trend=trend if reads.compared else None,
    )


@bp.get("/views.csv")
def views_csv() -> Response:
    """The views of a period, step by step."""
    began = queries.views_began()
    reads = of_period(period(request.args.get("period", ""), today(), began), began)
    return steps_csv(f"views-{reads.period.name}", reads)


@bp.get("/reviews.csv")
def reviews_csv() -> Response:
    """Every review that was read in a period, the most read first."""
    chosen = period(request.args.get("period", ""), today(), queries.views_began())
    rows = queries.most_read(chosen, MOST_ROWS)
    found = [(row.title, row.native_title, f"/reviews/{row.slug}/", row.views, row.before or 0) for row in rows]
    return as_csv(f"reviews-{chosen.name}", ("Review", "Native title", "Address", "Views", "Views before"), found)


@bp.get(f"{REVIEW}/")
def review(review_id: int) -> str:
    """How often one review was read, since it was published or lately."""
    found, reads = of_review(review_id)
    return render_template("studio/insights/review.html", review=found, periods=WORDS, reads=reads)


@bp.get(f"{REVIEW}/views.csv")
def review_csv(review_id: int) -> Response:
    """The same as a file."""
    found, reads = of_review(review_id)
    return steps_csv(f"views-{found.slug}", reads)


def of_period(chosen: Period, began: date | None) -> Reads:
    """Return the views of the whole site: one query for the period, the one before and today."""
    before = chosen.before
    by_day = queries.views_by_day((before or chosen).first, chosen.until + A_DAY)
    return reads_of(chosen, by_day, began)


def of_review(review_id: int) -> tuple[Any, Reads]:
    """Find a review, and its views in the period that is asked for."""
    found = queries.review(review_id) or abort(404)
    began = found.began
    if found.published_at:
        published = found.published_at.astimezone(cache.site().zone).date()
        counted = queries.views_began() or published
        began = min(found.began or published, max(published, counted))
    chosen = period(request.args.get("period", "all"), today(), began)
    first = (chosen.before or chosen).first
    return found, reads_of(chosen, queries.views_of(review_id, first, chosen.until + A_DAY), began)


def reads_of(chosen: Period, by_day: dict[date, int], began: date | None) -> Reads:
    """Sum and draw the views of a period, and compare them where the period before was counted, too."""
    numbers, before = chosen.sums(by_day), chosen.before
    total = sum(numbers)
    beside = ""
    if before and began and began <= before.first:
        earlier = sum(views for day, views in by_day.items() if before.first <= day < before.until)
        beside = compared(total, earlier, chosen.words)
    return Reads(chosen, drawn(chosen, {"views": numbers}, said), numbers, total, beside, by_day.get(chosen.until, 0))


def said(number: int, _kind: str) -> str:
    """Say how many views there are."""
    return plural(number, "view")


def steps_csv(name: str, reads: Reads) -> Response:
    steps = zip(reads.period.steps, reads.numbers, strict=True)
    rows = [(step.first, step.until - A_DAY, number) for step, number in steps]
    return as_csv(name, ("First day", "Last day", "Views"), rows)


@bp.app_template_filter()
def share(part: int, whole: int) -> str:
    """Say how much of a whole something is.

    >>> share(1, 3), share(1, 1000), share(0, 0)
    ('33 %', 'under 1 %', '0 %')
    """
    percent = round(part * 100 / whole) if whole else 0
    return _("under 1 %") if part and not percent else _("%(percent)s %%", percent=percent)


def trend(views: int, before: int | None) -> str:
    """Say in two words how a number changed.

    >>> trend(12, 10), trend(5, 10), trend(7, 7), trend(7, None), trend(9000, 3)
    ('up 20 %', 'down 50 %', 'the same', 'new', '3,000 times')
    """
    if not before:
        return _("new")
    change = round((views - before) * 100 / before)
    if change >= 1000:
        return _("%(number)s times", number=f"{round(views / before):,}")
    if not change:
        return _("the same")
    return _("up %(change)s %%", change=change) if change > 0 else _("down %(change)s %%", change=-change)


def this_week() -> tuple[int, str]:
    """Return how often reviews were read in the seven days that are over, and beside the seven before; one query."""
    chosen = period("7", today(), None)
    before = chosen.first - A_WEEK
    by_day = queries.views_by_day(before, chosen.until)
    total, earlier = sum(chosen.sums(by_day)), sum(views for day, views in by_day.items() if day < chosen.first)
    return total, compared(total, earlier, chosen.words) if earlier else ""
