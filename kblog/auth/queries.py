"""What the log-in reads: the author, open sessions, recovery codes."""

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from kblog.db import db
from kblog.models import Author, AuthorSession, RecoveryCode


class Credentials(NamedTuple):
    """What a log-in is checked against."""

    name: str
    password_hash: str
    totp_secret: str
    totp_step: int


class OpenSession(NamedTuple):
    """A browser in which the author is logged in, as the account's page lists it."""

    id: int
    opened_at: datetime
    seen_at: datetime
    network: str
    browser: str


class Opened(NamedTuple):
    """An open session and whose it is."""

    session_id: int
    name: str
    has_second_step: bool
    opened_at: datetime
    seen_at: datetime
    since: datetime


def has_author() -> bool:
    """Whether somebody has been set up to write here."""
    return db.session.scalar(sa.select(Author.id)) is not None


def credentials() -> Credentials | None:
    """What the author has to know and to show; None while there is no author."""
    query = sa.select(Author.name, Author.password_hash, Author.totp_secret, Author.totp_step)
    row = db.session.execute(query).one_or_none()
    return None if row is None else Credentials(*row)


def opened(token_hash: str, after: datetime) -> Opened | None:
    """The session of a token, unless it was opened before `after`."""
    own = AuthorSession.opened_at, AuthorSession.seen_at, Author.created_at
    query = sa.select(AuthorSession.id, Author.name, Author.totp_secret != "", *own).join(Author, sa.true())
    query = query.where(AuthorSession.token_hash == token_hash, AuthorSession.opened_at > after)
    row = db.session.execute(query).one_or_none()
    return None if row is None else Opened(*row)


def open_sessions(after: datetime) -> list[OpenSession]:
    """Every open session, the one used last first."""
    query = sa.select(
        AuthorSession.id, AuthorSession.opened_at, AuthorSession.seen_at, AuthorSession.network, AuthorSession.browser
    ).where(AuthorSession.opened_at > after)
    rows = db.session.execute(query.order_by(AuthorSession.seen_at.desc(), AuthorSession.id.desc()))
    return [OpenSession(*row) for row in rows]


def unused_codes() -> int:
    """How many recovery codes are left."""
    query = sa.select(sa.func.count(RecoveryCode.id)).where(RecoveryCode.used_at.is_(None))
    return db.session.scalar(query) or 0
