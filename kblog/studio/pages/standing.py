"""About and Privacy, which every site has: whether their author wrote them, and what they say until then."""

from collections.abc import Sequence

from flask import render_template, url_for

from kblog.document import Document
from kblog.language import gettext as _
from kblog.language import noted
from kblog.models import Page
from kblog.pages import BUILT_IN
from kblog.studio import queries
from kblog.transfer import prose


def written(pages: Sequence[Page]) -> dict[str, Page | None]:
    """Return the page that stands in for each built-in one, also where it moved on; None where nobody wrote one."""
    addresses = {slug: url_for("pages.show", slug=slug) for slug in BUILT_IN}
    moved = queries.pages_moved_from(list(addresses.values()))
    by_slug, by_id = {page.slug: page for page in pages}, {page.id: page for page in pages}
    return {slug: by_slug.get(slug) or by_id.get(moved.get(address, 0)) for slug, address in addresses.items()}


def built_in(slug: str) -> Document:
    """Return what the site says by itself at one of these addresses, as Markdown to begin with."""
    html = render_template(f"pages/_{slug}.html")
    return Document(slug=slug, headline=_(BUILT_IN[slug]), body=prose.convert(html, is_page=True).markdown)


def is_linked(page: Page) -> bool:
    """Whether the footer of every page links to this one."""
    return page.slug in BUILT_IN


def on_leaving(page: Page) -> str:
    """Say what becomes of the address that every page links to, should this one leave it."""
    address = url_for("pages.show", slug=page.slug)
    if page.state == "published":
        said = noted("The footer of every page links to %(address)s. If the page moves, that address leads on to it.")
    else:
        said = noted(
            "The footer of every page links to %(address)s. If the page moves, readers find the built-in text there."
        )
    return _(said, address=address)
