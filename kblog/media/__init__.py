"""Pictures of the site: looked at, drawn anew, kept under the hash of their bytes, and sent to readers."""

from .routes import bp
from .variants import init_app

__all__ = ["bp", "init_app"]
