"""Which stretches of a text are Korean."""

import re
from collections.abc import Iterator

_LETTERS = "\u1100-\u11ff\u3130-\u318f\uac00-\ud7ff"  # jamo, compatibility jamo, syllables
LETTER = re.compile(f"[{_LETTERS}]")
# Numbers, punctuation and hanja between Korean words belong to them; another alphabet ends the run. No character is in
# two of the classes, so a match takes linear time.
RUN = re.compile(f"[{_LETTERS}]+(?:[^A-Za-z\u00c0-\u10ff{_LETTERS}]+[{_LETTERS}]+)*")


def has_hangul(text: str) -> bool:
    """Whether any letter of a text is Korean."""
    return LETTER.search(text) is not None


def is_hangul(text: str) -> bool:
    """Whether a text is Korean from its first letter to its last."""
    return RUN.fullmatch(text.strip()) is not None


def is_mostly_hangul(text: str) -> bool:
    """Whether more than half of a text's letters are Korean.

    >>> is_mostly_hangul("외로운 게 아니에요. OK."), is_mostly_hangul("Salt Road (소금길)")
    (True, False)
    """
    return has_hangul(text) and 2 * len(LETTER.findall(text)) > sum(map(str.isalpha, text))


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
