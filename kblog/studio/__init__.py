"""The author's desks behind one door: log-in, editor, publishing, settings."""

from flask import Blueprint

bp = Blueprint("studio", __name__, url_prefix="/studio")
