"""What to look at before a review is published: what it lacks, and what in it cannot be right."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from kblog import overview
from kblog.document import KINDS, Document
from kblog.labels import kind_of
from kblog.ledger import Availability, age, join_names, place
from kblog.markup import Line, Rendered, render_review, section_kind
from kblog.overview import Overview

from .sections import skeleton, split, without_empty

LEVELS = ("error", "warning", "note")  # an error stands in the way of publishing
QUOTED = 50  # characters by which an author knows a line again


@dataclass(frozen=True)
class Finding:
    """One thing to look at, in a sentence for the author; `where` names the fields of the editor that it is about."""

    level: Literal["error", "warning", "note"]
    words: str
    where: str


@dataclass(frozen=True)
class Subject:
    """A review and what is understood of it, read once for all rules.

    `text` is what readers will see of its body; it is "" where there is none, or where `refused` says why not.
    """

    document: Document
    overview: Overview
    kind: str
    entries: tuple[Availability, ...]
    text: str
    rendered: Rendered
    refused: str
    today: date


Rule = Callable[[Subject], Iterator[Finding]]


def lint(document: Document, today: date) -> list[Finding]:
    """List the findings on a review, the gravest first and then in the order of the editor.

    >>> from kblog.overview import Row
    >>> rows = Row("Title", "Salt Road"), Row("Streaming Platform", "Viki")
    >>> [finding.words for finding in lint(Document(overview=rows), date(2026, 3, 1))[:3]]
    ['Write the review before publishing it.', 'Say whether it is a drama, film, special or show.', 'Add the year.']
    """
    subject = _read(document, today)
    findings = [finding for rule in RULES for finding in rule(subject)]
    return sorted(findings, key=lambda finding: LEVELS.index(finding.level))


def _read(document: Document, today: date) -> Subject:
    understood = overview.understand(document.overview)
    text, refused = without_empty(document.body).strip(), ""
    try:
        rendered = render_review(document.body)
    except ValueError as error:
        text, rendered, refused = "", render_review(""), str(error)
    return Subject(
        document=document,
        overview=understood,
        kind=kind_of(document, understood),
        entries=document.entries(understood),
        text=text,
        rendered=rendered,
        refused=refused,
        today=today,
    )


def _is_titled(review: Subject) -> Iterator[Finding]:
    if not (review.overview.work_title or review.document.headline.strip()):
        yield Finding("error", "Give the review a title.", "title")


def _has_text(review: Subject) -> Iterator[Finding]:
    if review.refused:
        yield Finding("error", review.refused, "body")
    elif not review.text:
        yield Finding("error", "Write the review before publishing it.", "body")


def _has_kind(review: Subject) -> Iterator[Finding]:
    if not review.kind:
        yield Finding("warning", f"Say whether it is a {join_names(KINDS, 'or')}.", "kind")


def _has_year(review: Subject) -> Iterator[Finding]:
    if not review.overview.year:
        yield Finding("warning", "Add the year.", "year")


def _has_genres(review: Subject) -> Iterator[Finding]:
    if not review.overview.genres:
        yield Finding("warning", "Add a genre: readers filter by it.", "genres")


def _has_cast(review: Subject) -> Iterator[Finding]:
    if not _people(review, "cast"):
        yield Finding("warning", "Add the cast.", "cast")


def _has_crew(review: Subject) -> Iterator[Finding]:
    if review.kind == "film" and not _people(review, "director"):
        yield Finding("warning", "Add the director.", "crew")
    if review.kind == "film" and not _people(review, "writer"):
        yield Finding("note", "Add the writer.", "crew")


def _has_length(review: Subject) -> Iterator[Finding]:
    if review.kind == "drama" and not review.overview.episodes:
        yield Finding("warning", "Add the number of episodes.", "length")
    if review.kind in ("film", "special") and not review.overview.running_time:
        yield Finding("warning", "Add the running time.", "length")


def _has_availability(review: Subject) -> Iterator[Finding]:
    if not review.entries:
        yield Finding("warning", "Add where to watch it, or where you looked in vain.", "availability")


def _is_availability_dated(review: Subject) -> Iterator[Finding]:
    undated: dict[str, list[Availability]] = defaultdict(list)
    for entry in review.entries:
        if entry.status == "available" and not entry.checked_on:
            undated[entry.region].append(entry)
    for region, entries in undated.items():
        yield Finding("warning", f"Add the date you checked {_watched(entries, region)}.", "availability")


def _is_availability_fresh(review: Subject) -> Iterator[Finding]:
    old: dict[tuple[date, str], list[Availability]] = defaultdict(list)
    for entry in review.entries:
        if entry.checked_on and age(entry.checked_on, review.today) and entry.status != "left":  # it will not come back
            old[entry.checked_on, entry.region].append(entry)
    for (day, region), entries in old.items():
        is_due = age(day, review.today) == "due"
        then = f"{day.day} {day:%b %Y}"
        why = f"you last did on {then}" if is_due else f"what you found on {then} counts as unconfirmed"
        yield Finding("warning", f"Check {_watched(entries, region)} again: {why}.", "availability")


def _has_description(review: Subject) -> Iterator[Finding]:
    if not review.document.description.strip():
        yield Finding("warning", "Write a description: the review’s card shows it.", "description")


def _has_hashtags(review: Subject) -> Iterator[Finding]:
    if not review.document.hashtags:
        yield Finding("note", "Add hashtags: some are suggested.", "hashtags")


def _has_usual_sections(review: Subject) -> Iterator[Finding]:
    there = {section.kind for section in review.rendered.outline}
    missing = [part.heading for part in skeleton(review.kind) if section_kind(part.heading) not in there]
    if missing and review.text:
        yield Finding("note", f"There is no section {join_names(missing, 'or')}.", "body")


def _has_no_empty_section(review: Subject) -> Iterator[Finding]:
    empty = [part.heading for part in split(review.document.body) if part.heading and not part.text.strip()]
    if empty and review.text:
        verb, whose = ("have", "their headings") if len(empty) > 1 else ("has", "its heading")
        words = f"{join_names(empty)} {verb} no text yet. Readers will not see {whose}."
        yield Finding("warning", words, "body")


def _has_speakers(review: Subject) -> Iterator[Finding]:
    for line in review.rendered.lines:
        if not line.speaker:
            yield Finding("warning", f"The line {_quoted(line)} names no speaker. Add one.", "body")


def _is_within_its_episodes(review: Subject) -> Iterator[Finding]:
    there = review.overview.episodes
    if not there:
        return
    only = f"but the work has {there} episode{'s' * (there > 1)}."
    for line in review.rendered.lines:
        if line.episode and line.episode > there:
            yield Finding("warning", f"The line {_quoted(line)} is said in episode {line.episode}, {only}", "body")
    for reach in dict.fromkeys(review.rendered.reaches):
        if reach.isdecimal() and int(reach) > there:
            yield Finding("warning", f"A spoiler tells of episode {reach}, {only}", "body")
    told = review.document.tells
    if told.isdecimal() and int(told) > there:
        yield Finding("warning", f"The unmarked text is said to tell up to episode {told}, {only}", "tells")


def _says_how_far_it_tells(review: Subject) -> Iterator[Finding]:
    if not review.document.tells:
        words = "Say how far the unmarked text tells: nothing that spoils, up to an episode, or the ending."
        yield Finding("note", words, "tells")


# In the order of the editor's fields. A new rule is a function here, and a line of its own in the tests.
RULES: tuple[Rule, ...] = (
    _is_titled,
    _has_kind,
    _has_year,
    _has_genres,
    _has_cast,
    _has_crew,
    _has_length,
    _has_availability,
    _is_availability_dated,
    _is_availability_fresh,
    _has_description,
    _has_text,
    _has_usual_sections,
    _has_no_empty_section,
    _has_speakers,
    _is_within_its_episodes,
    _has_hashtags,
    _says_how_far_it_tells,
)


def _people(review: Subject, role: str) -> list[str]:
    return [credit.name for credit in review.overview.credits if credit.role == role]


def _watched(entries: Iterable[Availability], region: str) -> str:
    """Name the platforms of some entries and their region."""
    return join_names(list(dict.fromkeys(each.platform or "where to watch it" for each in entries))) + place(region)


def _quoted(line: Line) -> str:
    """Give the words by which an author knows a line again."""
    words = line.quote.split("\n")[0].strip('“”" ')
    return f"“{words[:QUOTED].rstrip()}…”" if len(words) > QUOTED else f"“{words}”"
