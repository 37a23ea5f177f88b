"""Who is logged in: the one author, known by a session that lives in the database."""

import contextlib
from dataclasses import dataclass, field
from datetime import UTC, datetime

from flask import Flask, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from flask_wtf.csrf import CSRFProtect, generate_csrf

from kblog.db import db, now, reads_only
from kblog.transactions import reading

from . import cookies, passwords, queries, sessions

SEEN = "seen"  # in the session's cookie: when this browser last used it

csrf = CSRFProtect()


@dataclass(frozen=True)
class Author(UserMixin):
    """The author, as long as a request lasts; never a row that could be changed by accident."""

    name: str
    session_id: int
    has_second_step: bool
    opened_at: datetime
    seen_at: datetime
    since: datetime  # when the author was made: the blog is no younger
    token: str = field(repr=False)

    def get_id(self) -> str:
        """Return what Flask-Login keeps in the session's cookie."""
        return self.token


def init_app(app: Flask) -> None:
    app.config.update(
        PASSWORD_COST=passwords.STRONG,
        PERMANENT_SESSION_LIFETIME=sessions.IDLE,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_PROTECTION=None,  # a phone changes its network on the way; that ends no session
        SESSION_REFRESH_EACH_REQUEST=False,  # reading sets no cookie, the author's reading neither
        WTF_CSRF_CHECK_DEFAULT=False,  # the studio's door asks for the token; readers' pages carry none
        WTF_CSRF_SSL_STRICT=False,  # the guard has looked at Origin and Referer already
        WTF_CSRF_TIME_LIMIT=None,  # a form may stay open as long as the session
    )
    app.session_interface = cookies.SessionCookie()
    csrf.init_app(app)
    # not LoginManager.init_app: it would look into the session after every request, so that no answer could be kept
    manager = LoginManager()
    manager.user_loader(_load)
    app.login_manager = manager  # pyright: ignore[reportAttributeAccessIssue]


def current() -> Author | None:
    """Return the author if this request comes from a browser in which they are logged in; read once a request."""
    return current_user._get_current_object() if current_user.is_authenticated else None


def begin(token: str) -> Author:
    """Let this browser be the author's from here on, with nothing left of the session before."""
    session.clear()
    session.permanent = True
    session[SEEN] = int(now().timestamp())
    author = _load(token)
    if author is None:
        raise RuntimeError("a session that was just opened is not there")
    login_user(author)
    session.pop("_id", None)  # a hash of the full address, for Flask-Login's protection, which is off
    generate_csrf()  # here, so that two pages opened at once do not each make their own
    return author


def stay() -> None:
    """Note in the cookie that the session is in use, at most once an hour: a GET cannot note it in the database."""
    moment = int(now().timestamp())
    if moment - session.get(SEEN, 0) >= sessions.NOTED_EVERY.total_seconds():
        session[SEEN] = moment


def end() -> None:
    """Let this browser be nobody's. The caller ends the session in the database."""
    logout_user()
    session.clear()


def _load(token: str) -> Author | None:
    """Find the author by the token of a session's cookie: the loader that Flask-Login asks."""
    moment = now()
    if moment - datetime.fromtimestamp(session.get(SEEN, 0), UTC) > sessions.IDLE:
        return None
    with _beside():
        found = queries.opened(sessions.hash_of(token), moment - sessions.ABSOLUTE)
    if found is None:
        return None
    return Author(
        name=found.name,
        session_id=found.session_id,
        has_second_step=found.has_second_step,
        opened_at=found.opened_at,
        seen_at=found.seen_at,
        since=found.since,
        token=token,
    )


def _beside() -> contextlib.AbstractContextManager[None]:
    """Read within the transaction that is open; where there is none, in one that takes no write lock."""
    return contextlib.nullcontext() if reading.get() or db.session().in_transaction() else reads_only()
