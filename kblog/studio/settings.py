"""What the author decides for the whole site: each group of settings is a form of its own on one page."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from wtforms import Form
from wtforms.validators import Length, ValidationError

from kblog import cache
from kblog.auth.author import name_trouble
from kblog.db import db, now
from kblog.models import Setting, Site

from . import access, zones
from .review_form import Words

LONGEST_DESCRIPTION = 500  # characters: it is printed on the front page and in what search engines show
TOO_LONG = "Use at most %(max)d characters."

bp = Blueprint("settings", __name__, url_prefix="/settings")


class SiteForm(Form):
    """What the site is called, what it says of itself, who writes it, and where its days begin."""

    name = Words("Name of the site")
    description = Words("Description", [Length(max=LONGEST_DESCRIPTION, message=TOO_LONG)])
    author = Words("Your name, as readers see it")
    time_zone = Words("Time zone")

    def validate_name(self, field: Words) -> None:
        _complain(name_trouble(field.data.strip()))

    def validate_author(self, field: Words) -> None:
        _complain(name_trouble(field.data.strip()) if field.data.strip() else "")

    def validate_time_zone(self, field: Words) -> None:
        _complain("" if field.data in zones.names() else "Choose a time zone from the list.")


@bp.get("/")
def show():
    """The settings."""
    site = cache.site()
    return page(SiteForm(data=vars(site) | {"time_zone": site.zone.key}))


@bp.post("/site")
@access.resumable
def update_site(form):
    """Call the site something else; every page shows it from then on."""
    sent, site = SiteForm(form), vars(cache.site())
    if not sent.validate():
        return page(sent, 422)
    said = {name: text.strip() for name, text in sent.data.items()}
    change(db.session(), **{name: text for name, text in said.items() if text != site[name]})
    db.session.commit()
    flash("Saved. Every page shows it now.")
    return redirect(url_for("studio.settings.show", _anchor="site"), 303)


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


def page(site_form: SiteForm, status: int = 200):
    """Answer with every group of settings, one of them as it was sent."""
    zone = site_form.time_zone.data
    context = {
        "site_form": site_form,
        "zone_words": zones.words(zone),
        "moment": moment_in(zone),
        "regions": zones.by_region(),
        "usual": Site(),
        "is_zone_known": cache.site().time_zone in zones.names(),
    }
    return render_template("studio/settings/show.html", **context), status


def _complain(trouble: str) -> None:
    if trouble:
        raise ValidationError(trouble)
