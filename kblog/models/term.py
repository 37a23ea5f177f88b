"""The terms that reviews are filed under: genres, people, platforms, hashtags, how they are spelt and which are one."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from kblog import fold
from kblog.db import Model, UtcDateTime, db
from kblog.slugs import slug

FACETS = ("genre", "platform", "person", "hashtag")

term_broader = sa.Table(
    "term_broader",
    db.metadata,
    sa.Column("term_id", sa.ForeignKey("term.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("broader_id", sa.ForeignKey("term.id", ondelete="CASCADE"), primary_key=True, index=True),
)
"""A genre phrase ("Musical comedy") and the broader genres (Musical, Comedy) it counts under, as `TermLink` says."""


class Term(Model):
    """A genre, a person, a platform or a hashtag; its slug is its address within its facet."""

    __table_args__ = (
        sa.UniqueConstraint("facet", "slug"),
        sa.CheckConstraint(sa.column("facet").in_(FACETS), name="facet"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    facet: Mapped[str]
    slug: Mapped[str]
    name: Mapped[str]
    native_name: Mapped[str] = mapped_column(default="")
    also_called: Mapped[str] = mapped_column(default="", server_default="")  # the other names that find it, one a line
    broader: Mapped[list["Term"]] = relationship(
        secondary=term_broader,
        primaryjoin=lambda: Term.id == term_broader.c.term_id,
        secondaryjoin=lambda: Term.id == term_broader.c.broader_id,
        order_by=lambda: Term.id,
    )
    active_to: Mapped[date | None]  # of a platform: its last day, once it closed or goes by another name
    successor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("term.id"))
    successor: Mapped["Term | None"] = relationship(remote_side=id)
    spellings: Mapped[list["Spelling"]] = relationship(
        back_populates="term", cascade="all, delete-orphan", order_by="Spelling.id"
    )


class Spelling(Model):
    """One way in which a person's name was written somewhere, or is by what the author says in the studio."""

    __table_args__ = (sa.UniqueConstraint("term_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    term_id: Mapped[int] = mapped_column(sa.ForeignKey("term.id", ondelete="CASCADE"))
    name: Mapped[str]
    person_key: Mapped[str] = mapped_column(index=True)  # what its romanisations share
    slug: Mapped[str] = mapped_column(index=True, default="", server_default="")  # the address it would have
    by_hand: Mapped[bool] = mapped_column(default=False, server_default="0")  # public, whoever wrote it
    origin: Mapped[str] = mapped_column(default="", server_default="")  # the address it came under, whose it stays
    term: Mapped[Term] = relationship(back_populates="spellings")

    @validates("name")
    def _fold_name(self, _key: str, name: str) -> str:
        self.person_key, self.slug = fold.person_key(name), slug(name, "")
        return name


class MovedTerm(Model):
    """An address that a term had or was given, and the term that answers for it: readers and filing go there.

    With what a term was called that became part of another one, which is all that undoing it needs; of an alias, with
    its words.
    """

    facet: Mapped[str] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(primary_key=True)
    term_id: Mapped[int] = mapped_column(sa.ForeignKey("term.id", ondelete="CASCADE"), index=True)
    origin: Mapped[str]  # the address of the term it was given to, which may have moved on itself
    merged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # none: no other term lived here
    name: Mapped[str] = mapped_column(default="")
    native_name: Mapped[str] = mapped_column(default="")
    active_to: Mapped[date | None]
    leads_only: Mapped[bool] = mapped_column(default=False, server_default="0")  # readers; no review is filed by it
    term: Mapped[Term] = relationship()


class TermLink(Model):
    """That a genre counts under another one, or a platform came after another one; or that it does not.

    By their addresses, which lead on: nothing of it changes when terms are merged and parted again. What follows from
    it for the terms that there are now stands in `term_broader` and `successor_id`.
    """

    facet: Mapped[str] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(primary_key=True)
    target: Mapped[str] = mapped_column(primary_key=True)
    holds: Mapped[bool] = mapped_column(default=True)  # else the author said that it does not


class Renaming(Model):
    """What a term was called before and since; it is known by the address it got, so that a merge takes it nowhere."""

    __table_args__ = (sa.Index("ix_renaming_new_slug", "facet", "new_slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    facet: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    slug: Mapped[str]
    name: Mapped[str]
    native_name: Mapped[str]
    new_slug: Mapped[str]
    new_name: Mapped[str]
    new_native_name: Mapped[str]
    is_claimed: Mapped[bool]  # the new name led nowhere before: undoing it lets go of its address


class TwoPeople(Model):
    """The addresses of two people whose names are alike, and of whom the author said that they are two."""

    __table_args__ = (sa.CheckConstraint("one < other", name="order"),)

    one: Mapped[str] = mapped_column(primary_key=True)
    other: Mapped[str] = mapped_column(primary_key=True)
