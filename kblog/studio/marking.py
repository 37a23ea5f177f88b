"""Paragraphs that name an episode: where a spoiler mark may be missing, and the text with one around them."""

import re
from hashlib import sha256
from typing import NamedTuple

from kblog.document import Document
from kblog.markup import LINE_END, paragraphs

from .lint.subject import EPISODES, shortened
from .sections import Part, split

_LINE = re.compile(rf"[^\r\n]*(?:{LINE_END.pattern})|[^\r\n]+")


class Proposal(NamedTuple):
    """A paragraph that could be marked as a spoiler; `key` knows it by its words."""

    part: int
    heading: str
    words: str
    episode: int
    key: str


def proposals(document: Document) -> list[Proposal]:
    """List the paragraphs that name a later episode than the unmarked text is said to tell; they are only proposed.

    >>> body = "In Episode 2 it rains.\\n\\nEpisode 3 is dry.\\n\\n::: spoiler episode 4\\nEpisode 4 ends.\\n:::\\n"
    >>> [(each.episode, each.words) for each in proposals(Document(tells="2", body=body))]
    [(3, 'Episode 3 is dry.')]
    """
    if document.tells == "ending":
        return []
    told = int(document.tells) if document.tells.isdecimal() else 0
    return [
        Proposal(number, part.heading, shortened(text), episode, key(text))
        for number, part in enumerate(split(document.body))
        for text, episode in _naming(part)
        if episode > told
    ]


def marked(text: str, wanted: str) -> str | None:
    """Return a section's text with the spoiler mark around the paragraph of this key; None where it is not there."""
    lines = _LINE.findall(text)
    for start, end in paragraphs(text):
        paragraph = "".join(lines[start:end])
        if key(paragraph) == wanted and (episode := _latest(paragraph)):
            ending = "" if paragraph.endswith(("\n", "\r")) else "\n"
            inside = [f"::: spoiler episode {episode}\n", paragraph, f"{ending}:::\n"]
            whole = "".join([*lines[:start], *inside, *lines[end:]])
            return whole.removesuffix("\n") if ending else whole
    return None


def key(paragraph: str) -> str:
    """Name a paragraph by its words, whichever section it stands in and however its lines break."""
    return sha256(" ".join(paragraph.split()).encode()).hexdigest()[:16]


def _naming(part: Part) -> list[tuple[str, int]]:
    lines = _LINE.findall(part.text)
    texts = ["".join(lines[start:end]) for start, end in paragraphs(part.text)] if _latest(part.text) else []
    return [(text, episode) for text in texts if (episode := _latest(text))]


def _latest(text: str) -> int:
    """Return the latest episode that a text names; 0 where it names none."""
    return max((int(each) for found in EPISODES.findall(text) for each in found if each), default=0)
