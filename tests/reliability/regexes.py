"""Every regular expression of the site against 100 kB of what could make it slow: none takes 100 ms of CPU time.

python -m tests.reliability.regexes    (prints the slowest; exit 1 where one takes longer)
"""

import ast
import importlib
import multiprocessing
import pkgutil
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import kblog
from kblog.overview import LONGEST_VALUE

SIZE = 100_000  # characters
MOST = 0.1  # seconds of CPU time
STUCK = 0.5  # seconds after which a pattern is given up
SHOWN = 8
# The code asks these for no longer a text: what is longer is no value of a card, and stays as it was written.
OF_A_CARD = ("overview._GENRE", "overview._LAST_BRACKETS", "overview._ONE_NUMBER", "ledger._TOKEN")
SHORTER = {f"kblog.{name}": LONGEST_VALUE for name in OF_A_CARD}
SHORTER["kblog/overview.py"] = LONGEST_VALUE  # what stands in a call there: `understand` takes no longer value apart
SHORTER["kblog.studio.lint.people._BEFORE"] = 200  # what stands right before a name
ROOT = Path(kblog.__file__).parent
CALLS = {"compile", "match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer"}
FLAGS = re.compile(r"re\.[A-Z]+(?: \| re\.[A-Z]+)*")
# One of each class, and pairs that nested or neighbouring repetitions read in many ways.
UNITS = [
    "a",
    "A",
    "0",
    " ",
    "\n",
    "\t",
    "\r\n",
    "가",
    "ㅏ",
    "é",
    "_",
    "-",
    ".",
    ",",
    ":",
    ";",
    "/",
    "\\",
    "'",
    '"',
    "“",
    "’",
    "`",
]
UNITS += [
    "<",
    ">",
    "&",
    "=",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "|",
    "*",
    "#",
    "%",
    "+",
    "?",
    "!",
    "^",
    "$",
    "~",
    "@",
    "\x00",
    "\x1b",
]
UNITS += [
    "a ",
    "A ",
    "a-",
    "a.",
    "a\n",
    "\n ",
    " \n",
    "<a ",
    "<a>",
    "</a>",
    "</",
    "&a",
    "&#1",
    "[a]",
    "](",
    "![",
    "()",
    "**",
    "a*",
]
UNITS += [
    "a: ",
    "#a ",
    "> ",
    "- ",
    "1.",
    "||",
    "a|",
    "::",
    "::: ",
    "``",
    "''",
    '""',
    "가 ",
    "A가",
    "http://a",
    "a@a.",
    "=\"'",
    "e\u0301",
]
ENDS = ("", "\x01")  # what no pattern wants at its end makes it try everything before


def patterns() -> dict[str, re.Pattern]:
    """Return every pattern: those that modules hold, whatever holds them there, and those that stand in a call."""
    found: dict[str, re.Pattern] = {}
    for module in pkgutil.walk_packages([str(ROOT)], "kblog."):
        if ".migrations" in module.name:
            continue
        loaded = importlib.import_module(module.name)
        for name, value in vars(loaded).items():
            for number, pattern in enumerate(_within(value, 4)):
                if isinstance(pattern.pattern, str):
                    found.setdefault(f"{pattern.pattern} {pattern.flags}", pattern)
                    places.setdefault(pattern.pattern, f"{module.name}.{name}{f'[{number}]' if number else ''}")
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CALLS
            if is_call and isinstance(node.func.value, ast.Name) and node.func.value.id == "re" and node.args:  # type: ignore[attr-defined]
                first = node.args[0]  # type: ignore[attr-defined]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    pattern = re.compile(first.value, _flags(node))
                    found.setdefault(f"{pattern.pattern} {pattern.flags}", pattern)
                    places.setdefault(pattern.pattern, f"{path.relative_to(ROOT.parent)}:{node.lineno}")  # type: ignore[attr-defined]
                    if node.func.attr != "compile":  # type: ignore[attr-defined]
                        called.setdefault(pattern.pattern, set()).add(node.func.attr)  # type: ignore[attr-defined]
    return found


def _flags(call: ast.AST) -> int:
    """Return the flags that a call of `re` gives."""
    given = [ast.unparse(each) for each in ast.iter_child_nodes(call)]
    given += [ast.unparse(each.value) for each in call.keywords]  # type: ignore[attr-defined]
    names = [name for each in given if FLAGS.fullmatch(each) for name in each.split(" | ")]
    return sum({int(getattr(re, name.removeprefix("re."))) for name in names})


