"""Rules about the text: its sections, lines and episodes, and words that grow old or say nothing."""

import re
from collections.abc import Iterator
from functools import lru_cache

from kblog import fold
from kblog.ledger import join_names
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
        yield Finding("note", f"There is no section {join_names(missing, 'or')}.", "body")


def has_no_empty_section(review: Subject) -> Iterator[Finding]:
    empty = [part.heading for part in review.parts if part.heading and not part.text.strip()]
    if empty and review.text:
        verb, whose = ("have", "their headings") if len(empty) > 1 else ("has", "its heading")
        words = f"{join_names(empty)} {verb} no text yet. Readers will not see {whose}."
        yield Finding("warning", words, "body")


def has_speakers(review: Subject) -> Iterator[Finding]:
    for line in review.rendered.lines:
        if not line.speaker:
            words = f"The line {_known(line)} names no speaker. Add one."
            yield Finding("warning", words, "body", shortened(_bare(line)), _line_of(review, _bare(line)))


def is_within_its_episodes(review: Subject) -> Iterator[Finding]:
    there = review.overview.episodes
    if not there:
        return
    only = f"but the work has {there} episode{'s' * (there > 1)}."
    told = {line.episode for line in review.rendered.lines if line.episode and line.episode > there}
    for line in review.rendered.lines:
        if line.episode in told:
            words = f"The line {_known(line)} is said in episode {line.episode}, {only}"
            yield Finding("warning", words, "body", shortened(_bare(line)), _line_of(review, _bare(line)))
    for reach in dict.fromkeys(review.rendered.reaches):
        if reach.isdecimal() and int(reach) > there:
            yield Finding("warning", f"A spoiler tells of episode {reach}, {only}", "body", f"episode {reach}")
    for block in review.rendered.blocks:
        for match in EPISODES.finditer(block.words):
            number = max(int(each) for each in match.groups() if each)
            if number > there and not (block.section == "lines" and number in told):
                words = f"The text tells of {quoted(match[0])}, {only}"
                yield Finding("warning", words, "body", match[0], block.line)
    told_until = review.document.tells
    if told_until.isdecimal() and int(told_until) > there:
        words = f"The unmarked text is said to tell up to episode {told_until}, {only}"
        yield Finding("warning", words, "tells")


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
                words = f"{quoted(inner)} is quoted here, and Memorable Lines lacks it."
                yield Finding("note", words, "body", shortened(inner), block.line)


def is_dated(review: Subject) -> Iterator[Finding]:
    """Find what was true when it was written, and does not say when that was."""
    for block in review.prose:
        if block.section == "lines":
            continue
        for sentence in sentences(QUOTATION.sub("“”", block.words)):
            claim = _SCORE.search(sentence) or (block.section not in _TOLD and _MOMENT.search(sentence))
            if claim and not _DATED.search(sentence):
                words = f"{quoted(sentence[claim.start() :])} has no date. Say when that was true."
                about = f"{shortened(sentence[claim.start() :])}"
                yield Finding("note", words, "body", about, block.line)


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
        often = f", {len(places)} times" if len(places) > 1 else ""
        yield Finding("note", f"“{quote}” is on your list of filler{often}.", where, quote, line, about=phrase)


def has_an_opening_of_its_own(review: Subject) -> Iterator[Finding]:
    """Find a description that opens like another review's: side by side in a list, both sound like a pattern."""
    own = opening(review.document.description, review.overview.work_title)
    alike = [title for title, text in review.facts.descriptions if own and opening(text, title) == own]
    if alike:
        more = f" and {len(alike) - 1} more" if len(alike) > 1 else ""
        start = shortened(" ".join(review.document.description.split()[:_OPENING]))
        words = f"The description opens like that of “{alike[0]}”{more}: “{start.rstrip('…')} …”."
        yield Finding("note", words, "description", about="opening")


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


def _known(line: Line) -> str:
    """Quote the words by which an author knows a line again."""
    return quoted(_bare(line))
