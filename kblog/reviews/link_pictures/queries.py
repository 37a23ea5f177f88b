"""Which reviews want a picture for links, who draws it, and which one they have: reads and writes past all objects."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import reduce
from typing import Any

import sqlalchemy as sa

from kblog.db import db, read
from kblog.dialects import INSERTS, as_text
from kblog.models import LinkPicture, Review
from kblog.models.review import SHOWN_TITLE
from kblog.models.site import RAISE

DESIGN = "1"  # another number lets every picture be drawn anew
SILENT = timedelta(minutes=5)  # after which what was claimed and not drawn may be tried by another
MOST_TRIES = 5  # at the same picture
COLUMNS = (
    *(Review.id, Review.slug, Review.cover_seed, Review.native_title, Review.work_title, Review.headline),
    *(Review.kind, Review.year, Review.cover_files, Review.cover_focus),
)


def _words() -> sa.ColumnElement[str]:
    """Say in words all that a review's picture shows: it is drawn anew when they change."""
    parts = (
        sa.func.coalesce(sa.func.nullif(Review.cover_seed, ""), Review.slug),
        Review.native_title,
        SHOWN_TITLE,
        Review.kind,
        sa.func.coalesce(sa.cast(Review.year, sa.String), ""),
        sa.func.coalesce(as_text(Review.cover_files), ""),
        Review.cover_focus,
    )
    return reduce(lambda before, part: before + "\n" + part, parts, sa.literal(DESIGN))


WORDS = _words()
WILL_BE_SEEN = sa.and_(Review.published_at.is_not(None), Review.withdrawn_at.is_(None))  # also one that is scheduled
IS_FREE = sa.or_(
    LinkPicture.review_id.is_(None),
    LinkPicture.wanted != WORDS,
    sa.and_(
        LinkPicture.tries < MOST_TRIES,
        sa.or_(LinkPicture.claimed_at.is_(None), LinkPicture.claimed_at < sa.bindparam("before")),
    ),
)
DUE = (
    sa.select(*COLUMNS, WORDS.label("wanted"))
    .outerjoin(LinkPicture, LinkPicture.review_id == Review.id)
    .where(WILL_BE_SEEN, sa.or_(LinkPicture.review_id.is_(None), LinkPicture.shows != WORDS), IS_FREE)
    .order_by(Review.published_at.desc(), Review.id.desc())
    .limit(sa.bindparam("number"))
)


def due(number: int, moment: datetime) -> Sequence[Any]:
    """Return reviews whose picture is not drawn, or shows what they do not say any more, the newest first."""
    return read(DUE, {"number": number, "before": moment - SILENT}).all()


def hashes() -> set[str]:
    """Return the hashes of all pictures that reviews have."""
    return set(read(sa.select(LinkPicture.hash).where(LinkPicture.hash != "")).scalars())


def held() -> Sequence[Any]:
    """Return which picture each review has, and what it shows."""
    columns = (LinkPicture.review_id, LinkPicture.wanted, LinkPicture.shows, LinkPicture.hash)
    return read(sa.select(*columns).where(LinkPicture.hash != "")).all()


def hand_over(pictures: Sequence[Any]) -> None:
    """Let the reviews of a site that was made of another's have the pictures which it would draw of them, too."""
    with db.engine.begin() as connection:
        there = set(connection.scalars(sa.select(Review.id)))
        if rows := [dict(each._mapping) for each in pictures if each.review_id in there]:
            connection.execute(sa.insert(LinkPicture), rows)


def is_shown(file_hash: str) -> bool:
    """Whether a live review has this picture."""
    query = sa.select(Review.id).join(LinkPicture, LinkPicture.review_id == Review.id)
    return read(query.where(LinkPicture.hash == file_hash, Review.is_live()).limit(1)).first() is not None


def claim(review_id: int, wanted: str, moment: datetime) -> bool:
    """Take a picture on; False where somebody else was faster. It is written at once."""
    before = sa.or_(LinkPicture.claimed_at.is_(None), LinkPicture.claimed_at < moment - SILENT)
    tries = sa.case((LinkPicture.wanted == wanted, LinkPicture.tries), else_=0)  # only what fails counts: see `note`
    with db.engine.begin() as connection:
        insert = INSERTS[connection.dialect.name](LinkPicture)
        row = insert.values(review_id=review_id, wanted=wanted, claimed_at=moment, tries=0)
        claiming = row.on_conflict_do_update(
            index_elements=[LinkPicture.review_id],
            set_={"wanted": wanted, "claimed_at": moment, "tries": tries},
            where=sa.or_(LinkPicture.wanted != wanted, before),
        )
        return connection.execute(claiming.returning(LinkPicture.review_id)).first() is not None


def note(drawn: Sequence[tuple[int, str, str]], failed: Sequence[tuple[int, str, str]]) -> None:
    """Write what was drawn, as (review, what was wanted, hash), and what was not, with the reason in the hash's place.

    Readers' pages name their picture, but no list does. What was meanwhile taken on as something else stays that.
    """
    with db.engine.begin() as connection:
        for review_id, wanted, file_hash in drawn:
            values = {"shows": wanted, "hash": file_hash, "trouble": "", "claimed_at": None}
            connection.execute(_mine(review_id, wanted).values(**values))
        for review_id, wanted, trouble in failed:
            connection.execute(_mine(review_id, wanted).values(trouble=trouble, tries=LinkPicture.tries + 1))
        if drawn:
            connection.execute(RAISE, {"listed": 0})


def forget(missing: Sequence[str]) -> None:
    """Let pictures be drawn again whose files are gone; their pages name them no more."""
    with db.engine.begin() as connection:
        gone = {"shows": "", "hash": "", "wanted": "", "claimed_at": None, "tries": 0}
        connection.execute(sa.update(LinkPicture).where(LinkPicture.hash.in_(missing)).values(**gone))
        connection.execute(RAISE, {"listed": 0})


def _mine(review_id: int, wanted: str) -> sa.Update:
    return sa.update(LinkPicture).where(LinkPicture.review_id == review_id, LinkPicture.wanted == wanted)
