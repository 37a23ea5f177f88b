"""Smaller versions of pictures: made in the background, by whoever is first, and made anew where they are lost."""

import time
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from kblog import background
from kblog.db import db, now, reads_only, trouble
from kblog.depot import OutOfReach
from kblog.models import Media, MediaVariant, Review, media
from kblog.models.site import mark_visible_change

from . import queries
from .store import LEFT_BEHIND, Kept, NotAPicture, Store

JOB = "pictures"  # to be wanted by whoever brought some in, after the commit
EVERY = 10  # seconds: what a command brings in is found by looking
SILENT = timedelta(minutes=5)  # after which who claimed a picture is taken for dead; the slowest takes two
AT_ONCE = 30  # seconds for one go: a text that shows many of them is drawn anew once
LOOKED_OVER_EVERY = 6 * 3600  # seconds


def init_app(app: Flask) -> None:
    background.of(app).add(JOB, lambda: make(Store(app.config["KBLOG"].media)), every=EVERY)
    background.of(app).add(
        f"{JOB}, looked over",
        lambda: look_over(Store(app.config["KBLOG"].media), has_all=app.config["KBLOG"].sees_all_media),
        every=LOOKED_OVER_EVERY,
    )


def make(store: Store) -> bool:
    """Make the smaller versions of pictures that wait for them; return whether more wait.

    Each step is a transaction of its own, and none is open while something is drawn. Until its texts are drawn anew a
    picture is not done, so whoever takes over from one who was killed does all of it again.
    """
    began, done = time.monotonic(), dict[int, str]()
    is_more = True
    while is_more and time.monotonic() - began < AT_ONCE:
        with reads_only():
            media_id = None if trouble() else queries.waiting(db.session(), now() - SILENT)
        is_more = media_id is not None
        try:
            if media_id is not None and (name := _claimed(media_id)) and _made(store, media_id, name):
                done[media_id] = name
        except OutOfReach:  # the others would be asked for in vain, too
            is_more = False
    if done:
        draw_anew(list(done))
        with db.session.begin():
            finish(db.session(), done, now())
    return is_more


def claim(session: Session, media_id: int, moment: datetime) -> str:
    """Take a picture on, and return its file's name; "" where somebody else was faster. The caller commits."""
    is_free = sa.or_(Media.variants_claimed_at.is_(None), Media.variants_claimed_at < moment - SILENT)
    taking = sa.update(Media).where(Media.id == media_id, Media.variants_at.is_(None), is_free)
    taking = taking.values(variants_claimed_at=moment).returning(queries.FILE_NAME)
    return session.execute(taking).scalar() or ""


def note(session: Session, media_id: int, made: list[Kept]) -> None:
    """Let a picture have these smaller versions and no others. The caller commits."""
    session.execute(sa.delete(MediaVariant).where(MediaVariant.media_id == media_id))
    about = ("hash", "extension", "width", "height", "size")
    for each in made:
        session.add(MediaVariant(media_id=media_id, **{name: getattr(each, name) for name in about}))
    session.flush()


def finish(session: Session, done: dict[int, str], moment: datetime) -> None:
    """Say that all is made of these files, and drawn; a picture that another file took meanwhile is not done.

    The caller commits.
    """
    for media_id, name in done.items():
        mine = sa.update(Media).where(Media.id == media_id, queries.FILE_NAME.in_([name]))
        session.execute(mine.values(variants_at=moment, variants_claimed_at=None, variants_trouble=""))


def fail(session: Session, media_id: int, name: str, trouble: str, *, counts: bool = True) -> None:
    """Remember why nothing could be made; it is tried again when the claim is over. The caller commits.

    What is no fault of the picture's does not count: a full disk, nor the end of the process that was at it.
    """
    failed = sa.update(Media).where(Media.id == media_id, queries.FILE_NAME.in_([name]))
    tries = Media.variants_tries + (1 if counts else 0)
    session.execute(failed.values(variants_trouble=trouble, variants_tries=tries))


def want_anew(session: Session, media_ids: list[int]) -> None:
    """Let the smaller versions of these be made once more. The caller commits."""
    wanted = sa.update(Media).where(Media.id.in_(media_ids))
    session.execute(wanted.values(variants_at=None, variants_claimed_at=None, variants_tries=0))


def look_over(store: Store, *, has_all: bool = True) -> None:
    """Take away the files that belong to no picture any more, and have those made anew that are lost.

    Without `has_all` what does not lie here may lie on another machine, and is not taken for lost.
    """
    store.tidy()
    lying = store.variants()
    with reads_only():
        known = queries.variants(db.session())
    until = time.time() - LEFT_BEHIND
    store.forget_variants(name for name, since in lying.items() if name not in known and since < until)
    lost = {media_id for name, media_ids in known.items() if name not in lying for media_id in media_ids}
    if lost and has_all:
        with db.session.begin():
            want_anew(db.session(), sorted(lost))


def _claimed(media_id: int) -> str:
    with db.session.begin():
        return claim(db.session(), media_id, now())


def _made(store: Store, media_id: int, name: str) -> bool:
    """Make what one picture needs, and say whether it could be; raise OutOfReach where no other's can be either."""
    try:
        made = store.vary(name)
    except NotAPicture as refused:
        with db.session.begin():
            fail(db.session(), media_id, name, str(refused))
        return False
    except OSError as error:
        with db.session.begin():
            fail(db.session(), media_id, name, f"nothing can be stored: {error.strerror or error}", counts=False)
        if isinstance(error, OutOfReach):
            raise
        return False
    with db.session.begin():
        if not queries.is_file_of(db.session(), media_id, name):
            return False  # another file took its place meanwhile
        note(db.session(), media_id, made)
    return True


def draw_anew(media_ids: list[int]) -> None:
    """Draw the texts anew that show these pictures, and the covers; no text is changed by it, nor its version."""
    with reads_only():
        texts, covers = queries.showing(db.session(), media_ids), queries.covers(db.session(), media_ids)
    for text in texts:
        try:
            with reads_only():  # drawn here, and found drawn under the write lock
                media.drawn(queries.body(db.session(), text))
        except ValueError:  # longer than is drawn by now: it stays as it is
            continue
        with db.session.begin():
            for each in queries.texts(db.session(), {text}):
                each.body = each.body
        db.session.expunge_all()
    if covers:
        with db.session.begin():
            for review_id, address in covers:
                found = media.cover_in(address)
                changed = sa.update(Review).where(Review.id == review_id, Review.cover == address)
                db.session.execute(changed.values(cover_files=found and found[1]))
            mark_visible_change(db.session(), of_reviews=())
