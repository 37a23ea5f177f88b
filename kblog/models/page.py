"""Standing pages: about, privacy, and those that came with an import."""

from datetime import datetime

import sqlalchemy as sa
from markupsafe import Markup
from sqlalchemy.orm import Mapped, mapped_column, validates

from kblog import markup
from kblog.db import Model, SafeHtml, UtcDateTime, now


class Page(Model):
    """A page outside the reviews; it may carry comments that came with it."""

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    body: Mapped[str] = mapped_column(default="")
    body_html: Mapped[Markup] = mapped_column(SafeHtml, default=Markup())
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    source_ref: Mapped[str | None] = mapped_column(unique=True)
    version: Mapped[int] = mapped_column(default=1, server_default="1")  # of saves by hand: a stale one is told

    @validates("body")
    def _render_body(self, _key: str, body: str) -> str:
        self.body_html = markup.render_review(body).html
        return body

    @classmethod
    def is_live(cls) -> sa.ColumnElement[bool]:
        """Published, its moment has come, and not taken back."""
        return sa.and_(cls.published_at <= now(), cls.withdrawn_at.is_(None))
