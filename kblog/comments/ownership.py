"""Whose a comment is: the writer's cookie, set by posting alone, and what a writer may still do with a comment."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from flask import Response, current_app, request
from itsdangerous import BadSignature, URLSafeSerializer

COOKIE = "kblog-writer"
KEPT_FOR = timedelta(days=365)
EDIT_FOR = timedelta(hours=24)


class Writer(NamedTuple):
    """Who wrote from this browser; the id is a secret that only the cookie holds."""

    id: str
    name: str = ""
    website: str = ""

    @property
    def hash(self) -> str:
        """What the database keeps of the id."""
        return hashlib.sha256(self.id.encode()).hexdigest() if self.id else ""


NOBODY = Writer("")


def current() -> Writer:
    """Return who wrote from this browser before; NOBODY where nothing, or nothing of ours, says so."""
    try:
        kept = _signer().loads(request.cookies.get(_name(), ""))
        return Writer(*map(str, kept))
    except (BadSignature, TypeError):
        return NOBODY


def newcomer(stamp: str, key: str) -> Writer:
    """Return a new writer, the same one for the same form: so is whoever sends it again because no answer came.

    Its stamp and its key are known to nobody else, and the id cannot be told from them without our secret.
    """
    if not stamp or not key:
        return Writer(secrets.token_urlsafe(24))
    secret = str(current_app.secret_key).encode()
    return Writer(hmac.new(secret, f"writer\n{stamp}\n{key}".encode(), hashlib.sha256).hexdigest())


def remember(response: Response, writer: Writer) -> Response:
    """Let this browser know its writer again."""
    response.set_cookie(
        _name(),
        str(_signer().dumps(list(writer))),
        max_age=KEPT_FOR,
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return response


def editable_until(comment: Any) -> datetime:
    """Return when a writer's time to change a comment ends."""
    return comment.posted_at + EDIT_FOR


def is_editable(comment: Any, *, is_answered: bool, moment: datetime) -> bool:
    """Whether its writer may still change a comment: until somebody replied, and at most for a day."""
    return comment.state != "removed" and not is_answered and moment < editable_until(comment)


def _name() -> str:
    return f"__Host-{COOKIE}" if request.is_secure else COOKIE


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(
        str(current_app.secret_key), salt="kblog writer", signer_kwargs={"digest_method": hashlib.sha256}
    )
