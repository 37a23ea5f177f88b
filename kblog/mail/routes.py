"""The pages behind the links in mails: opening one shows it, its button acts."""

from flask import Blueprint, abort, make_response, render_template
from werkzeug.wrappers import Response

from kblog import guard
from kblog.auth.seals import Seal
from kblog.db import db, now, reads_only
from kblog.language import gettext as _
from kblog.language import noted

from . import links, queries, subscribing

bp = Blueprint("mail", __name__, url_prefix="/mail")

OVER = noted("This link is no longer good. Write another comment with your address to get a new one.")


@bp.get("/confirm/<signed>")
def confirm(signed: str) -> Response:
    """Whether replies shall come, or that they do."""
    return _confirming(_token(links.CONFIRMED, signed))


@bp.post("/confirm/<signed>")
def confirmed(signed: str) -> Response:
    """Let replies come."""
    token = _token(links.CONFIRMED, signed)
    subscribing.confirm(db.session(), token, now())
    db.session.commit()
    with reads_only():
        return _confirming(token)


@bp.get("/unsubscribe/<signed>")
def unsubscribe(signed: str) -> Response:
    """Whether mails shall end, or that they have."""
    there = queries.subscription(_token(links.ENDED, signed))
    return _private("mail/unsubscribe.html", is_over=there is None)


@bp.post("/unsubscribe/<signed>")
@guard.from_anywhere  # a mail program's button sends it by RFC 8058, and the signed link is its permission
def end(signed: str) -> Response:
    """Let no more mail come; not by way of a redirect, which a mail program does not follow."""
    subscribing.end(db.session(), _token(links.ENDED, signed))
    db.session.commit()
    with reads_only():
        return _private("mail/unsubscribe.html", is_over=True)


def _confirming(token: str) -> Response:
    there = queries.subscription(token) or abort(410, _(OVER))
    return _private("mail/confirm.html", is_confirmed=there.confirmed_at is not None)


def _token(seal: Seal, signed: str) -> str:
    return links.read(seal, signed) or abort(410 if seal is links.CONFIRMED else 404, _(OVER))


def _private(template: str, **context: bool) -> Response:
    """Answer with a page that nobody keeps, and whose address no other site is told."""
    response = make_response(render_template(template, **context))
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "same-origin"  # none at all would hide from the guard who sends the form
    return response
