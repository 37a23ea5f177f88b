"""The address at which a reader tells the author what is wrong with a comment."""

from flask import abort, redirect, request
from werkzeug.wrappers import Response
from wtforms import Field, Form, ValidationError

from kblog import htmx, limits
from kblog.addresses import url_for
from kblog.db import db, now, reads_only
from kblog.language import gettext as _
from kblog.language import noted

from . import moderating, queries, sheet, typed
from .forms import Typed
from .receiving import A_MINUTE, Refused
from .routes import COMMENT, bp, later, stored
from .threads import queries as threads

LONGEST_REASON = 500  # characters: the author reads many of them
FOR_ONE = (limits.Limit(5, 60), limits.Limit(20, 3600))  # reports from one network
FOR_ALL = (limits.Limit(30, 60),)  # reports on the whole site
TOO_MANY = noted("Several reports are arriving just now. Wait a little and send this one again; the text is kept.")


class ReportForm(Form):
    """Why the author should look at a comment."""

    reason = Typed()

    def validate_reason(self, field: Field) -> None:
        if not typed.says_something(field.data):
            raise ValidationError(_("Say in a few words what is wrong with it."))
        if len(field.data) > LONGEST_REASON:
            said = _(
                "Use at most %(most)s characters; these are %(number)s.",
                most=LONGEST_REASON,
                number=f"{len(field.data):,}",
            )
            raise ValidationError(said)


@bp.get(f"{COMMENT}/report")
def report(comment_id: int) -> Response:
    """The form in which a reader says what is wrong with a comment; or thanks for having done so."""
    return _page(_found(comment_id), ReportForm(), is_sent="sent" in request.args)


@bp.post(f"{COMMENT}/report")
def take_report(comment_id: int) -> Response:
    """Thanks; or the form again, with what is amiss."""
    with reads_only():
        there = _found(comment_id)
    form = ReportForm(request.form)
    if not form.validate():
        return _page(there, form, 422)
    try:
        with stored():
            _keep_to_the_limits()
            tells = sheet.tells_author()
            moderating.report(db.session(), comment_id, form.reason.data, now(), tells_author=tells)
    except Refused as refused:
        return later(refused, _page(there, form, refused.status, trouble=refused.sentence))
    if htmx.wants_fragment():
        return _page(there, form, 201, is_sent=True)
    return sheet.uncached(redirect(url_for("comments.report", comment_id=comment_id, sent=1), 303))


def _found(comment_id: int):
    return queries.reportable(comment_id) or abort(410 if threads.is_taken_back(comment_id) else 404)


def _keep_to_the_limits() -> None:
    if sheet.is_guarded():
        buckets = {f"report {limits.network(request.remote_addr)}": FOR_ONE, "report": FOR_ALL}
        if seconds := limits.take(db.session(), buckets, now()):
            minutes = -(-seconds // A_MINUTE)
            long = _(
                "You have sent many reports in an hour. Wait %(minutes)s minutes and send this one again.",
                minutes=minutes,
            )
            raise Refused(429, _(TOO_MANY) if seconds <= A_MINUTE else long, seconds)


def _page(there, form: ReportForm, status: int = 200, *, trouble: str = "", is_sent: bool = False) -> Response:
    address = f"/reviews/{there.slug}/" if there.slug else f"/pages/{there.page_slug}/"
    context = {"comment": there, "form": form, "trouble": trouble, "is_sent": is_sent, "longest": LONGEST_REASON}
    context["back"] = f"{address}#comment-{there.id}"
    return sheet.uncached(htmx.render("comments/report.html", "comments/_report.html", status, **context))
