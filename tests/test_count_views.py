"""How often a review is read: counted without cookies, written seconds later, in order on the home page."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from kblog import background, traffic
from kblog.db import db
from kblog.models import Review, ReviewViews, site
from kblog.reviews import queries
from kblog.reviews.routes import today

from .browser import Browser
from .builders import document, stored, stored_together

FIREFOX = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}


def gathered(app: Flask) -> traffic.Gatherer:
    return app.extensions["kblog.traffic"]


def views() -> dict[int, int]:
    found = dict(db.session.execute(sa.select(ReviewViews.review_id, ReviewViews.views)).all())
    db.session.rollback()  # or the writer's next transaction waits for this one
    return found


def read(review: Review, times: int, days_ago: int = 1) -> None:
    db.session.add(ReviewViews(review_id=review.id, day=today() - timedelta(days=days_ago), views=times))
    db.session.commit()


def test_each_opening_counts_once(reader: Browser, app: Flask):
    number = stored().id
    for _ in range(3):
        reader.get("/reviews/paper-boats/", headers=FIREFOX)
    assert views() == {}, "reading wrote"
    assert gathered(app).write() == 3
    reader.get("/reviews/paper-boats/", headers=FIREFOX)
    assert gathered(app).write() == 1
    assert gathered(app).write() == 0
    assert views() == {number: 4}


@pytest.mark.parametrize(
    "headers",
    [
        {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {"User-Agent": "curl/8.14.1"},
        {"User-Agent": ""},
        {**FIREFOX, "Sec-Purpose": "prefetch;prerender"},
    ],
)
def test_programs_and_reading_ahead_do_not_count(reader: Browser, app: Flask, headers: dict):
    stored()
    reader.get("/reviews/paper-boats/", headers=headers)
    assert gathered(app).write() == 0


def test_what_is_no_page_of_a_review_does_not_count(reader: Browser, app: Flask):
    stored()
    for address in ("/", "/reviews/", "/reviews/paper-boats/comments", "/reviews/paper-boats/cover.svg"):
        reader.get(address, headers=FIREFOX)
    reader.get("/reviews/nothing-here/", status=404, headers=FIREFOX)
    assert gathered(app).write() == 0


def test_counting_leaves_every_kept_page_as_it_is(reader: Browser, app: Flask):
    stored()
    version = site().version
    db.session.rollback()  # or the writer waits for this transaction, and gives up
    before = reader.get("/reviews/paper-boats/", headers=FIREFOX).response.headers["ETag"]
    assert gathered(app).write() == 1
    assert site().version == version
    assert reader.get("/reviews/paper-boats/", headers=FIREFOX).response.headers["ETag"] == before


def test_a_review_that_goes_meanwhile_takes_only_its_own_views_with_it(app: Flask):
    gone, stays = stored_together(document(slug="gone"), document(slug="stays"))
    number, kept = gone.id, stays.id
    for each in (number, kept, kept):
        gathered(app).add(each, today())
    db.session.delete(gone)
    db.session.commit()
    gathered(app).write()
    assert views() == {kept: 2}


def test_what_cannot_be_written_is_tried_again(app: Flask, monkeypatch: pytest.MonkeyPatch):
    review = stored()
    number, day = review.id, today()
    gathered(app).add(number, day)
    db.session.rollback()
    with db.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE review_views RENAME TO away"))
    assert gathered(app).write() == 0
    with db.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE away RENAME TO review_views"))
    gathered(app).add(number, day)
    assert gathered(app).write() == 2
    assert views() == {number: 2}


def test_many_readers_at_once_lose_no_view(app: Flask):
    review = stored()
    number, day = review.id, today()
    db.session.rollback()
    gatherer = gathered(app)

    def read_often() -> None:
        for turn in range(200):
            gatherer.add(number, day)
            if turn % 50 == 0:
                gatherer.write()

    readers = [threading.Thread(target=read_often) for _ in range(4)]
    for each in readers:
        each.start()
    for each in readers:
        each.join()
    gatherer.write()
    assert views() == {number: 800}


def test_the_end_of_the_process_writes_what_is_left(app: Flask):
    review = stored()
    number = review.id
    gathered(app).add(number, today())
    db.session.rollback()
    background.of(app).end()
    assert views() == {number: 1}


def test_the_most_read_come_first_and_today_does_not_count_yet(app: Flask):
    reviews = stored_together(*(document(slug=f"work-{n}") for n in range(7)))
    for review, times in zip(reviews, (3, 9, 1, 7, 5, 8, 2), strict=True):
        read(review, times)
    read(reviews[2], 100, days_ago=0)
    read(reviews[6], 100, days_ago=31)
    assert queries.most_read(today()) == [reviews[n].id for n in (1, 5, 3, 4, 0)]


def test_fewer_than_five_make_no_list(app: Flask):
    reviews = stored_together(*(document(slug=f"work-{n}") for n in range(6)))
    for review in reviews[:4]:
        read(review, 3)
    assert queries.most_read(today()) == []
    read(reviews[5], 1)
    assert queries.most_read(today()) == [], "a list that changes within the day differs between processes"


def test_what_is_not_public_is_in_no_list(app: Flask):
    reviews = stored_together(
        *(document(slug=f"work-{n}") for n in range(5)), document(slug="draft", published_at=None)
    )
    for review in reviews:
        read(review, 5)
    assert reviews[5].id not in queries.most_read(today())
    assert len(queries.most_read(today())) == 5
