"""A platform's own page: what is there as far as anybody looked, and what may have left."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from kblog import cache, ledger
from kblog.cache import Kept
from kblog.models import Term

from . import queries
from .catalogue import Bits, Catalogue
from .facts import LedgerSentence, told

MOST_TOLD = 3  # sentences on a card: a work may be there in twenty countries


def standing(platform: Term, listed: Catalogue, today: date) -> tuple[Bits, Bits]:
    """Return the reviews whose works are there, and those that may have left; read once for a version and a day."""

    def read() -> Kept:
        there, doubtful = sorted_out(queries.statuses(platform.id), today, has_ended=bool(platform.active_to))
        midnight = datetime.combine(today + timedelta(days=1), time(), cache.site().zone)
        until = min(midnight, cache.site().next_publication or midnight)  # then each review's place is another
        return Kept((listed.bits(there), listed.bits(doubtful)), until=until)

    return cache.kept(f"platform {platform.id}", read, but_comments=True)


def sorted_out(checks: Mapping[int, Sequence[Any]], today: date, *, has_ended: bool) -> tuple[list[int], list[int]]:
    """Part the reviews whose works are there from those that may have left: left once, or not checked for long.

    >>> old = ledger.Availability("Viki", checked_on=date(2025, 3, 1))
    >>> new, left = replace(old, checked_on=date(2026, 3, 1)), replace(old, status="left")
    >>> sorted_out({1: [old], 2: [left, new], 3: [left]}, date(2026, 3, 5), has_ended=False)
    ([2], [1, 3])
    """
    there, doubtful = [], []
    for review_id, entries in checks.items():
        available = [entry for entry in entries if entry.status == "available"]
        if not has_ended and any(ledger.age(entry.checked_on, today) != "unconfirmed" for entry in available):
            there.append(review_id)
        elif available or any(entry.status == "left" for entry in entries):
            doubtful.append(review_id)
    return there, doubtful


def told_on_cards(platform: Term, ids: Sequence[int], today: date) -> dict[int, list[LedgerSentence]]:
    """Say for each of these reviews what was found on the platform, the latest first."""
    ended = {platform.name} if platform.active_to else set()
    checks = queries.checks(platform.id, ids)
    found = {}
    for each in ids:
        entries = sorted(checks.get(each, ()), key=lambda entry: entry.checked_on or date.min, reverse=True)
        named = (replace(entry, platform=platform.name, note="") for entry in entries)
        found[each] = told(named, today, ended=ended)[:MOST_TOLD]
    return found
