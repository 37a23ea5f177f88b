"""What rendered text says that its author did not type, in the language of the interface."""

import re
from html import escape

from markupsafe import Markup

from kblog.language import ENGLISH, gettext, noted, spoken

SAID = re.compile(
    r"<summary>(?:(?P<whole>Spoilers for the whole story)|Spoilers for episode (?P<number>\d+)"
    r"|Spoilers for episodes (?P<first>\d+) to (?P<last>\d+)|(?P<bare>Spoiler))</summary>"
    r'|(?P<link><a class="picture" [^>]*>)(?P<picture>Picture on the old blog)(?=[:<])'
)
WORDS = (noted("Spoilers for the whole story"), noted("Spoiler"), noted("Picture on the old blog"))


def told(html: Markup) -> Markup:
    """Say it as the interface speaks; what was rendered says it in English.

    >>> told(Markup("<summary>Spoilers for episodes 2 to 4</summary>"))
    Markup('<summary>Spoilers for episodes 2 to 4</summary>')
    """
    if spoken() == ENGLISH:
        return html
    return Markup(SAID.sub(_said, html))  # noqa: S704 - what is safe, and escaped words in it


def _said(found: re.Match[str]) -> str:
    language = f'lang="{spoken()}"'
    if words := found["picture"]:
        return f"{found['link']}<span {language}>{escape(gettext(words))}</span>"
    if words := found["whole"] or found["bare"]:
        said = gettext(words)
    elif found["number"]:
        said = gettext("Spoilers for episode %(number)s", number=found["number"])
    else:
        said = gettext("Spoilers for episodes %(first)s to %(last)s", first=found["first"], last=found["last"])
    return f"<summary {language}>{escape(said)}</summary>"
