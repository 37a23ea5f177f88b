"""What the "Label: value" lines of a review say: titles, year, genres, credits, length and where it can be watched."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from kblog.hangul import has_hangul
from kblog.ledger import (
    OFFERS,
    STATUSES,
    Availability,
    Sentence,
    age,
    any_of,
    folded,
    join_names,
    ledger_sentences,
    platform,
    read_availability,
    region,
    region_name,
)
from kblog.vocabulary import GENRES, LABELS, NOT_ALIASES, WORDS

# The ledger's words are reached from here, too: an overview is where most of them come from.
__all__ = [
    "OFFERS",
    "STATUSES",
    "Availability",
    "Credit",
    "Field",
    "Overview",
    "Row",
    "RunningTime",
    "Sentence",
    "age",
    "broader",
    "join_names",
    "ledger_sentences",
    "platform",
    "read_availability",
    "region",
    "region_name",
    "rows",
    "understand",
]

ROLES = ("cast", "director", "writer")
LONGEST_VALUE = 2_000  # characters: a long cast is 500; what is longer is prose, and slow to take apart


class Field(StrEnum):
    """What a label of the overview stands for."""

    TITLE = "title"
    NATIVE = "native title"
    OTHER = "other title"
    YEAR = "year"
    GENRE = "genre"
    CAST = "cast"
    DIRECTOR = "director"
    WRITER = "writer"
    EPISODES = "episodes"
    RUNNING_TIME = "running time"
    PLATFORM = "platform"


@dataclass(frozen=True)
class Row:
    """One line of the overview as the author wrote it.

    >>> Row("Main Cast", "Seo Ha-jin").field
    <Field.CAST: 'cast'>
    """

    label: str
    value: str

    @property
    def field(self) -> Field | None:
        """Name what the label stands for, the first role of "Director/Writer"; None for an unknown label."""
        return next(iter(_fields(self.label)), None)


@dataclass(frozen=True)
class Credit:
    """A person's part in the work, the name as written here."""

    role: str
    name: str
    alias: str = ""
    character: str = ""


@dataclass(frozen=True)
class RunningTime:
    """A length in its own words; of a range, `minutes` is the upper end: the evening it may take."""

    words: str
    minutes: int | None = None
    approximate: bool = False
    per_episode: bool = False


@dataclass(frozen=True)
class Overview:
    """What is understood of the rows; the rows themselves stay the truth."""

    work_title: str = ""
    native_title: str = ""
    other_titles: tuple[str, ...] = ()
    year: int | None = None
    genres: tuple[str, ...] = ()
    credits: tuple[Credit, ...] = ()
    episodes: int | None = None
    running_time: RunningTime | None = None
    availability: tuple[Availability, ...] = ()
    kind: str = ""


_ROW = re.compile(
    r"""(?:[-*+•·–]\s{1,9}+)?(?P<bar>\|)?\s{0,9}+          # a list bullet, or the bar that opens a table row
        (?P<mark>\*\*|__|\*|_)?\s{0,9}+                    # possessive: runs of spaces are read in one way only
        (?P<label>[^:：|\t]{1,40}?)[^\S\t]{0,9}+(?P<closed>(?P=mark))?[^\S\t]{0,9}+
        (?:：|\||\t|(?<![0-9]):(?!//)|:(?!//|[0-9]))       # the colon of an address or of a time separates nothing
        (?(mark)(?(closed)|(?:(?P=mark))?))
        (?P<value>.*)""",
    re.VERBOSE | re.DOTALL,
)


def rows(text: str) -> tuple[Row, ...]:
    """Read "Label: value" lines, also as a list, a table or with a bold label; a line without a label goes on above.

    >>> rows("Title: Salt: a Road\\n**Year:** 2021")
    (Row(label='Title', value='Salt: a Road'), Row(label='Year', value='2021'))
    """
    found: list[Row] = []
    for line in re.split(r"\r\n|\r|\n", text):
        if not line.strip(" \t|-:*_"):
            continue  # a blank line, or the rule under a table's head
        if match := _ROW.fullmatch(line.strip()):
            value = match["value"].strip()
            found.append(Row(match["label"], value.removesuffix("|").rstrip() if match["bar"] else value))
        elif found:
            above = found.pop()
            found.append(Row(above.label, f"{above.value}\n{line.strip()}".lstrip("\n")))
        else:
            found.append(Row("", line.strip()))
    return tuple(found)


