"""Which picture a review may have as its cover."""

from collections.abc import Sequence

import sqlalchemy as sa

from kblog.db import db
from kblog.models import Media, MediaVariant


def thumbnails(pictures: Sequence[Media]) -> dict[int, str]:
    """Return where the smallest version of each of these pictures is, of those that have one: one query."""
    query = sa.select(MediaVariant).where(MediaVariant.media_id.in_([each.id for each in pictures]))
    found: dict[int, str] = {}
    for each in db.session.scalars(query.order_by(MediaVariant.width, MediaVariant.extension.desc())):
        found.setdefault(each.media_id, each.address)
    return found


def picture(file_hash: str) -> Media | None:
    """Find a picture of the library by its hash."""
    return db.session.scalar(sa.select(Media).where(Media.hash == file_hash, Media.removed_at.is_(None)))
