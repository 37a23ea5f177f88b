"""Which tags, attributes and addresses may be printed, and the two sanitisers in a row that see to it."""

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass

import nh3
from bleach.sanitizer import Cleaner
from markupsafe import Markup

_ADDRESS = r"[^\s\x00-\x1f\x7f\\<>\"]"  # a browser reads a backslash as a slash: /\evil.example is another site
OUTSIDE = rf"https?://{_ADDRESS}+|mailto:{_ADDRESS}+"
URL = re.compile(rf"{OUTSIDE}|/(?!/){_ADDRESS}*|#[\w\-.~%:]*", re.I)
COMMENT_URL = re.compile(OUTSIDE, re.I)
SRC = re.compile(r"/(?:media|static)/[\w\-./%]+")  # a remote image is a tracker
_PREVIEW = r"/previews/[\w\-.]{1,200}"  # under its address a draft shows its pictures to who has the link
DRAWN_SRC = re.compile(rf"{SRC.pattern}|{_PREVIEW}/media/[\w\-.]+")
_SIZE = rf"(?:{_PREVIEW})?/media/[0-9a-f]{{64}}\.(?:jpg|png|webp) \d{{1,5}}w"
SRCSET = re.compile(rf"{_SIZE}(?:, {_SIZE}){{0,9}}")
SIZES = "(min-width: 45rem) 40rem, 92vw"  # as wide as a text is, before a browser has read the style sheet
SCHEMES = frozenset(("http", "https", "mailto"))
ID = re.compile(r"(?:fn|fnref)[\w\-:]{0,40}|h-[\w\-]{1,80}|line-\d{1,3}")  # prefixed: no DOM clobbering
ANY, NUMBER = re.compile(r"[^\x00]*"), re.compile(r"\d{1,9}")


@dataclass(frozen=True)
class Policy:
    """The tags that may stand, and what the value of each (tag, attribute) must match; the tag "*" is any."""

    tags: frozenset[str]
    attributes: Mapping[tuple[str, str], re.Pattern[str]]

    def allows(self, tag: str, name: str, value: str) -> bool:
        """Say whether an attribute may have this value."""
        pattern = self.attributes.get((tag, name)) or self.attributes.get(("*", name))
        return pattern is not None and pattern.fullmatch(value) is not None

    def names(self) -> dict[str, set[str]]:
        """Give each tag's attributes."""
        names: dict[str, set[str]] = {}
        for tag, name in self.attributes:
            names.setdefault(tag, set()).add(name)
        return names


_COMMENT_TAGS = frozenset(re.findall(r"\w+", "p br a em strong del blockquote code pre ul ol li details summary"))
_REVIEW_TAGS = _COMMENT_TAGS | frozenset(
    re.findall(r"\w+", "hr h2 h3 h4 sup span img picture source figure figcaption table thead tbody tr th td section")
)
COMMENT = Policy(
    _COMMENT_TAGS,
    {
        ("p", "lang"): re.compile("ko"),
        ("a", "href"): COMMENT_URL,
        ("a", "title"): ANY,
        ("a", "rel"): re.compile("nofollow ugc noopener"),
        ("details", "class"): re.compile("spoiler"),
        ("ol", "start"): NUMBER,
    },
)
REVIEW = Policy(
    _REVIEW_TAGS,
    {
        ("*", "id"): ID,
        ("*", "lang"): re.compile("ko"),
        ("a", "href"): URL,
        ("a", "title"): ANY,
        ("a", "rel"): re.compile("noopener|nofollow noopener"),
        ("a", "class"): re.compile("picture|footnote-backref"),
        ("details", "class"): re.compile("spoiler"),
        ("details", "data-until"): re.compile(r"all|\d{1,3}"),
        ("figure", "class"): re.compile("line|picture"),
        ("hr", "class"): re.compile("footnotes-sep"),
        ("img", "src"): DRAWN_SRC,
        ("img", "srcset"): SRCSET,
        ("img", "sizes"): re.compile(re.escape(SIZES)),
        ("img", "alt"): ANY,
        ("img", "title"): ANY,
        ("img", "loading"): re.compile("lazy"),
        ("img", "decoding"): re.compile("async"),
        ("img", "width"): NUMBER,
        ("img", "height"): NUMBER,
        ("li", "class"): re.compile("footnote-item"),
        ("ol", "class"): re.compile("footnotes-list"),
        ("ol", "start"): NUMBER,
        ("section", "aria-labelledby"): re.compile(r"h-[\w\-]{1,80}"),
        ("section", "class"): re.compile("footnotes"),
        ("source", "type"): re.compile("image/webp"),
        ("source", "srcset"): SRCSET,
        ("source", "sizes"): re.compile(re.escape(SIZES)),
        ("span", "class"): re.compile("ep|credit"),
        ("strong", "class"): re.compile("run-in"),
        ("sup", "class"): re.compile("footnote-ref"),
        ("td", "class"): re.compile("align-(?:left|center|right)"),
        ("th", "class"): re.compile("align-(?:left|center|right)"),
        ("th", "scope"): re.compile("col"),
    },
)


def href_is_safe(url: str) -> bool:
    """Say whether a link may lead there: the web, mail, or a place on this site.

    >>> [href_is_safe(url) for url in ("https://example.org/", "/about", "//evil.example", "javascript:1")]
    [True, True, False, False]
    """
    return URL.fullmatch(url) is not None


def comment_href_is_safe(url: str) -> bool:
    """Say whether a commenter's link may lead there: the web or mail."""
    return COMMENT_URL.fullmatch(url) is not None


def sanitised(html: str, policy: Policy) -> Markup:
    """Pass HTML through two independent parsers under one policy."""
    return Markup(by_nh3(by_bleach(html, policy), policy))  # noqa: S704 - this is the one door


def by_bleach(html: str, policy: Policy) -> str:
    """Pass HTML through bleach alone, for `sanitised` and for whoever compares the two."""
    return _cleaners(policy)[0].clean(html)


def by_nh3(html: str, policy: Policy) -> str:
    """Pass HTML through nh3 alone, for `sanitised` and for whoever compares the two."""
    return _cleaners(policy)[1].clean(html)


def _cleaners(policy: Policy) -> tuple[Cleaner, nh3.Cleaner]:
    """Return this thread's own two: Cleaners that threads share mix up what they clean."""
    own, name = _threads.__dict__, str(id(policy))
    if name not in own:
        first = Cleaner(tags=policy.tags, attributes=policy.allows, protocols=SCHEMES, strip=True)
        second = nh3.Cleaner(
            tags=set(policy.tags),
            attributes=policy.names(),
            attribute_filter=lambda tag, name, value: value if policy.allows(tag, name, value) else None,
            url_schemes=set(SCHEMES),
            link_rel=None,
        )
        own[name] = first, second
    return own[name]


_threads = threading.local()
