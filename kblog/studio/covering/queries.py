"""Which picture a review may have as its cover."""

import sqlalchemy as sa

from kblog.db import db
from kblog.models import Media


def picture(file_hash: str) -> Media | None:
    """Find a picture of the library by its hash."""
    return db.session.scalar(sa.select(Media).where(Media.hash == file_hash, Media.removed_at.is_(None)))
