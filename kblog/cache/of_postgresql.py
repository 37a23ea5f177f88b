"""The content version as a site on PostgreSQL knows it, on whatever machine: never older than a second."""

import logging
import threading
import time
import weakref
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from kblog.postgres import ATTENTIVE, TAKES_TURN
from kblog.transactions import reading

from .version import CHANNEL, QUERY, Unknown, Version

BOUND = 0.5  # seconds that a version is taken to hold where nothing is heard: half of what readers are promised
PATIENCE = 2  # seconds for the server to answer, whoever asks for a page
AGAIN = 1.0  # seconds until it is listened to anew
EACH_LOOK = 10.0  # seconds after which whoever listens looks whether it is still wanted

log = logging.getLogger(__name__)


class Known(NamedTuple):
    """A version that holds until a moment of the monotonic clock."""

    version: Version
    until: float


class OfPostgresql:
    """Asks the server twice a second at most, and listens to it: a change is known a millisecond after its commit.

    A connection that is cut off without a word costs nothing but that: what was asked last holds for `BOUND` seconds.
    What this process commits itself it knows at once: the commenter's next page has their comment.
    """

    def __init__(self, url: sa.URL) -> None:
        # connections of its own, which no slow page can hold
        options = {**ATTENTIVE, "connect_timeout": PATIENCE, "tcp_user_timeout": PATIENCE * 1000}
        options |= {"options": f"-c statement_timeout={PATIENCE * 1000}"}
        self.engine = sa.create_engine(
            url,
            isolation_level="AUTOCOMMIT",
            execution_options={TAKES_TURN: False},
            pool_size=2,  # one asks, one listens
            max_overflow=0,
            hide_parameters=True,
            connect_args=options,
        )
        self.asking, self.noting = threading.Lock(), threading.Lock()
        self.known: Known | None = None
        self.unknown_until = 0.0
        self.changes = 0  # of which this process knows
        self.listening: threading.Thread | None = None
        self.is_ended = threading.Event()
        _readers.add(self)

    def read(self) -> Version:
        known = self.known
        if known and time.monotonic() < known.until:
            return known.version
        with self.asking:
            known = self.known
            if known and time.monotonic() < known.until:  # another one asked meanwhile
                return known.version
            if time.monotonic() < self.unknown_until:  # another one asked in vain
                raise Unknown
            return self._ask()

    def forget(self) -> None:
        """Ask anew for the next page: something has changed."""
        with self.noting:
            self.changes += 1
            self.known = None

    def close(self) -> None:
        """Listen no more."""
        self.is_ended.set()
        self.engine.dispose()

    def _ask(self) -> Version:
        began, changes = time.monotonic(), self.changes
        try:
            with self.engine.connect() as connection:
                version = Version(*connection.exec_driver_sql(QUERY).one())
        except SQLAlchemyError as error:
            self.forget()
            self.unknown_until = time.monotonic() + BOUND
            self.engine.dispose()  # the next one asks on another connection
            raise Unknown from error
        with self.noting:
            if self.changes == changes:  # else it may have been asked before the change
                self.known = Known(version, began + BOUND)
        if self.listening is None:
            self.listening = threading.Thread(target=self._listen, name="versions", daemon=True)
            self.listening.start()
        return version

    def _listen(self) -> None:
        """Hear of changes until nobody wants to know; where that fails, pages are asked for twice a second."""
        driver: Any = self.engine.dialect.dbapi
        is_lost = False
        while not self.is_ended.is_set():
            try:
                self._hear()
                is_lost = False
            except (SQLAlchemyError, driver.Error) as error:
                if not is_lost and not self.is_ended.is_set():
                    log.warning("changes are not heard of", extra={"facts": {"error": type(error).__name__}})
                is_lost = True
                self.is_ended.wait(AGAIN)

    def _hear(self) -> None:
        with self.engine.connect() as connection:
            connection.exec_driver_sql(f"LISTEN {CHANNEL}")
            self.forget()  # what changed until now was not heard of
            heard: Any = connection.connection.driver_connection
            try:
                while not self.is_ended.is_set():
                    for _ in heard.notifies(timeout=EACH_LOOK):
                        self.forget()
                        if self.is_ended.is_set():
                            return
            finally:
                connection.invalidate()  # nobody else gets one that listens


_readers: weakref.WeakSet[OfPostgresql] = weakref.WeakSet()


@event.listens_for(Session, "after_commit")
@event.listens_for(Engine, "commit")  # just before it, for whoever writes past the session; the rest is heard
def _committed(_what: Session | sa.Connection) -> None:
    if not reading.get():
        for reader in _readers:
            reader.forget()
