"""The one author: the name and password of the log-in, open sessions, recovery codes, and tries at what is limited."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from kblog.db import Model, UtcDateTime


class Author(Model):
    """Who writes here; there is one row or none."""

    __table_args__ = (sa.CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    name: Mapped[str]
    password_hash: Mapped[str]
    totp_secret: Mapped[str] = mapped_column(default="")  # base32; empty while the second step is off
    totp_step: Mapped[int] = mapped_column(default=0)  # the 30 s step of the last code that was accepted
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AuthorSession(Model):
    """A browser in which the author is logged in; its cookie holds the token, this row only the token's hash."""

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)  # by a request that may write: a GET leaves no trace
    network: Mapped[str] = mapped_column(default="")
    browser: Mapped[str] = mapped_column(default="")  # what the User-Agent names, in a few words


class RecoveryCode(Model):
    """A code that stands in for one of the second step's, once."""

    id: Mapped[int] = mapped_column(primary_key=True)
    code_hash: Mapped[str] = mapped_column(unique=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Attempt(Model):
    """One try at something limited, such as a log-in; `bucket` names what is counted together."""

    __table_args__ = (sa.Index(None, "bucket", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    bucket: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
