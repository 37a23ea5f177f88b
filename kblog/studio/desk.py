"""The author's desk: where the studio begins."""

from flask import Blueprint, render_template

bp = Blueprint("desk", __name__)


@bp.get("/")
def show() -> str:
    """The desk."""
    return render_template("studio/desk.html")
