"""Pictures for the tests of covers: drawn here, stored as an import stores them."""

import io
from typing import NamedTuple

from flask import Flask
from PIL import Image

from kblog.db import db
from kblog.media.store import Store
from kblog.models import Media


def photograph(width: int, height: int) -> bytes:
    """A picture that is red at the left, green in the middle and blue at the right."""
    image = Image.new("RGB", (width, height), "green")
    image.paste("red", (0, 0, width // 3, height))
    image.paste("blue", (width - width // 3, 0, width, height))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


class Hung(NamedTuple):
    """A picture that is stored."""

    hash: str
    address: str


def hung(app: Flask, width: int = 900, height: int = 600, **given) -> Hung:
    """Store such a picture, and commit."""
    kept = Store(app.config["KBLOG"].media).keep(photograph(width, height))
    said = {name: getattr(kept, name) for name in ("hash", "extension", "width", "height", "size")}
    picture = Media(**said, **{"name": "harbour.png", **given})
    db.session.add(picture)
    db.session.commit()
    return Hung(kept.hash, f"/media/{kept.file_name}")
