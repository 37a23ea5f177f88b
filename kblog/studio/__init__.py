"""The author's desks behind one door: log-in, editor, publishing, settings."""

from flask import Blueprint

from . import (
    access,
    account,
    assistance,
    desk,
    editor,
    history,
    moderation,
    pages,
    previews,
    release,
    reviews,
    settings,
)

__all__ = ["bp", "previews"]

bp = Blueprint("studio", __name__, url_prefix="/studio")
bp.before_app_request(access.open_or_refuse)  # also for addresses at which there is nothing
bp.after_app_request(access.keep_private)
bp.context_processor(access.whoever)
bp.context_processor(moderation.tally)
for part in (desk, account, reviews, editor, assistance, release, history, pages, moderation, settings):
    bp.register_blueprint(part.bp)
