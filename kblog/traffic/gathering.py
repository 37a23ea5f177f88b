"""What is counted while readers wait: gathered in memory, written in one transaction every few seconds."""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from kblog import background
from kblog.db import db

WRITTEN_EVERY = 5  # seconds: so much is lost when a process is killed, and no more
SAID_EVERY = 3600  # seconds between two lines in the log about the same trouble

Put = Callable[[sa.Connection, Counter[Any]], None]

log = logging.getLogger(__package__)


class Gatherer:
    """What one process has counted of something and not yet written; `put` writes it."""

    def __init__(self, app: Flask, what: str, put: Put) -> None:
        self.app, self.what, self.put = app, what, put
        self.lock = threading.Lock()
        self.counted: Counter[tuple[Any, ...]] = Counter()
        self.said_at: float | None = None

    def add(self, *key: Any) -> None:
        with self.lock:
            self.counted[key] += 1
        background.of(self.app).begin()  # here and not at the start: a fork keeps no thread

    def write(self) -> int:
        """Write what was gathered, in one transaction, and return how much; what cannot be written is kept."""
        with self.lock:
            counted, self.counted = self.counted, Counter()
        if not counted:
            return 0
        try:
            with self.app.app_context(), db.engine.begin() as connection:
                self.put(connection, counted)
        except SQLAlchemyError as error:
            self._say(error)
            with self.lock:
                self.counted += counted
            return 0
        self.said_at = None
        return counted.total()

    def write_in_background(self, name: str) -> None:
        """Let the background write every few seconds, and when the process ends."""

        def write() -> None:
            self.write()

        background.of(self.app).add(name, write, every=WRITTEN_EVERY, at_the_end=True)

    def _say(self, error: SQLAlchemyError) -> None:
        """Note in the log what cannot be written: once in a while, for it is tried every few seconds."""
        moment = time.monotonic()
        if self.said_at is None or moment - self.said_at > SAID_EVERY:
            self.said_at = moment
            why = getattr(error, "orig", None) or error
            log.error("%s cannot be written (%s); they are kept, and tried again", self.what, why)
