"""A site with something in every room: what waits, what went wrong, what is under way, what was merged."""

from datetime import timedelta

import sqlalchemy as sa
from flask import Flask

from kblog.cli.site import load_samples
from kblog.db import db, now
from kblog.mail import links
from kblog.models import Comment, Report, Review, Subscription
from kblog.reviews.routes import today
from tests.browser import Browser
from tests.builders import comments, document, stored, stored_together
from tests.commenting import moderated
from tests.conftest import logged_in, read
from tests.test_bring_pictures import picture
from tests.test_edit_review import begun
from tests.test_import_in_studio import imported, sent, work
from tests.test_look_at_insights import read as views
from tests.test_look_at_insights import sought
from tests.test_merge_terms import blog
from tests.test_upload_media import came_in

SAID = (
    ("Thandeka", "I worked in a building exactly like this one.", "pending", "First comment under this name"),
    ("민서", "한국에서 볼 때는 몰랐는데, 리뷰를 읽고 다시 봤어요.", "pending", "First comment under this name"),
    ("dramawave", "Everything free at https://a.example", "spam", "2 links"),
    ("Ines P.", "You were too kind. ||It burns.||", "removed", ""),
)
LONG = "The Grandmother Who Sold Umbrellas in the Rain and Would Not Hear of Closing"


def furnish(app: Flask) -> Browser:
    """Fill a site, and return the author's browser."""
    moderated(app, "first", guard=False)
    assert load_samples()
    author = logged_in(app)
    author.is_strict = False
    begun(author)
    threads = tuple(comments(60))
    stored(slug="long", overview=[("Title", LONG), ("Genre", "Comedy, Sea stories")], comments=threads, body=BODY)
    stored_together(*(document(slug=f"boat-{n}", overview=[("Title", f"Boat {n}")]) for n in range(30)))
    stored(slug="later", overview=[("Title", "Later")], published_at=now() + timedelta(days=9))
    blog()
    db.session.commit()
    _say()
    page = author.get("/studio/terms/genres/rom-com/merge?into=romance")
    page.send("//main//form[@method='post']")
    came_in(author, picture(size=(900, 600)))
    came_in(author, picture(size=(600, 900), colour="navy"), "pier.jpg")
    imported(author)
    sent(author)
    work(app)
    return author


def _say() -> None:
    """Let readers come, comment, search in vain and ask for mail."""
    review = read(sa.select(Review.id).order_by(Review.id))[0]
    for minutes, (name, body, state, reason) in enumerate(SAID, 1):
        given = {"name": name, "body": body, "state": state, "reason": reason, "writer_hash": name}
        db.session.add(Comment(review_id=review, posted_at=now() - timedelta(minutes=minutes), **given))
    db.session.add(Report(comment_id=1, reason="It is rude to everybody.", reported_at=now()))
    for ago in range(1, 60):
        views(review, 90 * ago, today() - timedelta(days=ago))
    for words in ("달의 연인", "an umbrella that talks"):
        sought(words, 3, 1)
    given = {"asked_at": now(), "writer_hash": "Thandeka"}
    db.session.add(Subscription(address="thandeka@example.org", token="wanted", **given))
    db.session.commit()


def unlinked(app: Flask) -> list[str]:
    """Return addresses of pages that readers come to by a mail, by an old link or by mistake."""
    key = app.config["SECRET_KEY"]
    return [
        f"/mail/confirm/{links.CONFIRMED.sign(key, 'wanted')}",
        f"/mail/unsubscribe/{links.ENDED.sign(key, 'wanted')}",
        "/mail/unsubscribe/nonsense",
        "/reviews/never-written/",
        "/reviews/?q=qqqq",
        "/reviews/?genre=romance&platform=viki&year=1999",
        "/reviews/?q=%EB%93%B1%EB%8C%80",
        "/reviews/long/comments?page=2",
        "/reviews/long/comments/new?parent=1",
        "/studio/login",
    ]


BODY = """## Introduction

A boat leaves. It comes back (돌아온다).

::: spoiler episodes 2-4
It sinks.
:::

| Episode | Tide |
|---|---|
| 1 | high |

## Memorable Lines

> I am early.
> — Jin, Episode 3

Words[^1], and `code`.

[^1]: A note.
"""
