"""The availability ledger: where a work can be watched, as of when, and how that changed."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kblog import ledger
from kblog.db import Model, UtcDateTime

from .term import Term

OFFERS = ("", "subscription", "free", "rent", "buy", "cinema")
STATUSES = ("available", "not available", "left", "unknown")
CAUSES = ("checked", "edited", "ended")  # in the queue, by a save of the review, with its platform
SAID = ("region", "offer", "status", "checked_on", "link", "note")  # of an entry, beside its platform


class Availability(Model):
    """One entry: a platform has a work in a region, or has not, or nobody knows."""

    __table_args__ = (
        sa.CheckConstraint(sa.column("offer").in_(OFFERS), name="offer"),
        sa.CheckConstraint(sa.column("status").in_(STATUSES), name="status"),
        sa.Index("ix_availability_listed", "platform_id", "region", "status", "review_id"),  # all that lists need
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
    written: Mapped[str] = mapped_column(default="", server_default="")  # the platform's name as it stands in the text
    platform: Mapped[Term | None] = relationship()

    @property
    def as_written(self) -> ledger.Availability:
        """The entry as it stands in the review's text, whatever its platform is called by now."""
        return replace(self.entry, platform=self.written or self.entry.platform)

    @property
    def entry(self) -> ledger.Availability:
        """The entry as the ledger's words know it: without its row."""
        return ledger.Availability(
            platform=self.platform.name if self.platform else "",
            region=self.region,
            offer=self.offer,
            status=self.status,
            checked_on=self.checked_on,
            link=self.link,
            note=self.note,
        )

    def say(self, entry: ledger.Availability) -> None:
        """Let the row say what an entry says; it stays with its platform."""
        for name in SAID:
            setattr(self, name, getattr(entry, name))


class AvailabilityChange(Model):
    """What an entry said and what it says since; a status is "" where there was no entry, or is none any more.

    Both are kept whole: a change can be read years later, and taken back.
    """

    __table_args__ = (sa.CheckConstraint(sa.column("cause").in_(CAUSES), name="cause"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(sa.ForeignKey("review.id", ondelete="CASCADE"), index=True)
    platform_id: Mapped[int | None] = mapped_column(sa.ForeignKey("term.id"), index=True)
    entry_id: Mapped[int | None] = mapped_column(sa.ForeignKey("availability.id", ondelete="SET NULL"), index=True)
    cause: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    old_status: Mapped[str] = mapped_column(default="")
    old_region: Mapped[str] = mapped_column(default="")
    old_offer: Mapped[str] = mapped_column(default="")
    old_checked_on: Mapped[date | None]
    old_link: Mapped[str] = mapped_column(default="")
    old_note: Mapped[str] = mapped_column(default="")
    new_status: Mapped[str] = mapped_column(default="")
    new_region: Mapped[str] = mapped_column(default="")
    new_offer: Mapped[str] = mapped_column(default="")
    new_checked_on: Mapped[date | None]
    new_link: Mapped[str] = mapped_column(default="")
    new_note: Mapped[str] = mapped_column(default="")
    written: Mapped[str] = mapped_column(default="", server_default="")  # the platform's name as it stood in the text
    platform: Mapped[Term | None] = relationship()
    entry: Mapped[Availability | None] = relationship()

    @classmethod
    def between(
        cls, old: ledger.Availability | None, new: ledger.Availability | None, **given: Any
    ) -> "AvailabilityChange":
        """Make the change from one entry to another; None stands for no entry."""
        said = {
            f"{side}_{name}": getattr(entry, name)
            for side, entry in (("old", old), ("new", new))
            if entry
            for name in SAID
        }
        return cls(**said, **given)

    @property
    def before(self) -> ledger.Availability | None:
        """What the entry said; None where there was none."""
        return self._said("old")

    @property
    def after(self) -> ledger.Availability | None:
        """What it says since; None where it was taken out."""
        return self._said("new")

    def _said(self, side: str) -> ledger.Availability | None:
        if not getattr(self, f"{side}_status"):
            return None
        name = self.platform.name if self.platform else ""
        return ledger.Availability(platform=name, **{each: getattr(self, f"{side}_{each}") for each in SAID})

    @classmethod
    def is_news(cls) -> sa.ColumnElement[bool]:
        """Whether it tells readers anything: what was only checked again, or given a link or a note, does not."""
        differs = (getattr(cls, f"old_{name}") != getattr(cls, f"new_{name}") for name in ("status", "region", "offer"))
        return sa.and_(cls.undone_at.is_(None), sa.or_(*differs))

    @classmethod
    def counts_in(cls, places: Collection[str]) -> sa.ColumnElement[bool]:
        """Whether the entry holds in one of these regions, or did."""
        sides = ((cls.old_status, cls.old_region), (cls.new_status, cls.new_region))
        return sa.or_(*(sa.and_(status != "", region.in_(places)) for status, region in sides))
