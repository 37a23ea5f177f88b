"""What backups ask of a SQLite file, past SQLAlchemy: its schema, what is in it, whether it is sound."""

import sqlite3
from pathlib import Path
from urllib.parse import quote

# tables that are nobody's content: SQLite's own, Litestream's, and those inside the full-text index
UNCOUNTED = ("sqlite_", "_litestream_", "search_index")
MOST_TOLD = 5  # of what is wrong: the first lines say enough
PATIENCE = 15  # seconds to wait for another writer


def opened(path: Path, how: str = "mode=ro") -> sqlite3.Connection:
    """Open a database that is there; outside a transaction each statement is its own."""
    return sqlite3.connect(address(path, how), uri=True, isolation_level=None, timeout=PATIENCE)


def address(path: Path, how: str = "mode=ro") -> str:
    """Write where a database lies, and how it is opened."""
    return f"file:{quote(str(path))}?{how}"


def at_rest(path: Path) -> sqlite3.Connection:
    """Open a database that nobody writes to, and leave no file beside it."""
    return opened(path, "mode=ro&immutable=1")


def tables(connection: sqlite3.Connection) -> list[str]:
    """Name the tables of the site."""
    found = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    return [name for (name,) in found if not name.startswith(UNCOUNTED)]


def rows(connection: sqlite3.Connection) -> dict[str, int]:
    """Count the rows of each table of the site."""
    count = 'SELECT count(*) FROM "{}"'
    return {name: connection.execute(count.format(name)).fetchone()[0] for name in tables(connection)}


def schema(connection: sqlite3.Connection) -> str:
    """Return the revision of the schema; "" where there is none yet."""
    if "alembic_version" not in tables(connection):
        return ""
    found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return found[0] if found else ""


def has_column(connection: sqlite3.Connection, table: str, column: str, where: str = "main") -> bool:
    """Whether a table has a column in the schema at hand, or in that of another database that was attached."""
    return column in [row[1] for row in connection.execute(f'PRAGMA "{where}".table_info("{table}")')]


def content_version(connection: sqlite3.Connection) -> int:
    """Return the number that rises with every change readers can see."""
    if "content_version" not in tables(connection):
        return 0
    found = connection.execute("SELECT version FROM content_version").fetchone()
    return found[0] if found else 0


def unsound(connection: sqlite3.Connection) -> list[str]:
    """Say what is wrong with a database: pages and indexes that disagree, rows that refer to nothing."""
    found = [line for (line,) in connection.execute(f"PRAGMA integrity_check({MOST_TOLD})")]
    told = [] if found == ["ok"] else [f"the database is damaged: {line}" for line in found]
    dangling = connection.execute("PRAGMA foreign_key_check").fetchmany(MOST_TOLD)
    return told + [f"row {row} of {table} refers to nothing in {other}" for table, row, other, _ in dangling]
