"""An import, page by page: what to send, what would come in, how far it is, and what came of it."""

from typing import Any, NamedTuple, cast
from urllib.parse import urlsplit

from flask import Response, abort, current_app, flash, redirect, render_template, request, url_for

from kblog import htmx
from kblog.db import LARGEST_ID, db, now, reads_only
from kblog.language import gettext as _
from kblog.language import noted
from kblog.models import ImportJob
from kblog.transfer import decisions, detect, jobs, queries
from kblog.transfer.archive import MAX_FILE
from kblog.transfer.records import NotAnExport
from kblog.transfer.report import ALWAYS, COUNTS, Report
from kblog.transfer.telling import SENTENCES
from kblog.uploads import Request

from .. import access
from ..moderation import queries as comments
from .blueprint import bp

TABS = {state: tab for tab, state in comments.TABS.items()}
JOB = f"/<int(max={LARGEST_ID}):job_id>/"
MOST_LISTED = 100  # entries under one heading, and reviews that came in: the rest is counted
MOST_PAST = 10  # imports that are over
LONGEST_ADDRESS = 300  # characters
ANOTHER = noted("Another import is not finished. Finish it first, or stop it.")
NO_FILE = noted("Choose the file that your old blog gave you.")
NO_ADDRESS = noted("Give the old blog's address, such as https://name.blogspot.com, or leave this empty.")


class Shown(NamedTuple):
    """An entry as a page names it; it leads nowhere while it is not here."""

    title: str
    name: str
    address: str

    @classmethod
    def of(cls, entry: queries.Entry, is_here: bool = True) -> "Shown":
        return cls(entry.title, entry.name, address_of(entry) if is_here else "")


@bp.get("/")
def index():
    """Where an import begins, and which there were."""
    return form_page()


@bp.post("/")
@access.takes_file(MAX_FILE)
def create():
    """Take a file in and look at what it is; what it holds is looked through afterwards."""
    sent, written = request.files.get("file"), request.form.get("base_url", "").strip()
    address, errors = address_in(written), {}
    if sent is None or not sent.filename:
        errors["file"] = _(NO_FILE)
    if written and not address:
        errors["base_url"] = _(NO_ADDRESS)
    if errors or sent is None:
        return form_page(422, errors=errors, base_url=written)
    ours = cast(Request, request)
    path = ours.path_of(sent)
    try:
        detect(path)
        folder = path.parent.name
        job = jobs.begin(db.session(), name=path.name, folder=folder, base_url=address, moment=now())
    except NotAnExport as error:
        return form_page(422, errors={"file": SENTENCES.told(str(error))}, base_url=written)
    except jobs.Busy:
        db.session.rollback()
        return form_page(409, errors={"file": _(ANOTHER)}, base_url=written)
    to = url_for("studio.importing.show", job_id=job.id)
    db.session.commit()
    ours.keep(path)
    return redirect(to, 303)


@bp.get(JOB)
def show(job_id: int):
    """How an import stands: being looked through, waiting for the author, running, or over."""
    job = find(job_id)
    if job.is_at_work:
        seen, quarter = request.args.get("seen", 0, type=int), quarter_of(job)
        context = {"job": job, "counted": progress(job), "quarter": quarter, "is_news": quarter > seen}
        return htmx.render("studio/importing/at_work.html", "studio/importing/_moved.html", **context)
    if htmx.wants_fragment():
        return htmx.redirect(url_for("studio.importing.show", job_id=job_id), 200)
    return render_template(f"studio/importing/{'report' if job.state == 'ready' else 'summary'}.html", **told(job))


@bp.post(f"{JOB}start")
def start(job_id: int) -> Response:
    """Let what was reported come in."""
    jobs.start(find(job_id))
    db.session.commit()
    return to_job(job_id)


@bp.post(f"{JOB}stop")
def stop(job_id: int) -> Response:
    """Let no more come in; what came in stays."""
    job = find(job_id)
    jobs.stop(job, now())
    is_over = job.is_over
    db.session.commit()
    if is_over:
        jobs.remove_file(job, current_app.config["KBLOG"].instance)
    else:
        flash(_("It stops as soon as what is in hand is done."))
    return to_job(job_id)


