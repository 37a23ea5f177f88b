"""Which comments wait for the author, and why: a list of rules, each with the state it asks for and its reason."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_network
from typing import NamedTuple

from kblog.hangul import has_hangul

from . import typed

MODES = ("none", "links", "first", "all")  # each one holds what those before it hold, and more
MOST_LINKS = 1  # a second one is what advertising has and talk seldom
TRUSTED_AFTER = 2  # approvals: one may have been won by a harmless word
LIKELY = 0.9  # below it the judge that learns keeps still
SOONEST = 3  # seconds: nobody reads a form, writes and sends it in less
ENDINGS = ("com", "net", "org", "info", "biz", "shop", "store", "online", "site", "xyz", "casino", "vip")  # no initials
ADDRESS = re.compile(rf"https?:|www\.|\w\.(?:{'|'.join(map(typed.unmasked, ENDINGS))})\b")


@dataclass(frozen=True)
class Rules:
    """What the author decided about comments to come."""

    mode: str = "first"
    words: tuple[str, ...] = ()  # what says one of them waits
    blocked: tuple[str, ...] = ()  # words, addresses or networks whose comments are spam


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A comment, and what is known of how and by whom it was sent."""

    name: str
    website: str
    body: str
    links: int = 0
    network: str = ""
    trap: str = ""  # what stands in the field that people do not see
    seconds: int | None = None  # since its form was opened; none: nobody counts
    approvals: int = 0  # of comments by this writer under this name
    is_rejected: bool = False  # a comment by this writer was marked as spam
    repeats: int = 0  # earlier comments with these words
    likeness: float = 0.0  # to what was marked as spam, from 0 to 1

    @property
    def is_trusted(self) -> bool:
        return self.approvals >= TRUSTED_AFTER and not self.is_rejected

    @property
    def words(self) -> str:
        return f"{self.name}\n{self.website}\n{self.body}"


class Judgement(NamedTuple):
    """The state of a new comment, and the reasons for it, one a line."""

    state: str
    reason: str


def judge(sent: Sent, rules: Rules) -> Judgement:
    """Give a comment its state: visible where no rule that counts has a reason against it.

    >>> judge(Sent(name="Mina", website="", body="Hello."), Rules())
    Judgement(state='pending', reason='First comment under this name')
    >>> judge(Sent(name="Mina", website="", body="Hello.", approvals=1), Rules())
    Judgement(state='visible', reason='')
    """
    against: dict[str, str] = {}
    for rule in RULES:
        counts = MODES.index(rule.from_mode) <= MODES.index(rules.mode)
        if counts and not (rule.spares_trusted and sent.is_trusted) and (reason := rule.reason(sent, rules)):
            against[reason] = rule.state
    state = "spam" if "spam" in against.values() else "pending" if against else "visible"
    return Judgement(state, "\n".join(against))


def trap(sent: Sent, _rules: Rules) -> str:
    return "A field that people do not see was filled in" if sent.trap else ""


def blocked(sent: Sent, rules: Rules) -> str:
    networks = [entry for entry in rules.blocked if _is_in(sent.network, entry)]
    found = networks or words_in(sent.words, rules.blocked)
    return f"Blocked: {found[0]}" if found else ""


def too_fast(sent: Sent, _rules: Rules) -> str:
    if sent.seconds is None or sent.seconds >= SOONEST:
        return ""
    return f"Sent {sent.seconds} {'second' if sent.seconds == 1 else 'seconds'} after its form was opened"


def words(sent: Sent, rules: Rules) -> str:
    found = words_in(sent.words, rules.words)
    return f"It says “{'”, “'.join(found)}”" if found else ""


def links(sent: Sent, _rules: Rules) -> str:
    return f"{sent.links} links" if sent.links > MOST_LINKS else ""


def address_as_name(sent: Sent, _rules: Rules) -> str:
    return "Its name is a web address" if ADDRESS.search(typed.unmasked(sent.name)) else ""


def repeats(sent: Sent, _rules: Rules) -> str:
    return "The same words were posted before" if sent.repeats else ""


def likeness(sent: Sent, _rules: Rules) -> str:
    return f"It resembles what was marked as spam ({sent.likeness:.0%})" if sent.likeness >= LIKELY else ""


def first(sent: Sent, _rules: Rules) -> str:
    return "" if sent.approvals else "First comment under this name"


def every(_sent: Sent, _rules: Rules) -> str:
    return "Every comment is read before it appears"


class Rule(NamedTuple):
    """A reason to hold a comment back; it counts in `from_mode` and in the stricter ones."""

    reason: Callable[[Sent, Rules], str]  # "" for a comment that passes
    state: str = "pending"
    from_mode: str = "none"
    spares_trusted: bool = False


RULES = (
    Rule(trap, "spam"),
    Rule(blocked, "spam"),
    Rule(too_fast),
    Rule(words),
    Rule(links, from_mode="links", spares_trusted=True),
    Rule(address_as_name, from_mode="links", spares_trusted=True),
    Rule(repeats, from_mode="links", spares_trusted=True),
    Rule(likeness, from_mode="links", spares_trusted=True),
    Rule(first, from_mode="first"),
    Rule(every, from_mode="all"),
)


def words_in(text: str, wanted: Sequence[str]) -> list[str]:
    """Return which of these words a text has, however they are written; Korean ones also inside a longer word.

    >>> words_in("Play at the Cаs1no, 카ㅈㅣ노에서. A classic 🎰", ["casino", "카지노", "ass", "🎰", " "])
    ['casino', '카지노', '🎰']
    """
    if not wanted:
        return []  # most often: to write a text plainly takes as long as to store it
    here = _plain(text)
    words, run = f" {here} ", here.replace(" ", "")
    found: list[str] = []
    for each in wanted:
        plain = _plain_word(each)
        if has_hangul(each):
            is_there = bool(plain) and plain.replace(" ", "") in run
        else:
            is_there = f" {plain} " in words if plain else bool(each.strip()) and each.strip() in text
        found += [each] if is_there else []
    return found


@lru_cache(1024)
def _plain_word(word: str) -> str:
    return _plain(word)


def _plain(text: str) -> str:
    """Write a text as its letters and digits alone, with single spaces."""
    return " ".join("".join(each if each.isalnum() else " " for each in typed.unmasked(text)).split())


def _is_in(network: str, entry: str) -> bool:
    """Whether a network is the one that an entry of the block list names, or shares addresses with it."""
    try:
        named, here = ip_network(entry, strict=False), ip_network(network)
    except ValueError:
        return False
    return named.version == here.version and named.overlaps(here)
