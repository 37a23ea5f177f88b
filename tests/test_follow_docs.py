"""A newcomer does what the README and the docs show: every command runs, every setting is one and means that."""

import importlib.util
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from typing import IO

import click
import pytest
from flask import Flask
from flask.cli import FlaskGroup, ScriptInfo

from bench.server import Site, free_port
from kblog import config
from kblog.auth import author as authors
from kblog.auth import codes
from kblog.db import db
from kblog.transfer import storing

from .conftest import PASSWORD, close, make_app, with_author
from .docs import DEPLOY, DOCS, PAGES, ROOT, SPAN, blocks, name, shown, spans, text
from .mailing import Postbox

pytestmark = pytest.mark.of_sqlite  # the docs are for who begins, with one folder

EXPORTS = ROOT / "tests" / "exports"
SAMPLE = ROOT / "kblog" / "demo" / "salt-road.md"
FLASK = re.compile(r"(?P<set>(?:[A-Z_]+=\S+ )*)(?:.*\s)?(?<!\S)flask (?P<given>[a-z].*)")
MAKE = re.compile(r"(?:^|&& )make(?: (?P<target>[a-z][a-z-]*))?(?= |$)")
MODULE = re.compile(r"python -m ((?:bench|docs|tests)[\w.]*)")
# Other programs that the docs call, each tried by hand, or by another test; a new one is a thing to decide about.
ELSEWHERE = {
    "apt-get", "cd", "chgrp", "cp", "docker", "git", "journalctl", "litestream", "ln", "pg_dump", "pg_restore",
    "rclone", "sed", "set", "systemctl", "unzip", "useradd",
}  # fmt: skip
COMMANDS = [line for line in shown() if FLASK.search(line) and "flask serve" not in line]


def test_the_docs_show_commands():
    assert len(COMMANDS) > 20
    assert [line for line in shown() if "flask serve" in line]


@pytest.mark.parametrize("line", shown())
def test_a_line_for_a_shell_is_one_that_is_tried(line: str):
    program = next(word for word in shlex.split(line) if "=" not in word or word.startswith("-"))
    is_ours = FLASK.search(line) or MAKE.search(line) or MODULE.search(line)
    assert is_ours or program in ELSEWHERE, f"nothing tries {program}: add it here, and try it"


def test_every_module_that_is_to_be_run_is_there():
    named = {each for line in shown() for each in MODULE.findall(line)}
    named |= {each for path in PAGES for span in spans(path) for each in MODULE.findall(span)}
    assert "tests.reliability.kill" in named
    assert not [each for each in named if importlib.util.find_spec(each) is None]


