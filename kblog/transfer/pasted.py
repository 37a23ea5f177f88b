"""A review that somebody pasted, as a document: a portable document, HTML, or the plain text of its page."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter

from bs4 import BeautifulSoup, Tag

from kblog import document as documents
from kblog import markup, overview
from kblog.characters import characters
from kblog.document import Document, DocumentError
from kblog.labels import kind_of
from kblog.language import gettext as _
from kblog.language import joined, noted, plural
from kblog.markup import BLOCK_LIMIT, LINE_END, REVIEW_LIMIT, section_kind

from .elements import BLOCKS, EMBEDS, MARKS
from .prose import BOLD_HEADING, HASHTAGS, OVERVIEW, convert, is_called, is_hashtags
from .telling import SENTENCES

FRONT_MATTER = re.compile(r"\s*---[ \t]*(?:\n|\Z)")
FIRST_TAG = re.compile(r"\s*<(!doctype|!--|[a-z][a-z0-9]*)(?=[\s/>]).*(?:</|<br|/>)", re.IGNORECASE | re.DOTALL)
TAGS = {*BLOCKS, *EMBEDS, *MARKS, "!doctype", "!--", "html", "head", "body", "a", "br", "font", "img", "span"}
HEADLINE_LENGTH = 200  # characters: a longer first line is a paragraph

# What a page of Blogger says below a review, in letters alone: what heads its comments and other reviews, its buttons.
PAGE_WORDS = frozenset(
    re.findall(
        r"\w[^,]*",
        "comment, comments, no comments, post a comment, leave a comment, enter comment, popular posts, related posts,"
        " you may also like, read more, older post, older posts, newer post, newer posts, powered by blogger,"
        " report abuse, share, share this, get link, copy link, facebook, x, twitter, pinterest, email, email this,"
        " blogthis, share to x, share to twitter, share to facebook, share to pinterest, other apps, 댓글, 댓글 개,"
        " 댓글 쓰기, 인기 게시물, 이 블로그의 인기 게시물, 공유, 공유하기, 링크 만들기, 링크 가져오기, 이메일,"
        " 기타 앱, 다른 앱",
    )
)


class NotAReview(ValueError):
    """The text cannot be taken for a review; the message is one sentence for the person who pasted it."""


@dataclass(frozen=True)
class Pasted:
    """The document, and in sentences what was understood, what is missing and what was left out."""

    document: Document
    notes: tuple[str, ...]


def read(text: str) -> Pasted:
    r"""Read a pasted review, whichever of the three shapes it has.

    No word is lost but the page's own below the hashtags, and those are named in the notes. Raises NotAReview, or
    DocumentError for a portable document that is broken.

    >>> read("Salt & sea\nIntroduction\nIt rains.\nHashtags\n#SaltRoad\nPopular Posts").notes[-1]
    'Left out below the hashtags, as the page’s own words: “Popular Posts”.'
    """
    text = LINE_END.sub("\n", text.encode(errors="replace").decode().removeprefix("\ufeff"))
    if not text.strip():
        raise NotAReview(_("There is nothing to read yet. Paste the text of a review."))
    if FRONT_MATTER.match(text):
        return _noted(noted("a portable document"), _parsed(text))
    if (size := len(text.encode())) > REVIEW_LIMIT:
        raise NotAReview(markup.too_long(size))
    if (lines := len(re.findall(r"\S.*", text))) > BLOCK_LIMIT:  # bs4 would take a minute to say so
        raise NotAReview(markup.too_many(lines))
    tag = FIRST_TAG.match(text)
    if tag and tag[1].lower() in TAGS:
        heading = BeautifulSoup(text, "html.parser").find("h1")
        return _converted("HTML", " ".join(heading.get_text().split()) if heading else "", text)
    review, below = _parted([line.strip() for line in text.split("\n")])
    headline = _headline(review)
    if headline:
        review = review[review.index(headline) + 1 :]
    return _converted(noted("plain text"), headline, "".join(map(str, _elements(review))), below)


def _parsed(text: str) -> Document:
    """Parse a portable document that may have blank lines above it."""
    above = text[: len(text) - len(text.lstrip())]
    try:
        return documents.parse(text.removeprefix(above))
    except DocumentError as error:
        _, _, sentence = str(error).partition(": ")
        raise DocumentError(sentence, error.line + above.count("\n")) from None


def _converted(shape: str, headline: str, html: str, below: Sequence[str] = ()) -> Pasted:
    made = convert(html, headline=headline)
    document = made.into(Document(headline=headline))
    understood = overview.understand(document.overview)
    played = characters(document.body, [credit.name for credit in understood.credits])
    document = replace(document, kind=kind_of(document, understood), characters=tuple(played.items()))
    lost = [f"{loss[:1].upper()}{loss[1:]}." for loss in map(SENTENCES.told, made.lost)]
    if below:
        lines = ", ".join(f"“{line}”" for line in below)
        lost.append(_("Left out below the hashtags, as the page’s own words: %(lines)s.", lines=lines))
    return _noted(shape, document, lost)


def _noted(shape: str, document: Document, lost: Sequence[str] = ()) -> Pasted:
    """Say what a document holds, what it lacks and what was lost on the way to it."""
    try:
        rendered = markup.render_review(document.body)
    except ValueError as error:
        raise NotAReview(str(error)) from None
    played = len(document.characters)  # of the story: "%(number)s character" is a letter elsewhere
    counted = {
        plural(len(document.overview), "overview row"): document.overview,
        _("1 character") if played == 1 else _("%(number)s characters", number=played): document.characters,
        plural(len(rendered.outline), "section"): rendered.outline,
        plural(len(rendered.lines), "memorable line"): rendered.lines,
        plural(len(document.hashtags), "hashtag"): document.hashtags,
    }
    found = [words for words, there in counted.items() if there]
    has_text = bool(document.body.strip())
    lacks = {
        _("No headline was found. Type one."): not document.headline,
        _("No Overview was found: no line says so above rows such as “Year: 2021”. Fill its fields in."): (
            not document.overview
        ),
        _("No text was found below the headline."): not has_text,
        _("No usual heading was found, so the text is one section."): has_text and not rendered.outline,
        _("No hashtags were found."): not document.hashtags,
    }
    unknown = [row.label for row in document.overview if row.label and row.field is None]
    whole = _("Read as %(shape)s: %(found)s.", shape=_(shape), found=joined(found, "and"))
    return Pasted(
        document,
        (
            whole if found else _("Read as %(shape)s.", shape=_(shape)),
            *(sentence for sentence, is_so in lacks.items() if is_so),
            *(_("“%(label)s” is not a label known here; its row is kept as written.", label=each) for each in unknown),
            *lost,
        ),
    )


def _is_heading(line: str) -> bool:
    return len(line) <= BOLD_HEADING and bool(section_kind(line) or is_called(line, OVERVIEW | HASHTAGS))


def _parted(lines: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """Part a review from what its page says below the hashtags; without hashtags, all of it is the review."""
    tagged = [at for at, line in enumerate(lines) if is_hashtags(line) or is_called(line, HASHTAGS)]
    if not tagged:
        return lines, ()
    last = max(at for at, line in enumerate(lines) if at == tagged[-1] or _is_heading(line))
    letters = (" ".join(re.findall(r"[^\W\d_]+", line)).casefold() for line in lines[last + 1 :])
    end = next((at for at, said in enumerate(letters, last + 1) if said in PAGE_WORDS), len(lines))
    return lines[:end], [line for line in lines[end:] if line]


def _headline(lines: Sequence[str]) -> str:
    """Return the first line, unless a review begins there that has no headline."""
    first, second = [*filter(None, lines), "", ""][:2]
    if len(first) > HEADLINE_LENGTH or _is_heading(first) or is_hashtags(first):
        return ""
    rows = overview.rows(f"{first}\n{second}")
    return "" if len(rows) == 2 and all(row.field for row in rows) else first


def _elements(lines: Sequence[str]) -> Iterator[Tag]:
    """Make headings of the usual ones, one paragraph of the overview's rows, one of hashtags, and more of the rest.

    Either blank lines part the paragraphs of a text or each line is one; it is the way that most of them go.
    """
    groups = _sorted(lines)
    sorts = [sort for sort, _ in groups]
    parted = sum(three == ("text", "", "text") for three in zip(sorts, sorts[1:], sorts[2:], strict=False))
    joined = sum(len(group) - 1 for sort, group in groups if sort == "text")
    for sort, group in groups:
        if sort == "heading":
            yield from (_element("h2", [re.sub(r"^#{1,6}\s+", "", line)]) for line in group)
        elif sort == "text" and joined > parted:
            yield from (_element("p", [line]) for line in group)
        elif sort:
            yield _element("p", group)


def _sorted(lines: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Group neighbouring lines that are headings, rows of the overview, hashtags, text or blank."""
    sorts: list[str] = []
    is_overview = False
    for line in lines:
        if is_heading := _is_heading(line):
            is_overview = is_called(line, OVERVIEW)
        rest = "hashtags" if is_hashtags(line) else "row" if is_overview else "text"
        sorts.append("" if not line else "heading" if is_heading else rest)
    grouped = groupby(zip(sorts, lines, strict=True), key=itemgetter(0))
    return [(sort, [line for _, line in group]) for sort, group in grouped]


def _element(name: str, lines: Sequence[str]) -> Tag:
    soup = BeautifulSoup("", "html.parser")
    element = soup.new_tag(name)
    for number, line in enumerate(lines):
        element.extend([soup.new_tag("br")] * bool(number) + [soup.new_string(line)])
    return element
