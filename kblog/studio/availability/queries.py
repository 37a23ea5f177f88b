"""What the author reads of the ledger: what is due under which tab, what changed, and the platforms."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, load_only, selectinload

from kblog import traffic
from kblog.db import db
from kblog.dialects import days_between
from kblog.ledger import DUE_DAYS, UNCONFIRMED_DAYS
from kblog.models import Availability, AvailabilityChange, MovedTerm, Review, Term
from kblog.studio.moderation import queries as comments
from kblog.studio.queries import Pile
from kblog.transfer.filing import address_of

TABS = ("due", "undated", "unconfirmed", "all")
NEVER_DAYS = 365  # what nobody ever checked is as urgent as a check of a year ago
READ_LATELY = 30  # days in which a review's readers count
MOST_COUNTED = 1000  # in the tally of every page: a blog just taken in may have a hundred times as many

TITLED = (Review.slug, Review.work_title, Review.headline, Review.comment_count)


class Group(NamedTuple):
    """A review, and what its ledger holds under a tab."""

    review: Review
    entries: Sequence[Availability]


def readers(reads: sa.Subquery) -> sa.ColumnElement[int]:
    """Say how many readers a review's ledger matters to: whoever read it lately, or has something to say about it."""
    return 1 + Review.comment_count + sa.func.coalesce(reads.c.views, 0)


def counts(today: date) -> dict[str, int]:
    """Count the entries under each tab: one query."""
    numbers = [sa.func.count().filter(_is_under(tab, today)) for tab in TABS]
    row = db.session.execute(_of_readers(sa.select(*numbers).select_from(Availability))).one()
    return dict(zip(TABS, row, strict=True))


def tallies(today: date) -> tuple[int, int]:
    """Count the comments that wait and what is due to be checked, for the bar of every page: one query.

    The second number goes up to MOST_COUNTED.
    """
    due = _of_readers(sa.select(Availability.id)).where(_is_under("due", today)).limit(MOST_COUNTED)
    number = sa.select(sa.func.count()).select_from(due.subquery()).scalar_subquery()
    waiting, due_number = db.session.execute(sa.select(comments.waiting_number(), number)).one()
    return waiting, due_number


def queue(tab: str, today: date, number: int, start: int = 0) -> list[Group]:
    """Return reviews with their entries under a tab, those with the greatest age x readers first: two queries."""
    reads, urgency = _urgency(today)
    query = _of_readers(sa.select(Review.id).select_from(Availability)).where(_is_under(tab, today))
    query = query.outerjoin(reads, reads.c.review_id == Review.id)
    query = (
        query.group_by(Review.id).order_by(sa.func.max(urgency).desc(), Review.id.desc()).limit(number).offset(start)
    )
    ids = db.session.scalars(query).all()
    found: dict[int, Group] = {}
    entries = _of_readers(_entries()).where(Review.id.in_(ids), _is_under(tab, today))
    rows = db.session.execute(entries.order_by(Availability.position, Availability.id)).all() if ids else ()
    for entry, review in rows:
        found.setdefault(review.id, Group(review, [])).entries.append(entry)  # pyright: ignore
    return [found[each] for each in ids if each in found]


def pile(today: date, number: int) -> Pile:
    """Return the first entries that are due, each with its review, and how many there are: for the desk."""
    reads, urgency = _urgency(today)
    order = (urgency.desc(), Review.published_at.desc().nulls_last(), Availability.position, Availability.id)
    due = _of_readers(sa.select(Availability.id)).where(_is_under("due", today))
    total = sa.select(sa.func.count()).select_from(due.subquery()).scalar_subquery()
    first = due.outerjoin(reads, reads.c.review_id == Review.id).order_by(*order).limit(number)
    query = _entries().join(Review, Review.id == Availability.review_id).add_columns(total)
    query = query.outerjoin(reads, reads.c.review_id == Review.id).where(Availability.id.in_(first)).order_by(*order)
    rows = db.session.execute(query).all()
    return Pile(rows[0][2] if rows else 0, [(entry, review) for entry, review, _ in rows])


def entry(entry_id: int) -> tuple[Availability, Review] | None:
    """Find an entry and its review, whatever its state."""
    query = _entries().join(Review, Review.id == Availability.review_id).where(Availability.id == entry_id)
    row = db.session.execute(query).first()
    return (row[0], row[1]) if row else None


def entries(ids: Iterable[int]) -> Sequence[Availability]:
    """Return those of these entries that are there."""
    query = sa.select(Availability).where(Availability.id.in_(list(ids))).order_by(Availability.id)
    return db.session.scalars(query.options(joinedload(Availability.platform))).all()


