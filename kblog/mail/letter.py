"""A mail as it goes over the wire: headers that nobody can add to, and a text in any language."""

from collections.abc import Sequence
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import NamedTuple

LONGEST_SUBJECT = 150  # characters
POLICY = SMTP.clone(cte_type="7bit")  # any server takes it


class Letter(NamedTuple):
    """A mail that is drawn: from whom, to whom, under which Message-ID, and what it says."""

    sender: str
    sender_name: str
    recipient: str
    message_id: str
    moment: datetime
    subject: str
    text: str
    addresses: Sequence[tuple[str, str]] = ()  # headers that hold an address of the web, which is never folded

    def as_bytes(self) -> bytes:
        """Write it as SMTP carries it, with CR LF at the end of each line."""
        message = EmailMessage(policy=POLICY)
        message["From"] = Address(display_name=on_one_line(self.sender_name), addr_spec=self.sender)
        message["To"] = Address(addr_spec=self.recipient)
        message["Subject"] = on_one_line(self.subject)[:LONGEST_SUBJECT]
        message["Date"] = format_datetime(self.moment)
        message["Message-ID"] = self.message_id
        message["Auto-Submitted"] = "auto-generated"  # whoever is away does not answer
        message.set_content(self.text)
        return b"".join(_header(name, value) for name, value in self.addresses) + message.as_bytes()


def on_one_line(text: str) -> str:
    r"""Write words on one line, without what is not seen.

    >>> on_one_line("Boats\r\nBcc: all@example.org\0 \u2028 now")
    'Boats Bcc: all@example.org now'
    """
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


def _header(name: str, value: str) -> bytes:
    """Write a header as it stands: a reader of mails does not put a folded or encoded address together again."""
    if not value.isascii() or not value.isprintable():
        raise ValueError(f"{name} holds what no header may")
    return f"{name}: {value}\r\n".encode()
