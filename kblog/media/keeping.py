"""How a picture becomes one of the site: its row, the addresses it stands for, and the texts that show it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from kblog import markup
from kblog.language import gettext as _
from kblog.models import Media, MediaAddress, media
from kblog.models.media import FOLDER

from . import queries, variants
from .store import Kept


class Arrival(NamedTuple):
    """A picture that lies in the folder and has no row yet; `addresses` are what it stands for."""

    kept: Kept
    name: str
    addresses: tuple[str, ...]


def add(session: Session, arrivals: Iterable[Arrival], shown: queries.Shown, moment: datetime) -> int:
    """Add pictures, and draw the texts anew that show them; return how many are new. The caller commits.

    No text is changed by it, nor its version: an editor that is open stays in step.
    """
    added, drawn_anew, pictures = 0, set(), {}
    for arrival in arrivals:
        picture, is_new = take_in(session, arrival.kept, arrival.name, moment)
        added += is_new
        there = queries.addresses(session, list(arrival.addresses))
        for address in arrival.addresses:
            row = there.get(address) or MediaAddress(address=address)
            row.media_id, row.trouble, row.tried_at = picture.id, "", moment
            session.add(row)
            pictures[address] = picture
            drawn_anew |= set(shown.texts.get(address, ()))
    session.flush()
    for text in queries.texts(session, drawn_anew):
        text.body = text.body
        _learn(media.drawn(text.body), pictures)
    session.flush()
    return added


def _learn(rendered: markup.Rendered, pictures: Mapping[str, Media]) -> None:
    """Let the library say of a picture what a text says of it, where nobody has said it; nothing from a spoiler."""
    for block in rendered.blocks:
        for address, words in block.pictures:
            if words.strip() and not block.spoils and (picture := pictures.get(address)) and not picture.is_described:
                picture.alt = " ".join(words.split())


def take_in(session: Session, kept: Kept, name: str, moment: datetime) -> tuple[Media, bool]:
    """Return the picture that has these bytes, and whether it is new; one that was removed is back.

    The caller commits.
    """
    picture = queries.known(session, kept.hash)
    if picture is not None:
        picture.removed_at = None
        return picture, False
    about = {each: getattr(kept, each) for each in ("hash", "extension", "width", "height", "size")}
    picture = Media(**about, name=name, added_at=moment)
    session.add(picture)
    session.flush()
    return picture, True


def replace(session: Session, picture: Media, kept: Kept, name: str, moment: datetime) -> None:
    """Let another file take a picture's place; its old addresses lead on to it. The caller commits.

    Raises ValueError with a sentence for the author. Texts are drawn anew when the smaller versions are made.
    """
    if kept.hash == picture.hash:
        return
    if other := queries.known(session, kept.hash):
        name = other.name or _("another one")
        if other.removed_at:
            raise ValueError(_("That picture is here already, as %(name)s, among those that were removed.", name=name))
        raise ValueError(_("That picture is here already, as %(name)s.", name=name))
    old = queries.files_of(session, picture)
    for each in ("hash", "extension", "width", "height", "size"):
        setattr(picture, each, getattr(kept, each))
    picture.name = name
    session.execute(sa.delete(MediaAddress).where(MediaAddress.address == picture.address))  # it comes back to its own
    for each in old:
        session.merge(MediaAddress(address=FOLDER + each, media_id=picture.id, trouble="", tried_at=moment))
    variants.note(session, picture.id, [])
    variants.want_anew(session, [picture.id])


def note_failure(session: Session, address: str, trouble: str, moment: datetime) -> None:
    """Remember why a picture could not be fetched. The caller commits."""
    row = queries.addresses(session, [address]).get(address) or MediaAddress(address=address)
    row.trouble, row.tried_at = trouble, moment
    session.add(row)
