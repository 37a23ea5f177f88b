"""What readers may ask of the published reviews."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.orm import defer, selectinload

from kblog import cache, ledger, traffic
from kblog.cache import Kept
from kblog.db import db, now, read
from kblog.dialects import as_text
from kblog.models import (
    Availability,
    Credit,
    Filing,
    Line,
    MovedTerm,
    Redirect,
    Review,
    SearchEntry,
    Spelling,
    Term,
)
from kblog.models.review import ReadReview

from .catalogue import Bits
from .catalogue.queries import catalogue
from .reading import Reading
from .related import Near, nearest

RELATED = 4  # one row of cards below a review
LATEST = 8  # two rows of cards on the home page
MOST_READ = 5  # one numbered column beside the genres

CARD = (
    Review.id,
    Review.slug,
    Review.headline,
    Review.work_title,
    Review.native_title,
    Review.kind,
    Review.year,
    Review.genres,
    Review.verdict,
    Review.description,
    Review.excerpt,
    Review.tells,
    Review.words,
    Review.comment_count,
    Review.cover_seed,
    Review.cover_files,
    Review.cover_focus,
    Review.cover_alt,
    Review.cover_credit,
    Review.published_at,
)
_passages = as_text(SearchEntry.passages).label("passages")  # read where they are drawn
CARD_NAMES = [column.key for column in CARD]
HIT_NAMES = [*CARD_NAMES, "passages"]


@lru_cache(maxsize=100)
def _cards(number: int, passages: bool) -> sa.Select:
    """Select so many cards; made once for each number: a list of any length takes twice as long to ask for."""
    query = sa.select(*CARD).where(Review.id.in_([sa.bindparam(f"id_{n}", type_=sa.BigInteger) for n in range(number)]))
    return query.add_columns(_passages).outerjoin(SearchEntry) if passages else query


class Card(ReadReview):
    """What a list shows of one review: its columns, and what is known of it besides."""

    platforms: Sequence[str]
    is_region_unchecked: bool
    near: Near | None  # by what it is near the review that lists it

    @property
    def teaser(self) -> str:
        return self.description or self.excerpt


def cards(
    ids: Sequence[int], region_unchecked: Bits = 0, *, passages: bool = False, near: Mapping[int, Near] | None = None
) -> list[Card]:
    """Return the cards of these reviews in this order, with the text a search may show if asked for: one query."""
    listed, names = catalogue(), HIT_NAMES if passages else CARD_NAMES
    given = {f"id_{n}": i for n, i in enumerate(ids)}
    rows = {row[0]: row for row in read(_cards(len(ids), passages), given).all()} if ids else {}
    return [
        Card(
            **dict(zip(names, rows[i], strict=True)),
            platforms=listed.platforms(i),
            is_region_unchecked=bool(region_unchecked >> listed.place[i] & 1),
            near=near and near[i],
        )
        for i in ids
        if i in rows
    ]


def once_public(slug: str) -> bool:
    """Whether a review of this slug was public once and was taken back."""
    renamed = sa.select(Redirect.review_id).where(Redirect.path == f"/reviews/{slug}/")
    query = sa.select(Review.id).where(sa.or_(Review.slug == slug, Review.id.in_(renamed)))
    return db.session.scalar(query.where(Review.is_taken_back())) is not None


def moved(path: str) -> str | None:
    """Return the slug of the live review that an old path of ours leads to."""
    query = sa.select(Review.slug).join(Redirect, Redirect.review_id == Review.id)
    return db.session.scalar(query.where(Redirect.path == path, Review.is_live()))


def related(review: Reading) -> list[Card]:
    """Return the reviews that share most with this one: people count most, then genres, then platforms and hashtags."""
    filed = [(filing.term.facet, filing.term.slug) for filing in review.filings]
    near = {each.id: each for each in nearest(catalogue(), review.id, filed, RELATED)}
    return cards(list(near), near=near)


def line_of(day: date) -> tuple[Line, Review] | None:
    """Return this week's line: each week the next one that spoils nothing, from a live review."""
    week = day.toordinal() // 7
    found = cache.kept(f"the line of week {week}", lambda: _line_id_of(week), but_comments=True)
    query = sa.select(Line, Review).join(Review, Review.id == Line.review_id).where(Line.id == found)
    row = db.session.execute(query.options(defer(Review.body), defer(Review.body_html))).first()
    return (row[0], row[1]) if row else None


