"""A review, read once: what is drawn, and the outline, the lines, the excerpt and the plain text found on the way."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from typing import Any

from markupsafe import Markup

from kblog import hangul
from kblog.language import gettext as _

from . import lines, policy, spoilers
from .inline import Picture, drawn, is_here, set_off
from .lines import Line
from .parser import REVIEW
from .sections import Outline, Section
from .tokens import Token, closing, element, opening, siblings, typed, words_of

REVIEW_LIMIT = 500_000  # bytes: twenty times the longest review so far, and the worst takes seconds
BLOCK_LIMIT = 10_000  # paragraphs, headings, items, cells: bleach walks a tree in time quadratic in its siblings
ESCAPES_LIMIT = 50_000  # & < > ": it joins text at each of them, again in quadratic time
EXCERPT_LENGTH = 280  # characters: three lines on a card
RUN_IN_LENGTH = 60  # characters: longer, and the words before a colon are a sentence

SYLLABLES_A_WORD = 2.2  # of Korean: people read some 500 syllables in the time of 230 English words
WORD = re.compile(r"\w[\w\-'’\u2010\u2011]*")
EPISODE_TITLE = re.compile(r"(?:episode|ep\.?)\s*\d{1,3}\s?[:.–—-]?(?=\s+\S)|\d{1,3}[화회]\s?[:.–—-]?(?=\s+\S)", re.I)
NOTE = re.compile(r"\[\^[^\]\s]+\]:?")
RUN_IN = re.compile(rf"(?![a-z])\w[^.:;!?…“”\"]{{0,{RUN_IN_LENGTH - 1}}}:(?=\s+\S)")
SENTENCE_END = re.compile(r"[.!?…。][”’\")]*(?=\s)")


@dataclass(frozen=True)
class Block:
    """The text of one block, whatever hides it: a paragraph, an item, a cell, a heading, or a part of a quotation.

    `line` is the line of the source on which it begins, counted from 0, and `section` the kind of section it is in.
    `links` and `pictures` hold addresses, those of pictures with the words that stand for them.
    """

    words: str
    line: int
    section: str
    tag: str
    spoils: str
    links: tuple[str, ...] = ()
    pictures: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Rendered:
    """A review ready to print; `plain`, `passages`, `excerpt` hold nothing from a spoiler, `words` counts everything.

    `passages` is the plain text below each section's heading, with its anchor; "" before the first.
    `reaches` say of each spoiler how far it tells: an episode's number, or "all". `blocks` are its text block by
    block, spoilers included: for its author's eyes, and for no page.
    """

    html: Markup
    outline: tuple[Section, ...]
    lines: tuple[Line, ...]
    plain: str
    passages: tuple[tuple[str, str], ...]
    excerpt: str
    words: int
    reaches: tuple[str, ...]
    blocks: tuple[Block, ...] = ()


def too_long(size: int) -> str:
    """Say that a text has more bytes than a review holds."""
    most, number = f"{REVIEW_LIMIT:,}", f"{size:,}"
    return _("A review holds at most %(most)s bytes of text; this one has %(number)s.", most=most, number=number)


def too_many(blocks: int) -> str:
    """Say that a text has more paragraphs than a review holds."""
    most, number = f"{BLOCK_LIMIT:,}", f"{blocks:,}"
    return _("A review holds at most %(most)s paragraphs or items; this one has %(number)s.", most=most, number=number)


@lru_cache(maxsize=4)  # a save draws its text before the writing transaction begins, and finds it here inside
def render_review(source: str, pictures: tuple[Picture, ...] = ()) -> Rendered:
    """Turn an author's Markdown into safe HTML and an index of it; `pictures` are those of it that are here.

    Raises ValueError with a sentence for the author when the text is too long.
    """
    if (size := len(source.encode())) > REVIEW_LIMIT:
        raise ValueError(too_long(size))
    if (escapes := sum(map(source.count, '&<>"'))) > ESCAPES_LIMIT:
        most, number = f"{ESCAPES_LIMIT:,}", f"{escapes:,}"
        raise ValueError(
            _('A review holds at most %(most)s of & < > and "; this one has %(number)s.', most=most, number=number)
        )
    env: dict[str, Any] = {}
    tokens = REVIEW.parse(source, env)
    if (blocks := sum(token.nesting >= 0 for token in tokens if token.type != "inline")) > BLOCK_LIMIT:
        raise ValueError(too_many(blocks))
    reading = _Reading(env["spoiled_notes"], pictures)
    made = reading.document(tokens)
    return Rendered(
        html=policy.sanitised(REVIEW.renderer.render(made, REVIEW.options, env), policy.REVIEW),
        outline=tuple(reading.outline.sections),
        lines=tuple(reading.lines),
        plain="\n".join(reading.plain),
        passages=tuple(reading.passages()),
        excerpt=_shortened(reading.opening),
        words=reading.words,
        reaches=tuple(reading.reaches),
        blocks=tuple(reading.blocks),
    )


@lru_cache(maxsize=4)
def pictures(source: str) -> tuple[str, ...]:
    """List the addresses of the pictures that some Markdown shows, each as often as it is shown.

    >>> pictures("![At sea](https://o.example/a b.jpg) ![](<https://o.example/바.jpg>)")
    ('https://o.example/%EB%B0%94.jpg',)
    """
    if "![" not in source or len(source.encode()) > REVIEW_LIMIT:  # which nobody draws
        return ()
    inner = (child for token in REVIEW.parse(source) for child in token.children or () if child.type == "image")
    return tuple(str(image.attrs["src"]) for image in inner)


@lru_cache(maxsize=4)
def plain_text(source: str) -> str:
    """Give the words of some Markdown without its markup and without its spoilers: `Rendered.plain`, undrawn.

    Whatever reads an author's prose reads this, so that nothing hidden is understood of it.

    >>> plain_text("A *very* long wait.\\n\\n::: spoiler\\nHe comes.\\n:::")
    'A very long wait.'
    """
    return "\n".join(_read(source).plain)


def word_count(source: str) -> int:
    """Count the words that some Markdown shows, spoilers included, as `Rendered.words` does.

    A footnote counts where it is written, as the text may be one section and the note's number stand in another.

    >>> word_count("A *very* [long](https://k.example/) wait.[^1]\\n\\n[^2]: Too long.")
    6
    """
    return _read(NOTE.sub("", source)).words


def _read(source: str) -> "_Reading":
    env: dict[str, Any] = {}
    tokens = REVIEW.parse(source, env)
    reading = _Reading(env["spoiled_notes"])
    reading.document(tokens)
    return reading


class _Reading:
    """One pass through a review's tokens: what to draw, and the index gathered on the way."""

    def __init__(self, spoiled_notes: dict[int, str], pictures: tuple[Picture, ...] = ()) -> None:
        self.pictures = {picture.address: picture for picture in pictures}
        self.outline = Outline()
        self.lines: list[Line] = []
        self.plain: list[str] = []
        self.hidden: list[str] = []
        self.reaches: list[str] = []
        self.blocks: list[Block] = []
        self._spoiled_notes = spoiled_notes
        self._at = 0  # the line of the source that is being read
        self._openings: dict[str, str] = {}
        self._starts = [("", 0, 0)]  # of each section: its anchor, and where in `plain` its heading and its text begin

    def passages(self) -> Iterator[tuple[str, str]]:
        """Give the plain text of each section that has some, with the section's anchor."""
        ends = [start for _first, start, _last in self._starts[1:]] + [len(self.plain)]
        for (anchor, _at, start), end in zip(self._starts, ends, strict=True):
            if text := "\n".join(self.plain[start:end]):
                yield anchor, text

    @property
    def opening(self) -> str:
        """The first prose of the introduction, else of the review."""
        return self._openings.get("introduction") or next(iter(self._openings.values()), "")

    @property
    def words(self) -> int:
        """How many words have been read, spoilers included."""
        return sum(_counted("\n".join(record)) for record in (self.plain, self.hidden))

    def document(self, tokens: list[Token]) -> list[Token]:
        """Draw a whole review, each h2 opening a section that ends where the next begins."""
        made: list[Token] = []
        is_open = False
        for block in siblings(tokens):
            if block[0].type == "heading_open":
                self.outline.place(block)
            if is_open and (block[0].tag == "h2" or block[0].type == "footnote_block_open"):
                made.append(closing("section"))
                is_open = False
            if block[0].tag == "h2":
                made.append(opening("section", {"aria-labelledby": self.outline.sections[-1].anchor}))
                is_open = True
            before = len(self.plain)
            made += self._block(block, "", is_prose=True)
            if block[0].tag == "h2":
                self._starts.append((self.outline.sections[-1].anchor, before, len(self.plain)))
            elif block[0].type == "footnote_block_open":
                self._starts.append(("", before, before))
        return [*made, closing("section")] if is_open else made

    def _block(self, block: list[Token], spoils: str, *, is_prose: bool = False) -> list[Token]:
        """Draw one block; prose is what stands in no quotation, list, table or footnote."""
        first, inner, last = block[0], block[1:-1], block[-1]
        self._at = first.map[0] if first.map else self._at  # what a quotation was cut into has no line of its own
        match first.type:
            case "spoiler_open":
                details, reach = spoilers.details(first.info)
                self.reaches.append(reach)
                reach = spoilers.farther(spoils, reach)
                return [*details, *self._blocks(inner, reach, is_prose=is_prose), closing("details")]
            case "footnote_open" if info := self._spoiled_notes.get(first.meta["id"]):
                details, reach = spoilers.details(info)
                return [first, *details, *self._blocks(inner, reach), closing("details"), last]
            case "blockquote_open" if is_prose and self.outline.kind == "lines" and (parts := lines.quoted(inner)):
                return self._figure(*parts, spoils)
            case "paragraph_open" if is_prose:
                return self._paragraph(block, spoils)
            case "heading_open":
                if not is_prose or spoils:
                    first.tag = last.tag = self.outline.tag_below
                if first.tag != "h2":
                    set_off(inner[0], EPISODE_TITLE, "span", "ep")
            case "th_open" | "td_open":
                align = str(first.attrs.pop("style", "")).removeprefix("text-align:")
                if first.tag == "th":
                    first.attrs["scope"] = "col"
                if align:
                    first.attrs["class"] = f"align-{align}"
            case "fence" | "code_block":
                self._record(spoils).append(first.content)
            case _:
                pass  # drawn as it is
        if inner and inner[0].type == "inline":
            return self._leaf(block, spoils)
        return [first, *self._blocks(inner, spoils), last] if inner else block

    def _blocks(self, tokens: list[Token], spoils: str, *, is_prose: bool = False) -> list[Token]:
        """Draw the blocks of a container."""
        return [token for block in siblings(tokens) for token in self._block(block, spoils, is_prose=is_prose)]

    def _paragraph(self, block: list[Token], spoils: str) -> list[Token]:
        """Draw a paragraph of prose, which may hold a line, open with a title, or be the review's opening."""
        kind, children = self.outline.kind, block[1].children or []
        if kind == "lines":
            if found := lines.told(words_of(children)):
                quote, speaker, episode = found
                block[0].attrs["id"] = self._line(quote, speaker, episode, "", spoils)
            return self._leaf(block, spoils)
        if kind == "highlights":
            set_off(block[1], RUN_IN, "strong", "run-in")
        if not spoils and kind not in self._openings and (prose := words_of(children, with_pictures=False).strip()):
            self._openings[kind] = prose
        return self._leaf(block, spoils)

    def _figure(self, quote: list[Token], caption: list[Token], spoils: str) -> list[Token]:
        """Draw a line as a figure, and index it."""
        record = self._record(spoils)
        start = len(record)
        words = self._blocks(quote, spoils)
        anchor = self._line("\n".join(record[start:]), *lines.credit(words_of(caption)), spoils)
        below = self._leaf(element("figcaption", caption), spoils)
        figure = opening("figure", {"class": "line", "id": anchor})
        return [figure, opening("blockquote"), *words, closing("blockquote"), *below, closing("figure")]

    def _line(self, quote: str, speaker: str, episode: int | None, context: str, spoils: str) -> str:
        anchor = f"line-{len(self.lines) + 1}"
        self.lines.append(Line(anchor, quote, speaker, episode, context, spoils))
        return anchor

    def _leaf(self, block: list[Token], spoils: str) -> list[Token]:
        """Draw and record a block that holds text and no other block."""
        children = block[1].children or []
        text = words_of(children).strip()
        self._record(spoils).append(text)
        self._pass(block, text, spoils)
        is_korean = hangul.is_mostly_hangul(text) and not block[0].hidden
        if is_korean:
            block[0].attrs["lang"] = "ko"
        shown = self._shown_alone(block)
        picture = self.pictures.get(str(shown.attrs["src"])) if shown else None
        block[1].children = drawn(children, rel="noopener", marks_korean=not is_korean, pictures=self.pictures)
        return self._framed(block, shown, picture.credit if picture else "") if shown else block

    def _shown_alone(self, block: list[Token]) -> Token | None:
        """Return the picture, one of this site, that a paragraph is made of; its link may be around it."""
        inner = [token for token in block[1].children or () if token.tag != "a"]
        is_alone = len(inner) == 1 and inner[0].type == "image" and block[0].tag == "p" and not block[0].hidden
        return inner[0] if is_alone and is_here(inner[0], self.pictures) else None

    def _framed(self, block: list[Token], image: Token, credit: str) -> list[Token]:
        """Draw a paragraph that is a picture as a figure, its title as the words below, and whose it is."""
        block[0].tag = block[-1].tag = "figure"
        block[0].attrs["class"] = "picture"
        caption = str(image.attrs.pop("title", "")).strip()
        words = [typed(f"{caption} " if credit else caption)] if caption else []
        if credit:
            words += [opening("span", {"class": "credit"}), typed(credit), closing("span")]
        if not words:
            return block
        return [*block[:-1], *element("figcaption", drawn(words, rel="noopener", marks_korean=True)), block[-1]]

    def _pass(self, block: list[Token], text: str, spoils: str) -> None:
        """Note a block's text with where it stands, and what it links to and shows; before it is drawn."""
        children = block[1].children or []
        links = tuple(str(token.attrs["href"]) for token in children if token.type == "link_open")
        shown = [token for token in children if token.type == "image"]
        pictures = tuple((str(token.attrs["src"]), words_of(token.children)) for token in shown)
        self.blocks.append(Block(text, self._at, self.outline.kind, block[0].tag, spoils, links, pictures))

    def _record(self, spoils: str) -> list[str]:
        return self.hidden if spoils else self.plain


def _counted(text: str) -> int:
    """Count words, those of Korean by their syllables.

    >>> _counted("Crash Landing on You"), _counted("사랑의 불시착")
    (4, 3)
    """
    words = WORD.findall(text)
    if not hangul.has_hangul(text):
        return len(words)
    syllables = len(hangul.LETTER.findall(unicodedata.normalize("NFC", text)))
    return sum(not hangul.has_hangul(word) for word in words) + ceil(syllables / SYLLABLES_A_WORD)


def _shortened(text: str) -> str:
    """Cut a text at the end of a sentence, else of a word."""
    text = " ".join(text.split())
    if len(text) <= EXCERPT_LENGTH:
        return text
    ends = [end.end() for end in SENTENCE_END.finditer(text, 0, EXCERPT_LENGTH)]
    if ends and ends[-1] > EXCERPT_LENGTH // 2:
        return text[: ends[-1]] + " …"
    start = text[:EXCERPT_LENGTH]
    return (start.rpartition(" ")[0] or start).rstrip(" ,;:—–") + "…"
