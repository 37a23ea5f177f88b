"""The language that the interface speaks: which one it is, its words for ours, and how it writes counts and days.

Whatever is said in English in a template (`_()`, `{% trans %}`), in Python (`_()`, `noted()`) or in a script (`say()`)
is looked up in `languages/`; what a catalogue lacks is said in English. Content is nobody's to translate.
"""

import gettext as catalogues
import re
from calendar import month_name
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from pathlib import Path
from typing import Any

ENGLISH, KOREAN = "en", "ko"
NAMES = {ENGLISH: "English", KOREAN: "한국어"}  # each as its own readers call it
FOLDER = Path(__file__).parent / "languages"
HOLE = re.compile(r"%\\\((\w+)\\\)s")  # in a sentence that is escaped
TOLD = re.compile("wh(?:at|y)")  # holes in which sentences stand
MONTHS = tuple(month_name)  # "%B" looks into the locale each time

_chosen: ContextVar[str] = ContextVar("language", default="")
_asked: list[Callable[[], str]] = [lambda: ENGLISH, lambda: ENGLISH]  # who knows, and who remembers
_catalogues: dict[str, catalogues.NullTranslations] = {ENGLISH: catalogues.NullTranslations()}


def ask(whoever_knows: Callable[[], str], whoever_remembers: Callable[[], str]) -> None:
    """Let these say which language is spoken, wherever `speaking` does not; the second one without looking it up."""
    _asked[:] = [whoever_knows, whoever_remembers]


def spoken() -> str:
    """Return the language that the interface speaks just now."""
    return _chosen.get() or _asked[0]()


def remembered() -> str:
    """Return the language that was spoken last, for what must not ask the database."""
    return _asked[1]()


def settle(language: str) -> None:
    """Let whoever knows not be asked again; "" where a request begins or ends, which may be another site's."""
    _chosen.set(language)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak this language meanwhile, whatever the site's is."""
    before = _chosen.set(language)
    try:
        yield
    finally:
        _chosen.reset(before)


def catalogue(language: str) -> catalogues.NullTranslations:
    """Return a language's words, read once a process."""
    if language not in _catalogues:
        with (FOLDER / f"{language}.mo").open("rb") as file:
            _catalogues[language] = catalogues.GNUTranslations(file)
    return _catalogues[language]


def gettext(message: str, **values: Any) -> str:
    """Say something in the language that is spoken, with values in its %(holes)s.

    >>> gettext("Page %(page)s of %(last)s", page=1, last=2)
    'Page 1 of 2'
    >>> with speaking(KOREAN):
    ...     gettext("Page %(page)s of %(last)s", page=1, last=2)
    '2쪽 중 1쪽'
    """
    said = message and catalogue(spoken()).gettext(message)  # "" would be answered with the catalogue's own header
    return said % values if values else said


def noted(message: str) -> str:
    """Let the catalogues have words that are said later."""
    return message


class Sentences:
    """What is kept in English with its values, as it was said then, and told in the language of the day."""

    def __init__(self, *messages: str, also: "Sentences | None" = None) -> None:
        """Know these messages; a hole `number` or `line` holds digits, and `what...` or `why` perhaps one of them."""
        patterns = [re.compile(HOLE.sub(_hole, re.escape(each)), re.DOTALL) for each in messages]
        self.patterns = (*zip(patterns, messages, strict=True), *(also.patterns if also else ()))

    def told(self, sentence: str) -> str:
        """Say a sentence as the interface speaks; one that is none of these stays as it is.

        >>> reasons = Sentences("%(number)s links")
        >>> reasons.told("3 links"), reasons.told("")
        ('3 links', '')
        >>> with speaking(KOREAN):
        ...     reasons.told("3 links"), reasons.told("Somebody said so")
        ('링크 3개', 'Somebody said so')
        """
        if spoken() == ENGLISH:
            return sentence
        for pattern, message in self.patterns:
            if match := pattern.fullmatch(sentence):
                values = match.groupdict().items()
                return gettext(
                    message, **{name: self.told(value) if TOLD.match(name) else value for name, value in values}
                )
        return sentence


def _hole(found: re.Match[str]) -> str:
    return f"(?P<{found[1]}>{'[0-9,.]+' if found[1] in ('number', 'line') else '.*'})"


def plural(number: int, one: str, many: str = "") -> str:
    """Write a number with its noun.

    >>> plural(1, "review"), plural(1200, "review")
    ('1 review', '1,200 reviews')
    >>> with speaking(KOREAN):
    ...     plural(1, "review"), plural(1200, "review"), plural(3, "comment")
    ('리뷰 1편', '리뷰 1,200편', '댓글 3개')
    """
    pair = f"%(number)s {one}", f"%(number)s {many or one + 's'}"
    return catalogue(spoken()).ngettext(*pair, number) % {"number": f"{number:,}"}


def joined(names: Sequence[str], conjunction: str) -> str:
    """Join names as a sentence does, the last one by a conjunction: "and" or "or".

    >>> joined(["a", "b", "c"], "or")
    'a, b or c'
    """
    return last_joint(conjunction).join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def last_joint(conjunction: str) -> str:
    """Return what stands before the last of some names."""
    return gettext(JOINTS[conjunction])


JOINTS = {"and": noted(" and "), "or": noted(" or ")}


def day(value: date) -> str:
    """Write a date as prose does.

    >>> day(date(2026, 3, 12))
    '12 March 2026'
    >>> with speaking(KOREAN):
    ...     day(date(2026, 3, 12)), short_day(date(2026, 3, 12)), month(2026, 3)
    ('2026년 3월 12일', '2026년 3월 12일', '2026년 3월')
    """
    return in_korean(value) if spoken() == KOREAN else f"{value.day} {MONTHS[value.month]} {value.year}"


def short_day(value: date) -> str:
    """Write a date as facts do.

    >>> short_day(date(2025, 11, 24))
    '24 Nov 2025'
    """
    return in_korean(value) if spoken() == KOREAN else f"{value.day} {MONTHS[value.month][:3]} {value.year}"


def brief_day(value: date) -> str:
    """Write a day of a year that is known, where there is little room.

    >>> brief_day(date(2026, 3, 12)), brief_month(date(2026, 3, 12))
    ('12 Mar', 'Mar 2026')
    >>> with speaking(KOREAN):
    ...     brief_day(date(2026, 3, 12)), brief_month(date(2026, 3, 12))
    ('3.12.', '2026.3.')
    """
    is_korean = spoken() == KOREAN
    return f"{value.month}.{value.day}." if is_korean else f"{value.day} {MONTHS[value.month][:3]}"


def brief_month(value: date) -> str:
    """Write the month of a day where there is little room."""
    is_korean = spoken() == KOREAN
    return f"{value.year}.{value.month}." if is_korean else f"{MONTHS[value.month][:3]} {value.year}"


def in_korean(value: date) -> str:
    """Write a date as Korean prose and Korean facts do."""
    return f"{value.year}년 {value.month}월 {value.day}일"


def month(year: int | None, number: int | None) -> str:
    """Write a month, a year alone, or a month alone.

    >>> month(2026, 3), month(2026, None), month(None, 3), month(None, None)
    ('March 2026', '2026', 'March', '')
    """
    if spoken() == KOREAN:
        return " ".join([*([f"{year}년"] if year else []), *([f"{number}월"] if number else [])])
    return " ".join([*([MONTHS[number]] if number else []), *([str(year)] if year else [])])
