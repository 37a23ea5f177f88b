"""The overview as the card prints it: each row in the author's words with its names linked, the ledger in sentences."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from kblog import fold, ledger
from kblog.addresses import url_for
from kblog.jinja import is_link
from kblog.labels import kind_named
from kblog.language import gettext as _
from kblog.language import last_joint, noted
from kblog.models import Review
from kblog.models import Term as TermRow
from kblog.overview import Credit, Field, Row, understand
from kblog.slugs import slug

from .filters import INDEXES
from .reading import Reading, Term

ORDER = (
    Field.PLATFORM,
    Field.YEAR,
    Field.EPISODES,
    Field.RUNNING_TIME,
    Field.GENRE,
    Field.DIRECTOR,
    Field.WRITER,
    Field.CAST,
)
ROWS = {"cast": Field.CAST, "director": Field.DIRECTOR, "writer": Field.WRITER}


class Piece(NamedTuple):
    """A stretch of a value, and where it leads."""

    text: str
    href: str = ""


class LedgerSentence(NamedTuple):
    """Entries of the ledger as one sentence, its date apart so that it can be a `<time>`."""

    pieces: Sequence[Piece]
    checked_on: date | None
    age: str  # in words, with what it means once it is old
    region: str
    links: Sequence[Piece]  # to the work itself, where it can be watched
    is_region_unchecked: bool  # nobody said where, nor when


class Fact(NamedTuple):
    """One row of the card: pieces of a value, or sentences of the ledger."""

    label: str
    pieces: Sequence[Piece] = ()
    sentences: Sequence[LedgerSentence] = ()
    note: str = ""
    wide: bool = False
    names: bool = False


def facts(review: Review | Reading, credits: Iterable[Credit], today: date) -> list[Fact]:
    """Return the rows of a review's card; every word of its overview is in them or in its titles."""
    rows = [Row(label, value) for label, value in review.overview]
    known = [row for row in rows if row.field in ORDER and row.value]
    unknown = [row for row in rows if row.field not in ORDER and row.value and not _in_titles(row, review)]
    ordered = [*sorted(known, key=lambda row: ORDER.index(row.field)), *unknown]
    platform = next((row for row in ordered if row.field is Field.PLATFORM), None)
    links = list(_links(review, credits))
    shown = [_fact(row, links) for row in ordered if row is not platform]
    if not rows and not review.availability:
        return shown
    return [_watching(review, platform, today), *shown]


def shown(review: Review | Reading, today: date) -> dict:
    """Return what a review's page is drawn from, but for its thread and its neighbours."""
    credits = _credits(tuple(map(tuple, review.overview)))  # as written, and without a query more
    return {
        "review": review,
        "credits": credits,
        "facts": facts(review, credits, today),
        "hashtags": list(_hashtags(review)),
        "labels": labels(review),
        "genres": [filing for filing in review.filings if filing.term.facet == "genre" and filing.origin == "overview"],
    }


def _hashtags(review: Review | Reading) -> Iterator[Piece]:
    """Yield the hashtags as written, each with its page; of two that are one by now the other one leads on."""
    filed = {filing.written: term_url(filing.term) for filing in review.filings if filing.origin == "hashtag"}
    for tag in review.hashtags:
        address = slug(tag.lstrip("#＃"), "")
        yield Piece(tag, filed.get(tag) or (address and url_for("reviews.term", index="hashtags", slug=address)))


def term_url(term: Term | TermRow) -> str:
    """Return the page of a term."""
    return url_for("reviews.term", index=INDEXES[term.facet], slug=term.slug)


def labels(review: Review | Reading) -> list[Piece]:
    """Return the labels of the old blog as written, each with the page it leads to now."""
    if not review.labels:
        return []
    filed = {filing.term.name.casefold(): term_url(filing.term) for filing in review.filings}
    filed |= {filing.written.casefold(): term_url(filing.term) for filing in review.filings if filing.written}
    near = {filing.term.slug: term_url(filing.term) for filing in review.filings}  # with another hyphen, say

    def href(label: str) -> str:
        if found := filed.get(label.casefold()) or near.get(slug(label, "")):
            return found
        if kind := kind_named(label):
            return url_for("reviews.index", kind=kind)
        return url_for("legacy.label", labels=label)  # filed under what another word of the review means, too

    return [Piece(label, href(label)) for label in review.labels]


def _watching(review: Review | Reading, row: Row | None, today: date) -> Fact:
    """Print the ledger in words; the author's own sentence too where it says more."""
    entries = [entry.entry for entry in review.availability]
    platforms = [entry.platform for entry in review.availability if entry.platform]
    hrefs = {platform.name: term_url(platform) for platform in platforms}
    sentences = told(entries, today, hrefs, {platform.name for platform in platforms if platform.active_to})
    printed = " ".join(piece.text for sentence in sentences for piece in sentence.pieces)
    said = [row.value if row else "", *(entry.note for entry in entries)]
    notes = [note for note in dict.fromkeys(said) if note and _words(note) - _words(printed)]
    return Fact(
        label=row.label if row else _("Where to watch"),
        pieces=[] if sentences else [Piece(row.value if row else _("Not checked yet"))],
        sentences=sentences,
        note="\n".join(notes) if sentences else "",
        wide=True,
    )


