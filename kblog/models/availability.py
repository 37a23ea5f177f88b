"""The availability ledger: where a work can be watched, as of when."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kblog import ledger
from kblog.db import Model

from .term import Term

OFFERS = ("", "subscription", "free", "rent", "buy", "cinema")
STATUSES = ("available", "not available", "left", "unknown")


class Availability(Model):
    """One entry: a platform has a work in a region, or has not, or nobody knows."""

    __table_args__ = (
        sa.CheckConstraint(sa.column("offer").in_(OFFERS), name="offer"),
        sa.CheckConstraint(sa.column("status").in_(STATUSES), name="status"),
        sa.Index(None, "platform_id", "status", "region"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(sa.ForeignKey("review.id", ondelete="CASCADE"), index=True)
    platform_id: Mapped[int | None] = mapped_column(sa.ForeignKey("term.id"))
    position: Mapped[int] = mapped_column(default=0)
    region: Mapped[str] = mapped_column(default="")  # ISO 3166 code, WORLD, SOME, or "" where nobody said
    offer: Mapped[str] = mapped_column(default="")
    status: Mapped[str] = mapped_column(default="available")
    checked_on: Mapped[date | None]
    link: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    platform: Mapped[Term | None] = relationship()

    @property
    def entry(self) -> ledger.Availability:
        """The entry as the ledger's words and documents know it: without its row."""
        return ledger.Availability(
            platform=self.platform.name if self.platform else "",
            region=self.region,
            offer=self.offer,
            status=self.status,
            checked_on=self.checked_on,
            link=self.link,
            note=self.note,
        )