def understand(rows: Iterable[Row]) -> Overview:
    """Make typed fields of the rows; the first row that gives a field wins, lists grow.

    A value longer than LONGEST_VALUE is not taken apart; its row is still there to be shown.
    """
    titles: dict[str, str] = {}
    others: list[str] = []
    genres: list[str] = []
    credits: list[Credit] = []
    availability: list[Availability] = []
    year = episodes = running_time = None
    has_episodes = False
    for row in rows:
        fields = _fields(row.label)
        value = row.value.strip()
        if len(value) > LONGEST_VALUE:
            continue
        if Field.PLATFORM in fields:
            availability += read_availability(row.value)
        elif not fields or folded(value) in (*WORDS["nothing"], *WORDS["none"], ""):
            continue
        elif Field.EPISODES in fields:
            has_episodes = True
            episodes = episodes or _episodes(value)
        elif folded(value) in WORDS["not yet"]:
            continue
        elif fields[0] in (Field.TITLE, Field.NATIVE):
            written, native, more, title_year = _titles(value)
            if fields[0] == Field.NATIVE and not native and has_hangul(written):
                written, native = "", written
            spellings = [("work", written if fields[0] == Field.TITLE else ""), ("native", native)]
            others += [name for key, name in spellings if name and titles.setdefault(key, name) != name]
            others += ([written] if fields[0] == Field.NATIVE and written else []) + more
            year = year or title_year
        elif Field.OTHER in fields:
            others += _parts(value, r";|\s/\s|\||\n")
        elif Field.YEAR in fields:
            year = year or _year(value)
        elif Field.GENRE in fields:
            genres += [re.sub(r"^and\s+|\.$", "", phrase) for phrase in _parts(value, r"[,，、;/·ㆍ|\n]|\s&\s")]
        elif Field.RUNNING_TIME in fields:
            running_time = running_time or _running_time(value)
        else:
            credits += [credit for role in fields if role in ROLES for credit in _credits(role, value)]
    is_film = running_time and running_time.minutes and not running_time.per_episode
    return Overview(
        work_title=titles.get("work", ""),
        native_title=titles.get("native", ""),
        other_titles=tuple(name for name in dict.fromkeys(others) if name not in titles.values()),
        year=year,
        genres=tuple(dict.fromkeys(genres)),
        credits=tuple(dict.fromkeys(credits)),
        episodes=episodes,
        running_time=running_time,
        availability=tuple(availability),
        kind="drama" if has_episodes else "film" if is_film else "",
    )


def broader(phrase: str) -> tuple[str, ...]:
    """Name the genres a phrase counts under, in its own order; an unknown phrase is its own genre.

    >>> broader("Musical comedy"), broader("road movie")
    (('Musical', 'Comedy'), ('Road movie',))
    """
    words = re.sub(r"[\s\-\u2010-\u2015_]+", " ", unicodedata.normalize("NFC", phrase)).lower()
    known = [genre for match in _GENRE.finditer(words) for genre in _GENRES[match[0]]]
    return tuple(dict.fromkeys(known)) or (phrase[:1].upper() + phrase[1:],)


_GENRES = {
    word: [genre for genre, words in GENRES.items() if word in words] for words in GENRES.values() for word in words
}
_GENRE = re.compile(any_of(_GENRES))
_LABELS = {re.sub(r"\W", "", name): Field(key) for key, names in LABELS.items() for name in names}


@lru_cache(maxsize=1_000)  # a blog has a few dozen labels, and each is asked for on every page
def _fields(label: str) -> tuple[Field, ...]:
    """Name what a label stands for; "Director/Writer" stands for two."""
    folded = unicodedata.normalize("NFC", label).casefold()
    wholes = (_LABELS.get(re.sub(r"[\W_]", "", text)) for text in (folded, re.sub(r"\(.*?\)", "", folded)))
    if whole := next((found for found in wholes if found), None):
        return (whole,)
    parts = (_LABELS.get(re.sub(r"[\W_]", "", part)) for part in re.split(r"[/&,·ㆍ+|]|\band\b", folded))
    return tuple(dict.fromkeys(part for part in parts if part))


def _parts(text: str, separator: str) -> list[str]:
    """Split at the separators that stand outside parentheses; no part is blank."""
    parts: list[str] = []
    depth = start = 0
    for match in re.finditer(rf"[(（]|[)）]|{separator}", text):
        if match[0] in "(（":
            depth += 1
        elif match[0] in ")）":
            depth = max(0, depth - 1)
        elif not depth:
            parts.append(text[start : match.start()])
            start = match.end()
    return [part.strip() for part in (*parts, text[start:]) if part.strip()]


def _year(text: str) -> int | None:
    match = re.search(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])", text)
    return int(match[0]) if match else None


