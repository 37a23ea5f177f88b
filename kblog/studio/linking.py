"""What the editor proposes to link: other reviews and their people, where a text first names them and links to none."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from kblog.hangul import has_hangul
from kblog.markup import open_prose

MOST = 8  # at once: the next ones come when these are done
SHORTEST, SHORTEST_KOREAN = 3, 2  # characters of a name: anything shorter is found everywhere

UNFIT = set("[]\\`")  # would end the words of a link, or its text
WORD = re.compile(r"\w+")
ALIKE = str.maketrans("\u2010\u2011\u2019\u2018\u00a0\n", "--''  ")  # one for one, so that every place stays
ADDRESS = re.compile(r"/(?:reviews|people)/[^/\s()<>\"]+/")
BEFORE, AFTER = re.compile(r"[\w#@/&-]"), re.compile(r"-?\w")


class Target(NamedTuple):
    """A name that a text may be linked by, and the only review that it belongs to, where there is one."""

    name: str
    address: str
    only_review: int | None = None
    is_person: bool = False


class Proposal(NamedTuple):
    """Words of a text that may become a link: in which of its parts, and where, as a browser counts characters."""

    words: str
    address: str
    is_person: bool
    part: int
    at: int

    @property
    def markdown(self) -> str:
        return f"[{self.words}]({self.address})"


Known = dict[str, list[Target]]


def known(targets: Iterable[Target]) -> Known:
    """Sort names by their first word, the longest first; the first of two that are alike is the one that counts."""
    found: dict[str, dict[str, Target]] = defaultdict(dict)
    for target in targets:
        name = target.name.translate(ALIKE).strip()
        first = WORD.match(name)
        if first and not UNFIT & set(name) and len(name) >= (SHORTEST_KOREAN if has_hangul(name) else SHORTEST):
            found[first[0]].setdefault(name, target._replace(name=name))
    return {word: sorted(names.values(), key=lambda each: -len(each.name)) for word, names in found.items()}


def proposals(texts: Sequence[str], names: Known, review_id: int) -> list[Proposal]:
    """Propose links for a review's parts, in the order of the text: for each target the first place that names it.

    >>> names = known([Target("Salt Road", "/reviews/salt-road/"), Target("Salt", "/reviews/salt/")])
    >>> [each.markdown for each in proposals(["# Salt\\n\\nAfter Salt Road came Salt."], names, 7)]
    ['[Salt Road](/reviews/salt-road/)', '[Salt](/reviews/salt/)']
    """
    done = {address for text in texts for address in ADDRESS.findall(text)}
    found: list[Proposal] = []
    for part, text in enumerate(texts):
        prose, end = open_prose(text).translate(ALIKE), 0
        for word in WORD.finditer(prose):
            if word.start() < end or word[0] not in names or BEFORE.match(prose[word.start() - 1 : word.start()]):
                continue
            target = next((each for each in names[word[0]] if _stands(each.name, prose, word.start())), None)
            if target is None:
                continue
            end = word.start() + len(target.name)
            if target.address not in done and target.only_review != review_id:
                done.add(target.address)
                at = len(text[: word.start()].encode("utf-16-le")) // 2
                found.append(Proposal(text[word.start() : end], target.address, target.is_person, part, at))
                if len(found) == MOST:
                    return found
    return found


def _stands(name: str, prose: str, at: int) -> bool:
    goes_on = WORD.match(name[-1]) and AFTER.match(prose, at + len(name))
    return prose.startswith(name, at) and not goes_on
