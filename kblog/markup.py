"""What an author or commenter typed, as HTML that is safe to print, and a review's outline, lines and plain text."""

import re
import unicodedata
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import groupby
from typing import Any

import bleach
import nh3
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markupsafe import Markup
from mdit_py_plugins.footnote import footnote_plugin
from slugify import slugify

from kblog.hangul_emphasis import KoreanInline

REVIEW_LIMIT = 500_000  # bytes: twenty times the longest review so far, and the worst takes seconds
COMMENT_LIMIT = 10_000  # characters: an essay; the worst of them is parsed in a tenth of a second
BLOCK_LIMIT = 10_000  # paragraphs, headings, items, cells: bleach walks a tree in time quadratic in its siblings
ESCAPES_LIMIT = 50_000  # & < > ": it joins text at each of them, again in quadratic time
PARAGRAPH_LIMIT = 10_000  # characters parsed for emphasis and links: the time an unclosed "![](" costs is quadratic
NESTING_LIMIT = 10  # levels of blocks, and of emphasis: sanitising deep trees is quadratic
EXCERPT_LENGTH = 280  # characters: three lines on a card
RUN_IN_LENGTH = 60  # characters: longer, and the words before a colon are a sentence

COMMENT = frozenset(re.findall(r"\w+", "p br a em strong del blockquote code pre ul ol li details summary"))
PROSE = COMMENT | frozenset(
    re.findall(r"\w+", "hr h2 h3 h4 sup span img figure figcaption table thead tbody tr th td section")
)
_ADDRESS = r"[^\s\x00-\x1f\x7f\\<>\"]"  # a browser reads a backslash as a slash: /\evil.example is another site
OUTSIDE = rf"https?://{_ADDRESS}+|mailto:{_ADDRESS}+"
URL = re.compile(rf"{OUTSIDE}|/(?!/){_ADDRESS}*|#[\w\-.~%:]*", re.I)
COMMENT_URL = re.compile(OUTSIDE, re.I)
SRC = re.compile(r"/(?:media|static)/[\w\-./%]+")  # a remote image is a tracker
ID = re.compile(r"(?:fn|fnref)[\w\-:]{0,40}|h-[\w\-]{1,80}|line-\d{1,3}")  # prefixed: no DOM clobbering
ANY, NUMBER = re.compile(r"[^\x00]*"), re.compile(r"\d{1,9}")
SPOILER_CLASS = {("details", "class"): re.compile("spoiler")}
PROSE_ATTRIBUTES = SPOILER_CLASS | {
    ("*", "id"): ID,
    ("*", "lang"): re.compile("ko"),
    ("a", "href"): URL,
    ("a", "title"): ANY,
    ("a", "rel"): re.compile("noopener|nofollow noopener"),
    ("a", "class"): re.compile("picture|footnote-backref"),
    ("details", "data-until"): re.compile(r"all|\d{1,3}"),
    ("figure", "class"): re.compile("line"),
    ("hr", "class"): re.compile("footnotes-sep"),
    ("img", "src"): SRC,
    ("img", "alt"): ANY,
    ("img", "title"): ANY,
    ("img", "loading"): re.compile("lazy"),
    ("img", "decoding"): re.compile("async"),
    ("li", "class"): re.compile("footnote-item"),
    ("ol", "class"): re.compile("footnotes-list"),
    ("ol", "start"): NUMBER,
    ("section", "aria-labelledby"): re.compile(r"h-[\w\-]{1,80}"),
    ("section", "class"): re.compile("footnotes"),
    ("span", "class"): re.compile("ep"),
    ("strong", "class"): re.compile("run-in"),
    ("sup", "class"): re.compile("footnote-ref"),
    ("td", "class"): re.compile("align-(?:left|center|right)"),
    ("th", "class"): re.compile("align-(?:left|center|right)"),
    ("th", "scope"): re.compile("col"),
}
COMMENT_ATTRIBUTES = SPOILER_CLASS | {
    ("a", "href"): COMMENT_URL,
    ("a", "title"): ANY,
    ("a", "rel"): re.compile("nofollow ugc noopener"),
    ("ol", "start"): NUMBER,
}
Policy = dict[tuple[str, str], re.Pattern[str]]

