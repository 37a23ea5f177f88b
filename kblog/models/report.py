"""What readers say is wrong with a comment."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from kblog.db import Model, UtcDateTime


class Report(Model):
    """One reader's reason why the author should look at a comment; nothing is kept of who gave it."""

    __table_args__ = (sa.Index(None, "comment_id", "settled_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    comment_id: Mapped[int] = mapped_column(sa.ForeignKey("comment.id", ondelete="CASCADE"))
    reason: Mapped[str]
    reported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # with the decision that answered it
