"""Who plays whom, as a review's prose says it."""

import re
from collections.abc import Iterable

from kblog import fold, markup

_BRACKETS = re.compile(r"\(([^()\n]{2,60})\)")
LONGEST_NAME = 4  # words


def characters(text: str, names: Iterable[str]) -> dict[str, str]:
    """Return the character of each of these people, where the prose puts one beside the other in brackets.

    What only a spoiler says stays there.

    >>> characters("Ha Young-eun (Song Hye-kyo) meets Jang Ki-yong (Yoon Jae-guk).", ["Song Hye-kyo", "Jang Ki-yong"])
    {'Song Hye-kyo': 'Ha Young-eun', 'Jang Ki-yong': 'Yoon Jae-guk'}
    """
    people = {_key(name): name for name in names}
    found: dict[str, str] = {}
    text = markup.plain_text(text) if people and "(" in text else ""
    for match in _BRACKETS.finditer(text):
        inside = match[1].strip()
        before = text[max(0, match.start() - 80) : match.start()].rpartition("\n")[2].split()[-LONGEST_NAME:]
        actor = people.get(_key(inside))
        for start in range(len(before)):
            words = " ".join(before[start:])
            if not actor and (outside := people.get(_key(words))) and _is_name(inside.split()):
                found.setdefault(outside, inside)
                break
            if actor and _is_name(before[start:]):
                found.setdefault(actor, words)
                break
    return {name: found[name] for name in people.values() if name in found}


def _key(name: str) -> str:
    return fold.fold(name)


def _is_name(words: list[str]) -> bool:
    """Whether every word could be part of a name, so that a sentence before a bracket is not taken for one."""
    return len(words) <= 3 and all(word[:1].isupper() or _is_caseless(word) for word in words)


def _is_caseless(word: str) -> bool:
    return word[:1].lower() == word[:1].upper()
