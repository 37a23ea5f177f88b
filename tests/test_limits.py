"""How often something may be tried."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from kblog import limits
from kblog.db import db
from kblog.limits import Limit
from kblog.models import Attempt

NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)
FIVE = {"door": (Limit(5, 60),)}


def taken(moment: datetime, buckets=None) -> int:
    wait = limits.take(db.session(), buckets or FIVE, moment)
    db.session.commit()
    return wait


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def test_so_many_tries_are_taken_and_the_next_waits_for_the_oldest_to_pass(app: Flask):
    assert [taken(after(second)) for second in (0, 10, 20, 30, 40)] == [0] * 5
    assert [taken(after(second)) for second in (40, 41.5, 59, 59.9)] == [20, 19, 1, 1]
    assert [taken(after(second)) for second in (60, 61)] == [0, 9]


def test_a_try_that_is_refused_is_not_counted(app: Flask):
    assert [taken(NOON) for _ in range(30)] == [0] * 5 + [60] * 25
    assert taken(after(60)) == 0


def test_the_longest_wait_of_all_buckets_is_told_and_nothing_is_counted_in_any(app: Flask):
    both = {"door": (Limit(5, 60),), "house": (Limit(1, 3600), Limit(1, 60))}
    assert taken(NOON, both) == 0
    assert taken(after(1), both) == 3599
    assert db.session.scalar(sa.select(sa.func.count(Attempt.id)).where(Attempt.bucket == "door")) == 1


def test_buckets_know_nothing_of_each_other(app: Flask):
    for _ in range(5):
        taken(NOON)
    assert taken(NOON, {"window": (Limit(5, 60),)}) == 0
    limits.forget(db.session(), "window")
    assert taken(NOON) == 60
    limits.forget(db.session(), "door")
    assert taken(NOON) == 0


def test_a_clock_set_back_locks_nobody_out(app: Flask):
    for _ in range(5):
        taken(NOON)
    assert taken(NOON - timedelta(days=1)) == 0


def test_whoever_waited_for_the_lock_still_finds_those_who_went_ahead(app: Flask):
    for _ in range(5):
        taken(after(10))
    assert taken(NOON) == 70


def test_tries_are_let_go_of_after_a_day(app: Flask):
    taken(NOON)
    taken(after(86_401))
    assert db.session.scalars(sa.select(Attempt.at)).all() == [after(86_401)]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("fe80::1%eth0", "fe80::/48"),
        ("::1", "::/48"),
        ("", ""),
        ("unix:", ""),
        ("203.0.113", ""),
        ("203.0.113.77\r\nX: 1", ""),
    ],
)
def test_of_an_address_only_its_network_is_kept(address: str, network: str):
    assert limits.network(address) == network