places: dict[str, str] = {}
called: dict[str, set[str]] = {}  # how a pattern that stands in a call is asked there
source = {path: path.read_text(encoding="utf-8") for path in sorted(ROOT.rglob("*.py"))}


def asks_of(pattern: re.Pattern) -> list[Callable[[str], object]]:
    """Return how the site asks a pattern: at the beginning of a text alone, or all through it."""
    module, _, name = places[pattern.pattern].rpartition(".")
    own = [text for path, text in source.items() if module.replace(".", "/") in path.with_suffix("").as_posix()]
    said = called.get(pattern.pattern, set())
    for texts_of in (own, source.values()):
        said = said or {use for text in texts_of for use in re.findall(rf"\b{re.escape(name)}\.(\w+)\b", text)} & CALLS
    at_start = [getattr(pattern, method) for method in sorted(said & {"match", "fullmatch"})]
    if at_start and said <= {"match", "fullmatch"}:
        return at_start
    return [*at_start, lambda whole: sum(1 for _ in pattern.finditer(whole))]


def _within(value: object, depth: int) -> Iterator[re.Pattern]:
    if isinstance(value, re.Pattern):
        yield value
    elif depth and isinstance(value, dict):
        for each in [*value, *value.values()]:
            yield from _within(each, depth - 1)
    elif depth and isinstance(value, list | tuple | set | frozenset):
        for each in value:
            yield from _within(each, depth - 1)
    elif depth and type(value).__module__.startswith("kblog.") and hasattr(value, "__dict__"):
        yield from _within(dict(vars(value)), depth - 1)


def texts(pattern: re.Pattern) -> list[tuple[str, str]]:
    """Say of what to make texts: the common units and the pattern's own letters, each with each end."""
    own = sorted(set(re.findall(r"[^\\\[\](){}.*+?^$|\s]", pattern.pattern)))[:12]
    return [(unit, end) for unit in dict.fromkeys([*UNITS, *own]) for end in ENDS]


class Stuck(Exception):
    """A pattern that does not come to an end."""


def slowest(pattern: re.Pattern) -> tuple[float, str]:
    """Return the longest that the pattern takes for any of the texts, read from end to end, and of what it is made.

    A tenth of each text shows which are worth the whole: what is slower than by the square of its length, or faster.
    """
    worst = (0.0, "")
    place = places[pattern.pattern]
    size = SHORTER.get(place, SHORTER.get(place.partition(":")[0], SIZE))
    asks = asks_of(pattern)
    for unit, end in texts(pattern):
        for ask in asks:
            if _seconds(ask, unit * (size // 10 // len(unit)) + end) > MOST / 200:
                made_of = f"{unit!r}{f'…{end!r}' if end else ''}"
                worst = max(worst, (_seconds(ask, unit * (size // len(unit)) + end), made_of))
            if worst[0] > MOST:  # enough to mend it
                return worst
    return worst


def _seconds(ask: Callable[[str], object], text: str) -> float:
    begun = time.thread_time()
    signal.setitimer(signal.ITIMER_VIRTUAL, STUCK)
    try:
        ask(text)
    except Stuck:
        pass
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return time.thread_time() - begun


def _stop(_signal: int, _frame: object) -> None:
    raise Stuck


def main() -> int:
    signal.signal(signal.SIGVTALRM, _stop)
    found = list(patterns().values())
    times, too_slow = [], 0
    with multiprocessing.get_context("fork").Pool() as pool:
        for pattern, (seconds, made_of) in zip(found, pool.imap(slowest, found), strict=True):
            times.append((seconds, made_of, pattern.pattern))
            if seconds > MOST:
                too_slow += 1
                _tell(*times[-1])
    times.sort(reverse=True)
    print(f"{len(found)} patterns, {SIZE:,} characters each")
    for each in times[:SHOWN]:
        _tell(*each)
    return int(too_slow > 0)


def _tell(seconds: float, made_of: str, written: str) -> None:
    print(f"{seconds * 1000:8.1f} ms  {places[written]}  {made_of}  {written[:70]!r}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
