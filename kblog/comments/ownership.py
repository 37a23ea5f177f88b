"""Whose a comment is: the writer's cookie, set by posting alone, and what a writer may still do with a comment."""

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from flask import current_app, request
from werkzeug.wrappers import Response

from kblog.auth.seals import Seal

COOKIE = "kblog-writer"
WRITER = Seal("writer of comments", timedelta(days=365))
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


@dataclass(frozen=True)
class Own:
    """A comment as the one who wrote it sees it at this moment."""

    row: Any
    moment: datetime

    def __getattr__(self, name: str) -> Any:
        return getattr(self.row, name)

    @property
    def editable_until(self) -> datetime | None:
        """When the time to change it ends; none for the author's, which never does."""
        return None if self.row.by_author else self.row.posted_at + EDIT_FOR

    @property
    def is_late(self) -> bool:
        """Whether that time is over."""
        return self.editable_until is not None and self.moment >= self.editable_until

    @property
    def is_editable(self) -> bool:
        """Whether it may still be changed: until somebody replied, and at most for a day."""
        is_free = self.row.by_author or not self.row.is_answered
        return self.row.state != "removed" and is_free and not self.is_late


def current() -> Writer:
    """Return who wrote from this browser before; NOBODY where nothing, or nothing of ours, says so."""
    kept = WRITER.read(_key(), request.cookies.get(_cookie(), ""))
    return Writer(*json.loads(kept)) if kept else NOBODY


def is_mine(comment: Any, writer: Writer, *, is_author: bool) -> bool:
    """Whether a comment was written from this browser."""
    return comment.by_author if is_author else bool(writer.id) and comment.writer_hash == writer.hash


def newcomer(stamp: str, key: str) -> Writer:
    """Return a new writer, the same one for the same form: so is whoever sends it again because no answer came.

    Its stamp and its key are known to nobody else, and the id cannot be told from them without our secret.
    """
    if not stamp or not key:
        return Writer(secrets.token_urlsafe(24))
    form = f"writer of comments\n{stamp}\n{key}".encode()
    return Writer(hmac.new(_key().encode(), form, hashlib.sha256).hexdigest())


def remember(response: Response, writer: Writer) -> Response:
    """Let this browser know its writer again."""
    response.set_cookie(
        _cookie(),
        WRITER.sign(_key(), json.dumps(writer)),
        max_age=WRITER.lasts,
        httponly=True,
        secure=request.is_secure,
        samesite="Lax",
    )
    return response


def _cookie() -> str:
    """Return the cookie's name; with __Host- before it a browser binds it to this very host, and to https."""
    return f"__Host-{COOKIE}" if request.is_secure else COOKIE


def _key() -> str:
    return current_app.config["SECRET_KEY"]
