"""The part of the studio that pictures belong to."""

from flask import Blueprint

from kblog.db import LARGEST_ID

PICTURE = f"/<int(max={LARGEST_ID}):media_id>/"

bp = Blueprint("library", __name__, url_prefix="/media")
