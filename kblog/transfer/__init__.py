"""Taking other people's formats in: which there are, and which of them a file is."""

from pathlib import Path
from types import ModuleType

from . import blogger, documents, feed, wordpress
from .records import NotAnExport
from .survey import survey

FORMATS: dict[str, ModuleType] = {"blogger": blogger, "wordpress": wordpress, "feed": feed, "documents": documents}


def detect(path: Path) -> str:
    """Name the format of a file, folder or zip.

    Raises NotAnExport with one sentence that says what the file is instead.
    """
    try:
        dialect = survey(Path(path)).feeds[0].dialect
    except NotAnExport:
        if documents.there_are(Path(path)):
            return "documents"
        raise
    return {"public": "feed", "wordpress": "wordpress"}.get(dialect, "blogger")
