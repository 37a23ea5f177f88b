"""How long a search and a list with all its counts take at 5,000 and 100,000 reviews.

python -m bench.finding [--reviews 5000 100000]

Queries and counting, without the template and with a warm catalogue: what a page costs besides its HTML, in time of the
processor, as other work on the machine is no part of it. The reviews
are rows written directly, of about 300 words; their words are made up and spread as a language's are: "story" stands in
nine of ten, most words in a few.
"""

import argparse
import itertools
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextvars import Context
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl

import flask_migrate
import sqlalchemy as sa
from flask import Flask, g
from werkzeug.datastructures import MultiDict
from werkzeug.test import Client

from kblog import create_app, fold, search
from kblog.config import Config
from kblog.db import db, now, reads_only
from kblog.models import Availability, Credit, Filing, Review, SearchEntry, Spelling, Term
from kblog.models.site import mark_visible_change
from kblog.reviews import finding, queries
from kblog.reviews.catalogue.queries import order
from kblog.reviews.filters import BEST, FACETS, ReviewFilter
from kblog.reviews.routes import SHOWN_FACETS

from . import results
from .corpus import GENRES, GIVEN, PLATFORMS, SURNAMES, WORDS
from .importing import Counted

ROUNDS = 40
PAGE = 24
BEGAN = datetime(2010, 1, 4, 9, tzinfo=UTC)
WORDS_EACH = 300
CHUNK = 1000
SECTIONS = (("h-introduction", "Introduction"), ("h-plot", "Plot"), ("h-conclusion", "Conclusion"))
QUERIES = {
    "common word": ("q=story", {5_000: 8.0, 100_000: 60.0}),
    "three facets": ("genre=romance&platform=netflix&kind=drama", {5_000: 3.0, 100_000: 10.0}),
    "Hangul word": ("q=별빛", {5_000: 2.0, 100_000: 5.0}),
}
PAGE_COST = "review page without a server, uncached"
CHARTED = ("common word", "three facets", PAGE_COST)
MOST_STATEMENTS = 8
REBUILT = {100_000: 400.0}  # ms
FIRST = {
    "home": "/",
    "browse": "/reviews/",
    "search": "/reviews/?q=story",
    "search that finds nothing": "/reviews/?q=zzyzx",
    "archive": "/archive/",
    "titles": "/archive/titles/",
    "people": "/people/",
    "platform": "/platforms/netflix/",
}
# measured too, for the reader's eye
OTHERS = ("q=story+the&genre=romance&platform=netflix&kind=drama", "q=Park+Ha-jin", "q=%22story+of+love%22", "q=zzyzx")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--reviews", type=int, nargs="+", default=[5_000, 100_000])
    results.add_option(parser)
    asked, missed = parser.parse_args(), 0
    for number in asked.reviews:
        with tempfile.TemporaryDirectory() as folder:
            found = Found(number)
            measure(Path(folder), found)
            found.keep(asked.out)
            missed += sum(not is_met for *_, is_met in found.bars)
    return 1 if missed else 0


class Found:
    """What was found among so many reviews, in ms of the processor's time."""

    def __init__(self, reviews: int) -> None:
        self.reviews = reviews
        self.ms: dict[str, float] = {}
        self.bars: list[tuple[str, str, str, bool]] = []

    def add(self, name: str, ms: float, bar: float | None = None, more: str = "") -> None:
        """Print a figure, beside its bar where it has one."""
        self.ms[name] = ms
        said = ""
        if bar is not None:
            self.bars.append((name, f"{bar:g} ms", f"{ms:.1f} ms", ms <= bar))
            said = f"  bar {bar:g} ms{'  MISSED' if ms > bar else ''}"
        print(f"  {ms:8.2f} ms  {name}{more}{said}", flush=True)

    def keep(self, out: Path | None) -> None:
        results.keep(
            out,
            "finding",
            reviews=self.reviews,
            figures={name: f"{ms:.2f} ms" for name, ms in self.ms.items()},
            bars=results.bars(self.bars),
            costs={name: self.ms[name] for name in CHARTED},
        )


def measure(folder: Path, found: Found) -> None:
    """Find what each query takes among so many reviews, beside its bar."""
    app = create_app(Config(instance=folder))
    with app.app_context():
        flask_migrate.upgrade()
        started = time.perf_counter()
        write(found.reviews)
        print(f"{found.reviews:,} reviews written in {time.perf_counter() - started:.0f} s", flush=True)
        built_anew(found)
        for name, (query, bars) in QUERIES.items():
            took, total = median(lambda query=query: ask(query))
            found.add(name, took, bars.get(found.reviews), f", {total:,} found")
        for query in (*(query for query, _ in QUERIES.values() if "q=" in query), *OTHERS):
            took, total = median(lambda query=query: ask(query, is_marked=True))
            found.add(f"{query[:60]}, passages marked", took, more=f", {total:,} found")
        first(app, found)
        page(app, found)
        db.session.remove()
        db.engine.dispose()


