"""Hands mails over to the server, several in one connection, and says of each what became of it."""

import contextlib
import re
import smtplib
import socket
import ssl
from typing import NamedTuple

from kblog.mailbox import Server

from .letter import Letter
from .slip import Slip

PATIENCE = 20  # seconds for each step;
LAST_PATIENCE = 90  # and for the answer after the last dot: who gives up there sends a mail twice
LONGEST_SAID = 300  # characters
SENT, REFUSED, LATER, NO_SERVER = "sent", "refused", "later", "no server"
TROUBLES = (OSError, smtplib.SMTPException, ValueError)  # smtplib's own say ValueError of what cannot be encoded


class Outcome(NamedTuple):
    """What became of a mail: it is sent, refused for good, to be tried later, or the server itself is the trouble."""

    what: str
    said: str


class Carrier:
    """A connection to the server, opened with the first mail and closed in the end."""

    def __init__(self, server: Server, name: str) -> None:
        self.server, self.name = server, name  # what we call ourselves
        self.client: smtplib.SMTP | None = None
        self.is_old = self.has_begun = False  # of the connection and of the mail at hand

    def __enter__(self) -> "Carrier":
        return self

    def __exit__(self, *_error: object) -> None:
        if self.client is not None:
            with contextlib.suppress(*TROUBLES):
                self.client.quit()
        self._hang_up()

    def carry(self, letter: Letter, token: str, slip: Slip) -> Outcome:
        """Hand one mail over; the slip says meanwhile whether the server has it."""
        body = _stuffed(letter.as_bytes())
        outcome = self._tried(letter, body, token, slip)
        if outcome.what == NO_SERVER and self.is_old and not self.has_begun:
            outcome = self._tried(letter, body, token, slip)  # a connection that was used before may be over
        return outcome._replace(said=_short(outcome.said, letter.recipient))

    def _tried(self, letter: Letter, body: bytes, token: str, slip: Slip) -> Outcome:
        self.is_old, self.has_begun = self.client is not None, False
        try:
            self.client = self.client or self._opened()
            return self._carried(self.client, letter, body, token, slip)
        except TROUBLES as error:
            slip.clear()  # nothing was answered: it is tried again, under the same Message-ID
            self._hang_up()
            return Outcome(NO_SERVER, _words(error))

    def _carried(self, client: smtplib.SMTP, letter: Letter, body: bytes, token: str, slip: Slip) -> Outcome:
        code, said = client.mail(letter.sender)
        if code != 250:
            raise smtplib.SMTPResponseException(code, said)  # it would take none of the others either
        code, said = client.rcpt(letter.recipient)
        if code in (250, 251):
            code, said = client.docmd("DATA")
            if code == 354:
                slip.begin(token)
                self.has_begun = True
                client.send(body)
                _set_patience(client, LAST_PATIENCE)
                client.send(b".\r\n")
                slip.hand_over()  # right behind the dot
                code, said = client.getreply()
                _set_patience(client, PATIENCE)
                if 200 <= code < 300:
                    return Outcome(SENT, _answer(code, said))
                slip.clear()
        if code == 421:
            raise smtplib.SMTPResponseException(code, said)
        try:
            client.rset()
        except TROUBLES:  # some hang up on whom they refuse: the answer stands
            self._hang_up()
        return Outcome(REFUSED if code >= 500 else LATER, _answer(code, said))

    def _opened(self) -> smtplib.SMTP:
        server = self.server
        if server.tls == "always":
            given = {"timeout": PATIENCE, "context": ssl.create_default_context()}
            client = smtplib.SMTP_SSL(server.host, server.port, self.name, **given)
        else:
            client = smtplib.SMTP(server.host, server.port, self.name, timeout=PATIENCE)
        try:
            if client.sock:  # the dot is not to wait until what stands before it is acknowledged
                client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if server.tls == "starttls":
                client.starttls(context=ssl.create_default_context())
            client.ehlo_or_helo_if_needed()
            if server.user:
                client.login(server.user, server.password)
        except TROUBLES:
            client.close()
            raise
        return client

    def _hang_up(self) -> None:
        if self.client is not None:
            self.client.close()
            self.client = None


def _set_patience(client: smtplib.SMTP, seconds: float) -> None:
    if client.sock:
        client.sock.settimeout(seconds)


def _stuffed(message: bytes) -> bytes:
    """Double the dots at which a line begins: a dot alone ends the mail."""
    body = re.sub(rb"(?m)^\.", b"..", message)
    return body if body.endswith(b"\r\n") else body + b"\r\n"


def _answer(code: int, said: bytes) -> str:
    return f"{code} {said.decode(errors='replace')}"


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        return _answer(error.smtp_code, said if isinstance(said, bytes) else str(said).encode())
    said = error.strerror if isinstance(error, OSError) else ""
    return said or str(error) or type(error).__name__


def _short(said: str, recipient: str) -> str:
    """Write what the server said on one line, and without the address: it stands in one place alone."""
    plain = " ".join("".join(each if each.isprintable() else " " for each in said).split())
    return re.sub(re.escape(recipient), "the address", plain, flags=re.IGNORECASE)[:LONGEST_SAID]
