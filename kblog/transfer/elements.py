"""What single HTML elements stand for: marks, blocks, embedded players, tables worth the name."""

import re

from lxml import etree

from .addresses import whole

Element = etree._Element

_SAME = {"strong": "b strong", "em": "i em cite dfn", "del": "s strike del", "code": "code tt kbd samp"}
MARKS = {tag: mark for mark, tags in _SAME.items() for tag in tags.split()}
STYLES = {
    "strong": re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE),
    "em": re.compile(r"font-style\s*:\s*italic", re.IGNORECASE),
    "del": re.compile(r"text-decoration[\w-]*\s*:\s*line-through", re.IGNORECASE),
}
UNSAYABLE = {"sup": "superscript", "sub": "subscript", "u": "underline"}
REMOVED = {"script": "script", "style": "style sheet"}
EMBEDS = frozenset({"iframe", "object", "embed", "video", "audio"})
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
NESTS = frozenset({"ul", "ol", "blockquote"})
BLOCKS = frozenset(
    re.findall(
        r"\w+",
        "address article aside blockquote caption center dd details dialog div dl dt fieldset figcaption figure footer"
        " form h1 h2 h3 h4 h5 h6 header hr legend li main nav ol option p pre section summary table tbody td tfoot th"
        " thead title tr ul",
    )
)
NOT_IN_A_GRID = ("table", "ul", "ol", "pre", "blockquote", "hr", "img", *EMBEDS, *HEADINGS)
WIDEST = 40  # columns of a table: nobody draws more, but a hostile colspan does


def marks(element: Element) -> list[str]:
    """Name the marks an inline element puts on its text, by its tag or its style."""
    if element.tag in MARKS:
        return [MARKS[str(element.tag)]]
    style = element.get("style", "")
    return [mark for mark, pattern in STYLES.items() if pattern.search(style)]


def embedded(element: Element) -> str:
    """Return the address an embedded player shows, "" when it names none."""
    movies = (param.get("value") for param in element.iter("param") if param.get("name") in ("movie", "src"))
    inner = (part.get("src") for part in element.iter("embed", "source", "iframe"))
    candidates = (element.get("src"), element.get("data"), *inner, *movies)
    address = next((whole(candidate) for candidate in candidates if candidate), "")
    return address if re.match(r"https?://", address) else ""


def is_grid(table: Element) -> bool:
    """Tell a table of words in rows and columns from one that only places pictures or columns on the page."""
    if "tr-caption-container" in table.get("class", ""):
        return False
    cells = list(table.iter("td", "th"))
    return not any(next(cell.iter(*NOT_IN_A_GRID), None) is not None for cell in cells) and any(
        sum(1 for _ in row.iterchildren("td", "th")) > 1 for row in table.iter("tr")
    )


def columns(cell: Element) -> int:
    span = cell.get("colspan", "")
    return min(int(span), WIDEST) if re.fullmatch(r"[1-9]\d?", span) else 1


def language(pre: Element) -> str:
    """Return the programming language a <pre> names for its highlighter, "" for none.

    >>> language(etree.fromstring('<pre class="brush: ruby"/>'))
    'ruby'
    """
    named = " ".join(part.get("class", "") for part in (pre, *pre.iterchildren("code")))
    found = re.search(r"(?:brush:\s*|language-|lang-)([\w+#-]+)", named)
    return found[1] if found else ""


def is_tracker(picture: Element) -> bool:
    return "1" in (picture.get("width"), picture.get("height"))
