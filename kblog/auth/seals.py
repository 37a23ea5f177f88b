"""What the site signs and hands out, to know it again when it comes back."""

from datetime import timedelta
from functools import lru_cache
from typing import NamedTuple

from itsdangerous import BadSignature, URLSafeTimedSerializer


class Seal(NamedTuple):
    """What a signature stands for, and how long it is good."""

    purpose: str
    lasts: timedelta

    def sign(self, key: str, words: str) -> str:
        """Return `words` with a signature that is good for this purpose alone."""
        return self._signer(key).dumps(words)

    def read(self, key: str, signed: str) -> str:
        """Return the words that were signed; "" where the signature is another's, or no longer good.

        >>> seal = Seal("greeting", timedelta(minutes=1))
        >>> seal.read("key", seal.sign("key", "hello")), seal.read("key", "hello"), seal.read("else", "")
        ('hello', '', '')
        """
        try:
            return str(self._signer(key).loads(signed, max_age=int(self.lasts.total_seconds())))
        except BadSignature:
            return ""

    @lru_cache(32)  # noqa: B019 - a seal is a constant
    def _signer(self, key: str) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(key, salt=f"kblog {self.purpose}")


SET_UP = Seal("set-up", timedelta(hours=24))  # the link that makes the author
FIRST_STEP = Seal("first step", timedelta(minutes=10))  # name and password were right, the code is to come
UNCONFIRMED = Seal("second step", timedelta(hours=1))  # a secret that no code was shown for yet
KNOWN_DEVICE = Seal("known device", timedelta(days=365))  # the cookie of a browser in which the author logged in
HANDED_OVER = Seal("known device, left", timedelta(minutes=1))  # the same on its way past a log-out
