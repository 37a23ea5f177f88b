"""The addresses of the old blog, Blogger's or WordPress's: each leads to its new place for good."""

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import Blueprint, abort, redirect, request
from werkzeug.exceptions import NotFound

from kblog.addresses import url_for
from kblog.comments.threads import queries as threads
from kblog.db import db
from kblog.labels import kind_named
from kblog.models import Comment, Page, Redirect, Review
from kblog.reviews import queries
from kblog.reviews.filters import INDEXES
from kblog.slugs import slug

bp = Blueprint("legacy", __name__)

LONGEST_NUMBER = 18  # digits
MOST_LABELS = 8  # an old link joins two or three, and each one costs a look-up
# What WordPress has below an entry's address.
BELOW = re.compile(r"(?<=/)(?:feed|amp|trackback|comment-page-\d+|\d+)/?\Z")
PRECEDENCE = ("genre", "platform", "person", "hashtag")  # what a label names, first of all


@bp.before_app_request
def front_page():
    """`/?m=1` and `/?q=` of the old front page, and `/?p=12`, the short address of any entry of WordPress's."""
    if request.path == "/" and request.method in ("GET", "HEAD"):
        for name in ("p", "page_id"):
            if address := _numbered(request.args.get(name, "")):
                return _moved(address)
        if query := request.args.get("q"):
            return _moved(url_for("reviews.index", q=query))
        if "m" in request.args or "updated-max" in request.args:
            return _moved(url_for("reviews.home"))
    return None


@bp.before_app_request
def entry():
    """An address of any other shape, as WordPress lets its author choose; looked for where nothing else answers."""
    if not isinstance(request.routing_exception, NotFound) or request.method not in ("GET", "HEAD"):
        return None
    asked = unicodedata.normalize("NFC", request.path)
    for path in dict.fromkeys((asked, f"{asked}/", BELOW.sub("", asked))):
        review, found = _target(path)
        if review and asked.rstrip("/") == f"{path}feed":
            return _moved(url_for("feeds.review_comments", slug=review.slug))
        if review or found:
            return _moved(_address(review, found))
    return None


@bp.get("/<int(fixed_digits=4):year>/<int(fixed_digits=2):month>/<name>.html")
def post(year: int, month: int, name: str):
    """An old post, down to the page of its thread that `?showComment` asks for."""
    review, page = _target(f"/{year:04}/{month:02}/{name}.html")
    if page:
        return _moved(url_for("pages.show", slug=page.slug))
    if not review:
        abort(404)
    return _moved(_thread_page(review) or url_for("reviews.show", slug=review.slug))


@bp.get("/p/<name>.html")
def page(name: str):
    """An old standing page."""
    review, found = _target(f"/p/{name}.html")
    if review:
        return _moved(url_for("reviews.show", slug=review.slug))
    return _moved(url_for("pages.show", slug=found.slug) if found else abort(404))


@bp.get("/<int(fixed_digits=4):year>/")
@bp.get("/<int(fixed_digits=4):year>/<int(fixed_digits=2):month>/")
def archive(year: int, month: int | None = None):
    """An old archive page."""
    if month is None:
        return _moved(url_for("reviews.archive", year=year))
    return _moved(url_for("reviews.archive", year=year, month=f"{month:02}"))


@bp.get("/search")
@bp.get("/search/")
def search():
    """The old search, and the old way of turning pages."""
    query = request.args.get("q", "")
    return _moved(url_for("reviews.index", q=query) if query else url_for("reviews.index"))


@bp.get("/search/label/<path:labels>")
def label(labels: str):
    """The posts under one label, under several (`A+B`) or under any of several (`A|B`)."""
    whole = _filter(labels)
    either, both = (labels.split(sign, MOST_LABELS)[:MOST_LABELS] for sign in "|+")
    if whole:
        found = [whole]
    elif len(either) > 1:
        found = [each for each in map(_filter, either) if each]
        # only platforms widen a choice here; of other labels the first one is where the reader lands
        found = found if all(facet == "platform" for facet, _ in found) else found[:1]
    else:
        found = [each for each in map(_filter, both) if each]
    if not found:
        return _moved(url_for("reviews.index", q=labels.replace("|", " ").replace("+", " ")))
    if len(found) == 1 and found[0][0] in INDEXES:
        return _moved(url_for("reviews.term", index=INDEXES[found[0][0]], slug=found[0][1]))
    return _moved(f"{url_for('reviews.index')}?{urlencode(sorted(found))}")


