"""The titles and names that are known, and which of them somebody may have meant."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from itertools import islice

from kblog import fold, hangul
from kblog.nearest import Dictionary

MOST_WORDS = 6  # of a text in which one is put right: each is a walk past all the words there are
SHORTEST_PART = 4  # letters of a folded given name: less of it is anybody's


class Names:
    """What the live reviews are about, and who is in it."""

    def __init__(self, titles: Collection[str], people: Collection[str]) -> None:
        self._given = titles, people = sorted(titles), sorted(people)
        self.titles = Dictionary(titles)
        self.all = Dictionary(people, self.titles)
        self.words = Dictionary(word.strip('.,:;!?()“”"') for name in (*titles, *people) for word in name.split())
        self.parts: dict[str, list[str]] = defaultdict(list)
        for name in people:
            for part in fold.person_key(name).split():
                if len(part) >= SHORTEST_PART and not fold.is_surname(part):
                    self.parts[part].append(name)

        self.heard: dict[str, list[str]] = defaultdict(list)
        for name in filter(hangul.has_hangul, titles):
            self.heard[_sound(name)].append(name)
        for name in people:
            self.heard[_person(name)].append(name)

    def are(self, titles: Collection[str], people: Collection[str]) -> bool:
        """Whether it is just these names that are known."""
        return self._given == (sorted(titles), sorted(people))

    def meant(self, text: str) -> Iterator[str]:
        """Give what may have been meant by a text that finds nothing, the likeliest first."""
        yield from self.all.nearest(text, 1)
        yield from self.heard.get(_person(text), ())
        yield from self.heard.get(_sound(text), ())
        yield from self._mended(text)
        yield from self.titles.nearest(text, 2)

    def _mended(self, text: str) -> Iterator[str]:
        """Give the text with one word of it put right."""
        for word in islice(re.finditer(r"\S+", text), MOST_WORDS):
            for right in self.words.nearest(word[0], 1):
                yield text[: word.start()] + right + text[word.end() :]


def _sound(title: str) -> str:
    """Write how a title sounds: the same in Hangul and in whatever romanisation."""
    return fold.sound(hangul.romanised(title))


def _person(name: str) -> str:
    """Write how a person's name sounds, in the same way."""
    return fold.person_key(hangul.romanised_name(name))
