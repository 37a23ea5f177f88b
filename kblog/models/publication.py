"""What a review and a page have in common: an address, the moments that say whether it is public, and a version."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from kblog.db import UtcDateTime, now


def moment() -> sa.BindParameter[datetime]:
    """Return this moment as a statement's parameter: read when it is sent, so that a statement may be made once."""
    return sa.bindparam("moment", callable_=now, type_=UtcDateTime, unique=True)


class Publication:
    """A text that is drafted, scheduled, published or withdrawn; time does the scheduling."""

    slug: Mapped[str] = mapped_column(unique=True)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1, server_default="1")  # of saves by hand: a stale one is told

    @classmethod
    def is_live(cls) -> sa.ColumnElement[bool]:
        """Published, its moment has come, and not taken back."""
        return sa.and_(cls.published_at <= moment(), cls.withdrawn_at.is_(None))

    @classmethod
    def is_taken_back(cls) -> sa.ColumnElement[bool]:
        """Public once, and not any more: its address answers 410 for good."""
        return sa.and_(cls.published_at.is_not(None), cls.withdrawn_at.is_not(None))

    @property
    def state(self) -> str:
        """Name the state: draft, discarded, scheduled, published or withdrawn."""
        if self.published_at is None:
            return "discarded" if self.withdrawn_at else "draft"
        if self.withdrawn_at:
            return "withdrawn"
        return "published" if self.published_at <= now() else "scheduled"
