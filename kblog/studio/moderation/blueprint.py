"""The part of the studio that comments belong to."""

from flask import Blueprint

from kblog.db import LARGEST_ID

COMMENT = f"/<int(max={LARGEST_ID}):comment_id>"

bp = Blueprint("comments", __name__, url_prefix="/comments")