def built_anew(found: Found) -> None:
    """Find what the catalogue takes after a change, for each kind of change."""
    ids = list(db.session.scalars(sa.select(Review.id).order_by(Review.id)))
    dice = random.Random("changes")

    def edit() -> None:
        db.session.get_one(Review, dice.choice(ids)).year = dice.randrange(1990, 2026)

    def publish() -> None:
        db.session.get_one(Review, dice.choice(ids)).published_at = now()

    def say_nothing() -> None:
        mark_visible_change(db.session())

    def comment() -> None:
        mark_visible_change(db.session(), of_comments=True)

    bar = REBUILT.get(found.reviews)
    changes = (
        ("catalogue after a review changed", edit, bar),
        ("catalogue after a review was published", publish, bar),
        ("catalogue after a comment changed", comment, None),
        ("catalogue from nothing", say_nothing, None),
    )
    for name, change, most in changes:

        def made(change: Callable[[], None] = change) -> None:
            change()
            db.session.commit()

        took, _ = median(lambda: len(queries.catalogue().reviews), rounds=5, before=made)
        found.add(name, took, most)


def first(app: Flask, found: Found) -> None:
    """Find what the first page of a kind takes after a review changed, without a server."""
    client = Client(app.extensions["kblog.pages"].app)
    (review_id,) = db.session.scalars(sa.select(Review.id).order_by(Review.id).limit(1))
    db.session.rollback()
    for name, path in FIRST.items():
        times = []
        for year in range(2000, 2007):
            db.session.get_one(Review, review_id).year = year
            db.session.commit()
            db.session.remove()
            asking = Context()  # a request is to leave nothing behind: it may only read
            started = time.process_time()
            assert asking.run(client.get, path).status_code == 200
            times.append((time.process_time() - started) * 1000)
        found.add(f"{name}, first after a review changed", statistics.median(times[1:]))


def page(app: Flask, found: Found) -> None:
    """Find what a review's page costs that is not kept ready, without a server, and how many statements it sends."""
    slugs = list(db.session.scalars(sa.select(Review.slug).order_by(Review.id.desc()).limit(ROUNDS)))
    db.session.rollback()
    client, times, numbers = Client(app.extensions["kblog.pages"].app), [], []
    for slug in (*slugs[:5], *slugs):
        with Counted() as counted:
            started = time.process_time()
            assert client.get(f"/reviews/{slug}/").status_code == 200
            times.append((time.process_time() - started) * 1000)
        numbers.append(counted.number)
    found.add(PAGE_COST, statistics.median(times[5:]), more=f", {max(numbers[5:])} statements")
    most = max(numbers[5:])
    name = "statements of an uncached review page"
    found.bars.append((name, f"{MOST_STATEMENTS}", f"{most}", most <= MOST_STATEMENTS))


def median(
    work: Callable[[], int], rounds: int = ROUNDS, before: Callable[[], None] = lambda: None
) -> tuple[float, int]:
    """Return the median of the processor's time for some work, in ms, and what it returned."""
    times, answer = [], 0
    for _ in range(rounds):
        before()
        with reads_only():
            g.pop("site", None)  # each time as in a request of its own
            db.session.connection()  # its transaction begins before, as it does for any page
            started = time.process_time()
            answer = work()
            times.append((time.process_time() - started) * 1000)
    return statistics.median(times), answer


def ask(query: str, *, is_marked: bool = False) -> int:
    """Read and count all that the page of a list shows, as its route does; return how many reviews are found.

    To cut the passages and mark them is drawing, and done only if asked for.
    """
    wanted, listed = ReviewFilter.from_args(MultiDict(parse_qsl(query))), queries.catalogue()
    found = finding.find(wanted.text, listed)
    matching = listed.matching(wanted, found.bits)
    for facet in FACETS:
        listed.values(facet, wanted, found.bits, only_chosen=facet not in SHOWN_FACETS)
    if wanted.order == BEST:
        ids = found.ids(listed, matching, 0, PAGE)
    else:
        ids = listed.ids(matching, 0, PAGE, order(listed, wanted.order))
    cards = queries.cards(ids, listed.region_unchecked(wanted), passages=bool(wanted.text))
    finding.people(found, listed)
    finding.lines(found, matching, listed)
    if found.bits == 0:
        finding.suggestion(wanted, listed)
    if is_marked:
        finding.hits(cards, found)
    return matching.bit_count()


def write(number: int) -> None:
    """Write so many reviews with their search entries, filings, credits and ledgers, in one transaction."""
    dice = random.Random(f"finding {number}")
    connection = db.session.connection()
    terms, spellings = list(people_and_terms())
    connection.execute(sa.insert(Term), terms)
    connection.execute(sa.insert(Spelling), spellings)
    reviews = rows(number, dice)
    while chunk := list(itertools.islice(reviews, CHUNK)):
        for table, column in ((Review, 0), (SearchEntry, 1), (Filing, 2), (Credit, 3), (Availability, 4)):
            connection.execute(sa.insert(table), [row for each in chunk for row in each[column]])
    connection.exec_driver_sql(f"INSERT INTO {search.TABLE}({search.TABLE}) VALUES ('optimize')")
    db.session.commit()


