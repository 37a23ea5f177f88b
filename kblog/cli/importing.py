"""`flask transfer work`: what a process does that the server starts for an import of the studio."""

import contextlib
import gc
import logging
import os
import secrets
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from kblog import postgres
from kblog.backup.copying import snapshot
from kblog.db import alone_among_machines, db, is_on_server, now
from kblog.models import ImportJob
from kblog.storage import locked
from kblog.transfer import FORMATS, decisions, detect, jobs, loader, queries
from kblog.transfer.pictures import Bringing
from kblog.transfer.records import Entry, NotAnExport, Record, Text
from kblog.transfer.report import Report

from .upgrading import stand_at_head

LOCK = "import.lock"  # in the instance's folder: whoever takes something in holds it
BEAT = 3.0  # seconds between two signs of life
CYCLES = (50_000, 20, 50)  # trees of HTML are cyclic: looking for them a tenth as often saves a tenth of the time
PAUSE = 0.12  # seconds: who waits for SQLite's write lock looks for it every tenth of one
MOST_WITHOUT = 0.4  # seconds of writing from one pause to the next
REMEMBERED = 100  # reviews that came in and that the summary links to
BROKEN = "Something broke on our side. What came in until then stays; the server's log says what it was."

log = logging.getLogger(__name__)


class Stopped(Exception):
    """The server ended: whoever comes next goes on."""


class Unwanted(Exception):
    """The author said stop."""


@click.command("work", hidden=True)
@with_appcontext
def work() -> None:
    """Work on the import that the studio asked for, and remove what was sent in and forgotten."""
    gc.set_threshold(*CYCLES)
    stand_at_head()
    instance, session = current_app.config["KBLOG"].instance, db.session()
    going = jobs.sweep(session, instance, now())
    session.commit()
    for folder in going:
        shutil.rmtree(folder, ignore_errors=True)
    owner = secrets.token_hex(8)
    job = jobs.claim(session, instance, owner, now())
    session.commit()
    todo = Work(session, instance, job, owner) if job else None
    session.rollback()  # the write lock is for what is to be written
    if todo:
        todo.do()


