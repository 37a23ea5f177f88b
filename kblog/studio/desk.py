"""The author's desk: where the studio begins, with what needs them, what is under way and what came of it."""

from flask import Blueprint, current_app, flash, redirect, render_template, url_for

from kblog import auth, backup, mail
from kblog.db import db, now, trouble
from kblog.language import gettext as _
from kblog.language import plural
from kblog.ledger import DUE_DAYS
from kblog.reviews.routes import today
from kblog.transfer import queries as imports
from kblog.transfer import samples

from . import insights, queries
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
    config, author = current_app.config["KBLOG"], auth.current()
    backups = backup.Health(None, False, "")  # of a server's backups only the server knows
    if config.on_sqlite:
        backups = backup.health(backup.Places.of(config), now(), author and author.since)
    return render_template(
        "studio/desk.html",
        trouble=trouble(),
        importing=imports.current(db.session()),
        unsaved=queries.unsaved(MOST),
        to_check=availability.pile(today(), MOST_CHECKS),
        waiting=waiting,
        reported=reported,
        backups=backups,
        backs_up_daily=config.backs_up_daily,
        mails=mail.health(now()),
        piles=piles,
        read_this_week=insights.this_week(),
        has_reviews=any(pile.total for pile in piles.values()),
        samples=samples.untouched(db.session()),
        due_days=DUE_DAYS,
    )


@bp.post("/samples/remove")
def remove_samples():
    """The desk without the sample reviews, but for those that somebody changed or answered."""
    gone, _kept = samples.remove(db.session())
    db.session.commit()
    flash(_("%(reviews)s taken away.", reviews=plural(gone, "sample review")))
    return redirect(url_for(".show"), 303)
