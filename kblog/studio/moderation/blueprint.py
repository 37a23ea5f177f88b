"""The part of the studio that comments belong to."""

from flask import Blueprint

LARGEST_ID = 2**63 - 1  # a larger number fits no column
COMMENT = f"/<int(max={LARGEST_ID}):comment_id>"

bp = Blueprint("comments", __name__, url_prefix="/comments")
