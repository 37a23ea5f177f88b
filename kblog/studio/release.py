"""The page from which a review is published, taken back, featured and shown to a friend."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from wtforms import BooleanField, Form, RadioField
from wtforms.validators import ValidationError

from kblog import cache
from kblog.db import db, now, reads_only
from kblog.language import day, noted
from kblog.language import gettext as _
from kblog.models import Review

from . import findings, previews, publishing, queries, saving
from .editor import REVIEW
from .review_form import TELLS, Choice, Number, Words
from .sections import without_empty

CHANGED = noted("The review was saved since you opened this page. Look at it once more.")
BLOCKED = noted("Not published: first mend what stands under “Needed before publishing”.")
WHEN = "%Y-%m-%dT%H:%M"  # as a browser's field of day and time writes it

bp = Blueprint("release", __name__, url_prefix=REVIEW)


class ReleaseForm(Form):
    """When a review appears, and what its readers should know beforehand."""

    version = Number("Version")
    tells = Choice(noted("How far the unmarked text tells"), TELLS)
    tells_episode = Number(noted("Episode"))
    featured = BooleanField(noted("Begin the front page with it"))
    when = RadioField("When", choices={"now": "Now", "later": "Later"}, default="now")
    at = Words(noted("Day and time"))

    zone: ZoneInfo
    scheduled = ""  # what the field of day and time says of a review that is scheduled

    def validate_tells_episode(self, field: Number) -> None:
        if self.tells.data == "episode" and not 1 <= (field.data or 0) <= 9999:
            raise ValidationError(_("Up to which episode? Give its number."))

    def validate_at(self, field: Words) -> None:
        if self.when.data == "later" and (self.moment is None or self.moment <= now()):
            raise ValidationError(_("Give a day and a time that lie ahead."))
        if self.when.data == "now" and field.data.strip() not in ("", self.scheduled):
            raise ValidationError(_("You gave a day and a time. Choose Later, or empty this to publish now."))

    @property
    def moment(self) -> datetime | None:
        """The moment that was given, read in the site's time zone."""
        try:
            given = datetime.fromisoformat(self.at.data)
            return None if given.tzinfo else given.replace(tzinfo=self.zone).astimezone(UTC)
        except (ValueError, OverflowError):
            return None


@bp.get("/publish")
def show(review_id: int):
    """What to look at before readers do, where the review will be, and when."""
    review = queries.review(review_id) or abort(404)
    at = _scheduled(review)
    form = ReleaseForm(
        version=review.version,
        tells="episode" if review.tells.isdigit() else review.tells,
        tells_episode=int(review.tells) if review.tells.isdigit() else None,
        featured=review.featured,
        when="later" if at else "now",
        at=at,
    )
    return _page(review, form)


@bp.post("/publish")
def publish(review_id: int):
    """Make the review public, now or when its moment comes; nothing has to run for that."""
    form = ReleaseForm(request.form)
    with reads_only():  # a text is looked over and drawn before the writing begins
        review = queries.review(review_id) or abort(404)
        form.zone, form.scheduled = cache.site().zone, _scheduled(review)
        is_valid = form.validate()
        if form.version.data != review.version:
            return _page(review, form, 409, _(CHANGED))
        if form.when.data == "later" and review.state in ("published", "withdrawn"):
            said = _("Readers know its address already. Publish it now, or leave it withdrawn.")
            return _page(review, form, 422, said)
        document = saving.document_of(review)
        is_blocked = findings.found(review, document).is_blocked
        if not is_valid or is_blocked or review.state == "discarded":
            return _page(review, form, 422, _(BLOCKED) if is_blocked else "")
        tells = str(form.tells_episode.data) if form.tells.data == "episode" else form.tells.data
        document = replace(document, tells=tells or "", body=without_empty(document.body))
        saving.draw(document)
    review = queries.review(review_id) or abort(404)
    if form.version.data != review.version:  # saved a moment ago
        db.session.rollback()
        with reads_only():
            return _page(queries.review(review_id) or abort(404), form, 409, _(CHANGED))
    moment, was_public = now(), review.state == "published"
    at = _at(form, review, moment)
    publishing.publish(review, at)
    publishing.feature(review, bool(form.featured.data))
    saving.save(db.session(), review, document, moment, "published")
    db.session.commit()
    later = _("Scheduled. Readers will find it from %(moment)s on.", moment=_written(at))
    flash(later if at > moment else _("Saved.") if was_public else _("Published."))
    return redirect(url_for("studio.release.show", review_id=review_id), 303)


@bp.post("/withdraw")
def withdraw(review_id: int):
    """Take the review back: its address says so from now on; what was only scheduled is a draft again."""
    review = queries.review(review_id) or abort(404)
    was_public = review.state == "published"
    publishing.withdraw(review, now())
    saving.keep(db.session(), review, saving.document_of(review), now(), "withdrawn")
    db.session.commit()
    flash(_("Withdrawn. Its address answers 410: taken back.") if was_public else _("It is a draft again."))
    return redirect(url_for("studio.release.show", review_id=review_id), 303)


@bp.post("/feature")
def feature(review_id: int):
    """Begin the front page with this review, or with the newest one again."""
    review = queries.review(review_id) or abort(404)
    publishing.feature(review, not review.featured)
    db.session.commit()
    newest = _("The front page begins with the newest review.")
    flash(_("The front page begins with it.") if review.featured else newest)
    return redirect(url_for("studio.release.show", review_id=review_id), 303)


@bp.post("/discard")
def discard(review_id: int):
    """Put a draft away; it can be taken up again from the list."""
    review = queries.review(review_id) or abort(404)
    publishing.discard(review, now())
    db.session.commit()
    flash(_("“%(title)s” is put away. The list of reviews has it under “Put away”.", title=review.title))
    return redirect(url_for("studio.reviews.index"), 303)


@bp.post("/take-up")
def take_up(review_id: int):
    """Make what was put away a draft again."""
    review = queries.review(review_id) or abort(404)
    publishing.take_up(review)
    db.session.commit()
    flash(_("It is a draft again."))
    return redirect(url_for("studio.editor.edit", review_id=review_id), 303)


def _at(form: ReleaseForm, review: Review, moment: datetime) -> datetime:
    """Return since when readers find the review; one that was public keeps its day."""
    if form.when.data == "later" and form.moment:
        return form.moment
    return review.published_at if review.published_at and review.published_at <= moment else moment


def _scheduled(review: Review) -> str:
    """Write the moment a review waits for as the form does; "" where it waits for none."""
    if review.state != "scheduled" or not review.published_at:
        return ""
    return review.published_at.astimezone(cache.site().zone).strftime(WHEN)


def _written(moment: datetime) -> str:
    local = moment.astimezone(cache.site().zone)
    return _("%(day)s, %(time)s", day=day(local), time=f"{local:%H:%M}")


def _page(review: Review, form: ReleaseForm, status: int = 200, trouble: str = ""):
    form.version.raw_data, form.version.data = None, review.version
    found = findings.found(review, saving.document_of(review))
    context = {
        "review": review,
        "form": form,
        "trouble": trouble,
        "found": found,
        "anchors": {each.key: findings.anchor(each) for each in found.findings},
        "address": publishing.address(review, review.slug),
        "link": previews.link(review),
        "link_days": previews.LIFE.days,
    }
    return render_template("studio/release/show.html", **context), status
