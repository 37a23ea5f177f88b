"""A post's HTML as the parts of a review: overview rows, hashtags, and the rest as Markdown."""

import copy
import re
from collections import deque
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from bs4 import Tag

from kblog import overview
from kblog.document import Document
from kblog.markup import section_kind

from . import lines, markdown
from .addresses import Neighbourhood
from .elements import HEADINGS
from .tidy import Tidy, tidy

OVERVIEW = frozenset(
    ("overview", "at a glance", "drama overview", "film overview", "movie overview", "개요", "작품 개요", "기본 정보")
)
HASHTAGS = frozenset(("hashtags", "hashtag", "해시태그"))
HASHTAG = re.compile(r"#(?=[^\s#]*[^\W\d])[^\s#,;|]+")  # at least one letter: "#1" is a rank
BETWEEN_TAGS = re.compile(r"[\s,;|·]*")
BOLD_HEADING = 80  # characters: a longer bold paragraph is an emphatic one
BEYOND_WORDS = re.compile(r"[<>&]|://|  ")  # markup, entities, addresses, runs of blanks: those are read with care
KNOWN_LABELS = 3  # so many in a row open an overview that has no heading


@dataclass(frozen=True)
class Prose:
    """One post's parts; `lost` names in words whatever Markdown or this site cannot hold."""

    rows: tuple[overview.Row, ...]
    hashtags: tuple[str, ...]
    markdown: str
    pictures: int
    embeds: int
    lost: tuple[str, ...]

    def into(self, document: Document) -> Document:
        """Put the parts into the document of their review."""
        return replace(document, overview=self.rows, hashtags=self.hashtags, body=self.markdown)


def convert(
    html: str,
    *,
    own_hosts: AbstractSet[str] = frozenset(),
    own_paths: AbstractSet[str] = frozenset(),
    headline: str = "",
    is_page: bool = False,
) -> Prose:
    """Take a post apart; rows and hashtags leave the body with their headings, byte for byte as written.

    A standing page has no card that rows could move to: all of it stays in the body.

    A first paragraph or heading that only repeats `headline` is dropped: the page prints it above the text.

    >>> convert("<h2>Overview</h2><b>Year:</b> 2023<br><h2>Overall Story</h2><p>1. A <b>start</b></p>").markdown
    '## Overall Story\\n\\n1\\\\. A **start**\\n'
    """
    tidied = tidy(html, Neighbourhood(own_hosts, own_paths))
    body = tidied.body
    _drop_headline(body, headline)
    rows = () if is_page else _take_overview(tidied)
    hashtags = () if is_page else _take_hashtags(body)
    lines.set_apart(body)
    _level_headings(body)
    return Prose(rows, hashtags, markdown.written(body), tidied.pictures, tidied.embeds, tuple(tidied.lost))


def is_called(heading: str, names: AbstractSet[str]) -> bool:
    """Tell whether a heading has one of the names, whatever signs decorate it.

    >>> is_called("✨ OVERVIEW ✨", OVERVIEW), is_called("An overview of my cats", OVERVIEW)
    (True, False)
    """
    return len(heading) <= BOLD_HEADING and re.sub(r"^[\W_]+|[\W_]+$", "", heading).casefold() in names


def is_hashtags(text: str) -> bool:
    """Tell whether a text is hashtags and nothing else.

    >>> is_hashtags("#SaltRoad, #소금길"), is_hashtags("#SaltRoad is out"), is_hashtags("#1")
    (True, False, False)
    """
    rest, tags = HASHTAG.subn("", text)
    return bool(tags and BETWEEN_TAGS.fullmatch(rest))


def comment_markdown(html: str) -> str:
    """Write a comment's HTML as the Markdown a comment may have; a picture in it becomes a link.

    >>> comment_markdown("Loved it :-)<br>1. the song")
    'Loved it :-)\\\\\\n1\\\\. the song\\n'
    """
    if not re.search(r"<(?:br|p|div)\b", html, re.IGNORECASE):
        html = html.replace("\n", "<br>")
    if bare := _bare_lines(html):
        return markdown.written_lines(bare)
    return markdown.written(tidy(html, Neighbourhood(), plain=True).body)


def _bare_lines(html: str) -> list[str]:
    """Give the lines of a comment that is nothing but words and single breaks, as most are; else none."""
    lines = [" ".join(line.split(" ")).strip(" ") for line in re.split(r"<br ?/?>\n?", html)]
    is_bare = all(line and line.isprintable() and not BEYOND_WORDS.search(line) for line in lines)
    return lines if is_bare else []


def _blocks(body: Tag) -> list[Tag]:
    return body.find_all(True, recursive=False)


def _words(tag: Tag) -> str:
    return " ".join(tag.get_text().split())


def _drop_headline(body: Tag, headline: str) -> None:
    first = next((block for block in _blocks(body) if _words(block)), None)
    if first is not None and first.find("img") is None and _words(first) == " ".join(headline.split()) != "":
        first.decompose()


def _heading(block: Tag) -> str:
    """Return what a heading says, be it a real one or a short paragraph all in bold; "" for anything else."""
    text = _words(block)
    if block.name in HEADINGS:
        return text
    strong = " ".join(_words(part) for part in block.find_all("strong"))
    is_bold = block.name == "p" and strong == text and len(text) <= BOLD_HEADING and len(block.contents) == 1
    return text if is_bold and _row(text) is None else ""


