"""Every schema that was released comes to today's, and a step back and forth again, and nothing is lost on the way."""

import contextlib
import itertools
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import flask_migrate
import pytest
from alembic.script import ScriptDirectory
from flask import Flask

from kblog import backup as backups
from kblog import schema
from kblog.backup import making, queries
from kblog.cli.site import complete_index
from kblog.config import ROOT

from .browser import Browser
from .conftest import close, make_app
from .schemas import build, content, plan, released, shared

pytestmark = pytest.mark.of_sqlite

MADE = [each.revision for each in ScriptDirectory(str(ROOT / "kblog" / "migrations")).walk_revisions()][::-1]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Flask]:
    """A site that has no database yet."""
    app = make_app(tmp_path / "instance")
    with app.app_context():
        yield app
        close(app)


def database(app: Flask) -> Path:
    return app.config["KBLOG"].instance / "kblog.db"


def kept(app: Flask) -> list[str]:
    return [each.kind for each in backups.kept(app.config["KBLOG"].instance / "backups")]


def migrate(app: Flask, to: str) -> None:
    """Bring the database to another schema, and see that it is sound."""
    close(app)
    (flask_migrate.downgrade if to < schema_of(app) else flask_migrate.upgrade)(revision=to)
    close(app)
    with contextlib.closing(sqlite3.connect(database(app), isolation_level=None)) as connection:
        assert queries.unsound(connection) == []
        connection.execute("INSERT INTO search_index(search_index, rank) VALUES ('integrity-check', 1)")


