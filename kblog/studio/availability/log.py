"""The log: what changed in the ledger and when, of all reviews or of one."""

from flask import abort, render_template, request

from kblog.db import LARGEST_ID
from kblog.studio import asked
from kblog.studio import queries as studio

from . import queries
from .blueprint import bp

PAGE_SIZE = 50  # changes


@bp.get("/log/")
@bp.get(f"/log/<int(max={LARGEST_ID}):review_id>/")
def log(review_id: int | None = None) -> str:
    """What changed, the last first."""
    review = studio.review(review_id) or abort(404) if review_id is not None else None
    page = asked.page(request.args)
    found = queries.log(review_id, PAGE_SIZE + 1, (page - 1) * PAGE_SIZE)
    return render_template(
        "studio/availability/log.html",
        changes=found[:PAGE_SIZE],
        has_more=len(found) > PAGE_SIZE,
        review=review,
        page=page,
    )
