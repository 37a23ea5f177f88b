"""Whatever may change what lists are made of, done at random, here or in a process of its own that reads of stdin."""

import os
import random
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from kblog import create_app
from kblog.config import Config
from kblog.db import db, now
from kblog.document import Document
from kblog.ledger import Availability
from kblog.models import Comment, MovedTerm, Page, Review, Setting, Term
from kblog.models.site import mark_visible_change
from kblog.overview import Row
from kblog.studio import changes, publishing, saving
from kblog.studio.availability import queries as ledgers
from kblog.studio.terms import merging, naming
from kblog.transfer import rows
from kblog.transfer.loader import Loader

GENRES = ("Romance", "Musical comedy", "Comedy", "Dark satire", "Satire", "Road movie")
PEOPLE = ("Ok Bo-ra", "Ma Tae-sik", "Bang Hui-won", "Seo Nabi")
PLATFORMS = ("Netflix", "Viki", "Kino Lumen", "")
REGIONS = ("US", "KR", "FR", "WORLD", "")
TAGS = ("#Boats", "#LateTrain", "#소금길")
STATUSES = ("available", "not available", "left", "unknown")
SOON = timedelta(milliseconds=30)
CHANGES = (
    *("publish", "schedule", "later", "withdraw", "take up", "discard", "feature", "rename"),
    *["edit"] * 4,
    *("take in", "check", "delete", "delete one", "roll back", "roll back in part"),
    *("merge", "undo merge", "call", "place", "end", "go on"),
    *("name the site", "page", "comment"),
)


def document(dice: random.Random, slug: str) -> Document:
    """Make up a review that is filed under anything."""
    overview = [("Title", dice.choice(("Boats", "Salt", "Umbrella"))), ("Year", dice.choice(("2019", "2024", "")))]
    overview += [("Genre", ", ".join(dice.sample(GENRES, dice.randint(0, 3))))]
    overview += [("Main Cast", ", ".join(dice.sample(PEOPLE, dice.randint(0, 2))))]
    overview += [("Episodes", dice.choice(("8", "16", "")))]
    entries = [
        Availability(dice.choice(PLATFORMS), dice.choice(REGIONS), status=dice.choice(STATUSES))
        for _ in range(dice.randint(0, 3))
    ]
    return Document(
        slug=slug,
        headline=f"Headline {dice.randrange(100)}",
        kind=dice.choice(("drama", "film", "")),
        published_at=datetime(2026, 3, 1, tzinfo=UTC) + timedelta(hours=dice.randrange(20)),  # some of them at once
        state=dice.choice(("", "", "", "draft", "withdrawn")),
        verdict=dice.choice(("Essential", "Skip", "")),
        overview=tuple(Row(*pair) for pair in overview if pair[1]),
        labels=tuple(dice.sample(("Viki", "Romance", "Boats"), dice.randint(0, 1))),
        hashtags=tuple(dice.sample(TAGS, dice.randint(0, 2))),
        availability=tuple(entries),
        body="## Story\n\nIt floats.",
    )


def change(what: str, seed: int) -> None:
    """Do one thing of `CHANGES` to something, and commit."""
    dice, session = random.Random(seed), db.session()
    reviews = session.scalars(sa.select(Review).order_by(Review.id)).all()
    review = dice.choice(reviews) if reviews else None
    if review is None:
        what = "take in"
    elif what in ("roll back", "roll back in part"):
        savepoint = session.begin_nested() if what == "roll back in part" else session
        edit(session, review, dice)
        publishing.publish(review, now())
        session.flush()
        savepoint.rollback()
        if savepoint is not session:
            edit(session, dice.choice(reviews), dice)
    try:
        if review is None or not of_review(what, session, review, dice):
            of_others(what, session, dice, seed)
        session.commit()
    except (ValueError, publishing.SlugTaken):  # in words, for the author
        session.rollback()


def edit(session: Session, review: Review, dice: random.Random) -> None:
    saving.save(session, review, document(dice, review.slug), now())


def of_review(what: str, session: Session, review: Review, dice: random.Random) -> bool:
    """Do something to a review; whether there is such a thing."""
    match what:
        case "publish":
            publishing.publish(review, now() - timedelta(hours=dice.randrange(200)))
        case "schedule":
            publishing.publish(review, now() + SOON)
        case "later":
            publishing.publish(review, now() + timedelta(days=1))
        case "withdraw":
            publishing.withdraw(review, now())
        case "take up":
            publishing.take_up(review)
        case "discard":
            publishing.discard(review, now())
        case "feature":
            publishing.feature(review, not review.featured)
        case "rename":
            publishing.rename(session, review, f"work-{dice.randrange(1000)}")
        case "edit":
            edit(session, review, dice)
        case "check":
            said = {"status": dice.choice(STATUSES), "region": dice.choice(REGIONS)}
            changes.settle(session, [(row, replace(row.entry, **said)) for row in review.availability[:2]], now())
        case "delete":  # as the samples go
            session.execute(sa.delete(Review).where(Review.id == review.id))
            mark_visible_change(session)
        case "delete one":
            session.delete(review)
        case "comment":
            session.add(Comment(review_id=review.id, name="Guest", body="Aye.", posted_at=now()))
        case _:
            return False
    return True


def of_others(what: str, session: Session, dice: random.Random, seed: int) -> None:
    """Do something to the terms, or to what is in no list."""
    facet = dice.choice(("genre", "person", "platform", "hashtag"))
    terms = session.scalars(sa.select(Term).where(Term.facet == facet).order_by(Term.slug)).all()
    platforms = session.scalars(sa.select(Term).where(Term.facet == "platform").order_by(Term.slug)).all()
    match what:
        case "take in":
            loader = Loader(session)
            for n in range(3):
                loader.store(document(dice, f"work-{seed}-{n}"), f"test:{seed}-{n}")
            loader.terms.relabel()
        case "merge" if len(terms) > 1:
            gone, into = dice.sample(terms, 2)
            merging.merge(session, gone, into, now())
        case "undo merge":
            merged = session.scalars(sa.select(MovedTerm).where(MovedTerm.merged_at.is_not(None))).all()
            merging.undo(session, dice.choice(merged)) if merged else None
        case "call" if terms:
            naming.rename(
                session, dice.choice(terms), f"Name {dice.randrange(9)}", "", now(), moves=dice.random() < 0.5
            )
        case "place" if facet == "genre" and len(terms) > 1:
            one, other = dice.sample(terms, 2)
            naming.place(session, one, [other])
        case "end" if platforms:
            platform = dice.choice(platforms)
            today = date(2026, 3, 2)
            changes.end(session, platform, ledgers.entries_on(platform.id), today, None, today, now())
        case "go on" if platforms:
            platform = dice.choice(platforms)
            changes.go_on(session, platform, ledgers.changes_by_end(platform.id), now())
        case "name the site":
            session.merge(Setting(name="name", value=f"Blog {seed}"))
        case "page":
            session.add(page := Page(slug=f"page-{seed}", title="About", published_at=now()))
            rows.fill_page(page, Document(headline="About", body="It is about boats."))


def main() -> None:
    """Do what each line of stdin says, "edit 42", and answer each."""
    url = os.environ.get("KBLOG_DATABASE_URL", "")
    app = create_app(Config(instance=Path(sys.argv[1]), database_url=url, guard=False))
    with app.app_context():
        for line in sys.stdin:
            what, _, seed = line.strip().rpartition(" ")
            change(what, int(seed))
            db.session.remove()
            sys.stdout.write("done\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
