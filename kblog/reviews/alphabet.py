"""Names by the alphabet: signs and digits, A to Z, then Korean by first consonant; in pages, with letters."""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter
from typing import Generic, TypeVar

Named = TypeVar("Named")

CONSONANTS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"  # in Unicode's order of syllables: 588 to each
PLAIN = str.maketrans("ㄲㄸㅃㅆㅉ", "ㄱㄷㅂㅅㅈ")  # a dictionary has the doubled ones with the single ones
SIGNS = "#"  # digits, and letters of other alphabets


def letter(name: str) -> str:
    """Return the letter under which a name stands.

    >>> [letter(name) for name in ("“Éclair”", "1987", "킬링 로맨스", "꽃", "ㅋㅋ", "")]
    ['E', '#', 'ㅋ', 'ㄱ', 'ㅋ', '#']
    """
    first = next(filter(str.isalnum, unicodedata.normalize("NFC", name)), "")
    if "가" <= first <= "힣":
        first = CONSONANTS[(ord(first) - ord("가")) // 588]
    if first in CONSONANTS and first:
        return first.translate(PLAIN)
    latin = unicodedata.normalize("NFD", first)[:1].upper()
    return latin if "A" <= latin <= "Z" else SIGNS


def place(name: str) -> tuple[str, str]:
    """Return where a name stands among others: marks, quotation marks and capitals make no difference.

    >>> sorted(["하늘", "éclair", "“Boats”", "18 Again", "Ada", "가을"], key=place)
    ['18 Again', 'Ada', '“Boats”', 'éclair', '가을', '하늘']
    """
    bare = (each for each in unicodedata.normalize("NFKD", name.casefold()) if each.isalnum() or each == " ")
    return letter(name), unicodedata.normalize("NFC", "".join(bare)).strip()


@dataclass(frozen=True)
class AlphabetPage(Generic[Named]):
    """A stretch of an alphabetical list, by letters, and the page on which each letter of the whole begins."""

    groups: Sequence[tuple[str, Sequence[Named]]]
    letters: Sequence[tuple[str, int]]
    number: int
    last: int


class Alphabet(Generic[Named]):
    """Things in the order of their names, put in order once; any page of them is then a slice.

    >>> page = Alphabet(["하늘", "Boram", "Ada", "Bo"], str).page(2, size=2)
    >>> page.groups, page.letters, page.last
    ([('B', ['Boram']), ('ㅎ', ['하늘'])], [('A', 1), ('B', 1), ('ㅎ', 2)], 2)
    """

    def __init__(self, things: Iterable[Named], name: Callable[[Named], str]) -> None:
        placed = sorted(((place(name(thing)), thing) for thing in things), key=itemgetter(0))
        self.things = [thing for _, thing in placed]
        self.starts: dict[str, int] = {}  # where each letter begins
        for at, ((begins_with, _), _thing) in enumerate(placed):
            self.starts.setdefault(begins_with, at)

    def page(self, number: int, size: int) -> AlphabetPage[Named]:
        """Return one page of so many, the last one where there are fewer."""
        last = max(1, -(-len(self.things) // size))
        number = min(max(1, number), last)
        start, end = (number - 1) * size, number * size
        stretches = pairwise([*self.starts.values(), len(self.things)])
        groups = [
            (each, self.things[max(start, begin) : min(end, stop)])
            for each, (begin, stop) in zip(self.starts, stretches, strict=True)
            if begin < end and stop > start
        ]
        return AlphabetPage(groups, [(each, at // size + 1) for each, at in self.starts.items()], number, last)
