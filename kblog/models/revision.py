"""What was written when: every saved text of a review or page, and what is typed but not saved yet."""

from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kblog.db import Json, Model, UtcDateTime

if TYPE_CHECKING:
    from .page import Page
    from .review import Review

OCCASIONS = ("saved", "set aside", "restored", "published", "withdrawn", "imported")
ONE_SUBJECT = "(review_id IS NULL) <> (page_id IS NULL)"


class Revision(Model):
    """One text, whole, as a portable document; never changed and never removed."""

    __table_args__ = (
        sa.CheckConstraint(sa.column("occasion").in_(OCCASIONS), name="occasion"),
        sa.CheckConstraint(ONE_SUBJECT, name="subject"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int | None] = mapped_column(sa.ForeignKey("review.id", ondelete="CASCADE"), index=True)
    page_id: Mapped[int | None] = mapped_column(sa.ForeignKey("page.id", ondelete="CASCADE"), index=True)
    text: Mapped[str]
    occasion: Mapped[str]  # "set aside": what a stale save brought, kept beside the text that won
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    review: Mapped["Review | None"] = relationship()
    page: Mapped["Page | None"] = relationship()


class Autosave(Model):
    """What one tab of the editor holds, field by field as typed, until it is saved; readers never see it."""

    __table_args__ = (
        sa.CheckConstraint(ONE_SUBJECT, name="subject"),
        sa.UniqueConstraint("review_id", "tab"),
        sa.UniqueConstraint("page_id", "tab"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int | None] = mapped_column(sa.ForeignKey("review.id", ondelete="CASCADE"))
    page_id: Mapped[int | None] = mapped_column(sa.ForeignKey("page.id", ondelete="CASCADE"))
    tab: Mapped[str]
    version: Mapped[int]  # of the saved text that the tab began from
    fields: Mapped[list[list[str]]] = mapped_column(Json)  # [name, value] pairs of the form
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    review: Mapped["Review | None"] = relationship()
    page: Mapped["Page | None"] = relationship()
