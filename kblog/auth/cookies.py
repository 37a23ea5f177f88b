"""The two cookies of the author's browser: the session's, and the one by which the browser is known again."""

import secrets

from flask import Flask, current_app, request
from flask.sessions import SecureCookieSessionInterface
from werkzeug.wrappers import Response

from .seals import KNOWN_DEVICE


class SessionCookie(SecureCookieSessionInterface):
    """The session's cookie; on https it is bound to this very host, and never sent in the clear."""

    def get_cookie_name(self, app: Flask) -> str:
        return _name("kblog")

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure


def known_device() -> str:
    """Return the id that this browser was given when the author logged in; "" for any other browser."""
    return KNOWN_DEVICE.read(current_app.config["SECRET_KEY"], request.cookies.get(_name("kblog-device"), ""))


def new_device() -> str:
    """Return an id for a browser that becomes known."""
    return secrets.token_hex(16)


def remember_device(response: Response, device: str) -> None:
    """Let this browser be known for a year: tries at the log-in from it are then counted apart."""
    response.set_cookie(
        _name("kblog-device"),
        KNOWN_DEVICE.sign(current_app.config["SECRET_KEY"], device),
        max_age=KNOWN_DEVICE.lasts,
        httponly=True,
        secure=request.is_secure,
        samesite="Lax",
    )


def _name(name: str) -> str:
    """Return a cookie's name; browsers take one that begins with __Host- only from https, for this host and path /."""
    return f"__Host-{name}" if request.is_secure else name
