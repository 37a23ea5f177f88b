"""What changed between two texts: by lines first, then by words within the lines that were rewritten."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby, islice, pairwise
from typing import Any, NamedTuple

LINE = re.compile(r"[^\n]*\n|[^\n]+")
WORD = re.compile(r"(\S*)(\s*)")
DEEPEST = 20  # rounds of looking between anchors for more: prose needs four, each takes time linear in the text
KIN = 0.5  # of the words of the shorter line: with fewer in common, one line is no new version of the other
CONTEXT = 1  # lines that stay in sight on either side of a change
WORTH_FOLDING = 2  # lines: a gap takes the place of one

Pair = tuple[int, int]  # a place in an old sequence and one in a new


class Run(NamedTuple):
    """Some text; its kind is "same", "removed" or "added"."""

    text: str
    kind: str


@dataclass(frozen=True)
class Block:
    """Whole lines of the old text, the new one or both.

    Its kind is "same", "removed", "added", "changed" where a line has old and new words, or "gap" for what is the same
    and need not be shown.
    """

    kind: str
    runs: tuple[Run, ...]

    @property
    def lines(self) -> int:
        """How many of the lines have words: what a gap says of itself."""
        return sum(not line.isspace() for run in self.runs for line in LINE.findall(run.text))


def difference(old: str, new: str) -> list[Block]:
    r"""Compare two texts; the runs not added are the old text, those not removed the new one, to the byte.

    The time is linear in the length of the texts but for a logarithm, whatever they hold.

    >>> for block in difference("One.\n\nTwo is here.\n", "One.\n\nTwo was here.\nThree.\n"):
    ...     print(block.kind, [tuple(run) for run in block.runs])
    same [('One.\n\n', 'same')]
    changed [('Two ', 'same'), ('is', 'removed'), ('was', 'added'), (' here.\n', 'same')]
    added [('Three.\n', 'added')]
    """
    blocks: list[Block] = []
    for olds, news, are_same in _stretches(LINE.findall(old), LINE.findall(new)):
        blocks += _whole(olds, "same") if are_same else _rewritten(olds, news)
    return list(_folded(list(_merged(blocks))))


def _stretches(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[Sequence[str], Sequence[str], bool]]:
    """Cut two sequences into stretches that they share and stretches that differ; the third value says which."""
    ends = (len(old), len(new))
    begun = at = (0, 0)  # where the stretch they share began, and where it goes on
    for pair in [*_common(old, new), ends]:
        if pair != at:
            if begun != at:
                yield old[begun[0] : at[0]], new[begun[1] : at[1]], True
            yield old[at[0] : pair[0]], new[at[1] : pair[1]], False
            begun = pair
        at = (pair[0] + 1, pair[1] + 1)
    if begun != ends:
        yield old[begun[0] :], new[begun[1] :], True


def _common(old: Sequence[str], new: Sequence[str]) -> list[Pair]:
    """Find what two sequences share, in the order of both, around what occurs once in each: a patience difference.

    It passes over what occurs often between two changes, which in prose says least.
    """
    found: list[Pair] = []
    waiting = [((0, 0), (len(old), len(new)), 0)]
    while waiting:
        (top, new_top), (end, new_end), depth = waiting.pop()
        while top < end and new_top < new_end and old[top] == new[new_top]:
            found.append((top, new_top))
            top, new_top = top + 1, new_top + 1
        while top < end and new_top < new_end and old[end - 1] == new[new_end - 1]:
            end, new_end = end - 1, new_end - 1
            found.append((end, new_end))
        if top < end and new_top < new_end and depth < DEEPEST:
            before, after = _single(old, top, end), _single(new, new_top, new_end)
            anchors = _rising([(before[each], place) for each, place in after.items() if each in before])
            if anchors:
                bounds = [(top, new_top), *anchors, (end, new_end)]
                waiting += [(start, stop, depth + 1) for start, stop in pairwise(bounds)]
    return sorted(found)


def _single(sequence: Sequence[str], start: int, end: int) -> dict[str, int]:
    """Map what occurs once between two places, blank lines apart, to where it stands."""
    counts = Counter(sequence[start:end])
    return {each: at for at in range(start, end) if counts[each := sequence[at]] == 1 and not each.isspace()}


def _rising(pairs: Iterable[Pair]) -> list[Pair]:
    """Choose the most pairs whose old places rise too; they are given by rising new places."""
    ends: list[int] = []  # the old place where the best choice of each length ends
    chosen: list[tuple[Pair, Any]] = []  # that choice, as a pair and the choice before it
    for pair in pairs:
        length = bisect_left(ends, pair[0])
        choice = (pair, chosen[length - 1] if length else None)
        if length == len(ends):
            ends.append(pair[0])
            chosen.append(choice)
        else:
            ends[length], chosen[length] = pair[0], choice
    rising: list[Pair] = []
    choice = chosen[-1] if chosen else None
    while choice:
        pair, choice = choice
        rising.append(pair)
    return rising[::-1]


def _rewritten(olds: Sequence[str], news: Sequence[str]) -> Iterator[Block]:
    """Show each line that has a new version as changed, the lines around them as removed and added."""
    at = new_at = 0
    for place, new_place in [*_versions(olds, news), (len(olds), len(news))]:
        for gone, come, are_same in _stretches(olds[at:place], news[new_at:new_place]):
            yield from _whole(gone, "same") if are_same else (*_whole(gone, "removed"), *_whole(come, "added"))
        if place < len(olds):
            yield Block("changed", tuple(_runs(olds[place], news[new_place])))
        at, new_at = place + 1, new_place + 1


def _versions(olds: Sequence[str], news: Sequence[str]) -> list[Pair]:
    """Find which old line became which new one, by the words they share, in the order of both."""
    words, new_words = ([line.split() for line in lines] for lines in (olds, news))
    place = [at for at, line in enumerate(words) for _ in line]
    new_place = [at for at, line in enumerate(new_words) for _ in line]
    common = _common(list(chain(*words)), list(chain(*new_words)))
    shared = Counter((place[word], new_place[new_word]) for word, new_word in common)
    versions: dict[int, int] = {}
    taken: set[int] = set()
    for (at, new_at), number in shared.most_common():
        are_kin = number >= KIN * min(len(words[at]), len(new_words[new_at]))
        if are_kin and at not in versions and new_at not in taken:
            versions[at] = new_at
            taken.add(new_at)
    return sorted(versions.items())


def _runs(old: str, new: str) -> Iterator[Run]:
    """Compare two lines by words; the blanks after a word are compared apart."""
    end = _blank_end(old, new)
    tokens, new_tokens = (WORD.findall(line.removesuffix(end)) for line in (old, new))
    before, after = iter(tokens), iter(new_tokens)
    runs: list[Run] = []
    for olds, news, are_same in _stretches([word for word, _ in tokens], [word for word, _ in new_tokens]):
        gone, come = list(islice(before, len(olds))), list(islice(after, len(news)))
        if are_same:
            for (word, blank), (_, new_blank) in zip(gone, come, strict=True):
                runs += [Run(word, "same"), *_changed(blank, new_blank)]
        else:
            runs += _changed("".join(chain(*gone)), "".join(chain(*come)))
    runs.append(Run(end, "same"))
    for kind, group in groupby((run for run in runs if run.text), key=lambda run: run.kind):
        yield Run("".join(run.text for run in group), kind)


def _changed(old: str, new: str) -> list[Run]:
    """Show one text in place of another; the blanks both end with stay."""
    if old == new:
        return [Run(old, "same")]
    end = _blank_end(old, new)
    return [Run(old.removesuffix(end), "removed"), Run(new.removesuffix(end), "added"), Run(end, "same")]


def _blank_end(old: str, new: str) -> str:
    """Give the blanks that two texts both end with, if they are the same."""
    blank, new_blank = (text[len(text.rstrip()) :] for text in (old, new))
    return blank if blank == new_blank else ""


def _whole(lines: Sequence[str], kind: str) -> list[Block]:
    return [Block(kind, (Run("".join(lines), "same" if kind == "gap" else kind),))] if lines else []


def _merged(blocks: Iterable[Block]) -> Iterator[Block]:
    """Make one block of neighbours of one kind."""
    for kind, group in groupby(blocks, key=lambda block: block.kind):
        if kind == "changed":
            yield from group
        else:
            yield from _whole([run.text for block in group for run in block.runs], kind)


def _folded(blocks: Sequence[Block]) -> Iterator[Block]:
    """Fold long stretches that are the same, except the lines next to a change."""
    for number, block in enumerate(blocks, 1):
        if block.kind != "same":
            yield block
            continue
        lines = LINE.findall(block.runs[0].text)
        told = [at for at, line in enumerate(lines) if not line.isspace()]
        start = 0 if number == 1 else next(iter(told[CONTEXT:]), len(lines))
        end = len(lines) if number == len(blocks) else next(iter(told[-CONTEXT:]), 0)
        if sum(start <= at < end for at in told) < WORTH_FOLDING:
            yield block
        else:
            yield from _whole(lines[:start], "same")
            yield from _whole(lines[start:end], "gap")
            yield from _whole(lines[end:], "same")
