"""When a form was opened: a signed time stamp that travels in it."""

import hashlib
import secrets
from datetime import datetime, timedelta

from itsdangerous import BadSignature, Signer

GOOD_FOR = timedelta(hours=24)


def issue(secret: str, moment: datetime) -> str:
    """Stamp a form that is opened at this moment; no two stamps are the same."""
    return _signer(secret).sign(f"{int(moment.timestamp())}.{secrets.token_urlsafe(9)}").decode()


def age(secret: str, stamp: str, moment: datetime) -> timedelta | None:
    """Return how long ago a form was opened, in whole seconds; none where the stamp is not one of ours.

    >>> opened = datetime(2026, 3, 12)
    >>> age("secret", issue("secret", opened), opened + timedelta(seconds=4))
    datetime.timedelta(seconds=4)
    >>> age("other", issue("secret", opened), opened) is None
    True
    """
    try:
        opened, _, _ = _signer(secret).unsign(stamp.encode()).decode().partition(".")
    except (BadSignature, UnicodeEncodeError):
        return None
    return timedelta(seconds=int(moment.timestamp())) - timedelta(seconds=int(opened))


def is_good(age: timedelta | None) -> bool:
    """Whether a form of this age may still be sent."""
    return age is not None and timedelta() <= age <= GOOD_FOR


def _signer(secret: str) -> Signer:
    return Signer(secret, salt="kblog comment form", key_derivation="hmac", digest_method=hashlib.sha256)