def schema_of(app: Flask) -> str:
    with contextlib.closing(queries.opened(database(app))) as connection:
        return queries.schema(connection)


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    """Run a command; what goes wrong it says, and breaks off with no traceback."""
    close(app)
    result = app.test_cli_runner().invoke(args=[*arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_every_schema_has_its_database():
    assert released() == MADE, "there is a new migration: python -m tests.schemas.make"


@pytest.mark.parametrize("revision", released())
def test_a_released_schema_comes_to_todays_and_loses_nothing(site: Flask, empty_instance: Path, revision: str):
    build(revision, database(site))
    before = content(database(site))
    assert all(any(column for column in columns.values()) for columns in before.values()), "a table is empty"
    migrate(site, schema.head())
    now = content(database(site))
    assert shared(before, now) == before
    assert plan(database(site)) == plan(empty_instance / "kblog.db"), "built otherwise than from nothing"
    complete_index()
    page = Browser(site).get("/reviews/the-last-ferry/")
    assert page.h1
    assert page.texts("//article[contains(@class, 'comment')]") or "Ottilie" in page.text
    assert Browser(site).get("/reviews/?q=boat").all("//a[contains(@href, '/reviews/the-last-ferry/')]")


@pytest.mark.parametrize(("revision", "older"), [(new, old) for old, new in itertools.pairwise(MADE)])
def test_a_step_back_and_forth_loses_only_what_the_older_schema_has_no_place_for(
    site: Flask, revision: str, older: str
):
    build(revision, database(site))
    before, planned = content(database(site)), plan(database(site))
    migrate(site, older)
    back = content(database(site))
    assert back == shared(before, back)
    build(older, site.config["KBLOG"].instance / "older.db")
    assert plan(database(site)) == plan(site.config["KBLOG"].instance / "older.db")
    migrate(site, revision)
    again = content(database(site))
    assert shared(back, again) == back
    assert plan(database(site)) == planned
    assert kept(site) == [f"before-{revision}", f"before-{older}"]


def test_migrations_and_models_agree(site: Flask, caplog: pytest.LogCaptureFixture):
    flask_migrate.upgrade()
    with contextlib.closing(sqlite3.connect(database(site))) as connection:
        connection.execute("CREATE TABLE _litestream_lock (id INTEGER)")
    status, output = run(site, "db", "check")
    assert status == 0, output + caplog.text


def test_an_upgrade_keeps_the_database_as_it_was_and_says_so(site: Flask):
    build(MADE[-2], database(site))
    before = content(database(site))
    status, output = run(site, "db", "upgrade")
    (backup,) = backups.kept(site.config["KBLOG"].instance / "backups")
    assert status == 0
    assert f"The database goes from schema {MADE[-2]} to {MADE[-1]}; as it was, it is kept: {backup.name}." in output
    assert content(backup.path / "kblog.db") == before
    assert run(site, "db", "upgrade")[0] == 0
    assert run(site, "db", "current")[0] == 0
    assert kept(site) == [f"before-{MADE[-1]}"], "where nothing changes, nothing is kept"
    status, output = run(site, "backup", "restore", "--yes", backup.name)
    assert status == 0, output
    assert f"Its schema was {MADE[-2]}; it is {MADE[-1]} now." in output
    assert schema_of(site) == MADE[-1]


def test_without_a_backup_nothing_is_changed(
    site: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    build(MADE[-2], database(site))
    monkeypatch.setattr(making, "SPARE", 10**18)
    assert run(site, "db", "upgrade")[0] == 1
    assert f"The database stays at schema {MADE[-2]}, since it could not be backed up first." in caplog.text
    assert schema_of(site) == MADE[-2]


def test_a_fresh_database_needs_no_backup(site: Flask):
    flask_migrate.upgrade()
    assert kept(site) == []


@pytest.mark.parametrize(
    "command",
    [
        ("serve",),
        ("author", "password"),
        ("author", "create", "Bae Harin"),
        ("transfer", "import", str(ROOT / "tests" / "exports" / "backup.xml")),
        ("lint",),
        ("reindex",),
        ("rerender",),
        ("demo", "load"),
        ("demo", "remove"),
        ("db", "upgrade"),
        ("db", "downgrade"),
        ("db", "current"),
    ],
    ids=" ".join,
)
def test_a_newer_schema_is_refused_in_a_sentence(site: Flask, caplog: pytest.LogCaptureFixture, command: tuple):
    build(MADE[-1], database(site))
    with contextlib.closing(sqlite3.connect(database(site))) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    before = content(database(site))
    status, output = run(site, *command)
    assert status == 1
    said = output + caplog.text
    assert f"The database has schema 9999, and K-Blog 0.1.0 knows none newer than {MADE[-1]}" in said
    assert "Traceback" not in said
    assert content(database(site)) == before
    assert schema_of(site) == "9999"


@pytest.mark.parametrize("command", ["lint", "reindex", "rerender"])
def test_a_command_asks_for_the_upgrade_that_it_does_not_make(site: Flask, command: str):
    build(MADE[-2], database(site))
    status, output = run(site, command)
    assert status == 1
    assert f"has schema {MADE[-2]}, and K-Blog 0.1.0 needs {MADE[-1]}: `flask db upgrade`" in output


def test_a_file_that_is_no_database_is_named(site: Flask, caplog: pytest.LogCaptureFixture):
    database(site).write_bytes(b"these are words " * 500)
    for command in (("serve",), ("db", "upgrade"), ("lint",)):
        status, output = run(site, *command)
        assert status == 1
        assert "file is not a database" in output + caplog.text
        caplog.clear()


def test_a_migration_that_is_killed_leaves_all_or_nothing_and_the_next_start_ends_it():
    """The short form of `tests/reliability/migrating.py`, which kills each migration twenty times."""
    command = [sys.executable, "-m", "tests.reliability.migrating", "--kills", "6", "--only", MADE[0]]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 neither as before nor as after, 0 not finished by the next start, 0 half-made backups left" in done.stdout


def test_a_migration_is_named_by_its_revision(site: Flask):
    """So a server that asks which schemas there are needs no Alembic for it."""
    scripts = ScriptDirectory(site.extensions["migrate"].directory)
    assert list(schema.revisions()) == [script.revision for script in scripts.walk_revisions()][::-1]
