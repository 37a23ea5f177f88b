"""What the author reads of the library: which pictures there are under which tab, and how many."""

from collections.abc import Collection, Sequence

import sqlalchemy as sa

from kblog.db import db
from kblog.models import Media

TABS = ("all", "undescribed")
SEARCHED = (Media.name, Media.alt, Media.caption, Media.credit)


def counts() -> dict[str, int]:
    """Count the pictures under each tab: one query."""
    numbers = [sa.func.count().filter(_is_under(tab)) for tab in TABS]
    row = db.session.execute(sa.select(*numbers).select_from(Media).where(_is_here())).one()
    return dict(zip(TABS, row, strict=True))


def pictures(tab: str, text: str, number: int, start: int = 0) -> Sequence[Media]:
    """Return pictures under a tab, those alone in whose words a text stands, the newest first: one query."""
    query = sa.select(Media).where(_is_here(), _is_under(tab))
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


def number_before(picture: Media) -> int:
    """Count the pictures that stand before one among all."""
    is_before = sa.tuple_(Media.added_at, Media.id) > sa.tuple_(picture.added_at, picture.id)
    return db.session.scalars(sa.select(sa.func.count()).select_from(Media).where(_is_here(), is_before)).one()


def _is_here() -> sa.ColumnElement[bool]:
    return Media.removed_at.is_(None)


def _is_under(tab: str) -> sa.ColumnElement[bool]:
    """Whether a picture is listed under a tab."""
    is_undescribed = sa.and_(sa.func.coalesce(Media.alt, "") == "", sa.not_(Media.is_decorative))
    return {"all": sa.true(), "undescribed": is_undescribed}[tab]