def last_changes(ids: Iterable[int]) -> Sequence[AvailabilityChange]:
    """Return the last change of each of these entries, where the queue made it and it was not taken back."""
    newest = sa.select(sa.func.max(AvailabilityChange.id)).where(AvailabilityChange.undone_at.is_(None))
    newest = newest.where(AvailabilityChange.entry_id.in_(list(ids))).group_by(AvailabilityChange.entry_id)
    query = _changes().where(AvailabilityChange.id.in_(newest), AvailabilityChange.cause == "checked")
    return db.session.scalars(query).all()


def log(review_id: int | None, number: int, start: int = 0) -> Sequence[Any]:
    """Return the changes of every ledger, or of one review's, each with its review, the last first: one query."""
    query = sa.select(AvailabilityChange, Review).join(Review, Review.id == AvailabilityChange.review_id)
    if review_id is not None:
        query = query.where(AvailabilityChange.review_id == review_id)
    query = query.options(joinedload(AvailabilityChange.platform), load_only(*TITLED))
    query = query.order_by(AvailabilityChange.at.desc(), AvailabilityChange.id.desc()).limit(number).offset(start)
    return db.session.execute(query).all()


def platforms() -> Sequence[Any]:
    """Return every platform of a ledger, with the number of reviews whose work it has, by name."""
    reviews = sa.func.count(sa.distinct(Availability.review_id))
    there = reviews.filter(Availability.status == "available").label("there")
    query = sa.select(Term, there).outerjoin(Availability, Availability.platform_id == Term.id)
    named = sa.or_(Availability.id.is_not(None), Term.active_to.is_not(None))
    query = query.where(Term.facet == "platform", named).group_by(Term.id).options(selectinload(Term.successor))
    return db.session.execute(query.order_by(sa.func.lower(Term.name))).all()


def platform(slug: str) -> Term | None:
    """Find a platform by its address, or by one it had or was given."""
    moved = sa.select(MovedTerm.term_id).where(MovedTerm.facet == "platform", MovedTerm.slug == slug)
    query = sa.select(Term).where(Term.facet == "platform", sa.or_(Term.slug == slug, Term.id.in_(moved)))
    query = query.order_by(Term.slug != slug).limit(1)
    return db.session.scalar(query.options(joinedload(Term.successor)))


def entries_on(platform_id: int) -> Sequence[Availability]:
    """Return every entry about a platform."""
    query = sa.select(Availability).where(Availability.platform_id == platform_id).order_by(Availability.id)
    return db.session.scalars(query.options(joinedload(Availability.platform))).all()


def changes_by_end(platform_id: int) -> Sequence[AvailabilityChange]:
    """Return what the end of a platform changed and nobody took back.

    What the end of another one changed, that became part of it later, stays for when that one is back.
    """
    is_open = AvailabilityChange.undone_at.is_(None)
    query = _changes().where(
        AvailabilityChange.platform_id == platform_id, AvailabilityChange.cause == "ended", is_open
    )
    rows = db.session.scalars(sa.select(MovedTerm).where(MovedTerm.term_id == platform_id)).all()
    moved = {row.slug: row for row in rows}

    def was_elsewhere(change: AvailabilityChange) -> bool:
        row = moved.get(address_of("platform", change.written))
        while row:
            if row.merged_at and change.at < row.merged_at:
                return True
            row = moved.get(row.origin)
        return False

    return [change for change in db.session.scalars(query) if not was_elsewhere(change)]


def _entries() -> sa.Select:
    loads = joinedload(Availability.platform), load_only(*TITLED)
    return sa.select(Availability, Review).options(*loads)


def _changes() -> sa.Select:
    entry = selectinload(AvailabilityChange.entry).joinedload(Availability.platform)
    return sa.select(AvailabilityChange).options(entry, joinedload(AvailabilityChange.platform))


def _of_readers(query: sa.Select) -> sa.Select:
    """Keep to what readers see, and to platforms that have not ended."""
    query = query.join(Review, Review.id == Availability.review_id)
    query = query.outerjoin(Term, Term.id == Availability.platform_id)
    return query.where(Review.is_live(), Term.active_to.is_(None))


def _is_under(tab: str, today: date) -> sa.ColumnElement[bool]:
    """Whether an entry is listed under a tab."""
    undated = Availability.checked_on.is_(None)
    return {
        "due": sa.or_(undated, Availability.checked_on < today - timedelta(days=DUE_DAYS)),
        "undated": undated,
        "unconfirmed": Availability.checked_on < today - timedelta(days=UNCONFIRMED_DAYS),
        "all": sa.true(),
    }[tab]


def _urgency(today: date) -> tuple[sa.Subquery, sa.ColumnElement[float]]:
    """Say how urgent it is to check an entry again, its age in days times its readers, and what is to be joined."""
    reads = traffic.read_since(today - timedelta(days=READ_LATELY)).subquery()
    days = days_between(Availability.checked_on, sa.literal(today))
    return reads, sa.func.coalesce(days, NEVER_DAYS) * readers(reads)