class Work:
    """One process's work on one import: it looks the file through, or takes it in."""

    def __init__(self, session: Session, instance: Path, job: ImportJob, owner: str) -> None:
        self.session, self.instance, self.owner = session, instance, owner
        self.id, self.state, self.base_url = job.id, job.state, job.base_url
        self.path, self.furthest = jobs.path_of(job, instance), job.done
        self.gone_by = 0  # records
        self.came: list[str] = []  # references of the entries that went by
        self.is_unwanted = job.is_unwanted
        self.paused_at = time.monotonic()
        self.is_ending = threading.Event()  # of the process that started this one

    def do(self) -> None:
        """Work until there is a report, or all is in; what ends it before is written down, or left to the next."""
        with self._heard_of():
            try:
                self._step()
                self._look() if self.state == "looking" else self._take_in()
            except jobs.Lost:
                self.session.rollback()
            except Stopped:
                self.session.rollback()
                jobs.let_go(self.session, self.id, self.owner)
                self.session.commit()
            except Unwanted:
                self._end("cancelled")
            except NotAnExport as error:
                self.session.rollback()
                self._end("failed", str(error))
            except (SQLAlchemyError, sqlite3.Error, OSError):  # a full disk may have room later: it is tried again
                self.session.rollback()
                raise
            except Exception:
                self.session.rollback()
                log.exception("an import broke off")
                self._end("failed", BROKEN)

    def _look(self) -> None:
        """Take the file in for a trial: the report is the real run's, nobody waits, and nothing of it stays."""
        with self._trial() as copy:
            taking = loader.Loader(copy)
            for _ in taking.load(self._records()):
                self._note()
                self._step()
            media, report = current_app.config["KBLOG"].media, taking.report
            for _ in Bringing(copy, media, report, dry_run=True).from_albums(self.path):
                self._step()
            entries = queries.entries(copy, decisions.refs(report))
            copy.rollback()
        found: dict[str, Any] = {"counts": dict(report.counts), "remarks": jobs.written(report), "entries": entries}
        found["to_decide"] = decisions.reviews_among(report, entries)
        self._note(state="ready", found=found, total=self.gone_by, done=0)
        self._step()

    @contextlib.contextmanager
    def _trial(self) -> Iterator[Session]:
        """Give a session in which everything may be written, and that nobody else ever sees anything of.

        It writes into a copy: of SQLite's file, or on PostgreSQL tables of its own that hide those of their names.
        """
        if is_on_server():
            with Session(db.engine.execution_options(**{postgres.TAKES_TURN: False})) as trial:
                postgres.copy_tables(trial.connection(), db.metadata.sorted_tables)
                yield trial
            return
        path = self.path.parent / ".trial.db"
        with _removed_after(path):
            snapshot(Path(db.engine.url.database or ""), path)
            engine = sa.create_engine(sa.URL.create("sqlite", database=str(path)), hide_parameters=True)
            try:
                with Session(engine) as trial:
                    yield trial
            finally:
                engine.dispose()

    def _take_in(self) -> None:
        """Take the file in, and write down with each batch how far it is."""
        with self._in_turn():
            job = queries.job(self.session, self.id)
            notes = job.notes if job else {}
            before = jobs.read(job.numbers if job else {}, notes.get("remarks", {}))
            came, length = list(notes.get("came", [])), -1
            self.session.rollback()
            self.session.expire_on_commit = False  # what the loader knows outlasts each commit, also this one:
            taking = loader.Loader(self.session)
            self.session.commit()  # nobody waits while the file is read
            known = dict(taking.outcomes)
            for _ in taking.load(self._records()):
                report = jobs.together(before, taking.report)
                fresh = [ref for ref in self.came if ref not in known and taking.outcomes.get(ref) == "review"]
                came, self.came = [*came, *fresh][:REMEMBERED], []
                values: dict[str, Any] = {"numbers": dict(report.counts)}
                before_that, length = length, len(came) + sum(map(len, jobs.written(report).values()))
                if length != before_that:  # they may be long, and are the same for most batches
                    values["notes"] = {"remarks": jobs.written(report), "came": came}
                self._note(**values)
                try:
                    self._step()
                except Unwanted:
                    taking.terms.relabel()
                    raise
            bringing = Bringing(self.session, current_app.config["KBLOG"].media, taking.report, dry_run=False)
            for _ in bringing.from_albums(self.path):
                self._note_pictures(before, taking.report, came)
            self._note_pictures(before, taking.report, came)
        self._end("done")

    def _note_pictures(self, before: Report, report: Report, came: list[str]) -> None:
        told = jobs.together(before, report)
        self._note(numbers=dict(told.counts), notes={"remarks": jobs.written(told), "came": came})
        self._step()

    def _records(self) -> Iterator[Record]:
        """Give the file's records out; each batch is read before the first of it is given: no lock is held then."""
        records = FORMATS[detect(self.path)].read(self.path, base_url=self.base_url)
        while batch := list(islice(records, loader.BATCH)):
            for record in batch:
                self.gone_by += 1
                if isinstance(record, Entry | Text):
                    self.came.append(record.source_ref)
                yield record

    def _note(self, **values: Any) -> None:
        """Write down how far it is, commit what was done with it, and hear whether it is still wanted."""
        if self.gone_by > self.furthest:
            self.furthest = self.gone_by
            values = {"done": self.furthest, "tries": 0, **values}
        jobs.note(self.session, self.id, self.owner, now(), **values)
        self.is_unwanted = queries.is_unwanted(self.session, self.id)
        self.session.commit()
        if self.state == "running" and time.monotonic() - self.paused_at > MOST_WITHOUT:
            time.sleep(PAUSE)  # else a reader's comment would hardly ever find the lock free
            self.paused_at = time.monotonic()

    def _step(self) -> None:
        """Go no further where somebody said so."""
        if self.is_ending.is_set():
            raise Stopped
        if self.is_unwanted:
            raise Unwanted

    def _end(self, state: str, trouble: str = "") -> None:
        job = queries.job(self.session, self.id)
        if job and job.owner == self.owner:
            jobs.end(job, state, now(), trouble)
            self.session.commit()
            jobs.remove_file(job, self.instance)

    @contextlib.contextmanager
    def _heard_of(self) -> Iterator[None]:
        """Give a sign of life every few seconds, and look whether the server still runs."""
        engine, server, ended = db.engine, os.getppid(), threading.Event()

        def beat() -> None:
            while not ended.wait(BEAT):
                if os.getppid() != server:
                    self.is_ending.set()
                with contextlib.suppress(SQLAlchemyError), engine.begin() as connection:
                    connection.execute(jobs.beat(self.id, self.owner, now()))

        beating = threading.Thread(target=beat, name="beat", daemon=True)
        beating.start()
        try:
            yield
        finally:
            ended.set()
            beating.join()

    @contextlib.contextmanager
    def _in_turn(self) -> Iterator[None]:
        """Wait until an import of the command line has finished: two would each find the other's entries half-way."""
        while True:
            with locked(self.instance / LOCK) as is_mine, alone_among_machines(LOCK) as is_everywhere:
                if is_mine and is_everywhere:
                    yield
                    return
            self._note()
            self._step()
            time.sleep(1)


@contextlib.contextmanager
def _removed_after(database: Path) -> Iterator[None]:
    """Let a database be there meanwhile and not before or after."""
    files = [database.with_name(database.name + end) for end in ("", "-wal", "-shm")]
    for file in files:
        file.unlink(missing_ok=True)
    try:
        yield
    finally:
        for file in files:
            file.unlink(missing_ok=True)
