"""What each kind of page is when it is made anew: its bytes, its statements, the processor's time for it."""

import contextlib
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import Flask
from werkzeug.test import Client

from bench.commenting import WORDS as COMMENT
from bench.importing import Counted
from kblog import create_app
from kblog.config import Config
from kblog.db import db
from kblog.models import Review

from .prices import Price

ROUNDS = LEAST = 30  # of each kind of page
MOST = 8  # reviews that are asked for
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
ASKED = {"User-Agent": BROWSER, "Accept-Encoding": "gzip, deflate, br"}
FRAGMENT = {**ASKED, "HX-Request": "true", "HX-Request-Type": "partial", "HX-Current-URL": "http://localhost/reviews/"}
LISTS = ("kind=drama&genre=romance&platform=viki", "genre=crime", "platform=netflix&genre=fantasy", "kind=film")
SEARCHES = ("q=story", "q=lantern", "q=Park+Ha-jin", "q=winter+train", "q=harbour")


class Kind(NamedTuple):
    """One kind of page: addresses of it, and what a browser sends with them."""

    name: str
    paths: list[str]
    headers: dict[str, str]


def of_texts(instance: Path) -> dict[str, Any]:
    """Measure the pages of one review, feeds and a comment, on a blog whose reviews have texts and comments."""
    app = create_app(Config(instance=instance, guard=False, moderation="none"))
    with app.app_context():
        usual = _usual()
        measured = dict(_measure(app, _texts(usual), usual))
        statements = _comments(app, usual[0])
        _close()
    return {"pages": measured, "comment_statements": statements}


def of_lists(instance: Path) -> dict[str, dict[str, Any]]:
    """Measure the pages that show many reviews."""
    app = create_app(Config(instance=instance))
    with app.app_context():
        measured = dict(_measure(app, _lists(), _usual()))
        _close()
    return measured


@contextlib.contextmanager
def of_reviews(instance: Path, usual: list[str], database_url: str = "") -> Iterator["Measure"]:
    """Let the page of a review be measured here and now."""
    app = create_app(Config(instance=instance, database_url=database_url))
    with app.app_context():
        yield Measure(app, usual)
        _close()


def slugs(instance: Path, database_url: str = "") -> list[str]:
    """Return the address of every live review, the newest first."""
    app = create_app(Config(instance=instance, database_url=database_url))
    with app.app_context():
        query = sa.select(Review.slug).where(Review.is_live()).order_by(Review.published_at.desc(), Review.id)
        found = list(db.session.scalars(query))
        _close()
    return found


def _texts(usual: list[str]) -> list[Kind]:
    reviews = [f"/reviews/{slug}/" for slug in usual]
    return [
        Kind("review", reviews, ASKED),
        Kind("more", [f"{path}comments?sort=oldest" for path in reviews], FRAGMENT),
        Kind("form", [f"{path}comments/new" for path in reviews], FRAGMENT),
        Kind("cover", [f"{path}cover.svg" for path in reviews], ASKED),
        Kind("feed", ["/feeds/reviews.atom", "/feeds/comments.atom", f"{reviews[0]}comments.atom"], ASKED),
    ]


def _lists() -> list[Kind]:
    lists, searches = [f"/reviews/?{each}" for each in LISTS], [f"/reviews/?{each}" for each in SEARCHES]
    return [
        Kind("home", ["/"], ASKED),
        Kind("browse", ["/reviews/"], ASKED),
        Kind("facets", lists, ASKED),
        Kind("facets fragment", lists, FRAGMENT),
        Kind("search", searches, ASKED),
        Kind("search fragment", searches, FRAGMENT),
        Kind("term", ["/genres/romance/", "/genres/crime/", "/platforms/viki/"], ASKED),
        Kind("lines", ["/lines/"], ASKED),
    ]


class Measure:
    """The page of a review, made anew and not packed, as docs/performance.md has it: other pages cost so many of it.

    It takes turns with them, so that what else the machine does weighs on both.
    """

    def __init__(self, app: Flask, usual: list[str]) -> None:
        self.client = Client(app.extensions["kblog.pages"].app)  # past the kept pages
        self.paths = [f"/reviews/{slug}/" for slug in usual]
        self.times: list[float] = []

    def take(self) -> None:
        path = self.paths[len(self.times) % len(self.paths)]
        began = time.process_time()
        self.client.get(path)
        self.times.append((time.process_time() - began) * 1000)

    @property
    def ms(self) -> float:
        return statistics.median(self.times[2 * len(self.paths) :])


def _measure(app: Flask, kinds: list[Kind], usual: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the price of each kind, as a page costs that is kept: packed, and nothing of it kept before."""
    client, pages = Client(app), app.extensions["kblog.pages"]
    for kind in kinds:
        measure = Measure(app, usual)
        times: dict[str, list[float]] = {path: [] for path in kind.paths}
        numbers, plain, packed = [], [], []
        for path in [*kind.paths * 2, *(kind.paths * ROUNDS)[: max(LEAST, 2 * len(kind.paths))]]:
            pages.clear()
            with Counted() as counted:
                began = time.process_time()
                answer = client.get(path, headers=kind.headers)
                times[path].append((time.process_time() - began) * 1000)
            measure.take()
            if answer.status_code != 200:
                raise SystemExit(f"{path} answered {answer.status_code}")
            numbers.append(counted.number)
            packed.append(len(answer.data))
            plain.append(len(client.get(path, headers={**kind.headers, "Accept-Encoding": "identity"}).data))
        warm = 2 * len(kind.paths)  # parts that are drawn once in a process
        price = Price(
            reviews=statistics.mean(statistics.median(each[2:]) for each in times.values()) / measure.ms,
            statements=statistics.mean(numbers[warm:]),
            plain=round(statistics.mean(plain)),
            packed=round(statistics.mean(packed)),
        )
        print(f"{kind.name}: {price} (a review {measure.ms:.2f} ms)", flush=True)
        yield kind.name, price._asdict()


def _comments(app: Flask, slug: str) -> float:
    """Return how many statements one comment sends, until it is acknowledged."""
    client, numbers = Client(app), []
    for number in range(6):
        fields = {"name": "Mina", "body": COMMENT.format(number, number), "key": f"day-{number}"}
        with Counted() as counted:
            headers = {**FRAGMENT, "Origin": "http://localhost", "Content-Type": "application/x-www-form-urlencoded"}
            answer = client.post(f"/reviews/{slug}/comments", data=urlencode(fields), headers=headers)
        if answer.status_code not in (201, 202):
            raise SystemExit(f"a comment was answered with {answer.status_code}")
        numbers.append(counted.number)
    return statistics.median(numbers)


def _usual() -> list[str]:
    """Return reviews with about as many comments as the average."""
    mean = sa.select(sa.func.avg(Review.comment_count)).where(Review.is_live()).scalar_subquery()
    query = sa.select(Review.slug).where(Review.is_live()).order_by(sa.func.abs(Review.comment_count - mean), Review.id)
    return list(db.session.scalars(query.limit(MOST)))


def _close() -> None:
    db.session.remove()
    db.engine.dispose()
