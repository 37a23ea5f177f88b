"""The second step: codes that change every 30 seconds (RFC 6238), and recovery codes that stand in for one, once."""

import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

import segno
import sqlalchemy as sa
from pyotp import random_base32
from pyotp.totp import TOTP
from sqlalchemy.orm import Session

from kblog.models import RecoveryCode

from .sessions import hash_of

STEP = 30  # seconds
WINDOW = (-1, 0, 1)  # steps before and after the present one: clocks differ
RECOVERY_CODES = 10
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another
LONGEST_ISSUER = 60  # characters: a QR code holds 2,953 bytes, and a syllable of Hangul takes nine in an address
GROUPS, GROUP = 4, 4  # 31^16 are 79 bits


def new_secret() -> str:
    """Return a secret for an authenticator app: 160 bits in base32."""
    return random_base32()


def address(secret: str, name: str, site: str) -> str:
    """Return the otpauth: address that an authenticator app reads."""
    return TOTP(secret).provisioning_uri(name=name, issuer_name=site[:LONGEST_ISSUER])


def squares(text: str) -> Sequence[Sequence[int]]:
    """Return the rows of a QR code that says `text`, dark squares as 1."""
    return [list(row) for row in segno.make(text, micro=False).matrix]


def accepted_step(secret: str, code: str, moment: datetime, last_step: int) -> int:
    """Return the step whose code this is; 0 for a wrong code and for one of a step that was used or passed over.

    >>> from datetime import UTC, datetime
    >>> moment = datetime.fromtimestamp(59, UTC)
    >>> accepted_step("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "287082", moment, last_step=0)
    1
    >>> accepted_step("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "287082", moment, last_step=1)
    0
    """
    given = "".join(code.split()).encode("utf-8", "surrogatepass")
    present = int(moment.timestamp()) // STEP
    for step in (present + each for each in WINDOW):
        if step > last_step and hmac.compare_digest(TOTP(secret).generate_otp(step).encode(), given):
            return step
    return 0


def new_recovery_codes(session: Session) -> list[str]:
    """Put ten new recovery codes in the place of the old ones, and return them: they are not seen again.

    The caller commits.
    """
    forget_recovery_codes(session)
    codes = [_code() for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryCode(code_hash=hash_of(_bare(code))) for code in codes)
    return codes


def forget_recovery_codes(session: Session) -> None:
    """Make every recovery code worthless. The caller commits."""
    session.execute(sa.delete(RecoveryCode))


def use_recovery_code(session: Session, code: str, moment: datetime) -> bool:
    """Whether this is a recovery code that was not used before; now it is. The caller commits."""
    used = sa.update(RecoveryCode).where(RecoveryCode.code_hash == hash_of(_bare(code)), RecoveryCode.used_at.is_(None))
    return session.execute(used.values(used_at=moment).returning(RecoveryCode.id)).first() is not None


def _code() -> str:
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(GROUP)) for _ in range(GROUPS))


def _bare(code: str) -> str:
    """Return a recovery code without what people put between its letters."""
    return "".join(each for each in code.lower() if each.isalnum())