def _named(block: Tag, names: AbstractSet[str]) -> bool:
    return is_called(_heading(block), names)


def _section(body: Tag, names: AbstractSet[str]) -> tuple[Tag, list[Tag]] | None:
    """Find the heading of that name and the blocks under it, up to the next heading."""
    _free_bold_headings(body, names)
    blocks = _blocks(body)
    for index, block in enumerate(blocks):
        if _named(block, names):
            rest = blocks[index + 1 :]
            end = next((n for n, after in enumerate(rest) if _heading(after)), len(rest))
            return block, rest[:end]
    return None


def _free_bold_headings(body: Tag, names: AbstractSet[str]) -> None:
    """Give a bold first line of that name a paragraph of its own, apart from the lines it heads."""
    for block in _blocks(body):
        first = block.find("line", recursive=False)
        if isinstance(first, Tag) and len(block.contents) > 1 and first.find("strong") is not None:
            alone = Tag(name="p")
            alone.append(copy.copy(first))
            if _named(alone, names):
                first.decompose()
                block.insert_before(alone)


def _row_of(part: Tag) -> overview.Row | None:
    """Read one line, item or table row as "Label: value"."""
    if part.name == "tr":
        cells = [text for cell in part.find_all(["td", "th"]) if (text := _words(cell))]
        is_head = part.find("td") is None
        text = f"{cells[0].rstrip(' :')}: {cells[1]}" if len(cells) == 2 and not is_head else ""
    else:
        text = _words(part)
    return _row(text)


def _row(text: str) -> overview.Row | None:
    found = overview.rows(text)
    return found[0] if len(found) == 1 and found[0].label else None


def _parts(block: Tag) -> list[Tag]:
    """List what may be a row in a block: a paragraph's lines, a list's items, a table's rows."""
    return block.find_all({"p": "line", "ul": "li", "ol": "li", "table": "tr"}.get(block.name, []), recursive=False)


def _take_overview(tidied: Tidy) -> tuple[overview.Row, ...]:
    section = _section(tidied.body, OVERVIEW)
    heading, blocks = section or (None, _blocks(tidied.body))
    taken = list(_rows_in(blocks, has_begun=heading is None))
    while heading is None and taken and taken[-1][0].field is None:
        taken.pop()  # without a heading, an unknown label at the end is more likely prose with a colon
    if sum(row.field is not None for row, _ in taken) < (KNOWN_LABELS if heading is None else 1):
        return ()
    if heading is not None:
        heading.decompose()
    for _, part in taken:
        tidied.lost += [f"the link {link['href']} in the overview" for link in part.find_all("a")]
        _take(part)
    return tuple(row for row, _ in taken)


def _rows_in(blocks: list[Tag], *, has_begun: bool) -> Iterator[tuple[overview.Row, Tag]]:
    """Yield the rows of the first blocks that have any; once begun, a block without them is prose again."""
    for block in blocks:
        found = [(row, part) for part in _parts(block) if (row := _row_of(part)) is not None]
        if has_begun and not found and _words(block):
            return
        has_begun = has_begun or bool(found)
        yield from found


def _take(part: Tag) -> None:
    """Remove a line, item or row from the body; a picture in it stays."""
    block, pictures = part.parent, [picture.extract() for picture in part.find_all("img")]
    part.decompose()
    if block is None:
        return
    if pictures:
        paragraph, line = Tag(name="p"), Tag(name="line")
        line.extend(pictures)
        paragraph.append(line)
        block.insert_before(paragraph)
    if not block.contents:
        block.decompose()


def _take_hashtags(body: Tag) -> tuple[str, ...]:
    section = _section(body, HASHTAGS)
    last = next((block for block in reversed(_blocks(body)) if _words(block)), None)
    blocks = section[1] if section else [] if last is None else [last]
    parts = [part for block in blocks for part in _parts(block)]
    found = [(part, *_tags_around(part.get_text())) for part in parts if part.name != "tr"]
    if not any(tags for _, tags, _, _ in found) or (not section and any(start < end for _, _, start, end in found)):
        return ()
    if section:
        section[0].decompose()
    for part, tags, start, end in found:
        if start < end and tags and part.name == "line":
            part.replace_with(lines.piece(part, start, end))
        elif start >= end:
            _take(part)
    return tuple(tag for _, tags, start, end in found for tag in tags)


def _tags_around(text: str) -> tuple[list[str], int, int]:
    """Return the hashtags at the start and end of a text, and from where to where it has other words."""
    found = deque(HASHTAG.finditer(text))
    start, end = 0, len(text)
    before: list[str] = []
    after: list[str] = []
    while found and BETWEEN_TAGS.fullmatch(text, start, found[0].start()):
        start = found[0].end()
        before.append(found.popleft()[0])
    while found and BETWEEN_TAGS.fullmatch(text, found[-1].end(), end):
        end = found[-1].start()
        after.insert(0, found.pop()[0])
    if BETWEEN_TAGS.fullmatch(text, start, end):
        start = end
    return before + after, start, end


def _level_headings(body: Tag) -> None:
    """Make the sections h2, whichever size the old editor gave them; nothing is smaller than h4."""
    headings = [(block, int(block.name[1])) for block in _blocks(body) if block.name in HEADINGS]
    usual = [level for block, level in headings if section_kind(_words(block))]
    base = min(usual or [level for _, level in headings], default=2)
    for block, level in headings:
        block.name = f"h{min(max(level - base + 2, 2), 4)}"
