"""Pictures that the site has, and the addresses elsewhere that each of them stands for."""

import re
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, validates

from kblog import markup
from kblog.db import Model, UtcDateTime, now, read

FOLDER = "/media/"
NAME = {"hash": re.compile(r"[0-9a-f]{64}"), "extension": re.compile(r"[a-z0-9]{2,5}")}


class Media(Model):
    """A picture in the media folder: drawn anew from what came in, and named by the hash of its own bytes."""

    id: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[str] = mapped_column(unique=True)
    extension: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int]  # in bytes
    name: Mapped[str] = mapped_column(default="")  # of the file that came in
    alt: Mapped[str | None]  # what it shows; none where nobody has said it yet
    added_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    @validates("hash", "extension")
    def _keep_a_name(self, key: str, value: str) -> str:
        """Keep what a file's name is made of: an export that comes in may say anything."""
        if not NAME[key].fullmatch(value):
            raise ValueError(f"{value[:40]!r} is no {key} of a picture")
        return value

    @property
    def address(self) -> str:
        """Where readers get it."""
        return f"{FOLDER}{self.hash}.{self.extension}"


class MediaAddress(Model):
    """An address elsewhere under which a text shows a picture: the one that is here for it, or why none is."""

    address: Mapped[str] = mapped_column(primary_key=True)
    media_id: Mapped[int | None] = mapped_column(sa.ForeignKey("media.id", ondelete="CASCADE"), index=True)
    trouble: Mapped[str] = mapped_column(default="")  # why it could not be fetched, the last time
    tried_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


FOUND = (Media.hash, Media.extension, Media.width, Media.height)
AT = sa.bindparam("addresses", expanding=True)
HASHES = sa.bindparam("hashes", expanding=True)
BY_ADDRESS = sa.select(MediaAddress.address, *FOUND).join(Media).where(MediaAddress.address.in_(AT))
BY_HASH = sa.select(*FOUND).where(Media.hash.in_(HASHES))


def pictures_of(source: str) -> tuple[markup.Picture, ...]:
    """Return those pictures that a text shows and the site has; it asks nothing of a text that shows none."""
    shown = set(markup.pictures(source))
    if not shown:
        return ()
    own = [each.removeprefix(FOLDER).partition(".")[0] for each in shown if each.startswith(FOLDER)]
    rows = [(None, *row) for row in read(BY_HASH, {"hashes": own})] if own else []
    if elsewhere := [each for each in shown if not each.startswith("/")]:
        rows += read(BY_ADDRESS, {"addresses": elsewhere})
    found = {}
    for address, digest, extension, width, height in rows:
        here = f"{FOLDER}{digest}.{extension}"
        found[address or here] = markup.Picture(address or here, here, width, height)
    return tuple(found[address] for address in sorted(found))


def drawn(source: str) -> markup.Rendered:
    """Draw a text with the pictures of it that are here."""
    found = pictures_of(source)
    return markup.render_review(source, found) if found else markup.render_review(source)
