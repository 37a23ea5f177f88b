"""Which schemas of the database this program knows: the revisions that its migrations make."""

from functools import lru_cache

from alembic.script import ScriptDirectory

from .config import ROOT, VERSION


@lru_cache(maxsize=1)
def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(ROOT / "kblog" / "migrations"))


def head() -> str:
    """Return the revision that this program works with."""
    return _scripts().get_current_head() or ""


def trouble(revision: str) -> str:
    """Say that a schema is a newer program's; "" where this one can work with it, or bring it to its own.

    >>> trouble("0001"), trouble("")
    ('', '')
    """
    if not revision or any(script.revision == revision for script in _scripts().walk_revisions()):
        return ""
    return (
        f"The database has schema {revision}, and K-Blog {VERSION} knows none newer than {head()}: a newer version made"
        " it. Start that version, or restore a backup from before it (`flask backup list`)."
    )
