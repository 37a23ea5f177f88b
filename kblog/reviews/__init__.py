"""The reviews as readers meet them: home, browse, review pages, terms and archive."""

from . import archive, cover_views, link_pictures
from .routes import bp

__all__ = ["archive", "bp", "cover_views", "link_pictures"]
