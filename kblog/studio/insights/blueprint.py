"""The part of the studio that numbers belong to."""

from flask import Blueprint

from kblog.db import LARGEST_ID

REVIEW = f"/reviews/<int(max={LARGEST_ID}):review_id>"

bp = Blueprint("insights", __name__, url_prefix="/insights")
