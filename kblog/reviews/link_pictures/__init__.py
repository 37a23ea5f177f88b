"""The pictures that links to reviews show elsewhere: drawn in the background, as covers are, with the titles beside."""

from .drawing import HEIGHT, WIDTH
from .job import init_app, want
from .queries import hand_over, held, is_shown
from .store import NotDrawn, Store, file_name

__all__ = ["HEIGHT", "WIDTH", "NotDrawn", "Store", "file_name", "hand_over", "held", "init_app", "is_shown", "want"]