@pytest.fixture(scope="module")
def prepared(empty_instance: pathlib.Path, tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """The folder of somebody who has one review, exported it, made a backup and downloaded an old blog."""
    folder = tmp_path_factory.mktemp("newcomer")
    shutil.copytree(empty_instance, folder / "instance")
    app = make_app(folder / "instance")
    with app.app_context():
        storing.load_documents(db.session(), [("demo:salt-road", text(SAMPLE))])
        db.session.commit()
        for given in (["transfer", "export", str(folder / "site.zip")], ["backup", "create"]):
            assert app.test_cli_runner().invoke(args=given).exit_code == 0
        close(app)
    with zipfile.ZipFile(folder / "takeout.zip", "w") as archive:
        for path in sorted((EXPORTS / "Takeout").rglob("*.*")):
            archive.write(path, path.relative_to(EXPORTS))
    # its pictures lie where nothing is fetched from, so the test asks nobody for them
    wordpress = text(EXPORTS / "wordpress.xml").replace("www.salt-notes.example/wp-content", "127.0.0.1/wp-content")
    (folder / "wordpress.xml").write_text(wordpress, encoding="utf-8")
    (folder / "documents").mkdir()
    shutil.copy(SAMPLE, folder / "documents" / "the-same-road.md")
    return folder


@pytest.fixture
def newcomer(prepared: pathlib.Path, tmp_path: pathlib.Path) -> pathlib.Path:
    """The same folder, for one command."""
    return pathlib.Path(shutil.copytree(prepared, tmp_path / "newcomer", symlinks=True))


def filled_in(given: str, folder: pathlib.Path) -> list[str]:
    """Put what a newcomer has in the place of what the docs say by example."""
    (backup,) = (folder / "instance" / "backups").glob("*-by-hand")
    has = {
        "NAME": backup.name,
        "site.zip": folder / "site.zip" if "export" not in given else folder / "another.zip",
        "~/Downloads/takeout.zip": folder / "takeout.zip",
        "salt-notes.WordPress.2025-11-27.xml": folder / "wordpress.xml",
        "salt-notes.ghost.2025-11-27.json": EXPORTS / "ghost.json",
        "documents/": folder / "documents",
    }
    words = [str(has.get(word, word)) for word in shlex.split(given)]
    return [str(backup) if word.startswith("/mnt/backups/") else word for word in words]


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_of_the_docs_does_its_work(
    line: str, newcomer: pathlib.Path, postbox: Postbox, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("FLASK_RUN_FROM_CLI", "true")  # as flask itself says, here for this test alone
    found = FLASK.search(line)
    assert found
    instance = newcomer / ("elsewhere" if "KBLOG_INSTANCE" in found["set"] else "instance")
    instance.mkdir(exist_ok=True)
    mail = {"mail_url": f"smtp://127.0.0.1:{postbox.port}?from=blog@example.org", "base_url": "http://localhost"}
    app = make_app(instance, **mail if found["given"].startswith("mail") else {})
    given = filled_in(found["given"], newcomer)
    with app.app_context():
        if given[:1] == ["author"] and given[1] != "create":
            with_author(app)
            authors.turn_second_step_on(db.session(), codes.new_secret(), 1)
            db.session.commit()
        db.session.remove()
        whole = FlaskGroup(create_app=lambda: app)
        result = app.test_cli_runner().invoke(whole, given, input=f"{PASSWORD}\n")
        close(app)
    assert result.exit_code == 0, f"{line}: {result.output}"
    assert result.output.strip()


class Served(Site):
    """The site as the docs start it, by `flask serve`: settings say where, and that one process is enough here."""

    def __init__(self, instance: pathlib.Path, log: IO[bytes]) -> None:
        self.port = free_port()
        own = {"KBLOG_INSTANCE": str(instance), "PORT": str(self.port), "KBLOG_WORKERS": "1"}
        self.environ = {name: value for name, value in os.environ.items() if name != "FLASK_RUN_FROM_CLI"} | own
        self.program = ("-m", "flask", "serve")
        self.log = log
        self.start()


@pytest.mark.server
def test_the_site_starts_as_the_docs_say_once_and_stops(tmp_path: pathlib.Path):
    with (tmp_path / "log").open("wb") as log:
        site = Served(tmp_path / "instance", log)
        start = [sys.executable, *site.program]
        again = subprocess.run(start, cwd=ROOT, env=site.environ, capture_output=True, text=True)
        site.stop()
    assert again.returncode == 1
    taken = f"127.0.0.1:{site.port} cannot be served (Address already in use). HOST and PORT name another place: PORT="
    assert taken in again.stderr
    assert "Traceback" not in again.stderr
    said = text(tmp_path / "log")
    assert "12 sample reviews loaded" in said
    assert f"K-Blog is at http://127.0.0.1:{site.port}/" in said
    assert f"http://127.0.0.1:{site.port}/studio/setup?token=" in said


def test_a_command_that_is_only_named_is_there(app: Flask, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FLASK_RUN_FROM_CLI", "true")
    whole = FlaskGroup(create_app=lambda: app)
    named = {span for path in PAGES for span in spans(path) if span.startswith("flask ")}
    assert len(named) > 10
    for span in sorted(named):
        command: click.Command | None = whole
        for word in re.split(r"[ \[…]", span)[1:]:
            if not isinstance(command, click.Group) or not re.fullmatch(r"[a-z][a-z|-]*", word):
                break
            context = click.Context(command, obj=ScriptInfo(create_app=lambda: app))
            found = [command.get_command(context, each) for each in word.split("|")]
            assert all(found), f"`{span}`: there is no {word}"
            command = found[0]


def test_every_target_of_make_that_is_named_is_there_and_is_listed():
    listed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    targets = set(re.findall(r"^  make ([a-z-]+)", listed, re.MULTILINE))
    named = {found["target"] for each in shown() for found in MAKE.finditer(each) if found["target"]}
    for path in PAGES:
        named |= {found["target"] for span in spans(path) if (found := MAKE.match(span)) and found["target"]}
    assert {"run", "test", "setup", "pictures", "bench"} <= named <= targets
    for target in named:
        tried = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True)
        assert tried.returncode == 0, tried.stderr


def test_every_setting_that_is_named_is_one_and_every_one_is_explained():
    real = {each for each, _, _ in config.SETTINGS}
    for path in [*PAGES, *DEPLOY]:
        named = set(re.findall(r"KBLOG_(?!UPSTREAM)[A-Z_]+", text(path)))  # that one is Caddy's
        assert named <= real | config.ELSEWHERE, name(path)
    explained = {each for row in settings() for each in row[0]}
    assert explained == real
    assert {each for path in PAGES for each in spans(path)} >= config.ELSEWHERE


def test_the_defaults_of_the_settings_are_as_the_readme_says():
    readers = {each: (attribute, read) for each, attribute, read in config.SETTINGS}
    checked = []
    for names, said in settings():
        if len(names) == len(said.split()) and "`" not in said:
            for each, value in zip(names, said.split(), strict=True):
                attribute, read = readers[each]
                assert read(value) == getattr(config.Config(), attribute), each
                checked.append(each)
    assert {"HOST", "PORT", "KBLOG_BACKUP_KEPT", "KBLOG_MODERATION"} <= set(checked)


def settings() -> list[tuple[list[str], str]]:
    """Return the README's table of settings: the names in each row, and the default."""
    rows = re.findall(r"^\| (`[A-Z].*?) \| (.*?) \|", text(ROOT / "README.md"), re.MULTILINE)
    return [(SPAN.findall(names), said) for names, said in rows]


def test_the_settings_of_an_example_make_a_site():
    found = [(path, block) for path in DOCS for block in blocks(path, "env")]
    assert len(found) > 1
    for path, block in found:
        environ = dict(line.split("=", 1) for line in block.splitlines())
        assert config.read(environ), name(path)
