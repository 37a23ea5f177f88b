"""Readers' comments and the author's answers, and the words that told spam from the others."""

from datetime import datetime

import sqlalchemy as sa
from markupsafe import Markup
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from kblog import markup
from kblog.db import Model, SafeHtml, UtcDateTime
from kblog.dialects import where

from .review import Review

STATES = ("visible", "pending", "spam", "removed")


class Comment(Model):
    """One comment on a review or on a page; its true parent is kept at any depth."""

    __table_args__ = (
        sa.CheckConstraint(sa.column("state").in_(STATES), name="state"),
        sa.CheckConstraint("(review_id IS NULL) <> (page_id IS NULL)", name="subject"),
        # all that choosing the roots of a page needs: 10,000 of them are counted without a look at the table
        sa.Index(None, "review_id", "root_id", "posted_at", "id", "state"),
        sa.Index(None, "page_id", "root_id", "posted_at", "id", "state"),
        # what the author looks through; left out are the many that are simply there
        sa.Index(None, "state", "posted_at", "id", **where("state <> 'visible'")),
        *(
            sa.Index(None, *columns, **where(f"{columns[0]} <> ''"))
            for columns in (("network", "posted_at"), ("writer_hash", "name"), ("fingerprint",))
        ),
        sa.Index(None, "posted_at", **where("network <> ''")),  # those whose networks are let go of first
        # how many came when, and what became of them
        sa.Index("ix_comment_counted", "posted_at", "state", "state_before", "by_author", "review_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int | None] = mapped_column(sa.ForeignKey("review.id", ondelete="CASCADE"))
    page_id: Mapped[int | None] = mapped_column(sa.ForeignKey("page.id", ondelete="CASCADE"))
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("comment.id"), index=True)
    root_id: Mapped[int | None] = mapped_column(sa.ForeignKey("comment.id"), index=True)  # none: it is a root itself
    name: Mapped[str]
    website: Mapped[str] = mapped_column(default="")
    body: Mapped[str]
    body_html: Mapped[Markup] = mapped_column(SafeHtml)
    state: Mapped[str] = mapped_column(default="visible")
    reason: Mapped[str] = mapped_column(default="")  # why it is not visible: one reason a line
    state_before: Mapped[str] = mapped_column(default="", server_default="")  # the last decision; it can be undone
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # by a person; none: by the rules alone
    lesson: Mapped[str] = mapped_column(default="", server_default="")  # what was learnt from it: good, spam or ""
    spoils: Mapped[str] = mapped_column(default="")  # "", the episode up to which it tells, or "all"
    by_author: Mapped[bool] = mapped_column(default=False)
    posted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    source_ref: Mapped[str | None] = mapped_column(unique=True)
    old_number: Mapped[str] = mapped_column(default="", index=True)  # the N of the old blog's anchor #cN

    key: Mapped[str | None] = mapped_column(unique=True, index=True)  # the client's own: a post is stored once
    writer_hash: Mapped[str] = mapped_column(default="", server_default="")  # of the id in its writer's cookie
    network: Mapped[str] = mapped_column(default="", server_default="")  # /24 or /48, let go of after 30 days
    fingerprint: Mapped[str] = mapped_column(default="", server_default="")  # equal for texts that say the same

    review: Mapped[Review | None] = relationship()
    parent: Mapped["Comment | None"] = relationship(foreign_keys=[parent_id], remote_side=[id])
    root: Mapped["Comment | None"] = relationship(foreign_keys=[root_id], remote_side=[id])

    @validates("website")
    def _keep_an_address(self, _key: str, website: str) -> str:
        """Keep what a link may lead to; `javascript:` and its like are no website."""
        return website if markup.comment_href_is_safe(website) else ""

    @validates("body")
    def _render_body(self, _key: str, body: str) -> str:
        self.body_html = markup.render_comment(body)
        return body


class SpamWord(Model):
    """In how many of the author's decisions a word stood; the empty word stands in each of them."""

    word: Mapped[str] = mapped_column(primary_key=True)
    good: Mapped[int] = mapped_column(default=0)
    spam: Mapped[int] = mapped_column(default=0)
