"""The part of the studio that the ledger belongs to."""

from flask import Blueprint

LARGEST_ID = 2**63 - 1  # a larger number fits no column
ENTRY = f"/<int(max={LARGEST_ID}):entry_id>"

bp = Blueprint("availability", __name__, url_prefix="/availability")
