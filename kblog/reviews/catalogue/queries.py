"""How the catalogue is read, and read again where a review changed."""

import gc
from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime
from itertools import repeat

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from kblog import cache
from kblog.cache import Kept
from kblog.db import UtcDateTime, db, now, read
from kblog.dialects import as_text, id_list
from kblog.models import Availability, Comment, Filing, ListedChange, Review, Term, term_broader
from kblog.models.review import SHOWN_TITLE
from kblog.models.site import NO_REVIEW

from .building import build, length
from .sets import Catalogue, Ended, Listed
from .weaving import woven

MOST_BEHIND = 200  # versions, and
MOST_CHANGED = 500  # reviews, of which a catalogue is made anew; with more, from nothing
IN_COLUMNS = ("kind", "year", "verdict")  # facets of which a review has one value, in a column of the same name
LEDGER, ENDED = "ledger", "ended"  # mark such rows where all parts of the catalogue are read in one query


def catalogue() -> Catalogue:
    """Return the catalogue of the live reviews; at most three queries when anything changed, else none."""
    return cache.kept("catalogue", _build_catalogue, but_comments=True)


def order(listed: Catalogue, sort: str) -> Sequence[int] | None:
    """Return the places of all reviews in an order that readers choose: at most one query."""
    if sort != "discussed":
        return listed.order(sort)
    ordered_from, places = cache.kept(sort, lambda: Kept((listed, _discussed(listed))))
    return places if ordered_from is listed else _discussed(listed)  # time has made another one of it


def _discussed(listed: Catalogue) -> list[int]:
    counts: dict[int, int] = dict(read(_COUNTS).all())
    return listed.ordered(-counts.get(review.id, 0) for review in listed.reviews)


def _without_collecting(build: Callable[[], Kept]) -> Callable[[], Kept]:
    """Build what has 100,000 rows without looking for garbage among them again and again: a third of the time."""

    def built() -> Kept:
        was_on = gc.isenabled()
        gc.disable()
        try:
            return build()
        finally:
            if was_on:
                gc.enable()

    return built


@_without_collecting
def _build_catalogue() -> Kept:
    """Build it of the last one and the reviews that changed since, or from nothing where nobody says which did."""
    moment, last = now(), cache.kept_last("catalogue")
    changed = _changed(*last, moment) if last else None
    made: Catalogue | None = None
    if last and changed is not None:
        made = woven(last[1], changed, read_catalogue(moment, changed)) if changed else last[1]
    return Kept(made or read_catalogue(moment), until=cache.site().next_publication)


def _changed(since: int, last: Catalogue, moment: datetime) -> Collection[int] | None:
    """Return the reviews of which lists may say something else since one version; None where nobody can tell.

    Those among them that only time made public. That version was read before the last catalogue was, so that one may
    know more already: to read a review again makes no difference.
    """
    version = cache.site().listed
    if last.moment is None or moment < last.moment or not since <= version <= since + MOST_BEHIND:
        return None
    rows = read(_CHANGED, {"since": since, "then": last.moment, "moment": moment}).all()
    if not {listed for listed, _ in rows}.issuperset(range(since + 1, version + 1)):
        return None
    changed = {review_id for _, review_id in rows} - {NO_REVIEW}
    return changed if len(changed) <= MOST_CHANGED else None


def read_catalogue(moment: datetime, ids: Collection[int] | None = None) -> Catalogue:
    """Read the catalogue of all live reviews, or of these: two queries."""
    rows = read(_LISTED if ids is None else _LISTED.where(Review.id.in_(ids))).all()
    columns = dict(zip(_LISTED.selected_columns.keys(), zip(*rows, strict=True) if rows else repeat(()), strict=False))
    measures = list(zip(columns["kind"], columns["minutes"], columns["episodes"], strict=True))
    lengths = {each: length(*each) for each in set(measures)}
    of_one = {facet: columns[facet] for facet in IN_COLUMNS} | {"length": [lengths[each] for each in measures]}
    terms = db.session.execute(sa.union_all(_filings(ids), _ledger(ids), _ended())).all()
    filings = (row[:5] for row in terms if row[0] not in (LEDGER, ENDED))
    entries = (
        (slug, name, region, status, ids) for facet, slug, name, _, ids, region, status in terms if facet == LEDGER
    )
    ended = {row[1]: Ended(row[2], date.fromisoformat(row[6]), *row[5].split("\n")) for row in terms if row[0] == ENDED}
    made = build((Listed(*row[:6]) for row in rows), of_one, filings, entries, ended)
    made.moment = moment
    return made


_LISTED = (
    sa.select(Review.id, SHOWN_TITLE, Review.native_title, as_text(Review.published_at), Review.year)
    .add_columns(sa.type_coerce(Review.featured, sa.Integer), Review.verdict)
    .add_columns(Review.kind, Review.minutes, Review.episodes)
    .where(Review.is_live())
    .order_by(Review.published_at.desc(), Review.id.desc())
)
_CHANGED = sa.union_all(
    sa.select(ListedChange.listed, ListedChange.review_id).where(ListedChange.listed > sa.bindparam("since")),
    sa.select(sa.literal(0), Review.id).where(
        Review.published_at > sa.bindparam("then", type_=UtcDateTime),
        Review.published_at <= sa.bindparam("moment", type_=UtcDateTime),
    ),
)
# by the index in which threads are read: the number that a review keeps stands behind its text
_COUNTS = (
    sa.select(Comment.review_id, sa.func.count())
    .where(Comment.review_id.is_not(None), Comment.state == "visible")
    .group_by(Comment.review_id)
)


def _filings(review_ids: Collection[int] | None) -> sa.Select:
    narrower = sa.exists().where(term_broader.c.term_id == Term.id)
    blank = sa.literal("")
    ids = id_list(Filing.review_id)
    columns = (Term.facet, Term.slug, Term.name, sa.case((narrower, 1), else_=0), ids, blank, blank)
    query = sa.select(*columns).join(Filing, Filing.term_id == Term.id).group_by(Term.id)
    return query if review_ids is None else query.where(Filing.review_id.in_(review_ids))


def _ledger(review_ids: Collection[int] | None) -> sa.Select:
    platform = aliased(Term)
    name, slug = (sa.func.coalesce(column, "") for column in (platform.name, platform.slug))
    columns = (sa.literal(LEDGER), slug, name, sa.literal(0), id_list(Availability.review_id))
    query = sa.select(*columns, Availability.region, Availability.status)
    query = query.outerjoin(platform, platform.id == Availability.platform_id)
    query = query.group_by(platform.id, Availability.region, Availability.status)
    return query if review_ids is None else query.where(Availability.review_id.in_(review_ids))


def _ended() -> sa.Select:
    after = aliased(Term)
    successor = sa.func.coalesce(after.name + "\n" + after.slug, "\n")
    columns = (sa.literal(ENDED), Term.slug, Term.name, sa.literal(0), sa.literal(""), successor)
    query = sa.select(*columns, sa.cast(Term.active_to, sa.String)).outerjoin(after, after.id == Term.successor_id)
    return query.where(Term.facet == "platform", Term.active_to.is_not(None))
