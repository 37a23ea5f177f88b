"""A text as WordPress keeps it, with blocks, shortcodes and bare line ends, as the HTML that its blog showed."""

import html
import json
import re
from dataclasses import dataclass, field

from .wordpress_blog import Blog
from .wordpress_shortcodes import Shortcodes

BLOCK = re.compile(r"<!--\s*(/?)wp:([\w/-]+)(?=\s)([^<>]*?)(/?)-->")
PAGED = re.compile(r"<!--(more|nextpage|noteaser)\b[^<>]*-->")
TAG = re.compile(r"(</?[A-Za-z][^<>]*>)")
TAG_NAME = re.compile(r"</?([A-Za-z][\w-]*)")
VERBATIM = ("pre", "script", "style", "textarea", "svg")  # where a line end is one, or nobody sees it
ALONE = re.compile(
    r"^[ \t]*(https?://[^\s<>\"]+)[ \t]*$", re.MULTILINE
)  # WordPress plays what such an address leads to
FREE = "freeform"  # what the old editor wrote among blocks
COVERS = ("cover", "cover-image")
NEAR = 4_000  # characters after the beginning of a cover: its picture stands there, if anywhere
WORDLESS = ("spacer", "separator", "nextpage", "more")
MOST_PATTERNS = 100  # in one text; each could show all the others
APART = "<br><br>"
DOWNLOAD = re.compile(r"</a>(?=<a\b[^<>]*\bwp-block-file__button\b)")  # a button, set apart by a style sheet alone
LINK = re.compile(r"(<a\b[^<>]*?\bhref\s*=\s*)(\"[^\"]*\"|'[^']*')", re.IGNORECASE)
ROOTED = re.compile(r"(\s(?:src|href)\s*=\s*[\"']?)(?=/wp-content/)", re.IGNORECASE)


@dataclass
class Text:
    """One text as HTML, and in sentences what could not be written as it was shown."""

    html: str
    notes: list[str] = field(default_factory=list)


def written(source: str, blog: Blog, entry: str) -> Text:
    """Write the text of an entry, known by its number, as HTML.

    >>> written("One.\\n\\nTwo [caption]<img src='x.png'> Said.[/caption]", Blog(), "1").html
    "One.<br><br>Two <figure><img src='x.png'><figcaption>Said.</figcaption></figure>"
    """
    text = source.replace("\r\n", "\n").replace("\r", "\n")
    blocks = _Blocks(blog)
    shortcodes = Shortcodes(blog, entry)
    parts = []
    for part, is_free in blocks.parts(text):
        shown = ALONE.sub(_linked, shortcodes.written(part))
        parts += [lines_broken(shown), APART] if is_free and part.strip() else [shown]
    made = ROOTED.sub(lambda found: found[1] + blog.home.rstrip("/"), "".join(parts).removesuffix(APART))
    made = LINK.sub(lambda found: found[1] + _led(found[2], blog), DOWNLOAD.sub("</a> ", made))
    made = made.replace("<![CDATA[", "&lt;![CDATA[")  # a parser of HTML would drop what follows
    notes = []
    if blocks.undrawn:
        notes.append(f"blocks that only WordPress can fill are left out: {', '.join(blocks.undrawn)}")
    if blocks.lacking:
        notes.append(f"patterns it shows are not in the export: {', '.join(blocks.lacking)}")
    if shortcodes.unknown:
        named = ", ".join(f"[{name}]" for name in shortcodes.unknown)
        notes.append(f"shortcodes stand in the text as they are written: {named}")
    if shortcodes.missing:
        notes.append(f"its gallery shows pictures that are not in the export: {', '.join(shortcodes.missing)}")
    return Text(made, notes)


def lines_broken(text: str) -> str:
    """Write line ends as <br>, two of which part paragraphs, except in tags and in what is kept as written.

    >>> lines_broken("<b\\nid='x'>One</b>\\n\\n<pre>a\\nb</pre>")
    "<b\\nid='x'>One</b><br><br><pre>a\\nb</pre>"
    """
    parts: list[str] = []
    held, tag = "", ""
    for number, part in enumerate(TAG.split(text.strip())):
        if number % 2:
            name = TAG_NAME.match(part)
            tag = name[1].lower() if name else ""
            if part.startswith("</"):
                held = "" if tag == held else held
            elif not held and tag in VERBATIM and not part.endswith("/>"):
                held = tag
            parts.append(part)
        else:
            # a line end after a <br> is no other one
            parts.append(part if held else (part.removeprefix("\n") if tag == "br" else part).replace("\n", "<br>"))
    return "".join(parts)


def _linked(found: re.Match[str]) -> str:
    """Write an address that is a line of its own as a link: a player stood there."""
    address = html.escape(html.unescape(found[1]))
    return f'<a href="{address}">{address}</a>'


def _led(quoted: str, blog: Blog) -> str:
    """Let a link to the page of a picture lead to the picture: such pages do not come along."""
    media = blog.media_at(html.unescape(quoted[1:-1]))
    return f'"{html.escape(media.address)}"' if media else quoted


class _Blocks:
    """Takes the block editor's comments out of a text."""

    def __init__(self, blog: Blog) -> None:
        self.blog = blog
        self.undrawn: dict[str, None] = {}  # names of blocks that hold no text: WordPress made it when they were shown
        self.lacking: dict[str, None] = {}
        self.room = MOST_PATTERNS

    def parts(self, text: str) -> list[tuple[str, bool]]:
        """Return the text in parts, each with whether its line ends count: they do outside of blocks."""
        parts: list[tuple[str, bool]] = []
        at, depth = 0, 0
        for found in BLOCK.finditer(text):
            parts.append((PAGED.sub(_page_end, text[at : found.start()]), depth == 0))
            at = found.end()
            name = found[2].removeprefix("core/")
            if found[4]:
                parts += self._alone(name, _attributes(found[3]))
            elif name != FREE:
                depth = max(depth + (-1 if found[1] else 1), 0)
            if name in COVERS and (address := str(_attributes(found[3]).get("url", ""))):
                after = text[at : at + NEAR]
                if f'src="{html.escape(address)}"' not in after and f'src="{address}"' not in after:
                    parts.append((f'<img src="{html.escape(address)}" alt="">', False))  # else only its style shows it
        parts.append((PAGED.sub(_page_end, text[at:]), depth == 0))
        return parts

    def _alone(self, name: str, attributes: dict) -> list[tuple[str, bool]]:
        """Write a block that has nothing inside: a pattern is known, a link says what it says, the rest is made up."""
        if name == "block":
            number = str(attributes.get("ref", ""))
            if number in self.blog.patterns and self.room:
                self.room -= 1
                return self.parts(self.blog.patterns[number])
            self.lacking[number or "one without a number"] = None
            return []
        label, address = str(attributes.get("label", "")), str(attributes.get("url", ""))
        if label and re.match(r"https?://|/", address):
            return [(f'<p><a href="{html.escape(address)}">{label}</a></p>', False)]
        if name not in WORDLESS:
            self.undrawn[name] = None
        return []


def _page_end(found: re.Match[str]) -> str:
    return "\n\n" if found[1] == "nextpage" else ""


def _attributes(text: str) -> dict:
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}
