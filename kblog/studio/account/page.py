"""The account's page: password and open sessions."""

from typing import Any

from flask import current_app, flash, redirect, url_for
from werkzeug.wrappers import Response

from kblog.auth import author as authors
from kblog.auth import passwords, queries, sessions
from kblog.db import LARGEST_ID, db, now, reads_only
from kblog.language import gettext as _
from kblog.language import plural
from kblog.studio import access
from kblog.studio.forms import CodesForm, OffForm, PasswordForm

from .blueprint import bp
from .tries import confirm, note


@bp.get("/account/")
def show() -> Response:
    """The account."""
    return account_page()


@bp.post("/account/password")
def change_password() -> Response:
    """Change the password; whoever else is logged in no longer is."""
    author, form = access.author(), PasswordForm()
    if not form.validate():
        return account_page(422, password=form)
    if refusal := confirm(form.present):
        return refusal.on(account_page(refusal.status, password=form))
    password_hash = passwords.hashed(form.new.data or "", current_app.config["PASSWORD_COST"])
    ended = authors.change_password(db.session(), password_hash, keep=author.session_id)
    db.session.commit()
    note("password changed", who=author.name, ended=ended)
    flash(_("The password is changed. %(ended)s", ended=_ended(ended)))
    return redirect(url_for("studio.account.show"), 303)


@bp.post(f"/account/sessions/<int(max={LARGEST_ID}):session_id>/end")
def end_session(session_id: int) -> Response:
    """Sign one browser out."""
    is_ended = sessions.end(db.session(), session_id)
    db.session.commit()
    note("session ended", who=access.author().name, ended=int(is_ended))
    flash(_("That session is ended.") if is_ended else _("That session had ended already."))
    return redirect(url_for("studio.account.show"), 303)


@bp.post("/account/sessions/end-others")
def end_others() -> Response:
    """Sign every other browser out."""
    author = access.author()
    ended = sessions.end_others(db.session(), author.session_id)
    db.session.commit()
    note("session ended", who=author.name, ended=ended)
    flash(_ended(ended))
    return redirect(url_for("studio.account.show"), 303)


def account_page(status: int = 200, **forms: Any) -> Response:
    """Show the account; a form that was sent and will not do is given as it is."""
    blank = {
        "password": PasswordForm(formdata=None),
        "off": OffForm(formdata=None),
        "codes": CodesForm(formdata=None),
    }
    with reads_only():
        opened = queries.open_sessions(now() - sessions.ABSOLUTE)
        codes_left = queries.unused_codes()
    context = {"sessions": opened, "codes_left": codes_left, "idle": sessions.IDLE, "absolute": sessions.ABSOLUTE}
    return access.page("studio/account/show.html", status, **context, **(blank | forms))


def _ended(number: int) -> str:
    ended = plural(number, "other session")
    return _("%(sessions)s ended.", sessions=ended) if number else _("No other session was open.")
