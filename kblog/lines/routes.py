"""The addresses of the memorable lines."""

from dataclasses import replace
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request

from kblog import cache, htmx
from kblog.addresses import url_for
from kblog.db import LARGEST_ID
from kblog.jinja import absolute
from kblog.models.line import attributed
from kblog.reviews.queries import cards, moved

from . import queries
from .filters import LineFilter

bp = Blueprint("lines", __name__)

PAGE_SIZE = 20


@bp.get("/lines/")
def index() -> Response:
    """The lines of all reviews, or those that the address asks for."""
    wanted = LineFilter.from_args(request.args)
    total = queries.number(wanted)
    if wanted.review and not total and (slug := moved(url_for("reviews.show", slug=wanted.review))):
        return make_response(redirect(url(replace(wanted, review=slug)), 301))
    last = max(1, -(-total // PAGE_SIZE))
    page = min(max(1, request.args.get("page", 1, type=int)), last)
    start = (page - 1) * PAGE_SIZE
    choices = queries.choices(wanted)
    context = {
        "wanted": wanted,
        "lines": queries.listed(wanted, start, PAGE_SIZE),
        "choices": choices,
        "names": {field: dict(values) for field, values in choices.items()},
        "total": total,
        "page": page,
        "seen": min(total, start + PAGE_SIZE),
        "page_size": PAGE_SIZE,
        "previous_url": url(wanted, page - 1) if page > 1 else None,
        "next_url": url(wanted, page + 1) if page < last else None,
        "canonical": url(wanted, page),
        "is_listed": total > 0 and not wanted.speaker and not wanted.episode,
        "url": url,
    }
    if page > 1 and htmx.wants_fragment():
        return htmx.render("lines/index.html", "lines/_more.html", **context)
    return htmx.push_url(htmx.render("lines/index.html", "lines/_lines.html", **context), url(wanted), typed="")


@bp.get(f"/lines/<int(max={LARGEST_ID}):line_id>/")
def show(line_id: int):
    """One line alone, with its review."""
    line = queries.line(line_id) or abort(410 if queries.was_public(line_id) else 404)
    before, after = queries.neighbours(line)
    return render_template("lines/show.html", line=line, before=before, after=after, cards=cards([line.review_id]))


def url(wanted: LineFilter, page: int = 1) -> str:
    """Return the canonical address of a choice of lines."""
    args = wanted.args | ({"page": str(page)} if page > 1 else {})
    return url_for("lines.index") + (f"?{urlencode(args)}" if args else "")


@bp.app_template_filter()
def attribution(line, review) -> str:
    """Write a line as it is quoted elsewhere, with where it comes from."""
    address = absolute(url_for("lines.show", line_id=line.id))
    return f"{attributed(line.quote, line.speaker, review.title, review.year)}, {cache.site().name}, {address}"
