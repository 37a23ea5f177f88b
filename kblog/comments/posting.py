"""The one way a comment comes into being, and how its writer changes it or takes it back."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa
from markupsafe import Markup
from sqlalchemy.orm import Session

from kblog import fold, mail, markup
from kblog.models import Comment, Review
from kblog.models.site import mark_visible_change

from . import bayes, queries, spam

NETWORKS_KEPT = timedelta(days=30)
SHORT = 40  # characters of folded text: “Thank you so much!” is said by many
TAKEN_BACK = "Taken back by its writer"
COMMENTS, REVIEWS = (cast(sa.Table, model.__table__) for model in (Comment, Review))
GRAVITY = ("visible", "pending", "spam")
STORED = (
    *("review_id", "parent_id", "root_id", "key", "name", "website", "body", "body_html", "spoils"),
    *("state", "reason", "by_author", "posted_at", "writer_hash", "network", "fingerprint"),
)  # of a new comment


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Who sends a comment, and how it comes."""

    moment: datetime
    rules: spam.Rules
    is_author: bool = False
    trap: str = ""
    seconds: int | None = None  # since the form was opened; none: nobody counts
    tells_author: bool = False  # of what waits, by mail


@dataclass(kw_only=True)
class Draft:
    """A comment that is not stored yet, with all that is slow about it done; a row is made of it past the ORM."""

    review_id: int
    parent_id: int | None
    root_id: int | None
    key: str | None
    name: str
    website: str
    body: str
    body_html: Markup
    spoils: str
    writer_hash: str
    network: str
    fingerprint: str
    words: list[str]  # by which it is judged
    address: str = ""  # where its replies are to go by mail; it stands in no comment
    id: int = 0
    state: str = "visible"
    reason: str = ""
    by_author: bool = False
    posted_at: datetime | None = None
    edited_at: datetime | None = None
    old_number: str = ""


def draft(
    *,
    review_id: int,
    parent: Any = None,
    key: str = "",
    name: str,
    website: str = "",
    body: str,
    spoils: str = "",
    writer_hash: str = "",
    network: str = "",
    address: str = "",
) -> Draft:
    """Write a comment down; all that is slow about it is done here, before a transaction begins.

    Raises ValueError with a sentence for the commenter when the text cannot be drawn.
    """
    folded = fold.fold(body)
    return Draft(
        review_id=review_id,
        parent_id=parent.id if parent is not None else None,
        root_id=(parent.root_id or parent.id) if parent is not None else None,
        key=key or None,
        name=name,
        website=website if markup.comment_href_is_safe(website) else "",
        body=body,
        body_html=markup.render_comment(body),
        spoils=spoils,
        writer_hash=writer_hash,
        network=network,
        fingerprint=fingerprint(folded),
        words=bayes.words_of(fold.fold(name), fold.fold(website), folded),
        address=address,
    )


def post(session: Session, new: Draft, sender: Sender) -> int:
    """Judge a draft and store it; return how many visible comments its review has with it. The caller commits."""
    session.flush()  # what follows goes past the session
    forget_networks(session, sender.moment)
    new.by_author, new.posted_at = sender.is_author, sender.moment
    new.state, new.reason = _judge(new, sender)
    # past the session's objects: it costs a tenth, and what is told of the comment is not read again after the commit
    new.id = session.connection().execute(_STORE, {name: getattr(new, name) for name in STORED}).scalar_one()
    if new.state == "pending" and sender.tells_author:
        mail.outbox.queue(session, sender.moment)
    if new.state != "visible":
        return 0
    mail.outbox.reply(session, new, sender.moment)
    mark_visible_change(session, of_comments=True)
    return _count(session, new.review_id, 1)


