"""Taking other people's formats in: which there are, and which of them a file is."""

from pathlib import Path
from types import ModuleType

from . import blogger, documents, feed, ghost, wordpress
from .records import NotAnExport
from .survey import Dialect, survey

FORMATS: dict[str, ModuleType] = {
    "blogger": blogger,
    "wordpress": wordpress,
    "ghost": ghost,
    "feed": feed,
    "documents": documents,
}
SPOKEN: dict[Dialect, str] = {
    "backup": "blogger",
    "takeout": "blogger",
    "wordpress": "wordpress",
    "ghost": "ghost",
    "public": "feed",
}


def detect(path: Path) -> str:
    """Name the format of a file, folder or zip.

    Raises NotAnExport with one sentence that says what the file is instead.
    """
    try:
        return SPOKEN[survey(Path(path)).feeds[0].dialect]
    except NotAnExport:
        if documents.there_are(Path(path)):
            return "documents"
        raise
