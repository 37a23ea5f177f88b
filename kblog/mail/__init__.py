"""Mail: replies to whoever asked for them, and to the author what waits; written down first, then handed over."""

import secrets

from flask import Flask, current_app, has_app_context, render_template
from sqlalchemy import event
from sqlalchemy.orm import Session

from kblog import background, models

from . import delivering, drawing, outbox, queries, subscribing
from .delivering import Health, health
from .routes import bp
from .slip import NoSlip
from .smtp import SENT, Carrier, Outcome

__all__ = ["SENT", "Health", "bp", "health", "init_app", "is_on", "outbox", "queries", "subscribing", "test"]

LOOKED_EVERY = 5  # seconds: what another process wrote down, or was killed over, and what is to be tried again
TIDIED_EVERY = 3600


def init_app(app: Flask) -> None:
    background.of(app).add("mail", delivering.deliver, every=LOOKED_EVERY)
    background.of(app).add("old mail", delivering.tidy, every=TIDIED_EVERY)


def is_on() -> bool:
    """Whether mail goes out from here."""
    return current_app.config["KBLOG"].sends_mail


def test(address: str) -> Outcome:
    """Hand a mail over now, past all that waits, and return what the server said."""
    config, site = current_app.config["KBLOG"], models.site()
    text = render_template("mail/test.txt", site=site, settings=drawing.links.full("/studio/settings/#mail"))
    letter = drawing.letter(secrets.token_hex(16), address, site.name, text)
    with Carrier(config.mail_server, drawing.own_host()) as carrier:
        return carrier.carry(letter, "", NoSlip())


@event.listens_for(Session, "after_commit")
def _deliver(session: Session) -> None:
    """Let what was written down go out as soon as may be."""
    if session.info.pop(outbox.WAITS, False) and has_app_context() and is_on():
        background.of(current_app).want("mail")


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(outbox.WAITS, None)