def edit(session: Session, there: Any, new: Draft, sender: Sender) -> None:
    """Give a comment that is there the words of a draft, judged anew. The caller commits.

    What waited goes on waiting, whatever its new words are.
    """
    judged = _judge(new, sender, there.id)
    state = max(there.state, judged.state, key=GRAVITY.index)
    reasons = dict.fromkeys(filter(None, f"{there.reason}\n{judged.reason}".split("\n")))
    new.id, new.state, new.reason = there.id, state, "\n".join(reasons)
    values = {name: getattr(new, name) for name in ("body", "body_html", "spoils", "fingerprint", "reason")}
    if state != there.state:
        values |= {"state": state, "state_before": "", "decided_at": None}
        if state == "pending" and sender.tells_author:
            mail.outbox.queue(session, sender.moment)
    session.execute(_this(there.id).values(**values, edited_at=sender.moment))
    show_change(session, there, state)


def take_back(session: Session, there: Any, moment: datetime) -> None:
    """Erase a comment; its place stays, empty, so that its answers keep theirs. The caller commits."""
    emptied = dict.fromkeys(("name", "website", "body", "spoils", "network", "writer_hash", "fingerprint"), "")
    left = {"state": "removed", "reason": TAKEN_BACK, "decided_at": moment, "body_html": Markup()}
    if there.state != "removed":
        left["state_before"] = there.state
    session.execute(_this(there.id).values(**emptied, **left))
    mail.subscribing.let_go(session, there.id)
    show_change(session, there, "removed")


def show_change(session: Session, there: Any, state: str) -> None:
    """Let readers see what became of a comment, where they see anything of it. The caller commits."""
    if "visible" in (there.state, state):
        mark_visible_change(session, of_comments=True)
    _count(session, there.review_id, int(state == "visible") - int(there.state == "visible"))


def forget_networks(session: Session, moment: datetime) -> None:
    """Let go of the networks of comments that are old enough. The caller commits."""
    session.connection().execute(_FORGET, {"before": moment - NETWORKS_KEPT})


def fingerprint(folded: str) -> str:
    """Return what is equal for texts that say the same; "" for a short one, which many people say.

    >>> said = "Cheap tickets, cheap tickets, cheap tickets here!", "cheap TICKETS; " * 3 + "here"
    >>> len(set(map(fingerprint, map(fold.fold, said))))
    1
    >>> fingerprint(fold.fold("Thank you!"))
    ''
    """
    return hashlib.sha256(folded.encode()).hexdigest()[:24] if len(folded) >= SHORT else ""


def _judge(new: Draft, sender: Sender, own_id: int = 0) -> spam.Judgement:
    if sender.is_author:
        return spam.Judgement("visible", "")
    history = queries.history(new.writer_hash, new.name, new.fingerprint, own_id)
    learnt = queries.learnt(new.words) if history.lessons >= bayes.ENOUGH else {}
    sent = spam.Sent(
        name=new.name,
        website=new.website,
        body=new.body,
        links=new.body_html.count("<a "),
        network=new.network,
        trap=sender.trap,
        seconds=sender.seconds,
        approvals=history.approvals,
        is_rejected=history.rejections > 0,
        repeats=history.repeats,
        likeness=bayes.likeness(new.words, learnt),
    )
    return spam.judge(sent, sender.rules)


def _count(session: Session, review_id: int | None, change: int) -> int:
    """Keep the number of a review's visible comments, and return it; 0 where nothing changed."""
    if not change or review_id is None:  # pages, whose comments came with an import, keep no number
        return 0
    return session.connection().execute(_COUNT, {"counted": review_id, "change": change}).scalar_one()


def _this(comment_id: int) -> sa.Update:
    return sa.update(Comment).where(Comment.id == comment_id).execution_options(synchronize_session=False)


# Built once: building them took longer than running them.
_STORE = sa.insert(COMMENTS).values({name: sa.bindparam(name) for name in STORED}).returning(COMMENTS.c.id)
_COUNT = (
    sa.update(REVIEWS)
    .where(Review.id == sa.bindparam("counted"))
    .values(comment_count=Review.comment_count + sa.bindparam("change"))
    .returning(Review.comment_count)
)
_FORGET = (
    sa.update(COMMENTS)
    .where(Comment.network != queries.NOTHING, Comment.posted_at < sa.bindparam("before"))
    .values(network="")
)
