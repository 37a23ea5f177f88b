"""What the author decides for the whole site: each group of settings is a form of its own on one page."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from wtforms import Field, Form, RadioField
from wtforms.validators import ValidationError

from kblog import cache, mail, mailbox
from kblog.auth.author import name_trouble
from kblog.comments import sheet
from kblog.db import db, now
from kblog.language import NAMES as LANGUAGES
from kblog.language import gettext as _
from kblog.language import noted
from kblog.models import Setting, Site

from . import access, zones
from .review_form import Words

LONGEST_DESCRIPTION = 500  # characters: it is printed on the front page and in what search engines show
LONGEST_LIST = 20_000  # characters: every comment is held against it
LONGEST_OPEN = 9999  # days
MODES = {
    "first": noted("The first comment of everybody, and what has two or more links"),
    "links": noted("Only what has two or more links, or looks like spam"),
    "all": noted("Every comment"),
    "none": noted("Nothing but what the lists below name"),
}

bp = Blueprint("settings", __name__, url_prefix="/settings")


def at_most(longest: int) -> Callable[[Form, Field], None]:
    """Make what refuses a longer text, in the language of the day."""

    def check(_form: Form, field: Field) -> None:
        if len(field.data) > longest:
            raise ValidationError(_("Use at most %(most)s characters.", most=longest))

    return check


class SiteForm(Form):
    """What the site is called, what it says of itself, who writes it, and where its days begin."""

    name = Words(noted("Name of the site"))
    description = Words(noted("Description"), [at_most(LONGEST_DESCRIPTION)])
    author = Words(noted("Your name, as readers see it"))
    language = Words(noted("Language of the pages"))
    time_zone = Words(noted("Time zone"))

    def validate_name(self, field: Words) -> None:
        _complain(name_trouble(field.data.strip()))

    def validate_author(self, field: Words) -> None:
        _complain(name_trouble(field.data.strip()) if field.data.strip() else "")

    def validate_language(self, field: Words) -> None:
        if not field.data:  # a form that was opened before there was a choice
            field.data = cache.site().language
        _complain("" if field.data in LANGUAGES else _("Choose one of the languages."))

    def validate_time_zone(self, field: Words) -> None:
        _complain("" if field.data in zones.names() else _("Choose a time zone from the list."))


class CommentsForm(Form):
    """Which comments wait for the author, and how long a review takes any."""

    mode = RadioField(noted("What waits until you have read it"), choices=MODES)
    words = Words(noted("Words that say a comment waits"), [at_most(LONGEST_LIST)])
    blocked = Words(noted("Block list"), [at_most(LONGEST_LIST)])
    days = Words(noted("Close the comments on a review after so many days"))

    def validate_days(self, field: Words) -> None:
        days = field.data.strip()
        is_number = days.isascii() and days.isdigit() and len(days) <= len(str(LONGEST_OPEN))
        if days and not (is_number and int(days)):
            most = f"{LONGEST_OPEN:,}"
            raise ValidationError(_("Give a number of days from 1 to %(most)s, or nothing for never.", most=most))

    @property
    def said(self) -> dict[str, str]:
        """Return the settings that the form says: lists with one entry a line, each of them once."""
        days = self.days.data.strip()
        return {
            "comment_mode": self.mode.data,
            "comment_words": _listed(self.words.data),
            "comment_blocked": _listed(self.blocked.data),
            "comment_days": str(int(days)) if days else "",
        }


class WritingForm(Form):
    """What the author never wants to write."""

    filler = Words(noted("Filler: phrases that sound like an advertisement"), [at_most(LONGEST_LIST)])


class MailForm(Form):
    """Where the author hears of what waits."""

    address = Words(noted("Your mail address"))

    def validate_address(self, field: Words) -> None:
        try:
            field.data = mailbox.address(field.data) if field.data.strip() else ""
        except ValueError as error:
            raise ValidationError(f"{error}") from None


@bp.get("/")
def show():
    """The settings."""
    return page()


@bp.post("/site")
@access.resumable
def update_site(form):
    """Call the site something else; every page shows it from then on."""
    sent, site = SiteForm(form), vars(cache.site())
    if not sent.validate():
        return page(422, site_form=sent)
    said = {name: text.strip() for name, text in sent.data.items()}
    change(db.session(), **{name: text for name, text in said.items() if text != site[name]})
    db.session.commit()
    flash(_("Saved. Every page shows it now."))
    return redirect(url_for("studio.settings.show", _anchor="site"), 303)


@bp.post("/comments")
@access.resumable
def update_comments(form):
    """Let other comments wait than before; what waits already goes on waiting."""
    sent, site = CommentsForm(form), vars(cache.site())
    if not sent.validate():
        return page(422, comments_form=sent)
    change(db.session(), **{name: text for name, text in sent.said.items() if text != site[name]})
    db.session.commit()
    flash(_("These rules hold for every comment from now on."))
    return redirect(url_for("studio.settings.show", _anchor="comments"), 303)


@bp.post("/writing")
@access.resumable
def update_writing(form):
    """Point other phrases out in the editor; no text is changed."""
    sent = WritingForm(form)
    if not sent.validate():
        return page(422, writing_form=sent)
    filler = _listed(sent.filler.data)
    change(db.session(), **({"filler": filler} if filler != cache.site().filler else {}))
    db.session.commit()
    said = _("The editor goes by this list from now on.") if filler else _("The editor goes by the usual list again.")
    flash(said)
    return redirect(url_for("studio.settings.show", _anchor="writing"), 303)


@bp.post("/mail")
@access.resumable
def update_mail(form):
    """Hear of what waits at another address, to which a first mail is sent at once; or at none."""
    sent = MailForm(form)
    if not sent.validate():
        return page(422, mail_form=sent)
    address = sent.address.data
    if address != cache.site().author_mail:
        change(db.session(), author_mail=address)
    if address and mail.is_on():
        mail.outbox.test(db.session(), now())
    db.session.commit()
    told = _("A mail is on its way to you: it says that this works.") if mail.is_on() else _("Saved.")
    flash(told if address else _("You hear of nothing by mail."))
    return redirect(url_for("studio.settings.show", _anchor="mail"), 303)


@bp.post("/moment")
@access.keeps_text
def moment():
    """What time it is in a zone, before it is chosen."""
    return render_template("studio/settings/_moment.html", moment=moment_in(request.form.get("time_zone", "")))


def change(session: Session, **settings: str) -> None:
    """Let the site's settings say this. The caller commits."""
    for name, value in settings.items():
        session.merge(Setting(name=name, value=value))


