"""What is asked of the database about pictures: which texts show which, which are here, and who may see them."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from kblog import markup
from kblog.db import Model, read
from kblog.models import Media, MediaAddress, MediaUse, MediaVariant, Page, Review
from kblog.models.media import FOLDER
from kblog.models.review import foldable

Text = tuple[type[Review] | type[Page], int]

MOST_TRIES = 3  # at the smaller versions of one picture; then something about it ends whoever draws them

FILE_NAME = Media.hash + "." + Media.extension


class Shown(NamedTuple):
    """The pictures from elsewhere that texts show, by address: how often, and in which texts."""

    times: dict[str, int]
    texts: dict[str, list[Text]]


def shown(session: Session) -> Shown:
    """Read every text that shows a picture, and list those of them that are not here yet."""
    here = set(session.scalars(sa.select(MediaAddress.address).where(MediaAddress.media_id.is_not(None))))
    found = Shown({}, {})
    for model in (Review, Page):
        rows = session.execute(sa.select(model.id, model.body).where(model.body.contains("![")).order_by(model.id))
        for text_id, body in rows:
            for address in markup.pictures(body):
                if address.startswith(("http://", "https://")) and address not in here:
                    found.times[address] = found.times.get(address, 0) + 1
                    texts = found.texts.setdefault(address, [])
                    if (model, text_id) not in texts:
                        texts.append((model, text_id))
    return found


def tried(session: Session) -> dict[str, MediaAddress]:
    """Return the addresses that were tried in vain."""
    rows = session.scalars(sa.select(MediaAddress).where(MediaAddress.media_id.is_(None)))
    return {row.address: row for row in rows}


def is_file_of(session: Session, media_id: int, name: str) -> bool:
    """Whether a file is still the one of a picture."""
    query = sa.select(Media.id).where(Media.id == media_id, FILE_NAME.in_([name]))
    return session.scalar(query) is not None


def known(session: Session, file_hash: str) -> Media | None:
    """Return the picture that has these bytes."""
    return session.scalar(sa.select(Media).where(Media.hash == file_hash))


def addresses(session: Session, wanted: list[str]) -> dict[str, MediaAddress]:
    """Return what is known of some addresses."""
    rows = session.scalars(sa.select(MediaAddress).where(MediaAddress.address.in_(wanted)))
    return {row.address: row for row in rows}


def texts(session: Session, wanted: set[Text]) -> list[Review | Page]:
    """Read texts whole, to draw them anew: as they are now, whatever the session has seen of them before."""
    reviews = [text_id for model, text_id in wanted if model is Review]
    pages = [text_id for model, text_id in wanted if model is Page]
    now = {"populate_existing": True}
    found: list[Review | Page] = []
    if reviews:
        found += session.scalars(foldable(reviews).order_by(Review.id), execution_options=now)
    if pages:
        found += session.scalars(sa.select(Page).where(Page.id.in_(pages)).order_by(Page.id), execution_options=now)
    return found


class File(NamedTuple):
    """A file of the media folder: the picture it is, or is made of, and whether who asks for it may see it."""

    hash: str
    extension: str
    is_variant: bool
    is_shown: bool


def _file(is_shown: sa.ColumnElement[bool]) -> sa.CompoundSelect:
    """Select the file of a name; where two pictures have a variant in common, it is shown if one of them is."""
    original = sa.select(Media.hash, Media.extension, sa.literal(0).label("is_variant"), is_shown.label("is_shown"))
    original = original.where(Media.hash == NAMED, Media.extension == ENDING)
    variant = sa.select(Media.hash, Media.extension, sa.literal(1), is_shown)
    variant = variant.join_from(MediaVariant, Media, Media.id == MediaVariant.media_id)
    variant = variant.where(MediaVariant.hash == NAMED, MediaVariant.extension == ENDING)
    return sa.union_all(original, variant).order_by(sa.desc("is_shown")).limit(1)


def _used(*criteria: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return sa.exists().where(MediaUse.media_id == Media.id, *criteria).correlate(Media)


NAMED, ENDING = sa.bindparam("named"), sa.bindparam("ending")
OF_REVIEW, OF_PAGE = sa.bindparam("of_review"), sa.bindparam("of_page")
# made once: pictures are asked for more often than pages
OF_ALL = _file(
    sa.or_(
        _used(MediaUse.review_id == Review.id, Review.is_live()),
        _used(MediaUse.page_id == Page.id, Page.is_live()),
    )
)
OF_ONE = _file(_used(sa.or_(MediaUse.review_id == OF_REVIEW, MediaUse.page_id == OF_PAGE)))


def file(name: str) -> File | None:
    """Return a file by its name, shown to everybody where a live text shows the picture."""
    named, _, ending = name.partition(".")
    return _found(read(OF_ALL, {"named": named, "ending": ending}))


def file_of(text: Review | Page, name: str) -> File | None:
    """Return a file by its name, shown where this text shows the picture."""
    named, _, ending = name.partition(".")
    one = {"of_review": None, "of_page": None, f"of_{'review' if isinstance(text, Review) else 'page'}": text.id}
    return _found(read(OF_ONE, {"named": named, "ending": ending, **one}))


def _found(rows: sa.Result) -> File | None:
    row = rows.first()
    return File(row[0], row[1], bool(row[2]), bool(row[3])) if row else None


def replaced(name: str) -> str:
    """Return the file that took the place of one of this name; "" where none did."""
    query = sa.select(Media.hash + "." + Media.extension).join(MediaAddress, MediaAddress.media_id == Media.id)
    row = read(query.where(MediaAddress.address == FOLDER + name)).first()
    return row[0] if row else ""


def waiting(session: Session, silent_since: datetime) -> int | None:
    """Return the picture whose smaller versions are next to be made; one that somebody was at for too long, too."""
    is_free = sa.or_(Media.variants_claimed_at.is_(None), Media.variants_claimed_at < silent_since)
    query = sa.select(Media.id).where(Media.variants_at.is_(None), Media.variants_tries < MOST_TRIES, is_free)
    return session.scalar(query.order_by(Media.variants_tries, Media.id.desc()).limit(1))


def given_up(session: Session) -> list[int]:
    """Return the pictures of which no smaller versions could be made, as often as it was tried."""
    query = sa.select(Media.id).where(Media.variants_at.is_(None), Media.variants_tries >= MOST_TRIES)
    return list(session.scalars(query))


def showing(session: Session, media_ids: Sequence[int]) -> list[Text]:
    """Name the texts that show some of these pictures; a cover is in none."""
    query = sa.select(MediaUse.review_id, MediaUse.page_id).where(
        MediaUse.media_id.in_(media_ids), MediaUse.role == "text"
    )
    rows = session.execute(query.distinct().order_by(MediaUse.review_id.nulls_first(), MediaUse.page_id))
    return [(Review, row.review_id) if row.review_id else (Page, row.page_id) for row in rows]


def covers(session: Session, media_ids: Sequence[int]) -> list[tuple[int, str]]:
    """Name the reviews that have one of these pictures as their cover, and how each calls it."""
    query = sa.select(Review.id, Review.cover).join(MediaUse, MediaUse.review_id == Review.id)
    query = query.where(MediaUse.media_id.in_(media_ids), MediaUse.role == "cover").order_by(Review.id)
    return [(row.id, row.cover) for row in session.execute(query)]


def body(session: Session, text: Text) -> str:
    """Read what a text says."""
    model, text_id = text
    return session.scalar(sa.select(model.body).where(model.id == text_id)) or ""


def variants(session: Session) -> dict[str, set[int]]:
    """Name the files of all smaller versions, with the pictures that each belongs to."""
    found: dict[str, set[int]] = {}
    for media_id, digest, extension in session.execute(
        sa.select(MediaVariant.media_id, MediaVariant.hash, MediaVariant.extension)
    ):
        found.setdefault(f"{digest}.{extension}", set()).add(media_id)
    return found


def files_of(session: Session, picture: Media) -> list[str]:
    """Name the files of a picture: its own, and those of its smaller versions."""
    query = sa.select(MediaVariant.hash + "." + MediaVariant.extension).where(MediaVariant.media_id == picture.id)
    return [picture.file_name, *session.scalars(query)]


def library(session: Session) -> Sequence[Media]:
    """Return every picture that is not removed."""
    return session.scalars(sa.select(Media).where(Media.removed_at.is_(None)).order_by(Media.id)).all()


def removed_before(session: Session, moment: datetime) -> Sequence[Media]:
    """Return the pictures that were removed from the library before a moment."""
    return session.scalars(sa.select(Media).where(Media.removed_at < moment).order_by(Media.id)).all()


def file_names(session: Session) -> set[str]:
    """Name every file that a row stands for, in whichever table: each that has a hash and an extension names one."""
    tables = [each for each in Model.metadata.tables.values() if {"hash", "extension"} <= set(each.columns.keys())]
    names = (sa.select(each.c.hash + "." + each.c.extension) for each in tables)
    return set(session.scalars(sa.union(*names)))
