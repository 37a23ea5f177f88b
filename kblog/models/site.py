"""What belongs to the whole site: its settings, redirects, import ledger and content version."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Mapped, Session, SessionTransaction, mapped_column

from kblog.db import Model, UtcDateTime, now, read
from kblog.language import ENGLISH, NAMES
from kblog.vocabulary import FILLER

from .author import Attempt, Author, AuthorSession, RecoveryCode
from .availability import Availability, AvailabilityChange
from .comment import Comment, SpamWord
from .ignored import IgnoredFinding
from .import_job import ImportJob
from .line import FormerLine, Line
from .link_picture import LinkPicture
from .mail import Follow, Mail, Subscription
from .media import Media, MediaAddress, MediaUse, MediaVariant
from .page import Page
from .report import Report
from .review import Credit, Filing, Review, SearchEntry
from .revision import Autosave, Revision
from .term import MovedTerm, Renaming, Spelling, Term, TermLink, TwoPeople
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


class ListedChange(Model):
    """A review of which lists may say something else since one value of `listed`; `NO_REVIEW` where of none.

    A value without a row may have changed anything, and so may the oldest: their rows are let go of.
    """

    __table_args__ = ({"sqlite_with_rowid": False},)

    listed: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    review_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # also of one that is gone


def mark_visible_change(
    session: Session, *, of_comments: bool = False, of_reviews: Collection[int] | None = None
) -> None:
    """Say that this transaction changes what readers see; writes past the session's objects say it themselves.

    Comments, and their number beside a review, are in nothing that lists are made of. `of_reviews` are the only ones
    of which lists may say something else; where nobody names them, lists are made from nothing.
    """
    session.info["visible_change"] = True
    if not of_comments:
        named: frozenset[int] | None = session.info.get("listed_change", frozenset())
        session.info["listed_change"] = None if named is None or of_reviews is None else named.union(of_reviews)


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
UNLISTED = (
    Setting,
    Redirect,
    Page,
    Line,
    FormerLine,
    Credit,
    SearchEntry,
    Spelling,
    MovedTerm,
    TermLink,
    Renaming,
    AvailabilityChange,
)  # and these in no list: what follows for reviews and terms is written there
TERM_LISTED = ("facet", "slug", "name", "active_to", "successor", "successor_id", "broader")
NO_REVIEW = 0
MOST_NAMED = 200  # reviews of one transaction: with more, lists are made from nothing sooner
KEPT_CHANGES = 1000  # values of `listed`: a process in which nobody asked for a list meanwhile makes it from nothing


@event.listens_for(Session, "after_flush")
def _notice(session: Session, _context: object) -> None:
    """Remember that this transaction changes what readers see."""
    changed = (*session.new, *session.deleted, *(each for each in session.dirty if session.is_modified(each)))
    seen = [each for each in changed if not isinstance(each, UNSEEN) and not _is_held(each)]
    if seen:
        listed = {_review_of(session, each) for each in seen if not isinstance(each, Comment)}
        named = None if None in listed else {each for each in listed if each is not None}
        mark_visible_change(session, of_comments=not listed, of_reviews=named)


def _review_of(session: Session, thing: object) -> int | None:
    """Return the review of which lists may say something else by this change; None where that cannot be told."""
    state = sa.inspect(thing)
    if isinstance(thing, Review):
        return state.dict.get("id")
    if isinstance(thing, Filing | Availability):
        return state.dict.get("review_id")
    if isinstance(thing, Term) and thing not in session.deleted:
        is_listed = thing not in session.new and any(state.attrs[name].history.has_changes() for name in TERM_LISTED)
        return None if is_listed else NO_REVIEW  # a new one is in lists by the reviews that are filed under it
    return NO_REVIEW if isinstance(thing, UNLISTED) else None


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
    is_listed = "listed_change" in session.info
    named: Collection[int] | None = session.info.pop("listed_change", None)
    if session.info.pop("visible_change", False):
        connection = session.connection()
        connection.execute(RAISE, {"listed": int(is_listed)})
        if is_listed and named is not None and len(named) <= MOST_NAMED:
            connection.execute(NAME, [{"review": each} for each in set(named) - {NO_REVIEW} or {NO_REVIEW}])
            connection.execute(LET_GO)


RAISE = sa.update(ContentVersion).values(
    version=ContentVersion.version + 1, listed=ContentVersion.listed + sa.bindparam("listed")
)
NAME = sa.insert(ListedChange).from_select(
    ["listed", "review_id"], sa.select(ContentVersion.listed, sa.bindparam("review", type_=sa.BigInteger))
)
LET_GO = sa.delete(ListedChange).where(
    ListedChange.listed <= sa.select(ContentVersion.listed - KEPT_CHANGES).scalar_subquery()
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
    language: str = "en"  # of the interface; what is published has its own
    comment_mode: str = ""  # which comments wait for the author; "" as the environment says
    comment_words: str = ""  # what says one of these waits: one entry a line
    comment_blocked: str = ""  # words, addresses and networks whose comments are spam: one entry a line
    comment_days: str = ""  # after which the comments on a review are closed; "" for never
    filler: str = "\n".join(FILLER)  # phrases the author never wants to write: one a line
    next_publication: datetime | None = None  # the moment at which a scheduled review or page becomes public

    @property
    def spoken(self) -> str:
        """The language of the interface; English where the setting names none that it speaks."""
        return self.language if self.language in NAMES else ENGLISH

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
