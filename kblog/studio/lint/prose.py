"""Rules about the text: its sections, lines and episodes, and words that grow old or say nothing."""

import re
from collections.abc import Iterator
from functools import lru_cache, partial

from kblog import fold
from kblog.language import joined, noted, plural
from kblog.markup import Line, section_kind

from ..sections import skeleton
from .subject import EPISODES, QUOTATION, Finding, Subject, quoted, sentences, shortened

_MOMENT = re.compile(
    r"\b(?:currently|as of now|as of today|as of (?:this )?writing|at the time of writing|right now"
    r"|at the moment(?! (?:of|when|that|she|he|they|it|in|where|his|her|their)\b))\b",
    re.IGNORECASE,
)
_SCORE = re.compile(
    r"\b(?:[Oo]n|[Aa]t) (?:Rotten Tomatoes|IMDb|MyDramaList|Letterboxd|Metacritic)\b"
    r"|\b(?:Rotten Tomatoes|IMDb|MyDramaList|Letterboxd|Metacritic)(?:[’']s?)? (?:score|rating|critics)"
)
_DATED = re.compile(
    r"\b(?:19|20)\d\d\b|\b(?:January|February|March|April|June|July|August|September|October|November|December)\b"
)
_TOLD = ("story", "highlights")  # sections in which "right now" is the story's own time
_LEAST = 3  # words of what somebody says; less is a word in quotation marks
_SAID = re.compile(r"[A-Z\uac00-\ud7a3].*[.!?…][’']?", re.DOTALL)
_OPENING = 4  # words by which two descriptions are told to open alike
_TITLE = re.compile(r"[‘“\"'][^‘’“”\"]{1,80}?[’”\"'](?!\w)")


def has_usual_sections(review: Subject) -> Iterator[Finding]:
    there = {section.kind for section in review.rendered.outline}
    missing = [part.heading for part in skeleton(review.kind) if section_kind(part.heading) not in there]
    if missing and review.text:
        values = {"missing": partial(joined, missing, "or")}
        yield Finding("note", noted("There is no section %(missing)s."), "body", values=values)


def has_no_empty_section(review: Subject) -> Iterator[Finding]:
    empty = [part.heading for part in review.parts if part.heading and not part.text.strip()]
    if empty and review.text:
        words = (
            noted("%(sections)s have no text yet. Readers will not see their headings.")
            if len(empty) > 1
            else noted("%(sections)s has no text yet. Readers will not see its heading.")
        )
        yield Finding("warning", words, "body", values={"sections": partial(joined, empty, "and")})


def has_speakers(review: Subject) -> Iterator[Finding]:
    for line in review.rendered.lines:
        if not line.speaker:
            words, bare = noted("The line %(line)s names no speaker. Add one."), _bare(line)
            at, values = _line_of(review, bare), {"line": quoted(bare)}
            yield Finding("warning", words, "body", shortened(bare), at, values=values)


def is_within_its_episodes(review: Subject) -> Iterator[Finding]:
    there = review.overview.episodes
    if not there:
        return
    only = {"episodes": lambda: plural(there, "episode")}
    told = {line.episode for line in review.rendered.lines if line.episode and line.episode > there}
    for line in review.rendered.lines:
        if line.episode in told:
            words = noted("The line %(line)s is said in episode %(number)s, but the work has %(episodes)s.")
            bare = _bare(line)
            at, values = _line_of(review, bare), {"line": quoted(bare), "number": f"{line.episode}", **only}
            yield Finding("warning", words, "body", shortened(bare), at, values=values)
    for reach in dict.fromkeys(review.rendered.reaches):
        if reach.isdecimal() and int(reach) > there:
            words = noted("A spoiler tells of episode %(number)s, but the work has %(episodes)s.")
            yield Finding("warning", words, "body", f"episode {reach}", values={"number": reach, **only})
    for block in review.rendered.blocks:
        for match in EPISODES.finditer(block.words):
            number = max(int(each) for each in match.groups() if each)
            if number > there and not (block.section == "lines" and number in told):
                words = noted("The text tells of %(said)s, but the work has %(episodes)s.")
                values = {"said": quoted(match[0]), **only}
                yield Finding("warning", words, "body", match[0], block.line, values=values)
    told_until = review.document.tells
    if told_until.isdecimal() and int(told_until) > there:
        words = noted("The unmarked text is said to tell up to episode %(number)s, but the work has %(episodes)s.")
        yield Finding("warning", words, "tells", values={"number": told_until, **only})


