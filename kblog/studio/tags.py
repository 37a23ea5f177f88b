"""The hashtags a review could have, by what it says of its work."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from kblog import fold, overview
from kblog.document import Document
from kblog.labels import kind_of
from kblog.ledger import WORLD, Availability

MOST = 12
LEADS = 4  # of the cast, before the platforms and genres; everybody else comes last
KINDS = {"drama": "K-Drama", "film": "K-Movie", "special": "Drama Special", "show": "K-Variety"}
SPELT_OUT = str.maketrans({"+": " plus ", "&": " and ", "%": " percent "})
APOSTROPHE = re.compile("['‘’`´]")


def suggested_hashtags(document: Document) -> list[str]:
    """Suggest hashtags that the review has not got yet, the most useful first.

    >>> from kblog.overview import Row
    >>> rows = Row("Title", "Salt Road"), Row("Cast", "Ma Tae‑sik"), Row("Genre", "road movie"), Row("OTT", "MUBI")
    >>> suggested_hashtags(Document(kind="film", overview=rows, hashtags=("#saltroad",)))
    ['#MaTaeSik', '#KMovie', '#MUBI', '#RoadMovie']
    """
    taken = {_key(tag) for tag in document.hashtags}
    people = {fold.person_key(tag) for tag in document.hashtags}  # #GongMyung stands for Gong Myoung, too
    suggested: list[str] = []
    for name, is_person in _names(document):
        tag = _tag(name)
        if tag and _key(tag) not in taken and not (is_person and fold.person_key(name) in people):
            suggested.append(tag)
            taken.add(_key(tag))
    return suggested[:MOST]


def _names(document: Document) -> Iterator[tuple[str, bool]]:
    """Yield what a hashtag could name, and whether it is a person."""
    understood = overview.understand(document.overview)
    cast = [credit.name for credit in understood.credits if credit.role == "cast"]
    crew = [credit.name for credit in understood.credits if credit.role != "cast"]
    yield understood.work_title, False
    yield from ((name, True) for name in cast[:LEADS])
    yield KINDS.get(kind_of(document, understood), ""), False
    yield from ((name, False) for name in _platforms(document.entries(understood)))
    yield from ((genre, False) for phrase in understood.genres for genre in overview.broader(phrase))
    yield from ((name, True) for name in (*crew, *cast[LEADS:]))


def _platforms(entries: Sequence[Availability]) -> Iterator[str]:
    """Yield the platforms that have the work somewhere, unless another entry denies it for that place."""
    negative = [entry for entry in entries if entry.status in ("not available", "left")]
    for entry in entries:
        denials = (
            other.platform == entry.platform
            and other.region in ("", WORLD, entry.region)
            and other.offer in ("", entry.offer)
            for other in negative
        )
        if entry.status == "available" and not any(denials):
            yield entry.platform


def _tag(name: str) -> str:
    """Write a name as a hashtag in CamelCase; "" where no letter is in it.

    >>> _tag("Grandmother’s Detective Agency"), _tag("Disney+"), _tag("Lee Sun‑kyun"), _tag("킬링 로맨스"), _tag("1987")
    ('#GrandmothersDetectiveAgency', '#DisneyPlus', '#LeeSunKyun', '#킬링로맨스', '')
    """
    words = re.findall(r"[^\W_]+", APOSTROPHE.sub("", unicodedata.normalize("NFC", name).translate(SPELT_OUT)))
    tag = "".join(word[:1].upper() + word[1:] for word in words)
    return f"#{tag}" if any(map(str.isalpha, tag)) else ""


def _key(tag: str) -> str:
    """Write the key that all spellings of a hashtag share."""
    return fold.fold("".join(filter(str.isalnum, tag.casefold())))
