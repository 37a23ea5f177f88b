"""The part of the studio that the ledger belongs to."""

from flask import Blueprint

from kblog.db import LARGEST_ID

ENTRY = f"/<int(max={LARGEST_ID}):entry_id>"

bp = Blueprint("availability", __name__, url_prefix="/availability")
