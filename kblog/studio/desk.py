"""The author's desk: where the studio begins, with what needs them, what is under way and what came of it."""

from flask import Blueprint, render_template

from kblog.db import trouble
from kblog.ledger import DUE_DAYS
from kblog.reviews.routes import today

from . import queries
from .availability import queries as availability
from .moderation import queries as comments

MOST = 5  # of each list: the desk is looked over, the rest is a click away
MOST_CHECKS = 3  # they are many after an import, and none of them is urgent

bp = Blueprint("desk", __name__)


@bp.get("/")
def show() -> str:
    """The desk."""
    piles = queries.review_piles(MOST)
    waiting, reported = comments.piles(MOST)
    return render_template(
        "studio/desk.html",
        trouble=trouble(),
        unsaved=queries.unsaved(MOST),
        to_check=availability.pile(today(), MOST_CHECKS),
        waiting=waiting,
        reported=reported,
        piles=piles,
        has_reviews=any(pile.total for pile in piles.values()),
        due_days=DUE_DAYS,
    )
