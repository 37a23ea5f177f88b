"""Rules about people: one of them spelt two ways, and who made the work but is named in the prose only."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache, partial
from typing import NamedTuple

from kblog import fold
from kblog.characters import characters
from kblog.language import joined, noted

from .subject import QUOTED, Finding, Subject

_WORD = r"[A-ZÀ-Þ][\w‐‑-]{1,40}"
_RUN = re.compile(rf"(?<![\w‐‑-]){_WORD}(?:[ \u00a0]{_WORD})+")
_LONGEST = 3  # words of a name
_NAME = rf"(?P<name>{_WORD}(?:[ \u00a0]{_WORD}){{1,2}})"
_ROLES = {
    "director": r"[Dd]irectors?|[Dd]irected by|[Ff]ilmmaker|PD",
    "writer": r"[Ww]riters?|[Ss]creenwriters?|[Ss]criptwriters?|(?:[Ww]ritten|[Ss]cripted|[Ss]creenplay|[Ss]cript) by",
    "director and writer": r"[Ww]riter[-‐‑–/ ]director|[Dd]irector[-‐‑–/ ]writer",
}
_CREW = [(role, re.compile(rf"\b(?:{words})[ \u00a0]{_NAME}")) for role, words in _ROLES.items()]
_BEFORE = re.compile(r"(\w+)[\s‐‑-]\Z")
# An art director is no director, and who wrote the webtoon did not write the drama.
_OTHERS = frozenset(
    re.findall(
        r"\w+",
        "action animation art assistant book casting choreographer choreography comic costume creative dance director"
        " film lighting manhwa music musical novel original photography production song sound story stunt technical"
        " web webtoon writer",
    )
)
_NO_NAMES = frozenset(
    re.findall(
        r"\w+",
        "Academy And As At Award Awards Best By Cut Cuts Festival For From Guild In Of On Prize Prizes The With",
    )
)


CREW_WORDS = {  # where the overview names others, and where it names nobody
    "director": (
        noted("The text names %(name)s as director, the overview %(there)s. Add %(name)s if both worked on it."),
        noted("The text names %(name)s as director; the overview names nobody. Readers find people by the overview."),
    ),
    "writer": (
        noted("The text names %(name)s as writer, the overview %(there)s. Add %(name)s if both worked on it."),
        noted("The text names %(name)s as writer; the overview names nobody. Readers find people by the overview."),
    ),
}


class Told(NamedTuple):
    """Somebody whom the prose names as director or writer; `quote` is how, `line` where."""

    role: str
    name: str
    quote: str
    line: int


def is_spelt_one_way(review: Subject) -> Iterator[Finding]:
    """Find the people of the card whom the review writes in another way too; suggested, as two may share a key."""
    on_card = [name for credit in review.overview.credits for name in (credit.name, credit.alias) if name]
    people: dict[str, str] = {}
    for name in (*on_card, *(told.name for told in told_of(review))):
        people.setdefault(_key(name), name)
    known = {*map(_letters, on_card), *map(_letters, people.values()), *_characters(review)}
    found: dict[str, dict[str, tuple[str, int | None]]] = {}
    for name, where, line in _written(review):
        if (key := _key(name)) in people and _letters(name) not in known:
            found.setdefault(people[key], {}).setdefault(name, (where, line))
    for person, others in found.items():
        (where, line), quote = next(iter(others.values())), next(iter(others))
        words = (
            noted(
                "%(others)s may be “%(name)s” of the overview."
                " Write the name one way, or add the other in brackets there."
            )
            if person in on_card
            else noted("%(others)s may be “%(name)s”. Write the name one way, or add the other in brackets there.")
        )
        values, about = {"others": partial(_listed, list(others)), "name": person}, f"{person}: {_letters(quote)}"
        yield Finding("warning", words, where, quote, line, about=about, values=values)


def is_crew_credited(review: Subject) -> Iterator[Finding]:
    """Find the director and writer of whom the card says nothing."""
    for role, name, quote, line in told_of(review):
        there = review.names(role)
        if _key(name) in map(_key, there):
            continue
        beside, alone = CREW_WORDS[role]
        values, about = {"name": name, "there": partial(joined, there, "and")}, f"{role} {_key(name)}"
        level = "note" if there else "warning"
        yield Finding(level, beside if there else alone, role, quote, line, about=about, values=values)


def told_of(review: Subject) -> list[Told]:
    """List whom the prose names as director or writer, each once."""
    known = set(_characters(review))
    found: dict[tuple[str, str], Told] = {}
    for block in review.prose:
        for roles, pattern in _CREW:
            for match in pattern.finditer(block.words):
                name = _trimmed(match["name"])
                before = _BEFORE.search(block.words, max(0, match.start() - QUOTED), match.start())
                is_other = before and before[1].casefold() in _OTHERS
                if is_other or not name or known & {_letters(name), _letters(match[0])}:
                    continue
                for role in roles.split(" and "):
                    found.setdefault((role, _key(name)), Told(role, name, match[0], block.line))
    return list(found.values())


def _trimmed(name: str) -> str:
    """Leave of capitalised words those that are a name; "" where they are none."""
    words = name.split()
    if len(words) == _LONGEST and (re.search(r"[‐‑-]", words[1]) or words[2] in _NO_NAMES):
        words.pop()
    is_korean = len(words) == 2 and words[1] == "In"  # Je In: a name, though "In" is none by itself
    return "" if _NO_NAMES & set(words) and not is_korean else " ".join(words)


def _written(review: Subject) -> Iterator[tuple[str, str, int | None]]:
    """Yield whatever may be a name, with the field and the line it stands in."""
    document = review.document
    texts = [(block.words, "body", block.line) for block in review.rendered.blocks]
    texts += [(document.headline, "headline", None), (document.description, "description", None)]
    for text, where, line in texts:
        for run in _RUN.findall(text):
            words = [word.rstrip("‐‑-") for word in run.split()]
            for size in range(2, _LONGEST + 1):
                for start in range(len(words) - size + 1):
                    yield " ".join(words[start : start + size]), where, line
    yield from ((tag, "hashtags", None) for tag in document.hashtags)


def _characters(review: Subject) -> Iterator[str]:
    """Yield the letters of every character's name: who is played may have the name of who plays."""
    said = [name for _, name in review.document.characters]
    said += [credit.character for credit in review.overview.credits]
    said += characters(review.document.body, [credit.name for credit in review.overview.credits]).values()
    return (_letters(name) for name in said if name)


def _listed(names: Iterable[str]) -> str:
    return joined([name if name.startswith("#") else f"“{name}”" for name in names], "and")


@lru_cache(maxsize=8192)
def _letters(name: str) -> str:
    """Write the letters of a name, so that neither order, case, hyphens nor marks make another spelling of it."""
    return "".join(sorted(filter(str.isalnum, unicodedata.normalize("NFD", name).casefold())))


_key = lru_cache(maxsize=8192)(fold.person_key)  # while one types, the same names are looked at again and again
