"""Spoilers: how ``:::`` opens and closes one, how far it tells, and rendered text with none."""

import re
from functools import reduce
from html import unescape
from urllib.parse import urljoin

from markdown_it.common.utils import escapeHtml
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markupsafe import Markup

from .tokens import NESTING_LIMIT, Token, element, opening, plain_block, typed

OPENED = re.compile(r":{3,}[ \t]*spoilers?(?![\w-])(.*)", re.I)
OPENING = re.compile(r"(?<!:):{3,}[ \t]*spoilers?(?![\w-])", re.I)
CLOSED = re.compile(r":{3,}[ \t]*")
REACH = re.compile(  # words with one space between two of them
    r"(?:for )?(?:episodes?|eps?\.?)? ?(\d{1,3})(?: ?(?:[-‐-―~]|to) ?(\d{1,3}))? ?[화회]?", re.I
)
FENCE = re.compile(r"(`{3,})[^`]*|(~{3,}).*")
ITEM = re.compile(r"^(?:(?:[-+*]|\d{1,9}[.)]|\[\^[^\]\s]+\]:)[ \t]+)+")  # of a list, or a footnote
DETAILS = re.compile(r'(?P<close></details>)|<details\b[^>]*>|<h2 id="(?P<anchor>[^"]+)">')
SUMMARY = re.compile(r"\s*<summary\b[^>]*>(.*?)</summary>", re.DOTALL)
TAG = re.compile(r'<\w+(?:\s[\w-]+="[^"]*")+\s*/?>')
ADDRESS = re.compile(r'(?<=\s)(?P<name>href|src|srcset)="(?P<value>[^"]*)"')


def read_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read ``::: spoiler`` to its own ``:::``, past those of spoilers inside it, or to the end."""
    opened = OPENED.fullmatch(_line(state, start))
    if opened is None or state.is_code_block(start):
        return False
    if silent:
        return True
    line, depth, fence = start + 1, 1, ""
    while line < end:
        text = _line(state, line)
        if text and state.sCount[line] < state.blkIndent:
            break  # the list or quotation around the spoiler ends here
        if fence:
            fence = "" if text.startswith(fence) and not text.strip(fence[0] + " \t") else fence
        elif found := FENCE.fullmatch(text):
            fence = found[1] or found[2]
        elif OPENED.fullmatch(ITEM.sub("", text, count=1)):
            depth += 1
        elif CLOSED.fullmatch(text) and (depth > 1 or not state.is_code_block(line)):
            depth -= 1
        if depth == 0:
            break
        line += 1
    state.push("spoiler_open", "details", 1).info = opened[1]
    if state.level < NESTING_LIMIT:
        line_max, state.lineMax = state.lineMax, line
        state.md.block.tokenize(state, start + 1, line)
        state.lineMax = line_max
    else:
        state.tokens += plain_block(state, start + 1, line)
    state.push("spoiler_close", "details", -1)
    state.line = line + (depth == 0)
    return True


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def hidden(blocks: list[Token]) -> list[Token]:
    """Put blocks into a spoiler that tells the whole story."""
    return [Token("spoiler_open", "details", 1), *blocks, Token("spoiler_close", "details", -1)]


def details(info: str) -> tuple[list[Token], str]:
    """Open a spoiler; its second value says how far it tells: an episode's number, or "all"."""
    reach, told = "all", "the whole story"
    if found := REACH.fullmatch(" ".join(info.split())):
        first, last = sorted((int(found[1]), int(found[2] or found[1])))
        reach, told = str(last), f"episode {last}" if first == last else f"episodes {first} to {last}"
    start = opening("details", {"class": "spoiler", "data-until": reach})
    return [start, *element("summary", [typed(f"Spoilers for {told}")])], reach


def farther(one: str, other: str) -> str:
    """Choose of two reaches the one that tells more; "" tells nothing."""
    return max(one, other, key=lambda reach: 1000 if reach == "all" else int(reach or 0))


def find_spoiled_notes(state: StateCore) -> None:
    """Note which footnotes only a spoiler tells of: at the foot of the page they stay hidden, too."""
    numbers = state.env.get("footnotes", {}).get("refs", {})
    told: dict[int, list[str]] = {}
    defined: dict[int, str] = {}
    around = [""]
    for token in state.tokens:
        if token.type == "spoiler_open":
            around.append(farther(around[-1], details(token.info)[1]))
        elif token.type == "spoiler_close":
            around.pop()
        elif token.type == "footnote_reference_open" and around[-1]:
            defined[numbers[":" + token.meta["label"]]] = around[-1]
        for child in token.children or ():
            if child.type == "footnote_ref":
                told.setdefault(child.meta["id"], []).append(around[-1])
    referred = {note: reduce(farther, reaches) for note, reaches in told.items() if all(reaches)}
    state.env["spoiled_notes"] = referred | defined


def without_spoilers(html: Markup, url: str) -> Markup:
    """Put a link to its place on the page at `url` where rendered text holds a spoiler: what feeds carry.

    Every other address in it is made whole, too: it is read elsewhere.

    >>> from kblog.markup import render_review
    >>> without_spoilers(render_review("::: spoiler episode 7\\nHe did it.\\n:::").html, "https://k.example/r/").strip()
    Markup('<p><a href="https://k.example/r/">Spoilers for episode 7</a></p>')
    """
    kept: list[str] = []
    depth, at, anchor = 0, 0, ""
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
    whole = TAG.sub(lambda tag: ADDRESS.sub(lambda found: _whole(found, url), tag[0]), "".join([*kept, html[at:]]))
    return Markup(whole)  # noqa: S704 - slices of what is safe, and escaped addresses


def _whole(attribute: re.Match[str], url: str) -> str:
    value = unescape(attribute["value"])
    each = value.split(", ") if attribute["name"] == "srcset" else [value]
    try:
        return f'{attribute["name"]}="{escapeHtml(", ".join(urljoin(url, one) for one in each))}"'
    except ValueError:  # no address at all
        return attribute[0]
