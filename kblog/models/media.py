"""Pictures that the site has: their smaller versions, the texts that show them, the addresses they stand for."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, validates

from kblog import markup
from kblog.db import Model, UtcDateTime, now, read

if TYPE_CHECKING:
    from .page import Page
    from .review import Review

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
    # Its smaller versions are made in the background: since when all are there, who is at it, and what went wrong.
    variants_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    variants_claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    variants_tries: Mapped[int] = mapped_column(default=0, server_default="0")
    variants_trouble: Mapped[str] = mapped_column(default="", server_default="")

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


class MediaVariant(Model):
    """A smaller version of a picture, as WebP or in the picture's own format; made of it, and made anew if lost."""

    media_id: Mapped[int] = mapped_column(sa.ForeignKey("media.id", ondelete="CASCADE"), primary_key=True)
    width: Mapped[int] = mapped_column(primary_key=True)
    extension: Mapped[str] = mapped_column(primary_key=True)
    height: Mapped[int]
    hash: Mapped[str] = mapped_column(index=True)  # two pictures may have one in common
    size: Mapped[int]  # in bytes

    @property
    def address(self) -> str:
        """Where readers get it."""
        return f"{FOLDER}{self.hash}.{self.extension}"


class MediaUse(Model):
    """A review or page that shows a picture: in its text, or as its cover."""

    __table_args__ = (sa.CheckConstraint("(review_id IS NULL) <> (page_id IS NULL)", name="user"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    media_id: Mapped[int] = mapped_column(sa.ForeignKey("media.id", ondelete="CASCADE"), index=True)
    review_id: Mapped[int | None] = mapped_column(sa.ForeignKey("review.id", ondelete="CASCADE"), index=True)
    page_id: Mapped[int | None] = mapped_column(sa.ForeignKey("page.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(default="text")  # or "cover"


class Found(NamedTuple):
    """A picture that a text shows and the site has."""

    media_id: int
    picture: markup.Picture


ORIGINAL = (Media.id, Media.hash, Media.extension, Media.width, Media.height)
SMALLER = (MediaVariant.hash, MediaVariant.extension, MediaVariant.width)
WORDS = (Media.alt, Media.is_decorative, Media.credit)
AT = sa.bindparam("addresses", expanding=True)
HASHES = sa.bindparam("hashes", expanding=True)
BY_ADDRESS = (
    sa.select(MediaAddress.address, *ORIGINAL, *SMALLER, *WORDS)
    .join_from(MediaAddress, Media)
    .outerjoin(MediaVariant, MediaVariant.media_id == Media.id)
    .where(MediaAddress.address.in_(AT))
    .order_by(MediaVariant.width)
)
# also by the address of a smaller version: whoever copies one from a page means the picture
OF_VARIANTS = sa.select(MediaVariant.media_id).where(MediaVariant.hash.in_(HASHES))
BY_HASH = (
    sa.select(sa.null(), *ORIGINAL, *SMALLER, *WORDS)
    .join_from(Media, MediaVariant, MediaVariant.media_id == Media.id, isouter=True)
    .where(sa.or_(Media.hash.in_(HASHES), Media.id.in_(OF_VARIANTS)))
    .order_by(MediaVariant.width)
)


def found_in(source: str, folder: str = FOLDER) -> tuple[Found, ...]:
    """Return those pictures that a text shows and the site has; it asks nothing of a text that shows none.

    `folder` is where readers get them.
    """
    shown = set(markup.pictures(source))
    if not shown:
        return ()
    own = {each: each.removeprefix(FOLDER).partition(".")[0] for each in shown if each.startswith(FOLDER)}
    rows = read(BY_HASH, {"hashes": list(own.values())}).all() if own else []
    known = {digest for row in rows for digest in (row[2], row[6])}
    replaced = [address for address, digest in own.items() if digest not in known]
    if elsewhere := [each for each in shown if not each.startswith("/")] + replaced:
        rows = [*rows, *read(BY_ADDRESS, {"addresses": elsewhere})]
    together: dict[tuple[str | None, int], list[sa.Row]] = {}
    for row in rows:
        together.setdefault((row[0], row[1]), []).append(row)
    found = {}
    for (address, media_id), some in together.items():
        _, _, digest, extension, width, height = some[0][:6]
        alt, is_decorative, credit = some[0][9:]
        smaller = [(f"{each[6]}.{each[7]}", each[8]) for each in some if each[6]]
        variants = tuple(markup.Variant(f"{folder}{name}", wide) for name, wide in smaller)
        names = (f"{digest}.{extension}", *(name for name, _ in smaller))
        for here in (address,) if address else {f"{FOLDER}{name}" for name in names} & shown:
            words = {"alt": "" if is_decorative else alt or "", "credit": credit}
            picture = markup.Picture(here, f"{folder}{names[0]}", width, height, variants=variants, **words)
            found[here] = Found(media_id, picture)
    return tuple(found[address] for address in sorted(found))


def cover_in(address: str) -> tuple[int, list[list[Any]]] | None:
    """Find the picture of a cover: its id, and the width, height and name of each of its files, its own first."""
    name = address.removeprefix(FOLDER)
    rows = read(BY_HASH, {"hashes": [name.partition(".")[0]]}).all() if name else []
    if name and not rows:  # another file took its place
        rows = read(BY_ADDRESS, {"addresses": [address]}).all()
    for row in rows[:1]:
        _, media_id, digest, extension, width, height = row[:6]
        smaller = [[each[8], round(height * each[8] / width), f"{each[6]}.{each[7]}"] for each in rows if each[6]]
        files = [[width, height, f"{digest}.{extension}"], *smaller]
        return (media_id, files) if row[0] or name in [each[2] for each in files] else None
    return None


def drawn(source: str, found: tuple[Found, ...] | None = None) -> markup.Rendered:
    """Draw a text with the pictures of it that are here; `found` where somebody has looked for them already."""
    pictures = tuple(each.picture for each in (found_in(source) if found is None else found))
    return markup.render_review(source, pictures) if pictures else markup.render_review(source)


def keep_uses(text: "Review | Page", shown: Iterable[int], role: str = "text") -> None:
    """Note that a text shows these pictures in this role, and no others."""
    wanted = set(shown)
    for use in [each for each in text.uses if each.role == role and each.media_id not in wanted]:
        text.uses.remove(use)
    known = {each.media_id for each in text.uses if each.role == role}
    text.uses += [MediaUse(media_id=media_id, role=role) for media_id in sorted(wanted - known)]