KINDS = {
    "introduction": "introduction, intro, 소개, 들어가며, 들어가는 말",
    "story": "overall story, story, plot, synopsis, 줄거리, 이야기",
    "highlights": "highlight moments, key episodes, highlight scenes, unforgettable moments, highlights, 명장면",
    "lines": "memorable lines, memorable quotes, lines, quotes, 명대사",
    "special": "why its special, why it is special, 특별한 이유, 매력",
    "reception": "popularity and reception, popularity, reception, 반응, 평가",
    "cast": "cast and fun facts, cast, fun facts, 출연진, 등장인물",
    "conclusion": "conclusion, warm reminders, 결론, 마치며, 맺음말",
}
_KIND_OF = {name: kind for kind, names in KINDS.items() for name in names.split(", ")}

SPOILER = re.compile(r":{3,}[ \t]*spoilers?(?![\w-])(.*)", re.I)
SPOILER_END = re.compile(r":{3,}[ \t]*")
REACH = re.compile(
    r"\s*(?:for )?(?:episodes?|eps?\.?)?\s*(\d{1,3})(?:\s*(?:[-‐-―~]|to)\s*(\d{1,3}))?\s*[화회]?\s*", re.I
)
BREAKS = ("softbreak", "hardbreak")
FENCE = re.compile(r"```|~~~")
HIDDEN = re.compile(r"(?<!\|)\|\|(?!\|)")  # a comment's mark around a spoiler

HANGUL = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7fb]+")
HANGUL_RUN = re.compile(rf"{HANGUL.pattern}(?:[^A-Za-z\u00c0-\u10ff\u3130-\u318f\uac00-\ud7fb]+{HANGUL.pattern})*")
DETAILS = re.compile(r'(?P<close></details>)|<details\b[^>]*>|<h2 id="(?P<anchor>[^"]+)">')
SUMMARY = re.compile(r"\s*<summary>(.*?)</summary>", re.DOTALL)
APOSTROPHE = re.compile("['‘’]")  # typed either way, it makes the same section and the same anchor
WORD = re.compile(r"\w[\w\-'’\u2010\u2011]*")
DASH = re.compile(r"\s*(?:[—–―]|--|-\s)\s*")
QUOTATION = re.compile(r"“[^“”]+”|\"[^\"]+\"")
SPOKEN = re.compile(rf"\s*({QUOTATION.pattern})\s*[—–―-]\s*(?=\S)")
EPISODE = re.compile(r"\b(?:episode|ep\.?)\s*(\d{1,3})\b|제?\s?(\d{1,3})\s?[화회]", re.I)
EPISODE_TITLE = re.compile(r"(?:episode|ep\.?)\s*\d{1,3}\s?[:.–—-]?(?=\s+\S)|\d{1,3}[화회]\s?[:.–—-]?(?=\s+\S)", re.I)
RUN_IN = re.compile(rf"(?![a-z])\w[^.:;!?…“”\"]{{0,{RUN_IN_LENGTH - 1}}}:(?=\s+\S)")
SENTENCE_END = re.compile(r"[.!?…。][”’\")]*(?=\s)")
# Where a caption stops when the export lost the break before the commentary: a sentence's first word follows.
COMMENTARY = re.compile(
    r"(?<=[a-z]{2}[.!?])\s+(?=\w)|(?<=\S)\s+(?=(?:An?|And|As|At|Before|But|By|For|From|He|Her|His|I|If|In|It|It’s|It's|No|On|Once|She|So|That"
    r"|The|Their|There|These|They|This|To|We|What|When|Where|While|With|You)\s)"
)
_NAME = (
    r"(?!(?:He|She|They|It|Who|Episode|One)\b)[A-Z]\w+(?:[-\u2010\u2011]\w+)?(?:\s[A-Z]\w+(?:[-\u2010\u2011]\w+)?){0,2}"
)
_SAYING = (
    r"(?:admit|answer|ask|confess|declare|deliver|murmur|promise|remind|say|shout|tell|utter|warn|whisper)(?:e?s)"
    r"|cries|replies|pleads|admitted|answered|asked|confessed|said|told|whispered"
)
SPEAKER = re.compile(
    rf"(?P<says>{_NAME})(?:,[^,]{{1,100}},)?(?:\s\w+ly)?\s(?:{_SAYING})\b"
    rf"|\b[Ss]poken by (?P<by>{_NAME})|(?P<whose>{_NAME})[’'](?:s\s)?[^.!?]{{0,80}}\blines?\b"
)


@dataclass(frozen=True)
class Section:
    """One part of a review under its own heading."""

    anchor: str
    heading: str
    kind: str


@dataclass(frozen=True)
class Line:
    """One memorable quotation, as typed, its quotation marks included; `spoils` is "", an episode's number or "all"."""

    anchor: str
    quote: str
    speaker: str
    episode: int | None
    context: str
    spoils: str


