"""The addresses in mails: signed, each good for one thing, and on the site's own address alone."""

from datetime import timedelta

from flask import current_app

from kblog.addresses import url_for
from kblog.auth.seals import Seal

from .subscribing import ASKED_FOR

CONFIRMED = Seal("replies by mail, wanted", ASKED_FOR)
ENDED = Seal("replies by mail, ended", timedelta(days=36500))  # a mail may lie for years before somebody has enough


def confirm(token: str) -> str:
    """Return the address at which replies are confirmed."""
    return _signed("mail.confirm", CONFIRMED, token)


def unsubscribe(token: str) -> str:
    """Return the address at which they end."""
    return _signed("mail.unsubscribe", ENDED, token)


def full(path: str) -> str:
    """Return an address of this site as a mail needs it: what a request calls the site is never asked."""
    return current_app.config["KBLOG"].base_url.rstrip("/") + path


def read(seal: Seal, signed: str) -> str:
    """Return the token that a link holds; "" where we did not sign it, or where its time is over."""
    return seal.read(current_app.config["SECRET_KEY"], signed)


def _signed(endpoint: str, seal: Seal, token: str) -> str:
    return full(url_for(endpoint, signed=seal.sign(current_app.config["SECRET_KEY"], token)))
