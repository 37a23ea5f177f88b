"""Migrations that are killed in the middle: all of them or nothing, and the next start ends them.

python -m tests.reliability.migrating [--kills 20] [--only 0004]
"""

import argparse
import contextlib
import itertools
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import flask_migrate
import sqlalchemy as sa
from flask import Flask

from kblog import create_app, schema
from kblog.backup import folder as backups
from kblog.backup import queries
from kblog.config import Config
from kblog.db import db
from tests.schemas import build, content, released


class Found(NamedTuple):
    """What became of a migration that was killed so many times."""

    kills: int = 0
    before: int = 0  # found as it was
    after: int = 0  # found as it should be
    neither: int = 0
    unfinished: int = 0  # the next start did not bring it there, or not to the same
    half_made: int = 0  # backups that were left in the way

    def __add__(self, other: tuple) -> "Found":
        return Found(*(one + two for one, two in zip(self, other, strict=True)))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=20, help="of each migration")
    parser.add_argument("--only", help="from this schema to today's, in one go")
    asked = parser.parse_args()
    total, seed = Found(), int(time.time())
    chance = random.Random(seed)
    schemas = released()
    steps = [] if asked.only else [*itertools.pairwise(schemas)]
    steps.append((asked.only or schemas[0], schema.head()))
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Config(instance=Path(folder), backup_folder=Path(folder) / "backups"))
        for old, new in steps:
            found = kill(app, old, new, asked.kills, chance)
            total += found
            print(f"{old} to {new}: {found.kills} kills, {found.before} as before, {found.after} as after,", end=" ")
            print(f"{found.neither} neither")
    print(f"Killed {total.kills} times (seed {seed}): {total.neither} neither as before nor as after,", end=" ")
    print(f"{total.unfinished} not finished by the next start, {total.half_made} half-made backups left")
    return int(bool(total.neither or total.unfinished or total.half_made))


def kill(app: Flask, old: str, new: str, kills: int, chance: random.Random) -> Found:
    """Begin a migration so many times, and end its process at some statement of it, or at some moment."""
    config = app.config["KBLOG"]
    database = config.instance / "kblog.db"
    build(old, database)
    as_before = content(database)
    statements, took = _migrate(app, new)
    as_after, found = content(database), Found()
    for number in range(kills):
        build(old, database)
        shutil.rmtree(config.backup_folder, ignore_errors=True)
        if number % 4:
            _migrate(app, new, at=chance.randint(1, statements + 1), is_before=chance.random() < 0.5)
        else:  # wherever it is just then: in the backup, in a statement, in the commit
            _migrate(app, new, after=chance.uniform(0, took))
        with contextlib.closing(queries.opened(database, "mode=rw")) as connection:
            at, wrong = queries.schema(connection), queries.unsound(connection)
        is_before, is_after = at == old and content(database) == as_before, at == new and content(database) == as_after
        _migrate(app, new)
        is_there = content(database) == as_after and not _trouble(database)
        left = (
            [path for path in config.backup_folder.iterdir() if path.name.startswith(backups.MAKING)]
            if is_before
            else []
        )
        found += (1, is_before, is_after, bool(wrong) or not (is_before or is_after), not is_there, len(left))
    return found


def _trouble(database: Path) -> list[str]:
    with contextlib.closing(queries.opened(database)) as connection:
        return queries.unsound(connection)


def _migrate(app: Flask, to: str, *, at: int = 0, is_before: bool = False, after: float = 0) -> tuple[int, float]:
    """Migrate in a process of its own; end it before or after a statement, or some seconds after its beginning.

    Return how many statements there were and how long it took, where it was let.
    """
    reading, writing = os.pipe()
    began = time.perf_counter()
    child = os.fork()
    if child == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.write(writing, str(_count(app, to, at, is_before)).encode())
        os._exit(0)
    os.close(writing)
    if after:
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    with os.fdopen(reading) as told:
        counted = told.read()
    if not at and not after and status:
        raise SystemExit(f"the migration to {to} failed")
    return int(counted or 0), time.perf_counter() - began


def _count(app: Flask, to: str, at: int, is_before: bool) -> int:
    """Migrate, in the child; count the statements, and end at one of them."""
    counted = 0

    def end(is_now: bool) -> None:
        if is_now and counted == at:
            os.kill(os.getpid(), signal.SIGKILL)

    with app.app_context():

        @sa.event.listens_for(db.engine, "before_cursor_execute")
        def before(*_given) -> None:
            nonlocal counted
            counted += 1
            end(is_before)

        @sa.event.listens_for(db.engine, "after_cursor_execute")
        def after(*_given) -> None:
            end(not is_before)

        flask_migrate.upgrade(revision=to)
    return counted


if __name__ == "__main__":
    sys.exit(main())
