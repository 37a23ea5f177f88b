"""WordPress's shortcodes, `[caption]`, `[gallery]` and the like, as the HTML they stood for."""

import html
import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count

from .wordpress_blog import Blog, Media

SHORTCODE = re.compile(r"\[(/?)([A-Za-z][\w-]*)((?:[\s=/][^\[\]]*)?)\]")
ATTRIBUTE = re.compile(r"([\w-]+)=(?:\"([^\"]*)\"|'([^']*)'|([^\s\"']+))|\"([^\"]*)\"|([^\s\"]+)")
PICTURED = re.compile(r"\s*(?:<a\b[^<>]*>\s*)?<img\b[^<>]*>(?:\s*</a>)?")
ADDRESS = re.compile(r"https?://[^\s\"'<>\]]+")
SOURCES = ("src", "mp4", "m4v", "webm", "ogv", "flv", "mp3", "m4a", "ogg", "wav", "wma", "url", "href")
PLAYERS = ("embed", "video", "audio", "youtube", "vimeo", "dailymotion", "soundcloud", "wpvideo", "videopress")
MOST_PICTURES = 2_000  # of all the galleries of one text; each of many could name the whole library


@dataclass
class Shortcodes:
    """Writes the shortcodes of one text; `unknown` names those that stay as they are written."""

    blog: Blog
    entry: str  # the number of the entry that the text is of
    unknown: dict[str, None] = field(default_factory=dict)
    missing: dict[str, None] = field(default_factory=dict)  # numbers of pictures that are not in the export
    room: int = MOST_PICTURES

    def written(self, text: str) -> str:
        """Write every shortcode that is known here; `[[gallery]]` means the word itself."""
        begun: dict[str, list[int]] = defaultdict(list)
        ended: dict[str, list[re.Match[str]]] = defaultdict(list)
        found: list[re.Match[str]] = []
        for match in SHORTCODE.finditer(text):
            if match[1]:
                ended[match[2].lower()].append(match)
            else:
                found.append(match)
                begun[match[2].lower()].append(match.start())
        parts: list[str] = []
        at = 0
        for match in found:
            if match.start() < at:
                continue  # it stood within another one
            if text[match.start() - 1 : match.start()] == "[" and text[match.end() : match.end() + 1] == "]":
                parts.append(f"{text[at : match.start() - 1]}&#91;{match[0][1:-1]}&#93;")
                at = match.end() + 1
                continue
            name = match[2].lower()
            end = _end(match, begun[name], ended[name])
            inside = text[match.end() : end.start()] if end else ""
            write = WRITERS.get(name)
            written = write(self, _attributes(match[3]), inside) if write else None
            if written is not None:
                parts += [text[at : match.start()], written]
                at = end.end() if end and (name not in ALONE or not inside.strip()) else match.end()
            elif end or "=" in match[3]:
                self.unknown[match[2]] = None
        return "".join([*parts, text[at:]])

    def caption(self, attributes: dict[str, str], inside: str) -> str | None:
        """Write a picture and what is said below it, in an attribute or behind the picture."""
        pictured = PICTURED.match(inside)
        said = attributes.get("caption", "")
        picture, rest = (pictured[0], inside[pictured.end() :]) if pictured else ("", inside)
        if not picture:
            number = attributes.get("id", "").removeprefix("attachment_")
            picture = _picture(self.blog.media[number]) if number in self.blog.media and "<" not in inside else ""
        if not picture and not rest.strip() and not said:
            return None
        below = "\n".join(part.strip() for part in (said, rest) if part.strip())
        return _figure(picture.strip(), below)

    def gallery(self, attributes: dict[str, str], inside: str) -> str | None:
        """Write each picture of a gallery with its caption; without numbers, those uploaded to the entry."""
        numbers = re.findall(r"\d+", attributes.get("ids") or attributes.get("include") or "")
        if numbers:
            self.missing |= dict.fromkeys(number for number in numbers if number not in self.blog.media)
            chosen = [self.blog.media[number] for number in numbers if number in self.blog.media]
        else:
            without = re.findall(r"\d+", attributes.get("exclude", ""))
            those = self.blog.uploaded(attributes.get("id", self.entry))
            chosen = [self.blog.media[number] for number in those if number not in without]
            chosen = [media for media in chosen if media.is_picture]
        if not chosen or len(chosen) > self.room:
            self.unknown["gallery"] = None
            return None
        self.room -= len(chosen)
        return "".join(_figure(_picture(media), media.caption) for media in chosen)

    def playlist(self, attributes: dict[str, str], inside: str) -> str | None:
        """Write a link to each piece of a list of music or films."""
        chosen = [self.blog.media[n] for n in re.findall(r"\d+", attributes.get("ids", "")) if n in self.blog.media]
        if not chosen or len(chosen) > self.room:
            return None
        self.room -= len(chosen)
        links = (f'<li><a href="{html.escape(one.address)}">{html.escape(one.title)}</a></li>' for one in chosen)
        return f"<ul>{''.join(links)}</ul>"

    def player(self, attributes: dict[str, str], inside: str) -> str | None:
        """Write an embedded player by the address it plays; one that names none stays as it is written."""
        bare = [value for name, value in attributes.items() if name.isdecimal()]
        said = [*(attributes[name] for name in SOURCES if name in attributes), *bare, inside]
        address = ADDRESS.search(html.unescape(" ".join(said)))
        if address is None or not all(map(ADDRESS.search, bare)):
            return None  # its words would be lost
        rest = "" if html.unescape(inside).strip() == address[0] else inside
        return f'<iframe src="{html.escape(address[0])}"></iframe>{rest}'


Write = Callable[[Shortcodes, dict[str, str], str], str | None]
WRITERS: dict[str, Write] = {
    "caption": Shortcodes.caption,
    "wp_caption": Shortcodes.caption,
    "gallery": Shortcodes.gallery,
    "playlist": Shortcodes.playlist,
    **dict.fromkeys(PLAYERS, Shortcodes.player),
}
ALONE = ("gallery", "playlist")  # they have nothing inside


def _end(match: re.Match[str], begun: Sequence[int], ended: Sequence[re.Match[str]]) -> re.Match[str] | None:
    """Find what ends a shortcode; none where the next one of its name begins before."""
    at = bisect_left(ended, match.end(), key=lambda end: end.start())
    following = bisect_right(begun, match.start())
    if at == len(ended) or (following < len(begun) and begun[following] < ended[at].start()):
        return None
    return ended[at]


def _attributes(text: str) -> dict[str, str]:
    """Read attributes; those without a name are numbered.

    >>> _attributes(' ids="1,2" columns=3 https://x.example/a.mp3')
    {'ids': '1,2', 'columns': '3', '0': 'https://x.example/a.mp3'}
    """
    read: dict[str, str] = {}
    numbers = count()
    for found in ATTRIBUTE.finditer(text):
        name = found[1].lower() if found[1] else str(next(numbers))
        read[name] = next((value for value in found.groups()[1:] if value is not None), "")
    return read


def _picture(media: Media) -> str:
    return f'<img src="{html.escape(media.address)}" alt="{html.escape(media.alt or media.title)}">'


def _figure(picture: str, caption: str) -> str:
    return f"<figure>{picture}{f'<figcaption>{caption}</figcaption>' if caption else ''}</figure>"
