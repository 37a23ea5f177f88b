"""An import that the author asked for in the studio."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from kblog.db import Json, Model, UtcDateTime

AT_WORK = ("looking", "running")
OVER = ("done", "cancelled", "failed")


class ImportJob(Model):
    """One file that was sent in: looked through, reported, taken in; whoever works on it can be another each time.

    `state` is looking, ready (the report waits for the author), running, done, cancelled or failed.
    """

    __table_args__ = (sa.Index(None, "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]  # of the file, as its author knows it
    folder: Mapped[str]  # where it lies in the instance's folder, until the import is over
    base_url: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="looking")
    is_unwanted: Mapped[bool] = mapped_column(default=False)  # the author said stop; whoever works on it has not yet
    owner: Mapped[str] = mapped_column(default="")  # who works on it; "" for nobody
    beat_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when the owner was last heard of
    tries: Mapped[int] = mapped_column(default=0)  # how often it was begun since it last got any further
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    total: Mapped[int] = mapped_column(default=0)  # records of the file; 0 while nobody has counted them
    done: Mapped[int] = mapped_column(default=0)  # of them, in this state
    trouble: Mapped[str] = mapped_column(default="")  # why it failed, or stopped by itself
    numbers: Mapped[dict[str, int]] = mapped_column(Json, default=dict)  # what has come in so far
    found: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, deferred=True)  # the report beforehand
    notes: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, deferred=True)  # the remarks of the real run

    @property
    def is_at_work(self) -> bool:
        """Whether a process works on it, or will as soon as one is free."""
        return self.state in AT_WORK

    @property
    def is_over(self) -> bool:
        """Whether nothing will be done about it any more."""
        return self.state in OVER
