"""What every test stands on: a real app on a real database, and a browser that looks hard at each page."""

import contextlib
import gc
import hashlib
import os
import pathlib
import subprocess
from collections.abc import Callable, Iterator
from types import CodeType
from typing import ClassVar

import flask_migrate
import hypothesis
import jinja2
import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from kblog import create_app, language, postgres
from kblog.auth import author as authors
from kblog.auth import passwords, queries
from kblog.cli.site import load_samples
from kblog.config import Config
from kblog.db import db, now, reads_only
from kblog.media import apart

from . import builders, engines
from .browser import Browser
from .chromium import (  # noqa: F401 - fixtures of the browser tests
    base_url,
    browser_context_args,
    browser_type_launch_args,
    complaints,
    may_keep,
    new_context,
    served,
)
from .mailing import postbox  # noqa: F401 - a fixture

NAME, PASSWORD = "Bae Harin", "seven lanterns over Mokpo harbour"  # of the author in tests
CHEAP = passwords.Cost(kib=8, passes=1)  # a hash in no time, for what is not about passwords

SHARED = pathlib.Path(__file__).resolve().parents[2] / "shared"
DATA = SHARED / "data"

# the machine may be busy: a slow example is not a wrong one
hypothesis.settings.register_profile("kblog", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("kblog")


class CompiledRule(Rule):
    """A rule of the URL map that is compiled once a run: each test has an app of its own, and two hundred of these."""

    known: ClassVar[dict[tuple, Rule]] = {}

    def compile(self) -> None:
        defaults = tuple(sorted((self.defaults or {}).items()))
        key = (self.rule, self.endpoint, defaults, self.strict_slashes, self.merge_slashes, self.is_leaf)
        if same := self.known.get(key):
            self._parts, self._trace, self._converters = same._parts, same._trace, same._converters
            self._build, self._build_unknown = same._build, same._build_unknown
            self.arguments |= same.arguments
        else:
            super().compile()
            self.known[key] = self


Flask.url_rule_class = CompiledRule


class Compiled(jinja2.BytecodeCache):
    """Templates, compiled once a run for all of its apps, and once for each language's words."""

    known: ClassVar[dict[tuple, CodeType | None]] = {}

    def load_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        bucket.code = self.known.get(self._key(bucket))

    def dump_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        self.known[self._key(bucket)] = bucket.code

    def _key(self, bucket: jinja2.bccache.Bucket) -> tuple:
        return bucket.key, bucket.checksum, language.catalogue(bucket.environment.language)


gc.set_threshold(10_000, 10, 5)  # each test leaves an app behind: looking for garbage took an eighth of the time
# `make coverage`: the programs that draw pictures are counted like everything else
apart.PASSED_ON = (*apart.PASSED_ON, *(name for name in os.environ if name.startswith("COVERAGE_")))

left_out: dict[str, int] = {}
statements: LRUCache = LRUCache(2_000)
dialects: dict[str, sa.Dialect] = {}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--every-payload", action="store_true", help="hostile comments: all of them, not a sample")
    parser.addoption("--shots", type=int, default=4, help="requests that are made up for each route")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect, never skip, what this machine lacks; the summary says how many."""
    if engines.IS_POSTGRESQL:
        out = [item for item in items if not engines.touches_database(item)]
        config.hook.pytest_deselected(items=out)
        items[:] = [item for item in items if engines.touches_database(item)]
    lacking = {
        "real_data": not DATA.is_dir(),
        "needs_root": os.geteuid() != 0,
        "makes_read_only": not can_make_read_only(),
        "of_sqlite": engines.IS_POSTGRESQL,
        "of_postgresql": not engines.IS_POSTGRESQL,
    }
    for mark, is_lacking in lacking.items():
        out = [item for item in items if is_lacking and item.get_closest_marker(mark)]
        if out:
            left_out[mark] = len(out)
            config.hook.pytest_deselected(items=out)
            items[:] = [item for item in items if item not in out]


def pytest_collection_finish() -> None:
    gc.freeze()  # what is here now stays until the end


def pytest_runtest_setup(item: pytest.Item) -> None:
    engines.note_test(item)


def pytest_report_collectionfinish() -> list[str]:
    if not left_out:
        return ["left out: nothing"]
    return [f"left out: {count} tests marked {mark}" for mark, count in left_out.items()]


def can_make_read_only() -> bool:
    """Whether a folder can be made such that nothing is written there: root writes everywhere, unless it may mount."""
    return os.geteuid() != 0 or subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode == 0


@contextlib.contextmanager
def read_only(folder: pathlib.Path) -> Iterator[None]:
    """Let nothing be written in a folder meanwhile."""
    if os.geteuid():
        folder.chmod(0o555)
        yield
        folder.chmod(0o755)
        return
    subprocess.run(["mount", "--bind", folder, folder], check=True)
    subprocess.run(["mount", "-o", "remount,bind,ro", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture(scope="session")
def empty_instance(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """An instance folder whose database is at head and empty; copied, never opened again."""
    folder = tmp_path_factory.mktemp("empty")
    app = make_app(folder)
    with app.app_context():
        flask_migrate.upgrade()
        close(app)
    engines.note_empty(folder)
    return folder


@pytest.fixture(scope="session")
def sample_instance(empty_instance: pathlib.Path, tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """The same with the sample reviews in it."""
    folder = tmp_path_factory.mktemp("samples") / "instance"
    engines.copy(empty_instance, folder)
    app = make_app(folder)
    with app.app_context():
        assert load_samples() == 12
        close(app)
    return folder


@pytest.fixture
def app(empty_instance: pathlib.Path, tmp_path: pathlib.Path) -> Iterator[Flask]:
    """An app on an empty database of its own, with its context pushed."""
    yield from running(empty_instance, tmp_path / "instance")


@pytest.fixture
def sample_app(sample_instance: pathlib.Path, tmp_path: pathlib.Path) -> Iterator[Flask]:
    """An app with the sample reviews, on a database of its own."""
    yield from running(sample_instance, tmp_path / "samples")


@pytest.fixture
def reader(app: Flask) -> Browser:
    """A browser on the empty site."""
    return Browser(app)


@pytest.fixture
def samples(sample_app: Flask) -> Browser:
    """A browser on the sample reviews."""
    return Browser(sample_app)


@pytest.fixture
def author(app: Flask) -> Browser:
    """A browser on the empty site in which the author is logged in."""
    return logged_in(app)


@pytest.fixture
def data() -> pathlib.Path:
    """The real exports; only for tests marked real_data."""
    return DATA


@pytest.fixture(scope="session")
def imported_instance(empty_instance: pathlib.Path, tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """The blog of ../shared/data/blog, imported from its Takeout into an empty site."""
    folder = tmp_path_factory.mktemp("imported") / "instance"
    engines.copy(empty_instance, folder)
    app = make_app(folder)
    with app.app_context():
        result = app.test_cli_runner().invoke(args=["transfer", "import", str(DATA / "blog" / "Takeout")])
        assert result.exit_code == 0, result.output
        close(app)
    return folder


@pytest.fixture
def imported(imported_instance: pathlib.Path, tmp_path: pathlib.Path) -> Iterator[Browser]:
    """A browser on the imported blog."""
    for app in running(imported_instance, tmp_path / "imported"):
        yield Browser(app)


@pytest.fixture(scope="session")
def sample_site(sample_instance: pathlib.Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running site with the sample reviews."""
    folder = tmp_path_factory.mktemp("served") / "instance"
    engines.copy(sample_instance, folder)
    yield from serving(make_app(folder))


@pytest.fixture(scope="session")
def long_site(empty_instance: pathlib.Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running site with 60 reviews, the first of them with 60 threads."""
    folder = tmp_path_factory.mktemp("long") / "instance"
    engines.copy(empty_instance, folder)
    app = make_app(folder)
    with app.app_context():
        for number in range(1, 61):
            said = builders.comments(60) if number == 1 else ()
            facts = (("Title", f"Boat {number}"), ("Genre", "Comedy" if number % 2 else "Drama"))
            builders.stored(slug=f"boat-{number}", overview=facts, comments=said, body="## Story\n\nIt floats.")
    yield from serving(app)


def serving(app: Flask) -> Iterator[str]:
    with served(app) as address:
        yield address
    with app.app_context():
        close(app)


def make_app(folder: pathlib.Path, **settings) -> Flask:
    app = create_app(Config(**{"instance": folder, "database_url": engines.database_url(folder)} | settings))
    app.jinja_env.bytecode_cache = Compiled()
    app.config["PASSWORD_COST"] = CHEAP
    app.config["PROPAGATE_EXCEPTIONS"] = False  # a broken page is a 500 here too, as a reader would see it
    return app


def with_author(app: Flask, name: str = NAME) -> None:
    """Make the author, unless there is one."""
    if not queries.has_author():
        password_hash = passwords.hashed(PASSWORD, app.config["PASSWORD_COST"])
        authors.create(db.session(), name=name, password_hash=password_hash, moment=now())
    db.session.commit()


def logged_in(app: Flask) -> Browser:
    """Make the author, unless there is one, and return a browser in which they are logged in."""
    with_author(app)
    browser = Browser(app)
    browser.post("/studio/login", {"name": NAME, "password": PASSWORD})
    return browser


def read(query: sa.Select) -> list:
    """Read what a query finds now, and hold nothing: a form that is sent next can write."""
    with reads_only():
        return list(db.session.scalars(query))


def state() -> str:
    """Return the whole database as one number: two that are equal say that nothing was changed."""
    return hashlib.sha256(content().encode()).hexdigest()


def is_sound() -> bool:
    """Whether the database's file is as it should be, and every reference leads somewhere; a server sees to both."""
    if engines.IS_POSTGRESQL:
        return True
    with reads_only(), db.engine.connect() as connection:
        dangling = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        return not dangling and connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"


def content() -> str:
    """Return the whole database as text."""
    db.session.rollback()
    with reads_only(), db.engine.connect() as connection:
        if engines.IS_POSTGRESQL:
            tables = (sa.select(table).order_by(*table.primary_key.columns) for table in db.metadata.sorted_tables)
            return "\n".join(repr(connection.execute(query).all()) for query in tables)
        return "\n".join(connection.connection.driver_connection.iterdump())  # type: ignore[union-attr]


def running(source: pathlib.Path, folder: pathlib.Path, **settings) -> Iterator[Flask]:
    engines.copy(source, folder)
    app = make_app(folder, **settings)
    with app.app_context():
        # what a statement is in SQL is worked out once a run; each app has an engine of its own, which would begin anew
        if db.engine.dialect.name not in dialects:
            with reads_only(), db.engine.connect():  # it learns of the engine's version with the first connection
                dialects[db.engine.dialect.name] = db.engine.dialect
        db.engine.dialect = dialects[db.engine.dialect.name]
        db.engine.update_execution_options(compiled_cache=statements)
        yield app
        close(app)
    engines.forget(folder)


def close(app: Flask) -> None:
    db.session.remove()
    db.engine.dispose()
    if engines.IS_POSTGRESQL:
        app.extensions["kblog.versions"].close()


# what each engine is told beside what is asked of it
UNCOUNTED = ("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE", "SELECT pg_catalog", postgres.TAKE_TURN)


@contextlib.contextmanager
def counted() -> Iterator[list[str]]:
    """Collect the statements that are sent meanwhile."""
    statements: list[str] = []

    def note(_connection, _cursor, statement: str, *_rest) -> None:
        if not statement.startswith(UNCOUNTED):
            statements.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)


@pytest.fixture
def bare(app: Flask) -> Iterator[str]:
    """The address of a running site that has no author yet."""
    with served(app) as address:
        yield address


@pytest.fixture
def studio(app: Flask) -> Iterator[str]:
    """The address of a running site whose author is not logged in."""
    with_author(app)
    with served(app) as address:
        yield address


@pytest.fixture
def at_most() -> Callable[..., contextlib.AbstractContextManager]:
    """`with at_most(queries=8):` fails when more statements than that are sent."""

    @contextlib.contextmanager
    def budget(*, queries: int) -> Iterator[None]:
        with counted() as statements:
            yield
        assert len(statements) <= queries, "\n\n".join([f"{len(statements)} queries", *statements])

    return budget