_LAST_BRACKETS = re.compile(r"(.*\S)\s*[(（]\s*([^()（）]*?)\s*[)）]", re.DOTALL)
_ONE_NUMBER = re.compile(r"\D*([0-9]{1,4})\D*")


def _titles(value: str) -> tuple[str, str, list[str], int | None]:
    """Take a title row apart: work title, native title, other titles, year."""
    title, inner, year = value, [], None
    while match := _LAST_BRACKETS.fullmatch(title):
        if re.match(r"(?:season|part|volume|series|film|movie|drama|시즌|파트)\b", match[2], re.IGNORECASE):
            break  # "(Season 2)" belongs to the title
        title = match[1]
        if re.fullmatch(r"(?:19|20)[0-9]{2}", match[2]):
            year = int(match[2])
        elif match[2]:
            parts = _parts(match[2], r"[,，/;|]")
            is_mixed = len({has_hangul(part) for part in parts}) > 1
            inner = (parts if is_mixed else [match[2]]) + inner
    halves = _parts(title, r"\s[/|–—-]\s|[/|]")
    if not inner and len(halves) == 2 and has_hangul(halves[0]) != has_hangul(halves[1]):
        title, inner = halves[0], halves[1:]
    names = [title, *inner]
    title = next((name for name in names if not has_hangul(name)), title)
    native = next((name for name in names if has_hangul(name) and name != title), "")
    return title, native, [name for name in names if name not in (title, native)], year


def _episodes(value: str) -> int | None:
    counted = re.search(r"([0-9]{1,4})\s*(?:episodes?|eps?\b|부작|화|회|에피소드)", value, re.IGNORECASE)
    bare = re.search(r"(?<![0-9])[0-9]{1,4}(?![0-9])", re.sub(r"(?i)(?:season|part|시즌|파트)\s*[0-9]+", "", value))
    return int(counted[1]) if counted else int(bare[0]) if bare else None


_LENGTH = re.compile(
    r"(?P<hours>[0-9]{1,2}(?:\.[0-9])?)\s*(?:hours?|hrs?|h|시간)(?![a-z])\.?(?:\s*,?\s*(?:and\s+)?(?P<rest>[0-9]{1,2})\s*(?:m|분))?"
    r"|(?:[0-9]{1,4}\s*(?:[-–—~∼]|to)\s*)?(?P<minutes>[0-9]{1,4})\s*(?:m(?:in(?:ute)?s?)?(?![a-z])|분|′|')",
    re.IGNORECASE,
)


def _running_time(value: str) -> RunningTime:
    match = _LENGTH.search(value)
    bare = _ONE_NUMBER.fullmatch(value)
    minutes = int(bare[1]) if bare else None
    if match:
        minutes = int(match["minutes"] or round(float(match["hours"]) * 60) + int(match["rest"] or 0))
    approximate = re.search(
        r"(?i)\b(?:approx|about|around|roughly|circa|ca\b|avg|average)|[~≈약]|[0-9]\s*(?:[-–—]|to)\s*[0-9]", value
    )
    per_episode = re.search(r"(?i)\b(?:per|an|each|every)\s+ep|/\s*ep|\beach\b|회당|편당|회 당", value)
    return RunningTime(value, minutes, bool(approximate), bool(per_episode))


def _credits(role: str, value: str) -> list[Credit]:
    """Read a list of people: "A (other name)", "A as Character", "A (as Character)"."""
    found: list[Credit] = []
    for part in _parts(value, r"[,，、;·ㆍ|/\n]|\s(?:and|&)\s(?!more\b|others\b)"):
        inner: list[str] = re.findall(r"[(（]\s*([^()（）]*?)\s*[)）]", part)
        outer = re.sub(r"\s*[(（][^()（）]*[)）]", "", re.sub(r"^(?:(?:and|&)\s|[-*•]\s)", "", part)).strip()
        name, _, character = re.sub(r"\s+(?:as|–|—)\s+", "\0", outer, count=1).partition("\0")
        playing = [re.sub(r"^as\s+|\s*역$", "", words) for words in inner if re.search(r"^as\s|역$", words)]
        aliases = [words for words in inner if not re.search(r"^as\s|역$", words) and folded(words) not in _NOTES]
        name = re.sub(r"(?<=[a-z가-힣]{3})\.$", "", name)
        if name and folded(name) not in _REST:
            character = re.sub(r"\s*역$", "", character) or ", ".join(playing)
            found.append(Credit(str(role), name, ", ".join(aliases), character))
    return found


_NOTES = (*NOT_ALIASES["note"], "")
_REST = NOT_ALIASES["rest"]
