"""Where the import's pages hang."""

from flask import Blueprint

bp = Blueprint("importing", __name__, url_prefix="/import")
