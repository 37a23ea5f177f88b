"""What of an import its author may want to decide about: what is the matter, and how it is read until they do."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from kblog.language import noted

from .queries import Entry
from .report import Report


class Decision(NamedTuple):
    """One entry of an export, what is the matter with it, and what the import makes of it."""

    ref: str
    what: str
    reading: str


class Group(NamedTuple):
    """Decisions of one kind."""

    key: str
    heading: str
    decisions: list[Decision]


WITHOUT_OVERVIEW = noted("it has no overview")
FACTLESS = noted("A review without facts: nobody finds it by genre, cast or platform until you write them.")
HEADINGS = {
    "without_overview": noted("Without an overview"),
    "warnings": noted("To look at"),
    "losses": noted("What does not come along"),
    "skipped": noted("Left out"),
}
# How each kind is read, by the words that the format's reader or the loader says it with; the first that fits.
READINGS: dict[str, tuple[tuple[str, str], ...]] = {
    "without_overview": (("", FACTLESS),),
    "warnings": (
        ("stands for one$", noted("It is called that until you give it a title.")),
        ("kept out of sight$", noted("A draft: publish it if readers are to see it.")),
        ("held for moderation$", noted("It waits among the comments until you decide.")),
        ("to its writer only$", noted("It stays out of sight, among the spam.")),
        ("^repaired", noted("It comes in as it could be read: compare it with the old blog.")),
        ("readable date$", noted("It gets no date of its own: give it one before you publish it.")),
        ("as a draft$", noted("A draft: publish it with the date you want.")),
        ("comment it answers", noted("It stands by itself, and not as an answer.")),
        ("old address", noted("That address leads to the other one.")),
        ("", noted("It comes in all the same: look it over once it is here.")),
    ),
    "losses": (("", noted("It comes in without that: add it by hand if you miss it.")),),
    "skipped": (
        ("has no text$", noted("Left out: there is nothing to show.")),
        ("same id$", noted("Left out: the first of them comes in.")),
        ("its post|names no post", noted("Left out: there is nothing it could stand under.")),
        (
            "",
            noted("Left out and kept word for word. Mend it on the old blog and import again: nothing comes in twice."),
        ),
    ),
}


def groups(report: Report) -> list[Group]:
    """Return all that a report leaves to its author, kind by kind."""
    found = (Group(key, heading, list(_decisions(report, key))) for key, heading in HEADINGS.items())
    return [group for group in found if group.decisions]


def refs(report: Report) -> list[str]:
    """Name the entries that there is something to decide about."""
    return list(dict.fromkeys(each.ref for group in groups(report) for each in group.decisions))


def reviews_among(report: Report, entries: Mapping[str, Entry]) -> int:
    """Count the reviews that there is something to decide about."""
    return sum(ref in entries and entries[ref].kind == "review" for ref in refs(report))


def _decisions(report: Report, key: str) -> Iterator[Decision]:
    if key == "without_overview":
        found = [(ref, WITHOUT_OVERVIEW) for ref, _ in report.without_overview]
    else:
        found = getattr(report, key)
    for ref, what in found:
        reading = next(words for sign, words in READINGS[key] if re.search(sign, what))
        yield Decision(ref, what, reading)
