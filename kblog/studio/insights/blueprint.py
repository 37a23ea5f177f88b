"""The part of the studio that numbers belong to."""

from flask import Blueprint

LARGEST_ID = 2**63 - 1  # a larger number fits no column
REVIEW = f"/reviews/<int(max={LARGEST_ID}):review_id>"

bp = Blueprint("insights", __name__, url_prefix="/insights")
