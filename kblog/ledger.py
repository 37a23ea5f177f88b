"""Where a work can be watched: platforms and regions by their many names, and sentences to ledger entries and back."""

import re
import unicodedata
from calendar import month_name
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import product

from kblog.hangul import has_hangul
from kblog.language import ENGLISH, KOREAN, joined, noted, short_day, speaking, spoken
from kblog.language import gettext as _
from kblog.vocabulary import OFFERS as OFFER_WORDS
from kblog.vocabulary import PLATFORMS, REGIONS, WORDS, WORLD
from kblog.vocabulary import STATUSES as STATUS_WORDS

OFFERS = tuple(OFFER_WORDS)
STATUSES = tuple(STATUS_WORDS)
DUE_DAYS = 60  # a check older than this is marked as due
UNCONFIRMED_DAYS = 180  # and older than this as unconfirmed
LONGEST_NAME = 4  # words in the name of a platform that is not in the table; more are a sentence


@dataclass(frozen=True)
class Availability:
    """Where a work can or cannot be watched; an empty platform is a sentence that names none."""

    platform: str = ""
    region: str = ""
    offer: str = ""
    status: str = "available"
    checked_on: date | None = None
    link: str = ""
    note: str = ""


@dataclass(frozen=True)
class Sentence:
    """Ledger entries that say the same: before, the platforms and their links, after, the check."""

    before: str
    platforms: tuple[str, ...]
    after: str
    checked_on: date | None
    status: str
    note: str
    links: tuple[str, ...] = ()
    region: str = ""

    @property
    def conjunction(self) -> str:
        """Give the word before the last platform."""
        return "and" if self.status == "available" else "or"

    @property
    def check(self) -> str:
        """Say when it was checked, in the words that end the sentence."""
        if self.checked_on:
            return _(", checked %(day)s", day=short_day(self.checked_on))
        return _(", not yet checked") if self.status in ("available", "not available") else ""

    def __str__(self) -> str:
        return f"{self.before}{joined(self.platforms, self.conjunction)}{self.after}{self.check}"


def platform(name: str) -> str | None:
    """Give a platform's own spelling ("disney plus" -> "Disney+"), or None."""
    return _PLATFORMS.get(folded(name))


def region(name: str) -> str:
    """Give the code of a country's name, WORLD or SOME, or an empty text."""
    plain = folded(name).removeprefix("the ")
    return plain.upper() if plain.upper() in REGIONS else _REGIONS.get(plain, "")


def region_name(code: str) -> str:
    """Name a region as it reads after "in": "the United States"; WORLD is "worldwide"."""
    names = REGIONS.get(code, (code,))
    return next(filter(has_hangul, names), names[0]) if spoken() == KOREAN else names[0]


def place(code: str) -> str:
    """Say where, as it reads after a platform's name.

    >>> place("US"), place("WORLD"), place("")
    (' in the United States', ' worldwide', '')
    """
    if code == WORLD:
        return _(" worldwide")
    return _(" in %(region)s", region=region_name(code)) if code else ""


def join_names(names: Sequence[str], conjunction: str = "and") -> str:
    """Join names as an English sentence does, whatever language is spoken.

    >>> join_names(["a", "b", "c"], "or")
    'a, b or c'
    """
    with speaking(ENGLISH):
        return joined(names, conjunction)


def age(checked_on: date | None, today: date) -> str:
    """Say whether a check is "due" or "unconfirmed"; empty while it is fresh, and for an entry never checked."""
    days = (today - checked_on).days if checked_on else 0
    return "unconfirmed" if days > UNCONFIRMED_DAYS else "due" if days > DUE_DAYS else ""


