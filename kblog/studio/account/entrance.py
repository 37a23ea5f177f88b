"""The ways in and out: set-up, log-in in one step or two, log-out."""

from flask import current_app, redirect, request, url_for
from werkzeug.wrappers import Response

from kblog import auth
from kblog.auth import author as authors
from kblog.auth import cookies, log_in, passwords, queries, seals, sessions
from kblog.auth.log_in import Tries
from kblog.db import db, now, reads_only
from kblog.language import gettext as _
from kblog.language import noted
from kblog.studio import access
from kblog.studio.forms import LogInForm, SecondStepForm, SetUpForm
from kblog.studio.resuming import carried_back, finish
from kblog.transfer import samples

from .blueprint import bp
from .tries import Refusal, count, here, note, tries

NO_MATCH = noted("That name and password do not match.")
NO_CODE = noted("That code is not right, or it was used before. A new one comes every 30 seconds.")
TOO_LATE = noted("The code came too late. Sign in again.")
DEAD_LINK = (noted("That set-up link is not good any more."), noted("Start the site again: it prints a new one."))


@bp.get("/login")
def login() -> Response:
    """The log-in."""
    if auth.current():
        return redirect(_onward(request.args.get("next", "")))
    device = seals.HANDED_OVER.read(_key(), request.args.get("left", ""))
    form = LogInForm(formdata=None, next=request.args.get("next", ""))
    response = access.log_in_page(form, has_left=bool(device))
    if device:
        cookies.remember_device(response, device)
    return response


@bp.post("/login")
def enter() -> Response:
    """Name and password; then, where it is on, the second step."""
    return _second_step(SecondStepForm()) if "proof" in request.form else _first_step(LogInForm())


@bp.get("/setup")
def setup() -> Response:
    """The link that `make run` prints: who writes here."""
    if access.has_author():
        return redirect(url_for("studio.desk.show")) if auth.current() else access.refuse()
    form = SetUpForm(formdata=None, token=request.args.get("token", ""))
    if not seals.SET_UP.read(_key(), form.token.data or ""):
        return access.refused(*DEAD_LINK)
    return access.page("studio/account/setup.html", form=form)


@bp.post("/setup")
def begin() -> Response:
    """Make the author, once, and log them in."""
    form = SetUpForm()
    if access.has_author():
        return access.refuse()
    if not seals.SET_UP.read(_key(), form.token.data or ""):
        return access.refused(*DEAD_LINK)
    if not form.validate():
        return access.page("studio/account/setup.html", 422, form=form)
    password_hash = passwords.hashed(form.password.data or "", current_app.config["PASSWORD_COST"])
    name = (form.name.data or "").strip()
    try:
        authors.create(db.session(), name=name, password_hash=password_hash, moment=now(), stand_in=samples.AUTHOR)
    except authors.AlreadyThere:  # two had the link open
        db.session.rollback()
        return access.refuse()
    note("set-up", who=name)
    return _let_in(url_for("studio.desk.show"))


@bp.post("/logout")
def logout() -> Response:
    """Leave; a copy of the cookie is worth nothing from here on."""
    author = access.author()
    sessions.end(db.session(), author.session_id)
    db.session.commit()
    note("log-out", who=author.name)
    auth.end()
    # the next page gives the browser back what says that it is known: the header below takes that away too
    left = seals.HANDED_OVER.sign(_key(), cookies.known_device() or cookies.new_device())
    response = redirect(url_for("studio.account.login", left=left), 303)
    response.headers["Clear-Site-Data"] = '"cookies"'
    return response


@bp.post("/resume")
def resume() -> Response:
    """Send a form anew that was opened before the last log-in."""
    return _finished() or redirect(url_for("studio.desk.show"), 303)


def _first_step(form: LogInForm) -> Response:
    counted = tries("log-in")
    if refusal := count(counted):
        return _too_many(refusal, form)
    with reads_only():
        asked = queries.credentials()
    name, password = form.name.data or "", form.password.data or ""
    if asked is None or not log_in.is_author(asked, name, password):
        note("log-in refused", who=asked.name if asked and log_in.is_name(asked, name) else None)
        return access.log_in_page(form, 422, trouble=_(NO_MATCH), carried=carried_back())
    cost = current_app.config["PASSWORD_COST"]
    stronger = passwords.hashed(password, cost) if passwords.is_outdated(asked.password_hash, cost) else ""
    if not log_in.is_still(db.session(), asked, stronger):
        db.session.rollback()
        return access.log_in_page(form, 422, trouble=_(NO_MATCH), carried=carried_back())
    if not asked.totp_secret:
        return _let_in(form.next.data or "", counted)
    counted.succeed(db.session())
    db.session.commit()
    proof = seals.FIRST_STEP.sign(_key(), sessions.hash_of(stronger or asked.password_hash))
    return _second_page(SecondStepForm(formdata=None, proof=proof, next=form.next.data))


def _second_step(form: SecondStepForm) -> Response:
    counted = tries("code")
    if refusal := count(counted):
        return _too_many(refusal, form)
    asked = queries.credentials()  # in the writing transaction: of two who come with one code, one is let in
    proof = seals.FIRST_STEP.read(_key(), form.proof.data or "")
    if asked is None or not asked.totp_secret or proof != sessions.hash_of(asked.password_hash):
        db.session.rollback()
        late = LogInForm(formdata=None, next=form.next.data)
        return access.log_in_page(late, 401, trouble=_(TOO_LATE), carried=carried_back())
    by = log_in.second_step(db.session(), asked, form.code.data or "", now())
    if not by:
        db.session.rollback()
        note("code refused", who=asked.name)
        return _second_page(form, 422, trouble=_(NO_CODE))
    return _let_in(form.next.data or "", counted, by=by)


def _let_in(onward: str, counted: Tries | None = None, by: str = "password") -> Response:
    """Open a session for this browser, commit, and go on to where the author wanted to be."""
    before, session = auth.current(), db.session()
    if before:
        sessions.end(session, before.session_id)
    if counted:
        counted.succeed(session)
    token = sessions.open_session(session, now(), network=here(), user_agent=request.user_agent.string)
    db.session.commit()
    author = auth.begin(token)
    note("log-in", who=author.name, by=by)
    response = _finished() or redirect(_onward(onward), 303)
    cookies.remember_device(response, cookies.known_device() or cookies.new_device())
    return response


def _finished() -> Response | None:
    """Finish what came along, and return its answer; where that cannot be, show the text: it is not lost."""
    carried = carried_back()
    if not carried:
        return None
    return finish(carried) or access.page("studio/unfinished.html", 422, form=carried.form)


def _second_page(form: SecondStepForm, status: int = 200, trouble: str = "") -> Response:
    context = {"form": form, "trouble": trouble, "carried": carried_back()}
    return access.page("studio/account/second_step.html", status, **context)


def _too_many(refusal: Refusal, form: LogInForm | SecondStepForm) -> Response:
    """Say how long to wait; what was typed and what is carried stays, only the password does not."""
    if isinstance(form, SecondStepForm):
        return refusal.on(_second_page(form, refusal.status, refusal.words))
    context = {"trouble": refusal.words, "carried": carried_back()}
    return refusal.on(access.log_in_page(form, refusal.status, **context))


def _onward(text: str) -> str:
    return access.local_path(text) or url_for("studio.desk.show")


def _key() -> str:
    return current_app.config["SECRET_KEY"]
