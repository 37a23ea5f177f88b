"""Read one live review with all that stands on its page, but for its thread: two queries."""

from datetime import date
from operator import itemgetter
from typing import Any, NamedTuple

import sqlalchemy as sa

from kblog import ledger
from kblog.db import read
from kblog.models import Availability, Filing, Line, LinkPicture, Review
from kblog.models import Term as TermRow
from kblog.models.availability import SAID
from kblog.models.review import ReadReview

PLACE = itemgetter(0)


class Term(NamedTuple):
    """A genre, person, platform or hashtag, as far as a page links it."""

    facet: str
    slug: str
    name: str
    active_to: date | None = None


class Filed(NamedTuple):
    """What a review is filed under, and by which word."""

    term: Term
    origin: str
    written: str


class Entered(NamedTuple):
    """An entry of its ledger, with the platform's page."""

    entry: ledger.Availability
    platform: Term | None


class Reading(ReadReview):
    """A live review: the columns by their names in the model, and what stands under it."""

    link_hash: str | None  # of the picture that links to it show
    filings: list[Filed]
    availability: list[Entered]
    lines_by_anchor: dict[str, int]  # the number of the line that stands at each anchor


def _line_ids() -> sa.Label[str]:
    """Gather the anchors and numbers of a review's lines in one value: "line-1 57,line-2 58"."""
    pair = Line.anchor + " " + sa.cast(Line.id, sa.String)
    lines = sa.select(sa.func.aggregate_strings(pair, ",")).where(Line.review_id == Review.id)
    return lines.scalar_subquery().label("line_ids")


COLUMNS = (
    *(Review.id, Review.slug, Review.headline, Review.work_title, Review.native_title, Review.other_titles),
    *(Review.kind, Review.year, Review.genres, Review.episodes, Review.minutes, Review.overview, Review.labels),
    Review.hashtags,
    *(Review.verdict, Review.description, Review.excerpt, Review.tells, Review.words, Review.outline),
    *(Review.body_html, Review.cover_seed, Review.cover_files, Review.cover_focus, Review.cover_alt),
    *(Review.cover_credit, Review.comments_open, Review.comment_count),
    *(Review.published_at, Review.updated_at),
)
# made once, as all that every page asks for
LIVE = (
    sa.select(*COLUMNS, _line_ids(), LinkPicture.hash.label("link_hash"))
    .outerjoin(LinkPicture)
    .where(Review.slug == sa.bindparam("asked"), Review.is_live())
)

_blank, _no_day, _id = sa.literal(""), sa.type_coerce(sa.null(), sa.Date), sa.bindparam("id", type_=sa.BigInteger)
_TERM = (TermRow.facet, TermRow.slug, TermRow.name, TermRow.active_to)
UNDER = sa.union_all(
    sa.select(Filing.position, Filing.origin, Filing.written, *(_blank, _blank, _no_day, _blank, _blank), *_TERM)
    .join(TermRow, TermRow.id == Filing.term_id)
    .where(Filing.review_id == _id),
    sa.select(Availability.position, _blank, *(getattr(Availability, name) for name in SAID), *_TERM)
    .outerjoin(TermRow, TermRow.id == Availability.platform_id)
    .where(Availability.review_id == _id),
)


def live(slug: str) -> Reading | None:
    """Find a live review by its slug, with its filings, its ledger and the numbers of its lines: two queries."""
    row: Any = read(LIVE, {"asked": slug}).first()
    if row is None:
        return None
    filings, availability = [], []
    under: list[Any] = sorted(read(UNDER, {"id": row.id}).all(), key=PLACE)
    for _, origin, *said, facet, address, name, active_to in under:
        term = Term(facet, address, name, active_to) if facet else None
        if origin and term:
            filings.append(Filed(term, origin, said[0]))
        else:
            entry = ledger.Availability(name or "", **dict(zip(SAID, said, strict=True)))
            availability.append(Entered(entry, term))
    pairs = (pair.split() for pair in (row.line_ids or "").split(",") if pair)
    lines = {anchor: int(number) for anchor, number in pairs}
    return Reading(**row._mapping, filings=filings, availability=availability, lines_by_anchor=lines)