def moment_in(zone: str) -> datetime | None:
    """Return this moment as it is in a zone; None where there is no such zone."""
    return now().astimezone(ZoneInfo(zone)) if zone in zones.names() else None


def page(
    status: int = 200,
    *,
    site_form: SiteForm | None = None,
    comments_form: CommentsForm | None = None,
    writing_form: WritingForm | None = None,
    mail_form: MailForm | None = None,
):
    """Answer with every group of settings, one of them as it was sent."""
    site, rules = cache.site(), sheet.rules()
    site_form = site_form or SiteForm(data=vars(site) | {"time_zone": site.zone.key})
    lists = {"words": site.comment_words, "blocked": site.comment_blocked}
    zone = site_form.time_zone.data
    context = {
        "site_form": site_form,
        "comments_form": comments_form or CommentsForm(data={"mode": rules.mode, "days": site.comment_days, **lists}),
        "writing_form": writing_form or WritingForm(data={"filler": site.filler}),
        "mail_form": mail_form or MailForm(data={"address": site.author_mail}),
        "mail_is_on": mail.is_on(),
        "last_mail": mail.queries.last_to_author(),
        "zone_words": zones.words(zone),
        "moment": moment_in(zone),
        "regions": zones.by_region(),
        "languages": LANGUAGES,
        "usual": Site(),
        "is_zone_known": cache.site().time_zone in zones.names(),
    }
    return render_template("studio/settings/show.html", **context), status


def _listed(text: str) -> str:
    """Write a list with one entry a line, each of them once."""
    return "\n".join(dict.fromkeys(filter(None, map(str.strip, text.splitlines()))))


def _complain(trouble: str) -> None:
    if trouble:
        raise ValidationError(trouble)
