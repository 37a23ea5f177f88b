"""Who sees a picture: everybody once a live text shows it; until then its author, and who has the link to a preview."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import flask_migrate
import pytest
import sqlalchemy as sa
from flask import Flask

from kblog.db import db, now
from kblog.media import queries
from kblog.models import MediaUse, MediaVariant, Page, Review, media
from kblog.studio import publishing

from .browser import Browser
from .builders import PUBLISHED, stored
from .conftest import logged_in, read
from .test_size_pictures import came, grainy, make


@pytest.fixture
def name(app: Flask) -> str:
    """A picture that is here, with its smaller versions."""
    kept = came(app, grainy(size=(700, 500)))
    make(app)
    return kept.file_name


def addresses(name: str) -> list[str]:
    """Name all the addresses of the picture: its own and those of its smaller versions."""
    return [f"/media/{name}", *(each.address for each in read(sa.select(MediaVariant)))]


def answers(browser: Browser, wanted: list[str]) -> set[tuple[int, str]]:
    """Say what all the addresses answer, and how long it may be kept."""
    found = set()
    for address in wanted:
        with browser.ask(address) as answer:
            kept = answer.headers["Cache-Control"]
            assert kept != "no-store" or "Expires" not in answer.headers
            found.add((answer.status_code, kept))
    return found


PUBLIC = {(200, "public, max-age=31536000, immutable")}
PRIVATE = {(200, "no-store")}
GONE = {(404, "no-store")}


@contextmanager
def changed(text_id: int, model: type[Review] | type[Page] = Review) -> Iterator:
    db.session.rollback()
    yield db.session.get_one(model, text_id)
    db.session.commit()


def test_a_picture_is_public_exactly_while_a_live_text_shows_it(app: Flask, name: str):
    author, stranger, wanted = logged_in(app), Browser(app), addresses(name)
    assert len(wanted) == 6
    assert answers(stranger, wanted) == GONE, "no text shows it"
    assert answers(author, wanted) == PRIVATE
    review_id = stored(slug="boats", published_at=None, state="draft", body=f"![The sea](/media/{name})").id
    assert answers(stranger, wanted) == GONE, "a draft does"
    assert answers(author, wanted) == PRIVATE
    steps = [
        ("scheduled", lambda review: publishing.publish(review, now() + timedelta(days=1)), GONE),
        ("published", lambda review: publishing.publish(review, now()), PUBLIC),
        ("withdrawn", lambda review: publishing.withdraw(review, now()), GONE),
        ("published", lambda review: publishing.publish(review, PUBLISHED), PUBLIC),
    ]
    for state, step, wanted_of_strangers in steps:
        with changed(review_id) as review:
            step(review)
        assert answers(stranger, wanted) == wanted_of_strangers, state
        assert answers(author, wanted) == (PUBLIC if state == "published" else PRIVATE), state
    with changed(review_id) as review:
        review.body = "Words alone."
    assert answers(stranger, wanted) == GONE, "no text shows it any more"
    with changed(review_id) as review:
        review.body, review.published_at = f"![The sea](/media/{name})", None
        publishing.discard(review, now())
    assert answers(stranger, wanted) == GONE, "what was put away does"


def test_two_texts_that_show_it_are_asked_each(app: Flask, name: str):
    draft = stored(slug="draft", published_at=None, state="draft", body=f"![The sea](/media/{name})")
    assert answers(Browser(app), addresses(name)) == GONE
    page = Page(slug="crew", title="Crew", body=f"::: spoiler\n![The sea](/media/{name})\n:::", published_at=PUBLISHED)
    db.session.add(page)
    db.session.commit()
    assert answers(Browser(app), addresses(name)) == PUBLIC, "a page does, under a spoiler that opens"
    with changed(page.id, Page) as again:
        again.withdrawn_at = now()
    assert answers(Browser(app), addresses(name)) == GONE
    assert {(each.review_id, each.page_id) for each in read(sa.select(MediaUse))} == {(draft.id, None), (None, page.id)}


def test_an_address_elsewhere_is_a_use_of_the_picture_that_stands_for_it(app: Flask):
    stored(slug="boats", body="![The sea](https://o.example/sea%20side.jpg)")
    kept = came(app, grainy(size=(400, 300)), "https://o.example/sea%20side.jpg")
    assert answers(Browser(app), [f"/media/{kept.file_name}"]) == PUBLIC


def test_a_cover_makes_a_picture_public_and_a_text_without_it_leaves_the_cover_alone(app: Flask, name: str):
    review = stored(slug="boats", body=f"![The sea](/media/{name})")
    (media_id,) = read(sa.select(MediaUse.media_id))
    with changed(review.id) as text:
        media.keep_uses(text, [media_id], "cover")
        text.body = "Words alone."
    assert read(sa.select(MediaUse.role)) == ["cover"]
    assert answers(Browser(app), addresses(name)) == PUBLIC
    with changed(review.id) as text:
        media.keep_uses(text, [], "cover")
    assert answers(Browser(app), addresses(name)) == GONE


@pytest.mark.of_sqlite
def test_what_older_texts_show_is_known_after_the_upgrade(app: Flask, name: str):
    stored(slug="boats", body=f"![The sea](/media/{name})\n\n![Again](/media/{name})")
    db.session.add(Page(slug="crew", title="Crew", body=f"![We](/media/{name})"))
    db.session.commit()
    flask_migrate.downgrade(revision="0013")
    flask_migrate.upgrade()
    assert len(read(sa.select(MediaUse))) == 2
    assert answers(Browser(app), [f"/media/{name}"]) == PUBLIC


@pytest.mark.of_sqlite
def test_a_public_picture_costs_one_query_that_an_index_answers(app: Flask, name: str, at_most):
    stored(slug="boats", body=f"![The sea](/media/{name})")
    reader, wanted = Browser(app), addresses(name)
    for address in wanted:
        with at_most(queries=1), reader.ask(address) as answer:
            assert answer.status_code == 200
    statement = str(queries.OF_ALL.compile(db.engine))
    plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", ("x",) * statement.count("?"))
    assert not [row.detail for row in plan if "SCAN" in row.detail], "each table is asked by an index"


def test_the_link_to_a_preview_shows_its_pictures_and_no_others(app: Flask, name: str):
    draft = stored(
        slug="boats", published_at=None, state="draft", body=f'![The sea](/media/{name})\n\n`src="/media/{name}"`'
    )
    other = came(app, grainy(size=(400, 300)))
    stored(slug="other", published_at=None, state="draft", body=f"![The sky](/media/{other.file_name})")
    link = logged_in(app).get(f"/studio/reviews/{draft.id}/publish").all("//a[text()='Open it']/@href")[0]
    friend = Browser(app)
    page = friend.get(link)
    image, source = page.one("//article//figure//img"), page.one("//picture/source")
    assert image.get("src") == f"{link}media/{name}"
    assert f'src="/media/{name}"' in page.words, "words are words"
    shown = [each.split(" ")[0] for each in f"{image.get('srcset')}, {source.get('srcset')}".split(", ")]
    assert len(shown) == 6
    assert answers(friend, [image.get("src"), *shown]) == PRIVATE
    assert answers(friend, addresses(name)) == GONE
    assert answers(friend, [f"{link}media/{other.file_name}", f"{link}media/x.jpg"]) == GONE
    assert answers(friend, [each.replace("/previews/", "/previews/x") for each in shown]) == GONE
    assert page.all("//img[contains(@class, 'cover')]/@src")[0] == f"{link}cover.svg", (
        "no link lasts longer than the first"
    )
    with changed(draft.id) as review:
        publishing.discard(review, now())
    assert answers(friend, shown) == GONE


def test_the_link_to_a_pages_preview_shows_its_pictures(app: Flask, name: str):
    db.session.add(Page(slug="crew", title="Crew", body=f"![We](/media/{name})"))
    db.session.commit()
    (page_id,) = read(sa.select(Page.id))
    link = logged_in(app).get(f"/studio/pages/{page_id}/publish").all("//a[text()='Open it']/@href")[0]
    source = Browser(app).get(link).one("//article//figure//img").get("src")
    assert answers(Browser(app), [source]) == PRIVATE
