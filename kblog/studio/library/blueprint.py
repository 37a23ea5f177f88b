"""The part of the studio that pictures belong to."""

from flask import Blueprint

LARGEST_ID = 2**63 - 1  # a larger number fits no column
PICTURE = f"/<int(max={LARGEST_ID}):media_id>/"

bp = Blueprint("library", __name__, url_prefix="/media")
