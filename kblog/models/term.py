"""The terms that reviews are filed under: genres, people, platforms, hashtags, and how they are spelt."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kblog.db import Model, db

FACETS = ("genre", "platform", "person", "hashtag")

term_broader = sa.Table(
    "term_broader",
    db.metadata,
    sa.Column("term_id", sa.ForeignKey("term.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("broader_id", sa.ForeignKey("term.id", ondelete="CASCADE"), primary_key=True, index=True),
)
"""A genre phrase ("Musical comedy") and the broader genres (Musical, Comedy) it counts under."""


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
    broader: Mapped[list["Term"]] = relationship(
        secondary=term_broader,
        primaryjoin=lambda: Term.id == term_broader.c.term_id,
        secondaryjoin=lambda: Term.id == term_broader.c.broader_id,
    )
    active_to: Mapped[date | None]  # of a platform: its last day, once it closed or goes by another name
    successor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("term.id"))
    successor: Mapped["Term | None"] = relationship(remote_side=id)
    spellings: Mapped[list["Spelling"]] = relationship(back_populates="term", cascade="all, delete-orphan")


class Spelling(Model):
    """One way in which a person's name was written somewhere."""

    __table_args__ = (sa.UniqueConstraint("term_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    term_id: Mapped[int] = mapped_column(sa.ForeignKey("term.id", ondelete="CASCADE"))
    name: Mapped[str]
    person_key: Mapped[str] = mapped_column(index=True)
    term: Mapped[Term] = relationship(back_populates="spellings")
