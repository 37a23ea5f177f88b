"""How an import of the studio goes from one state to the next, and whose it is meanwhile; the caller commits."""

import shutil
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from kblog.models import ImportJob

from . import queries
from .report import Report

FOLDER = "imports"  # in the instance's folder: what was sent in, while it is needed
SILENT = timedelta(seconds=30)  # without a sign of life, after which an owner is taken for dead
MOST_TRIES = 5  # at the same place; then something about the file ends whoever reads it
KEPT = timedelta(days=1)  # a file that nobody decides about
TWICE_SAID = ("samples_kept",)  # what each run of one import counts again
LEFT = "Nobody decided about it for a day, so the file was removed. Nothing was written."
GAVE_UP = "It broke off five times at the same place. What came in until then stays; the server's log says more."


class Busy(ValueError):
    """Another import is not over."""


class Lost(Exception):
    """Somebody else works on it now: what was done since the last commit is to be forgotten."""


def begin(session: Session, *, name: str, folder: str, base_url: str, moment: datetime) -> ImportJob:
    """Note that a file came; raise Busy while another import is not over."""
    if queries.current(session):
        raise Busy("Another import is not finished.")
    job = ImportJob(name=name, folder=folder, base_url=base_url, begun_at=moment)
    session.add(job)
    session.flush()
    return job


def start(job: ImportJob) -> None:
    """Let what was reported be taken in; once begun, it is begun."""
    if job.state == "ready":
        job.state, job.owner, job.done, job.tries = "running", "", 0, 0


def stop(job: ImportJob, moment: datetime) -> None:
    """Let no more come in; where somebody works on it, they end it after what they have in hand."""
    is_in_hand = job.is_at_work and job.owner and job.beat_at and job.beat_at > moment - SILENT
    if is_in_hand:
        job.is_unwanted = True
    elif not job.is_over:
        end(job, "cancelled", moment)


def end(job: ImportJob, state: str, moment: datetime, trouble: str = "") -> None:
    """Let nothing more be done about it."""
    job.state, job.ended_at, job.trouble, job.owner = state, moment, trouble, ""


def claim(session: Session, instance: Path, owner: str, moment: datetime) -> ImportJob | None:
    """Take on what waits to be worked on; None where nothing does, or where somebody else was faster."""
    job = queries.claimable(session, moment - SILENT, folders(instance))
    if job is None:
        return None
    if job.tries >= MOST_TRIES:
        end(job, "failed", moment, GAVE_UP)
        return None
    free = sa.or_(ImportJob.owner == "", ImportJob.beat_at < moment - SILENT)
    taking = sa.update(ImportJob).where(ImportJob.id == job.id, free)
    taken = session.execute(taking.values(owner=owner, beat_at=moment, tries=ImportJob.tries + 1))
    return job if taken.rowcount else None  # pyright: ignore[reportAttributeAccessIssue]


def let_go(session: Session, job_id: int, owner: str) -> None:
    """Leave it to whoever comes next, at once: nothing was wrong with it."""
    mine = sa.update(ImportJob).where(ImportJob.id == job_id, ImportJob.owner == owner)
    session.execute(mine.values(owner="", tries=0))


def note(session: Session, job_id: int, owner: str, moment: datetime, **values: Any) -> None:
    """Write down how far it is, in the transaction of what was done; raise Lost where it is somebody else's now."""
    mine = sa.update(ImportJob).where(ImportJob.id == job_id, ImportJob.owner == owner)
    noted = session.execute(mine.values(beat_at=moment, **values).execution_options(synchronize_session=False))
    if not noted.rowcount:  # pyright: ignore[reportAttributeAccessIssue]
        raise Lost


def beat(job_id: int, owner: str, moment: datetime) -> sa.Update:
    """Return the statement by which an owner says that it is alive."""
    return sa.update(ImportJob).where(ImportJob.id == job_id, ImportJob.owner == owner).values(beat_at=moment)


def path_of(job: ImportJob, instance: Path) -> Path:
    """Return where its file lies."""
    return instance / FOLDER / job.folder / job.name


def remove_file(job: ImportJob, instance: Path) -> None:
    """Remove what was sent in."""
    shutil.rmtree(instance / FOLDER / job.folder, ignore_errors=True)


def folders(instance: Path) -> list[str]:
    """Name the folders of the files that were sent in here."""
    try:
        return [each.name for each in (instance / FOLDER).iterdir()]
    except OSError:  # nothing was ever sent in
        return []


def old_folders(instance: Path) -> list[Path]:
    """Return the folders of files that nothing was done about for a day, wherever they came from."""
    try:
        found = [each for each in (instance / FOLDER).iterdir() if each.is_dir()]
        return [each for each in found if time.time() - each.stat().st_mtime > KEPT.total_seconds()]
    except OSError:  # there is none, or it went meanwhile
        return []


def sweep(session: Session, instance: Path, moment: datetime) -> list[Path]:
    """End what nobody decided about, and return the folders that can go once that is committed."""
    resting, at_work = queries.at_rest(session), queries.folders_at_work(session)
    going = [folder for folder in old_folders(instance) if folder.name not in at_work]
    for folder in going:
        if folder.name in resting and (job := queries.job(session, resting[folder.name])):
            end(job, "cancelled", moment, LEFT)
    return going


def written(report: Report) -> dict[str, Any]:
    """Return a report's remarks as they are kept; its counts are kept beside them."""
    return {each.name: getattr(report, each.name) for each in fields(report) if each.name != "counts"}


def read(counts: Mapping[str, int], remarks: Mapping[str, Any]) -> Report:
    """Return a report that was kept."""
    kept: dict[str, Any] = {
        each.name: [tuple(item) if isinstance(item, list) else item for item in remarks.get(each.name, ())]
        for each in fields(Report)
        if each.name != "counts"
    }
    return Report(counts=Counter(counts), **kept)


def together(before: Report, since: Report) -> Report:
    """Return what an import did that was broken off and gone on with, as if it had been done in one go.

    Each run goes through the whole file, so what it passes by, skips or says of the file it finds again; only what the
    runs before took in themselves is no entry "that was here already".
    """
    counts = before.counts + since.counts
    counts |= {name: max(before.counts[name], since.counts[name]) for name in TWICE_SAID}
    taken = sum(before.counts[name] for name in ("reviews", "pages", "comments"))
    counts["already"] = max(since.counts["already"] - taken, 0)
    counts["skipped"] = since.counts["skipped"]
    of_entries = ("warnings", "losses", "without_overview")
    added = {name: list(dict.fromkeys([*getattr(before, name), *getattr(since, name)])) for name in of_entries}
    return Report(counts=counts, remarks=since.remarks, skipped=since.skipped, **added)
