"""How often something may be tried: counted in the database, so that every worker and the next start agree."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from kblog.models import Attempt

LONGEST = timedelta(days=1)  # no window is longer: older attempts are let go of
OVERTAKEN = timedelta(minutes=1)  # while one try waits for the write lock, later ones may get it first
PREFIXES = {4: 24, 6: 48}  # what is kept of an address: a household or a street, never one person's


class Limit(NamedTuple):
    """At most so many tries within so many seconds."""

    number: int
    seconds: int


def take(session: Session, buckets: Mapping[str, Sequence[Limit]], moment: datetime) -> int:
    """Count one try in each bucket, and return 0; or count nothing, and return how many seconds to wait.

    In a writing transaction this is exact for any number of processes. The caller commits.
    """
    wait = max((_wait(session, bucket, limit, moment) for bucket, all_ in buckets.items() for limit in all_), default=0)
    if not wait:
        connection = session.connection()
        connection.execute(_LET_GO, {"before": moment - LONGEST})
        for bucket in buckets:
            connection.execute(_NOTE, {"bucket": bucket, "at": moment})
    return wait


def forget(session: Session, bucket: str) -> None:
    """Let a bucket begin anew. The caller commits."""
    session.execute(sa.delete(Attempt).where(Attempt.bucket == bucket))


def network(address: str | None) -> str:
    """Return the network an address is in, as much of it as is ever stored; "" for what is no address.

    >>> network("203.0.113.77"), network("2001:db8:1:2::3"), network("::ffff:203.0.113.77"), network(None)
    ('203.0.113.0/24', '2001:db8:1::/48', '203.0.113.0/24', '')
    """
    try:
        found = ip_address((address or "").partition("%")[0])
    except ValueError:
        return ""
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return str(ip_network((found, PREFIXES[found.version]), strict=False))


def _wait(session: Session, bucket: str, limit: Limit, moment: datetime) -> int:
    """Return the seconds until the oldest of the last `number` tries leaves the window; 0 where there is room."""
    window = timedelta(seconds=limit.seconds)
    # a clock set back leaves tries in the future: they must not lock anybody out until then
    asked = {"bucket": bucket, "after": moment - window, "until": moment + OVERTAKEN, "skipped": limit.number - 1}
    oldest = session.connection().execute(_OLDEST, asked).scalar()
    return 0 if oldest is None else max(1, ceil((oldest + window - moment).total_seconds()))


# Made once: these run while everybody else waits for the write lock.
_OLDEST = (
    sa.select(Attempt.at)
    .where(
        Attempt.bucket == sa.bindparam("bucket"),
        Attempt.at > sa.bindparam("after"),
        Attempt.at <= sa.bindparam("until"),
    )
    .order_by(Attempt.at.desc())
    .offset(sa.bindparam("skipped", type_=sa.BigInteger))
    .limit(1)
)
_LET_GO = sa.delete(Attempt).where(Attempt.at < sa.bindparam("before"))
_NOTE = sa.insert(Attempt).values(bucket=sa.bindparam("bucket"), at=sa.bindparam("at"))
