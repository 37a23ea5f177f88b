"""The account's page: password, second step, open sessions."""

from flask import Response

from kblog.studio import access

from .blueprint import bp


@bp.get("/account/")
def show() -> Response:
    """The account."""
    return access.page("studio/account/show.html")
