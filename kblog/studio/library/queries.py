"""What the author reads of the library: which pictures there are under which tab, and how many."""

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa

from kblog.db import db
from kblog.models import Media, MediaUse, MediaVariant

TABS = ("all", "undescribed", "unused", "removed")
THUMBNAILS = (320, 640)  # points wide: a tile has 240 to 320, on a fine screen twice as many
SEARCHED = (Media.name, Media.alt, Media.caption, Media.credit)


def counts() -> dict[str, int]:
    """Count the pictures under each tab: one query."""
    numbers = [sa.func.count().filter(_is_under(tab)) for tab in TABS]
    row = db.session.execute(sa.select(*numbers).select_from(Media)).one()
    return dict(zip(TABS, row, strict=True))


def pictures(tab: str, text: str, number: int, start: int = 0) -> Sequence[Media]:
    """Return pictures under a tab, those alone in whose words a text stands, the newest first: one query."""
    query = sa.select(Media).where(_is_under(tab))
    for word in text.split():
        query = query.where(sa.or_(*(column.icontains(word, autoescape=True) for column in SEARCHED)))
    query = query.order_by(Media.added_at.desc(), Media.id.desc())
    return db.session.scalars(query.limit(number).offset(start)).all()


def picture(media_id: int) -> Media | None:
    """Find a picture that is in the library."""
    return db.session.scalar(sa.select(Media).where(Media.id == media_id, _is_here()))


def these(ids: Collection[int]) -> Sequence[Media]:
    """Return those of these pictures that are in the library, the newest first."""
    query = sa.select(Media).where(Media.id.in_(ids), _is_here())
    return db.session.scalars(query.order_by(Media.added_at.desc(), Media.id.desc())).all()


def removed(ids: Collection[int]) -> Sequence[Media]:
    """Return those of these pictures that were removed."""
    return db.session.scalars(sa.select(Media).where(Media.id.in_(ids), Media.removed_at.is_not(None))).all()


def unused_since(moment: datetime, number: int) -> Sequence[Media]:
    """Return pictures that came in before a moment and that no text shows, the oldest first."""
    query = sa.select(Media).where(_is_under("unused"), Media.added_at < moment)
    return db.session.scalars(query.order_by(Media.added_at, Media.id).limit(number)).all()


def thumbnails(ids: Collection[int]) -> dict[int, dict[int, str]]:
    """Return the smallest versions of some pictures, by their width: one query."""
    query = sa.select(MediaVariant).where(MediaVariant.media_id.in_(ids), MediaVariant.extension == "webp")
    found: dict[int, dict[int, str]] = {}
    for each in db.session.scalars(query.where(MediaVariant.width.in_(THUMBNAILS)).order_by(MediaVariant.width)):
        found.setdefault(each.media_id, {})[each.width] = each.address
    return found


def number_before(picture: Media) -> int:
    """Count the pictures that stand before one among all."""
    is_before = sa.tuple_(Media.added_at, Media.id) > sa.tuple_(picture.added_at, picture.id)
    return db.session.scalars(sa.select(sa.func.count()).select_from(Media).where(_is_here(), is_before)).one()


def _is_here() -> sa.ColumnElement[bool]:
    return Media.removed_at.is_(None)


def _is_under(tab: str) -> sa.ColumnElement[bool]:
    """Whether a picture is listed under a tab."""
    is_silent = sa.and_(sa.func.coalesce(Media.alt, "") == "", sa.not_(Media.is_decorative))
    is_used = sa.exists().where(MediaUse.media_id == Media.id).correlate(Media)
    return {
        "all": _is_here(),
        "undescribed": sa.and_(_is_here(), is_silent),
        "unused": sa.and_(_is_here(), sa.not_(is_used)),
        "removed": sa.not_(_is_here()),
    }[tab]
