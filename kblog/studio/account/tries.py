"""Tries at password and code: counted before anything slow is done about them, and noted in the log."""

from typing import NamedTuple

from flask import current_app, request
from werkzeug.wrappers import Response
from wtforms import Field

from kblog import auth
from kblog.auth import cookies, events, log_in, passwords, queries
from kblog.auth.log_in import Tries
from kblog.db import db, now, reads_only
from kblog.language import gettext as _
from kblog.limits import network


class Refusal(NamedTuple):
    """Why a try is not taken: the status to answer with, and the seconds to wait for the next one."""

    status: int = 422
    wait: int = 0

    def on(self, response: Response) -> Response:
        """Let an answer say how long to wait."""
        if self.wait:
            response.headers["Retry-After"] = str(self.wait)
        return response

    @property
    def words(self) -> str:
        return _("Too many tries. Wait %(long)s.", long=log_in.wait_words(self.wait))


def tries(step: str) -> Tries:
    """Return the tries that are counted together with this browser's."""
    return Tries(step, network=here(), device=cookies.known_device())


def count(counted: Tries) -> Refusal | None:
    """Count a try and commit, or refuse it."""
    if not current_app.config["KBLOG"].guard:
        return None
    wait = counted.take(db.session(), now())
    db.session.commit()
    if not wait:
        return None
    note("too many tries")
    return Refusal(429, wait)


def confirm(field: Field) -> Refusal | None:
    """Ask for the password of who is logged in already: an unwatched screen is not the author.

    What is wrong is said beside the field.
    """
    author = auth.current()
    counted = Tries("confirm", network="", device=str(author.session_id if author else 0))
    refusal = count(counted)
    if refusal is None:
        with reads_only():
            credentials = queries.credentials()
        if credentials and passwords.is_right(field.data or "", credentials.password_hash):
            counted.succeed(db.session())
            db.session.commit()
            return None
        note("password not confirmed", who=author.name if author else None)
    field.errors = [refusal.words if refusal else _("That is not your password.")]
    return refusal or Refusal()


def note(event: str, who: str | None = None, **more: str | int) -> None:
    """Write what happened into the log."""
    events.note(event, network=here(), who=who, **more)


def here() -> str:
    """Return the network of who asks."""
    return network(request.remote_addr)