@dataclass(frozen=True)
class Rendered:
    """A review ready to print; `plain` and `excerpt` hold nothing from a spoiler, `words` counts everything."""

    html: Markup
    outline: tuple[Section, ...]
    lines: tuple[Line, ...]
    plain: str
    excerpt: str
    words: int


def render_review(source: str) -> Rendered:
    """Turn an author's Markdown into safe HTML and an index of it.

    Raises ValueError with a sentence for the author when the text is too long.
    """
    if (size := len(source.encode())) > REVIEW_LIMIT:
        raise ValueError(f"A review holds at most {REVIEW_LIMIT:,} bytes of text; this one has {size:,}.")
    if (escapes := sum(map(source.count, '&<>"'))) > ESCAPES_LIMIT:
        raise ValueError(f'A review holds at most {ESCAPES_LIMIT:,} of & < > and "; this one has {escapes:,}.')
    env: dict[str, Any] = {}
    tokens = _REVIEW.parse(source, env)
    if (blocks := sum(token.nesting >= 0 for token in tokens if token.type != "inline")) > BLOCK_LIMIT:
        raise ValueError(f"A review holds at most {BLOCK_LIMIT:,} paragraphs or items; this one has {blocks:,}.")
    reading = _Reading(env.get("spoiled_notes", {}))
    drawn = reading.document(tokens)
    return Rendered(
        html=_sanitised(_REVIEW.renderer.render(drawn, _REVIEW.options, env), PROSE, PROSE_ATTRIBUTES),
        outline=tuple(reading.outline),
        lines=tuple(reading.lines),
        plain="\n".join(reading.plain),
        excerpt=_shortened(reading.opening),
        words=sum(len(WORD.findall(text)) for text in reading.plain + reading.hidden),
    )


def render_comment(source: str) -> Markup:
    """Turn a commenter's text into safe HTML; ``||text||`` is hidden behind a click.

    Raises ValueError with a sentence for the commenter when the text is too long.
    """
    return _sanitised(_COMMENT.renderer.render(_comment(source), _COMMENT.options, {}), COMMENT, COMMENT_ATTRIBUTES)


def comment_plain(source: str) -> str:
    """Give a comment's words without markup and without its spoilers, one paragraph a line."""
    depth, texts = 0, []
    for token in _comment(source):
        depth += token.nesting if token.tag == "details" else 0
        if not depth and token.type in ("inline", "fence"):
            texts.append(_text(token.children) if token.children else token.content)
    return "\n".join(text.strip() for text in texts)


def without_spoilers(html: Markup, url: str) -> Markup:
    """Put a link to its place on the page at `url` where rendered text holds a spoiler: what feeds carry.

    >>> without_spoilers(render_review("::: spoiler episode 7\\nHe did it.\\n:::").html, "https://k.example/r/").strip()
    Markup('<p><a href="https://k.example/r/">Spoilers for episode 7</a></p>')
    """
    kept, depth, at, anchor = [], 0, 0, ""
    for match in DETAILS.finditer(html):
        if match["anchor"]:
            anchor = anchor if depth else f"#{match['anchor']}"
        elif match["close"]:
            depth -= 1
            at = match.end()
        elif depth := depth + 1:
            summary = SUMMARY.match(html, match.end()) if depth == 1 else None
            if depth == 1:
                words = summary[1] if summary else "Spoiler"
                kept += [html[at : match.start()], f'<p><a href="{escapeHtml(url + anchor)}">{words}</a></p>']
    return Markup("".join([*kept, html[at:]]))  # noqa: S704 - slices of what is safe, and an escaped address


def section_kind(heading: str) -> str:
    """Recognise a usual section by its heading, or give "".

    >>> section_kind("Why It’s Special"), section_kind("HIGHLIGHT MOMENTS / Key Episodes"), section_kind("My cat")
    ('special', 'highlights', '')
    """
    plain = APOSTROPHE.sub("", unicodedata.normalize("NFC", heading).casefold()).replace("&", " and ")
    halves = (" ".join(re.findall(r"[^\W_]+", half)) for half in (plain, *plain.split("/")))
    return next((_KIND_OF[half] for half in halves if half in _KIND_OF), "")


def href_is_safe(url: str) -> bool:
    """Say whether a link may lead there: the web, mail, or a place on this site.

    >>> [href_is_safe(url) for url in ("https://example.org/", "/about", "//evil.example", "javascript:1")]
    [True, True, False, False]
    """
    return URL.fullmatch(url) is not None


