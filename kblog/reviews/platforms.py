"""A platform's own page: what is there as far as anybody looked, and what may have left."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from kblog import ledger
from kblog.models import Term

from .facts import LedgerSentence, told

MOST_TOLD = 3  # sentences on a card: a work may be there in twenty countries

Checks = Mapping[int, list[ledger.Availability]]


def sorted_out(checks: Checks, today: date, *, has_ended: bool) -> tuple[list[int], list[int]]:
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


def told_on_cards(platform: Term, checks: Checks, ids: Iterable[int], today: date) -> dict[int, list[LedgerSentence]]:
    """Say for each of these reviews what was found on the platform, the latest first."""
    ended = {platform.name} if platform.active_to else set()
    found = {}
    for each in ids:
        entries = sorted(checks.get(each, ()), key=lambda entry: entry.checked_on or date.min, reverse=True)
        named = (replace(entry, platform=platform.name, note="") for entry in entries)
        found[each] = told(named, today, ended=ended)[:MOST_TOLD]
    return found
