"""Which stretches of a text are Korean."""

import re
from collections.abc import Iterator

_LETTER = "[\u1100-\u11ff\u3130-\u318f\uac00-\ud7ff]"
RUN = re.compile(f"{_LETTER}+(?:[\\s\\d,.!?·:~-]*{_LETTER}+)*")


def has_hangul(text: str) -> bool:
    """Whether any letter of a text is Korean."""
    return bool(RUN.search(text))


def is_hangul(text: str) -> bool:
    """Whether a text is Korean from its first letter to its last."""
    return bool(RUN.fullmatch(text.strip()))


def runs(text: str) -> Iterator[tuple[str, bool]]:
    """Cut a text into (run, whether it is Korean).

    >>> list(runs("Salt Road (소금 길)"))
    [('Salt Road (', False), ('소금 길', True), (')', False)]
    """
    at = 0
    for match in RUN.finditer(text):
        if match.start() > at:
            yield text[at : match.start()], False
        yield match[0], True
        at = match.end()
    if at < len(text):
        yield text[at:], False
