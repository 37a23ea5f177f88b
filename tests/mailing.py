"""A real SMTP server on this machine, and a site that hands its mails over to it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from flask import Flask

from bench.server import free_port
from kblog import background
from kblog.db import db
from kblog.models import Mail, Setting

AUTHOR = "harin@example.org"


class Postbox:
    """Keeps what it acknowledged, in the order it came, and answers some addresses as it is told to."""

    def __init__(self) -> None:
        self.port = free_port()
        self.came: list[tuple[str, bytes]] = []  # recipient and bytes
        self.refusals: dict[str, str] = {}  # by recipient, before the mail is sent
        self.after_the_dot: list[str] = []  # answers in the place of the next "250"
        self.senders: list[str] = []
        self.is_rude = False  # hangs up on whom it refused, and on whom it took a mail from
        self.controller: Controller | None = None

    def open(self, **given) -> None:
        self.controller = Controller(self, **{"hostname": "127.0.0.1", "port": self.port, **given})
        self.controller.start()

    def close(self) -> None:
        if self.controller is not None:
            self.controller.stop()
            self.controller = None

    async def handle_MAIL(self, server, session, envelope, address: str, _options) -> str:  # noqa: N802
        if self.is_rude and hasattr(session, "has_sent"):
            server.transport.close()
            return "421 Enough"
        session.has_sent = True
        envelope.mail_from = address
        return "250 OK"

    async def handle_RSET(self, server, _session, _envelope) -> str:  # noqa: N802
        if self.is_rude:
            server.transport.close()
        return "250 OK"

    async def handle_RCPT(self, _server, _session, envelope, address: str, _options) -> str:  # noqa: N802
        if said := self.refusals.get(address):
            return said
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope) -> str:  # noqa: N802
        if self.after_the_dot:
            return self.after_the_dot.pop(0)
        self.senders.append(envelope.mail_from)
        self.came.append((envelope.rcpt_tos[0], envelope.content))
        return "250 Kept"

    @property
    def mails(self) -> list[EmailMessage]:
        return [cast(EmailMessage, message_from_bytes(content, policy=default)) for _, content in self.came]

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.mails if mail["To"] == address]


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    box = Postbox()
    box.open()
    yield box
    box.close()


def mailing(app: Flask, postbox: Postbox, *, author: str = "") -> Flask:
    """Let a site hand its mails over there, and tell its author what waits."""
    url = f"smtp://127.0.0.1:{postbox.port}?from=blog@example.org"
    app.config["KBLOG"] = replace(app.config["KBLOG"], mail_url=url, base_url="http://localhost")
    if author:
        db.session.merge(Setting(name="author_mail", value=author))
        db.session.commit()
    return app


def deliver(app: Flask) -> None:
    """Let what is due go out, as the thread in the background does."""
    db.session.rollback()
    while background.of(app).do("mail"):
        pass


def later(**time: float) -> None:
    """Let so much time pass for every mail."""
    db.session.rollback()
    for mail in db.session.scalars(sa.select(Mail)):
        for name in ("created_at", "due_at", "claimed_at", "ended_at"):
            if moment := getattr(mail, name):
                setattr(mail, name, moment - timedelta(**time))
    db.session.commit()


def states() -> list[tuple[str, str]]:
    """Return the kind and the state of every mail, in the order they were written down."""
    db.session.rollback()
    found = [(row.kind, row.state) for row in db.session.execute(sa.select(Mail.kind, Mail.state).order_by(Mail.id))]
    db.session.rollback()
    return found


def text(mail: EmailMessage) -> str:
    return mail.get_content().replace("\r\n", "\n")


def link(mail: EmailMessage, part: str) -> str:
    """Return the path of the link of a mail that has this in it."""
    found = [each for each in re.findall(r"http://localhost(\S+)", text(mail)) if part in each]
    assert len(found) == 1, text(mail)
    return found[0]
