"""Why a comment waits or is gone, in the language of the interface; each reason is kept in English, as it was given."""

import re

from kblog.language import ENGLISH, gettext, noted, spoken

REASONS = (
    noted("A field that people do not see was filled in"),
    noted("Blocked: %(entry)s"),
    noted("Sent %(number)s seconds after its form was opened"),
    noted("Sent %(number)s second after its form was opened"),
    noted("It says “%(words)s”"),
    noted("%(number)s links"),
    noted("Its name is a web address"),
    noted("The same words were posted before"),
    noted("It resembles what was marked as spam (%(share)s)"),
    noted("First comment under this name"),
    noted("Every comment is read before it appears"),
    noted("The author decided so"),
    noted("Taken back by its writer"),
    noted("so it was on the old blog"),
)
HOLE = re.compile(r"%\\\((\w+)\\\)s")
PATTERNS = tuple((re.compile(HOLE.sub(r"(?P<\1>.*)", re.escape(each))), each) for each in REASONS)


def told(reason: str) -> str:
    """Say a reason as the interface speaks; one that no rule gives stays as it is.

    >>> told("3 links"), told("")
    ('3 links', '')
    >>> from kblog.language import KOREAN, speaking
    >>> with speaking(KOREAN):
    ...     told("3 links"), told("Blocked: 100% free"), told("Somebody said so")
    ('링크 3개', '차단됨: 100% free', 'Somebody said so')
    """
    if spoken() == ENGLISH:
        return reason
    found = ((pattern.fullmatch(reason), message) for pattern, message in PATTERNS)
    return next((gettext(message, **match.groupdict()) for match, message in found if match), reason)
