"""The author's desks behind one door: log-in, editor, publishing, settings."""

from flask import Blueprint
from sqlalchemy.exc import DatabaseError
from werkzeug.exceptions import HTTPException, NotFound

from . import (
    access,
    account,
    assistance,
    availability,
    checking,
    covering,
    desk,
    editor,
    history,
    importing,
    insights,
    library,
    moderation,
    pages,
    previews,
    publishing,
    release,
    reviews,
    settings,
    terms,
    unifying,
)

__all__ = ["access", "bp", "importing", "previews"]

bp = Blueprint("studio", __name__, url_prefix="/studio")
bp.before_app_request(access.open_or_refuse)  # also for addresses at which there is nothing
bp.after_app_request(access.keep_private)
for wrong in (HTTPException, NotFound):  # by itself, for readers' pages have a handler of their own for it
    bp.register_error_handler(wrong, access.tell)
bp.register_error_handler(DatabaseError, access.not_stored)
bp.add_app_template_filter(publishing.state_word)
bp.context_processor(access.whoever)
bp.context_processor(availability.tallies)
PARTS = (desk, account, reviews, editor, assistance, covering, checking, unifying, release, history, pages, moderation)
for part in (*PARTS, availability, library, terms, insights, settings, importing):
    bp.register_blueprint(part.bp)
