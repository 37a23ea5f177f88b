"""The life of platforms: one closes or takes another name, and may turn out to go on."""

from flask import abort, flash, redirect, render_template, url_for
from werkzeug.datastructures import MultiDict
from wtforms import Form
from wtforms.validators import ValidationError

from kblog import ledger
from kblog.db import db, now, reads_only
from kblog.language import day as in_full
from kblog.language import gettext as _
from kblog.language import noted, plural
from kblog.models import Term
from kblog.reviews import queries as public
from kblog.reviews.routes import today
from kblog.slugs import slug as slug_of
from kblog.studio import access, changes
from kblog.studio.review_form import LINE, Day, Words
from kblog.transfer.filing import Terms
from kblog.vocabulary import PLATFORMS

from ..undoable import said, say_with_way_back
from . import queries
from .blueprint import bp

PLATFORM = "/platforms/<slug>"


class EndForm(Form):
    """When a platform ended, and what came after it."""

    active_to = Day(noted("Its last day"))
    successor = Words(noted("What came after it"), [LINE])

    own: Term | None = None

    def validate_active_to(self, field: Day) -> None:
        if not field.data and not field.process_errors:
            raise ValidationError(_("Give its last day."))
        if field.data and field.data > today():
            raise ValidationError(_("That day has not come yet. Until then its reviews can be watched there."))

    def validate_successor(self, field: Words) -> None:
        name = field.data.strip()
        if name and queries.platform(slug_of(named(name), "")) is self.own:
            raise ValidationError(_("It cannot come after itself."))


@bp.get("/platforms/")
def index_platforms() -> str:
    """Every platform, with how much is on it and whether it ended."""
    return render_template("studio/availability/platforms.html", platforms=queries.platforms())


@bp.get(f"{PLATFORM}/")
def show_platform(slug: str):
    """One platform, and the form that says that it ended."""
    platform = queries.platform(slug) or abort(404)
    successor = platform.successor.name if platform.successor else ""
    return page(platform, EndForm(data={"active_to": platform.active_to, "successor": successor}))


@bp.post(f"{PLATFORM}/")
@access.resumable
def end_platform(slug: str, form: MultiDict):
    """The platform, ended: what was there has left, its page explains, and it can be undone."""
    sent = EndForm(form)
    with reads_only():
        platform = queries.platform(slug) or abort(404)
        sent.own = platform
        if not sent.validate() or sent.active_to.data is None:
            return page(platform, sent, 422)
    platform = queries.platform(slug) or abort(404)
    name = named(sent.successor.data.strip())
    after = Terms(db.session(), is_whole=False).term("platform", name) if name else None
    rows = queries.entries_on(platform.id)
    left = changes.end(db.session(), platform, rows, sent.active_to.data, after, today(), now())
    number = len({row.review_id for row in left})
    reviews = plural(number, "review says now that it has left.", "reviews say now that it has left.")
    words = _(
        "%(name)s ended on %(day)s. %(reviews)s", name=platform.name, day=in_full(sent.active_to.data), reviews=reviews
    )
    db.session.commit()
    say_with_way_back(words, url_for("studio.availability.go_on", slug=platform.slug))
    return redirect(url_for("studio.availability.show_platform", slug=platform.slug), 303)


@bp.post(f"{PLATFORM}/go-on")
def go_on(slug: str):
    """The platform, which did not end after all, and its entries as they were."""
    platform = queries.platform(slug) or abort(404)
    back = changes.go_on(db.session(), platform, queries.changes_by_end(platform.id), now())
    number = len({change.review_id for change in back})
    reviews = plural(number, "review says what was said before.", "reviews say what was said before.")
    words = _("%(name)s goes on. %(reviews)s", name=platform.name, reviews=reviews)
    db.session.commit()
    flash(words)
    return redirect(url_for("studio.availability.show_platform", slug=platform.slug), 303)


def named(name: str) -> str:
    """Return a platform's own spelling of its name, else the name."""
    return ledger.platform(name) or name


def page(platform: Term, form: EndForm, status: int = 200):
    """Answer with one platform."""
    rows = queries.entries_on(platform.id)
    context = {"platform": platform, "form": form, "known": list(PLATFORMS), "today": today(), "said": said}
    context["is_public"] = public.term("platform", platform.slug) is not None
    context["counts"] = {each: sum(row.status == each for row in rows) for each in ledger.STATUSES}
    return render_template("studio/availability/platform.html", **context), status
