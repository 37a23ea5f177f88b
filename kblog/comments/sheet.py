"""A comment form and all that belongs to it: the review, the comment that is answered, and who writes."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from flask import abort, current_app, request
from werkzeug.wrappers import Response

from kblog import auth, cache, htmx, limits, mail
from kblog.db import LARGEST_ID, now, reads_only
from kblog.language import gettext as _
from kblog.language import noted

from . import ownership, posting, queries, spam, stamps
from .forms import CommentForm

PUBLISHED = noted("Your comment has been read and is published.")
HELD = noted("Thank you. Your comment will appear once it has been read.")


@dataclass(frozen=True)
class Sheet:
    """A form that is opened or was sent, with what is known of it."""

    review: queries.Subject
    form: CommentForm
    parent: Any
    writer: ownership.Writer
    author: Any
    age: timedelta | None
    moment: datetime


def opened(slug: str) -> Sheet:
    """Find the review, and read the form as it was sent or as it is opened: at most four queries."""
    site, moment, author = cache.site(), now(), auth.current()
    review = queries.subject(slug, site.comment_days) or abort(404)
    writer, is_sent = ownership.current(), request.method == "POST"
    age = stamps.age(secret(), request.form.get("stamp", ""), moment) if is_sent else None
    remembered = {"name": writer.name, "website": writer.website, "parent": request.args.get("parent")}
    form = CommentForm(
        request.form if is_sent else None,
        data=None if is_sent else remembered,
        author_name=site.author,
        is_author=author is not None,
        age=age,
        is_timed=is_guarded() and author is None,
        takes_mail=mail.is_on(),
    )
    number = form.parent_id
    parent = queries.answerable(review.id, number) if number is not None else None
    form.is_orphan = number is not None and parent is None
    if form.is_orphan and not is_sent:
        abort(404)
    if is_sent and writer == ownership.NOBODY:
        writer = ownership.newcomer(form.stamp.data, form.key.data)
    return Sheet(review, form, parent, writer, author, age, moment)


def drafted(sheet: Sheet) -> posting.Draft:
    """Write down what was sent: the slow part, for which no transaction is open."""
    form, author = sheet.form, sheet.author
    return posting.draft(
        review_id=sheet.review.id,
        parent=sheet.parent,
        key=form.key.data,
        name=(cache.site().author or author.name) if author else form.name.data,
        website="" if author else form.website.data,
        body=form.body.data,
        spoils=form.spoils.data,
        writer_hash="" if author else sheet.writer.hash,
        network=limits.network(request.remote_addr),
        address=form.email.data.strip(),
    )


def sender(sheet: Sheet) -> posting.Sender:
    """Say who sends it, and how it comes."""
    return posting.Sender(
        moment=sheet.moment,
        rules=rules(),
        is_author=sheet.author is not None,
        trap=sheet.form.homepage_url.data,
        seconds=int(sheet.age.total_seconds()) if sheet.form.is_timed and sheet.age is not None else None,
        tells_author=tells_author(),
    )


def shown(sheet: Sheet, status: int = 200, *, held_id: int | None = None, **more: Any) -> Response:
    """Answer with the form: as a page with what its writer posted here before, or as the fragment in a thread."""
    context = around(sheet) | more
    if not htmx.wants_fragment():
        before = min(request.args.get("before", LARGEST_ID, type=int), LARGEST_ID)
        with reads_only():
            rows = queries.own(sheet.review.id, sheet.writer.hash, by_author=sheet.author is not None, before=before)
        context["own"] = [ownership.Own(row, sheet.moment) for row in rows[-queries.OWN_SHOWN :]]
        context["has_older"] = len(rows) > queries.OWN_SHOWN
        if held_id is not None:
            sought = next((row for row in rows if row.id == held_id), None)
            is_there = sought is not None and sought.state == "visible"
            context["note"] = _(PUBLISHED if is_there else HELD)
            context["reasons"] = sought.reason.splitlines() if sought and not is_there else []
    return uncached(htmx.render("comments/new.html", "comments/_form.html", status, **context))


def around(sheet: Sheet) -> dict[str, Any]:
    """Return what the form is drawn from; what was sent stays in it, and so does a stamp that is still good."""
    form, age = sheet.form, sheet.age
    if stamps.is_good(age):
        stamp = form.stamp.data
    else:  # whoever was late has waited long enough to send it again at once
        opened_at = sheet.moment - timedelta(seconds=spam.SOONEST) if age and age > stamps.GOOD_FOR else sheet.moment
        stamp = stamps.issue(secret(), opened_at)
    return {
        "review": sheet.review,
        "form": form,
        "parent": sheet.parent,
        "author": sheet.author,
        "own_id": form.parent_id or "new",
        "key": form.key.data if form.key.data and not form.key.errors else secrets.token_urlsafe(16),
        "stamp": stamp,
        "mode": rules().mode,
    }


def emptied(sheet: Sheet) -> Sheet:
    """Return the form as it is opened for the next comment of the same writer."""
    kept = {"name": sheet.form.name.data, "website": sheet.form.website.data}
    form = CommentForm(
        data=kept,
        author_name="",
        is_author=sheet.author is not None,
        age=None,
        is_timed=False,
        takes_mail=sheet.form.takes_mail,
    )
    return replace(sheet, form=form, parent=None, age=None)


def rules() -> spam.Rules:
    """Return which comments wait: the studio's settings, once saved, else the environment's."""
    site, config = cache.site(), current_app.config["KBLOG"]
    mode = site.comment_mode if site.comment_mode in spam.MODES else config.moderation
    return spam.Rules(mode, tuple(site.comment_words.splitlines()), tuple(site.comment_blocked.splitlines()))


def tells_author() -> bool:
    """Whether the author hears by mail of what waits."""
    return mail.is_on() and bool(cache.site().author_mail)


def is_guarded() -> bool:
    """Whether forms are timed and posts are limited; for load tests neither is."""
    return current_app.config["KBLOG"].guard


def secret() -> str:
    return current_app.config["SECRET_KEY"]


def uncached(response: Response) -> Response:
    """Let nobody keep an answer that is one writer's own."""
    response.headers["Cache-Control"] = "no-store"
    return response
