"""Standing pages: about, privacy, and those that came with an import."""

import sqlalchemy as sa
from markupsafe import Markup
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from kblog.db import Model, SafeHtml

from . import media
from .publication import Publication


class Page(Publication, Model):
    """A page outside the reviews; it may carry comments that came with it."""

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    body: Mapped[str] = mapped_column(default="")
    body_html: Mapped[Markup] = mapped_column(SafeHtml, default=Markup())
    source_ref: Mapped[str | None] = mapped_column(unique=True)
    uses: Mapped[list[media.MediaUse]] = relationship(cascade="all, delete-orphan")

    @validates("body")
    def _render_body(self, _key: str, body: str) -> str:
        found = media.found_in(body)
        self.body_html = media.drawn(body, found).html
        media.keep_uses(self, (each.media_id for each in found))
        return body


# what a list says of a page, for the database to say
PAGE_TITLE = sa.func.coalesce(sa.func.nullif(Page.title, ""), Page.slug)