def has_its_quotations_among_the_lines(review: Subject) -> Iterator[Finding]:
    """Find what is quoted in the highlights, a whole sentence, and stands nowhere in Memorable Lines."""
    if not any(section.kind == "lines" for section in review.rendered.outline):
        return
    lines = fold.fold("\n".join(each.words for each in review.rendered.blocks if each.section == "lines"))
    for block in review.prose:
        if block.section != "highlights":
            continue
        for quotation in QUOTATION.findall(block.words):
            inner = quotation[1:-1].strip()
            is_said = _SAID.fullmatch(inner) and len(inner.split()) >= _LEAST
            if is_said and fold.fold(inner) not in lines:
                words, values = noted("%(said)s is quoted here, and Memorable Lines lacks it."), {"said": quoted(inner)}
                yield Finding("note", words, "body", shortened(inner), block.line, values=values)


def is_dated(review: Subject) -> Iterator[Finding]:
    """Find what was true when it was written, and does not say when that was."""
    for block in review.prose:
        if block.section == "lines":
            continue
        for sentence in sentences(QUOTATION.sub("“”", block.words)):
            claim = _SCORE.search(sentence) or (block.section not in _TOLD and _MOMENT.search(sentence))
            if claim and not _DATED.search(sentence):
                words, said = noted("%(said)s has no date. Say when that was true."), sentence[claim.start() :]
                values = {"said": quoted(said)}
                yield Finding("note", words, "body", shortened(said), block.line, values=values)


def is_free_of_filler(review: Subject) -> Iterator[Finding]:
    """Find the phrases that the author never wants to write: those of advertisements, unless the list says others."""
    pattern = _any(review.facts.filler)
    if pattern is None:
        return
    found: dict[str, list[tuple[str, str, int | None]]] = {}
    texts = [(block.words, "body", block.line) for block in review.prose]
    texts += [(review.document.description, "description", None), (review.document.headline, "headline", None)]
    for text, where, line in texts:
        for match in pattern.finditer(text):
            found.setdefault(" ".join(re.findall(r"\w+", match[0].casefold())), []).append((match[0], where, line))
    for phrase, places in found.items():
        quote, where, line = places[0]
        words = (
            noted("“%(words)s” is on your list of filler, %(number)s times.")
            if len(places) > 1
            else noted("“%(words)s” is on your list of filler.")
        )
        values = {"words": quote, "number": f"{len(places)}"}
        yield Finding("note", words, where, quote, line, about=phrase, values=values)


def has_an_opening_of_its_own(review: Subject) -> Iterator[Finding]:
    """Find a description that opens like another review's: side by side in a list, both sound like a pattern."""
    own = opening(review.document.description, review.overview.work_title)
    alike = [title for title, text in review.facts.descriptions if own and opening(text, title) == own]
    if alike:
        start = shortened(" ".join(review.document.description.split()[:_OPENING]))
        words = (
            noted("The description opens like that of “%(title)s” and %(number)s more: “%(start)s …”.")
            if len(alike) > 1
            else noted("The description opens like that of “%(title)s”: “%(start)s …”.")
        )
        values = {"title": alike[0], "number": f"{len(alike) - 1}", "start": start.rstrip("…")}
        yield Finding("note", words, "description", about="opening", values=values)


def opening(description: str, title: str) -> tuple[str, ...]:
    """Give the words a description opens with, one sign in place of the work's title; none of a short one.

    >>> opening("Dive into 'Salt Road,' a slow film.", "Salt Road")
    ('dive', 'into', '§', 'a')
    """
    text = _TITLE.sub(" § ", description)
    if title:
        text = re.sub(re.escape(title), " § ", text, flags=re.IGNORECASE)
    words = re.findall(r"§|[\w‐‑’'-]+", text)
    return tuple(word.casefold() for word in words[:_OPENING]) if len(words) >= _OPENING else ()


@lru_cache(maxsize=16)
def _any(phrases: tuple[str, ...]) -> re.Pattern[str] | None:
    """Write a pattern for any of some phrases, however they are hyphenated and broken into lines."""
    words = [re.findall(r"\w+|[^\w\s‐‑-]", phrase) for phrase in phrases]
    each = [r"[\s‐‑-]*".join(map(re.escape, parts)) for parts in sorted(words, key=len, reverse=True) if parts]
    return re.compile(rf"(?<!\w)(?:{'|'.join(each)})(?!\w)", re.IGNORECASE) if each else None


def _line_of(review: Subject, words: str) -> int | None:
    """Find the line on which words stand."""
    return next((block.line for block in review.rendered.blocks if words in block.words), None)


def _bare(line: Line) -> str:
    """Give the first words of a line, without their quotation marks."""
    return line.quote.split("\n")[0].strip('“”" ')