def people_and_terms() -> tuple[list[dict], list[dict]]:
    """Return the terms that reviews are filed under, and how the people among them are spelt."""
    named = [*(("genre", name) for name in GENRES), *(("platform", name) for name in PLATFORMS)]
    named += [("person", f"{surname} {given}") for surname in SURNAMES for given in GIVEN]
    terms = [
        {"id": n, "facet": facet, "slug": name.lower().replace(" ", "-").replace("+", "-plus"), "name": name}
        for n, (facet, name) in enumerate(named, 1)
    ]
    people = [term for term in terms if term["facet"] == "person"]
    keys = [
        {"term_id": each["id"], "name": each["name"], "person_key": fold.person_key(each["name"])} for each in people
    ]
    return terms, keys


def rows(number: int, dice: random.Random) -> Iterator[tuple[list[dict], ...]]:
    """Make the rows of each review: itself, its search entry, filings, credits and ledger."""
    terms, _ = people_and_terms()
    by_facet = {facet: [t for t in terms if t["facet"] == facet] for facet in ("genre", "platform", "person")}
    words, weights = vocabulary()
    for n in range(1, number + 1):
        genres, platforms = dice.sample(by_facet["genre"], 3), dice.sample(by_facet["platform"], 2)
        people = dice.sample(by_facet["person"], 4)
        title = " ".join(dice.sample(words[200:], 2)).title() + (" Story" if dice.random() < 0.02 else "")
        native = "".join(dice.choices(SYLLABLES, k=3))
        texts = [" ".join(dice.choices(words, cum_weights=weights, k=WORDS_EACH // 3)) for _ in SECTIONS]
        hangul = " ".join("".join(dice.choices(SYLLABLES, k=3)) for _ in range(4)) + " 별빛" * (dice.random() < 0.015)
        texts[0] += f" {hangul}."
        is_drama = dice.random() < 0.7
        names, kind = [each["name"] for each in people], "drama" if is_drama else "film"
        review = {
            "id": n,
            "slug": f"review-{n}",
            "headline": title,
            "work_title": title,
            "native_title": native,
            "kind": kind,
            "year": 2005 + n % 20,
            "minutes": 60 if is_drama else 104,
            "episodes": 16 if is_drama else None,
            "genres": [each["name"] for each in genres],
            "excerpt": texts[0][:200],
            "published_at": BEGAN + timedelta(minutes=7 * n),
        }
        entry = {
            "review_id": n,
            "titles": fold.fold(f"{title} {native}"),
            "people": fold.fold(" ".join(names)),
            "tags": fold.fold(" ".join(each["name"] for each in (*genres, *platforms))),
            "headings": fold.fold(" ".join(heading for _, heading in SECTIONS)),
            "body": fold.fold(" ".join(texts)),
            "lines": fold.fold(" ".join(dice.choices(words, cum_weights=weights, k=20))),
            "passages": [[anchor, heading, text] for (anchor, heading), text in zip(SECTIONS, texts, strict=True)],
        }
        filings = [
            {"review_id": n, "term_id": each["id"], "origin": "overview", "position": place, "written": each["name"]}
            for place, each in enumerate((*genres, *people))
        ]
        credits = [
            {"review_id": n, "term_id": each["id"], "role": "cast", "position": place, "name": each["name"]}
            for place, each in enumerate(people)
        ]
        ledger = [
            {
                "review_id": n,
                "platform_id": each["id"],
                "region": dice.choice(("US", "KR", "WORLD", "")),
                "status": status,
            }
            for each, status in zip(platforms, ("available", "not available"), strict=True)
        ]
        yield [review], [entry], filings, credits, ledger


SYLLABLES = [chr(code) for code in random.Random("syllables").sample(range(ord("가"), ord("힣")), 300)]


def vocabulary() -> tuple[list[str], list[float]]:
    """Return 8,000 words, the frequent ones first, and their weights summed up: the nth is 1/n as frequent."""
    dice = random.Random("vocabulary")
    parts = [a + b for a in "b d f g h j k l m n p r s t v w".split() for b in "a e i o u ai ea oo".split()]
    made = dict.fromkeys("".join(dice.choices(parts, k=dice.choice((2, 3)))) for _ in range(12_000))
    words = list(dict.fromkeys([*WORDS[:16], "story", "love", *WORDS[16:], *made]))[:8_000]
    return words, list(itertools.accumulate(1 / (n + 2.7) for n in range(len(words))))


if __name__ == "__main__":
    sys.exit(main())