def told(
    entries: Iterable[ledger.Availability],
    today: date,
    hrefs: Mapping[str, str] | None = None,
    ended: Collection[str] = (),
) -> list[LedgerSentence]:
    """Put entries of the ledger into sentences; `ended` are platforms of which nothing is to be checked any more."""
    return [
        LedgerSentence(
            pieces=list(_pieces(sentence, hrefs or {})),
            checked_on=sentence.checked_on,
            age="" if {*sentence.platforms} & {*ended} else age_words(sentence.checked_on, today),
            region=sentence.region,
            links=list(_ways_there(sentence)),
            is_region_unchecked=sentence.status == "available"
            and bool(sentence.platforms)
            and not (sentence.region or sentence.checked_on),
        )
        for sentence in ledger.ledger_sentences(entries)
    ]


def _ways_there(sentence: ledger.Sentence) -> Iterator[Piece]:
    """Yield the platforms that have the work, each with the address of its page about it."""
    if sentence.status == "available":
        for platform, link in zip(sentence.platforms, sentence.links, strict=True):
            if is_link(link):
                yield Piece(platform, link)


OLD = {"": "", "due": noted(", check due"), "unconfirmed": noted(", unconfirmed")}


def age_words(checked_on: date | None, today: date) -> str:
    """Say how long ago something was checked, and that it is to be checked again once it is.

    >>> [age_words(date(2026, 3, 1), today) for today in (date(2026, 3, 5), date(2026, 6, 2), date(2027, 3, 1))]
    ['4 days ago', '3 months ago, check due', '12 months ago, unconfirmed']
    """
    return ledger.ago(checked_on, today) + _(OLD[ledger.age(checked_on, today)]) if checked_on else ""


def _pieces(sentence: ledger.Sentence, hrefs: Mapping[str, str]) -> Iterator[Piece]:
    """Cut a ledger sentence where its platforms stand, so that each can be a link."""
    yield Piece(sentence.before)
    for at, platform in enumerate(sentence.platforms):
        last = at == len(sentence.platforms) - 1
        if at:
            yield Piece(last_joint(sentence.conjunction) if last else ", ")
        yield Piece(platform, hrefs.get(platform, ""))
    yield Piece(sentence.after if sentence.checked_on else sentence.after + sentence.check)


def _fact(row: Row, links: Sequence[tuple[Field | None, str, str]]) -> Fact:
    wide = row.field in (Field.CAST, Field.DIRECTOR, Field.WRITER, None) or len(row.value) > 40
    needles = [(text, href) for field, text, href in links if field is row.field]
    return Fact(row.label, pieces=list(_linked(row.value, needles)), wide=wide, names=row.field is Field.CAST)


def _links(review: Review | Reading, credits: Iterable[Credit]) -> Iterator[tuple[Field | None, str, str]]:
    """Yield (field, words as written, address) for what the card can link."""
    if review.year:
        yield Field.YEAR, str(review.year), url_for("reviews.year", year=review.year)
    for credit in credits:
        if address := slug(credit.name, ""):  # of somebody in two spellings: the other one leads on
            yield ROWS[credit.role], credit.name, url_for("reviews.term", index=INDEXES["person"], slug=address)
    for filing in review.filings:
        if not filing.written:
            continue
        if filing.term.facet == "genre":
            yield Field.GENRE, filing.written, term_url(filing.term)
        elif filing.term.facet == "person":
            for field in (Field.CAST, Field.DIRECTOR, Field.WRITER):
                yield field, filing.written, term_url(filing.term)
    filed = {filing.written for filing in review.filings}
    for phrase in review.genres:  # of two that are one by now
        if phrase not in filed and (address := slug(phrase, "")):
            yield Field.GENRE, phrase, url_for("reviews.term", index=INDEXES["genre"], slug=address)


@lru_cache(maxsize=2_000)
def _credits(rows: tuple[tuple[str, str], ...]) -> tuple[Credit, ...]:
    """Read who made the work and who plays in it."""
    people = (row for row in (Row(*each) for each in rows) if row.field in ROWS.values())
    return understand(people).credits


def _linked(value: str, needles: Iterable[tuple[str, str]]) -> Iterator[Piece]:
    """Cut a value where known words stand; joined again, the pieces are the value byte for byte.

    >>> [piece.text for piece in _linked("Kim Ara, Ara", [("Ara", "/a"), ("Kim Ara", "/k")])]
    ['Kim Ara', ', ', 'Ara']
    """
    hrefs, found = dict(needles), []
    for needle in hrefs:
        start = value.find(needle)
        while start >= 0:
            end = start + len(needle)
            if not _is_letter(value[start - 1 : start]) and not _is_letter(value[end : end + 1]):
                found.append((start, -end, needle))
            start = value.find(needle, start + 1)
    at = 0
    for start, end, needle in sorted(found):  # of two that begin together, the longer one
        if start < at:
            continue
        if start > at:
            yield Piece(value[at:start])
        yield Piece(needle, hrefs[needle])
        at = -end
    if at < len(value):
        yield Piece(value[at:])


def _is_letter(character: str) -> bool:
    return character.isalnum() or character == "_"


def _in_titles(row: Row, review: Review | Reading) -> bool:
    """Whether a title row says nothing that the page's titles do not say."""
    titles = " ".join((review.work_title, review.native_title, *review.other_titles))
    return row.field in (Field.TITLE, Field.NATIVE, Field.OTHER) and not _words(row.value) - _words(titles)


@lru_cache(maxsize=2_000)  # one comment ends every kept page, and all are drawn anew with the same words
def _words(text: str) -> frozenset[str]:
    return frozenset(fold.fold(text).split())