def _line_id_of(week: int) -> Kept:
    every = sa.select(Line.id).join(Review, Review.id == Line.review_id).where(Review.is_live(), Line.spoils == "")
    number = sa.select(sa.func.count()).select_from(every.subquery()).scalar_subquery()
    nth = sa.literal(week) % sa.func.coalesce(sa.func.nullif(number, 0), 1)
    found = db.session.scalar(every.order_by(Line.id).offset(nth).limit(1))
    return Kept(found, until=cache.site().next_publication)


def next_publication() -> sa.Select[datetime | None]:
    """Select the moment at which time alone changes what is public: when the next scheduled review appears."""
    coming = sa.select(sa.func.min(Review.published_at)).where(Review.published_at > now())
    return coming.where(Review.withdrawn_at.is_(None))


def most_read(day: date) -> list[int]:
    """Return the reviews read most in the thirty days before this one; none where there are too few for a list."""

    def build() -> Kept:
        ids = traffic.most_read(day, MOST_READ)
        midnight = datetime.combine(day + timedelta(days=1), time(), cache.site().zone)
        return Kept(ids if len(ids) == MOST_READ else [], until=midnight)

    return cache.kept("most read", build, but_comments=True)


def term(facet: str, slug: str) -> Term | None:
    """Find a term that was ever public, with its broader genres; a draft's own are nobody's business."""
    query = sa.select(Term).where(Term.facet == facet, Term.slug == slug, _was_public())
    return db.session.scalar(query.options(selectinload(Term.broader)) if facet == "genre" else query)


def statuses(term_id: int) -> dict[int, list[sa.Row]]:
    """Return what the ledgers of all live reviews say of a platform, by review, as far as its lists need it."""
    query = sa.select(Availability.review_id, Availability.status, Availability.checked_on)
    query = query.join(Review, Review.id == Availability.review_id)
    found: dict[int, list[sa.Row]] = {}
    for row in read(query.where(Availability.platform_id == term_id, Review.is_live())).all():
        found.setdefault(row[0], []).append(row)
    return found


def checks(term_id: int, ids: Sequence[int]) -> dict[int, list[ledger.Availability]]:
    """Return what the ledgers of these reviews say of a platform, by review: one query."""
    columns = (getattr(Availability, name) for name in ("region", "offer", "status", "checked_on", "link"))
    query = sa.select(Availability.review_id, *columns).join(Review, Review.id == Availability.review_id)
    query = query.where(Availability.platform_id == term_id, Availability.review_id.in_(ids), Review.is_live())
    query = query.order_by(Availability.position, Availability.id)
    found: dict[int, list[ledger.Availability]] = {}
    for review_id, *said in db.session.execute(query):
        found.setdefault(review_id, []).append(ledger.Availability("", *said))
    return found


def terms_at(address: str) -> dict[str, str]:
    """Return by facet the address of each term that lives at one, or that one leads to."""
    moved = sa.select(MovedTerm.term_id).where(MovedTerm.slug == address, MovedTerm.facet == Term.facet)
    query = sa.select(Term.facet, Term.slug).where(sa.or_(Term.slug == address, Term.id.in_(moved)), _was_public())
    return {row.facet: row.slug for row in db.session.execute(query)}


