"""The blueprint that the routes of the standing pages share."""

from flask import Blueprint

bp = Blueprint("pages", __name__, url_prefix="/pages")

PAGE = "/<int(max=9223372036854775807):page_id>/"  # a larger number fits no column
