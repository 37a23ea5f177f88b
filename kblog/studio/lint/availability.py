"""Rules about where a work can be watched: the ledger's entries, and what hashtags and prose say beside them."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache, partial
from typing import NamedTuple

from kblog.language import gettext as _
from kblog.language import joined, noted, short_day
from kblog.ledger import Availability, age, any_of, place
from kblog.vocabulary import PLATFORMS

from .subject import QUOTATION, Finding, Subject, quoted, sentences, shortened

# What a hashtag has beside a platform's name and is still about that platform.
_BESIDE = frozenset(
    re.findall(
        r"\w+",
        "kdrama kdramas drama dramas kmovie kmovies movie movies kfilm film films korea korean series kseries original"
        " originals show kshow kshows koreandrama koreanmovie koreanfilm koreanseries special specials binge asia"
        " 드라마 영화 시리즈 추천 오리지널",
    )
)
_ON = ("watchon", "nowon", "on", "")
# Places where people talk, sing and show clips: a film that tells of them says nothing of where it can be watched.
_TALKED_ON = {"YouTube", "Naver TV"}

_CLAUSE = re.compile(r"[;—]|,?(?<!\s)\s+\b(?:but|while|though|although|and it|and you)\b|,\s+and\b")
_END = re.compile(r"^[\s,]+|(?:(?<![\s.,])(?<!\.[A-Z])|(?<=\.[A-Z][\s.,]))[\s.,]+$")
_WATCHED = re.compile(
    r"\b(?:stream\w*|available|availability|watch(?:ed|es|ing|able)?|rent(?:ed|al)?|buy|purchase|subscri\w+"
    r"|find it|found it|catch it|is (?:also |now )?on|it[’']s (?:also |now )?on|land(?:s|ed)? on|appear(?:s|ed) on)\b",
    re.IGNORECASE,
)
_DENIED = re.compile(r"(?:\bnot?\b|n[’']t\b|\bno longer\b|\bnever\b|\bnowhere\b|\bhas left\b|\bunavailable\b)", re.I)
_PLACELESS = re.compile(
    r"\bwhere to (?:watch|stream)\b|\b(?:eye|check) on (?:its )?availability\b|\bU\.?S\.? streaming\b"
    r"|\b(?:on|by) (?:a|an|any|the|most)\b[^.,;]{0,30}\bstream(?:er|ers|ing (?:service|services|platform|platforms))\b"
    r"|\bstream(?:s|ing)? (?:in|outside) (?:the )?(?:U\.?S|United States|UK|United Kingdom|Korea|South Korea)\b",
    re.IGNORECASE,
)


class _Claim(NamedTuple):
    """What a clause says of a platform; without one it only says something of where to watch."""

    platform: str
    is_there: bool
    words: str
    line: int


def has_availability(review: Subject) -> Iterator[Finding]:
    if not review.entries:
        yield Finding("warning", noted("Add where to watch it, or where you looked in vain."), "availability")


def is_availability_dated(review: Subject) -> Iterator[Finding]:
    undated: dict[str, list[Availability]] = defaultdict(list)
    for entry in review.entries:
        if entry.status == "available" and not entry.checked_on:
            undated[entry.region].append(entry)
    for region, entries in undated.items():
        words = noted("Add the date you checked %(watched)s.")
        yield Finding("warning", words, "availability", values={"watched": partial(_watched, entries, region)})


def is_availability_fresh(review: Subject) -> Iterator[Finding]:
    old: dict[tuple[date, str], list[Availability]] = defaultdict(list)
    for entry in review.entries:
        if entry.checked_on and age(entry.checked_on, review.today) and entry.status != "left":  # it will not come back
            old[entry.checked_on, entry.region].append(entry)
    for (day, region), entries in old.items():
        is_due = age(day, review.today) == "due"
        words = (
            noted("Check %(watched)s again: you last did on %(day)s.")
            if is_due
            else noted("Check %(watched)s again: what you found on %(day)s counts as unconfirmed.")
        )
        values = {"watched": partial(_watched, entries, region), "day": partial(short_day, day)}
        yield Finding("warning", words, "availability", values=values)


def is_availability_said_once(review: Subject) -> Iterator[Finding]:
    """Find prose that says where to watch it: differently, or once more, where no date will ever be renewed."""
    known = _known(review)
    said: dict[int, list[_Claim]] = defaultdict(list)
    for claim in _claims(review):
        said[claim.line].append(claim)
    for claims in said.values():
        wrong = {True: (None, "denied"), False: ("there",)}
        other = next(
            (each for each in claims if each.platform and known.get(each.platform) in wrong[each.is_there]), None
        )
        if other and review.entries:
            yield _contradiction(other, known)
        else:
            words = noted(
                "Where to watch it is said here too: %(said)s. Only the overview’s entries are kept up to date."
            )
            values, quote = {"said": quoted(claims[0].words)}, shortened(claims[0].words)
            yield Finding("note", words, "body", quote, claims[0].line, about=quote, values=values)


def is_hashtag_right(review: Subject) -> Iterator[Finding]:
    """Find the hashtags that name a platform of which the ledger says something else."""
    known = _known(review)
    for tag in review.document.hashtags:
        platform = _platform_of(tag)
        if platform and review.entries and known.get(platform) in (None, "denied"):
            words = noted("%(tag)s names %(platform)s, but where to watch it says %(says)s.")
            values = {"tag": tag, "platform": platform, "says": partial(_says, platform, known)}
            yield Finding("warning", words, "hashtags", tag, about=tag, values=values)


def _contradiction(claim: _Claim, known: dict[str, str]) -> Finding:
    words = (
        noted("The text says that it is on %(platform)s: %(said)s. The overview says %(says)s.")
        if claim.is_there
        else noted("The text says that it is not on %(platform)s: %(said)s. The overview says that it is.")
    )
    says = partial(_says, claim.platform, known)
    values = {"platform": claim.platform, "said": quoted(claim.words), "says": says}
    about = f"{claim.platform} {claim.is_there}"
    return Finding("warning", words, "body", shortened(claim.words), claim.line, about=about, values=values)


def _says(platform: str, known: dict[str, str]) -> str:
    """Say in place of a platform what the ledger has instead."""
    there = [name for name, state in known.items() if state == "there"]
    if known.get(platform) == "denied":
        return _("that it is not")
    return joined(there, "and") if there else _("nothing of it")


def _known(review: Subject) -> dict[str, str]:
    """Map the platforms of the ledger to what it says of them: there, unknown or denied; the best entry counts."""
    states = {"available": "there", "unknown": "unknown"}
    known: dict[str, str] = {}
    for wanted in ("there", "unknown", "denied"):
        for entry in review.entries:
            if entry.platform and states.get(entry.status, "denied") == wanted:
                known.setdefault(entry.platform, wanted)
    return known


def _claims(review: Subject) -> Iterator[_Claim]:
    """Yield what the prose says about where the work can be watched; what characters say is no claim."""
    names = tuple(sorted({entry.platform for entry in review.entries if entry.platform}))
    pattern = _on(names)
    for block in review.prose:
        if block.section == "lines":
            continue
        for sentence in sentences(QUOTATION.sub("“”", block.words)):
            for clause in filter(None, (_END.sub("", each) for each in _CLAUSE.split(sentence))):
                found = pattern.search(clause) if _WATCHED.search(clause) else None
                platform = _SPELT.get(found[1], found[1]) if found else ""
                if platform in names or (platform and platform not in _TALKED_ON):
                    yield _Claim(platform, not _DENIED.search(clause), clause, block.line)
                elif _PLACELESS.search(clause):
                    yield _Claim("", not _DENIED.search(clause), clause, block.line)


_SPELT = {name: platform for platform, names in PLATFORMS.items() for name in (platform, *names)}
_TAGGED = {
    re.sub(r"\W", "", name.replace("+", "plus")).casefold(): platform
    for platform, names in PLATFORMS.items()
    for name in (platform, *names)
}


@lru_cache(maxsize=64)
def _on(others: tuple[str, ...]) -> re.Pattern[str]:
    """Write the pattern of a platform on which something is; some names come from the review itself."""
    return re.compile(rf"\b(?:on|via|through|at|to|from)\b[^.;]{{0,40}}?({any_of({*_SPELT, *others})})")


def _platform_of(tag: str) -> str:
    """Name the platform that a hashtag is about; "" where it only has its letters.

    >>> _platform_of("#NetflixKDrama"), _platform_of("#WatchOnDisneyPlus"), _platform_of("#Maximum")
    ('Netflix', 'Disney+', '')
    """
    key = re.sub(r"\W", "", tag.replace("+", "plus")).casefold()
    for on in _ON:
        for name in sorted(_TAGGED, key=len, reverse=True):
            if key.startswith(on + name) and (rest := key[len(on + name) :]) in _BESIDE | {""}:
                return _TAGGED[name] if on or rest or len(name) > 3 else ""
    return ""


def _watched(entries: Iterable[Availability], region: str) -> str:
    """Name the platforms of some entries and their region."""
    names = joined(list(dict.fromkeys(each.platform or _("where to watch it") for each in entries)), "and")
    return _("%(platforms)s%(place)s", platforms=names, place=place(region))
