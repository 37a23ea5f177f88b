"""What is asked of the database about who shows which pictures."""

import re
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from kblog import markup
from kblog.models import Autosave, Media, MediaAddress, MediaUse, MediaVariant, Page, Review, Revision
from kblog.models.media import FOLDER

OWN = re.compile(rf"{FOLDER}([0-9a-f]{{64}})\.")
RUN = re.compile(r"[\w-]+", re.ASCII)


class User(NamedTuple):
    """A review or page that shows a picture, now or in a text that is kept of it."""

    kind: str
    id: int
    title: str
    how: str  # text or cover; revision or unsaved


def users(session: Session, ids: Collection[int]) -> dict[int, list[User]]:
    """Return who shows some pictures now, whatever its state: two queries."""
    found: dict[int, list[User]] = {}
    for kind, model, key, *titles in (
        ("review", Review, MediaUse.review_id, Review.work_title, Review.headline, Review.slug),
        ("page", Page, MediaUse.page_id, Page.title, Page.slug),
    ):
        query = sa.select(MediaUse.media_id, model.id, MediaUse.role, *titles).join(model, model.id == key)
        for media_id, text_id, role, *names in session.execute(
            query.where(MediaUse.media_id.in_(ids)).order_by(MediaUse.id)
        ):
            found.setdefault(media_id, []).append(User(kind, text_id, next(filter(None, names)), role))
    return found


def keepers(session: Session, pictures: Collection[Media]) -> dict[int, list[User]]:
    """Return whose revisions and unsaved texts show some pictures, so that they can be restored whole.

    It goes through all that is kept of texts with a picture: for what happens seldom.
    """
    ids = [picture.id for picture in pictures]
    hashes = {picture.hash: picture.id for picture in pictures}
    smaller = sa.select(MediaVariant.hash, MediaVariant.media_id).where(MediaVariant.media_id.in_(ids))
    hashes.update((digest, media_id) for digest, media_id in session.execute(smaller))
    query = sa.select(MediaAddress.address, MediaAddress.media_id).where(MediaAddress.media_id.in_(ids))
    elsewhere: dict[str, int] = {row.address: row.media_id for row in session.execute(query)}
    own = {address: OWN.match(address) for address in elsewhere}
    hashes |= {found[1]: elsewhere.pop(address) for address, found in own.items() if found}  # it was replaced once
    found: dict[int, dict[User, None]] = {}
    for user, text in _kept_texts(session):
        shown = {hashes[digest] for digest in OWN.findall(text) if digest in hashes}
        traced = [address for address in elsewhere if _trace(address) in text]
        if traced:  # however the text spells it
            in_text = set(markup.pictures(text))
            shown |= {elsewhere[address] for address in traced if address in in_text}
        for media_id in shown:
            found.setdefault(media_id, {})[user] = None
    return {media_id: list(each) for media_id, each in found.items()}


def _kept_texts(session: Session) -> Iterator[tuple[User, str]]:
    """Go through all revisions and unsaved texts that may show a picture."""
    for kind, model, *titles in (
        ("review", Review, Review.work_title, Review.headline, Review.slug),
        ("page", Page, Page.title, Page.slug),
    ):
        for how, kept, column in (("revision", Revision, Revision.text), ("unsaved", Autosave, Autosave.fields)):
            key = kept.review_id if kind == "review" else kept.page_id
            query = sa.select(column, model.id, *titles).join(model, model.id == key)
            whole = sa.cast(column, sa.Text)  # a cover is named by its address alone
            query = query.where(sa.or_(whole.contains("!["), whole.contains(FOLDER))).order_by(kept.id)
            for text, text_id, *names in session.execute(query.execution_options(yield_per=100)):
                words = text if isinstance(text, str) else "\n\n".join(value for _, value in text)
                yield User(kind, text_id, next(filter(None, names)), how), words


def _trace(address: str) -> str:
    """Return the longest part of an address that every spelling of it has."""
    return max(RUN.findall(address.partition("://")[2].partition("/")[2]) or [address], key=len)


def held(session: Session, pictures: Sequence[Media]) -> dict[int, list[User]]:
    """Return what still shows some pictures, now or in a text that is kept."""
    now, kept = users(session, [picture.id for picture in pictures]), keepers(session, pictures)
    return {each: now.get(each, []) + kept.get(each, []) for each in now.keys() | kept.keys()}
