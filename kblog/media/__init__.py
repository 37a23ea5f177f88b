"""Pictures of the site: looked at, drawn anew, kept under the hash of their bytes, and sent to readers."""

from flask import Flask

from . import tidying, variants
from .routes import bp

__all__ = ["bp", "init_app"]


def init_app(app: Flask) -> None:
    variants.init_app(app)
    tidying.init_app(app)
