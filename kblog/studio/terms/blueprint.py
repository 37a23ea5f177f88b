"""The part of the studio that terms belong to."""

from flask import Blueprint

from ..undoable import said

bp = Blueprint("terms", __name__, url_prefix="/terms")
bp.context_processor(lambda: {"said": said})
