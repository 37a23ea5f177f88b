"""Making the one author, and changing what they know: password and second step."""

from datetime import datetime

from sqlalchemy.orm import Session

from kblog.language import gettext as _
from kblog.models import Author, Setting

from . import codes, sessions

LONGEST_NAME = 60  # characters, as a commenter's


class AlreadyThere(Exception):
    """There is an author, and there is never a second one."""


def create(session: Session, *, name: str, password_hash: str, moment: datetime, stand_in: str = "") -> None:
    """Make the author; readers see the name on reviews, unless the site names somebody already.

    `stand_in` is a name that stands for nobody, such as the one of the sample reviews. The caller commits.
    """
    if session.get(Author, 1) is not None:
        raise AlreadyThere
    session.add(Author(name=name, password_hash=password_hash, created_at=moment))
    named = session.get(Setting, "author")
    if named is None or named.value in ("", stand_in):
        session.merge(Setting(name="author", value=name))


def name_trouble(name: str) -> str:
    """Return the sentence that says why a name will not do; "" for one that will.

    >>> name_trouble("Han Areum"), name_trouble(" ")
    ('', 'Add a name.')
    """
    if not name.strip():
        return _("Add a name.")
    if len(name) > LONGEST_NAME:
        return _("Use at most %(most)s characters; this has %(number)s.", most=LONGEST_NAME, number=len(name))
    return "" if name.isprintable() else _("Use letters that can be seen.")


def change_password(session: Session, password_hash: str, *, keep: int | None = None) -> int:
    """Set another password, and end every session but the one to `keep`; return how many ended. The caller commits."""
    _row(session).password_hash = password_hash
    return sessions.end_others(session, keep)


def turn_second_step_on(session: Session, secret: str, step: int) -> list[str]:
    """Ask for a code from now on; return the recovery codes. The caller commits."""
    author = _row(session)
    author.totp_secret, author.totp_step = secret, step
    return codes.new_recovery_codes(session)


def turn_second_step_off(session: Session) -> None:
    """Ask for the password alone. The caller commits."""
    _row(session).totp_secret = ""
    codes.forget_recovery_codes(session)


def _row(session: Session) -> Author:
    """Return the author's row; nobody else's password is ever changed."""
    return session.get_one(Author, 1)
