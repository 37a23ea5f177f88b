"""Which stretches of a text are Korean, and how Hangul is written in Latin letters."""

import re
from collections.abc import Iterator

_LETTERS = "\u1100-\u11ff\u3130-\u318f\uac00-\ud7ff"  # jamo, compatibility jamo, syllables
LETTER = re.compile(f"[{_LETTERS}]")
# Numbers, punctuation and hanja between Korean words belong to them; another alphabet ends the run. No character is in
# two of the classes, so a match takes linear time.
RUN = re.compile(f"[{_LETTERS}]+(?:[^A-Za-z\u00c0-\u10ff{_LETTERS}]+[{_LETTERS}]+)*")

# The Revised Romanisation, a syllable at a time: by its initial, its vowel and its final, in Unicode's order.
_INITIALS = ("g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "", "j", "jj", "ch", "k", "t", "p", "h")
_VOWELS = (
    "a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe", "yo", "u", "wo", "we", "wi", "yu", "eu",
    "ui", "i",
)  # fmt: skip
_FINALS = (
    "", "k", "k", "k", "n", "n", "n", "t", "l", "k", "m", "l", "l", "l", "p", "l", "m", "p", "p", "t", "t", "ng", "t",
    "t", "k", "t", "p", "t",
)  # fmt: skip
_LONG_SURNAMES = frozenset(("남궁", "제갈", "황보", "선우", "독고", "사공", "서문"))


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


def romanised(text: str) -> str:
    """Write the syllables of a text in Latin letters, each as it stands.

    >>> romanised("소금길"), romanised("달빛 장부"), romanised("Salt Road")
    ('sogeumgil', 'dalbit jangbu', 'Salt Road')
    """
    return "".join(_romanised(character) if "가" <= character <= "힣" else character for character in text)


def romanised_name(name: str) -> str:
    """Write a person's name in Latin letters, the surname apart; one that is not in Hangul stays as it is.

    >>> romanised_name("방희원"), romanised_name("제갈 연"), romanised_name("Lee Hanee")
    ('bang huiwon', 'jegal yeon', 'Lee Hanee')
    """
    together = "".join(name.split())
    if not is_hangul(name) or len(together) < 2:
        return name
    first = 2 if together[:2] in _LONG_SURNAMES and len(together) > 2 else 1
    return f"{romanised(together[:first])} {romanised(together[first:])}"


def _romanised(syllable: str) -> str:
    place, final = divmod(ord(syllable) - ord("가"), len(_FINALS))
    initial, vowel = divmod(place, len(_VOWELS))
    return _INITIALS[initial] + _VOWELS[vowel] + _FINALS[final]
