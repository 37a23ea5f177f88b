"""What a password must be, and how it is kept: as an argon2id hash that takes time and memory to make."""

from collections.abc import Sequence
from functools import lru_cache
from threading import BoundedSemaphore
from typing import NamedTuple

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from kblog.language import ENGLISH, spoken
from kblog.language import gettext as _

SHORTEST, LONGEST = 15, 1_000  # characters
LEAST_SCORE = 3  # of zxcvbn's 0 to 4: more than 10^8 guesses
LEAST_OWN = 6  # characters beside the words that a guesser knows
READS = 72  # characters that zxcvbn takes in at once

_in_flight = BoundedSemaphore(2)  # a hash takes 64 MiB: twenty at once would be more than a gigabyte


class Cost(NamedTuple):
    """What one hash costs whoever makes it."""

    kib: int = 64 * 1024
    passes: int = 3
    lanes: int = 1


STRONG = Cost()


def hashed(password: str, cost: Cost = STRONG) -> str:
    """Return the hash that is stored in the password's place."""
    with _in_flight:
        return _hasher(cost).hash(_exact(password))


def is_right(password: str, stored: str) -> bool:
    """Whether `stored` is the hash of this password; it takes as long for a wrong one."""
    try:
        with _in_flight:
            return _hasher(STRONG).verify(stored, _exact(password))  # the cost is written in the hash
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored: str, cost: Cost = STRONG) -> bool:
    """Whether `stored` was made at another cost than is asked today."""
    return _hasher(cost).check_needs_rehash(stored)


def weakness(password: str, known: Sequence[str] = ()) -> str:
    """Return the sentence that says why a password will not do; "" for one that will.

    `known` are words that a guesser would try first, such as the author's name.

    >>> weakness("short")
    'Use at least 15 characters; this has 5.'
    >>> weakness("correct staple unhorsed battery")
    ''
    """
    if len(password) < SHORTEST:
        return _("Use at least %(least)s characters; this has %(number)s.", least=SHORTEST, number=len(password))
    if len(password) > LONGEST:
        number = f"{len(password):,}"
        return _("Use at most %(most)s characters; this has %(number)s.", most=f"{LONGEST:,}", number=number)
    if len(_without(password, known)) < LEAST_OWN:
        return _("That is little more than your name. Add another word or two.")
    # whoever guesses the whole has guessed every part: the strongest part speaks for it
    parts = [password[start : start + READS] for start in range(0, len(password), READS)]
    strongest = max((zxcvbn(part, user_inputs=list(known)) for part in parts), key=lambda found: found["guesses"])
    if strongest["score"] >= LEAST_SCORE:
        return ""
    why = strongest["feedback"]["warning"].rstrip(".")
    if spoken() != ENGLISH:  # in which alone it says why
        return _("That is easy to guess. Add another word or two.")
    return f"That is easy to guess{f': {why[0].lower()}{why[1:]}' if why else ''}. Add another word or two."


def _without(password: str, known: Sequence[str]) -> str:
    """Return what is left of a password when the known words are taken out, and what stands between words."""
    left = password.casefold()
    for word in (part for each in known for part in each.casefold().split()):
        left = left.replace(word, "")
    return "".join(each for each in left if not each.isspace() and each not in "-_.,")


def _exact(password: str) -> bytes:
    """Return a password byte for byte: nothing is folded, trimmed or cut off."""
    return password.encode("utf-8", "surrogatepass")


@lru_cache(maxsize=8)
def _hasher(cost: Cost) -> PasswordHasher:
    return PasswordHasher(time_cost=cost.passes, memory_cost=cost.kib, parallelism=cost.lanes, type=Type.ID)
