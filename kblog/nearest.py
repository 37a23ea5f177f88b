"""Which of the names known is nearest to one that was mistyped."""

import unicodedata
from collections.abc import Iterable, Iterator

from kblog import fold

SHORTEST = 3  # letters or jamo of a word that one wrong key leaves recognisable
LONGEST = 80  # letters: longer, and it is no name


def distance(one: str, other: str, most: int) -> int:
    """Count the letters to add, drop, change or swap with their neighbour between two words; `most` + 1 for more.

    >>> distance("kiling", "killing", 2), distance("romnace", "romance", 2), distance("salt", "ferry", 2)
    (1, 1, 3)
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, wanted in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and wanted == one[i - 2]:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]


def typos(one: str, other: str, most: int) -> int:
    """Count the wrong keys between two words; a syllable that is swapped for its neighbour is one, too.

    >>> typos("킬림", "킬링", 1), typos("링킬", "킬링", 1), typos("물", "불", 1), typos("로멘스", "로맨스", 1)
    (1, 1, 1, 1)
    """
    keys = distance(spelt(one), spelt(other), most)
    return min(keys, distance(one, other, most)) if sorted(one) == sorted(other) else keys


def squeezed(name: str) -> str:
    """Write a name without its spaces, hyphens, marks and capitals: what two spellings of it have in common.

    >>> squeezed("Lee Sun‑kyun") == squeezed("LeeSunkyun"), squeezed("Don’t!")
    (True, 'dont')
    """
    return fold.joined(name)


def spelt(word: str) -> str:
    """Write a word as the keys that were pressed for it: Hangul as its jamo."""
    return unicodedata.normalize("NFD", word)


class Dictionary:
    """The names known, laid out for finding the nearest to a mistyped one."""

    def __init__(self, names: Iterable[str], before: "Dictionary | None" = None) -> None:
        """Lay out names, after those of another dictionary."""
        spelt_alike: dict[str, str] = {}
        known = {word for _, word, _ in before._names} if before else ()
        for name in dict.fromkeys(names):
            if (word := squeezed(name)) not in known:
                spelt_alike.setdefault(word, name)
        self._names = [(name, word, _letters(spelt(word))) for word, name in spelt_alike.items() if word]
        self._names = [*before._names, *self._names] if before else self._names

    def nearest(self, text: str, most: int) -> Iterator[str]:
        """Give the names at most so many wrong keys away, the nearest first; never one that is spelt just so.

        >>> list(Dictionary(["Killing Romance", "Salt Road"]).nearest("kiling romanse", 2))
        ['Killing Romance']
        """
        wanted = squeezed(text)
        keys = spelt(wanted)
        if not SHORTEST <= len(keys) <= LONGEST:
            return
        found: list[tuple[int, str]] = []
        held = _letters(keys)
        for name, word, letters in self._names:
            # cheap first: a wrong key changes at most two of the letters that a word has at all
            if (held ^ letters).bit_count() <= 2 * most:
                away = typos(wanted, word, most)
                if 0 < away <= most and len(keys) > SHORTEST * away:
                    found.append((away, name))
        yield from (name for _, name in sorted(found, key=lambda each: each[0]))


def _letters(word: str) -> int:
    """Return the set of a word's letters as bits; two letters may share one."""
    bits = 0
    for letter in word:
        bits |= 1 << (ord(letter) % 61)
    return bits
