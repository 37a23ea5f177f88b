"""What belongs to the whole site: its settings, redirects, import ledger and content version."""

from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Mapped, Session, SessionTransaction, mapped_column

from kblog.db import Model, UtcDateTime, now, read
from kblog.vocabulary import FILLER

from .author import Attempt, Author, AuthorSession, RecoveryCode
from .comment import Comment, SpamWord
from .ignored import IgnoredFinding
from .import_job import ImportJob
from .link_picture import LinkPicture
from .mail import Follow, Mail, Subscription
from .media import Media, MediaAddress, MediaUse, MediaVariant
from .page import Page
from .report import Report
from .review import Review
from .revision import Autosave, Revision
from .term import TwoPeople
from .views import DayViews, MonthViews, ReviewViews, VainSearch


class Setting(Model):
    """One setting of the site, by the name it has in `Site`."""

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class Redirect(Model):
    """An old address and what lives there now."""

    __table_args__ = (sa.CheckConstraint("(review_id IS NULL) <> (page_id IS NULL)", name="target"),)

    path: Mapped[str] = mapped_column(primary_key=True)
    review_id: Mapped[int | None] = mapped_column(sa.ForeignKey("review.id", ondelete="CASCADE"), index=True)
    page_id: Mapped[int | None] = mapped_column(sa.ForeignKey("page.id", ondelete="CASCADE"), index=True)


class ImportedEntry(Model):
    """One entry of an export, word for word, and what became of it."""

    source_ref: Mapped[str] = mapped_column(primary_key=True)
    outcome: Mapped[str]  # review, page, comment or skipped
    reason: Mapped[str] = mapped_column(default="")
    raw: Mapped[str]
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ContentVersion(Model):
    """One row that rises with every change readers can see."""

    __table_args__ = (sa.CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=0)
    listed: Mapped[int] = mapped_column(default=0, server_default="0")  # the same, but for changes of comments alone


def mark_visible_change(session: Session, *, of_comments: bool = False) -> None:
    """Say that this transaction changes what readers see; writes past the session's objects say it themselves.

    Comments, and their number beside a review, are in nothing that lists are made of.
    """
    session.info["visible_change"] = True
    session.info["listed_change"] = session.info.get("listed_change", False) or not of_comments


UNSEEN = (
    ImportedEntry,
    ContentVersion,
    Author,
    AuthorSession,
    RecoveryCode,
    Attempt,
    Revision,
    Autosave,
    SpamWord,
    Report,
    ReviewViews,
    DayViews,
    MonthViews,
    VainSearch,
    TwoPeople,
    IgnoredFinding,
    ImportJob,
    Media,
    Mail,
    Subscription,
    Follow,
    MediaAddress,  # a text that shows one is drawn anew
    MediaVariant,  # the same
    MediaUse,
    LinkPicture,  # whoever has drawn one says it
)  # changes to these show on no page


@event.listens_for(Session, "after_flush")
def _notice(session: Session, _context: object) -> None:
    """Remember that this transaction changes what readers see."""
    changed = (*session.new, *session.deleted, *(each for each in session.dirty if session.is_modified(each)))
    seen = [each for each in changed if not isinstance(each, UNSEEN) and not _is_held(each)]
    if seen:
        mark_visible_change(session, of_comments=all(isinstance(each, Comment) for each in seen))


def _is_held(thing: object) -> bool:
    """Whether this is a comment that nobody could read before, and nobody can read now."""
    states = (
        [state for part in sa.inspect(thing).attrs.state.history for state in part]
        if isinstance(thing, Comment)
        else []
    )
    return bool(states) and "visible" not in states


@event.listens_for(Session, "before_commit")
def _raise_version(session: Session) -> None:
    """Raise the content version in the transaction of the change, so that no reader sees one without the other."""
    if session.in_nested_transaction():
        return  # a savepoint is no commit yet
    session.flush()
    is_listed = session.info.pop("listed_change", False)
    if session.info.pop("visible_change", False):
        session.connection().execute(RAISE, {"listed": int(is_listed)})


RAISE = sa.update(ContentVersion).values(
    version=ContentVersion.version + 1, listed=ContentVersion.listed + sa.bindparam("listed")
)


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, rolled_back: SessionTransaction) -> None:
    """Forget the change with the whole transaction; after a savepoint's rollback the others of it still stand."""
    if rolled_back.parent is None:
        session.info.pop("visible_change", None)
        session.info.pop("listed_change", None)


@dataclass(frozen=True)
class Site:
    """The site's own words, and the version of all it shows."""

    version: int = 0
    listed: int = 0  # the version of all that has nothing of comments
    name: str = "K-Blog"
    description: str = "Unhurried reviews of Korean dramas and films, with the lines worth keeping."
    author: str = ""
    author_mail: str = ""  # where the author hears of what waits; "" for nowhere
    time_zone: str = "UTC"
    comment_mode: str = ""  # which comments wait for the author; "" as the environment says
    comment_words: str = ""  # what says one of these waits: one entry a line
    comment_blocked: str = ""  # words, addresses and networks whose comments are spam: one entry a line
    comment_days: str = ""  # after which the comments on a review are closed; "" for never
    filler: str = "\n".join(FILLER)  # phrases the author never wants to write: one a line
    next_publication: datetime | None = None  # the moment at which a scheduled review or page becomes public

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which the site's days begin; UTC where the setting names none that exists."""
        return _zone(self.time_zone)


@lru_cache(maxsize=100)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: a folder of zones, a name too long
        return ZoneInfo("UTC")


MOMENT = sa.bindparam("moment", type_=UtcDateTime)
# made once: every page asks for it
SITE = sa.union_all(
    sa.select(Setting.name, Setting.value),
    *(
        sa.select(sa.literal(name).label("name"), sa.cast(getattr(ContentVersion, name), sa.String).label("value"))
        for name in ("version", "listed")
    ),
    *(
        sa.select(sa.literal("next_publication"), sa.cast(sa.func.min(model.published_at), sa.String)).where(
            model.published_at > MOMENT, model.withdrawn_at.is_(None)
        )
        for model in (Review, Page)
    ),
)


def site() -> Site:
    """Read the settings, the content version and the next publication: one query for all of it."""
    found: dict[str, Any] = {}
    for name, value in read(SITE, {"moment": now()}).all():
        if value:
            found[name] = min(value, found.get(name, value)) if name == "next_publication" else value
    if "next_publication" in found:
        found["next_publication"] = datetime.fromisoformat(found["next_publication"]).replace(tzinfo=UTC)
    versions = {name: int(found.pop(name, 0)) for name in ("version", "listed")}
    return Site(**versions, **{each.name: found[each.name] for each in fields(Site) if each.name in found})
