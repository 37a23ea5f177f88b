"""How many comments came and what became of them, how long they waited, and what is talked about most."""

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from flask import Response, render_template, request

from kblog import cache
from kblog.language import gettext as _
from kblog.language import noted, plural
from kblog.reviews.routes import today

from . import queries
from .blueprint import bp
from .charts import drawn
from .periods import A_DAY, WORDS, Period, period
from .tables import as_csv

STATES = {"visible": "posted", "pending": "held", "spam": "spam", "removed": "removed"}
BECAME = {  # and how many
    "posted": noted("%(number)s posted"),
    "held": noted("%(number)s held"),
    "spam": noted("%(number)s spam"),
    "removed": noted("%(number)s removed"),
}
COLUMNS = {"posted": noted("Posted"), "held": noted("Held"), "spam": noted("Spam"), "removed": noted("Removed")}
MOST_DISCUSSED = 10
OLDEST = datetime(1990, 1, 1, tzinfo=UTC)  # no comment is older, whatever an import said


class Talk(NamedTuple):
    """The comments of a period, by what became of them, step by step; and those of today so far."""

    period: Period
    series: dict[str, list[int]]
    today: int

    @property
    def totals(self) -> dict[str, int]:
        return {kind: sum(numbers) for kind, numbers in self.series.items()}

    @property
    def columns(self) -> dict[str, list[int]]:
        """The same series by the heads of a table."""
        return {_(COLUMNS[kind]): numbers for kind, numbers in self.series.items()}


@bp.get("/comments/")
def comments() -> str:
    """What readers said, in numbers."""
    talk = of_period()
    first, until = midnight(talk.period.first), midnight(talk.period.until)
    total = sum(talk.totals.values())
    wait = queries.median_wait(first, until)
    return render_template(
        "studio/insights/comments.html",
        periods=WORDS,
        talk=talk,
        total=total,
        chart_drawn=drawn(talk.period, talk.series, became),
        held=queries.held_number(first, until),
        wait=spoken(wait) if wait is not None else "",
        discussed=queries.most_discussed(first, until, MOST_DISCUSSED),
    )


@bp.get("/comments.csv")
def comments_csv() -> Response:
    """The same numbers as a file."""
    talk = of_period()
    rows = [
        (step.first, step.until - A_DAY, *numbers)
        for step, *numbers in zip(talk.period.steps, *talk.series.values(), strict=True)
    ]
    head = ("First day", "Last day", *(kind.capitalize() for kind in STATES.values()))
    return as_csv(f"comments-{talk.period.name}", head, rows)


def of_period() -> Talk:
    """Count the comments of the period that is asked for, and today's: two queries."""
    began = queries.comments_began()
    day = max(began, OLDEST).astimezone(cache.site().zone).date() if began else None
    chosen = period(request.args.get("period", ""), today(), day)
    steps = chosen.steps
    bounds = [(midnight(step.first), midnight(step.until)) for step in steps]
    counted = queries.comments_by_step([*bounds, (midnight(chosen.until), midnight(chosen.until + A_DAY))])
    series = {kind: [0] * len(steps) for kind in STATES.values()}
    for step, state, number in counted:
        if step < len(steps):
            series[STATES[state]][step] = number
    return Talk(chosen, series, sum(each.number for each in counted if each.step == len(steps)))


def midnight(day: date) -> datetime:
    """Return the moment at which a day begins where the site is."""
    return datetime.combine(day, time(), cache.site().zone)


def spoken(wait: timedelta) -> str:
    """Say how long something took, as roughly as it matters.

    >>> spoken(timedelta(seconds=20)), spoken(timedelta(minutes=61)), spoken(timedelta(hours=30))
    ('1 minute', '1 hour', '30 hours')
    >>> spoken(timedelta(days=9))
    '9 days'
    """
    minutes = max(1, round(wait.total_seconds() / 60))
    if minutes < 60:
        return plural(minutes, "minute")
    return plural(round(minutes / 60), "hour") if minutes < 2 * 24 * 60 else plural(round(minutes / 24 / 60), "day")


@bp.app_template_filter()
def became(number: int, kind: str) -> str:
    """Say of how many comments something became.

    >>> became(1200, "held")
    '1,200 held'
    """
    return _(BECAME[kind], number=f"{number:,}")
