"""The filters and globals that every template may use."""

import hashlib
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, ClassVar
from urllib.parse import urlsplit

from flask import Flask, current_app, request
from jinja2 import Environment, nodes, pass_environment
from jinja2.ext import Extension
from jinja2.parser import Parser
from markupsafe import Markup

from kblog import hangul, language, markup, speaking
from kblog.language import day, gettext, noted, plural, short_day

LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
SLUG = re.compile(r"[\w-]{1,80}", re.ASCII)
KIND_WORDS = {"drama": noted("Drama"), "film": noted("Film"), "special": noted("Special"), "show": noted("Show")}
TELLS_WORDS = {"nothing": noted("Spoils nothing"), "ending": noted("Tells the ending")}
MOST_MARKED = 5_000  # texts with their marks that are remembered; titles, names and the like, some 2 MB
MINUTE_WORDS = 230  # words a minute: the usual figure for reading prose on a screen


def init_app(app: Flask) -> None:
    for extension in (Inline, Once, speaking.Trans, speaking.InEnglish):
        app.jinja_env.add_extension(extension)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":")}  # Hangul as it is
    app.jinja_env.filters.update(
        day=day,
        dom_id=dom_id,
        hangul_runs=hangul.runs,
        iso=iso,
        kind_word=kind_word,
        ko=marked_korean,
        parted_at_lines=markup.parted,
        plural=plural,
        reading_minutes=reading_minutes,
        reaches=reaches,
        rfc3339=rfc3339,
        said=gettext,
        short_day=short_day,
        tells_words=tells_words,
        told=markup.told,
    )
    app.jinja_env.tests.update(hangul=hangul.has_hangul, link=is_link, mostly_hangul=hangul.is_mostly_hangul)
    app.jinja_env.globals.update(absolute=absolute, marked_korean=marked_korean, spoken=language.spoken)


class Inline(Extension):
    """`{% inline "name.html" %}`: an include that is put in its place when the template is compiled, and costs nothing.

    What is inlined shares the names around it. While developing, its change shows when the template around it changes.
    """

    tags: ClassVar = {"inline"}  # pyright: ignore[reportIncompatibleVariableOverride] - so Jinja wants it

    def parse(self, parser: Parser) -> list[nodes.Node]:
        """Put the other template's text in the place of the tag."""
        next(parser.stream)
        name = parser.parse_expression().as_const()
        loader: Any = self.environment.loader
        source, filename, _ = loader.get_source(self.environment, name)
        return self.environment.parse(source, name, filename).body


class Once(Extension):
    """`{% once a, b %}...{% endonce %}`: what was drawn of these values before is not drawn again in this process.

    One comment ends every kept page, and nearly all of each is then drawn again from the same values. Whatever the part
    shows must be among them, or be the same in every page for good; so it is never stale, and needs nothing to end it.
    """

    tags: ClassVar = {"once"}  # pyright: ignore[reportIncompatibleVariableOverride] - so Jinja wants it
    most = 3_000  # parts; of a comment's size, some 3 MB

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.drawn: dict[Any, Markup] = {}

    def parse(self, parser: Parser) -> nodes.Node:
        """Make the part a block that is called only for values that are new."""
        line = next(parser.stream).lineno
        values = parser.parse_tuple()
        spoken: Any = getattr(self.environment, "language", "")
        place = nodes.Const(f"{spoken} {parser.name}:{line}")
        body = parser.parse_statements(("name:endonce",), drop_needle=True)
        return nodes.CallBlock(self.call_method("draw", [place, values]), [], [], body).set_lineno(line)

    def draw(self, place: str, values: Any, caller: Callable[[], Markup]) -> Markup:
        key = place, values
        try:
            drawn = self.drawn.get(key)
        except TypeError:  # a value that may yet change, such as a comment that is being written
            return caller()
        if drawn is None:
            drawn = caller()
            if len(self.drawn) >= self.most:  # all at once: what is asked for is soon there again
                self.drawn.clear()
            if not self.environment.auto_reload:
                self.drawn[key] = drawn
        return drawn


def iso(value: date) -> str:
    """Write a date or a moment for machines: `2025-11-24` or `2025-11-24T17:30:00Z`."""
    return rfc3339(value) if isinstance(value, datetime) else value.isoformat()


def rfc3339(value: datetime) -> str:
    """Write a moment as feeds want it, in UTC."""
    return value.astimezone(UTC).isoformat(timespec="seconds").removesuffix("+00:00") + "Z"


def kind_word(kind: str) -> str:
    """Name a kind of work; nothing where nobody said.

    >>> kind_word("film"), kind_word("")
    ('Film', '')
    """
    return gettext(KIND_WORDS[kind]) if kind in KIND_WORDS else ""


def tells_words(tells: str) -> str:
    """Say how far a review's open text tells the story.

    >>> tells_words("nothing"), tells_words("4"), tells_words("ending")
    ('Spoils nothing', 'Tells up to episode 4', 'Tells the ending')
    """
    if not tells:
        return ""
    return gettext(TELLS_WORDS[tells]) if tells in TELLS_WORDS else gettext("Tells up to episode %(last)s", last=tells)


def reaches(spoils: str) -> str:
    """Say how far something spoils, as it goes on after "spoils".

    >>> reaches("all"), reaches("4")
    ('the whole story', 'up to episode 4')
    """
    return gettext("the whole story") if spoils == "all" else gettext("up to episode %(last)s", last=spoils)


def reading_minutes(words: int) -> int:
    """Return how long a text takes to read, in whole minutes, at least one."""
    return max(1, round(words / MINUTE_WORDS))


def dom_id(value: str) -> str:
    """Write any value as part of an element's id: a slug as it is, anything else by its hash.

    >>> dom_id("romance"), dom_id("no slug at all")
    ('romance', 'x-9d95fa17')
    """
    return value if SLUG.fullmatch(value) else f"x-{hashlib.sha256(value.encode()).hexdigest()[:8]}"


def is_link(text: str) -> bool:
    """Whether a text that came from outside may be an `href`.

    >>> is_link("https://viki.example/boats"), is_link("javascript:alert(1)"), is_link("")
    (True, False, False)
    """
    return re.match(r"https?://[^\s/]", text) is not None


@pass_environment
def marked_korean(environment: speaking.Environment, text: str | None) -> str:
    """Mark what of a text is in another language than the interface, so that it is spoken and set as what it is.

    In English that is what is Korean: most texts have nothing of it, and then no macro is called. In Korean it is all
    of a text that has Latin letters, and in it what is Korean.
    """
    if not text:
        return ""
    is_english = environment.language == language.ENGLISH
    if not (hangul.has_hangul(text) if is_english else LATIN.search(text)):
        return text
    marked = environment.marked.get(text)
    if marked is None:
        macros: Any = environment.get_template("_macros.html").module
        marked = macros.korean(text) if is_english else macros.english(text)
        if len(environment.marked) >= MOST_MARKED:  # all at once: what is asked for is soon there again
            environment.marked.clear()
        environment.marked[text] = marked
    return marked


def absolute(url: str) -> str:
    """Return `url` with the site's own address before it."""
    if not url.startswith("/") and urlsplit(url).scheme:
        return url
    return (current_app.config["KBLOG"].base_url or request.url_root.rstrip("/")) + url
