"""What each kind of mail says: drawn when it goes, from what is true then; nothing where there is no reason left."""

from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from flask import current_app, render_template

from kblog import language, markup, models
from kblog.addresses import url_for
from kblog.db import now

from . import links, outbox, queries, subscribing
from .letter import Letter

MOST_WORDS = 500  # characters of a comment; the rest is read in its place
MOST_LISTED = 20  # comments in a mail to the author, and as many reports
ONE_CLICK = ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")


class Drawn(NamedTuple):
    """Whom a mail goes to, what its template is told, and which headers it has besides."""

    recipient: str
    context: dict[str, Any]
    headers: tuple[tuple[str, str], ...] = ()


class Words(NamedTuple):
    """What a mail tells of a comment's text, which leaves every spoiler out."""

    text: str
    spoils: str
    is_cut: bool

    @classmethod
    def of(cls, comment: Any) -> "Words":
        if comment.spoils:
            return cls("", comment.spoils, is_cut=False)
        plain = markup.comment_plain(comment.body)
        return cls(plain[:MOST_WORDS].rstrip(), "", is_cut=len(plain) > MOST_WORDS)


def drawn(mail: Any) -> Letter | None:
    """Draw a mail; None where it is not to be sent any more."""
    site = models.site()
    found = KINDS[mail.kind](mail, site)
    if found is None:
        return None
    with language.speaking(site.spoken):
        text = render_template(f"mail/{mail.kind}.txt", site=site, **found.context)
    return letter(mail.token, found.recipient, site.name, text, found.headers)


def letter(token: str, recipient: str, name: str, text: str, headers: tuple[tuple[str, str], ...] = ()) -> Letter:
    """Make a letter of a drawn text, whose first line is its subject."""
    subject, _, text = text.partition("\n")
    server, host = current_app.config["KBLOG"].mail_server, own_host()
    sender = server.sender or (server.user if "@" in server.user else f"no-reply@{host}")
    return Letter(sender, name, recipient, f"<{token}@{host}>", now(), subject, text.strip() + "\n", headers)


def own_host() -> str:
    """Return what this site is called where it says its name to a server of mail."""
    return urlsplit(current_app.config["KBLOG"].base_url).hostname or "localhost"


def _confirm(mail: Any, _site: models.Site) -> Drawn | None:
    whose, review = queries.subscriber(mail.subscription_id), queries.first_followed(mail.subscription_id)
    if whose is None or whose.confirmed_at or review is None:
        return None
    link, days = links.confirm(whose.token), subscribing.ASKED_FOR.days
    return Drawn(whose.address, {"title": review.title, "link": link, "days": days})


def _reply(mail: Any, _site: models.Site) -> Drawn | None:
    whose, comment = queries.subscriber(mail.subscription_id), queries.told(mail.comment_id)
    if whose is None or not whose.confirmed_at or comment is None:
        return None
    end, place = links.unsubscribe(whose.token), links.full(url_for("comments.show", comment_id=comment.id))
    context = {"comment": comment, "words": Words.of(comment), "link": place, "unsubscribe": end}
    headers = (("List-Unsubscribe", f"<{end}>"), ONE_CLICK, ("List-Id", f"<replies.{own_host()}>"))
    return Drawn(whose.address, context, headers)


def _queue(_mail: Any, site: models.Site) -> Drawn | None:
    waiting, held = queries.waiting(MOST_LISTED)
    reports, reported = queries.reported(MOST_LISTED)
    if not site.author_mail or not (waiting or reports):
        return None
    desk = links.full("/studio/comments/")  # the studio is above us, and its addresses are known to every link there
    context = {
        "waiting": waiting,
        "held": [(row, Words.of(row), f"{desk}#queued-{row.id}") for row in held],
        "reports": reports,
        "reported": [(row, f"{desk}?state=reported#queued-{row.id}") for row in reported],
        "link": desk if waiting else f"{desk}?state=reported",
        "settings": links.full("/studio/settings/#mail"),
    }
    return Drawn(site.author_mail, context)


def _test(_mail: Any, site: models.Site) -> Drawn | None:
    return Drawn(site.author_mail, {"settings": links.full("/studio/settings/#mail")}) if site.author_mail else None


KINDS: dict[str, Callable[[Any, models.Site], Drawn | None]] = {
    outbox.CONFIRM: _confirm,
    outbox.REPLY: _reply,
    outbox.QUEUE: _queue,
    outbox.TEST: _test,
}
