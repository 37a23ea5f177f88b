"""The stretches of days that the author looks at, and the steps in which a chart shows them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from kblog.language import gettext as _
from kblog.language import month, noted, short_day

DAYS = {"7": 7, "30": 30, "90": 90, "year": 364, "all": 0}  # a year of 52 weeks, so that each step is as long
WORDS = {
    "7": noted("7 days"),
    "30": noted("30 days"),
    "90": noted("90 days"),
    "year": noted("A year"),
    "all": noted("All"),
}
USUAL = "30"
A_DAY, A_WEEK = timedelta(days=1), timedelta(days=7)
MOST_STEPS = 92  # days that are still shown one by one,
MOST_MONTHS = 150  # and months


class Step(NamedTuple):
    """What one bar of a chart stands for: days, from the first to the one before `until`."""

    first: date
    until: date

    @property
    def words(self) -> str:
        """The step in words.

        >>> Step(date(2026, 3, 1), date(2026, 4, 1)).words, Step(date(2026, 3, 2), date(2026, 3, 3)).words
        ('March 2026', '2 Mar 2026')
        >>> Step(date(2025, 12, 29), date(2026, 1, 5)).words, Step(date(2026, 3, 9), date(2026, 4, 1)).words
        ('29 Dec 2025 to 4 Jan 2026', '9 Mar 2026 to 31 Mar 2026')
        """
        last = self.until - A_DAY
        if last == self.first:
            return short_day(self.first)
        if self.first.day == 1 and self.until == _next_month(self.first):
            return month(self.first.year, self.first.month)
        return _("%(first)s to %(last)s", first=short_day(self.first), last=short_day(last))


@dataclass(frozen=True)
class Period:
    """Some days that are over, from the first to the one before `until`."""

    name: str
    first: date
    until: date

    @property
    def days(self) -> int:
        return (self.until - self.first).days

    @property
    def unit(self) -> str:
        """What one step is: a day, a week, a month or a year."""
        if self.name == "year":
            return "week"
        if self.days <= MOST_STEPS:
            return "day"
        return "month" if self.days <= MOST_MONTHS * 30 else "year"

    @property
    def before(self) -> "Period | None":
        """As many days just before; there is nothing before all of them."""
        if self.name == "all":
            return None
        return Period(self.name, self.first - timedelta(days=self.days), self.first)

    @property
    def words(self) -> str:
        """The period in the middle of a sentence."""
        if self.name == "all":
            return ""
        return _("52 weeks") if self.name == "year" else _("%(days)s days", days=self.days)

    @property
    def steps(self) -> list[Step]:
        """The steps, one after the other; of months and years the first and the last may be shorter."""
        return list(self._steps())

    def _steps(self) -> Iterator[Step]:
        first = self.first
        while first < self.until:
            until = min(_next(first, self.unit), self.until)
            yield Step(first, until)
            first = until

    def sums(self, by_day: Mapping[date, int]) -> list[int]:
        """Sum what there is of each day into the steps."""
        steps = self.steps
        sums, n = [0] * len(steps), 0
        for day in sorted(day for day in by_day if self.first <= day < self.until):
            while day >= steps[n].until:
                n += 1
            sums[n] += by_day[day]
        return sums


def period(name: str, today: date, began: date | None) -> Period:
    """Return the period of a name that ends yesterday; all of them begin with the first day there is anything of.

    >>> period("7", date(2026, 3, 12), None)
    Period(name='7', first=datetime.date(2026, 3, 5), until=datetime.date(2026, 3, 12))
    """
    name = name if name in DAYS else USUAL
    if name == "all":
        return Period(name, min(began or today, today), today)
    return Period(name, today - timedelta(days=DAYS[name]), today)


def compared(number: int, before: int, words: str) -> str:
    """Compare a number with the one of as many days before.

    >>> compared(1204, 1020, "30 days"), compared(7, 14, "7 days")
    ('18 % more than in the 30 days before', '50 % fewer than in the 7 days before')
    >>> compared(5, 0, "7 days"), compared(4, 4, "7 days"), compared(1001, 1000, "7 days"), compared(90, 6, "7 days")
    ('none in the 7 days before', 'as many as in the 7 days before', 'about as many as in the 7 days before', \
'15 times as many as in the 7 days before')
    """
    if not before:
        return _("none in the %(words)s before", words=words)
    if number == before:
        return _("as many as in the %(words)s before", words=words)
    change = round(abs(number - before) * 100 / before)
    if change == 0:
        return _("about as many as in the %(words)s before", words=words)
    if number < before:
        change = min(change, 99 if number else 100)
        return _("%(change)s %% fewer than in the %(words)s before", change=change, words=words)
    if change >= 1000:
        times = f"{round(number / before):,}"
        return _("%(times)s times as many as in the %(words)s before", times=times, words=words)
    return _("%(change)s %% more than in the %(words)s before", change=change, words=words)


def _next(first: date, unit: str) -> date:
    if unit == "day":
        return first + A_DAY
    if unit == "week":
        return first + A_WEEK
    return _next_month(first) if unit == "month" else date(first.year + 1, 1, 1)


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
