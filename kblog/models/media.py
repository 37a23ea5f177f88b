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
    is_decorative: Mapped[bool] = mapped_column(default=False, server_default=sa.false())  # it shows nothing to be said
    caption: Mapped[str] = mapped_column(default="", server_default="")
    credit: Mapped[str] = mapped_column(default="", server_default="")  # whose it is, printed under it
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # from the library; the file stays a while
    added_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    @validates("hash", "extension")
    def _keep_a_name(self, key: str, value: str) -> str:
        """Keep what a file's name is made of: an export that comes in may say anything."""
        if not NAME[key].fullmatch(value):
            raise ValueError(f"{value[:40]!r} is no {key} of a picture")
        return value

    @property
    def file_name(self) -> str:
        """What its file is called in the media folder."""
        return f"{self.hash}.{self.extension}"

    @property
    def address(self) -> str:
        """Where readers get it."""
        return FOLDER + self.file_name

    @property
    def is_described(self) -> bool:
        """Whether it is said what it shows, or that there is nothing to say."""
        return self.is_decorative or bool(self.alt)


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
