"""A standing page as its author types it: the form, the document that it makes, and the page it is written on."""

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from flask import Response
from wtforms import BooleanField
from wtforms.validators import ValidationError

from kblog import htmx, markup
from kblog.document import Document
from kblog.language import gettext as _
from kblog.language import noted
from kblog.models import Page
from kblog.studio import previews, saving, workbench
from kblog.studio.findings.queries import pictured
from kblog.studio.lint.links import UNDESCRIBED, silent
from kblog.studio.review_form import LINE, TextForm, Words, clean
from kblog.studio.sections import words

from . import standing

PUBLIC = ("published", "scheduled")


class PageForm(TextForm):
    """A page as the editor shows it."""

    title = Words(noted("Title"), [LINE])
    body = Words(noted("Text"))
    leaves = BooleanField(noted("Move it all the same"))

    page: Page | None = None

    def validate_title(self, field: Words) -> None:
        if self.page and self.page.state in PUBLIC and not field.data.strip():
            raise ValidationError(_("A page that readers see has a title."))

    def validate_slug(self, field: Words) -> None:
        super().validate_slug(field)
        if self.page and self.is_leaving and not self.leaves.data:
            raise ValidationError(f"{standing.on_leaving(self.page)} {_('Tick below to move it all the same.')}")

    def validate_body(self, field: Words) -> None:
        text = field.data
        if self.page and self.page.state in PUBLIC and not text.strip():
            raise ValidationError(_("A page that readers see has a text. Withdraw it if it should be gone."))
        try:
            markup.render_review(text)
        except ValueError as error:
            raise ValidationError(str(error)) from None

    @property
    def is_leaving(self) -> bool:
        """Whether this would take a page away from an address that every page links to."""
        return bool(self.page and standing.is_linked(self.page) and self.slug.data not in ("", self.page.slug))


def opened(page: Page) -> PageForm:
    """Return the form of a page as it is saved, for a tab of its own."""
    slug = "" if workbench.is_unnamed(page) else page.slug
    typed = {"title": page.title, "slug": slug, "body": clean(page.body)}
    return PageForm(data=typed | {"version": page.version, "tab": workbench.new_tab()})


def typed(pairs: Any, page: Page | None = None) -> PageForm:
    """Return the form that a browser sent of a page."""
    form = PageForm(pairs)
    form.page = page
    return form


def document(form: PageForm, page: Page) -> Document:
    """Return the document that a form makes of a page; what was not touched stays as it is, byte for byte."""
    base = saving.document_of(page)
    body = form.body.data
    slug = form.slug.data or (page.slug if standing.is_linked(page) else "")
    kept = base.body if body == clean(base.body) else body
    return replace(base, headline=form.title.data, slug=slug, body=kept)


def answer(page: Page, form: PageForm, status: int = 200, conflict: dict[str, Any] | None = None) -> Response:
    """Answer with the editor; htmx puts its form in place of the one it sent."""
    made = document(form, page)
    context = {
        **workbench.drawn_from(page, made, form, status, conflict),
        "page": page,
        "words": words(form.body.data),
        "preview": preview(made),
        "leaving": "",
    }
    if standing.is_linked(page):
        context |= {"leaving": standing.on_leaving(page), "proposed_slug": page.slug}
    response = htmx.render("studio/pages/edit.html", "studio/pages/_form.html", status=status, **context)
    return htmx.retarget(response, "#page-form") if htmx.wants_fragment() else response


def preview(made: Document) -> Page | str:
    """Return the page that a document would be, or the sentence that says why it cannot be drawn."""
    try:
        return previews.drawn_page(made)
    except ValueError as error:
        return str(error)


class Lack(NamedTuple):
    """What a page lacks, in a sentence; `picture` is the number of the one in the library that can be described."""

    words: str
    picture: int | None = None


def missing(page: Page) -> Sequence[Lack]:
    """Say what a page lacks before readers may see it."""
    needed = {_("Give it a title."): page.title, _("Write its text."): page.body}
    lacks = [Lack(words) for words, there in needed.items() if not there.strip()]
    with contextlib.suppress(ValueError):  # it is too long to be drawn, and cannot have been saved so
        for _block, _address, here in silent(markup.render_review(page.body), pictured(page.body)):
            if here:
                lacks.append(Lack(_(UNDESCRIBED, name=here.name or _("Picture")), here.media_id))
    return list(dict.fromkeys(lacks))
