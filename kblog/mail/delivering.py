"""The job that hands mails over: each is claimed, drawn, sent and noted, and where it has to be, tried for days."""

import logging
import time
from datetime import datetime, timedelta
from typing import Any, NamedTuple, cast

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import Session

from kblog.db import alone_among_machines, db, now, reads_only
from kblog.models import Mail

from . import drawing, outbox, queries, subscribing
from .slip import Slip, alone
from .smtp import LATER, NO_SERVER, REFUSED, SENT, Carrier, Outcome

SLIP = "mail.slip"  # in the instance's folder
MOST_SECONDS = 10  # of one turn: other jobs wait for theirs
PAUSES = tuple(timedelta(minutes=each) for each in (1, 2, 5, 10, 30, 60, 180, 360, 720, 1440))  # after each try
GIVEN_UP = timedelta(days=5)  # after which a mail is no news, and servers do not try on either
SAID_FOR = timedelta(days=7)  # that a mail was refused stands on the desk
SILENT = timedelta(minutes=10)  # after which nobody on another machine still has a mail in hand
MANY = 3  # readers whose addresses were refused one after the other: one or two have mistyped theirs
SLOW = timedelta(minutes=3)  # a server that starts anew is no trouble to tell of
TOO_LATE = "Nobody took it within five days."
UNANSWERED = "The server had all of it when this process ended; its answer was not read."
MAILS = cast(sa.Table, Mail.__table__)

log = logging.getLogger(__name__)


class Health(NamedTuple):
    """What the author has to know of mails that do not go out."""

    waiting: int
    since: datetime | None
    trouble: str
    refused: int
    refused_trouble: str

    @property
    def is_troubled(self) -> bool:
        return bool(self.waiting or self.refused)


def health(moment: datetime) -> Health:
    """Return whether mails go out: one query, where they are to."""
    if not current_app.config["KBLOG"].sends_mail:
        return Health(0, None, "", 0, "")
    found = queries.trouble(moment - SAID_FOR)
    waiting = [row for row in found if row.is_waiting and row.since <= moment - SLOW]
    refused = [row for row in found if not row.is_waiting and (row.is_own or row.number >= MANY)]
    return Health(
        waiting=sum(row.number for row in waiting),
        since=min((row.since for row in waiting), default=None),
        trouble=max((row.trouble for row in waiting), default=""),
        refused=sum(row.number for row in refused),
        refused_trouble=max((row.trouble for row in refused), default=""),
    )


def deliver() -> bool:
    """Hand over what is due, one process at a time, and return whether more of it waits."""
    config, moment = current_app.config["KBLOG"], now()
    with reads_only():
        if not config.sends_mail or not queries.is_due(moment):
            return False
    with alone(config.instance / SLIP) as slip, alone_among_machines(SLIP) as is_mine:
        if slip is None or not is_mine:
            return False  # another process is at it
        _take_over(db.session(), slip, now())
        with Carrier(config.mail_server, drawing.own_host()) as carrier:
            return _turn(carrier, slip)


def tidy() -> None:
    """Let go of addresses that nobody confirmed or no comment needs, and of what is left of old mails."""
    moment = now()
    with reads_only():
        is_untidy = queries.is_untidy(moment - subscribing.ASKED_FOR, moment - subscribing.KEPT)
    if is_untidy:
        subscribing.tidy(db.session(), moment)
        db.session.commit()


def _turn(carrier: Carrier, slip: Slip) -> bool:
    """Hand mails over for a while; return whether some are left."""
    until = time.monotonic() + MOST_SECONDS
    while time.monotonic() < until:
        mail = _claim(db.session(), now())
        db.session.commit()
        if mail is None:
            return False
        outcome = _carried(carrier, mail, slip)
        note(db.session(), mail, outcome, now())
        db.session.commit()
        if outcome and outcome.what == NO_SERVER:
            return False
    return True


def _carried(carrier: Carrier, mail: Any, slip: Slip) -> Outcome | None:
    """Draw a mail and hand it over; one that cannot be drawn holds up no other."""
    try:
        with reads_only():
            letter = drawing.drawn(mail) if mail.created_at > now() - GIVEN_UP else None
        return carrier.carry(letter, mail.token, slip) if letter else None
    except Exception as error:
        log.exception("a mail could not be drawn", extra={"facts": {"kind": mail.kind}})
        return Outcome(LATER, f"It could not be drawn: {type(error).__name__}.")


