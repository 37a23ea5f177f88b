"""The browsers in which the author is logged in: each holds a token, the database only the token's hash."""

import hashlib
import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from kblog.models import AuthorSession

IDLE = timedelta(days=7)  # unused for longer, it is over
ABSOLUTE = timedelta(days=30)  # however much it is used
SEEN_EVERY = timedelta(minutes=5)  # how exactly the list of sessions knows when each was used
NOTED_EVERY = timedelta(hours=1)  # how exactly the cookie knows it
TOKEN_BYTES = 32  # 256 bits

# What a User-Agent names, the first that fits; many claim to be Chrome or Safari beside what they are.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Whale/", "Whale"),
    ("KAKAOTALK", "KakaoTalk"),
    ("FxiOS", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
)
SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def open_session(session: Session, moment: datetime, *, network: str, user_agent: str) -> str:
    """Open a session and return its token, which nobody keeps but the browser. The caller commits."""
    session.execute(sa.delete(AuthorSession).where(AuthorSession.opened_at <= moment - ABSOLUTE))
    token = secrets.token_urlsafe(TOKEN_BYTES)
    session.add(
        AuthorSession(
            token_hash=hash_of(token),
            opened_at=moment,
            seen_at=moment,
            network=network,
            browser=browser_words(user_agent),
        )
    )
    return token


def touch(session: Session, session_id: int, moment: datetime) -> None:
    """Note that a session is in use. The caller commits."""
    session.execute(sa.update(AuthorSession).where(AuthorSession.id == session_id).values(seen_at=moment))


def end(session: Session, session_id: int) -> bool:
    """End one session; return whether there was such a one. The caller commits."""
    ended = session.execute(sa.delete(AuthorSession).where(AuthorSession.id == session_id).returning(AuthorSession.id))
    return ended.first() is not None


def end_others(session: Session, session_id: int | None = None) -> int:
    """End every session but this one; return how many. The caller commits."""
    others = sa.delete(AuthorSession).where(AuthorSession.id != (session_id or 0))
    return len(session.execute(others.returning(AuthorSession.id)).all())


def hash_of(token: str) -> str:
    """Return what the database keeps of a token or code: enough to know it again, too little to use it."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def browser_words(user_agent: str) -> str:
    """Return browser and system in a few words of our own, nothing of what was sent.

    >>> browser_words("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
    'Firefox on Linux'
    >>> browser_words("")
    'an unknown browser'
    """
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    return f"{browser or 'an unknown browser'}{f' on {system}' if system else ''}"
