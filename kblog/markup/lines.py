"""Memorable lines: a quotation above the name of who says it, or one told in a sentence with its episode."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from kblog.hangul import is_mostly_hangul

from .tokens import Token, element, joined, lines_of, siblings, typed, words_of

DASH = re.compile(r"\s*(?:[—–―]|--|-\s)\s*")
QUOTATION = re.compile(r"“[^“”]+”|\"[^\"]+\"")
EPISODE = re.compile(r"\b(?:episode|ep\.?)\s*(\d{1,3})\b|제?\s?(\d{1,3})\s?[화회]", re.I)
_PART = r"[A-Z]\w+(?:[-\u2010\u2011]\w+)?"
_NAME = rf"\b(?!(?:He|She|They|It|Who|Episode|One)\b){_PART}(?:\s{_PART}){{0,2}}"
_SAYING = (
    r"(?:admit|answer|ask|confess|declare|deliver|murmur|promise|remind|say|shout|tell|utter|warn|whisper)(?:e?s)"
    r"|cries|replies|pleads|admitted|answered|asked|confessed|said|told|whispered"
)
SPEAKER = re.compile(
    rf"(?P<says>{_NAME})(?:,[^,]{{1,100}},)?(?:\s\w+ly)?\s(?:{_SAYING})\b"
    rf"|\b[Ss]poken by (?P<by>{_NAME})|(?P<whose>{_NAME})[’'](?:s\s)?[^.!?]{{0,80}}\blines?\b"
)
STANDS = re.compile(r'<(?P<tag>figure|p)\b[^>]* id="(?P<anchor>line-\d+)"[^>]*>')
ENDS = {"figure": "</figcaption>", "p": "</p>"}  # of what a line says and who says it


@dataclass(frozen=True)
class Line:
    """One memorable quotation, as typed, its quotation marks included; `spoils` is "", an episode's number or "all"."""

    anchor: str
    quote: str
    speaker: str
    episode: int | None
    context: str
    spoils: str


def quoted(blocks: list[Token]) -> tuple[list[Token], list[Token]] | None:
    """Part a quotation from the caption that is its last line, or give None."""
    *quote, last = siblings(blocks) if blocks else [[]]
    listed = [token for token in last if token.type == "inline"]
    if not listed or last[0].type not in ("paragraph_open", "bullet_list_open"):
        return None
    *words, caption = lines_of(listed[-1].children or [])
    if last[0].type == "bullet_list_open":  # "- Speaker" under a quotation is a list to CommonMark
        if len(listed) > 1 or last[0].markup not in ("", "-") or words:
            return None
    elif not (caption and caption[0].type == "text" and (dash := DASH.match(caption[0].content))):
        return None
    else:
        caption = [typed(caption[0].content[dash.end() :]), *caption[1:]]
        if words:
            quote.append(element("p", joined(words)))
    if not quote:
        return None
    return [token for block in quote for part in _by_language(block) for token in part], caption


def credit(caption: str) -> tuple[str, int | None, str]:
    """Read "speaker, episode, context" below a quotation.

    >>> credit("Jun to Min-ji, Episode 4, at the gate")
    ('Jun', 4, 'to Min-ji, at the gate')
    """
    episode = EPISODE.search(caption)
    if episode:
        caption = caption[: episode.start()].rstrip(" ,(") + ", " + caption[episode.end() :].lstrip(" ,.;:)")
    speaker, _, context = caption.partition(",")
    speaker, to, addressee = speaker.partition(" to ")
    parts = ((to + addressee).strip(), context.strip(" ,"))
    return speaker.strip(), _number(episode) if episode else None, ", ".join(part for part in parts if part)


def told(prose: str) -> tuple[str, str, int] | None:
    """Find the quotation told in a paragraph that names its episode, with who says it, or give None.

    >>> told("In Episode 2, Min-ji tells Jun, “Go. Stay.” It hurts.")
    ('“Go. Stay.”', 'Min-ji', 2)
    """
    quotes = QUOTATION.findall(prose)
    frame = QUOTATION.sub("“”", prose) if quotes else ""
    episode = EPISODE.search(frame)
    if episode is None:
        return None
    named = SPEAKER.search(frame)
    speaker = named["says"] or named["by"] or named["whose"] if named else ""
    return max(quotes, key=len), speaker, _number(episode)


def parted(html: Markup) -> Iterator[tuple[Markup, str]]:
    """Cut rendered text where the words of each line end, so that a link can stand there; "" ends what is left.

    >>> from kblog.markup import render_review
    >>> html = render_review("## Lines\\n> Go.\\n> — Jun\\n\\nThat is all.").html
    >>> [(str(part[-15:]), anchor) for part, anchor in parted(html)]
    [('<figcaption>Jun', 'line-1'), ('/p>\\n</section>\\n', '')]
    """
    at = 0
    for found in STANDS.finditer(html):
        end = html.find(ENDS[found["tag"]], found.end())
        yield html[at:end], found["anchor"]
        at = end
    yield html[at:], ""


def _by_language(block: list[Token]) -> list[list[Token]]:
    """Cut a paragraph where its lines change between Korean and another language."""
    if block[0].type != "paragraph_open":
        return [block]
    groups = groupby(lines_of(block[1].children or []), key=lambda line: is_mostly_hangul(words_of(line)))
    return [element("p", joined(list(group))) for _, group in groups]


def _number(episode: re.Match[str]) -> int:
    return int(episode[1] or episode[2])