def ago(checked_on: date, today: date) -> str:
    """Say how long ago a check was: in days while it is fresh, then in whole months and years.

    >>> [ago(date(2026, 3, 1), today) for today in (date(2026, 3, 1), date(2026, 3, 2), date(2026, 4, 30))]
    ['today', 'yesterday', '60 days ago']
    >>> [ago(date(2026, 1, 31), today) for today in (date(2026, 4, 30), date(2027, 12, 1), date(2029, 3, 1))]
    ['2 months ago', '22 months ago', '3 years ago']
    """
    days = (today - checked_on).days
    months = (today.year - checked_on.year) * 12 + today.month - checked_on.month - (today.day < checked_on.day)
    if days <= DUE_DAYS:
        return _(_DAYS[max(0, days)]) if days < 2 else _("%(days)s days ago", days=days)
    if months < 24:
        return _("a month ago") if months < 2 else _("%(months)s months ago", months=months)
    return _("%(years)s years ago", years=months // 12)


def ledger_sentences(entries: Iterable[Availability]) -> list[Sentence]:
    """Put entries into words: those that differ in the platform only are one sentence, in the order given.

    >>> viki, hulu = (Availability(name, "US", status="not available") for name in ("Viki", "Hulu"))
    >>> [str(sentence) for sentence in ledger_sentences([viki, hulu, Availability("Netflix")])]
    ['Not on Viki or Hulu in the United States, not yet checked', 'Netflix, not yet checked']
    """
    groups: dict[tuple[object, ...], list[Availability]] = {}
    for entry in entries:
        same = (entry.status, entry.offer, entry.region, entry.checked_on, entry.note, not entry.platform)
        groups.setdefault(same, []).append(entry)
    return [_sentence(group) for group in groups.values()]


def in_words(entry: Availability, *, with_check: bool = True) -> str:
    """Say one entry as a sentence, with when it was checked or without.

    >>> in_words(Availability("Viki", "US", "rent")), in_words(Availability("Viki", "US"), with_check=False)
    ('To rent on Viki in the United States, not yet checked', 'Viki in the United States')
    """
    (sentence,) = ledger_sentences([entry])
    return str(sentence) if with_check else str(sentence).removesuffix(sentence.check)


_DAYS = (noted("today"), noted("yesterday"))
_WAYS = {"": "streaming", "subscription": "by subscription", "free": "free", "rent": "to rent", "buy": "to buy"}
HOLES = "%(platforms)s%(where)s"
_OPENINGS = {"available": "", "not available": "not ", "left": "no longer ", "unknown": "not known whether "}


def _sentence(group: list[Availability]) -> Sentence:
    first = group[0]
    links = {entry.platform: entry.link for entry in reversed(group) if entry.platform}
    names = tuple(dict.fromkeys(entry.platform for entry in group if entry.platform))
    way = _WAYS.get(first.offer, "in cinemas")
    if not names:
        before = "not known where to watch" if first.status == "unknown" else _OPENINGS[first.status] + way
    elif first.status == "available" and not first.offer:
        before = ""
    else:
        before = _OPENINGS[first.status] + (f"{way} on " if first.offer else "on ")
    is_unsaid = names and first.checked_on and not first.region and first.status != "left"
    where = _(", region not checked") if is_unsaid else place(first.region)
    said = _(f"{before[:1].upper()}{before[1:]}{HOLES}").replace("%(where)s", where)
    before, _hole, after = said.partition("%(platforms)s")
    return Sentence(
        before, names, after, first.checked_on, first.status, first.note, tuple(links[n] for n in names), first.region
    )


def folded(text: str) -> str:
    """Make spellings of a name or a small word comparable: case, blanks, apostrophes and a closing full stop."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip(" .").casefold().replace("’", "'")


def any_of(words: Iterable[str]) -> str:
    """Write a pattern for any of the words, the longest first; Latin words stand alone, Korean ones run together."""
    longest_first = sorted(words, key=len, reverse=True)
    return "|".join(rf"(?<!\w){re.escape(w)}(?!\w)" if w.isascii() else re.escape(w) for w in longest_first)


def _turned(table: Mapping[str, Iterable[str]]) -> dict[str, str]:
    return {folded(name).removeprefix("the "): key for key, names in table.items() for name in names}


_PLATFORMS = _turned({name: (name, *others) for name, others in PLATFORMS.items()})
_REGIONS = _turned(REGIONS)
_MEANINGS = {
    **dict.fromkeys(WORDS["held"], ("held", "")),
    **dict.fromkeys(WORDS["passing"], ("passing", "")),
    **dict.fromkeys(WORDS["checked"], ("check", "")),
    **{word: ("offer", offer) for word, offer in _turned(OFFER_WORDS).items()},
    **{word: ("status", status) for word, status in _turned(STATUS_WORDS).items()},
    **{
        word: ("region", code)
        for name, code in _REGIONS.items()
        for word in (name, f"{name}." if "." in name else name)
    },
    **{word: ("platform", name) for word, name in _PLATFORMS.items()},
}
_TOKEN = re.compile(
    rf"""(?=[\S\n])(?:(?P<link>https?://[^\s()\[\]<>]+)  # spaces begin none, and are passed over
    |(?P<date>[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})
    |(?P<known>{any_of(_MEANINGS)})
    |(?-i:\b(?P<region>{"|".join(code for code in REGIONS if len(code) == 2)})\b)
    |(?P<open>[(（])|(?P<close>[)）])
    |(?P<stop>[;\n]|[.!](?=\s|$)|\bbut\b|\bwhile\b)
    |(?P<next>[,，、/|·&]|(?<=\s)\+(?=\s)|\b(?:and|or|nor|plus)\b)
    |(?P<held>[–—-](?=\s))
    |(?P<word>[^\s()（）,，、;/|·&"“”:*\[\]]+?(?=[.!]?(?:[\s()（）,，、;/|·&"“”:*\[\]]|$))))""",
    re.IGNORECASE | re.VERBOSE,
)
_PLAIN = str.maketrans("’\u00a0\u2010\u2011", "' --")
_NAMED_MONTH = "(?P<month>" + "|".join(f"{name}|{name[:3]}|{name[:4]}" for name in month_name[1:]) + r")\.?"
_DATES = [
    rf"\b{_NAMED_MONTH}\s+(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>[0-9]{{4}})\b",
    rf"\b(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?\s+{_NAMED_MONTH},?\s+(?P<year>[0-9]{{4}})\b",
    r"\b(?P<year>[0-9]{4})\s*[-./년]\s*(?P<month>[0-9]{1,2})\s*[-./월]\s*(?P<day>[0-9]{1,2})(?![0-9])"
    r"(?:일|\.(?=\s*[확기)]))?",
    r"\b(?P<month>[0-9]{1,2})/(?P<day>[0-9]{1,2})/(?P<year>[0-9]{4})\b",  # the month first, as the blog writes dates
    rf"\b{_NAMED_MONTH},?\s+(?P<year>[0-9]{{4}})\b",
    r"\b(?P<year>[0-9]{4})\s*년\s*(?P<month>[0-9]{1,2})\s*월",
]
_MONTHS = [name[:3].lower() for name in month_name]


def _iso(match: re.Match[str]) -> str:
    """Write a date found in words as ISO 8601; a month without a day is its first, so no check looks too fresh."""
    parts = match.groupdict()
    month = int(parts["month"]) if parts["month"].isdigit() else _MONTHS.index(parts["month"][:3].lower())
    try:
        return date(int(parts["year"]), month, int(parts.get("day") or 1)).isoformat()
    except ValueError:
        return match[0]


@dataclass
class _Item:
    """One member of a list of platforms, with what is said before its name, in its parentheses and after it.

    `text` is all of the row, as it was written; the words are found in its plain form, which is as long.
    """

    text: str
    name: str = ""
    link: str = ""
    words: list[re.Match[str]] = field(default_factory=list[re.Match[str]])
    before: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    inside: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    after: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    @property
    def is_blank(self) -> bool:
        return not self.name and not self.words

    def settle(self) -> None:
        """Take capitalised words for the name of a platform not in the table."""
        if self.words and not self.name:
            start, end = self.words[0].start(), self.words[-1].end()
            name, words = self.text[start:end], self.words[0].string[start:end].split()
            looks_like_name = len(words) <= LONGEST_NAME and not any(w.islower() or w.isdigit() for w in words)
            if looks_like_name and (words[0].isascii() or len(words) == 1) and folded(words[0]) not in WORDS["no name"]:
                self.name, self.words = name, []


def read_availability(value: str) -> tuple[Availability, ...]:
    """Read a platform row; words the entries do not hold make the whole value their note.

    A value that cannot be understood is one entry of status "unknown" without a platform.

    >>> [(entry.platform, entry.region) for entry in read_availability("Netflix (US), Viki (worldwide)")]
    [('Netflix', 'US'), ('Viki', 'WORLD')]
    """
    plain = folded(value)
    if not re.search(r"\w|\?", plain):
        return ()
    if plain in WORDS["none"]:
        return (Availability(status="not available", note=value),)
    if plain in (*WORDS["nothing"], *WORDS["not yet"]):
        return (Availability(status="unknown", note=value),)
    text = re.sub(r"[ \t\u00a0]+", " ", value)
    for pattern in _DATES:
        for match in reversed(list(re.finditer(pattern, text.translate(_PLAIN), re.IGNORECASE))):
            text = text[: match.start()] + _iso(match) + text[match.end() :]
    clauses, needs_note = _clauses(text)
    entries: list[Availability] = []
    common: dict[str, list[str]] = {}
    for items in clauses:
        if len(items) == 1 and items[0].is_blank and not items[0].before.keys() & {"offer", "status"}:
            common |= items[0].before
        else:
            entries += _entries(items)
        needs_note |= any(item.words for item in items)
    regions, checks = common.get("region", [""]), common.get("date", [])
    filled = [
        replace(
            entry,
            region=entry.region or code,
            checked_on=entry.checked_on or (date.fromisoformat(checks[0]) if checks else None),
            note=value if needs_note else "",
        )
        for entry in entries
        for code in ([entry.region] if entry.region else regions)
    ]
    return tuple(dict.fromkeys(filled)) or (Availability(status="unknown", note=value),)


def _clauses(text: str) -> tuple[list[list[_Item]], bool]:
    """Cut a text into clauses of items; also say whether it has words that no entry will hold."""
    clauses = [[_Item(text)]]
    depth, previous, is_check, has_passing = 0, "", False, False
    for match in _TOKEN.finditer(text.translate(_PLAIN)):  # as long as the text: a name is taken as it was written
        kind, value = _MEANINGS[match[0].lower()] if match["known"] else (str(match.lastgroup), match[0])
        items = clauses[-1]
        item = items[-1]
        if kind in ("open", "close"):
            depth, is_check = (1, False) if kind == "open" else (0, False)
        elif kind == "stop" and not depth:
            clauses.append([_Item(text)])
            is_check = False
        elif kind == "next" and not depth:
            if item.is_blank and len(items) > 1 and item.before.keys() == {"region"}:
                items[-2].after.setdefault("region", []).extend(item.before.pop("region"))
            elif not item.is_blank:
                items.append(_Item(text))
        elif kind == "check":
            is_check = True
        elif kind == "link":
            item.link = text[match.start() : match.end()]
        elif kind == "word" and (not depth or value.lower() in WORDS["doubtful"]):
            item.words.append(match)
        elif kind == "platform" and not (depth and item.name):
            if item.name:
                items.append(_Item(text))
            items[-1].name = value
        elif kind == "date" and not (is_check or previous == "open" or _CHECKED.match(text, match.end())):
            has_passing = True
        elif kind in ("date", "region", "offer", "status"):
            said = item.before if item.is_blank else item.inside if depth and kind != "date" else item.after
            is_known = "status" in item.before | item.inside | item.after
            if (kind, value) != ("status", "available") or not is_known:
                said.setdefault(kind, []).append(value)
        elif kind in ("passing", "platform", "word"):
            has_passing = True
        if kind != "held":
            previous = kind
    return clauses, has_passing


_CHECKED = re.compile(rf"\s*(?:{any_of(WORDS['checked'])})", re.IGNORECASE)


def _entries(items: list[_Item]) -> list[Availability]:
    """Make entries of one clause: words before a name hold for the next ones too, words at the end for all."""
    for item in items:
        item.settle()
    if len(items) > 1 and items[-1].is_blank and not items[-1].before.keys() & {"status"}:
        for kind, values in items.pop().before.items():
            items[-1].after.setdefault(kind, []).extend(values)
    closing = {} if items[-1].words else items[-1].after
    elsewhere = {kind for item in items[:-1] for kind in item.after}
    shared = {kind: values for kind, values in closing.items() if kind not in elsewhere}
    carried: dict[str, list[str]] = {}
    entries: list[Availability] = []
    for item in items:
        carried |= item.before
        said = {**shared, **carried, **item.after, **item.inside}
        is_sentence = item.is_blank and ("offer" in said or said.get("status", ["available"]) != ["available"])
        if item.words or not (item.name or is_sentence):
            continue
        day = date.fromisoformat(said["date"][0]) if "date" in said else None
        for code, offer in product(said.get("region", [""]), said.get("offer", [""])):
            entries.append(Availability(item.name, code, offer, said.get("status", ["available"])[0], day, item.link))
    return entries
