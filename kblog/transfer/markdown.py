"""Tidied HTML as Markdown that means the same: every sign in the text stays a sign in the text."""

import re
from collections.abc import Collection

from bs4.element import NavigableString, Tag
from markdownify import MarkdownConverter

# Signs with a meaning anywhere in a line. An underscore within a word has none, and escaping it would break addresses.
SIGNS = r"[\\`*\[\]|]|~(?=~)|(?<=~)~|(?<![^\W_])_|_(?![^\W_])|<(?=[A-Za-z/!?])|&(?=#?\w+;)|\^(?=\[)"
AFTER_ELEMENT, BEFORE_ELEMENT = r"|\A[~^]", r"|[~^!]\Z"  # "!" before a link makes a picture, "^" a footnote
# Signs with a meaning at the start of a line.
STARTS = re.compile(r"^(?=#{1,6}(?:\s|$)|[-+](?:\s|$)|--|=|>|:::)", re.MULTILINE)
NUMBERED = re.compile(r"^(\d{1,9})(?=[.)](?:\s|$))", re.MULTILINE)
UNSAID_IN_ADDRESS = re.compile(r"[\s<>\\|`*\[\]]")


class Writer(MarkdownConverter):
    """markdownify for the elements `tidy` leaves, with escaping that holds in every place."""

    def escape(self, text: str, parent_tags: Collection[str]) -> str:
        return re.sub(SIGNS, r"\\\g<0>", text)

    def process_text(self, el: NavigableString, parent_tags: Collection[str] | None = None) -> str:
        """Escape a text, and nothing else: white space is already as a browser draws it."""
        text = str(el)
        if "_noformat" in (parent_tags or ()):
            return text
        is_first = el.previous_sibling is None and el.parent is not None and el.parent.name == "line"
        signs = SIGNS + ("" if is_first else AFTER_ELEMENT) + ("" if el.next_sibling is None else BEFORE_ELEMENT)
        return re.sub(signs, r"\\\g<0>", text)

    def convert_line(self, el: Tag, text: str, parent_tags: Collection[str]) -> str:
        if el.find_next_sibling("line") is None:
            return text
        is_caption_next = el.parent is not None and el.parent.get("kind") == "spoken"
        return f"{text}\n" if is_caption_next else f"{text}\\\n"

    def convert_p(self, el: Tag, text: str, parent_tags: Collection[str]) -> str:
        text = NUMBERED.sub(r"\1\\", STARTS.sub(r"\\", text))
        return f"\n\n{text}\n\n"

    def convert_hN(self, n: int, el: Tag, text: str, parent_tags: Collection[str]) -> str:  # noqa: N802
        words = text.rstrip("#")
        guard = "\\" if words != text else ""  # signs at the end would be taken for decoration
        return f"\n\n{'#' * n} {words}{guard}{text[len(words) :]}\n\n"

    def convert_a(self, el: Tag, text: str, parent_tags: Collection[str]) -> str:
        return f"[{text}]({_address(el['href'])})"

    def convert_img(self, el: Tag, text: str, parent_tags: Collection[str]) -> str:
        return f"![{self.escape(str(el['alt']), parent_tags)}]({_address(el['src'])})"

    def convert_code(self, el: Tag, text: str, parent_tags: Collection[str]) -> str:
        ticks = "`" * (_longest_ticks(text) + 1)
        pad = " " if "`" in text else ""
        code = f"{ticks}{pad}{text}{pad}{ticks}"
        return code.replace("|", r"\|") if el.find_parent("table") else code

    def convert_pre(self, el: Tag, text: str, parent_tags: Collection[str]) -> str:
        fence = "`" * max(3, _longest_ticks(text) + 1)
        return f"\n\n{fence}{el['language']}\n{text}\n{fence}\n\n"

    def convert_li(self, el: Tag, text: str, parent_tags: Collection[str]) -> str:
        """Write one item; a list straight after another one uses the other sign, or the two would be one."""
        holder = el.parent
        if holder is None:
            return text
        is_second = holder.get("sign") == "second"
        bullet = "*" if is_second else "-"
        if holder.name == "ol":
            number = int(str(holder.get("start") or 1)[:8]) + len(el.find_previous_siblings("li"))
            bullet = f"{number}{')' if is_second else '.'}"
        indent = " " * (len(bullet) + 1)
        inner = re.sub(r"^(?=.)", indent, text.strip("\n"), flags=re.MULTILINE)
        return f"{bullet} {inner[len(indent) :]}\n"


def _longest_ticks(text: str) -> int:
    return max(map(len, re.findall(r"`+", text)), default=0)


def _address(address: object) -> str:
    """Write an address so that it ends where it ends: no spaces, brackets in pairs or not."""
    encoded = UNSAID_IN_ADDRESS.sub(lambda sign: "".join(f"%{byte:02X}" for byte in sign[0].encode()), str(address))
    return re.sub(r"[()]|&(?=#?\w+;)", r"\\\g<0>", encoded)


def written(body: Tag) -> str:
    """Write a tidied body as Markdown."""
    text = Writer().convert_soup(body).strip("\n")
    return f"{text}\n" if text else ""


def written_lines(lines: list[str]) -> str:
    """Write lines of bare text as one paragraph, exactly as `written` would."""
    signs = re.compile(SIGNS)
    escaped = [signs.sub(r"\\\g<0>", line) for line in lines]
    return NUMBERED.sub(r"\1\\", STARTS.sub(r"\\", "\\\n".join(escaped))) + "\n"
