"""What readers do, in numbers alone: how often a review is opened, and which searches find nothing."""

from flask import Flask

from . import searches, views
from .queries import most_read, read_between, read_since
from .readers import is_reader
from .searches import noting
from .views import Gatherer, counter

__all__ = ["Gatherer", "counter", "init_app", "is_reader", "most_read", "noting", "read_between", "read_since"]


def init_app(app: Flask) -> None:
    """Gather both in memory, and let the background write them."""
    views.init_app(app)
    searches.init_app(app)
