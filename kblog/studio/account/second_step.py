"""The second step of the log-in: turning it on and off, and its recovery codes."""

from flask import current_app, flash, redirect, url_for
from werkzeug.wrappers import Response

from kblog import cache
from kblog.auth import author as authors
from kblog.auth import codes, seals
from kblog.db import db, now, reads_only
from kblog.language import gettext as _
from kblog.language import noted
from kblog.studio import access
from kblog.studio.forms import CodesForm, OffForm, OnForm

from .blueprint import bp
from .page import account_page
from .tries import confirm, note

NO_MATCH = noted("That code does not fit. It changes every 30 seconds, and the clock of your phone has to be right.")
TOO_LATE = noted("That took more than an hour. Here is a new code to scan.")


@bp.get("/account/second-step")
def second_step() -> Response:
    """Show a new secret, to be taken over by an app and confirmed by its first code."""
    if access.author().has_second_step:
        return redirect(url_for("studio.account.show"))
    return _secret_page(OnForm(formdata=None), codes.new_secret())


@bp.post("/account/second-step")
def turn_on() -> Response:
    """Ask for a code at every log-in from now on."""
    author, form = access.author(), OnForm()
    if author.has_second_step:
        flash(_("The second step is on already."))
        return redirect(url_for("studio.account.show"), 303)
    secret = seals.UNCONFIRMED.read(_key(), form.sealed.data or "")
    if not secret:
        form.code.errors = [_(TOO_LATE)]
        return _secret_page(form, codes.new_secret(), 422)
    if not form.validate():
        return _secret_page(form, secret, 422)
    step = codes.accepted_step(secret, form.code.data or "", now(), last_step=0)
    if not step:
        form.code.errors = [_(NO_MATCH)]
        return _secret_page(form, secret, 422)
    if refusal := confirm(form.password):
        return refusal.on(_secret_page(form, secret, refusal.status))
    new_codes = authors.turn_second_step_on(db.session(), secret, step)
    db.session.commit()
    note("second step on", who=author.name)
    return access.page("studio/account/codes.html", codes=new_codes, is_new=True)


@bp.post("/account/second-step/off")
def turn_off() -> Response:
    """Ask for the password alone from now on."""
    form = OffForm()
    if not form.validate():
        return account_page(422, off=form)
    if refusal := confirm(form.password):
        return refusal.on(account_page(refusal.status, off=form))
    authors.turn_second_step_off(db.session())
    db.session.commit()
    note("second step off", who=access.author().name)
    flash(_("The second step is off."))
    return redirect(url_for("studio.account.show"), 303)


@bp.post("/account/recovery-codes")
def renew_codes() -> Response:
    """Show ten new recovery codes; the old ones are worth nothing from here on."""
    form = CodesForm()
    if not access.author().has_second_step:
        return redirect(url_for("studio.account.show"), 303)
    if not form.validate():
        return account_page(422, codes=form)
    if refusal := confirm(form.password):
        return refusal.on(account_page(refusal.status, codes=form))
    new_codes = codes.new_recovery_codes(db.session())
    db.session.commit()
    note("recovery codes renewed", who=access.author().name)
    return access.page("studio/account/codes.html", codes=new_codes, is_new=False)


def _secret_page(form: OnForm, secret: str, status: int = 200) -> Response:
    form.sealed.data = seals.UNCONFIRMED.sign(_key(), secret)
    with reads_only():
        address = codes.address(secret, access.author().name, cache.site().name)
    return access.page("studio/account/turn_on.html", status, form=form, secret=secret, squares=codes.squares(address))


def _key() -> str:
    return current_app.config["SECRET_KEY"]
