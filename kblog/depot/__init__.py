"""Where the files of pictures lie: a folder, or a bucket of an S3-compatible store; nobody else has to know which."""

from functools import cache
from importlib import import_module
from pathlib import Path

from kblog.config import Refused
from kblog.sharing import Shared

from .folder import ARRIVING, Folder
from .interface import Depot, Lying, OutOfReach, Place

__all__ = ["ARRIVING", "Depot", "Folder", "Lying", "OutOfReach", "Place", "of"]


@cache  # a process speaks to a bucket through one client, which keeps its connections
def of(place: Place) -> Depot:
    """Return the depot at a place; end the start where what speaks to a bucket is not installed."""
    if isinstance(place, Path):
        return Folder(place)
    if isinstance(place, Shared):
        return Folder(place.path, place.folder)
    try:
        objects = import_module(".objects", __package__)  # most sites have no use for it
    except ModuleNotFoundError:
        raise Refused(
            "KBLOG_MEDIA names a bucket, and obstore, which speaks to it, is not installed: make setup-several gets it."
        ) from None
    return objects.Objects(place)