class _Reading:
    """One pass through a review's tokens: what to draw, and the index gathered on the way."""

    def __init__(self, spoiled_notes: dict[int, str]) -> None:
        self.outline: list[Section] = []
        self.lines: list[Line] = []
        self.plain: list[str] = []
        self.hidden: list[str] = []
        self._spoiled_notes = spoiled_notes
        self._openings: dict[str, str] = {}
        self._levels: list[int] = []
        self._anchors: dict[str, int] = {}

    @property
    def opening(self) -> str:
        """The first prose of the introduction, else of the review."""
        return self._openings.get("introduction") or next(iter(self._openings.values()), "")

    @property
    def _kind(self) -> str:
        return self.outline[-1].kind if self.outline else ""

    def document(self, tokens: list[Token]) -> list[Token]:
        """Draw a whole review, each h2 opening a section that ends where the next begins."""
        drawn: list[Token] = []
        is_open = False
        for block in _siblings(tokens):
            if block[0].type == "heading_open":
                self._place(block)
            if is_open and (block[0].tag == "h2" or block[0].type == "footnote_block_open"):
                drawn.append(_closing("section"))
                is_open = False
            if block[0].tag == "h2":
                drawn.append(_opening("section", {"aria-labelledby": self.outline[-1].anchor}))
                is_open = True
            drawn += self.block(block, "", is_prose=True)
        return [*drawn, _closing("section")] if is_open else drawn

    def block(self, block: list[Token], spoils: str, *, is_prose: bool = False) -> list[Token]:
        """Draw one block; prose is what stands in no quotation, list, table or footnote."""
        first, inner, last = block[0], block[1:-1], block[-1]
        match first.type:
            case "spoiler_open":
                details, reach = _details(first.info)
                return [*details, *self.blocks(inner, _farther(spoils, reach), is_prose=is_prose), _closing("details")]
            case "footnote_open" if info := self._spoiled_notes.get(first.meta["id"]):
                details, reach = _details(info)
                return [first, *details, *self.blocks(inner, reach), _closing("details"), last]
            case "blockquote_open" if is_prose and self._kind == "lines" and (parts := _quoted(inner)):
                return self._figure(*parts, spoils)
            case "paragraph_open" if is_prose:
                return self._paragraph(block, spoils)
            case "heading_open":
                if not is_prose or spoils:
                    first.tag = last.tag = f"h{min(max(3, 2 + len(self._levels)), 4)}"
                if first.tag != "h2":
                    _set_off(inner[0], EPISODE_TITLE, "span", "ep")
            case "th_open" | "td_open":
                align = str(first.attrs.pop("style", "")).removeprefix("text-align:")
                if first.tag == "th":
                    first.attrs["scope"] = "col"
                if align:
                    first.attrs["class"] = f"align-{align}"
            case "fence" | "code_block":
                self._record(spoils).append(first.content)
        if inner and inner[0].type == "inline":
            return self._leaf(block, spoils)
        return [first, *self.blocks(inner, spoils), last] if inner else block

    def blocks(self, tokens: list[Token], spoils: str, *, is_prose: bool = False) -> list[Token]:
        """Draw the blocks of a container."""
        return [token for block in _siblings(tokens) for token in self.block(block, spoils, is_prose=is_prose)]

    def _place(self, heading: list[Token]) -> None:
        """Give a heading a level that skips none, and an h2 its id and its place in the outline."""
        level = max(2, int(heading[0].tag[1]))  # the page has its own h1
        while self._levels and self._levels[-1] >= level:
            self._levels.pop()
        self._levels.append(level)
        heading[0].tag = heading[-1].tag = f"h{min(1 + len(self._levels), 4)}"
        if heading[0].tag == "h2":
            words = _text(heading[1].children).strip()
            name = "h-" + (slugify(APOSTROPHE.sub("", words[:200]), max_length=60) or "section")
            number = self._anchors.get(name, 0) + 1
            while (anchor := f"{name}-{number}" if number > 1 else name) in self._anchors:
                number += 1
            self._anchors |= {anchor: 1, name: number}
            heading[0].attrs["id"] = anchor
            self.outline.append(Section(anchor, words, section_kind(words)))

    def _paragraph(self, block: list[Token], spoils: str) -> list[Token]:
        """Draw a paragraph of prose, which may hold a line, open with a title, or be the review's opening."""
        children = block[1].children or []
        if self._kind == "lines":
            if spoken := _spoken(children):
                quote, caption, commentary = spoken
                figure = self._figure(_element("p", quote), caption, spoils)
                return figure + (self.block(_element("p", commentary), spoils) if commentary else [])
            text = _text(children)
            frame = QUOTATION.sub("“”", text)
            quotes, episode = QUOTATION.findall(text), EPISODE.search(frame)
            if quotes and episode:
                named = SPEAKER.search(frame)
                speaker = named["says"] or named["by"] or named["whose"] if named else ""
                block[0].attrs["id"] = self._line(max(quotes, key=len), speaker, _number(episode), "", spoils)
            return self._leaf(block, spoils)
        if self._kind == "highlights":
            _set_off(block[1], RUN_IN, "strong", "run-in")
        prose = "" if spoils else _text(children, with_pictures=False).strip()
        if prose and not self._openings.get(self._kind):
            self._openings[self._kind] = prose
        return self._leaf(block, spoils)

    def _figure(self, quote: list[Token], caption: list[Token], spoils: str) -> list[Token]:
        """Draw a line as a figure, and index it."""
        record = self._record(spoils)
        start = len(record)
        words = self.blocks(quote, spoils)
        anchor = self._line("\n".join(record[start:]), *_credit(_text(caption)), spoils)
        below = self._leaf(_element("figcaption", caption), spoils)
        figure = _opening("figure", {"class": "line", "id": anchor})
        return [figure, _opening("blockquote"), *words, _closing("blockquote"), *below, _closing("figure")]

    def _line(self, quote: str, speaker: str, episode: int | None, context: str, spoils: str) -> str:
        anchor = f"line-{len(self.lines) + 1}"
        self.lines.append(Line(anchor, quote, speaker, episode, context, spoils))
        return anchor

    def _leaf(self, block: list[Token], spoils: str) -> list[Token]:
        """Draw and record a block that holds text and no other block."""
        children = block[1].children or []
        text = _text(children).strip()
        self._record(spoils).append(text)
        is_korean = _is_korean(text) and not block[0].hidden
        if is_korean:
            block[0].attrs["lang"] = "ko"
        block[1].children = _drawn(children, rel="noopener", marks_korean=not is_korean)
        return block

    def _record(self, spoils: str) -> list[str]:
        return self.hidden if spoils else self.plain