def address_of(entry: queries.Entry) -> str:
    """Return where the author decides about what an entry of the export became."""
    if entry.kind == "review":
        return url_for("studio.editor.edit", review_id=entry.id)
    if entry.kind == "page":
        return url_for("studio.pages.edit", page_id=entry.id)
    return url_for("studio.comments.index", state=TABS[entry.state], q=entry.name, _anchor=f"queued-{entry.id}")


def find(job_id: int) -> ImportJob:
    """Find an import; answer 404 where there is none."""
    return queries.job(db.session(), job_id) or abort(404)


def to_job(job_id: int) -> Response:
    """Go on to the page of an import."""
    return cast(Response, redirect(url_for("studio.importing.show", job_id=job_id), 303))


def form_page(status: int = 200, *, errors: dict[str, str] | None = None, base_url: str = "") -> tuple[str, int]:
    """Answer with the form for a file, or with the import that has to be finished before."""
    with reads_only():
        context = {
            "current": queries.current(db.session()),
            "past": queries.last(db.session(), MOST_PAST),
            "errors": errors or {},
            "base_url": base_url,
            "most_bytes": MAX_FILE,
        }
        return render_template("studio/importing/index.html", **context), status


def address_in(text: str) -> str:
    """Return the address of a blog as somebody types it, with its scheme; "" where it is none.

    >>> address_in("salt-notes.blogspot.com"), address_in("https://salt.example/"), address_in("salt notes")
    ('https://salt-notes.blogspot.com', 'https://salt.example/', '')
    """
    whole = text if "://" in text else f"https://{text}"
    try:
        parts = urlsplit(whole)
        host = parts.hostname or ""
    except ValueError:  # brackets that do not close
        return ""
    is_address = parts.scheme in ("http", "https") and "." in host and host.isprintable() and " " not in whole
    return whole if is_address and len(whole) <= LONGEST_ADDRESS else ""


def quarter_of(job: ImportJob) -> int:
    """Return which quarter of a running import is done, in percent: what is said aloud is said at these alone."""
    return min(job.done * 4 // job.total, 4) * 25 if job.total and job.state == "running" else 0


def progress(job: ImportJob) -> list[tuple[int, int, str]]:
    """Return what has come in and what there is of it: reviews, pages and comments."""
    of = job.found.get("counts", {})
    return [(job.numbers.get(name, 0), of[name], name) for name in ALWAYS if of.get(name)]


def told(job: ImportJob) -> dict[str, Any]:
    """Return what a page says of an import that nobody works on: what was found, or what came in."""
    is_ahead = job.state == "ready"
    counts = job.found.get("counts", {}) if is_ahead else job.numbers
    report = jobs.read(counts, job.found.get("remarks", {}) if is_ahead else job.notes.get("remarks", {}))
    groups = decisions.groups(report)
    if is_ahead:
        entries, came = {ref: queries.Entry(*entry) for ref, entry in job.found.get("entries", {}).items()}, []
    else:
        came = job.notes.get("came", [])[:MOST_LISTED]
        listed = [each.ref for group in groups for each in group.decisions[:MOST_LISTED]]
        entries = queries.entries(db.session(), [*came, *listed])
    return {
        "job": job,
        "report": report,
        "numbers": numbers(report),
        "groups": groups,
        "entries": {ref: Shown.of(entry, not is_ahead) for ref, entry in entries.items()},
        "to_decide": job.found.get("to_decide", 0),
        "came": [Shown.of(entries[ref]) for ref in came if ref in entries],
        "most_listed": MOST_LISTED,
    }


def numbers(report: Report) -> list[tuple[int, str]]:
    """Return the counts of a report with their words, those alone that say something."""
    return [(report.counts[name], words) for name, words in COUNTS.items() if report.counts[name] or name in ALWAYS]


bp.add_app_template_filter(SENTENCES.told, "import_told")