def _take_over(session: Session, slip: Slip, moment: datetime) -> None:
    """Find out what became of mails that a process had in hand when it ended, and free those that are not sent.

    Only one process hands mails over, so whoever had one in hand is gone; another machine may only have lost its lock,
    and is given time. What the server had the last dot of counts as sent; anything else is handed over anew.
    """
    is_only = current_app.config["KBLOG"].on_sqlite
    handed = slip.handed()
    for mail in queries.in_hand():
        if mail.token == handed:
            _end(session, mail.id, "sent", moment, UNANSWERED)
        elif is_only or mail.claimed_at < moment - SILENT:
            session.execute(_this(mail.id).values(claimed_at=None))
    session.commit()
    slip.clear()


def _claim(session: Session, moment: datetime) -> Any:
    """Take the next mail in hand; None where none is due, or where somebody else was faster."""
    mail = queries.next_due(moment)
    if mail is None:
        return None
    free = sa.update(MAILS).where(MAILS.c.id == mail.id, MAILS.c.state == "waiting", MAILS.c.claimed_at.is_(None))
    taken = session.execute(free.values(claimed_at=moment, tries=MAILS.c.tries + 1))
    if mail.kind == outbox.QUEUE:  # it lists all that waits now: another one that waits has nothing to add
        others = sa.update(MAILS).where(MAILS.c.kind == outbox.QUEUE, MAILS.c.state == "waiting", MAILS.c.id != mail.id)
        session.execute(others.values(state="withdrawn", ended_at=moment))
    return mail if taken.rowcount else None  # pyright: ignore[reportAttributeAccessIssue]


def note(session: Session, mail: Any, outcome: Outcome | None, moment: datetime) -> None:
    """Write down what became of a mail that was in hand; none: there was no reason left to send it."""
    if outcome is None:
        is_late = mail.created_at <= moment - GIVEN_UP
        _end(session, mail.id, "failed" if is_late else "withdrawn", moment, TOO_LATE if is_late else "")
        return
    if outcome.what in (SENT, REFUSED):
        _end(session, mail.id, outcome.what, moment, outcome.said if outcome.what == REFUSED else "")
    else:
        due_at = moment + PAUSES[min(mail.tries, len(PAUSES) - 1)]
        session.execute(_this(mail.id).values(claimed_at=None, due_at=due_at, trouble=outcome.said))
    if outcome.what == NO_SERVER:  # which the others would meet as well
        others = sa.update(MAILS).where(MAILS.c.state == "waiting", MAILS.c.due_at <= moment)
        session.execute(others.values(due_at=moment + PAUSES[0], trouble=outcome.said))
    if outcome.what != SENT and outcome.said != mail.trouble:  # which the log has already
        level = logging.INFO if outcome.what == LATER else logging.ERROR
        log.log(level, "a mail was not taken", extra={"facts": {"kind": mail.kind, "said": outcome.said}})


def try_again(session: Session, moment: datetime) -> int:
    """Let everything that waits or will never arrive be tried now, and return how many. The caller commits.

    What is in hand stays so: the slip of whoever had it says whether it went.
    """
    is_waiting = MAILS.c.state == "waiting"
    again = sa.update(MAILS).where(MAILS.c.state.in_(("waiting", "refused", "failed")))
    values = {
        "state": "waiting",
        "due_at": moment,
        "created_at": moment,
        "tries": 0,
        "ended_at": None,
        "claimed_at": sa.case((is_waiting, MAILS.c.claimed_at), else_=None),
    }
    return session.execute(again.values(**values)).rowcount  # pyright: ignore[reportAttributeAccessIssue]


def _end(session: Session, mail_id: int, state: str, moment: datetime, trouble: str) -> None:
    session.execute(_this(mail_id).values(state=state, ended_at=moment, trouble=trouble))


def _this(mail_id: int) -> sa.Update:
    return sa.update(MAILS).where(MAILS.c.id == mail_id)