def _siblings(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """Cut tokens into blocks that stand beside each other, each from its opening to its closing token."""
    depth = start = 0
    for end, token in enumerate(tokens, 1):
        depth += token.nesting
        if depth == 0:
            yield list(tokens[start:end])
            start = end


def _opening(tag: str, attrs: dict[str, str | int | float] | None = None) -> Token:
    return Token(f"{tag}_open", tag, 1, attrs=attrs or {}, block=tag not in ("a", "span", "strong"))


def _closing(tag: str) -> Token:
    return Token(f"{tag}_close", tag, -1, block=tag not in ("a", "span", "strong"))


def _words(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _element(tag: str, children: list[Token]) -> list[Token]:
    name = "paragraph" if tag == "p" else tag
    opening = Token(f"{name}_open", tag, 1, block=True)
    return [opening, Token("inline", "", 0, children=children), Token(f"{name}_close", tag, -1, block=True)]


def _text(children: Sequence[Token] | None, *, with_pictures: bool = True) -> str:
    """Give the words of a block without their markup."""
    parts = []
    for token in children or ():
        if token.type in ("text", "code_inline", "unparsed"):
            parts.append(token.content)
        elif token.type in BREAKS:
            parts.append("\n" if token.type == "hardbreak" else " ")
        elif token.type == "image" and with_pictures:
            parts.append(_text(token.children))
    return "".join(parts)


def _drawn(children: list[Token], *, rel: str, marks_korean: bool = False, is_review: bool = True) -> list[Token]:
    """Draw a block's text: Korean marked, outside links with their `rel`, pictures from elsewhere as links."""
    drawn: list[Token] = []
    depth, in_link = 0, False
    for token in children:
        depth += max(token.nesting, 0)
        if token.tag == "s":
            token.tag = "del"
        if token.tag == "a":
            in_link = token.nesting > 0
            if in_link and not str(token.attrs["href"]).startswith(("/", "#")):
                token.attrs["rel"] = rel
        if token.type == "text" and marks_korean:
            drawn += _with_korean_marked(token.content)
        elif token.type == "image":
            drawn += _picture(token, rel, is_review=is_review, in_link=in_link)
        elif token.nesting and token.tag != "a" and depth > NESTING_LIMIT:
            drawn.append(_words(token.markup))
        else:
            drawn.append(token)
        depth += min(token.nesting, 0)
    return drawn


def _picture(image: Token, rel: str, *, is_review: bool, in_link: bool) -> list[Token]:
    address, alt = str(image.attrs["src"]), _text(image.children)
    if is_review and SRC.fullmatch(address):
        image.attrs |= {"loading": "lazy", "decoding": "async"}
        return [image]
    label = (f"Picture on the old blog: {alt}" if alt else "Picture on the old blog") if is_review else alt or address
    if in_link:
        return [_words(label)]
    attrs: dict[str, str | int | float] = {"class": "picture", "href": address, "rel": "nofollow noopener"}
    return [_opening("a", attrs if is_review else {"href": address, "rel": rel}), _words(label), _closing("a")]


def _is_korean(text: str) -> bool:
    hangul = sum(map(len, HANGUL.findall(text)))
    return hangul > sum(char.isalpha() for char in text) - hangul


def _with_korean_marked(text: str) -> list[Token]:
    marked, start = [], 0
    for run in HANGUL_RUN.finditer(text):
        marked += [_words(text[start : run.start()]), _opening("span", {"lang": "ko"})]
        marked += [_words(run[0]), _closing("span")]
        start = run.end()
    return [*marked, _words(text[start:])]


def _set_off(inline: Token, pattern: re.Pattern[str], tag: str, name: str) -> None:
    """Put the words that open a block into an element of their own."""
    children = inline.children or []
    if children and children[0].type == "text" and (title := pattern.match(children[0].content)):
        rest = _words(children[0].content[title.end() :])
        inline.children = [_opening(tag, {"class": name}), _words(title[0]), _closing(tag), rest, *children[1:]]


def _details(info: str) -> tuple[list[Token], str]:
    """Open a spoiler; its second value says how far it tells."""
    reach, told = "all", "the whole story"
    if found := REACH.fullmatch(" ".join(info.split())):
        first, last = sorted((int(found[1]), int(found[2] or found[1])))
        reach, told = str(last), f"episode {last}" if first == last else f"episodes {first} to {last}"
    opening = _opening("details", {"class": "spoiler", "data-until": reach})
    return [opening, *_element("summary", [_words(f"Spoilers for {told}")])], reach


def _farther(one: str, other: str) -> str:
    return max(one, other, key=lambda reach: 1000 if reach == "all" else int(reach or 0))


def _lines(children: Sequence[Token]) -> list[list[Token]]:
    """Cut a block's text at its line breaks, except inside emphasis or a link."""
    lines: list[list[Token]] = [[]]
    depth = 0
    for token in children:
        depth += token.nesting
        if token.type in BREAKS and not depth:
            lines.append([])
        else:
            lines[-1].append(token)
    return lines


def _quoted(blocks: list[Token]) -> tuple[list[Token], list[Token]] | None:
    """Part a quotation from the speaker named in its last line, or give None."""
    *quote, last = _siblings(blocks) if blocks else [[]]
    listed = [token for token in last if token.type == "inline"]
    if not listed or last[0].type not in ("paragraph_open", "bullet_list_open"):
        return None
    *words, caption = _lines(listed[-1].children or [])
    if last[0].type == "bullet_list_open":  # "- Speaker" under a quotation is a list to CommonMark
        if len(listed) > 1 or last[0].markup not in ("", "-") or words:
            return None
    elif not (caption and caption[0].type == "text" and (dash := DASH.match(caption[0].content))):
        return None
    else:
        caption = [_words(caption[0].content[dash.end() :]), *caption[1:]]
        if words:
            quote.append(_element("p", _joined(words)))
    if not quote:
        return None
    return [token for block in quote for part in _by_language(block) for token in part], caption


def _joined(lines: list[list[Token]]) -> list[Token]:
    return [token for line in lines for token in (Token("softbreak", "br", 0), *line)][1:]


def _by_language(block: list[Token]) -> list[list[Token]]:
    """Cut a paragraph where its lines change between Korean and another language."""
    if block[0].type != "paragraph_open":
        return [block]
    groups = groupby(_lines(block[1].children or []), key=lambda line: _is_korean(_text(line)))
    return [_element("p", _joined(list(group))) for _, group in groups]


def _spoken(children: list[Token]) -> tuple[list[Token], list[Token], list[Token]] | None:
    """Part ``"quote" – speaker, context`` and the commentary after it, also where the break between was lost."""
    first, *below = _lines(children)
    opening = SPOKEN.match(first[0].content) if first and first[0].type == "text" else None
    if not opening:
        return None
    quote, rest = [_words(opening[1])], first[0].content[opening.end() :]
    if below:
        return quote, [_words(rest), *first[1:]], _joined(below)
    end = COMMENTARY.search(rest, rest.find(",") + 1)
    if not end:
        return quote, [_words(rest), *first[1:]], []
    return quote, [_words(rest[: end.start()])], [_words(rest[end.end() :]), *first[1:]]


def _credit(caption: str) -> tuple[str, int | None, str]:
    """Read "speaker, episode, context" below a quotation."""
    episode = EPISODE.search(caption)
    if episode:
        caption = caption[: episode.start()].rstrip(" ,(") + ", " + caption[episode.end() :].lstrip(" ,.;:)")
    speaker, _, context = caption.partition(",")
    speaker, to, addressee = speaker.partition(" to ")
    parts = ((to + addressee).strip(), context.strip(" ,"))
    return speaker.strip(), _number(episode), ", ".join(part for part in parts if part)


def _number(episode: re.Match[str] | None) -> int | None:
    return int(episode[1] or episode[2]) if episode else None


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


def _comment(source: str) -> list[Token]:
    if len(source) > COMMENT_LIMIT:
        raise ValueError(f"A comment holds at most {COMMENT_LIMIT:,} characters; this one has {len(source):,}.")
    tokens = _COMMENT.parse(source, {})
    for token in tokens:
        if token.type == "inline":
            token.children = _drawn(token.children or [], rel="nofollow ugc noopener", is_review=False)
    return _with_spoilers(tokens)


def _with_spoilers(tokens: list[Token]) -> list[Token]:
    """Cut paragraphs at their ``||`` marks: what stands between two becomes a block of its own.

    A pair may span paragraphs that stand beside each other; a mark without its mate stays as typed.
    """
    blocks = list(_siblings(tokens))
    texts = [child for block in blocks if block[0].tag == "p" for child in block[1].children or []]
    left = sum(len(HIDDEN.findall(text.content)) for text in texts if text.type == "text") // 2 * 2
    drawn: list[Token] = []
    for block in blocks:
        pieces = _pieces(block[1].children or [], left) if block[0].tag == "p" else []
        if not pieces:
            drawn += [block[0], *_with_spoilers(block[1:-1]), block[-1]] if len(block) > 1 else block
        elif len(pieces) == 1:
            drawn += block
        for index, piece in enumerate(pieces if len(pieces) > 1 else ()):
            if index:
                hiding = [_opening("details", {"class": "spoiler"}), *_element("summary", [_words("Spoiler")])]
                drawn += [_closing("details")] if left % 2 else hiding
                left -= 1
            if _text(piece).strip():
                drawn += _element("p", piece)
    return drawn


def _pieces(children: list[Token], marks: int) -> list[list[Token]]:
    """Cut a paragraph's text at its first spoiler marks; emphasis and links go on in the next piece."""
    pieces: list[list[Token]] = [[]]
    around: list[Token] = []
    for child in children:
        left = marks + 1 - len(pieces)
        parts = HIDDEN.split(child.content, left) if child.type == "text" and left else [child.content]
        for part in parts[:-1]:
            ends = [Token(token.type.replace("_open", "_close"), token.tag, -1) for token in reversed(around)]
            pieces[-1] += [*([_words(part)] if part else []), *ends]
            pieces.append(list(around))
        if child.nesting:
            around = [*around, child] if child.nesting > 0 else around[:-1]
        if child.type != "text":
            pieces[-1].append(child)
        elif parts[-1]:
            pieces[-1].append(_words(parts[-1]))
    for piece in pieces[:-1]:
        while piece and piece[-1].type in BREAKS:
            piece.pop()
    for piece in pieces[1:]:
        while piece and piece[0].type in BREAKS:
            del piece[0]
    return pieces


def _sanitised(html: str, tags: frozenset[str], policy: Policy) -> Markup:
    """Pass HTML through two independent parsers under one policy."""

    def allows(tag: str, name: str, value: str) -> bool:
        pattern = policy.get((tag, name)) or policy.get(("*", name))
        return pattern is not None and pattern.fullmatch(value) is not None

    schemes = {"http", "https", "mailto"}
    # A new call each time: a Cleaner that threads share mixes up what they clean.
    cleaned = bleach.clean(html, tags=tags, attributes=allows, protocols=schemes, strip=True)
    names: dict[str, set[str]] = {}
    for tag, name in policy:
        names.setdefault(tag, set()).add(name)
    again = nh3.clean(
        cleaned,
        tags=set(tags),
        attributes=names,
        attribute_filter=lambda tag, name, value: value if allows(tag, name, value) else None,
        url_schemes=schemes,
        link_rel=None,
    )
    return Markup(again)  # noqa: S704 - this is the one door


class _Inline(KoreanInline):
    """The inline parser, which leaves an overlong paragraph as typed."""

    def parse(self, src: str, md: MarkdownIt, env: MutableMapping[str, Any], tokens: list[Token]) -> list[Token]:
        """Parse one block's text, or keep it as it is."""
        if len(src) <= PARAGRAPH_LIMIT:
            return super().parse(src, md, env, tokens)
        tokens.append(Token("unparsed", "", 0, content=src))
        return tokens


def _too_deep(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Take what is nested too deeply as one plain paragraph; markdown-it's own maxNesting would drop it."""
    if state.level < NESTING_LIMIT:
        return False
    line = start + 1
    while line < end and not state.isEmpty(line) and not 0 <= state.sCount[line] < state.blkIndent:
        line += 1
    inline = Token("inline", "", 0, content=state.getLines(start, line, state.blkIndent, False).strip(), children=[])
    state.tokens += [_opening("p"), inline, _closing("p")]
    state.line = line
    return True


def _spoiler_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read ``::: spoiler`` to its own ``:::``, past those of spoilers inside it, or to the end."""
    opened = SPOILER.fullmatch(_line_of(state, start))
    if opened is None or state.is_code_block(start):
        return False
    if silent:
        return True
    line, depth, in_fence = start + 1, 1, False
    while line < end:
        text = _line_of(state, line)
        if text and state.sCount[line] < state.blkIndent:
            break  # the list or quotation around the spoiler ends here
        in_fence ^= FENCE.match(text) is not None
        if not in_fence:
            depth += (SPOILER.fullmatch(text) is not None) - (SPOILER_END.fullmatch(text) is not None)
        if depth == 0:
            break
        line += 1
    line_max, state.lineMax = state.lineMax, line
    state.push("spoiler_open", "details", 1).info = opened[1]
    state.md.block.tokenize(state, start + 1, line)
    state.push("spoiler_close", "details", -1)
    state.lineMax = line_max
    state.line = line + (depth == 0)
    return True


def _line_of(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def _find_spoiled_notes(state: StateCore) -> None:
    """Note which footnotes only a spoiler tells of: at the foot of the page they stay hidden, too."""
    numbers = state.env.get("footnotes", {}).get("refs", {})
    told: dict[int, list[str]] = {}
    defined: dict[int, str] = {}
    around = [""]
    for token in state.tokens:
        if token.type == "spoiler_open":
            around.append(_farther(around[-1], _details(token.info)[1]))
        elif token.type == "spoiler_close":
            around.pop()
        elif token.type == "footnote_reference_open" and around[-1]:
            defined[numbers[":" + token.meta["label"]]] = around[-1]
        for child in token.children or ():
            if child.type == "footnote_ref":
                told.setdefault(child.meta["id"], []).append(around[-1])
    referred = {note: reduce(_farther, reaches) for note, reaches in told.items() if all(reaches)}
    state.env["spoiled_notes"] = referred | defined


def _parser(is_link_safe: Callable[[str], bool], *, breaks: bool) -> MarkdownIt:
    md = MarkdownIt("commonmark", {"html": False, "linkify": True, "breaks": breaks, "xhtmlOut": False})
    md.enable(["strikethrough", "linkify"])
    md.validateLink = is_link_safe  # pyright: ignore[reportAttributeAccessIssue]
    inline = _Inline()
    inline.ruler, inline.ruler2 = md.inline.ruler, md.inline.ruler2
    md.inline = inline
    md.add_render_rule("unparsed", lambda _, tokens, index, *__: escapeHtml(tokens[index].content))
    md.block.ruler.before("code", "too_deep", _too_deep)
    if md.linkify is not None:
        md.linkify.set({"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
        md.linkify.add("ftp:", None).add("//", None)
    return md


def _review_parser() -> MarkdownIt:
    md = _parser(href_is_safe, breaks=False).use(footnote_plugin).enable("table")
    interrupts = ["paragraph", "reference", "blockquote", "list"]
    md.block.ruler.before("fence", "spoiler", _spoiler_block, {"alt": interrupts})
    md.core.ruler.before("footnote_tail", "spoiled_notes", _find_spoiled_notes)
    return md


def _comment_parser() -> MarkdownIt:
    md = _parser(lambda url: COMMENT_URL.fullmatch(url) is not None, breaks=True)
    # Text that looks like a heading, a rule, an indented block or a link definition is what somebody said.
    return md.disable(["heading", "lheading", "hr", "code", "reference", "html_block", "html_inline"])


_REVIEW, _COMMENT = _review_parser(), _comment_parser()
for _md in (_REVIEW, _COMMENT):
    _md.parse("x")  # a ruler compiles itself on first use, which two threads must not do at once
