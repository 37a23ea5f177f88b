"""The log-in: who may try how often, and what a try has to show."""

import hmac
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from kblog import limits
from kblog.language import plural
from kblog.limits import Limit
from kblog.models import Author

from . import codes, passwords
from .queries import Credentials

STEPS = ("log-in", "code")
PER_MINUTE = Limit(5, 60)  # a person who mistypes gets on; a program does not
PER_HOUR = Limit(20, 3600)  # from wherever: many networks are no way round


class Tries:
    """The tries that are counted together with this one.

    A browser in which the author logged in before has a count of its own, so that nobody who guesses can keep the
    author out. All others share one for the log-in, whatever name they give: how many are left tells nothing.
    """

    def __init__(self, step: str, *, network: str, device: str) -> None:
        self.own = f"{step}:device:{device}" if device else f"{step}:network:{network}"
        self.buckets: Mapping[str, Sequence[Limit]] = {self.own: (PER_MINUTE,), f"{step}:account": (PER_HOUR,)}
        if device:
            self.buckets = {self.own: (PER_MINUTE, PER_HOUR)}

    def take(self, session: Session, moment: datetime) -> int:
        """Count this try, and return 0; or return how many seconds to wait for the next. The caller commits."""
        return limits.take(session, self.buckets, moment)

    def succeed(self, session: Session) -> None:
        """Let the author begin anew: somebody who knows the password guesses nothing. The caller commits."""
        limits.forget(session, self.own)


def forget_tries(session: Session) -> None:
    """Let who is not known by the browser try again; for the server's shell. The caller commits."""
    for step in STEPS:
        limits.forget(session, f"{step}:account")


def is_author(credentials: Credentials, name: str, password: str) -> bool:
    """Whether name and password are the author's; it takes as long whichever of them is wrong.

    Slow on purpose: it is called while no transaction is open.
    """
    is_password = passwords.is_right(password, credentials.password_hash)
    return is_name(credentials, name) and is_password


def is_name(credentials: Credentials, name: str) -> bool:
    """Whether a name is the author's; capitals and the way its accents are coded make no difference."""
    return hmac.compare_digest(_folded(credentials.name), _folded(name))


def is_still(session: Session, credentials: Credentials, stronger: str = "") -> bool:
    """Whether the password that was right is still the author's, now that it can be written down who comes in.

    `stronger` is a hash of today's cost, to be kept in the old one's place. The caller commits.
    """
    author = session.get_one(Author, 1)
    if author.password_hash != credentials.password_hash:
        return False
    author.password_hash = stronger or author.password_hash
    return True


def second_step(session: Session, credentials: Credentials, code: str, moment: datetime) -> str:
    """Take a code and use it up; return what it was, "code" or "recovery code", "" for a wrong one.

    The caller read the credentials in this transaction, and commits.
    """
    if step := codes.accepted_step(credentials.totp_secret, code, moment, credentials.totp_step):
        session.get_one(Author, 1).totp_step = step
        return "code"
    return "recovery code" if codes.use_recovery_code(session, code, moment) else ""


def wait_words(seconds: int) -> str:
    """Say how long to wait.

    >>> wait_words(1), wait_words(59), wait_words(60), wait_words(61)
    ('1 second', '59 seconds', '1 minute', '2 minutes')
    """
    return plural(seconds, "second") if seconds < 60 else plural(-(-seconds // 60), "minute")


def _folded(name: str) -> bytes:
    return unicodedata.normalize("NFC", name.strip()).casefold().encode("utf-8", "surrogatepass")
