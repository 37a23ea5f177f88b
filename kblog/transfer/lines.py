"""Where, in a film's memorable line, the quotation's caption ends and the commentary begins."""

import copy
import re
from collections.abc import Iterable
from itertools import pairwise

from bs4.element import NavigableString, Tag

from kblog.markup import section_kind

from .elements import HEADINGS

# A quotation, a dash with space on either side, and the rest of the paragraph.
SPOKEN = re.compile(
    r"(?P<quote>“[^“”]+”|\"[^\"]+\")(?P<gap>\s*)(?P<rest>[—–―-](?P<dashed>\s*)(?P<caption>\S.*))", re.DOTALL
)
CAPTION_LENGTH = 160  # characters: longer, and it is a sentence with a dash in it

WORD = re.compile(r"\w[\w'’\u2010\u2011-]*")
ABBREVIATIONS = frozenset(("mr", "mrs", "ms", "dr", "ep", "eps", "no", "st", "vs"))
STARTERS = frozenset(
    re.findall(
        r"\S+",
        "a an and as at before behind beneath but by every each for from have he her here his how i if in it its it's"
        " it’s no not on once only she so that that's that’s the their then there these they this those to we what"
        " what's what’s when where while who why with you you're you’re your",
    )
)
# A caption does not end in one of these: the capital after it is a name's.
OPEN_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a after an and as at before behind beside between by for from her his in into its like near of on onto or over"
        " our outside than that the their through to toward towards under until when while with without your",
    )
)


def set_apart(body: Tag) -> None:
    """Turn each film line of a Memorable Lines section into a quotation with caption, its commentary below.

    A line told within a sentence stays one.
    """
    section, spoken, told = "", [], []
    for block in body.find_all(True, recursive=False):
        kind = section_kind(block.get_text())
        if block.name in HEADINGS or (kind and block.find("strong") is not None):
            section = kind
        elif section == "lines" and block.name == "p" and block.find("img") is None and SPOKEN.match(_text(block)):
            spoken.append(block)
            continue
        told.append(block.get_text(" "))
    names = _names(told)
    for block in spoken:
        _set_apart(block, names)


def _text(block: Tag) -> str:
    return "\n".join(line.get_text() for line in block.find_all("line", recursive=False))


def _names(texts: Iterable[str]) -> frozenset[str]:
    """Collect the capitalised words that stand in the middle of a sentence somewhere."""
    found = (re.findall(r"(?<=[a-z,;] )[A-Z][\w'’\u2010\u2011-]*", text) for text in texts)
    return frozenset(word for words in found for word in words) - {"I"}


def caption_end(caption: str, names: frozenset[str] = frozenset()) -> int:
    """Return where a caption ends that runs on into its commentary; its length when it does not.

    >>> text = "Jonathan to Beom-woo, after the rescue The politeness is chilling."
    >>> text[: caption_end(text)]
    'Jonathan to Beom-woo, after the rescue'
    """
    words = list(WORD.finditer(caption))
    for before, word in pairwise(words):
        between = caption[before.end() : word.start()]
        last = before[0].casefold()
        if "\n" in between:
            return before.end() + between.index("\n")
        if re.match(r"[.!?…][”\"’')]*\s", between) and last not in ABBREVIATIONS and len(last) > 1:
            return before.end() + len(between.rstrip())
        runs_on = between.isspace() and before[0][0].islower() and last not in OPEN_WORDS and word[0][0].isupper()
        if runs_on and (word[0].casefold() in STARTERS or word[0] not in names):
            return before.end()
    return len(caption)


def _set_apart(block: Tag, names: frozenset[str]) -> None:
    text = _text(block)
    found = SPOKEN.match(text)
    if found is None or not (found["gap"] or found["dashed"]):
        return
    start = found.start("caption")
    end = start + caption_end(found["caption"], names)
    if end - start > CAPTION_LENGTH:
        return
    quote = Tag(name="blockquote")
    inner = Tag(name="p", attrs={"kind": "spoken"})
    quote.append(inner)
    inner.extend([*_cut(block, 0, found.end("quote")), *_cut(block, found.start("rest"), end)])
    block.insert_before(quote)
    commentary = _cut(block, end, len(text))
    block.clear()
    block.extend(commentary)
    if not block.contents:
        block.decompose()


def _cut(block: Tag, start: int, end: int) -> list[Tag]:
    """Copy the lines of a paragraph between two places of its text."""
    cut: list[Tag] = []
    at = 0
    for line in block.find_all("line", recursive=False):
        cut.append(piece(line, start - at, end - at))
        at += len(line.get_text()) + 1
    return [line for line in cut if line.get_text()]


def piece(line: Tag, start: int, end: int) -> Tag:
    """Copy a line from one place of its text to another, marks included."""
    kept = copy.copy(line)
    at = 0
    for string in list(kept.find_all(string=True)):
        string.replace_with(NavigableString(string[max(start - at, 0) : max(end - at, 0)]))
        at += len(string)
    for way, strip in ((1, str.lstrip), (-1, str.rstrip)):
        for string in kept.find_all(string=True)[::way]:
            trimmed = strip(str(string))
            string.replace_with(NavigableString(trimmed))
            if trimmed:
                break
    return kept