def addresses_now(asked: Sequence[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Return where (facet, address) pairs lead that are no term's own: at most two queries.

    A person is found under each spelling that readers see, unless several people are written so.
    """
    places = sa.tuple_(MovedTerm.facet, MovedTerm.slug)
    query = sa.select(MovedTerm.facet, MovedTerm.slug, Term.slug).join(Term, Term.id == MovedTerm.term_id)
    rows = db.session.execute(query.where(places.in_(asked), _was_public())).all()
    found = {(facet, old): new for facet, old, new in rows}
    names = [slug for facet, slug in asked if facet == "person" and ("person", slug) not in found]
    if names:
        spelt = sa.select(Spelling.slug, Term.slug).join(Term, Term.id == Spelling.term_id).distinct()
        people: dict[str, list[str]] = {}
        for old, new in db.session.execute(spelt.where(Spelling.slug.in_(names), _was_public(), is_spelt())):
            people.setdefault(old, []).append(new)
        found |= {("person", old): new[0] for old, new in people.items() if len(new) == 1 and new[0] != old}
    return found


def address_now(facet: str, slug: str) -> str | None:
    """Return the address of the term that answers for an address which is no term's own."""
    return addresses_now([(facet, slug)]).get((facet, slug))


def better_place(slug: str) -> tuple[str, str] | None:
    """Return (facet, address) of what a label means that was no more than a hashtag once."""
    found = terms_at(slug)
    return next(((facet, found[facet]) for facet in ("genre", "platform", "person") if facet in found), None)


def aliases_of(term_id: int) -> Sequence[str]:
    """Return the other names that the author gave a term."""
    query = sa.select(MovedTerm.name).where(MovedTerm.term_id == term_id, MovedTerm.merged_at.is_(None))
    return db.session.scalars(query.where(MovedTerm.name != "").order_by(MovedTerm.name)).all()


def is_spelt() -> sa.ColumnElement[bool]:
    """Whether readers may see a spelling of its person: a live review writes it, or the author says it."""
    credited = sa.exists().where(
        Credit.term_id == Spelling.term_id,
        sa.or_(Credit.name == Spelling.name, Credit.alias == Spelling.name),
        Review.id == Credit.review_id,
        Review.is_live(),
    )
    return sa.or_(Spelling.by_hand, credited)


def spellings_of(term_id: int) -> Sequence[str]:
    """Return the spellings of a person that readers may see."""
    query = sa.select(Spelling.name).where(Spelling.term_id == term_id, is_spelt()).order_by(Spelling.name)
    return db.session.scalars(query).all()


def credits_beside(term_id: int) -> Sequence[sa.Row]:
    """Return everybody's parts in the works of live reviews in which a person has one, newest work first."""
    own = sa.select(Credit.review_id).where(Credit.term_id == term_id)
    part = (Credit.review_id, Credit.term_id, Credit.role, Credit.character)
    work = (Review.slug, Review.work_title, Review.headline, Review.native_title, Review.year)
    query = sa.select(*part, *work).join(Review, Review.id == Credit.review_id)
    query = query.where(Credit.review_id.in_(own), Review.is_live())
    return db.session.execute(query.order_by(Review.year.desc().nulls_last(), Review.id.desc(), Credit.position)).all()


def lines_in(review_ids: Collection[int]) -> Sequence[sa.Row]:
    """Return the lines of these reviews that spoil nothing and have a speaker, newest work first."""
    work = (Review.slug, Review.work_title, Review.headline)
    query = sa.select(Line.review_id, Line.anchor, Line.quote, Line.speaker, Line.episode, *work)
    query = query.join(Review, Review.id == Line.review_id).where(Review.is_live(), Line.spoils == "")
    query = query.where(Line.review_id.in_(review_ids), Line.speaker != "")
    return db.session.execute(query.order_by(Review.year.desc().nulls_last(), Review.id.desc(), Line.position)).all()


def native_names(slugs: Collection[str]) -> dict[str, str]:
    """Return the native names of these people by their addresses, as far as readers may see them."""
    query = sa.select(Term.slug, Term.native_name).join(Spelling, Spelling.term_id == Term.id)
    query = query.where(Term.facet == "person", Term.slug.in_(slugs), Spelling.name == Term.native_name, is_spelt())
    return {row.slug: row.native_name for row in db.session.execute(query)}


def archive(ids: Collection[int]) -> Sequence[sa.Row]:
    """Return these reviews as lines of the archive, newest first."""
    title = (Review.headline, Review.work_title, Review.native_title)
    query = sa.select(Review.slug, *title, Review.published_at).where(Review.id.in_(ids))
    return db.session.execute(query.order_by(Review.published_at.desc(), Review.id.desc())).all()


def _was_public() -> sa.ColumnElement[bool]:
    """Whether a term stands under a review that is public, or was."""
    public = sa.select(Review.id).where(Review.published_at <= now())
    filed = sa.exists().where(Filing.term_id == Term.id, Filing.review_id.in_(public))
    entered = sa.exists().where(Availability.platform_id == Term.id, Availability.review_id.in_(public))
    return filed | entered
