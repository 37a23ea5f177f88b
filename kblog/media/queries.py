"""What is asked of the database about pictures: which texts show which, and which are here."""

from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from kblog import markup
from kblog.models import Media, MediaAddress, Page, Review
from kblog.models.review import foldable

Text = tuple[type[Review] | type[Page], int]


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
