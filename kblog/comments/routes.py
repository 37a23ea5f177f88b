"""The addresses of threads and comments."""

from flask import Blueprint, Response, abort, redirect, request, url_for

from kblog import htmx

from . import queries

bp = Blueprint("comments", __name__)

LARGEST_ID = 2**63 - 1  # a larger number fits no column


@bp.get("/reviews/<slug>/comments")
def index(slug: str) -> Response:
    """The thread of a review, page by page."""
    review = queries.commented(slug) or abort(404)
    sort = request.args.get("sort", "")
    sort = sort if sort in queries.SORTS else queries.SORTS[0]
    page = max(1, request.args.get("page", 1, type=int))
    thread = queries.thread(review_id=review.id, page=page, sort=sort)
    if page > 1 and not thread.entries:
        abort(404)
    fragment = "comments/_more.html" if page > 1 else "comments/_comments.html"
    address = url_for("comments.index", slug=slug)
    return htmx.render("comments/index.html", fragment, review=review, thread=thread, thread_url=address)


@bp.get(f"/comments/<int(max={LARGEST_ID}):comment_id>/")
def show(comment_id: int):
    """The comment in its thread."""
    if address := place(comment_id):
        return redirect(address, 302)
    return abort(410 if queries.is_taken_back(comment_id) else 404)


def place(comment_id: int) -> str | None:
    """Return the address where a comment is read, down to its anchor."""
    found = queries.place_of(comment_id)
    if found is None:
        return None
    address, page = found
    if page > 1 and address.startswith("/reviews/"):
        address = f"{address}comments?page={page}"
    elif page > 1:
        address = f"{address}?page={page}"
    return f"{address}#comment-{comment_id}"
