"""Small jobs that nobody waits for: one thread in each process does them, one after the other."""

import atexit
import contextlib
import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask

from kblog.db import db

PATIENCE = 5  # seconds for the job at hand when the process ends: one that is broken off is taken up by another
AGAIN = 60  # seconds after a job that failed
SAID_EVERY = 3600  # seconds between two reports of the same trouble in the log

Work = Callable[[], object]

log = logging.getLogger(__name__)


@dataclass
class Job:
    """A job and when it is due next, by the clock that never goes back."""

    work: Work
    every: float
    due_at: float
    at_the_end: bool
    trouble: str = ""
    said_at: float = 0.0


class Background:
    """The jobs of one process, and the thread that does them.

    Every process of the site has one: a job that several may not do twice claims what it works on by an UPDATE on its
    own row, so that one who is killed can be followed by another.
    """

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.jobs: dict[str, Job] = {}
        self.changed = threading.Condition()
        self.is_allowed = self.is_ended = False
        self.thread: threading.Thread | None = None

    def add(self, name: str, work: Work, *, every: float, at_the_end: bool = False) -> None:
        """Let a job be done every so many seconds, when it is wanted, and perhaps once more when the process ends.

        `work` is called in an app's context and with no transaction open, commits by itself, and returns whether more
        of it waits: then its turn comes again after the other jobs.
        """
        self.jobs[name] = Job(work, every, time.monotonic() + every, at_the_end)

    def want(self, name: str) -> None:
        """Let a job be done as soon as may be: something waits for it. Call it after the commit."""
        with self.changed:
            self.jobs[name].due_at = time.monotonic()
            self.changed.notify()
        self.begin()

    def allow(self, *, at_once: bool) -> None:
        """Let this process have the thread, which begins now or, in a process that forks, when something is wanted."""
        self.is_allowed = True
        atexit.register(self.end)
        if at_once:
            self.begin()

    def begin(self) -> None:
        """Begin the thread, where this process may have one and has none."""
        if self.thread is not None or not self.is_allowed:
            return
        with self.changed:
            if self.thread is None:
                self.thread = threading.Thread(target=self._work, name="background", daemon=True)
                self.thread.start()

    def end(self) -> None:
        """Begin no other job, wait a moment for the one at hand, and do what has to be done at the end."""
        with self.changed:
            self.is_ended = True
            self.changed.notify()
        if self.thread:
            self.thread.join(PATIENCE)
        for name, job in self.jobs.items():
            if job.at_the_end:
                self.do(name)

    def do(self, name: str) -> bool:
        """Do one job now, in this thread, and return whether more of it waits; what goes wrong is logged."""
        job = self.jobs[name]
        try:
            with self.app.app_context():
                try:
                    waits = bool(job.work())
                finally:
                    db.session.remove()
        except Exception as error:
            job.due_at = time.monotonic() + max(job.every, AGAIN)
            words, moment = f"{type(error).__name__}: {error}", time.monotonic()
            if words != job.trouble or moment - job.said_at > SAID_EVERY:
                job.trouble, job.said_at = words, moment
                log.exception("a job in the background failed", extra={"facts": {"job": name}})
            return False
        job.trouble = ""
        return waits

    def _work(self) -> None:
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)  # of this thread alone: readers come first
        while name := self._next():
            if self.do(name):
                self.jobs[name].due_at = time.monotonic()  # behind those that have waited longer

    def _next(self) -> str:
        """Wait for the job that has been due for longest, and put its next time down; nothing when the process ends."""
        with self.changed:
            while not self.is_ended:
                moment = time.monotonic()
                name = min(self.jobs, key=lambda each: self.jobs[each].due_at, default="")
                pause = self.jobs[name].due_at - moment if name else None
                if pause is not None and pause <= 0:
                    self.jobs[name].due_at = moment + self.jobs[name].every
                    return name
                self.changed.wait(pause)
            return ""


def init_app(app: Flask) -> None:
    app.extensions["kblog.background"] = Background(app)


def of(app: Flask) -> Background:
    """Return the background of an app."""
    return app.extensions["kblog.background"]
