"""A whole site as one zip of portable documents and readable tables: written, taken in, and held against its origin."""

from .checking import check
from .comparing import Compared, Drawn, addresses, compare
from .manifest import Manifest, is_site
from .opening import opened
from .restoring import bring_media, restore
from .tables import MEDIA
from .writing import write

__all__ = [
    "MEDIA",
    "Compared",
    "Drawn",
    "Manifest",
    "addresses",
    "bring_media",
    "check",
    "compare",
    "is_site",
    "opened",
    "restore",
    "write",
]