@bp.get("/category/<path:names>/")
@bp.get("/tag/<path:names>/")
def sorted_under(names: str):
    """A category of WordPress's, below its parents, or a tag."""
    return label(names.removesuffix("/feed").rpartition("/")[2])


@bp.get("/feed/")
@bp.get("/feeds/posts/<any(default, summary, full):kind>")
@bp.get("/feeds/posts/<any(default, summary, full):kind>/-/<path:label>")
@bp.get("/atom.xml")
@bp.get("/rss.xml")
def posts_feed(kind: str = "", label: str = ""):
    """The old feed of posts, of one label too."""
    found = _filter(label) if label else None
    if found and found[0] in INDEXES:
        return _moved(url_for("feeds.term", facet=found[0], slug=found[1]))
    return _moved(url_for("feeds.reviews"))


@bp.get("/comments/feed/")
@bp.get("/feeds/comments/<any(default, summary, full):kind>")
@bp.get("/feeds/<int:number>/comments/<any(default, summary, full):kind>")
def comments_feed(kind: str = "", number: int | None = None):
    """The old feeds of comments."""
    if number is not None:
        ends = Review.source_ref.like(f"blogger:%:{number}")
        review = db.session.scalar(sa.select(Review).where(ends, Review.is_live()).order_by(Review.id))
        if review:
            return _moved(url_for("feeds.review_comments", slug=review.slug))
    return _moved(url_for("feeds.comments"))


def _moved(address: str):
    return redirect(address, 301)


def _address(review: Review | None, page: Page | None) -> str:
    return (
        url_for("reviews.show", slug=review.slug) if review else url_for("pages.show", slug=page.slug) if page else ""
    )


def _numbered(number: str) -> str:
    """Return where the entry is that had this number in WordPress, "" where none is to be seen."""
    if not number.isascii() or not number.isdecimal() or len(number) > LONGEST_NUMBER:
        return ""
    ends = f"wordpress:%:{number}"
    review = db.session.scalar(
        sa.select(Review).where(Review.source_ref.like(ends), Review.is_live()).order_by(Review.id)
    )
    page = None if review else db.session.scalar(sa.select(Page).where(Page.source_ref.like(ends), Page.is_live()))
    return _address(review, page)


def _target(path: str) -> tuple[Review | None, Page | None]:
    """Find what lives at an old path now; answer 410 for what was taken back."""
    row = db.session.get(Redirect, path)
    if row is None:
        return None, None
    found = db.session.get(Review, row.review_id) if row.review_id else db.session.get(Page, row.page_id)
    if found is None or found.state != "published":
        abort(410 if found and found.state == "withdrawn" else 404)
    return (found, None) if isinstance(found, Review) else (None, found)


def _thread_page(review: Review) -> str | None:
    """Return the later page of the thread that `?showComment=<milliseconds>` asks for.

    The address has no fragment of its own, so the browser carries the old `#c<N>` over.
    """
    asked = request.args.get("showComment", "")
    if not asked.isascii() or not asked.isdigit() or len(asked) > 14:
        return None
    moment = datetime.fromtimestamp(int(asked) / 1000, UTC)
    near = Comment.posted_at.between(moment - timedelta(seconds=1), moment + timedelta(seconds=1))
    shown = sa.and_(Comment.review_id == review.id, Comment.state == "visible")
    found = db.session.execute(sa.select(Comment.id, Comment.posted_at).where(shown, near)).all()
    nearest = min(found, key=lambda row: abs(row.posted_at - moment), default=None)
    place = threads.place_of(nearest.id) if nearest else None
    if place is None or place[1] == 1:
        return None
    return url_for("comments.index", slug=review.slug, page=place[1])


def _filter(label: str) -> tuple[str, str] | None:
    """Return the (facet, value) that a label of the old blog became."""
    found = queries.terms_at(slug(label, ""))
    for facet in PRECEDENCE:
        if facet in found:
            return facet, found[facet]
    kind = kind_named(label)
    return ("kind", kind) if kind else None
