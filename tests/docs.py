"""The README and the docs as tests read them: their blocks, what stands in backticks, their links."""

import pathlib
import re
from collections.abc import Iterator

ROOT = pathlib.Path(__file__).resolve().parents[1]
DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PAGES = [*DOCS, *(ROOT / f"{name}.md" for name in ("SECURITY", "CONTRIBUTING"))]  # the changelog tells of what was
DEPLOY = sorted(path for path in (ROOT / "deploy").rglob("*") if path.is_file())
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"!?\[((?:[^\[\]]|!\[[^\]]*\]\([^)]*\))*)\]\(([^)\s]+)\)")


def text(path: pathlib.Path) -> str:
    return path.read_text(encoding="utf-8")


def name(path: pathlib.Path) -> str:
    return str(path.relative_to(ROOT))


def blocks(path: pathlib.Path, kind: str) -> list[str]:
    """Return the blocks of one kind on a page; those without a name are lines for a shell."""
    return [inner for language, inner in FENCE.findall(text(path)) if language == kind]


def spans(path: pathlib.Path) -> list[str]:
    """Return what stands in backticks within a line."""
    return SPAN.findall(FENCE.sub("", text(path)))


def links(path: pathlib.Path) -> Iterator[tuple[str, str]]:
    """Give the words and the address of every link and picture; a picture may stand in a link."""
    for words, to in LINK.findall(SPAN.sub("", FENCE.sub("", text(path)))):
        yield words, to
        yield from LINK.findall(words)


def shown() -> list[str]:
    """Return every line for a shell, each once, without what it says of itself; a mere setting is none, nor is SQL."""
    lines = [line for path in DOCS for block in blocks(path, "") for line in block.splitlines()]
    bare = (re.sub(r"\s+#.*", "", line).strip().replace(".venv/bin/", "") for line in lines)
    return [line for line in dict.fromkeys(bare) if not re.fullmatch(r"(?:[A-Z_]+=\S*)?|[A-Z]+ .*;", line)]
