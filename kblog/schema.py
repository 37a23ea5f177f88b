"""Which schemas of the database this program knows: the revisions that its migrations make."""

from functools import lru_cache

from .config import ROOT, VERSION


@lru_cache(maxsize=1)
def revisions() -> tuple[str, ...]:
    """Return every revision in its order: a migration's file is named by it, so a server needs no Alembic to know."""
    files = (ROOT / "kblog" / "migrations" / "versions").glob("[0-9]*.py")
    return tuple(sorted(path.name.partition("_")[0] for path in files))


def head() -> str:
    """Return the revision that this program works with."""
    return revisions()[-1]


def trouble(revision: str) -> str:
    """Say that a schema is a newer program's; "" where this one can work with it, or bring it to its own.

    >>> trouble("0001"), trouble("")
    ('', '')
    """
    if not revision or revision in revisions():
        return ""
    return (
        f"The database has schema {revision}, and K-Blog {VERSION} knows none newer than {head()}: a newer version made"
        " it. Start that version, or restore a backup from before it (`flask backup list`)."
    )
