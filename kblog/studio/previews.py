"""What readers will see of a text that is not public yet: drawn from its document, or at a link that expires."""

from datetime import timedelta

from flask import Blueprint, Response, abort, current_app, make_response, redirect, render_template, url_for
from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer

from kblog import cache
from kblog.db import now
from kblog.document import Document
from kblog.language import gettext as _
from kblog.language import noted, speaking
from kblog.media import queries as media_queries
from kblog.media.sending import GONE, is_name, send
from kblog.models import Page, Review, media
from kblog.reviews.cover_views import drawn_cover
from kblog.reviews.facts import shown
from kblog.reviews.routes import today
from kblog.transfer import rows
from kblog.transfer.filing import PassingTerms

from . import queries

bp = Blueprint("previews", __name__, url_prefix="/previews")

LIFE = timedelta(days=7)  # long enough for a friend to read it, short enough to be forgotten
DRAFT = noted("Draft. Only people with this link can see it.")
UNSAVED = noted("Preview. Only you can see it. Close this tab to go on writing.")


@bp.get("/<token>/")
def show(token: str):
    """A review or page before it is public, for whoever has its link; a link opens that one text and nothing else."""
    subject = _subject(token)
    if subject.state == "published":
        kind = "reviews" if isinstance(subject, Review) else "pages"
        return redirect(url_for(f"{kind}.show", slug=subject.slug))
    address = url_for("previews.show", token=token)
    if isinstance(subject, Review):
        text = drawn(rows.document_of(subject), subject, address)
        text.cover_folder = f"{address}media/"  # type: ignore[attr-defined] - no column: it is passing
    else:
        text = drawn_page(rows.document_of_page(subject))
    text.body_html = media.drawn(text.body, media.found_in(text.body, f"{address}media/")).html
    return page_of(text, DRAFT)


@bp.get("/<token>/cover.svg")
def cover(token: str) -> Response:
    """The drawn cover of a review that is not public yet."""
    subject = _subject(token)
    return _private(drawn_cover(subject if isinstance(subject, Review) else abort(404)))


@bp.get("/<token>/media/<name>")
def picture(token: str, name: str) -> Response:
    """A picture that a text shows before it is public; the link opens those and no others."""
    subject = _subject(token)
    file = media_queries.file_of(subject, name) if is_name(name) else None
    if file is None or not file.is_shown:
        abort(404, _(GONE))
    return _private(send(name, file, is_public=False))


def link(subject: Review | Page) -> str:
    """Return the address of a text's preview, good for LIFE from now."""
    kind = "review" if isinstance(subject, Review) else "page"
    return url_for("previews.show", token=_signer().dumps([kind, subject.id]))


def drawn(document: Document, subject: Review | None = None, address: str = "") -> Review:
    """Draw a review that a document would make; it is in no session, and nothing is stored.

    Its cover has a place under `address`, where somebody has a link to its preview, else under a new link.
    Raises ValueError with a sentence for the author where the text cannot be drawn.
    """
    review = Review(slug=document.slug or "preview", published_at=document.published_at or now(), comment_count=0)
    rows.fill(review, document, PassingTerms())
    if subject:
        review.cover_address = f"{address or link(subject)}cover.svg"  # type: ignore[attr-defined] - no column: it is passing
    return review


def drawn_page(document: Document) -> Page:
    """Draw a standing page that a document would make; it is in no session, and nothing is stored.

    Raises ValueError as `drawn` does.
    """
    page = Page(slug=document.slug or "preview")
    rows.fill_page(page, document)
    return page


def page_of(subject: Review | Page, notice: str) -> Response:
    """Answer with the page that readers would get, under a notice that says what it is; in their language, too."""
    with speaking(cache.site().spoken):
        if isinstance(subject, Review):
            page = render_template("reviews/show.html", notice=_(notice), **shown(subject, today()))
        else:
            page = render_template("pages/show.html", notice=_(notice), page=subject)
    return _private(make_response(page))


def _subject(token: str) -> Review | Page:
    try:
        kind, number = _signer().loads(token, max_age=int(LIFE.total_seconds()))
    except SignatureExpired:
        abort(410, _("This link has expired. Ask its author for a new one."))
    except BadData:
        abort(404)
    found = queries.review(number) if kind == "review" else queries.page(number)
    if found is None or found.state == "discarded":
        abort(404)
    return found


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"  # the address is the key: it is told to nobody
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="preview")
