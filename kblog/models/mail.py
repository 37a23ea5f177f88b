"""Who gets replies by mail, and the mails that go out."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from kblog.db import Model, UtcDateTime
from kblog.dialects import where


class Subscription(Model):
    """Somebody who asked for replies to their comments: the one place in which their address stands."""

    __table_args__ = (sa.UniqueConstraint("address", "writer_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str]
    writer_hash: Mapped[str]  # who asked: an address is confirmed for one writer, not for whoever types it
    token: Mapped[str] = mapped_column(unique=True)  # by which the links in its mails know it
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # none: nothing but that question is sent


class Follow(Model):
    """A comment whose replies its writer gets by mail."""

    comment_id: Mapped[int] = mapped_column(sa.ForeignKey("comment.id", ondelete="CASCADE"), primary_key=True)
    subscription_id: Mapped[int] = mapped_column(sa.ForeignKey("subscription.id", ondelete="CASCADE"), index=True)


class Mail(Model):
    """One mail: that it is to be sent, and what became of it. Its words and its address are looked up when it goes.

    `state` is waiting, sent, refused (for good, by the server), failed (nobody took it for days) or withdrawn (no
    reason to send it was left).
    """

    __table_args__ = (sa.Index(None, "due_at", **where("state = 'waiting'")),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)  # what it tells of: no event is told of twice
    kind: Mapped[str]  # confirm, reply, queue or test
    token: Mapped[str]  # its Message-ID, however often it is tried
    subscription_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("subscription.id", ondelete="SET NULL"), index=True
    )
    comment_id: Mapped[int | None] = mapped_column(sa.ForeignKey("comment.id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = mapped_column(default="waiting")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # while a process has it in hand
    tries: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    trouble: Mapped[str] = mapped_column(default="")  # what the server said the last time
