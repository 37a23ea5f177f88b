"""What the studio's imports are worked on with: a process of its own, that one server process starts where one waits.

A page that is drawn never waits for it: it has an interpreter, and a memory, of its own.
"""

import contextlib
import logging
import os
import subprocess
import sys
import threading
from pathlib import Path

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from kblog.config import ROOT
from kblog.db import db, now, reads_only
from kblog.storage import locked
from kblog.transfer import jobs, queries

LOCK = "imports.lock"  # in the instance's folder
EACH_LOOK = 1.0  # seconds; two calls of the system while there is nothing to do
AFTER_TROUBLE = 30  # seconds until the next try, where a process ended with an error
NICENESS = 5  # readers come first; but who holds the write lock must get on with it

log = logging.getLogger(__name__)


def keep_going(app: Flask) -> threading.Event:
    """See from now on that what the studio was asked to import is worked on; also what another process left.

    It ends with the process, or before when what this returns is set.
    """
    ended = threading.Event()
    threading.Thread(target=_keep_looking, args=(app, ended), name="importing", daemon=True).start()
    return ended


def waits(app: Flask) -> bool:
    """Whether there is something to do: an import to work on, or a file that nobody wants any more."""
    instance: Path = app.config["KBLOG"].instance
    here = jobs.folders(instance)
    if not here:
        return False
    with app.app_context(), reads_only():
        return bool(jobs.old_folders(instance)) or bool(queries.claimable(db.session(), now() - jobs.SILENT, here))


def _keep_looking(app: Flask, ended: threading.Event) -> None:
    pause = EACH_LOOK
    while not ended.wait(pause):
        pause = EACH_LOOK
        try:
            if waits(app):
                with locked(app.config["KBLOG"].instance / LOCK) as is_mine:  # one of several servers starts a process
                    if is_mine and _work(app):
                        pause = AFTER_TROUBLE
        except (SQLAlchemyError, OSError) as error:
            pause = AFTER_TROUBLE
            log.error("imports cannot be looked after", extra={"facts": {"error": str(error)}})


def _work(app: Flask) -> int:
    """Let a process do what waits, and return how it ended."""
    config = app.config["KBLOG"]
    own = {"KBLOG_INSTANCE": str(config.instance), "KBLOG_DATABASE_URL": config.database_url}
    command = [sys.executable, "-m", "flask", "--app", "app", "transfer", "work"]
    worker = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **own}, stdin=subprocess.DEVNULL)  # noqa: S603
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, worker.pid, NICENESS)
    return worker.wait()
