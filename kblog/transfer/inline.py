"""Runs of text with marks on them: trimmed, their marks moved to where Markdown can say them, woven into elements."""

import re
import string
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, zip_longest

from bs4 import BeautifulSoup, Tag

Mark = tuple[str, str]  # tag and, for a link, its address
EMPHASIS = ("strong", "em", "del")
STARS = frozenset(("strong", "em"))  # side by side, their asterisks count as one run
HTML_SPACE = re.compile(r"[ \t\r\n\f]+")  # a no-break space is a word's own


@dataclass(frozen=True)
class Leaf:
    """Some text under the same marks, or a picture."""

    text: str
    marks: tuple[Mark, ...] = ()
    picture: Tag | None = None

    def has(self, tag: str) -> bool:
        return any(mark[0] == tag for mark in self.marks)

    def without(self, *tags: str) -> "Leaf":
        return replace(self, marks=tuple(mark for mark in self.marks if mark[0] not in tags))


BREAK = Leaf("\n")


def lines(leaves: Sequence[Leaf]) -> Iterator[list[Leaf]]:
    """Split at line breaks and trim each line; an empty list stands for a blank line."""
    line: list[Leaf] = []
    for leaf in (*leaves, BREAK):
        if leaf is BREAK:
            yield _trimmed(line)
            line = []
        else:
            line.append(leaf)


def _trimmed(line: list[Leaf]) -> list[Leaf]:
    """Collapse white space as a browser does; a line of nothing but space is no line."""
    kept: list[Leaf] = []
    for leaf in line:
        text = HTML_SPACE.sub(" ", leaf.text)
        if not kept or kept[-1].text.endswith(" "):
            text = text.removeprefix(" ")
        if text or leaf.picture is not None:
            kept.append(replace(leaf, text=text))
    if kept:
        kept[-1] = replace(kept[-1], text=kept[-1].text.removesuffix(" "))
    return kept if any(leaf.picture is not None or leaf.text.strip() for leaf in kept) else []


def weave(soup: BeautifulSoup, parent: Tag, line: list[Leaf]) -> None:
    """Append a line to an element, neighbours under the same marks in one element."""
    before: list[Leaf] | None = None
    while line != before:  # a mark that moves may leave another one at an edge
        before = line
        for tag in (*EMPHASIS, "code"):
            line = _fitted(_nested(line), tag)
    _woven(soup, parent, line, 0)
    parent.smooth()


def _woven(soup: BeautifulSoup, parent: Tag, line: list[Leaf], depth: int) -> None:
    for mark, group in groupby(line, lambda leaf: leaf.marks[depth] if depth < len(leaf.marks) else None):
        if mark is None:
            parent.extend([soup.new_string(leaf.text) if leaf.picture is None else leaf.picture for leaf in group])
        else:
            element = soup.new_tag(mark[0], attrs={"href": mark[1]} if mark[0] == "a" else {})
            parent.append(element)
            _woven(soup, element, list(group), depth + 1)


def _nested(line: list[Leaf]) -> list[Leaf]:
    """Drop a mark that goes on where an outer one ends: two elements side by side would run their signs together."""
    kept: list[Leaf] = []
    for leaf in line:
        before = kept[-1].marks if kept else ()
        common = next((n for n, (one, other) in enumerate(zip(before, leaf.marks, strict=False)) if one != other), None)
        common = min(len(before), len(leaf.marks)) if common is None else common
        ending, beginning = dict(before[common:]), dict(leaf.marks[common:])
        apart = "a" in ending or "a" in beginning  # a link's brackets keep them apart
        kept.append(leaf if apart else leaf.without(*(ending.keys() & beginning.keys())))
    return kept


def _fitted(line: list[Leaf], tag: str) -> list[Leaf]:
    """Take a mark off the ends of each run of it where Markdown would not see it begin or end.

    The rule is CommonMark's for flanking delimiters: no space inside, and no punctuation inside with a letter outside.
    """
    fitted: list[Leaf] = []
    groups = [list(group) for _, group in groupby(line, lambda leaf: leaf.has(tag))]
    for group, following in zip_longest(groups, groups[1:]):
        if not group[0].has(tag):
            fitted += group
            continue
        before, after = fitted[-1].text[-1:] if fitted else "", following[0].text[:1] if following else ""
        is_apart = _stands_apart(before, group[0].text[:1]) and _stands_apart(after, group[-1].text[-1:])
        if not is_apart and any(_is_within_stars(leaf, tag) for leaf in group):
            fitted += [leaf.without(tag) for leaf in group]  # "**a*b*c**" has more than one reading
            continue
        begun, run = _peeled(group, tag, before, 1)
        ended, run = _peeled(run, tag, after, -1)
        fitted += [*begun, *run, *reversed(ended)]
    return fitted


def _peeled(run: list[Leaf], tag: str, outside: str, way: int) -> tuple[list[Leaf], list[Leaf]]:
    """Split what must lose the mark off one end of a run, seen from the start (1) or the end (-1)."""
    freed: list[Leaf] = []
    run = run[::way]
    outside = "" if tag == "code" else outside  # a code span may begin beside a letter
    while run:
        leaf = run[0]
        if _is_solid(leaf, tag):
            if not _is_letter(outside):
                break
            freed.append(leaf.without(tag))
            outside = ")"
        else:
            text, size = leaf.text[::way], 0
            while size < len(text) and not _begins(text[size], outside):
                outside, size = text[size], size + 1
            if size:
                freed.append(replace(leaf.without(tag), text=text[:size][::way]))
            if size < len(text):
                run[0] = replace(leaf, text=text[size:][::way])
                break
        run.pop(0)
    return freed, run[::way]


def _is_within_stars(leaf: Leaf, tag: str) -> bool:
    names = [mark[0] for mark in leaf.marks]
    return tag in STARS and not STARS.isdisjoint(names[: names.index(tag)])


def _stands_apart(outside: str, inside: str) -> bool:
    """Tell whether a sign between two characters can only begin, or only end, something."""
    return not outside or outside.isspace() or (outside in string.punctuation and _is_letter(inside))


def _is_solid(leaf: Leaf, tag: str) -> bool:
    """Tell whether something within the mark brings a sign of its own to the edge: a bracket, a backtick, a tilde."""
    names = [mark[0] for mark in leaf.marks]
    inner = set(names[names.index(tag) + 1 :])
    return leaf.picture is not None or bool(inner - STARS if tag in STARS else inner)


def _begins(character: str, outside: str) -> bool:
    return not character.isspace() and (_is_letter(character) or not _is_letter(outside))


def _is_letter(character: str) -> bool:
    return bool(character) and not character.isspace() and unicodedata.category(character)[0] not in "PS"
